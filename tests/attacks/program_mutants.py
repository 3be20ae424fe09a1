"""Mutants of array programs: one change to one node of the trees that lines are made of."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from codegen.choose import Program
from codegen.emit import EmissionError
from codegen.program import Node, needs_statements, text
from codegen.statements import LONGEST
from derivations.derivation import Variant
from tests.attacks.mutant import Mutant, derivation_of, programs_of, text_of, without_options
from tests.attacks.window_node_changes import WINDOW_CHANGES

MOST = 3
"""How many changes of one kind are made to one value."""

OTHER_OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "add": ("subtract", "multiply"),
    "subtract": ("add",),
    "multiply": ("add", "divide"),
    "divide": ("multiply",),
    "exp": ("expm1", "cosh"),
    "log": ("log1p", "sqrt"),
    "log1p": ("log",),
    "abs": ("negative", "square"),
    "negative": ("abs",),
    "square": ("abs",),
    "maximum": ("minimum", "add"),
    "minimum": ("maximum",),
    "greater": ("less", "greater_equal"),
    "sum": ("mean", "max"),
    "mean": ("sum",),
    "max": ("sum", "mean"),
}


def _other_operation(node: Node) -> Iterator[Node]:
    yield from (replace(node, op=op) for op in OTHER_OPERATIONS.get(node.op, ()))


def _other_axis(node: Node) -> Iterator[Node]:
    if node.op in ("sum", "mean", "max", "argmax") and len(node.args[0].shape) == 2:
        yield replace(node, attr=tuple(1 - axis for axis in node.attr))


def _other_view(node: Node) -> Iterator[Node]:
    """A view turned round, or left out; a product's operand seen from the side."""
    if node.op == "view":
        yield replace(node, attr=node.attr[::-1])
        yield node.args[0]
    if node.op in ("dot", "matmul"):
        for at, arg in enumerate(node.args):
            if len(arg.shape) == 2:
                yield _with_arg(node, at, Node("view", (arg,), arg.shape[::-1], (1, 0), arg.meaning))
        yield replace(node, args=node.args[::-1])


def _other_number(node: Node) -> Iterator[Node]:
    if node.op == "number":
        yield replace(node, attr=node.attr + 1)
        yield replace(node, attr=node.attr - 1)
        yield replace(node, attr=-node.attr)


def _dropped_operand(node: Node) -> Iterator[Node]:
    if len(node.args) > 1 and node.op != "where":
        yield from node.args
    if node.op in ("negative", "exp", "log", "log1p", "abs", "square"):
        yield node.args[0]


def _exchanged_operands(node: Node) -> Iterator[Node]:
    if node.op in ("subtract", "divide", "power", "greater"):
        yield replace(node, args=node.args[::-1])
    if node.op == "where":
        yield replace(node, args=(node.args[0], node.args[2], node.args[1]))


def _sign(node: Node) -> Iterator[Node]:
    if node.op not in ("number", "view", "read", "greater"):
        yield Node("negative", (node,), node.shape, None, node.meaning)


def _slightly_off(node: Node) -> Iterator[Node]:
    if node.op in ("read", "sum", "dot", "exp", "divide") and node.shape:
        larger = Node("multiply", (node, Node("number", (), (), 10**6 + 1)), node.shape, None, node.meaning)
        yield Node("divide", (larger, Node("number", (), (), 10**6)), node.shape, None, node.meaning)


def _lost_delta(node: Node) -> Iterator[Node]:
    if node.op == "one_hot_add":
        yield node.args[0]
        yield _with_arg(node, 1, Node("negative", (node.args[1],), node.args[1].shape, None, node.args[1].meaning))


CHANGES: Mapping[str, Callable[[Node], Iterator[Node]]] = {
    "operation": _other_operation,
    "axis": _other_axis,
    "view": _other_view,
    "number": _other_number,
    "dropped operand": _dropped_operand,
    "exchanged operands": _exchanged_operands,
    "sign": _sign,
    "factor 1 + 1e-6": _slightly_off,
    "lost delta": _lost_delta,
    **WINDOW_CHANGES,
}


def program_mutants(names: Sequence[str]) -> Iterator[Mutant]:
    """Every change to every value of some layers's program."""
    for name in names:
        for variant in programs_of(name):
            if not variant.absent:
                yield from _of_variant(name, variant)


def _of_variant(name: str, variant: Variant) -> Iterator[Mutant]:
    program = programs_of(name)[variant]
    layer = without_options(derivation_of(name, variant).layer)
    right = text_of(layer, {variant: program})
    known, counts = {right}, Counter[tuple[str, str]]()
    for value, tree in program.nodes.items():
        for kind, old, new, mutated in _changed(tree):
            if counts[value, kind] == MOST:
                continue
            emitted = _emitted(layer, variant, program, value, mutated)
            if emitted is not None and emitted not in known:
                known.add(emitted)
                counts[value, kind] += 1
                where = f"{value}: {_said(old)} -> {_said(new)}"
                yield Mutant("program", kind, layer, variant, _first_changed(right, emitted), where, emitted)


def _changed(tree: Node) -> Iterator[tuple[str, Node, Node, Node]]:
    """Kind, old node, new node, and the whole tree with it."""
    for kind, change in CHANGES.items():
        for new in change(tree):
            yield kind, tree, new, new
    for at, arg in enumerate(tree.args):
        for kind, old, new, inner in _changed(arg):
            yield kind, old, new, _with_arg(tree, at, inner)


def _with_arg(node: Node, at: int, arg: Node) -> Node:
    return replace(node, args=(*node.args[:at], arg, *node.args[at + 1 :]))


def _emitted(layer, variant: Variant, program: Program, value: str, tree: Node) -> str | None:  # type: ignore[no-untyped-def]
    """The text of a program with another tree for one value; None where there is no text for it."""
    changed = Program(program.plan)
    vars(changed)["nodes"] = {**program.nodes, value: tree}
    try:
        emitted = text_of(layer, {variant: changed})
        ast.parse(emitted)
    except (EmissionError, KeyError, IndexError, ValueError, SyntaxError, TypeError):
        return None
    return emitted


def _first_changed(right: str, emitted: str) -> str:
    """The first function whose text is another one."""
    before = {f.name: ast.unparse(f) for f in ast.parse(right).body if isinstance(f, ast.FunctionDef)}
    after = [f for f in ast.parse(emitted).body if isinstance(f, ast.FunctionDef)]
    return next(f.name for f in after if ast.unparse(f) != before.get(f.name))


def _said(node: Node) -> str:
    return node.op if needs_statements(node) else text(node)[:LONGEST]

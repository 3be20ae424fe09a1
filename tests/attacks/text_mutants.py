"""Mutants of emitted text: one edit to the syntax tree of one plain function."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy

from codegen.view import LABELS
from derivations.derivation import Variant
from tests.attacks.mutant import LAYERS, Mutant, original

MOST = 5
"""How many edits of one kind are made to one function."""

Edit = Callable[[ast.AST], Iterator[ast.AST]]
"""What a node may become; several results are several mutants."""

OTHER_CALLS: Mapping[str, tuple[str, ...]] = {
    "exp": ("expm1", "tanh"),
    "log": ("log1p",),
    "log1p": ("log",),
    "maximum": ("minimum",),
    "dot": ("add",),
}
OTHER_METHODS: Mapping[str, tuple[str, ...]] = {
    "sum": ("mean", "max"),
    "mean": ("sum", "max"),
    "max": ("min", "mean", "sum"),
}
OTHER_OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def _operator(node: ast.AST) -> Iterator[ast.AST]:
    """+ for -, · for /, and the other way round; a sign dropped."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in OTHER_OPERATORS:
        yield _with(node, op=OTHER_OPERATORS[type(node.op)]())
    if isinstance(node, ast.UnaryOp):
        yield node.operand


def _transpose(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    if isinstance(node, ast.Call) and _called(node) == "dot":
        for at, arg in enumerate(node.args):
            if isinstance(arg, ast.Name):
                args = list(node.args)
                args[at] = ast.Attribute(arg, "T", ast.Load())
                yield _with(node, args=args)
        yield _with(node, args=node.args[::-1])


def _axis(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.keyword) and node.arg == "axis" and isinstance(node.value, ast.Constant):
        yield _with(node, value=ast.Constant(1 - node.value.value))


def _new_axis(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        elements = node.slice.elts
        if any(isinstance(e, ast.Constant) and e.value is None for e in elements):
            yield node.value
            yield _with(node, slice=ast.Tuple(elements[::-1], ast.Load()))


def _number(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, (ast.BinOp, ast.AugAssign, ast.Call)) and not _is_arange(node):
        for name, children in ast.iter_fields(node):
            for at, child in enumerate(children if isinstance(children, list) else [children]):
                if isinstance(child, ast.Constant) and type(child.value) is int:
                    for value in (child.value + 1, child.value - 1):
                        new = ast.Constant(value)
                        yield _with(node, **{name: _placed(children, at, new)})


def _function(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        table = OTHER_CALLS if isinstance(node.func.value, ast.Name) and node.func.value.id == "np" else OTHER_METHODS
        for name in table.get(node.func.attr, ()):
            yield _with(node, func=_with(node.func, attr=name))
        if node.func.attr == "abs":
            yield node.args[0]


def _dropped_part(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right


def _comparison(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        yield _with(node, ops=[ast.Lt()])
        yield _with(node, ops=[ast.GtE()])
    if isinstance(node, ast.Call) and _called(node) == "where":
        yield _with(node, args=[node.args[0], node.args[2], node.args[1]])


def _slightly_off(node: ast.AST) -> Iterator[ast.AST]:
    """(1 + 1e-6) times a value, in whole numbers: a decimal would be refused on sight."""
    if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Tuple) and "None" not in ast.dump(node):
        larger = ast.BinOp(ast.BinOp(node.value, ast.Mult(), ast.Constant(10**6 + 1)), ast.Div(), ast.Constant(10**6))
        yield _with(node, value=larger)


def _order(node: ast.AST) -> Iterator[ast.AST]:
    """Two neighbours of a tuple change places: what is saved, what is unpacked, what is returned."""
    if isinstance(node, ast.Tuple) and not any(isinstance(e, (ast.Slice, ast.Constant, ast.Call)) for e in node.elts):
        for at in range(len(node.elts) - 1):
            elements = list(node.elts)
            elements[at : at + 2] = elements[at : at + 2][::-1]
            yield _with(node, elts=elements)


def _label(node: ast.AST) -> Iterator[ast.AST]:
    """A pick or a one-hot add goes to whole columns, or to rows by label."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) and _is_arange(node.slice.elts[0]):
        rows, label = node.slice.elts
        yield _with(node, slice=ast.Tuple([ast.Slice(), label], ast.Load()))
        yield _with(node, slice=ast.Tuple([label, rows], ast.Load()))


def _statements(body: list[ast.stmt]) -> Iterator[tuple[str, list[ast.stmt]]]:
    """A statement dropped, two neighbours exchanged, one done twice."""
    for at, statement in enumerate(body):
        if not isinstance(statement, ast.Return):
            yield "dropped statement", [*body[:at], *body[at + 1 :]] or [ast.Pass()]
        if isinstance(statement, ast.AugAssign):
            yield "repeated statement", [*body[: at + 1], statement, *body[at + 1 :]]
        if at + 1 < len(body) and not isinstance(body[at + 1], ast.Return) and _depends(body[at + 1], statement):
            yield "exchanged statements", [*body[:at], body[at + 1], statement, *body[at + 2 :]]


def _depends(later: ast.stmt, earlier: ast.stmt) -> bool:
    """Whether a statement reads a name that the one before it writes; terms may be added in any order."""
    if all(isinstance(s, ast.AugAssign) and isinstance(s.op, (ast.Add, ast.Sub)) for s in (earlier, later)):
        return False
    written = {n.id for n in ast.walk(earlier) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    written |= {k.value.id for k in ast.walk(earlier) if isinstance(k, ast.keyword) and k.arg == "out"}  # type: ignore[attr-defined]
    return any(isinstance(n, ast.Name) and n.id in written for n in ast.walk(later))


EDITS: Mapping[str, Edit] = {
    "operator": _operator,
    "transpose": _transpose,
    "axis": _axis,
    "new axis": _new_axis,
    "number": _number,
    "function": _function,
    "dropped part": _dropped_part,
    "comparison": _comparison,
    "factor 1 + 1e-6": _slightly_off,
    "order": _order,
    "label": _label,
}


def text_mutants() -> Iterator[Mutant]:
    """Every edit to every function of every layer."""
    for layer in LAYERS:
        tree = ast.parse(original(layer.name))
        known = {ast.unparse(tree)}
        counts: Counter[tuple[str, str]] = Counter()
        for name, kind, where, text in _edited(tree):
            if text not in known and counts[name, kind] < MOST:
                known.add(text)
                counts[name, kind] += 1
                yield Mutant("text", kind, layer, Variant(as_label=name.endswith(LABELS)), name, where, text)


def _edited(tree: ast.Module) -> Iterator[tuple[str, str, str, str]]:
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            for kind, edit in (*EDITS.items(), ("name", _names(function)), ("wrong buffer", _buffers(function))):
                for new in edit(node):
                    yield function.name, kind, _said(node, new, function), _unparsed(tree, node, new)
            for field in ("body", "orelse"):
                block = getattr(node, field, None)
                for kind, new_block in _statements(block) if isinstance(block, list) else ():
                    text = _unparsed(tree, node, _with(node, **{field: new_block}))
                    yield function.name, kind, _block(block, new_block), text


def _names(function: ast.FunctionDef) -> Edit:
    """A name that is read becomes the next name of the function."""
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    known = sorted({*stored, *(a.arg for a in function.args.args)} - {"saved", "_"})

    def edit(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in known and len(known) > 1:
            yield ast.Name(known[(known.index(node.id) + 1) % len(known)], node.ctx)

    return edit


def _buffers(function: ast.FunctionDef) -> Edit:
    """``out=`` goes to an argument; an augmented assignment too."""
    given = [a.arg for a in function.args.args if a.arg != "saved"]

    def edit(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.keyword) and node.arg == "out":
            yield from (_with(node, value=ast.Name(name, ast.Load())) for name in given[:2])
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and given:
            yield _with(node, target=ast.Name(given[0], ast.Store()))

    return edit


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _is_arange(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _called(node) == "arange"


def _placed(children: object, at: int, new: ast.AST) -> object:
    return [*children[:at], new, *children[at + 1 :]] if isinstance(children, list) else new


def _with(node: ast.AST, **changes: object) -> ast.AST:
    made = type(node)(**{**dict(ast.iter_fields(node)), **changes})
    return ast.copy_location(made, node) if hasattr(node, "lineno") else made


def _unparsed(tree: ast.Module, old: ast.AST, new: ast.AST) -> str:
    """The module with one node replaced."""

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return new if node is old else super().generic_visit(node)

    memo = {id(old): old, id(new): new}
    return ast.unparse(ast.fix_missing_locations(Replace().visit(deepcopy(tree, memo))))


def _said(old: ast.AST, new: ast.AST, function: ast.FunctionDef) -> str:
    line = getattr(old, "lineno", function.lineno) - function.lineno
    return f"line {line}, {ast.unparse(old)} -> {ast.unparse(new)}".replace("\n", "; ")


def _block(old: list[ast.stmt], new: list[ast.stmt]) -> str:
    lines = [ast.unparse(s).split("\n")[0] for s in new]
    gone = [s for s in (ast.unparse(s).split("\n")[0] for s in old) if s not in lines]
    return f"without {gone[0]}" if gone else "; ".join(lines[:4])

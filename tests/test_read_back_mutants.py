"""Mutants of the emitted texts: one small change each. The reader refuses it, or reads what it now computes."""

from __future__ import annotations

import ast
import copy
from collections import Counter

import numpy as np
import pytest

from codegen.read_back import ArrayArgument, ReadBackError, Saved, read_function
from derivations.notation import d, name_of, size_of
from tests.plain_values import World
from tests.reader_cases import BCE, BIAS, CROSS_ENTROPY, LABELS, LINEAR, RBF, WEIGHTS, X, Y, g, i, j, n, s, z

SIZES = {"N": 2, "d": 3, "d'": 1, "K": 4}
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
CALLS = {"exp": "tanh", "log": "exp", "maximum": "minimum", "abs": "exp", "log1p": "log", "sum": "mean", "max": "sum"}
LAYERS = {
    "Linear": (LINEAR, {"x": X, "W": WEIGHTS, "b": BIAS}, d(z)[n, j]),
    "CrossEntropy": (CROSS_ENTROPY, {"t": LABELS, "yhat": Y}, d(z)[n]),
    "BCE": (BCE, {"y": ArrayArgument(g[n, i]), "a": X}, d(z)[n, i]),
    "RBF": (RBF, {"x": X, "c": WEIGHTS, "s": s}, d(z)[n, j]),
}


def changed(node, names):
    """All single changes of a node, each as a new node (None: the statement is dropped)."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OPERATORS:
        yield replaced(node, op=OPERATORS[type(node.op)]())
    if isinstance(node, ast.BinOp):
        yield replaced(node, left=node.right, right=node.left)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    if isinstance(node, ast.Attribute) and node.attr in CALLS:
        yield replaced(node, attr=CALLS[node.attr])
    if isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
        yield replaced(node, value=ast.Constant(1 - node.value.value))
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id != "np":
        for name in names:
            if name != node.id:
                yield ast.Name(name, ast.Load())
    if isinstance(node, ast.Tuple) and len(node.elts) > 1:
        yield replaced(node, elts=node.elts[::-1])
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
        yield ast.Expr(ast.Constant(None))
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([replaced(node.target)], ast.BinOp(as_load(node.target), node.op, node.value))


def replaced(node, **fields):
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def as_load(target):
    made = copy.copy(target)
    made.ctx = ast.Load()
    return made


def mutants(source, function):
    """The texts of all mutants of one function."""
    tree = ast.parse(source)
    (definition,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function]
    nodes = list(ast.walk(ast.Module(definition.body, [])))
    names = sorted({node.id for node in nodes if isinstance(node, ast.Name)} - {"np", "len"})
    for parent in nodes:
        for field, value in ast.iter_fields(parent):
            for position, child in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(child, ast.AST):
                    continue
                for other in changed(child, names):
                    yield unparsed(tree, parent, field, position if isinstance(value, list) else None, other)


def unparsed(tree, parent, field, position, other):
    before = getattr(parent, field)
    setattr(parent, field, other if position is None else [*before[:position], other, *before[position + 1 :]])
    text = ast.unparse(ast.fix_missing_locations(tree)).replace("\n    None\n", "\n")
    setattr(parent, field, before)
    return text


def drawn(argument):
    if argument is s:
        return 0.7
    rng = np.random.default_rng([*map(ord, name_of(argument.entry))])
    shape = tuple(SIZES[str(size_of(index))] for index in argument.entry.indices)
    if argument is LABELS:
        return rng.integers(0, SIZES["K"], size=shape)
    return rng.uniform(0.2, 0.9, size=shape)


def read_and_run(source, arguments, output):
    """The results of forward and backward, read and computed; None where the reader refuses."""
    delta = ArrayArgument(output)
    try:
        (forward,) = read_function(source, "forward", arguments, maxima="exact")
        given = {"saved": Saved(forward.saved or ()), "delta": delta}
        (backward,) = read_function(source, "backward", given, maxima="exact")
    except ReadBackError:
        return None
    names = {}
    exec(source, names)
    values = [drawn(argument) for argument in arguments.values()]
    arrays = {name_of(a.entry): v for a, v in zip(arguments.values(), values, strict=True) if a is not s}
    world = World({**arrays, name_of(output): drawn(delta)}, {**SIZES, "s": 0.7})
    with np.errstate(all="ignore"):
        result, saved = names["forward"](*values)
        gradients = names["backward"](saved, drawn(delta))
    computed = [result, *(gradients if isinstance(gradients, tuple) else (gradients,))]
    contents = [value.content for value in (*forward.outputs, *backward.outputs) if value is not None]
    computed = [array for array in computed if array is not None]
    assert len(contents) == len(computed)
    for array in computed:
        if not np.isfinite(array).all():
            return "undefined"
    return [
        (world.array(content.indices, content.expr), array) for content, array in zip(contents, computed, strict=True)
    ]


@pytest.mark.parametrize(
    "layer", [pytest.param(name, marks=pytest.mark.slow) if name == "RBF" else name for name in LAYERS]
)
@pytest.mark.parametrize("function", ["forward", "backward"])
def test_mutants(layer, function):
    source, arguments, output = LAYERS[layer]
    outcomes = Counter()
    for text in dict.fromkeys(mutants(source, function)):
        pairs = read_and_run(text, arguments, output)
        if isinstance(pairs, list):
            for read, computed in pairs:
                assert read.shape == np.shape(computed), text
                np.testing.assert_allclose(read, computed, rtol=1e-8, atol=1e-10, err_msg=text)
        outcomes["refused" if pairs is None else "undefined" if pairs == "undefined" else "read"] += 1
    assert outcomes["refused"] > 5 and outcomes["read"] > 5 and outcomes["undefined"] < outcomes.total() / 5

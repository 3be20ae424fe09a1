"""Whether plain functions say the same of arrays with any number of axes.

The class of a layer that is entry by entry hands on what it is given, whatever its axes, but the proofs are of arrays
with the formula's own. ``a + (np.ones_like(a).sum(axis=1) - a.shape[-1])[:, None]`` is a for two axes, not for three.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codegen.array_ops import ELEMENTWISE, FILLS
from codegen.public_shapes import is_entrywise
from codegen.verify import Check
from derivations.layer import Layer

_CALLS = frozenset(
    {name for row in ELEMENTWISE.values() for name in (row.numpy, row.ufunc) if name}
    | {row.numpy for row in FILLS.values() if row.like}
)


def check_entrywise(layer: Layer, source: str) -> Iterator[Check]:
    """For a layer that is entry by entry: whether its text is so too, and names no axis."""
    if is_entrywise(layer):
        found = next(_of_axes(source), None)
        detail = "no operation of its text is about an axis" if found is None else f"{found} is about axes"
        yield Check(layer.name, "takes arrays of any number of axes", found is None, detail)


def _of_axes(source: str) -> Iterator[str]:
    """What in the plain functions is more than operations entry by entry."""
    for function in (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)):
        given = {argument.arg for argument in function.args.args}
        for node in ast.walk(function):
            if isinstance(node, ast.Subscript) or (isinstance(node, ast.Attribute) and ast.unparse(node.value) != "np"):
                yield ast.unparse(node)
            if isinstance(node, ast.Call) and ast.unparse(node.func) not in _CALLS | given:
                yield ast.unparse(node)

"""Whether a layer takes arrays with any number of axes: its formulas and its text are entry by entry.

The class of such a layer hands on what it is given, whatever its axes, but the proofs are of arrays with the formula's
own. ``a + (np.ones_like(a).sum(axis=1) - a.shape[-1])[:, None]`` is a for two axes, not for three: with such a text
the class takes arrays with the formula's axes only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from codegen.array_ops import ELEMENTWISE, FILLS
from codegen.page_parts import PlainFunction
from codegen.public_shapes import is_entrywise
from derivations.layer import Layer

_CALLS = frozenset(
    {name for row in ELEMENTWISE.values() for name in (row.numpy, row.ufunc) if name}
    | {row.numpy for row in FILLS.values() if row.like}
    | {"float"}
)


def takes_any_axes(layer: Layer, functions: Sequence[PlainFunction]) -> bool:
    """Whether the formulas of a layer are entry by entry, and its plain functions name and count no axis."""
    return is_entrywise(layer) and not any(any(_of_axes(function)) for function in functions)


def _of_axes(function: PlainFunction) -> Iterator[bool]:
    """For each place of a function, whether it is more than an operation entry by entry."""
    given = {argument.partition("=")[0] for argument in function.arguments}
    for node in ast.walk(ast.parse(function.body)):
        yield isinstance(node, ast.Subscript)
        yield isinstance(node, ast.Attribute) and ast.unparse(node.value) != "np"
        yield isinstance(node, ast.Call) and ast.unparse(node.func) not in _CALLS | given

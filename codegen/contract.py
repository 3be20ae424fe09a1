"""Sums of products: which two factors are multiplied first, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from string import ascii_letters, ascii_lowercase, ascii_uppercase

from sympy import Expr, Idx

from codegen.positions import Lowered, LoweringError, elementwise, reduced, view
from codegen.program import Node
from derivations.notation import size_of


def contract(values: list[Lowered], bound: tuple[Idx, ...], order: tuple[Idx, ...], e: Expr) -> Lowered:
    """Multiply all values and sum over the bound indices, two at a time, cheapest first."""
    while len(values) > 1:
        pairs = list(combinations(range(len(values)), 2))
        first, second = min(pairs, key=lambda p: _pair_cost(values, p, bound))
        others = [v for i, v in enumerate(values) if i not in (first, second)]
        summed = tuple(
            b for b in bound
            if not any(b in v.indices for v in others)
            and (b in values[first].indices or b in values[second].indices)
        )
        values = [*others, _product(values[first], values[second], summed, order, e)]
        bound = tuple(b for b in bound if b not in summed)
    left = tuple(b for b in bound if b in values[0].indices)
    result = reduced("sum", values[0], left, e) if left else values[0]
    missing = [b for b in bound if b not in values[0].indices]
    for index in missing:
        raise LoweringError(f"{e}: nothing in the sum depends on {index.label}; write its size as a factor")
    return result


NOMINAL = 64


def _pair_cost(values: Sequence[Lowered], pair: tuple[int, int], bound: tuple[Idx, ...]) -> tuple[int, int]:
    left, right = (set(values[p].indices) for p in pair)
    joined = left | right
    others = [v for i, v in enumerate(values) if i not in pair]
    kept = [i for i in joined if i not in bound or any(i in v.indices for v in others)]
    return (len(kept), len(joined))


def _product(
    a: Lowered, b: Lowered, summed: tuple[Idx, ...], order: tuple[Idx, ...], e: Expr
) -> Lowered:
    shared = [i for i in a.indices if i in b.indices]
    if summed and (is_windowed(a.node) or is_windowed(b.node)):
        return contraction(a, b, summed, order, e)
    is_matrix_product = summed and set(shared) == set(summed) and a.indices and b.indices
    if is_matrix_product and (set(a.indices) != set(summed) or set(b.indices) != set(summed)):
        return _matrix_product(a, b, summed, order, e)
    if summed and set(summed) < set(shared) and len(summed) == 1:
        batched = _batched_product(a, b, summed[0], order, e)
        if batched is not None:
            return batched
    if summed and set(summed) < set(shared) and {*a.indices} - {*shared} and {*b.indices} - {*shared}:
        return contraction(a, b, summed, order, e)
    multiplied = elementwise("multiply", (a, b), order, e)
    return reduced("sum", multiplied, summed, e) if summed else multiplied


def _matrix_product(
    a: Lowered, b: Lowered, summed: tuple[Idx, ...], order: tuple[Idx, ...], e: Expr
) -> Lowered:
    rows = tuple(i for i in a.indices if i not in summed)
    columns = tuple(i for i in b.indices if i not in summed)
    if rows and columns and order.index(rows[0]) > order.index(columns[0]):
        a, b, rows, columns = b, a, columns, rows
    shape = tuple(size_of(i) for i in (*rows, *columns))
    if len(summed) == 1 and len(rows) <= 1 and len(columns) <= 1:
        left = view(a, (*rows, *summed))
        right = view(b, (*summed, *columns))
        return Lowered(Node("dot", (left.node, right.node), shape, None, e), (*rows, *columns))
    axes = (tuple(a.indices.index(s) for s in summed), tuple(b.indices.index(s) for s in summed))
    return Lowered(Node("tensordot", (a.node, b.node), shape, axes, e), (*rows, *columns))


def _batched_product(a: Lowered, b: Lowered, summed: Idx, order: tuple[Idx, ...], e: Expr) -> Lowered | None:
    """Σ_k a[…, r, k] b[…, k, c] with batch indices in front, where both have a row or column of their own."""
    batch = tuple(i for i in order if i in a.indices and i in b.indices and i != summed)
    rows = tuple(i for i in a.indices if i not in batch and i != summed)
    columns = tuple(i for i in b.indices if i not in batch and i != summed)
    if len(rows) != 1 or len(columns) != 1:
        return None
    if order.index(rows[0]) > order.index(columns[0]):
        a, b, rows, columns = b, a, columns, rows
    left = view(a, (*batch, *rows, summed))
    right = view(b, (*batch, summed, *columns))
    shape = tuple(size_of(i) for i in (*batch, *rows, *columns))
    return Lowered(Node("matmul", (left.node, right.node), shape, None, e), (*batch, *rows, *columns))


def is_windowed(node: Node) -> bool:
    """Whether a value is a view of windows, whose memory no product of matrices takes as it lies."""
    return node.op == "windows" or (node.op == "view" and is_windowed(node.args[0]))


def contraction(
    a: Lowered, b: Lowered, summed: tuple[Idx, ...], order: tuple[Idx, ...], e: Expr
) -> Lowered:
    """A product with batch indices, over any number of indices, named by letters."""
    present = {*a.indices, *b.indices} - set(summed)
    indices = tuple(i for i in order if i in present)
    letters = _letters((*indices, *a.indices, *b.indices))
    left, right, result = ("".join(letters[i] for i in each) for each in (a.indices, b.indices, indices))
    attr = f"{left}, {right} -> {result}"
    return Lowered(Node("contract", (a.node, b.node), tuple(map(size_of, indices)), attr, e), indices)


def _letters(indices: Sequence[Idx]) -> dict[Idx, str]:
    """A letter for each index: its own name where that is one, else one that is free."""
    found: dict[Idx, str] = {}
    free = [c for c in ascii_lowercase + ascii_uppercase if c not in {str(i.label) for i in indices}]
    for index in dict.fromkeys(indices):
        name = str(index.label)
        stem = name.rstrip("'")
        if name in ascii_letters and len(name) == 1:
            found[index] = name
        else:
            letter = stem if stem in free else free[0]
            free.remove(letter)
            found[index] = letter
    return found

"""Whether the methods of a layer may go through the examples in blocks, and how much one example then takes.

A product of windows with a kernel is computed from all entries of all windows. In blocks of examples they stay
few, however many examples there are; the sums over examples in the gradients are then sums over blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Dummy, Expr, Idx, Indexed, KroneckerDelta, Mul, Symbol

from derivations.layer import Layer
from derivations.notation import size_of


def window_sizes(layer: Layer) -> tuple[Expr, ...]:
    """The sizes whose product is what the windows of one example hold; none where there is nothing to cut.

    Examples
    --------
    >>> from derivations.layers.convolution import CONV1D
    >>> window_sizes(CONV1D)
    (G, C, P, R)
    """
    if not (layer.parameters and has_own_rows(layer)):
        return ()
    example = layer.output.indices[0]
    found = [indices for left, right in layer.steps for indices in _windows(left, right)]
    widest: tuple[Idx, ...] = max(found, key=len, default=())
    return tuple(size_of(index) for index in widest if index != example)


def has_own_rows(layer: Layer) -> bool:
    """Whether an output's row, its entries at one first index, is a function of the same row of each input.

    Then any rows can be computed without the others, and the gradient of a parameter, which has no such index,
    is the sum over them.
    """
    example = layer.output.indices[0]
    if not isinstance(example, Idx):
        return False
    made = (*layer.inputs, *layer.forward)
    rows = {entry.base: entry.indices.index(example) for entry in made if example in entry.indices}
    if any(entry.indices[0] != example for entry in (*layer.inputs, layer.output)):
        return False
    # A block has fewer rows: nothing may know of another number of them.
    told = {*layer.output_sizes, *layer.output_sizes.values(), *(one.symbol for one in layer.hyperparameters)}
    if not isinstance(size_of(example), Symbol) or any(size_of(example) in each.free_symbols for each in told):
        return False
    return all(_stays_in_row(entry, example, rows) for step in layer.steps for entry in step)


def _stays_in_row(expression: Expr, example: Idx, rows: Mapping[Expr, int]) -> bool:
    """Whether a side of a step names the example where what has rows has it, and nowhere else."""
    entries = expression.atoms(Indexed)
    for entry in entries:
        others = [*entry.indices]
        if entry.base in rows and others.pop(rows[entry.base]) != example:
            return False
        if any(_names(index, example) for index in others):
            return False
    return not _names(expression.xreplace({entry: Dummy() for entry in entries}), example)


def _names(expression: Expr, example: Idx) -> bool:
    """Whether an expression depends on an index, or on how many values it takes."""
    return expression.has(example) or size_of(example) in expression.atoms(Symbol)


def _windows(left: Indexed, right: Expr) -> Iterator[tuple[Idx, ...]]:
    """The indices of the windows in each product with another tensor.

    A window is a tensor read at [h = 2p + r], or one that is made of what is put there.
    """
    for product in right.atoms(Mul):
        tensors = [factor for factor in product.args if isinstance(factor, Indexed)]
        if len(tensors) < 2:
            continue
        for entry in tensors:
            if any(_is_window(index) for index in entry.indices):
                yield _parted(entry.indices)
        reached = dict(
            (h, other) if h in left.indices else (other, h)
            for h, other in (part.args for part in product.args if isinstance(part, KroneckerDelta))
        )
        if any(_is_window(reached.get(h, h)) for h in left.indices):
            yield _parted([reached.get(h, h) for h in left.indices])


def _is_window(index: Expr) -> bool:
    return len(index.atoms(Idx)) > 1


def _parted(indices: Iterator[Expr] | list[Expr] | tuple[Expr, ...]) -> tuple[Idx, ...]:
    """All indices that occur, each once, those of one position by name."""
    found = (each for index in indices for each in sorted(index.atoms(Idx), key=str))
    return tuple(dict.fromkeys(found))

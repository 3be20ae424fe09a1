"""The table's rows with moving windows: which positions a call joins, and by which affine index.

A *reach* is one axis of an image, with positions h, and the indices i, k, … that reach it:
h = start + steps[0]·i + steps[1]·k + … . The operations are

================ ============ ================================================================
name             adjoint of   meaning
================ ============ ================================================================
windows          add_windows  out[…, i, k, …] = Σ_h [h = start + s·i + d·k] x[…, h, …]
add_windows      windows      out[…, h, …] = Σ_{i,k} [h = start + s·i + d·k] a[…, i, k, …]
sum_windows      spread_…     out[…, i, …] = Σ_{k,h} [h = start + s·i + d·k] x[…, h, …]
spread_windows   sum_…        out[…, h, …] = Σ_{i,k} [h = start + s·i + d·k] a[…, i, …]
max_windows      spread_to_…  out[…, i, …] = max_k w[…, i, k, …], w the windows of x
spread_to_maxima max_…        out[…, h, …] = Σ_i [h = start + s·i + d·argmax_k w[…, i, k, …]] a[…, i, …]
================ ============ ================================================================

so what lies outside an image reads 0, and what would be added there is dropped. Of the last two each has two steps
an axis, and the last one axis. ``tests/test_windows_table.py`` and ``tests/test_maxima_table.py`` hold the support
files against plain loops.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from sympy import Add, Expr, Mul, floor

from codegen.array_ops import MULTIPLICATIVE, Elementwise, Shape, ShapeError

FLOOR_DIVIDE = Elementwise("floor_divide", 2, "", "//", MULTIPLICATIVE, "", lambda u, v: floor(u / v))
"""``a // b`` of two integers, never of arrays: how many steps fit into a size."""


@dataclass(frozen=True)
class WindowOperation:
    """A row of the table.

    Attributes
    ----------
    name : str
        What the support file calls it.
    reads_image : bool
        Whether the operand has the image's axes; otherwise the result has.
    shows_taps : bool
        Whether all indices of a reach are axes of the other array; otherwise the first is, and the rest are summed.
    is_view : bool
        Whether the result may show the operand's own memory, read-only.
    is_of_maxima : bool
        Whether of the taps the largest counts, the first of these, instead of all.
    """

    name: str
    reads_image: bool
    shows_taps: bool
    is_view: bool = False
    is_of_maxima: bool = False

    @property
    def module(self) -> str:
        """The support file that holds the function."""
        return "_maxima" if self.is_of_maxima else "_windows"

    @property
    def arrays(self) -> int:
        """How many arrays come before the specifications: the image is one where it says which tap is the largest."""
        return 2 if self.is_of_maxima and not self.reads_image else 1

    @property
    def fields(self) -> tuple[str, ...]:
        """What a specification of one axis holds, in order."""
        sizes = () if not self.reads_image and self.shows_taps else ("sizes",)
        return ("axis", "start", "steps", *sizes, *(() if self.reads_image or self.is_of_maxima else ("size",)))


WINDOW_OPERATIONS: Mapping[str, WindowOperation] = MappingProxyType(
    {
        row.name: row
        for row in (
            WindowOperation("windows", reads_image=True, shows_taps=True, is_view=True),
            WindowOperation("add_windows", reads_image=False, shows_taps=True),
            WindowOperation("sum_windows", reads_image=True, shows_taps=False),
            WindowOperation("spread_windows", reads_image=False, shows_taps=False),
            WindowOperation("max_windows", reads_image=True, shows_taps=False, is_of_maxima=True),
            WindowOperation("spread_to_maxima", reads_image=False, shows_taps=False, is_of_maxima=True),
        )
    }
)


@dataclass(frozen=True)
class Specification:
    """What a call says of one axis of the image; ``sizes`` and ``size`` only where the row has them."""

    axis: int
    start: Expr
    steps: tuple[Expr, ...]
    sizes: tuple[Expr, ...] | None = None
    size: Expr | None = None


@dataclass(frozen=True)
class Reach:
    """One axis of the image: where it stands in its array, and where those indices stand in theirs that are axes."""

    start: Expr
    steps: tuple[Expr, ...]
    sizes: tuple[Expr, ...]
    size: Expr
    image: int
    indices: tuple[int, ...]

    def position(self, indices: Sequence[Expr]) -> Expr:
        """The position that indices reach."""
        return Add(self.start, *(Mul(step, index) for step, index in zip(self.steps, indices, strict=True)))


@dataclass(frozen=True)
class Joined:
    """A call: the shape of its result, the positions that stay (in the operand, in the result), the reaches."""

    shape: Shape
    kept: tuple[tuple[int, int], ...]
    reaches: tuple[Reach, ...]


def joined(row: WindowOperation, shape: Shape, specifications: Sequence[Specification]) -> Joined:
    """Which positions of an operand of this shape a call joins with which of its result.

    Raises
    ------
    ShapeError
        Axes out of order or not there, steps and sizes that do not pair up, or axes of another size.
    """
    _check_order(row, specifications)
    result: list[Expr] = []
    kept: list[tuple[int, int]] = []
    reaches: list[Reach] = []
    position = 0
    for one in specifications:
        while (position if row.reads_image else len(result)) < one.axis and position < len(shape):
            kept.append((position, len(result)))
            result.append(shape[position])
            position += 1
        reaches.append(reach := _reach(row, one, shape, position, len(result)))
        shown = reach.sizes if row.shows_taps else reach.sizes[:1]
        result += shown if row.reads_image else [reach.size]
        position += 1 if row.reads_image else len(shown)
    for rest in range(position, len(shape)):
        kept.append((rest, len(result)))
        result.append(shape[rest])
    return Joined(tuple(result), tuple(kept), tuple(reaches))


def of_image(row: WindowOperation, shape: Shape, image: Shape, specifications: Sequence[Specification]) -> Joined:
    """The call of a row that is told its image: an axis of the result has the image's size.

    Raises
    ------
    ShapeError
        As `joined`; more than one axis; or a result that has not the image's axes.
    """
    if len(specifications) != 1:
        raise ShapeError(f"{row.name} takes one axis, as the largest tap is one of one axis")
    (one,) = specifications
    if not 0 <= one.axis < len(image):
        raise ShapeError(f"{row.name}: an image of {len(image)} axes has no axis {one.axis}")
    call = joined(row, shape, [replace(one, size=image[one.axis])])
    if call.shape != image:
        raise ShapeError(f"{row.name}: the windows of {image} do not give {call.shape}")
    return call


def _reach(row: WindowOperation, one: Specification, shape: Shape, position: int, produced: int) -> Reach:
    """The reach of one specification, whose axes begin at ``position`` of the operand, ``produced`` of the result."""
    count = len(one.steps) if row.shows_taps else 1
    own = shape[position : position + (1 if row.reads_image else count)]
    if len(own) < (1 if row.reads_image else count) or one.axis != (position if row.reads_image else produced):
        raise ShapeError(f"{row.name}: an operand of {len(shape)} axes has no axis {one.axis} with what belongs to it")
    if row.is_of_maxima and (len(one.steps) != 2 or one.sizes is None or one.sizes[-1] == 0):
        raise ShapeError(f"{row.name}: an axis has two steps, that of windows and that of one tap or more")
    sizes = one.sizes if one.sizes is not None else own
    if not one.steps or len(sizes) != len(one.steps):
        raise ShapeError(f"{row.name}: {len(one.steps)} steps and {len(sizes)} sizes do not pair up")
    if not row.reads_image and sizes[:count] != tuple(own):
        raise ShapeError(f"{row.name}: an axis of size {own[0]} is taken for one of size {sizes[0]}")
    size = own[0] if row.reads_image else one.size
    if size is None:
        raise ShapeError(f"{row.name}: the size of axis {one.axis} is missing")
    first = produced if row.reads_image else position
    image = position if row.reads_image else produced
    return Reach(one.start, one.steps, tuple(sizes), size, image, tuple(range(first, first + count)))


def _check_order(row: WindowOperation, specifications: Sequence[Specification]) -> None:
    axes = [one.axis for one in specifications]
    if not axes or axes[0] < 0 or any(later <= earlier for earlier, later in pairwise(axes)):
        raise ShapeError(f"{row.name} names its axes in increasing order, counted from the front, not {axes}")

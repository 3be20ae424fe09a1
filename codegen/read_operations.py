"""The operations of the table on buffers and views: what may meet, what may be written, what comes out.

These functions check shapes, kinds, sharing and ownership; the content is the domain's.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from sympy import Expr, Integer

from codegen.array_ops import (
    COMPARISONS,
    Axes,
    Elementwise,
    Fill,
    Product,
    Reduction,
    Shape,
    broadcast,
    normal_axis,
    product_shape,
    reduced,
)
from codegen.read_domain import Domain
from codegen.read_values import Bound, Buffer, C, Kind, Number, Placed, Refusal, View
from codegen.window_ops import FLOOR_DIVIDE, Specification, WindowOperation, joined, of_image

_LARGEST_EXPONENT = 64
"""Of a number; exact integers would grow without end."""


def arithmetic(domain: Domain[C], row: Elementwise, numbers: Sequence[Number[C]], node: ast.expr) -> Number[C]:
    """An operation on Python numbers, which stay Python numbers and so take any array's dtype."""
    is_integer = all(number.is_integer for number in numbers) and row.name not in ("divide", "log")
    if row.name in ("divide", "floor_divide") and numbers[1].expr == 0:
        raise Refusal("this divides by 0")
    if row is FLOOR_DIVIDE and not is_integer:
        raise Refusal("// divides an integer by an integer")
    if row.name == "log" and not numbers[0].expr.is_nonnegative:
        raise Refusal(f"{numbers[0].expr} may be negative, and has no logarithm then")
    if row.name == "power":
        base, exponent = (number.expr for number in numbers)
        if not exponent.is_Rational or abs(exponent) > _LARGEST_EXPONENT or (base == 0 and exponent < 0):
            raise Refusal("a power of a number has a small constant exponent, and 0 no negative one")
        if not (exponent.is_Integer or base.is_nonnegative):
            raise Refusal(f"{base} may be negative, and a root of it complex")
        is_integer = is_integer and bool(exponent >= 0)
    expr = row.meaning(*(number.expr for number in numbers))
    return Number(expr, is_integer, domain.arithmetic(row, [number.content for number in numbers], node))


def elementwise(
    domain: Domain[C],
    row: Elementwise,
    operands: Sequence[View[C] | Number[C]],
    out: View[C] | None,
    node: ast.AST,
) -> View[C]:
    """An operation entry by entry. With `out`, operands may share its memory: NumPy then copies them."""
    views = [operand for operand in operands if isinstance(operand, View)]
    sizes = {view.buffer.label_size for view in views if view.kind is Kind.LABEL}
    if len(sizes) > 1:
        raise Refusal(f"positions on axes of {' and '.join(sorted(map(str, sizes)))} are not compared")
    if not sizes and not any(view.kind is Kind.REAL for view in views):
        raise Refusal("without an array among its operands this has NumPy's own dtype, not the caller's")
    if row.name == "power" and not (isinstance(operands[1], Number) and operands[1].expr.is_Integer):
        raise Refusal("the exponent of an array is an integer constant")
    shape = broadcast(*(view.shape for view in views), *([out.shape] if out else []))
    if row.is_given and not shape:
        raise Refusal("a function that is given takes an array, not a single number")
    placed = [as_view(operand).stretched_to(shape) for operand in operands]
    content = domain.elementwise(row, placed, shape, node)
    return _deliver(domain, Buffer(shape, content, _kind_of(row)), out)


def product(
    domain: Domain[C],
    row: Product,
    left: View[C],
    right: View[C],
    axes: Axes,
    out: View[C] | None,
    node: ast.expr,
) -> View[C]:
    """A product of two arrays; its `out` must be memory that neither of them uses."""
    subscripts = row.subscripts(len(left.axes), len(right.axes), axes)
    if row.name == "contract":  # it stretches nothing, not even an axis of the size 1
        sizes = dict(zip(subscripts.left, left.shape, strict=True))
        met = {n: {size, sizes.get(n, size)} for n, size in zip(subscripts.right, right.shape, strict=True)}
        if apart := next((each for each in met.values() if len(each) > 1), None):
            raise Refusal(f"contract: axes of {' and '.join(sorted(map(str, apart)))} are not the same")
    shape = product_shape(subscripts, left.shape, right.shape)
    sizes = {
        **dict(zip(subscripts.left, left.shape, strict=True)),
        **dict(zip(subscripts.right, right.shape, strict=True)),
        **dict(zip(subscripts.output, shape, strict=True)),
    }
    if out:
        _check_product_out(row, out, (left, right))
    placed = _numbered(left, subscripts.left, sizes), _numbered(right, subscripts.right, sizes)
    content = domain.product(placed, sizes, subscripts.output, node)
    return _deliver(domain, Buffer(shape, content, is_contiguous=row.name == "dot"), out)


def reduce(domain: Domain[C], row: Reduction, view: View[C], axes: Sequence[int], node: ast.expr) -> View[C]:
    """A reduction over some axes; `argmax` gives labels into its axis."""
    axes = [normal_axis(axis, len(view.axes)) for axis in axes]
    if not axes or len(set(axes)) < len(axes) or (row.name == "argmax" and len(axes) > 1):
        raise Refusal("a reduction names its axes, each once; argmax takes one")
    content = domain.reduce(row, view.placed(range(len(view.axes))), view.shape, axes, node)
    shape = reduced(view.shape, axes)
    if row.name == "argmax":
        return View.whole(Buffer(shape, content, Kind.LABEL, view.shape[axes[0]]))
    return View.whole(Buffer(shape, content))


def all_positions(domain: Domain[C], size: Bound[C], node: ast.expr) -> View[C]:
    """The positions on an axis of a size, in order: labels that are their own index."""
    if not (isinstance(size, Number) and size.is_integer and size.expr.is_nonnegative):
        raise Refusal("np.arange counts the positions on one axis, by its size", node)
    return View.whole(Buffer((size.expr,), domain.positions(size.expr), Kind.LABEL, size.expr))


def pick(domain: Domain[C], array: View[C], labels: View[C], rows: Number[C], node: ast.expr) -> View[C]:
    """a[n, t[n]], a copy."""
    _check_pick(array, labels, rows)
    content = domain.pick(array.placed((0, 1)), labels.placed((0,)), array.shape, node)
    return View.whole(Buffer(labels.shape, content))


def add_one_hot(
    domain: Domain[C],
    row: Elementwise,
    array: View[C],
    labels: View[C],
    rows: Number[C],
    amount: View[C] | Number[C],
    node: ast.AST,
) -> None:
    """a[n, t[n]] ± u[n] in place. Rows differ, so no entry is changed twice."""
    _check_pick(array, labels, rows)
    added = as_view(amount)
    if broadcast(added.shape, labels.shape) != labels.shape:
        raise Refusal(f"an amount of shape {added.shape} does not fit {labels.shape}")
    content = domain.add_one_hot(
        row, array.placed((0, 1)), labels.placed((0,)), added.stretched_to(labels.shape), array.shape, node
    )
    write(domain, array, content, array.shape)


def window(
    domain: Domain[C],
    row: WindowOperation,
    arrays: Sequence[View[C]],
    specifications: Sequence[Specification],
    steps: Sequence[Sequence[Number[C]]],
    node: ast.expr,
) -> View[C]:
    """A row with moving windows. A view of windows is never written, nor read once what it shows has changed."""
    view = arrays[0]
    operands = [each.placed(range(len(each.axes))) for each in arrays]
    contents = [[step.content for step in each] for each in steps]
    if row.arrays == 2:
        call = of_image(row, view.shape, arrays[1].shape, specifications)
        content = domain.spread_to_maxima(row, (operands[0], operands[1]), call, contents, node)
    else:
        call = joined(row, view.shape, specifications)
        content = domain.window(row, operands[0], call, contents, node)
    if not row.is_view:
        return View.whole(Buffer(call.shape, content))
    shows = ((view.buffer, view.buffer.version), *view.buffer.shows)
    return View.whole(Buffer(call.shape, content, origin="an array that windows() shows", shows=shows))


def fill(domain: Domain[C], row: Fill, shape: Shape) -> View[C]:
    """A new buffer; one that is ``like`` another has its layout too, which may not be C order."""
    if not shape:
        raise Refusal("a buffer has an axis")
    return View.whole(Buffer(shape, domain.fill(row, shape), is_contiguous=not row.like))


def numbers(domain: Domain[C], rows: Sequence[Sequence[int]]) -> View[C]:
    """A new array of integers."""
    shape = (Integer(len(rows)), Integer(len(rows[0])))
    return View.whole(Buffer(shape, domain.numbers(rows), is_contiguous=True))


def write(domain: Domain[C], target: View[C], content: C, shape: Shape) -> None:
    """Replace all that a view shows; every other view of its buffer sees it.

    A single number is not an array to NumPy: ``+=`` rebinds its name, a new axis copies it.
    """
    if target.buffer.origin:
        raise Refusal(f"this would change {target.buffer.origin}")
    if not target.buffer.shape or target.kind is not Kind.REAL:
        raise Refusal("only arrays of real entries, with an axis, are changed in place")
    if tuple(shape) != target.shape:
        raise Refusal(f"a result of shape {tuple(shape)} does not fit into {target.shape}")
    target.buffer.content = domain.arrange(content, target.order)
    target.buffer.version += 1


def as_view(operand: View[C] | Number[C]) -> View[C]:
    """A number as an array without axes."""
    return View.whole(Buffer((), operand.content)) if isinstance(operand, Number) else operand


def _kind_of(row: Elementwise) -> Kind:
    return Kind.CONDITION if row.name in COMPARISONS else Kind.REAL


def _numbered(view: View[C], numbers: Sequence[int], sizes: Mapping[int, Expr]) -> Placed[C]:
    pairs = zip(numbers, view.shape, strict=True)
    return view.placed([number if size == sizes[number] else None for number, size in pairs])


def _deliver(domain: Domain[C], result: Buffer[C], out: View[C] | None) -> View[C]:
    fresh = View.whole(result)
    if out is None:
        return fresh
    write(domain, out, fresh.content(), result.shape)
    return out


def _check_product_out(row: Product, out: View[C], operands: Sequence[View[C]]) -> None:
    if not row.takes_out:
        raise Refusal(f"{row.numpy} takes no out=")
    if any(operand.buffer.shares_memory(out.buffer) for operand in operands):
        raise Refusal("the out= of a product shares memory with one of its operands")
    if not out.buffer.is_contiguous or out.axes != tuple(range(len(out.buffer.shape))):
        raise Refusal("the out= of a product is a buffer in C order, as np.empty(shape, …) and np.dot make it")


def _check_pick(array: View[C], labels: View[C], rows: Number[C]) -> None:
    if labels.kind is not Kind.LABEL or len(array.axes) != 2 or len(labels.axes) != 1:
        raise Refusal("labels pick from an array of two axes, one label a row")
    if not (rows.is_integer and rows.expr == labels.shape[0] == array.shape[0]):
        raise Refusal(f"{array.shape[0]} rows, {labels.shape[0]} labels and {rows.expr} positions meet")
    if labels.buffer.label_size != array.shape[1]:
        raise Refusal(f"labels into an axis of {labels.buffer.label_size} index one of {array.shape[1]}")

"""Sums over windows by products: what additions give, also of what is not finite, and only where they may stand in.

The additions are held against plain loops by tests/test_windows_table.py.
"""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generated import AvgPool2d, _windows
from generated._products import spread_by_products, sum_by_products
from generated._windows import spread_windows, sum_windows

DTYPES = [np.float32, np.float64]


def by_additions(function, *arguments):
    """What the row gives without products."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("sum_by_products", "spread_by_products"):
            patched.setattr(_windows, name, lambda *_: None)
        return function(*arguments)


def laid(array, order):
    """The same array, its axes in memory in another order."""
    return np.ascontiguousarray(array.transpose(order)).transpose(np.argsort(order))


def places(array):
    """The axes, the outermost in memory first; those of size 1 have no place."""
    return [axis for axis in np.argsort([-step for step in array.strides], kind="stable") if array.shape[axis] > 1]


def pooled(side, taps, stride, padding=0, dilation=1):
    """What is said of an axis of an image under a moving window."""
    count = (side + 2 * padding - dilation * (taps - 1) - 1) // stride + 1
    return -padding, (stride, dilation), (count, taps), side


def axes_of(*along):
    """Behind two other axes; and the same as a sum has it."""
    spread = [(axis, *one) for axis, one in enumerate(along, 2)]
    return [one[:4] for one in spread], spread


@st.composite
def alongs(draw):
    """A tile, a moving window, or any steps at all."""
    kind = draw(st.integers(0, 2))
    if kind == 0:
        step, count = draw(st.integers(1, 4)), draw(st.integers(1, 4))
        taps = draw(st.integers(1, step))
        return draw(st.integers(0, step - taps)), (step, 1), (count, taps), step * count
    taps, stride, dilation, padding = (draw(st.integers(least, 3)) for least in (1, 1, 1, 0))
    if kind == 1:
        return pooled(dilation * (taps - 1) + 1 + draw(st.integers(0, 5)), taps, stride, padding, dilation)
    steps = tuple(draw(st.integers(-3, 3).filter(bool)) for _ in range(draw(st.integers(1, 3))))
    return draw(st.integers(-4, 6)), steps, tuple(draw(st.integers(1, 4)) for _ in steps), draw(st.integers(1, 7))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_products_are_additions(data):
    along = [data.draw(alongs()) for _ in range(data.draw(st.sampled_from([2, 2, 3])))]
    summed, spread = axes_of(*along)
    lead, dtype = data.draw(st.tuples(st.integers(1, 3), st.integers(1, 3))), data.draw(st.sampled_from(DTYPES))
    order = data.draw(st.permutations(range(2 + len(along))))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    x = laid(rng.integers(-9, 10, (*lead, *(size for *_, size in along))).astype(dtype), order)
    a = laid(rng.integers(-9, 10, (*lead, *(sizes[0] for _, _, sizes, _ in along))).astype(dtype), order)
    for operand, product, row, axes in (
        (x, sum_by_products(x, spread), sum_windows, summed),
        (a, spread_by_products(a, spread), spread_windows, spread),
    ):
        expected = by_additions(row, operand, *axes)
        if order[-1] >= 2 and operand.shape[order[-1]] > 1:
            assert product is not None
        if product is not None:
            assert product.dtype == dtype and product.flags.writeable and not np.shares_memory(product, operand)
            np.testing.assert_array_equal(product, expected)
        np.testing.assert_array_equal(row(operand, *axes), expected)


SETTINGS = [
    (pooled(4, 2, 2), pooled(6, 2, 2)),
    (pooled(5, 3, 2), pooled(7, 3, 2)),
    (pooled(5, 2, 2), pooled(5, 3, 1, padding=1)),
    (pooled(3, 3, 3), pooled(4, 2, 2)),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("along", SETTINGS)
@pytest.mark.parametrize("entry", [np.inf, -np.inf, np.nan, "largest"])
def test_what_is_not_finite_stays_in_its_windows(along, entry, dtype):
    """At each place of an image in turn, and no warning is heard that additions do not give."""
    summed, spread = axes_of(*along)
    for row, sizes, axes in (
        (sum_windows, [size for *_, size in along], summed),
        (spread_windows, [sizes[0] for _, _, sizes, _ in along], spread),
    ):
        for place in itertools.product(*map(range, sizes)):
            operand = np.ones((2, 1, *sizes), dtype)
            operand[(1, 0, *place)] = np.finfo(dtype).max if entry == "largest" else entry
            np.testing.assert_array_equal(row(operand, *axes), by_additions(row, operand, *axes))


@pytest.mark.parametrize("dtype", DTYPES)
def test_sums_that_leave_the_range_do_so_in_their_windows(dtype):
    x = np.ones((1, 1, 4, 6), dtype)
    x[0, 0, 0] = np.finfo(dtype).max
    with np.errstate(over="ignore"):
        y = sum_windows(x, *axes_of(*SETTINGS[0])[0])
    np.testing.assert_array_equal(y[0, 0], [[np.inf] * 3, [4] * 3])
    a = np.full((1, 1, 3, 3), np.finfo(dtype).max, dtype)
    a[0, 0, 1:] = 1
    with np.errstate(over="ignore"):
        dx = spread_windows(a, *axes_of(pooled(5, 1, 2), pooled(5, 3, 1))[1])
    largest = np.finfo(dtype).max
    np.testing.assert_array_equal(dx[0, 0, 0], [largest, np.inf, np.inf, np.inf, largest])
    np.testing.assert_array_equal(dx[0, 0, 1:], [[0] * 5, [1, 2, 3, 2, 1], [0] * 5, [1, 2, 3, 2, 1]])


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128, object, np.int64, np.float16, ">f4"])
def test_other_types_are_added(dtype):
    summed, spread = axes_of(*SETTINGS[0])
    assert sum_by_products(np.ones((2, 2, 4, 6), dtype), spread) is None
    assert spread_by_products(np.ones((2, 2, 2, 3), dtype), spread) is None
    np.testing.assert_array_equal(sum_windows(np.ones((2, 2, 4, 6), dtype), *summed), np.full((2, 2, 2, 3), 4))


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_results_lie_in_memory_as_their_operand_does(order):
    summed, spread = axes_of(*SETTINGS[0])
    x, a = laid(np.ones((2, 2, 4, 6)), order), laid(np.ones((2, 2, 2, 3)), order)
    assert places(sum_windows(x, *summed)) == places(x)
    assert places(spread_windows(a, *spread)) == places(a)


def test_long_rows_and_parts_of_arrays_are_added():
    for shape in ((2, 2, 4, 200), (2, 2, 200, 6)):
        along = [pooled(side, 2, 2) for side in shape[2:]]
        assert sum_by_products(np.ones(shape), axes_of(*along)[1]) is None
    spread = axes_of(*SETTINGS[0])[1]
    assert sum_by_products(np.ones((2, 2, 4, 12))[..., ::2], spread) is None
    assert sum_by_products(np.ones((2, 2, 4, 6))[:, :, ::-1], spread) is None
    assert sum_by_products(np.ones((2, 2, 4, 6)), spread[1:]) is None


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kernel, stride, padding", [(2, 2, 0), (3, 2, 0), (3, 2, 1), (3, 1, 1), (8, 8, 0)])
def test_sums_lose_no_digits(kernel, stride, padding, dtype):
    """Against the same class in one dtype more: a sum of so many terms, whatever their order."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 2, 8, 8)).astype(dtype)
    layer = AvgPool2d(kernel, stride, padding)
    y, eps = layer.forward(x), np.finfo(dtype).eps
    exact = by_additions(lambda: layer.forward(x.astype(np.longdouble).astype(float)))
    assert np.abs(y - exact).max() <= kernel**2 * eps * np.abs(x).max()

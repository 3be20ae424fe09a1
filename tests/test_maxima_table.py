"""The table's rows for the largest entries of windows: the support file against plain loops, and what it refuses."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer

from codegen.array_ops import ShapeError
from codegen.window_ops import WINDOW_OPERATIONS, Specification, joined, of_image
from derivations.notation import size_symbol
from generated import _maxima
from generated._maxima import max_windows, spread_to_maxima
from generated._windows import windows


def shown(x, along, position):
    """What a window shows at each tap, at a position of the windows: 0 outside."""
    axis, start, steps, sizes = along
    places = [start + steps[0] * position[axis] + steps[1] * tap for tap in range(sizes[1])]
    inside = [0 <= h < x.shape[axis] for h in places]
    at = [(*position[:axis], h, *position[axis + 1 :]) for h in places]
    entries = [x[each] if is_there else 0 for each, is_there in zip(at, inside, strict=True)]
    return places, entries


def shape_of_windows(x, along):
    axis, *_, sizes = along
    return (*x.shape[:axis], sizes[0], *x.shape[axis + 1 :])


def largest_by_loops(x, along):
    out = np.zeros(shape_of_windows(x, along), x.dtype)
    for position in itertools.product(*map(range, out.shape)):
        out[position] = max(shown(x, along, position)[1])
    return out


def spread_by_loops(a, x, along):
    out = np.zeros(x.shape, a.dtype)
    for position in itertools.product(*map(range, a.shape)):
        places, entries = shown(x, along, position)
        h = places[entries.index(max(entries))]
        if 0 <= h < x.shape[along[0]]:
            out[(*position[: along[0]], h, *position[along[0] + 1 :])] += a[position]
    return out


STEPS = st.integers(-3, 3).filter(bool)


@st.composite
def calls(draw, axis):
    sizes = draw(st.integers(0, 5)), draw(st.integers(1, 4))
    return axis, draw(st.integers(-6, 9)), (draw(STEPS), draw(STEPS)), sizes


def laid(array, order):
    """The same array, its axes in memory in another order."""
    return np.ascontiguousarray(array.transpose(order)).transpose(np.argsort(order))


@pytest.mark.parametrize("block", [1, 40, 1 << 17])
@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data())
def test_both_rows_against_loops(block, data):
    """Of small integers, so that many entries are equal and all sums are exact; in blocks of any size."""
    shape = data.draw(st.lists(st.integers(0, 6), min_size=1, max_size=3))
    along = data.draw(st.integers(0, len(shape) - 1).flatmap(calls))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    order, other = (data.draw(st.permutations(range(len(shape)))) for _ in range(2))
    x = laid(rng.integers(-2, 3, shape).astype(float), order)
    largest = max_windows(x, along)
    expected = largest_by_loops(x, along)
    assert largest.shape == expected.shape and not np.shares_memory(largest, x) and largest.flags.writeable
    np.testing.assert_array_equal(largest, expected)
    a = laid(rng.integers(-9, 10, expected.shape).astype(float), other)
    given_a, given_x = a.copy(), x.copy()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_maxima, "_BLOCK", block)
        spread = spread_to_maxima(a, x, along)
    assert spread.shape == x.shape and spread.flags.writeable
    np.testing.assert_array_equal(spread, spread_by_loops(a, x, along))
    np.testing.assert_array_equal(a, given_a)
    np.testing.assert_array_equal(x, given_x)
    specification = Specification(along[0], *map(integers, along[1:]))
    sizes, image = map(integers, (a.shape, x.shape))
    assert joined(WINDOW_OPERATIONS["max_windows"], image, [specification]).shape == sizes
    assert of_image(WINDOW_OPERATIONS["spread_to_maxima"], sizes, image, [specification]).shape == image


def integers(value):
    return tuple(map(Integer, value)) if isinstance(value, tuple) else Integer(value)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_several_axes_are_one_after_the_other(data):
    x = np.random.default_rng(data.draw(st.integers(0, 99))).normal(size=(3, 5, 4))
    along = [data.draw(calls(axis)) for axis in data.draw(st.sampled_from([(0, 1), (0, 2), (1, 2), (0, 1, 2)]))]
    expected = x
    for one in along:
        expected = largest_by_loops(expected, one)
    np.testing.assert_array_equal(max_windows(x, *along), expected)


X = np.random.default_rng(3).normal(size=(2, 7, 3))
ALONG = (1, -1, (2, 1), (4, 3))
A = np.random.default_rng(4).normal(size=(2, 4, 3))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, object])
@pytest.mark.parametrize("along", [ALONG, (1, 0, (2, 1), (3, 2)), (1, 0, (2, 1), (4, 1)), (1, 6, (-2, -1), (3, 2))])
def test_element_types_stay(dtype, along):
    x, a = X.astype(dtype), A[:, : along[3][0]].astype(dtype)
    for computed, expected in (
        (max_windows(x, along), largest_by_loops(x, along)),
        (spread_to_maxima(a, x, along), spread_by_loops(a, x, along)),
    ):
        assert computed.dtype == dtype
        np.testing.assert_allclose(computed.astype(float), expected.astype(float), rtol=1e-6)


def test_balls():
    """Where comparisons of balls decide, the rows work on them."""
    ball = np.frompyfunc(arb, 1, 1)
    x, a = ball(X), ball(A[:, :3])
    along = (1, 0, (2, 1), (3, 3))
    exact = np.frompyfunc(float, 1, 1)
    np.testing.assert_array_equal(exact(max_windows(x, along)), largest_by_loops(X, along))
    np.testing.assert_allclose(exact(spread_to_maxima(a, x, along)).astype(float), spread_by_loops(A[:, :3], X, along))


@pytest.mark.parametrize("taps, stride", [(1, 1), (2, 2), (3, 2), (3, 3), (4, 1)])
def test_of_equal_entries_the_first_has_all(taps, stride):
    x, along = np.ones((1, 9)), (1, 0, (stride, 1), ((9 - taps) // stride + 1, taps))
    a = np.arange(1.0, along[3][0] + 1)[None]
    expected = np.zeros((1, 9))
    expected[:, : stride * a.shape[1] : stride] = a
    np.testing.assert_array_equal(spread_to_maxima(a, x, along), expected)


@pytest.mark.parametrize("taps", [2, 3, 4])
def test_infinite_entries_are_the_largest_and_the_smallest(taps):
    for entries in itertools.product([-np.inf, 0.0, np.inf], repeat=taps):
        x, along = np.array([entries]), (1, 0, (taps, 1), (1, taps))
        expected = np.eye(taps)[[int(np.argmax(entries))]]
        np.testing.assert_array_equal(spread_to_maxima(np.ones((1, 1)), x, along), expected)


@pytest.mark.parametrize("taps", [1, 2, 3, 4])
def test_what_is_not_a_number(taps):
    """The maximum is NaN, as NumPy's is; what its window gives is neither lost nor doubled."""
    for entries in itertools.product([np.nan, 0.0, 1.0], repeat=taps):
        x, along = np.array([entries]), (1, 0, (taps, 1), (1, taps))
        np.testing.assert_array_equal(max_windows(x, along), [[np.max(entries)]])
        spread = spread_to_maxima(np.ones((1, 1)), x, along)
        np.testing.assert_array_equal(np.sort(spread), np.eye(taps)[[-1]])


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_results_lie_in_memory_as_the_image_does(order):
    x, a = laid(X, order), laid(A, order)
    for computed in (max_windows(x, (1, 0, (2, 1), (3, 3))), spread_to_maxima(a, x, ALONG)):
        assert np.argsort(computed.strides).tolist() == np.argsort(x.strides).tolist()


@pytest.mark.parametrize("axis", [0, 1])
def test_no_array_of_taps_is_made(axis):
    """What is made beside the result does not grow with the image, nor with the taps."""
    x = np.random.default_rng(0).normal(size=(1000, 1000))
    along = (axis, 0, (1, 1), (980, 21))
    tracemalloc.start()
    largest = max_windows(x, along)
    spread = spread_to_maxima(largest, x, along)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= largest.nbytes + spread.nbytes + 6 * _maxima._BLOCK


@pytest.mark.parametrize(
    "call",
    [
        (3, 0, (1, 1), (4, 2)),
        (-1, 0, (1, 1), (4, 2)),
        (1, 0, (1,), (4,)),
        (1, 0, (1, 1, 1), (4, 2, 2)),
        (1, 0, (1, 1), (4,)),
        (1, 0, (1, 1), (4, 0)),
        (1, 0, (1, 1), (-4, 2)),
        (1, 0, (0, 1), (4, 2)),
        (1, 0, (1, 0), (4, 2)),
    ],
)
def test_nonsense_is_a_clear_error(call):
    with pytest.raises(ValueError, match=r"windows|maxima"):
        max_windows(X, call)
    with pytest.raises(ValueError, match=r"windows|maxima"):
        spread_to_maxima(A, X, call)


@pytest.mark.parametrize("a", [A[:, :3], A[:1], A[:, :, :1], A[0], A[:, :, :, None]])
def test_arrays_that_do_not_fit(a):
    with pytest.raises(ValueError, match="spread_to_maxima"):
        spread_to_maxima(a, X, ALONG)


@pytest.mark.parametrize("along", [(), (ALONG, ALONG), ((2, 0, (1, 1), (2, 2)), ALONG)])
def test_axes_are_named_in_order(along):
    with pytest.raises(ValueError, match="increasing order"):
        max_windows(X, *along)


N, H, P, R = map(size_symbol, "NHPR")
ONE = Specification(1, N, (N, N), (P, R))


@pytest.mark.parametrize(
    "name, shapes, call",
    [
        ("max_windows", [(N, H)], [Specification(1, N, (N,), (P,))]),
        ("max_windows", [(N, H)], [Specification(1, N, (N, N, N), (P, R, R))]),
        ("max_windows", [(N, H)], [Specification(1, N, (N, N), (P, Integer(0)))]),
        ("max_windows", [(N, H)], [Specification(2, N, (N, N), (P, R))]),
        ("max_windows", [(N, H)], []),
        ("spread_to_maxima", [(N, P), (N, H)], []),
        ("spread_to_maxima", [(N, P), (N, H)], [ONE, ONE]),
        ("spread_to_maxima", [(N, P), (N, H)], [Specification(1, N, (N, N), (H, R))]),
        ("spread_to_maxima", [(N, P), (N, H)], [Specification(1, N, (N,), (P,))]),
        ("spread_to_maxima", [(N, P), (N, H)], [Specification(2, N, (N, N), (P, R))]),
        ("spread_to_maxima", [(N, P), (P, H)], [ONE]),
        ("spread_to_maxima", [(N, P), (N, H, R)], [ONE]),
        ("spread_to_maxima", [(N, P), (H, N)], [Specification(0, N, (N, N), (N, R))]),
    ],
)
def test_what_does_not_fit_has_no_shape(name, shapes, call):
    with pytest.raises(ShapeError):
        (of_image if len(shapes) == 2 else joined)(WINDOW_OPERATIONS[name], *shapes, call)


def test_a_view_of_windows_may_be_its_image():
    """Entries that stand twice in a view are read, never written."""
    x = np.arange(12.0).reshape(2, 6)
    view = windows(x, (1, 0, (1, 1), (5, 2)))
    along = (1, 0, (2, 1), (2, 2))
    np.testing.assert_array_equal(max_windows(view, along), largest_by_loops(view, along))
    a = np.ones((2, 2, 2))
    np.testing.assert_array_equal(spread_to_maxima(a, view, along), spread_by_loops(a, view, along))

"""Products of matrices for each place of an array whose closest axis is long: the same sums, without a copy of it."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generated import Conv2d
from generated._contract import contract
from generated._places import LONG, Named, by_places
from generated._windows import add_windows, spread_windows, windows

FORWARD = "gocrt, ngcprqt -> ngopq"
SCATTER = "gocrt, ngopq -> ngcprqt"
KERNEL = "ngcprqt, ngopq -> gocrt"
SPACE = "ocrtu, ncprqtsu -> nopqs"
SPACE_KERNEL = "nopqs, ncprqtsu -> ocrtu"


def sums(letters, a, b):
    """The contraction in integers, by another way."""
    whole = (np.vectorize(int, otypes=[np.int64])(x) if x.size else x.astype(np.int64) for x in (a, b))
    return np.einsum(letters.replace(" ", ""), *whole)


def laid(x, order):
    """The same entries with the axes in an order of memory, the first furthest apart."""
    return np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order)) if x.ndim else x


@st.composite
def contractions(draw):
    """Letters in any roles and orders, with sizes of which some are 1, some are long, a few are 0."""
    roles = draw(st.lists(st.sampled_from(["a", "b", "both", "summed"]), min_size=1, max_size=6))
    named = list(zip("ijklmn", roles, strict=False))
    own = [draw(st.permutations([c for c, role in named if role not in (other,)])) for other in "ba"]
    result = draw(st.permutations([c for c, role in named if role != "summed"]))
    size = st.sampled_from([1, 1, 2, 3, 3, 4, LONG, LONG + 3, 0])
    long = draw(st.sampled_from([c for c, _ in named]))
    sizes = {c: LONG + 1 if c == long else min(draw(size), 4 if len(named) > 4 else 99) for c, _ in named}
    return f"{''.join(own[0])}, {''.join(own[1])} -> {''.join(result)}", [[sizes[c] for c in each] for each in own]


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.data())
def test_any_contraction_in_any_memory(data):
    letters, shapes = data.draw(contractions())
    rng = np.random.default_rng(len(letters))
    arrays = []
    for shape in shapes:
        x = laid(rng.integers(-9, 10, shape).astype(float), data.draw(st.permutations(range(len(shape)))))
        backward = data.draw(st.lists(st.booleans(), min_size=x.ndim, max_size=x.ndim))
        arrays.append(x[tuple(slice(None, None, -1 if each else 1) for each in backward)])
    found = contract(letters, *arrays)
    np.testing.assert_array_equal(found, sums(letters, *arrays))
    assert found.flags.writeable and not any(np.shares_memory(found, x) for x in arrays)


@st.composite
def settings_of_windows(draw):
    number = st.integers(1, 3)
    return {
        **{name: draw(number) for name in ("g", "c", "o", "R", "T", "stride", "dilation")},
        **{"n": draw(st.sampled_from([1, LONG, LONG + 5])), "padding": draw(st.integers(0, 2))},
        **{"H": draw(st.integers(5, 8)), "W": draw(st.integers(5, 8)), "is_backward": draw(st.booleans())},
    }


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (3, 4, 1, 2, 0), (1, 2, 3, 4, 0), (0, 3, 4, 1, 2)], ids=str)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(setting=settings_of_windows())
def test_windows_in_any_memory(order, setting):
    n, g, c, o, R, T, H, W = (setting[name] for name in "ngcoRTHW")
    s, d, padding = setting["stride"], setting["dilation"], setting["padding"]
    P, Q = ((size + 2 * padding - d * (taps - 1) - 1) // s + 1 for size, taps in ((H, R), (W, T)))
    if min(P, Q) < 1:
        return
    rng = np.random.default_rng(H * W)
    x, delta = (laid(rng.integers(-9, 10, (n, g, *of)).astype(float), order) for of in ((c, H, W), (o, P, Q)))
    K = rng.integers(-9, 10, (g, o, c, R, T)).astype(float)
    start, step = (d * (R - 1) - padding, -d) if setting["is_backward"] else (-padding, d)
    shown = windows(x, (3, start, (s, step), (P, R)), (4, -padding, (s, d), (Q, T)))
    for letters, a, b in ((FORWARD, K, shown), (KERNEL, shown, delta), (SCATTER, K, delta)):
        np.testing.assert_array_equal(contract(letters, a, b), sums(letters, a, b))


@pytest.mark.parametrize("dtype", [np.float32, np.complex64, object])
@pytest.mark.parametrize("letters", [FORWARD, SCATTER, KERNEL, SPACE, SPACE_KERNEL])
def test_element_types(letters, dtype):
    """Each goes by places, since the examples lie side by side."""
    sizes = dict(zip("ngocprqtsu", (LONG, 2, 3, 2, 3, 2, 4, 2, 2, 3), strict=True))
    rng = np.random.default_rng(1)
    named = []
    for own in letters.split(" -> ")[0].split(", "):
        x = rng.integers(-9, 10, [sizes[c] for c in own])
        order = sorted(range(x.ndim), key=lambda axis: ("pqsrut".find(own[axis]) < 0, own[axis] == "n"))
        named.append(Named(own, laid(x.astype(dtype), order)))
    found = by_places(*named, letters.split(" -> ")[1])
    assert found is not None and found.dtype == dtype
    expected = sums(letters, *(x.array.real for x in named))
    np.testing.assert_array_equal(found, expected.astype(dtype))


def test_large_arrays_are_not_copied():
    """Windows of 3 × 3 take nine times their image."""
    x = np.ones((30, 30, 4, 64)).transpose(3, 2, 0, 1)
    shown = windows(x, (2, 0, (1, 1), (28, 3)), (3, 0, (1, 1), (28, 3)))
    delta = np.ones((28, 28, 4, 64)).transpose(3, 2, 0, 1)
    for letters, a, b, most in (
        ("ocrt, ncprqt -> nopq", np.ones((4, 4, 3, 3)), shown, 1.3),
        ("ncprqt, nopq -> ocrt", shown, delta, 3.5),
    ):
        tracemalloc.start()
        contract(letters, a, b)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak <= most * x.nbytes


def order_of(x):
    """The axes with more than one entry, those further apart in memory first."""
    return [axis for axis in np.argsort([-stride for stride in x.strides], kind="stable") if x.shape[axis] > 1]


@pytest.mark.parametrize("count", [LONG - 1, LONG, 200])
@pytest.mark.parametrize(("stride", "groups"), [(1, 1), (2, 1), (1, 2)])
def test_examples_lie_side_by_side_in_what_a_convolution_makes(count, stride, groups):
    """But for few of them, and what it makes is taken as it lies."""
    layer = Conv2d(4, 6, 3, stride=stride, padding=1, groups=groups, dtype=np.float32, rng=0)
    x = np.random.default_rng(0).normal(size=(count, 4, 9, 9)).astype(np.float32)
    y = layer.forward(x)
    again, dx = Conv2d(6, 6, 3, padding=1, dtype=np.float32, rng=0).forward(y), layer.backward_delta(x, y)
    for made in (y, again, dx):
        assert order_of(made)[-2:] == [1, 0] if count >= LONG else order_of(made)[-1] != 0


def test_zeros_round_an_image_keep_its_runs():
    x = np.ones((2, 5, 4, 16)).transpose(3, 0, 1, 2)
    shown = windows(x, (2, -1, (1, 1), (5, 3)), (3, -1, (1, 1), (4, 3)))
    assert order_of(shown)[-2:] == [1, 0]
    assert order_of(windows(x.copy(), (2, -1, (1,), (7,)), (3, -1, (1,), (6,)))) == [0, 1, 2, 3]


@pytest.mark.parametrize(("steps", "sizes", "size"), [((2, 1), (3, 2), 7), ((3, 1), (2, 2), 6), ((3, -1), (2, 2), 6)])
def test_taps_that_do_not_meet_are_written_at_once(steps, sizes, size):
    a = np.arange(24.0).reshape(sizes[0], 24 // sizes[0]).T
    start = 1 if min(steps) < 0 else 0
    repeated = np.repeat(a[:, :, None], sizes[1], axis=2)
    expected = add_windows(repeated, (1, start, steps, size))
    np.testing.assert_array_equal(spread_windows(a, (1, start, steps, sizes, size)), expected)
    np.testing.assert_array_equal(spread_windows(a.copy(order="C"), (1, start, steps, sizes, size)), expected)

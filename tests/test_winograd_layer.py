"""The convolution by F(4, 3): what its class computes, against plain loops, against Conv2d, and against differences."""

from itertools import product

import numpy as np
import pytest

from generated.conv2d import Conv2d
from generated.winograd_conv2d import WinogradConv2d

EXACT = 1e-13
"""In float64, of the largest Σ|terms|: 450 eps."""
MULTIPLE = 30
"""How many eps of the largest Σ|terms| a result may be off in any dtype; the direct way is off by two."""


def by_loops(x, K, b, padding, groups):
    """The convolution, place by place and tap by tap; b None adds nothing."""
    N, _, H, W = x.shape
    outside, C, R, T = K.shape
    above, beside = padding
    P, Q = H + 2 * above - R + 1, W + 2 * beside - T + 1
    y = np.zeros((N, outside, P, Q), x.dtype)
    for o, p, q, r, t in product(range(outside), range(P), range(Q), range(R), range(T)):
        h, w, first = p + r - above, q + t - beside, o // (outside // groups) * C
        if 0 <= h < H and 0 <= w < W:
            y[:, o, p, q] += x[:, first : first + C, h, w] @ K[o, :, r, t]
    return y if b is None else y + b[:, None, None]


def pair(rng, *, taps=3, padding=(1, 1), groups=1, inside=2, outside=3, bias=True, dtype=np.float64):
    """The layer and Conv2d with the same parameters."""
    sizes, settings = (inside * groups, outside * groups, (3, taps)), {"groups": groups, "bias": bias, "dtype": dtype}
    fast = WinogradConv2d(*sizes, padding=padding, **settings, rng=rng)
    plain = Conv2d(*sizes, padding=padding, **settings, rng=0)
    for name, value in fast.parameters.items():
        plain.parameters[name][...] = value
    return fast, plain


def normal(rng, layer, places, width, count=2):
    """An image with so many rows of places, and a gradient of the output."""
    x = rng.standard_normal((count, layer.input, places + 2 - 2 * layer.padding[0], width)).astype(layer.dtype)
    return x, rng.standard_normal(layer.forward(x).shape).astype(layer.dtype)


def all_of(layer, x, delta):
    """The output and all gradients."""
    y = layer.forward(x)
    for gradient in layer.gradients.values():
        gradient[...] = 0
    return {"y": y, "dx": layer.backward(x, delta)} | {f"d{n}": g.copy() for n, g in layer.gradients.items()}


def terms(plain, x, delta):
    """Σ|terms| of each result."""
    kept = {name: value.copy() for name, value in plain.parameters.items()}
    for value in plain.parameters.values():
        value[...] = abs(value)
    found = all_of(plain, abs(x), abs(delta))
    for name, value in plain.parameters.items():
        value[...] = kept[name]
    return found


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("taps", [1, 2, 3, 4])
@pytest.mark.parametrize("places", [1, 2, 3, 4, 5, 7, 8, 9])
def test_forward_by_loops(places, taps, groups):
    rng = np.random.default_rng([places, taps, groups])
    for padding, bias in product(((0, 0), (1, 0), (0, 2), (1, 1)), (True, False)):
        if places + 2 - 2 * padding[0] < 1:
            continue
        fast, plain = pair(rng, taps=taps, padding=padding, groups=groups, bias=bias)
        x, delta = normal(rng, fast, places, taps + 2)
        y = by_loops(x, fast.parameters["K"], fast.parameters.get("b"), padding, groups)
        assert y.shape == delta.shape
        assert abs(fast.forward(x) - y).max() <= EXACT * terms(plain, x, delta)["y"].max()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("places", "taps", "groups"), [(8, 3, 1), (7, 3, 2), (2, 1, 1), (13, 4, 3), (28, 3, 1)])
def test_everything_by_conv2d(places, taps, groups, dtype):
    rng = np.random.default_rng([places, taps, groups])
    fast, plain = pair(rng, taps=taps, groups=groups, inside=5, outside=4, dtype=dtype)
    x, delta = normal(rng, fast, places, 9)
    found, expected, scale = (all_of(fast, x, delta), all_of(plain, x, delta), terms(plain, x, delta))
    assert found.keys() == expected.keys()
    for name, value in found.items():
        assert value.dtype == dtype and value.shape == expected[name].shape
        assert abs(value - expected[name]).max() <= MULTIPLE * np.finfo(dtype).eps * scale[name].max(), name


@pytest.mark.parametrize("places", [3, 4, 6])
def test_gradients_by_differences(places):
    rng = np.random.default_rng(places)
    fast, _ = pair(rng, groups=2)
    x, delta = normal(rng, fast, places, 5)
    found, step = all_of(fast, x, delta), 1.0
    for value, gradient in ((x, found["dx"]), *((fast.parameters[n], found[f"d{n}"]) for n in ("K", "b"))):
        direction, kept = rng.standard_normal(value.shape), value.copy()
        ends = []
        for sign in (1, -1):
            value[...] = kept + sign * step * direction
            ends.append((fast.forward(x) * delta).sum())
        value[...] = kept
        # The output is linear in each, so a difference of any step is the derivative.
        assert (ends[0] - ends[1]) / (2 * step) == pytest.approx((gradient * direction).sum(), rel=1e-11, abs=1e-11)


def test_many_examples_are_taken_in_blocks():
    rng = np.random.default_rng(1)
    fast, plain = pair(rng, inside=16, outside=4)
    x, delta = normal(rng, fast, 30, 32, count=40)
    found, expected = all_of(fast, x, delta), all_of(plain, x, delta)
    for name, value in found.items():
        assert abs(value - expected[name]).max() <= EXACT * terms(plain, x, delta)[name].max(), name


@pytest.mark.parametrize("kernel", [1, 5, (2, 3), (5, 3)])
def test_a_kernel_of_another_height_is_refused(kernel):
    with pytest.raises(ValueError, match=r"kernel\[0\] == 3 does not hold; .*kernel"):
        WinogradConv2d(2, 3, kernel)


def test_an_image_below_the_kernel_is_refused():
    with pytest.raises(ValueError, match="the window does not fit"):
        WinogradConv2d(2, 3, 3).forward(np.zeros((1, 2, 2, 5)))

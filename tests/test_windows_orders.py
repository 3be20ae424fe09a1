"""Many examples at once, in any memory order, are what each of them is alone: exactly, on small integers.

Layers with windows bring the examples of a large batch side by side in memory, and multiply matrices that they find
there without a copy. What one example is, tests/test_windows_loops.py holds against plain loops.
"""

import random

import numpy as np
import pytest

import generated

LAYERS = {
    "Conv": (generated.Conv1d, generated.Conv2d, generated.Conv3d),
    "ConvTranspose": (generated.ConvTranspose1d, generated.ConvTranspose2d, generated.ConvTranspose3d),
    "AvgPool": (generated.AvgPool1d, generated.AvgPool2d, generated.AvgPool3d),
    "MaxPool": (generated.MaxPool1d, generated.MaxPool2d, generated.MaxPool3d),
}


def drawn(kind, rank, rng):
    """A layer, small integers as its parameters, and sides that it takes."""
    kernel, stride, dilation = (tuple(rng.randint(1, most) for _ in range(rank)) for most in (3, 3, 2))
    sides = tuple(d * (r - 1) + 1 + rng.randint(0, 4) for r, d in zip(kernel, dilation, strict=True))
    if "Pool" in kind:
        given = {"dilation": dilation} if kind == "MaxPool" else {}
        return LAYERS[kind][rank - 1](kernel, stride, **given), rng.randint(1, 3), sides
    groups, padding = rng.randint(1, 2), tuple(rng.randint(0, 1) for _ in range(rank))
    stride = rng.choice((stride, (1,) * rank))
    sizes = groups * rng.randint(1, 3), groups * rng.randint(1, 3), kernel, stride, padding
    layer = LAYERS[kind][rank - 1](*sizes, dilation=dilation, groups=groups)
    for parameter in layer.parameters.values():
        parameter[...] = np.random.default_rng(rng.randrange(1 << 30)).integers(-3, 4, parameter.shape)
    return layer, layer.input, tuple(side + 2 for side in sides)


def integers(shape, rng):
    """Small integers in memory of any order, some axes backwards."""
    order = rng.sample(range(len(shape)), len(shape))
    whole = np.array(rng.choices(range(-4, 5), k=int(np.prod(shape))), float).reshape([shape[axis] for axis in order])
    backwards = tuple(slice(None, None, rng.choice((1, 1, -1))) for _ in shape)
    return whole.transpose(np.argsort(order))[backwards]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("kind", LAYERS)
def test_a_batch_is_its_examples(kind, rank, seed):
    rng = random.Random(f"{kind} {rank} {seed}")
    layer, channels, sides = drawn(kind, rank, rng)
    x = integers((rng.choice((15, 16, 17, 33)), channels, *sides), rng)
    y = layer.forward(x)
    delta = integers(y.shape, rng)
    dx = layer.backward(x, delta)
    at_once = {name: gradient.copy() for name, gradient in layer.gradients.items()}
    layer.zero_grad()
    for example in range(len(x)):
        one, seed_of_one = (np.ascontiguousarray(array[example : example + 1]) for array in (x, delta))
        # An average divides: the last bit may depend on what is divided.
        np.testing.assert_allclose(y[example], layer.forward(one)[0], rtol=1e-15, atol=0)
        np.testing.assert_allclose(dx[example], layer.backward(one, seed_of_one)[0], rtol=1e-14, atol=1e-15)
    for name, gradient in layer.gradients.items():
        assert np.array_equal(gradient, at_once[name])

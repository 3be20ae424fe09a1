"""What layers with moving windows refuse, before anything is computed, with all that decides whether a window fits."""

import re

import numpy as np
import pytest

import generated

RANKS = (1, 2, 3)


def refuses(*words):
    """A block that has to raise a ValueError whose message holds each of these."""
    return pytest.raises(ValueError, match="".join(f"(?=(?s:.*){re.escape(word)})" for word in words))


def same(number, rank):
    """A tuple as a message prints it."""
    return str((number,) * rank)


def convolution(rank, **options):
    """A convolution of 2 to 4 channels."""
    return getattr(generated, f"Conv{rank}d")(2, 4, **{"kernel": 3, **options})


def pooling(name):
    """The class of a pooling in a number of dimensions, with a kernel of 3."""
    return lambda rank, **options: getattr(generated, f"{name}{rank}d")(**{"kernel": 3, **options})


LAYERS = {"Conv": convolution, "AvgPool": pooling("AvgPool"), "MaxPool": pooling("MaxPool")}
HAS = {
    "Conv": ("stride", "padding", "dilation"),
    "AvgPool": ("stride", "padding"),
    "MaxPool": ("stride", "dilation"),
}
"""What each has beside input and kernel."""

DEFAULTS = {"Conv": (1, 0, 1), "AvgPool": (3, 0), "MaxPool": (3, 1)}

each_rank = pytest.mark.parametrize("rank", RANKS)
each_layer = pytest.mark.parametrize("name", LAYERS)


@each_rank
@each_layer
def test_a_kernel_larger_than_the_padded_image(name, rank):
    layer, x = LAYERS[name](rank), np.zeros((2, 2, *(2,) * rank))
    told = [f"{word} {same(value, rank)}" for word, value in zip(HAS[name], DEFAULTS[name], strict=True)]
    with refuses(f"{name}{rank}d.forward", str(x.shape), f"kernel {same(3, rank)}", *told):
        layer.forward(x)


@each_rank
@pytest.mark.parametrize("method", ["backward", "backward_delta", "backward_update_gradient"])
def test_backward_says_the_same(method, rank):
    layer, x = convolution(rank), np.zeros((2, 2, *(2,) * rank))
    with refuses(f"Conv{rank}d.{method}", str(x.shape), f"kernel {same(3, rank)}", f"stride {same(1, rank)}"):
        getattr(layer, method)(x, np.zeros((2, 4, *(1,) * rank)))
    assert not any(np.any(gradient) for gradient in layer.gradients.values())


@each_rank
def test_a_dilated_kernel_larger_than_the_image(rank):
    x = np.zeros((1, 2, *(6,) * rank))
    with refuses(str(x.shape), f"kernel {same(3, rank)}", f"dilation {same(3, rank)}"):
        convolution(rank, dilation=3).forward(x)
    assert convolution(rank, dilation=2).forward(x).shape == (1, 4, *(2,) * rank)


@each_rank
def test_padding_that_makes_it_fit(rank):
    assert convolution(rank, padding=1).forward(np.zeros((1, 2, *(1,) * rank))).shape == (1, 4, *(1,) * rank)


@each_rank
@pytest.mark.parametrize(
    ("argument", "values"),
    [("stride", (0, -1)), ("padding", (-1,)), ("dilation", (0, -2)), ("kernel", (0, -3))],
    ids=lambda value: value if isinstance(value, str) else "",
)
@each_layer
def test_numbers_out_of_range(name, argument, values, rank):
    if argument != "kernel" and argument not in HAS[name]:
        pytest.skip(f"{name} has no {argument}")
    for value in values:
        told = (f"{name}{rank}d", argument, str(value), "kernel (", *(f"{word} (" for word in HAS[name]))
        with refuses(*told):
            LAYERS[name](rank, **{argument: value})
        with refuses(*told):
            LAYERS[name](rank, **{argument: (*(1,) * (rank - 1), value)})


@each_rank
@pytest.mark.parametrize("argument", ["stride", "padding", "dilation", "kernel"])
@pytest.mark.parametrize("wrong", ["too many", 1.5, "3", None, True], ids=str)
def test_numbers_of_another_kind(argument, wrong, rank):
    value = (1,) * (rank + 1) if wrong == "too many" else wrong
    with refuses(f"Conv{rank}d", argument):
        convolution(rank, **{argument: value})


@each_rank
@pytest.mark.parametrize("sizes", [(3, 4), (2, 3), (3, 3)], ids=str)
def test_channels_that_groups_do_not_divide(sizes, rank):
    for name in ("Conv", "ConvTranspose"):
        if not hasattr(generated, f"{name}{rank}d"):
            continue
        told = (
            "groups 2",
            f"input {sizes[0]}",
            f"output {sizes[1]}",
            "kernel (",
            "stride (",
            "padding (",
            "dilation (",
        )
        with refuses(f"{name}{rank}d", *told):
            getattr(generated, f"{name}{rank}d")(*sizes, kernel=1, groups=2)


@pytest.mark.parametrize("groups", [0, -1, 1.5])
def test_groups_that_are_none(groups):
    with refuses("Conv2d", "groups"):
        generated.Conv2d(2, 4, kernel=1, groups=groups)


@each_rank
@each_layer
def test_a_wrong_number_of_dimensions(name, rank):
    layer = LAYERS[name](rank)
    for shape in ((), (4,), (2, *(5,) * rank), (2, 2, *(5,) * (rank + 1))):
        with refuses(f"{name}{rank}d.forward", str(shape), f"kernel {same(3, rank)}"):
            layer.forward(np.zeros(shape))


@each_rank
def test_another_number_of_channels(rank):
    with refuses(f"Conv{rank}d.forward", "3", "2"):
        convolution(rank).forward(np.zeros((2, 3, *(5,) * rank)))


@each_rank
@each_layer
def test_delta_of_another_shape(name, rank):
    layer, x = LAYERS[name](rank), np.ones((2, 2, *(6,) * rank))
    y = layer.forward(x)
    for shape in ((2, y.shape[1] + 1, *y.shape[2:]), (*y.shape[:-1], y.shape[-1] + 1), y.shape[:-1], (1, *y.shape[1:])):
        with refuses(f"{name}{rank}d.backward", str(shape)):
            layer.backward(x, np.ones(shape))


def test_a_transposed_convolution_that_leaves_nothing():
    """1 + (1 − 1)·1 − 2·2: the padding cuts more off than there is."""
    layer = generated.ConvTranspose2d(1, 1, kernel=1, padding=2)
    with refuses("ConvTranspose2d.forward", "(1, 1, 1, 1)", "kernel (1, 1)", "stride (1, 1)", "padding (2, 2)"):
        layer.forward(np.zeros((1, 1, 1, 1)))


@pytest.mark.parametrize("extra", [2, 3, -1])
def test_output_padding_not_below_the_stride(extra):
    with refuses("ConvTranspose2d", "output_padding", str(extra)):
        generated.ConvTranspose2d(1, 1, kernel=2, stride=2, output_padding=extra)


def test_nothing_is_computed_first():
    """A batch of a shape that no memory holds: the check comes before any array is made."""
    x = np.broadcast_to(np.zeros(1), (10**9, 2, 2, 2))
    with refuses("Conv2d.forward", "kernel (3, 3)"):
        convolution(2).forward(x)

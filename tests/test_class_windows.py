"""Classes whose arrays show several axes as one, whose output has sizes of its own, or that work in blocks."""

import copy
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest

from derivations.notation import axes, tensors
from tests.example_pages import refuses
from tests.window_pages import draw, make_package

ROOT = Path(__file__).parents[1]
n, m, i, j, k = axes("n:N m:N i:d j:d k:K")
x, y, z, W = tensors("x y z W")


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return make_package(tmp_path_factory.mktemp("windowed"))


def convolved(image, kernel, bias, stride, padding, dilation, groups):
    """Two-dimensional convolution by loops, with the linear map that gives the gradients."""
    N, _, H, W = image.shape
    out, per_group, R, T = kernel.shape
    P = len(range(0, H + 2 * padding[0] - dilation[0] * (R - 1), stride[0]))
    Q = len(range(0, W + 2 * padding[1] - dilation[1] * (T - 1), stride[1]))
    result = np.zeros((N, out, P, Q)) + bias[:, None, None]
    places = []
    for e, o, p, q, c, r, t in np.ndindex(N, out, P, Q, per_group, R, T):
        h, w = stride[0] * p + dilation[0] * r - padding[0], stride[1] * q + dilation[1] * t - padding[1]
        if 0 <= h < H and 0 <= w < W:
            source = (e, o // (out // groups) * per_group + c, h, w)
            result[e, o, p, q] += image[source] * kernel[o, c, r, t]
            places.append(((e, o, p, q), source, (o, c, r, t)))
    return result, places


CASES = [
    {},
    {"stride": 2, "padding": 1},
    {"stride": (1, 3), "padding": (2, 0), "dilation": (2, 1)},
    {"groups": 2},
    {"groups": 3, "padding": 1, "stride": (2, 1), "bias": False},
]


class TestConvolution:
    @pytest.mark.parametrize("settings", CASES, ids=str)
    @pytest.mark.parametrize("one_block", [True, False])
    def test_is_what_loops_give(self, package, monkeypatch, settings, one_block):
        monkeypatch.setattr(package._shaped, "BYTES", 1 << 20 if one_block else 1)
        layer = package.Conv2d(6, 12, (3, 2), **settings, rng=0)
        layer.parameters["K"][...] = draw(*layer.parameters["K"].shape)
        if layer.bias:
            layer.parameters["b"][...] = draw(12, seed=1)
        image, bias = draw(3, 6, 5, 7, seed=2), layer.parameters.get("b", np.zeros(12))
        settings = (layer.stride, layer.padding, layer.dilation, layer.groups)
        expected, places = convolved(image, layer.parameters["K"], bias, *settings)
        assert np.array_equal(layer.forward(image), expected)
        given = draw(*expected.shape, seed=3)
        dx, dK = np.zeros_like(image), np.zeros_like(layer.parameters["K"])
        for at, source, tap in places:
            dx[source] += given[at] * layer.parameters["K"][tap]
            dK[tap] += given[at] * image[source]
        assert np.array_equal(layer.backward_delta(image, given), dx)
        assert not layer.gradients["K"].any()
        layer.backward_update_gradient(image, given)
        assert np.array_equal(layer.gradients["K"], dK)
        assert np.array_equal(layer.backward(image, given), dx)
        assert np.array_equal(layer.gradients["K"], 2 * dK)
        if layer.bias:
            assert np.array_equal(layer.gradients["b"], 2 * given.sum(axis=(0, 2, 3)))

    def test_goes_through_the_examples_in_blocks(self, package, monkeypatch):
        layer = package.Conv2d(2, 3, 2, rng=0)
        image = draw(7, 2, 4, 5)
        windows_of_one = 8 * 2 * 3 * 4 * 2 * 2
        module, seen = sys.modules[type(layer).__module__], []
        plain = module.forward
        monkeypatch.setattr(module, "forward", lambda *given: seen.append(len(given[0])) or plain(*given))
        for size, blocks in ((3 * windows_of_one, [3, 3, 1]), (windows_of_one - 1, [1] * 7), (1 << 20, [7])):
            monkeypatch.setattr(package._shaped, "BYTES", size)
            layer.forward(image)
            assert seen == blocks
            seen.clear()

    def test_an_empty_batch_adds_nothing(self, package):
        layer = package.Conv2d(2, 4, 3, groups=2)
        image = np.zeros((0, 2, 5, 5))
        assert layer.forward(image).shape == (0, 4, 3, 3)
        assert layer.backward(image, np.zeros((0, 4, 3, 3))).shape == image.shape
        assert not any(gradient.any() for gradient in layer.gradients.values())

    @pytest.mark.parametrize("change", [lambda a: a.transpose(0, 1, 3, 2), lambda a: a[:, ::-1], np.asfortranarray])
    def test_takes_views_and_leaves_them_alone(self, package, change):
        layer = package.Conv2d(4, 4, 2, groups=2, bias=False)
        layer.parameters["K"][...] = draw(4, 2, 2, 2)
        image = change(draw(2, 4, 5, 5))
        kept = image.copy()
        result = layer.forward(image)
        assert np.array_equal(result, layer.forward(image.copy())) and np.array_equal(image, kept)
        assert not np.shares_memory(result, image)

    def test_keeps_its_dtype_and_casts_integers(self, package):
        layer = package.Conv1d(2, 3, 2, dtype=np.float32, rng=0)
        assert layer.forward(np.ones((1, 2, 4), np.int8)).dtype == np.float32
        refuses(
            "Conv1d.forward: x is float64 but K is float32: pass np.asarray(x, np.float32), or make the layer"
            " with dtype=np.float64",
            *(layer.forward, np.ones((1, 2, 4))),
        )

    def test_starts_uniform_within_the_root_of_what_one_output_sums_over(self, package):
        layer = package.Conv2d(20, 30, (2, 5), groups=2, rng=0)
        for parameter in layer.parameters.values():
            assert np.abs(parameter).max() <= 0.1 < 1.1 * np.abs(parameter).max()

    def test_has_public_shapes_in_its_state(self, package):
        layer = package.Conv2d(4, 6, (3, 2), groups=2, rng=0)
        assert {name: array.shape for name, array in layer.state_dict().items()} == {"K": (6, 2, 3, 2), "b": (6,)}
        other = package.Conv2d(4, 6, (3, 2), groups=2)
        other.load_state_dict(layer.state_dict())
        image = draw(2, 4, 5, 5)
        for copied in (other, copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
            assert np.array_equal(copied.forward(image), layer.forward(image))
        message = "Conv2d.load_state_dict: K[G·O, C, R, T] is (6, 2, 3, 2); the array given is (6, 2, 2, 3)"
        refuses(message, layer.load_state_dict, {"K": np.zeros((6, 2, 2, 3)), "b": np.zeros(6)})


class TestOthers:
    def test_a_stride_that_is_not_given_is_the_kernel(self, package):
        assert package.AvgPool2d((3, 2)).stride == (3, 2)
        assert package.AvgPool2d((3, 2), stride=1).stride == (1, 1)
        image = draw(2, 3, 6, 4)
        expected = image.reshape(2, 3, 2, 3, 2, 2).sum(axis=(3, 5)) / 6
        assert np.allclose(package.AvgPool2d((3, 2)).forward(image), expected, rtol=1e-15)

    def test_the_first_of_equal_maxima_gets_the_gradient(self, package):
        layer = package.MaxPool1d(2, stride=1)
        given = layer.backward([[[1, 3, 3, 0]]], [[[1, 10, 100]]])
        assert given.tolist() == [[[0, 11, 100, 0]]]

    def test_a_transposed_convolution_splits_its_output(self, package):
        layer = package.ConvTranspose1d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2, rng=0)
        assert layer.parameters["K"].shape == (4, 3, 3)
        image, twin = draw(2, 4, 5), package.Conv1d(6, 4, 3, stride=2, padding=1, groups=2, bias=False)
        twin.parameters["K"][...] = layer.parameters["K"]
        result = layer.forward(image) - layer.parameters["b"][:, None]
        assert result.shape == (2, 6, 10)
        assert np.allclose(result, twin.backward_delta(np.zeros((2, 6, 10)), image), rtol=0, atol=1e-14)

    @pytest.mark.parametrize("shape", [(3, 2), (3, 2, 4), (3, 2, 4, 5), (0, 2, 3), (3, 0, 2), (2, 3, 1, 2, 2)])
    def test_flatten_takes_any_number_of_axes(self, package, shape):
        layer, image = package.Flatten(), draw(*shape)
        flat = layer.forward(image)
        assert np.array_equal(flat, image.reshape(shape[0], int(np.prod(shape[1:]))))
        assert np.array_equal(layer.backward(image, flat), image)
        assert not np.shares_memory(flat, image)
        message = (
            "Flatten.forward: x[N, K…] has 2 axes or more; the array given is (3,): reshape it; input (N, K…) = (3,)"
        )
        refuses(message, layer.forward, [1, 2, 3])

    def test_no_channels_give_the_bias(self, package):
        layer = package.Conv1d(0, 2, 3, rng=0)
        result = layer.forward(np.zeros((2, 0, 4)))
        assert np.array_equal(result, np.broadcast_to(layer.parameters["b"][:, None], (2, 2, 2)))
        assert layer.backward(np.zeros((2, 0, 4)), result).shape == (2, 0, 4)

    def test_padding_may_be_zero_and_the_image_empty(self, package):
        assert package.ZeroPad2d(0).forward(np.zeros((1, 1, 0, 2))).shape == (1, 1, 0, 2)
        assert package.ZeroPad2d((1, 0)).forward(np.ones((1, 1, 1, 1))).ravel().tolist() == [0, 1, 0]

    def test_layers_follow_each_other(self, package):
        layers = package.Conv2d(1, 4, 3, rng=0), package.AvgPool2d(), package.Flatten()
        net, image = package.Sequential(*layers), draw(2, 1, 8, 8)
        flat = net.forward(image)
        assert flat.shape == (2, 36)
        given = draw(2, 36, seed=1)
        assert net.backward(image, given).shape == image.shape
        first = layers[0].gradients["K"].copy()
        net.zero_grad()
        net.backward_update_gradient(image, given)
        assert np.array_equal(layers[0].gradients["K"], first) and first.any()

    def test_show_the_call_that_makes_the_like(self, package):
        shown = {
            "Conv2d(3, 4, 3)": package.Conv2d(3, 4, 3),
            "Conv2d(4, 4, (3, 2), stride=2, padding=(0, 1), groups=2)": package.Conv2d(
                4, 4, [3, 2], stride=(2, 2), padding=(0, 1), groups=2
            ),
            "AvgPool2d()": package.AvgPool2d(2, stride=2),
            "AvgPool2d(kernel=3)": package.AvgPool2d((3, 3)),
            "AvgPool2d(kernel=3, stride=2)": package.AvgPool2d(3, 2),
            "Flatten()": package.Flatten1D(),
            "Conv1D(3, 1, 5, stride=2)": package.Conv1D(3, 1, 5, 2),
            "MaxPool1D()": package.MaxPool1D(),
        }
        assert [repr(made) for made in shown.values()] == list(shown)


class TestSeveralInputs:
    def test_with_joined_axes(self, package):
        layer = package.Joined(2, scale=0.5)
        first, second, given = draw(3, 6), draw(3, 6, seed=1), draw(3, 6, seed=2)
        assert np.array_equal(layer.forward(first, second), 0.5 * first + second)
        gradients = layer.backward(first, second, given)
        assert [np.array_equal(*pair) for pair in zip(gradients, (0.5 * given, given), strict=True)] == [True, True]
        assert repr(layer) == "Joined(2, scale=0.5)"
        message = "Joined.forward: q[N, G·C] is (3, 5): G·C is 5, which is no multiple of G = 2"
        message += "; q (N, G·C) = (3, 5), x (N, G·C) = (3, 6), groups 2, scale 0.5"
        refuses(message, layer.forward, np.ones((3, 5)), second)
        with pytest.raises(ValueError, match=r"scale > 0 does not hold; groups 2, scale 0.0"):
            package.Joined(2, scale=0)

    def test_in_blocks(self, package, monkeypatch):
        layer = package.Correlated(3, rng=0)
        layer.parameters["W"][...] = (1, 10, 100)
        first, second, given = draw(5, 4), draw(5, 4, seed=1), draw(5, 4, seed=2)
        whole = layer.forward(first, second), *layer.backward(first, second, given), layer.gradients["W"].copy()
        padded = np.pad(second, ((0, 0), (0, 2)))
        assert np.array_equal(whole[0], first + padded[:, :4] + 10 * padded[:, 1:5] + 100 * padded[:, 2:])
        layer.zero_grad()
        monkeypatch.setattr(package._shaped, "BYTES", 2 * 8 * 4 * 3)
        again = layer.forward(first, second), *layer.backward(first, second, given), layer.gradients["W"]
        assert all(np.array_equal(*pair) for pair in zip(whole, again, strict=True))
        assert not np.shares_memory(again[1], given) and not np.shares_memory(again[1], again[2])


class TestChannelsLast:
    def test_exchanges_the_axes_of_what_the_layers_do(self, package):
        given, own = package.Conv1D(3, 2, 5, stride=2, rng=4), package.Conv1d(2, 5, 3, stride=2, bias=False, rng=4)
        sequence = draw(4, 9, 2)
        result = given.forward(sequence)
        assert np.array_equal(result, own.forward(sequence.transpose(0, 2, 1)).transpose(0, 2, 1))
        W = given.parameters["K"].transpose(2, 1, 0)
        expected = [[np.einsum("tc,tco->o", s[2 * q : 2 * q + 3], W) for q in range(4)] for s in sequence]
        assert np.allclose(result, expected, rtol=1e-13)
        upper = draw(*result.shape, seed=1)
        back = given.backward(sequence, upper)
        assert np.array_equal(back, own.backward(sequence.swapaxes(1, 2), upper.swapaxes(1, 2)).swapaxes(1, 2))
        assert np.array_equal(given.gradients["K"], own.gradients["K"]) and own.gradients["K"].any()

    def test_pools_and_follows_in_a_network(self, package):
        net = package.Sequential(package.Conv1D(3, 1, 5, 2), package.MaxPool1D(2, 2), package.Flatten1D())
        sequence = draw(20, 10, 1)
        assert net.forward(sequence).shape == (20, 10)
        assert net.backward(sequence, np.ones((20, 10))).shape == sequence.shape
        assert list(net.parameters) == ["0.K"] and net.gradients["0.K"].any()
        again = pickle.loads(pickle.dumps(net))
        again.parameters["0.K"].fill(0)
        assert not again.forward(sequence).any() and net.forward(sequence).any()

    def test_says_what_does_not_fit(self, package):
        layer = package.Conv1D(3, 1, 5, 2)
        message = "Conv1D.forward: input is batch × length × channels; the array given is (20, 10)"
        refuses(message, layer.forward, np.ones((20, 10)))
        with pytest.raises(ValueError, match=r"Conv1D.forward, with the channels before the length: .*C is 2 and 1"):
            layer.forward(np.ones((20, 10, 2)))

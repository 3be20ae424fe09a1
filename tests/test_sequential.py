"""Layers one after the other: values by hand, gradients by central differences, names, errors."""

import copy
import pickle
from collections import Counter

import numpy as np
import pytest

import generated
from generated import RBF, CrossEntropyLoss, Linear, Module, MSELoss, Sequential, Sigmoid, TanH
from tests.example_pages import refuses


def network(**keywords):
    return Sequential(Linear(3, 4, rng=0, **keywords), TanH(), Linear(4, 2, rng=1, bias=False, **keywords), Sigmoid())


def batch(rows=5, dtype=np.float64):
    rng = np.random.default_rng(7)
    return rng.normal(size=(rows, 3)).astype(dtype), rng.normal(size=(rows, 2)).astype(dtype)


def difference_quotients(function, array, step=1e-6):
    """The gradient of a number by every entry of an array, which is changed in place and put back."""
    gradient = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        kept, sides = array[place], []
        for sign in (1, -1):
            array[place] = kept + sign * step
            sides.append(function())
        array[place] = kept
        gradient[place] = (sides[0] - sides[1]) / (2 * step)
    return gradient


class TestValues:
    def test_forward_is_one_layer_after_the_other(self):
        net, (x, _) = network(), batch()
        W, b, V = (net.parameters[name] for name in ("0.W", "0.b", "2.W"))
        expected = [
            [1 / (1 + np.exp(-sum(V[k, j] * np.tanh(W[j] @ row + b[j]) for j in range(4)))) for k in range(2)]
            for row in x
        ]
        np.testing.assert_allclose(net.forward(x), expected, rtol=1e-13)
        np.testing.assert_allclose(net.forward(x.tolist()), expected, rtol=1e-13)

    def test_gradients_are_difference_quotients(self):
        net, (x, delta) = network(), batch()

        def loss():
            return float((net.forward(x) * delta).sum())

        expected = {name: difference_quotients(loss, array) for name, array in net.parameters.items()}
        np.testing.assert_allclose(net.backward_delta(x, delta), difference_quotients(loss, x), atol=1e-8)
        assert not any(gradient.any() for gradient in net.gradients.values())
        net.backward_update_gradient(x, delta)
        assert list(net.gradients) == list(expected) == ["0.W", "0.b", "2.W"]
        for name, gradient in net.gradients.items():
            np.testing.assert_allclose(gradient, expected[name], atol=1e-8)

    def test_both_in_one_sweep(self):
        net, (x, delta) = network(), batch()
        net.backward_update_gradient(x, delta)
        once = {name: gradient.copy() for name, gradient in net.gradients.items()}
        np.testing.assert_array_equal(net.backward(x, delta), net.backward_delta(x, delta))
        for name, gradient in net.gradients.items():
            np.testing.assert_allclose(gradient, 2 * once[name], rtol=1e-14)

    def test_computes_from_what_it_is_given(self):
        net, (x, delta) = network(), batch()
        expected = net.backward_delta(x, delta)
        net.forward(x + 1)
        np.testing.assert_array_equal(net.backward_delta(x, delta), expected)
        net[0].parameters["W"][...] = 0
        assert not net.backward_delta(x, delta).any()

    def test_inside_another(self):
        net, (x, delta) = network(), batch()
        nested = Sequential(Sequential(*net[:2]), Sequential(Sequential(net[2]), net[3]))
        assert list(nested.parameters) == ["0.0.W", "0.0.b", "1.0.0.W"]
        np.testing.assert_array_equal(nested.forward(x), net.forward(x))
        np.testing.assert_array_equal(nested.backward_delta(x, delta), net.backward_delta(x, delta))

    def test_float32_and_an_empty_batch(self):
        net = network(dtype=np.float32)
        x, delta = batch(dtype=np.float32)
        assert net.forward(x).dtype == net.backward(x, delta).dtype == np.float32
        assert net.forward(x[:0]).shape == (0, 2) and net.backward(x[:0], delta[:0]).shape == (0, 3)

    def test_shares_no_memory_and_changes_nothing(self):
        net, (x, delta) = Sequential(TanH(), Linear(3, 2, rng=0)), batch()
        given = x.copy(), delta.copy()
        for result in (net.forward(x), net.backward_delta(x, delta), net.backward(x, delta)):
            assert not any(np.may_share_memory(result, array) for array in (x, delta, *net.parameters.values()))
        assert np.array_equal(x, given[0]) and np.array_equal(delta, given[1])

    def test_a_loss_goes_down(self):
        net, loss = Sequential(Linear(3, 8, rng=0), TanH(), Linear(8, 2, rng=1)), CrossEntropyLoss("mean")
        x, labels = batch(rows=20)[0], np.arange(20) % 2
        before = loss.forward(labels, net.forward(x))
        for _ in range(200):
            net.zero_grad()
            net.backward_update_gradient(x, loss.backward(labels, net.forward(x)))
            net.update_parameters(0.5)
        assert loss.forward(labels, net.forward(x)) < before / 2


class Counted(Module):
    """A layer that counts which of its methods are called."""

    def __init__(self, layer, calls):
        self.layer, self.calls = layer, calls
        self.parameters, self.gradients = layer.parameters, layer.gradients

    def _counted(self, method, *given):
        self.calls[method] += 1
        return getattr(self.layer, method)(*given)

    def forward(self, input):
        return self._counted("forward", input)

    def backward(self, input, delta):
        return self._counted("backward", input, delta)

    def backward_delta(self, input, delta):
        return self._counted("backward_delta", input, delta)

    def backward_update_gradient(self, input, delta):
        return self._counted("backward_update_gradient", input, delta)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("forward", {"forward": 4}),
        ("backward_delta", {"forward": 3, "backward_delta": 4}),
        ("backward", {"forward": 3, "backward": 4}),
        # Nobody needs the delta below the first layer with parameters.
        ("backward_update_gradient", {"forward": 3, "backward": 2, "backward_update_gradient": 1}),
    ],
)
def test_each_layer_is_called_once_a_sweep(method, expected):
    calls, (x, delta) = Counter(), batch()
    net = Sequential(*(Counted(layer, calls) for layer in (Sigmoid(), Linear(3, 4), TanH(), Linear(4, 2))))
    getattr(net, method)(*((x,) if method == "forward" else (x, delta)))
    assert calls == expected


class TestParameters:
    def test_a_step_and_a_reset_reach_all_layers(self):
        net, (x, delta) = network(), batch()
        before = net.state_dict()
        net.backward_update_gradient(x, delta)
        gradients = {name: gradient.copy() for name, gradient in net.gradients.items()}
        net.update_parameters(0.1)
        for layer, position in ((net[0], 0), (net[2], 2)):
            for name, parameter in layer.parameters.items():
                key = f"{position}.{name}"
                np.testing.assert_allclose(parameter, before[key] - 0.1 * gradients[key], rtol=1e-14)
        net.zero_grad()
        assert not any(gradient.any() for layer in net for gradient in layer.gradients.values())

    def test_a_new_array_in_a_layer_is_the_networks(self):
        net = network()
        net[0].parameters["W"] = np.zeros((4, 3))
        assert net.parameters["0.W"] is net[0].parameters["W"]

    def test_an_array_put_into_the_view_is_refused_and_never_lost(self):
        with pytest.raises(TypeError):
            network().parameters["0.W"] = np.zeros((4, 3))

    def test_a_state_goes_out_and_in(self):
        first, (x, _) = network(), batch()
        second = Sequential(Linear(3, 4), TanH(), Linear(4, 2, bias=False), Sigmoid())
        assert not np.array_equal(first.forward(x), second.forward(x))
        second.load_state_dict(first.state_dict())
        np.testing.assert_array_equal(first.forward(x), second.forward(x))
        for copied in (copy.deepcopy(first), pickle.loads(pickle.dumps(first))):
            np.testing.assert_array_equal(copied.forward(x), first.forward(x))

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"2.W": np.zeros((4, 2))}, "2.W[d', d] is (2, 4); the array given is (4, 2)"),
            ({"0.b": None}, "the parameters are 0.W, 0.b, 2.W; given are 0.W, 2.W"),
        ],
    )
    def test_a_state_that_does_not_fit_changes_nothing(self, change, message):
        net = network()
        before = net.state_dict()
        state = {name: array for name, array in (before | change).items() if array is not None}
        refuses(f"Sequential.load_state_dict: {message}", net.load_state_dict, state)
        assert all(np.array_equal(net.parameters[name], before[name]) for name in before)


class TestSequence:
    def test_is_one_of_layers(self):
        net = network()
        assert len(net) == 4 and list(net) == [net[0], net[1], net[2], net[-1]]
        assert isinstance(net[1:], Sequential) and list(net[1:]) == list(net)[1:]
        with pytest.raises(IndexError):
            net[4]

    def test_shows_the_call_that_makes_the_like(self):
        text = "Sequential(Linear(3, 4), TanH(), Linear(4, 2, bias=False), Sigmoid())"
        assert repr(network()) == repr(eval(text, vars(generated))) == text

    def test_without_parameters(self):
        net = Sequential(TanH(), Sigmoid())
        assert dict(net.parameters) == dict(net.gradients) == net.state_dict() == {}
        net.zero_grad()
        net.update_parameters()
        x = np.ones((2, 3))
        assert net.backward_update_gradient(x, x) is None
        with pytest.raises(ValueError, match="delta"):
            net.backward_update_gradient(x, np.ones((2, 4)))


class Difference(Module):
    """A layer by hand with two inputs."""

    def forward(self, q, k):
        return q - k


class TestRefusals:
    @pytest.mark.parametrize(
        ("modules", "message"),
        [
            ((), "Sequential: give at least one layer: without one, nothing says what fits"),
            (
                (Linear(3, 2), MSELoss()),
                "Sequential: layer 1 is MSELoss(), a loss: give it the output of the layers, with a target",
            ),
            ((TanH(), np.tanh), "Sequential: layer 1 must be a layer, such as Linear(3, 2); got <ufunc 'tanh'>"),
            (
                ([TanH()],),
                "Sequential: layer 0 must be a layer, such as Linear(3, 2); got [TanH()]",
            ),
            (
                (TanH, Linear(3, 2)),
                "Sequential: layer 0 must be a layer, such as Linear(3, 2); got <class 'generated.tanh.TanH'>",
            ),
            (
                (TanH(), Difference()),
                "Sequential: layer 1 is Difference(), which takes q, k: a layer here has one input",
            ),
        ],
    )
    def test_what_is_no_layer_with_one_input(self, modules, message):
        refuses(message, Sequential, *modules)

    def test_a_layer_with_parameters_that_occurs_twice(self):
        layer, tanh = Linear(3, 3), TanH()
        message = "Sequential: 0.W and 2.0.W are one and the same: make a layer of its own for each position"
        refuses(message, Sequential, layer, tanh, Sequential(layer))
        assert len(Sequential(tanh, layer, tanh)) == 3

    @pytest.mark.parametrize("method", ["forward", "backward", "backward_delta", "backward_update_gradient"])
    def test_an_input_that_does_not_fit_names_position_and_layer(self, method):
        net = Sequential(Linear(3, 4), TanH(), RBF(5, 2))
        arguments = [np.ones((1, 3))] + [np.ones((1, 2))] * (method != "forward")
        inner = "backward" if method == "backward_update_gradient" else method
        misfit = f"RBF.{inner}: x[N, d] is (1, 4) but c[J, d] is (2, 5): d is 4 and 5"
        refuses(f"Sequential.{method}: layer 2, RBF(5, 2): {misfit}", getattr(net, method), *arguments)

    def test_a_delta_that_does_not_fit_is_added_nowhere(self):
        net, (x, _) = network(), batch()
        with pytest.raises(ValueError, match=r"^Sequential\.backward: layer 3, Sigmoid\(\): Sigmoid\.") as caught:
            net.backward(x, np.ones((5, 3)))
        assert "delta[N, d…] is (5, 3)" in str(caught.value)
        assert not any(gradient.any() for gradient in net.gradients.values())

    def test_two_dtypes(self):
        net = Sequential(Linear(3, 4), Linear(4, 2, dtype=np.float32))
        with pytest.raises(ValueError, match=r"^Sequential\.forward: layer 1, Linear\(.*float64"):
            net.forward(np.ones((1, 3)))


def test_short_and_french_names():
    aliases = {
        "Lineaire": "Linear", "Sigmoide": "Sigmoid", "Tanh": "TanH", "Sequentiel": "Sequential",
        "MSE": "MSELoss", "CrossEntropy": "CrossEntropyLoss", "CELogSoftmax": "CrossEntropyLoss", "BCE": "BCELoss",
    }  # fmt: skip
    for alias, name in aliases.items():
        assert getattr(generated, alias) is getattr(generated, name) and alias in generated.__all__

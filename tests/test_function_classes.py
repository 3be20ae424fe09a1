"""The classes of layers with functions as arguments: values, gradients by difference quotients, refusals."""

import importlib
import pickle
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from codegen.pipeline import module_name, support_files
from generated import FullyConnected, Sequential
from tests.example_pages import refuses
from tests.test_function_arguments import GATE, NESTED, PENALTY, built
from tests.test_sequential import difference_quotients


@dataclass(frozen=True)
class Offered:
    name: str
    module: str
    aliases: tuple = ()


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    directory = tmp_path_factory.mktemp("functions")
    home = directory / "with_functions"
    home.mkdir()
    layers = (GATE, NESTED, PENALTY)
    files = {f"{module_name(layer)}.py": built(layer.name).text for layer in layers}
    for name, text in (files | support_files([Offered(one.name, module_name(one)) for one in layers])).items():
        (home / name).write_text(text, encoding="utf-8")
    sys.path.insert(0, str(directory))
    yield importlib.import_module("with_functions")
    sys.path.remove(str(directory))


def tanh_prime(c):
    return 1 - np.tanh(c) ** 2


def sin_and_more(c):
    return np.sin(c) + c**2


def cos_and_more(c):
    return np.cos(c) + 2 * c


def check_gradients(module, given, delta):
    """All gradients of Σ delta·forward against difference quotients of the forward."""

    def total():
        return float((module.forward(given) * delta).sum())

    expected = {name: difference_quotients(total, array) for name, array in module.parameters.items()}
    np.testing.assert_allclose(module.backward_delta(given, delta), difference_quotients(total, given), atol=1e-7)
    module.backward_update_gradient(given, delta)
    for name, gradient in module.gradients.items():
        np.testing.assert_allclose(gradient, expected[name], atol=1e-7)


def test_values_and_gradients():
    layer = FullyConnected(3, 2, np.tanh, tanh_prime, rng=0)
    rng = np.random.default_rng(1)
    x, delta = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    W, b = layer.parameters["W"], layer.parameters["b"]
    expected = [[np.tanh(sum(row[i] * W[j, i] for i in range(3)) + b[j]) for j in range(2)] for row in x]
    np.testing.assert_allclose(layer.forward(x), expected, rtol=1e-14)
    check_gradients(layer, x, delta)


def test_without_b_and_with_a_polynomial():
    layer = FullyConnected(3, 2, lambda c: c**3 - c, lambda c: 3 * c**2 - 1, bias=False, rng=0)
    rng = np.random.default_rng(2)
    check_gradients(layer, rng.normal(size=(4, 3)), rng.normal(size=(4, 2)))


def test_of_other_layers(package):
    rng = np.random.default_rng(3)
    given, delta = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    gate = package.Gate(np.tanh, tanh_prime)
    np.testing.assert_allclose(gate.forward(given), given * np.tanh(given), rtol=1e-14)
    check_gradients(gate, given, delta)
    nested = package.Nested(3, outer=np.tanh, f_prime=tanh_prime, g=sin_and_more, g_prime=cos_and_more, rng=0)
    check_gradients(nested, given, delta)
    penalty = package.Penalty(sin_and_more, cos_and_more, reduction="sum")
    np.testing.assert_allclose(penalty.forward(delta, given), sin_and_more(given - delta).sum(), rtol=1e-13)
    numeric = difference_quotients(lambda: float(penalty.forward(delta, given)), given)
    np.testing.assert_allclose(penalty.backward(delta, given), numeric, atol=1e-7)


def test_in_a_sequence():
    def layer(width, out, seed):
        return FullyConnected(width, out, np.tanh, tanh_prime, rng=seed)

    rng = np.random.default_rng(4)
    check_gradients(Sequential(layer(3, 4, 0), layer(4, 2, 1)), rng.normal(size=(5, 3)), rng.normal(size=(5, 2)))


def test_each_function_is_called_once_a_method():
    calls = []

    def named(name, function):
        return lambda c: calls.append((name, c.shape)) or function(c)

    layer = FullyConnected(3, 2, named("f", np.tanh), named("f'", tanh_prime))
    layer.forward(np.ones((5, 3)))
    layer.backward_delta(np.ones((5, 3)), np.ones((5, 2)))
    layer.backward(np.ones((5, 3)), np.ones((5, 2)))
    assert calls == [("f", (5, 2)), ("f'", (5, 2)), ("f'", (5, 2))]


def test_float32_and_an_empty_batch():
    layer = FullyConnected(3, 2, np.tanh, tanh_prime, dtype=np.float32)
    assert layer.forward(np.ones((4, 3), np.float32)).dtype == np.float32
    assert layer.backward(np.ones((0, 3), np.float32), np.ones((0, 2), np.float32)).shape == (0, 3)


def test_shows_and_keeps_its_functions():
    layer = FullyConnected(3, 2, np.tanh, derivative=tanh_prime, bias=False)
    assert repr(layer) == "FullyConnected(3, 2, tanh, tanh_prime, bias=False)"
    copied = pickle.loads(pickle.dumps(layer))
    np.testing.assert_array_equal(copied.forward(np.eye(3)), layer.forward(np.eye(3)))


def test_results_and_saved_values_share_no_memory():
    layer = FullyConnected(3, 2, lambda c: c, np.ones_like, rng=0)
    z = layer.forward(np.eye(3))
    z *= 0
    assert layer.forward(np.eye(3)).any()
    delta = np.eye(3)[:, :2]
    np.testing.assert_array_equal(layer.backward_delta(np.eye(3), delta), delta @ layer.parameters["W"])


@pytest.mark.parametrize("wrong", [None, 3.0, "tanh", np.ones(2)], ids=["none", "number", "text", "array"])
@pytest.mark.parametrize("place", ["activation", "derivative"])
def test_what_is_no_function(place, wrong):
    given = {"activation": np.tanh, "derivative": tanh_prime} | {place: wrong}
    message = f"FullyConnected: {place} must be a function of an array, entry by entry; got {wrong!r}"
    refuses(message, FullyConnected, 3, 2, **given)


def test_one_alone_is_not_enough():
    with pytest.raises(TypeError, match="'derivative'"):
        FullyConnected(3, 2, np.tanh)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (np.sum, "gives float64 for an array"),
        (lambda c: c.sum(axis=1), "gives shape (4,) for an array of shape (4, 2)"),
        (lambda c: c[:1], "gives shape (1, 2) for an array of shape (4, 2)"),
        (lambda c: c.astype(np.float32), "gives float32 for an array of float64"),
        (lambda c: c > 0, "gives bool for an array of float64"),
        (lambda c: c.tolist(), "gives list for an array"),
        (lambda c: None, "gives NoneType for an array"),
    ],
)
def test_what_does_not_work_entry_by_entry(function, message):
    ones = np.ones((4, 3)), np.ones((4, 2))
    layer = FullyConnected(3, 2, function, np.ones_like)
    refuses(f"FullyConnected: activation {message}", layer.forward, ones[0])
    layer = FullyConnected(3, 2, np.tanh, function)
    refuses(f"FullyConnected: derivative {message}", layer.backward_update_gradient, *ones)
    assert not any(gradient.any() for gradient in layer.gradients.values())


def test_a_function_that_writes_into_its_argument_is_stopped():
    layer = FullyConnected(3, 2, lambda c: np.tanh(c, out=c), tanh_prime)
    with pytest.raises(ValueError, match="read-only"):
        layer.forward(np.ones((4, 3)))

"""The classes of the generated modules, by their public face: parameters, gradients, losses, state."""

import numpy as np
import pytest

import generated
from generated import (
    RBF,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    Linear,
    bce_with_logits_loss,
    cross_entropy_loss,
)
from generated import linear as linear_functions
from generated import rbf as rbf_functions

MODULES = {
    "Linear": lambda **options: Linear(3, 2, rng=np.random.default_rng(0), **options),
    "Linear without bias": lambda **options: Linear(
        3, 2, bias=False, rng=np.random.default_rng(0), **options
    ),
    "RBF": lambda **options: RBF(3, 2, s=1.5, rng=np.random.default_rng(0), **options),
}
"""Modules from 3 inputs to 2 outputs."""

PARAMETERS = {
    "Linear": {"W": (2, 3), "b": (2,)},
    "Linear without bias": {"W": (2, 3)},
    "RBF": {"c": (2, 3)},
}

PLAIN = {
    "Linear": lambda p, x: (linear_functions, (x, p["W"], p["b"])),
    "Linear without bias": lambda p, x: (linear_functions, (x, p["W"])),
    "RBF": lambda p, x: (rbf_functions, (x, p["c"], 1.5)),
}
"""The plain functions under a module, and their arguments."""

LOSSES = {
    "labels": (CrossEntropyLoss, np.array([2, 0, 1, 1]), (4, 3)),
    "distributions": (CrossEntropyLoss, np.eye(3)[[2, 0, 1, 1]], (4, 3)),
    "bits": (BCEWithLogitsLoss, np.array([[1.0, 0.0, 0.5], [0.0, 0.0, 1.0]]), (2, 3)),
}
"""A loss, its target, and the shape of what is compared with it."""

each_module = pytest.mark.parametrize("name", MODULES)
each_loss = pytest.mark.parametrize("name", LOSSES)
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def batch(rows=4, dtype=np.float64, seed=1):
    """An input and a δ for the modules above."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((rows, 3)).astype(dtype), rng.standard_normal((rows, 2)).astype(dtype)


def plain_gradients(name, module, x, delta):
    """The gradient of the input, and those of the parameters by name, from the plain functions."""
    functions, arguments = PLAIN[name](module.parameters, x)
    of_input, *of_parameters = functions.backward(functions.forward(*arguments)[1], delta)
    return of_input, dict(zip(module.parameters, of_parameters, strict=False))


def prediction(name, dtype=np.float64):
    """Something to compare a loss's target with."""
    return np.random.default_rng(2).standard_normal(LOSSES[name][2]).astype(dtype)


@each_dtype
@each_module
def test_parameters_and_gradients_have_the_formulas_names(name, dtype):
    module = MODULES[name](dtype=dtype)
    for arrays in (module.parameters, module.gradients):
        assert {key: array.shape for key, array in arrays.items()} == PARAMETERS[name]
        assert {array.dtype for array in arrays.values()} == {np.dtype(dtype)}
    assert all(not np.any(gradient) for gradient in module.gradients.values())


@each_dtype
@each_module
def test_forward_is_the_plain_function(name, dtype):
    module, (x, _) = MODULES[name](dtype=dtype), batch(dtype=dtype)
    functions, arguments = PLAIN[name](module.parameters, x)
    z = module.forward(x)
    assert z.dtype == dtype
    np.testing.assert_array_equal(z, functions.forward(*arguments)[0])


@each_module
def test_backward_delta_is_the_gradient_of_the_input_alone(name):
    module, (x, delta) = MODULES[name](), batch()
    np.testing.assert_allclose(
        module.backward_delta(x, delta), plain_gradients(name, module, x, delta)[0], 1e-14
    )
    assert all(not np.any(gradient) for gradient in module.gradients.values())


@each_module
def test_gradients_add_up_until_they_are_zeroed(name):
    module, (x, delta) = MODULES[name](), batch()
    _, expected = plain_gradients(name, module, x, delta)
    for times in (1, 2):
        module.backward_update_gradient(x, delta)
        for key, gradient in module.gradients.items():
            np.testing.assert_allclose(gradient, times * expected[key], rtol=1e-13, atol=1e-15)
    module.zero_grad()
    assert all(not np.any(gradient) for gradient in module.gradients.values())


@each_module
def test_update_parameters_steps_against_the_gradient(name):
    module, (x, delta) = MODULES[name](), batch()
    for step, call in ((0.5, {"gradient_step": 0.5}), (1e-3, {})):
        module.backward_update_gradient(x, delta)
        before = {key: parameter.copy() for key, parameter in module.parameters.items()}
        gradients = {key: gradient.copy() for key, gradient in module.gradients.items()}
        module.update_parameters(**call)
        for key, parameter in module.parameters.items():
            np.testing.assert_allclose(parameter, before[key] - step * gradients[key], rtol=1e-14, atol=1e-16)
            np.testing.assert_array_equal(module.gradients[key], gradients[key])


@each_module
def test_backward_uses_the_input_that_it_is_given(name):
    module, (a, delta), (b, _) = MODULES[name](), batch(seed=1), batch(seed=2)
    of_input, of_parameters = plain_gradients(name, module, b, delta)
    module.forward(a)
    np.testing.assert_allclose(module.backward_delta(b, delta), of_input, rtol=1e-14)
    module.forward(a)
    module.backward_update_gradient(b, delta)
    for key, gradient in module.gradients.items():
        np.testing.assert_allclose(gradient, of_parameters[key], rtol=1e-13, atol=1e-15)


@each_module
def test_backward_uses_the_parameters_that_are_there_now(name):
    module, (x, delta) = MODULES[name](), batch()
    module.forward(x)
    for parameter in module.parameters.values():
        parameter *= 0.5
    of_input = plain_gradients(name, module, x, delta)[0]
    np.testing.assert_allclose(module.backward_delta(x, delta), of_input, rtol=1e-14)


@each_module
def test_results_are_the_callers_own(name):
    module, (x, delta), (other, _) = MODULES[name](), batch(seed=1), batch(seed=2)
    given = x.copy(), delta.copy()
    results = [module.forward(x), module.backward_delta(x, delta)]
    kept = [result.copy() for result in results]
    module.forward(other)
    module.backward_delta(other, 2 * delta)
    module.backward_update_gradient(other, delta)
    for result, copy in zip(results, kept, strict=True):
        np.testing.assert_array_equal(result, copy)
        own = (x, delta, *module.parameters.values(), *module.gradients.values())
        assert not any(np.may_share_memory(result, array) for array in own)
    np.testing.assert_array_equal(x, given[0])
    np.testing.assert_array_equal(delta, given[1])


@each_module
def test_an_empty_batch_gives_an_empty_result(name):
    module, (x, delta) = MODULES[name](), batch(rows=0)
    assert module.forward(x).shape == (0, 2)
    assert module.backward_delta(x, delta).shape == (0, 3)
    module.backward_update_gradient(x, delta)
    assert all(not np.any(gradient) for gradient in module.gradients.values())


@each_dtype
@pytest.mark.parametrize("kind", [np.int64, np.int8, np.uint16, np.bool_])
@each_module
def test_integers_and_booleans_are_cast(name, kind, dtype):
    module = MODULES[name](dtype=dtype)
    x, delta = np.array([[0, 1, 1], [1, 0, 1]], kind), np.array([[1, 0], [1, 1]], kind)
    z = module.forward(x)
    assert z.dtype == dtype
    np.testing.assert_array_equal(z, module.forward(x.astype(dtype)))
    np.testing.assert_array_equal(
        module.backward_delta(x, delta), module.backward_delta(x.astype(dtype), delta.astype(dtype))
    )


@each_module
def test_state_goes_from_one_module_to_another(name):
    one, other, (x, _) = MODULES[name](), MODULES[name](), batch()
    for parameter in one.parameters.values():
        parameter += 1
    state = {key: np.array(value) for key, value in one.state_dict().items()}
    assert set(state) == set(PARAMETERS[name])
    other.load_state_dict(state)
    np.testing.assert_array_equal(other.forward(x), one.forward(x))
    for value in state.values():
        value += 1
    np.testing.assert_array_equal(other.forward(x), one.forward(x))


@each_module
def test_the_generator_decides_the_parameters(name):
    first, second = MODULES[name](), MODULES[name]()
    for key, parameter in first.parameters.items():
        np.testing.assert_array_equal(parameter, second.parameters[key])
        assert not np.may_share_memory(parameter, second.parameters[key])
    rng = np.random.default_rng(0)
    one, other = Linear(3, 2, rng=rng), Linear(3, 2, rng=rng)
    assert np.any(one.parameters["W"] != other.parameters["W"])


def test_initial_parameters_fill_their_bounds():
    module = Linear(100, 50, rng=np.random.default_rng(0))
    for parameter in module.parameters.values():
        assert 0.09 < np.max(np.abs(parameter)) <= 0.1
    centres = RBF(10, 50, rng=np.random.default_rng(0)).parameters["c"]
    assert 0.9 < np.max(np.abs(centres)) <= 1


@each_dtype
@each_loss
def test_a_loss_is_one_value_an_example(name, dtype):
    kind, target, _ = LOSSES[name]
    yhat, y = prediction(name, dtype), target.astype(dtype) if target.dtype.kind == "f" else target
    functions, suffix = {
        "labels": (cross_entropy_loss, "_labels"),
        "distributions": (cross_entropy_loss, ""),
        "bits": (bce_with_logits_loss, ""),
    }[name]
    values, saved = getattr(functions, "forward" + suffix)(y, yhat)
    gradient = getattr(functions, "backward" + suffix)(saved, np.ones_like(values))
    loss = kind()
    assert loss.forward(y, yhat).dtype == loss.backward(y, yhat).dtype == dtype
    np.testing.assert_allclose(loss.forward(y, yhat), values, rtol=8 * np.finfo(dtype).eps)
    np.testing.assert_allclose(loss.backward(y, yhat), gradient, rtol=8 * np.finfo(dtype).eps)


@each_loss
def test_reductions(name):
    kind, y, _ = LOSSES[name]
    yhat = prediction(name)
    values, gradient = kind().forward(y, yhat), kind().backward(y, yhat)
    for reduction, share in (("sum", 1), ("mean", 1 / values.size)):
        loss = kind(reduction=reduction)
        assert np.ndim(loss.forward(y, yhat)) == 0
        np.testing.assert_allclose(loss.forward(y, yhat), share * values.sum(), rtol=1e-14)
        np.testing.assert_allclose(loss.backward(y, yhat), share * gradient, rtol=1e-14)


@each_loss
def test_a_loss_keeps_nothing_and_modifies_nothing(name):
    kind, y, _ = LOSSES[name]
    yhat, other = prediction(name), prediction(name) + 1
    loss, given = kind(), (y.copy(), yhat.copy())
    expected = kind().backward(y, yhat)
    loss.forward(y, other)
    gradient = loss.backward(y, yhat)
    loss.backward(y, other)
    np.testing.assert_array_equal(gradient, expected)
    np.testing.assert_array_equal(y, given[0])
    np.testing.assert_array_equal(yhat, given[1])


@each_loss
def test_a_loss_of_no_examples(name):
    kind, y, shape = LOSSES[name]
    empty = np.empty((0, *shape[1:]))
    assert kind().forward(y[:0], empty).shape == kind().forward(y, prediction(name))[:0].shape
    assert kind().backward(y[:0], empty).shape == empty.shape


def test_labels_and_one_hot_rows_agree():
    labels, rows = LOSSES["labels"][1], LOSSES["distributions"][1]
    yhat, loss = prediction("labels"), CrossEntropyLoss()
    np.testing.assert_allclose(loss.forward(labels, yhat), loss.forward(rows, yhat), rtol=1e-14)
    np.testing.assert_allclose(loss.forward(labels, yhat), loss.forward(rows.astype(int), yhat), rtol=1e-14)
    np.testing.assert_allclose(loss.backward(labels, yhat), loss.backward(rows, yhat), rtol=1e-14, atol=1e-16)


def test_aliases():
    assert generated.CrossEntropy is CrossEntropyLoss
    assert generated.CELogSoftmax is CrossEntropyLoss

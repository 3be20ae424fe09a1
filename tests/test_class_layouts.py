"""The classes of the generated modules, however arrays lie in memory and whoever else holds them."""

import numpy as np
import pytest

from generated import CrossEntropyLoss
from tests.regime.properties import LAYOUTS
from tests.test_classes import (
    LOSSES,
    MODULES,
    batch,
    each_dtype,
    each_loss,
    each_module,
    plain_gradients,
    prediction,
)

each_layout = pytest.mark.parametrize("layout", LAYOUTS)


@each_layout
@each_dtype
@each_module
def test_a_module_takes_any_layout(name, dtype, layout):
    module, (x, delta) = MODULES[name](dtype=dtype), map(LAYOUTS[layout], batch(dtype=dtype))
    plain, given, tolerance = MODULES[name](dtype=dtype), (x.copy(), delta.copy()), 32 * np.finfo(dtype).eps
    results = module.forward(x), module.backward_delta(x, delta)
    expected = plain.forward(given[0]), plain.backward_delta(*given)
    module.backward_update_gradient(x, delta)
    plain.backward_update_gradient(*given)
    for result, other in zip(results, expected, strict=True):
        np.testing.assert_allclose(result, other, rtol=tolerance, atol=tolerance)
        assert result.flags.writeable and not np.may_share_memory(result, x)
        assert not np.may_share_memory(result, delta)
    for key, gradient in module.gradients.items():
        np.testing.assert_allclose(gradient, plain.gradients[key], rtol=tolerance, atol=tolerance)
    assert x.tobytes() == given[0].tobytes() and delta.tobytes() == given[1].tobytes()


@each_module
def test_a_module_may_be_given_its_own_arrays(name):
    module, (x, delta) = MODULES[name](), batch()
    module.backward_update_gradient(x, delta)
    key = next(iter(module.parameters))
    for arrays in (module.parameters, module.gradients):
        own = arrays[key]
        copies, before = (own.copy(), own[:, :2].copy()), {k: g.copy() for k, g in module.gradients.items()}
        np.testing.assert_array_equal(module.forward(own), module.forward(copies[0]))
        for result in (module.forward(own), module.backward_delta(own, own[:, :2])):
            assert not np.may_share_memory(result, own)
        module.backward_update_gradient(own, own[:, :2])
        added = {k: gradient - before[k] for k, gradient in module.gradients.items()}
        _, expected = plain_gradients(name, module, *copies)
        for k, gradient in added.items():
            np.testing.assert_allclose(gradient, expected[k], rtol=1e-12, atol=1e-13)


@each_layout
@each_dtype
@each_loss
def test_a_loss_takes_any_layout(name, dtype, layout):
    kind, target, _ = LOSSES[name]
    y = LAYOUTS[layout](target.astype(dtype) if target.dtype.kind == "f" else target)
    yhat, loss = LAYOUTS[layout](prediction(name, dtype)), kind()
    given, tolerance = (y.copy(), yhat.copy()), 32 * np.finfo(dtype).eps
    for method in (loss.forward, loss.backward):
        result = method(y, yhat)
        np.testing.assert_allclose(result, method(*given), rtol=tolerance, atol=tolerance)
        assert result.dtype == dtype and result.flags.writeable
        assert not np.may_share_memory(result, y) and not np.may_share_memory(result, yhat)
    assert y.tobytes() == given[0].tobytes() and yhat.tobytes() == given[1].tobytes()


@pytest.mark.parametrize("kind", ["i1", "u1", "<i2", ">i4", "<u4", "i8", ">u8", "list", "tuple"])
def test_labels_are_any_integers(kind):
    labels, yhat, loss = LOSSES["labels"][1], prediction("labels"), CrossEntropyLoss()
    given = {"list": labels.tolist(), "tuple": tuple(labels)}.get(kind)
    given = labels.astype(kind) if given is None else given
    np.testing.assert_array_equal(loss.forward(given, yhat), loss.forward(labels, yhat))
    np.testing.assert_array_equal(loss.backward(given, yhat), loss.backward(labels, yhat))


@pytest.mark.parametrize("name", ["distributions", "bits"])
def test_a_target_that_is_the_prediction_itself(name):
    kind, _, shape = LOSSES[name]
    same = np.full(shape, 1 / shape[1])
    for method in (kind().forward, kind().backward):
        result = method(same, same)
        np.testing.assert_array_equal(result, method(same.copy(), same))
        assert not np.may_share_memory(result, same)

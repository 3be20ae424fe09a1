"""What the classes refuse: a ``ValueError`` in the words of the notation, before anything is computed."""

import re

import numpy as np
import pytest

from generated import RBF, BCEWithLogitsLoss, CrossEntropyLoss, Linear

RNG = np.random.default_rng(0)

MODULES = {"Linear": lambda **options: Linear(3, 2, **options), "RBF": lambda **options: RBF(3, 2, **options)}
LOSSES = {"CrossEntropyLoss": CrossEntropyLoss, "BCEWithLogitsLoss": BCEWithLogitsLoss}

each_module = pytest.mark.parametrize("name", MODULES)
each_loss = pytest.mark.parametrize("name", LOSSES)


def refuses(*words):
    """A block that has to raise a ValueError whose message holds each of these."""
    return pytest.raises(ValueError, match="".join(f"(?=(?s:.*){re.escape(word)})" for word in words))


def zeros(*shape, dtype=np.float64):
    """An array to be refused for its shape or its dtype."""
    return np.zeros(shape, dtype)


def test_two_sizes_of_one_axis():
    with refuses("Linear.forward: x[N, d] is (4, 3) but W[d', d] is (2, 5): d is 3 and 5"):
        Linear(5, 2).forward(zeros(4, 3))
    with refuses("RBF.forward: x[N, d] is (4, 3) but c[J, d] is (2, 5): d is 3 and 5"):
        RBF(5, 2).forward(zeros(4, 3))


@pytest.mark.parametrize("method", ["backward_delta", "backward_update_gradient"])
@each_module
def test_backward_looks_at_the_input_too(name, method):
    with refuses(f"{name}.{method}", "(4, 7)", "7", "3"):
        getattr(MODULES[name](), method)(zeros(4, 7), zeros(4, 2))


@pytest.mark.parametrize("method", ["backward_delta", "backward_update_gradient"])
@pytest.mark.parametrize("shape", [(4, 3), (5, 2), (4,), (4, 2, 1), (4, 1), (1, 2)])
@each_module
def test_delta_of_another_shape(name, method, shape):
    module = MODULES[name]()
    with refuses(f"{name}.{method}", str(shape)):
        getattr(module, method)(zeros(4, 3), np.ones(shape))
    assert all(not np.any(gradient) for gradient in module.gradients.values())


@pytest.mark.parametrize("shape", [(), (3,), (1, 4, 3)])
@each_module
def test_another_number_of_axes(name, shape):
    with refuses(f"{name}.forward", "x[N, d]", str(shape)):
        MODULES[name]().forward(zeros(*shape))


@pytest.mark.parametrize(("ours", "theirs"), [(np.float32, np.float64), (np.float64, np.float32)])
@each_module
def test_two_dtypes(name, ours, theirs):
    module, x, delta = MODULES[name](dtype=ours), zeros(4, 3), zeros(4, 2)
    with refuses(f"{name}.forward", "float32", "float64"):
        module.forward(x.astype(theirs))
    with refuses(f"{name}.backward_delta", "float32", "float64"):
        module.backward_delta(x.astype(ours), delta.astype(theirs))
    with refuses(f"{name}.backward_update_gradient", "float32", "float64"):
        module.backward_update_gradient(x.astype(theirs), delta.astype(ours))


@pytest.mark.parametrize(
    ("dtype", "word"),
    [
        (np.complex128, "complex128"),
        (object, "object"),
        (np.float16, "float16"),
        (np.longdouble, "float"),
        ("U3", "U3"),
        ("datetime64[s]", "datetime64"),
    ],
)
@each_module
def test_other_kinds_of_number(name, dtype, word):
    with refuses(f"{name}.forward", word):
        MODULES[name]().forward(np.zeros((4, 3), dtype))
    with pytest.raises(ValueError):
        MODULES[name]().backward_delta(zeros(4, 3), np.zeros((4, 2), dtype))


@pytest.mark.parametrize("dtype", [np.int64, np.complex128, np.float16, object], ids=str)
@each_module
def test_parameters_of_another_kind(name, dtype):
    with refuses(name):
        MODULES[name](dtype=dtype)


@pytest.mark.parametrize("size", [2**63, 10**5000, -(10**5000)], ids=["2^63", "10^5000", "-10^5000"])
def test_sizes_that_no_array_has(size):
    for make in (lambda: Linear(size, 2), lambda: Linear(2, size), lambda: RBF(size, 2)):
        with refuses("must be at most 9223372036854775807 in magnitude"):
            make()


def test_a_layer_without_what_its_formula_needs():
    with refuses("RBF: centres must be at least 1; got 0"):
        RBF(3, 0)


@pytest.mark.parametrize("rng", [-1, 1.5, "seed", True, [1, 2], np.random.RandomState(0)], ids=str)
@each_module
def test_a_source_of_random_numbers_that_is_none(name, rng):
    with refuses(f"{name}: rng must be an integer from 0 on or a numpy.random.Generator"):
        MODULES[name](rng=rng)


@pytest.mark.parametrize("state", [None, 3, ["W", "b"], "Wb"], ids=str)
@each_module
def test_a_state_that_is_no_mapping(name, state):
    with refuses(f"{name}.load_state_dict: give a dict of arrays by name; got {type(state).__name__}"):
        MODULES[name]().load_state_dict(state)


@pytest.mark.parametrize(
    "number",
    [pytest.param(10**5000, id="10^5000"), 1e200, -1e200, np.inf, np.nan, True, "1", None, 1j],
)
def test_numbers_that_are_none_or_too_large(number):
    with refuses("RBF: s must be"):
        RBF(3, 2, s=number)
    with refuses("Linear.update_parameters: gradient_step must be"):
        Linear(3, 2).update_parameters(number)


@pytest.mark.parametrize("s", [0.99e-6, 1.01e6])
def test_a_hyperparameter_outside_its_safe_range(s):
    with refuses(f"RBF: s must satisfy 1e-06 ≤ s ≤ 1e+06, where results are finite; got {s}"):
        RBF(3, 2, s=s)


@pytest.mark.parametrize("s", [0.0, -1.0, np.nan])
def test_a_hyperparameter_that_breaks_its_condition(s):
    with refuses("RBF", "s"):
        RBF(3, 2, s=s)


@each_module
def test_a_state_that_does_not_fit(name):
    module = MODULES[name]()
    before = {key: np.array(value) for key, value in module.state_dict().items()}
    for wrong in (
        {},
        {**before, "extra": zeros(2)},
        {key: zeros(9, 9) for key in before},
        {key: value.astype(complex) for key, value in before.items()},
    ):
        with refuses(name):
            module.load_state_dict(wrong)
        for key, value in module.parameters.items():
            np.testing.assert_array_equal(value, before[key])


@pytest.mark.parametrize("method", ["forward", "backward"])
@each_loss
def test_losses_of_two_shapes(name, method):
    loss = LOSSES[name]()
    for y, yhat in (
        ((4, 3), (4, 2)),
        ((4, 3), (5, 3)),
        ((4, 3), (4, 3, 1)),
        ((4, 1), (4, 3)),
        ((1, 3), (4, 3)),
    ):
        with refuses(f"{name}.{method}", str(y if len(yhat) == 2 else yhat)):
            getattr(loss, method)(zeros(*y), zeros(*yhat))


@pytest.mark.parametrize("method", ["forward", "backward"])
def test_a_row_where_a_column_belongs(method):
    """(n,) against (n, 1) would broadcast to (n, n) without a word."""
    loss = BCEWithLogitsLoss()
    for y, a in (((4,), (4, 1)), ((4, 1), (4,))):
        with refuses(f"BCEWithLogitsLoss.{method}", "(4,)"):
            getattr(loss, method)(zeros(*y), zeros(*a))
    with refuses(f"CrossEntropyLoss.{method}", "(4, 1)"):
        getattr(CrossEntropyLoss(), method)(zeros(4, 1, dtype=int), zeros(4, 3))


@pytest.mark.parametrize("method", ["forward", "backward"])
@pytest.mark.parametrize("dtype", [float, np.float32, bool])
def test_labels_that_are_no_integers(method, dtype):
    remedy = f"y is (4,) of {np.dtype(dtype)}: give labels as integers t[N], or a target y[N, K]"
    with refuses(f"CrossEntropyLoss.{method}: {remedy}"):
        getattr(CrossEntropyLoss(), method)(zeros(4, dtype=dtype), zeros(4, 3))


@pytest.mark.parametrize("method", ["forward", "backward"])
@pytest.mark.parametrize("label", [-1, 3, 2**40])
def test_a_label_out_of_range(method, label):
    with refuses(f"CrossEntropyLoss.{method}", str(label)):
        getattr(CrossEntropyLoss(), method)(np.array([0, label, 2]), zeros(3, 3))


@pytest.mark.parametrize("method", ["forward", "backward"])
def test_more_labels_than_rows(method):
    with refuses(f"CrossEntropyLoss.{method}", "t[N]", "(4,)", "(3, 3)"):
        getattr(CrossEntropyLoss(), method)(zeros(4, dtype=int), zeros(3, 3))


@pytest.mark.parametrize("method", ["forward", "backward"])
@each_loss
def test_losses_of_two_dtypes(name, method):
    with refuses(f"{name}.{method}", "float32", "float64"):
        getattr(LOSSES[name](), method)(zeros(4, 3, dtype=np.float32), zeros(4, 3))


@pytest.mark.parametrize("dtype", [np.complex128, object, "U3", np.float16], ids=str)
@each_loss
def test_losses_of_other_kinds_of_number(name, dtype):
    for y, yhat in ((np.float64, dtype), (dtype, np.float64)):
        with refuses(f"{name}.forward"):
            LOSSES[name]().forward(np.zeros((4, 3), y), np.zeros((4, 3), yhat))


@each_loss
def test_integers_are_cast_in_losses(name):
    y, yhat = np.eye(3, dtype=int), RNG.integers(-3, 4, (3, 3))
    expected = LOSSES[name]().forward(y.astype(float), yhat.astype(float))
    np.testing.assert_array_equal(LOSSES[name]().forward(y.astype(bool), yhat), expected)
    single = LOSSES[name]().forward(y, yhat.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, expected, rtol=1e-6)


@pytest.mark.parametrize("reduction", ["average", None, np.ones(2)], ids=str)
@each_loss
def test_an_unknown_reduction(name, reduction):
    with refuses(f'{name}: reduction must be "none", "mean" or "sum"; got {reduction!r}'):
        LOSSES[name](reduction=reduction)


class Unwilling:
    """Something that could be an array and will not."""

    def __init__(self, error):
        self.error = error

    def __array__(self, dtype=None, copy=None):
        raise self.error


@pytest.mark.parametrize(
    "error",
    [TypeError("no"), ValueError("no"), RuntimeError("no"), OverflowError("no"), KeyError("no")],
    ids=repr,
)
def test_what_does_not_become_an_array(error):
    with refuses("Linear.forward: x is not an array of numbers", "no"):
        Linear(3, 2).forward(Unwilling(error))
    with refuses("CrossEntropyLoss.backward: y is not an array of numbers", "no"):
        CrossEntropyLoss().backward(Unwilling(error), zeros(4, 3))


@pytest.mark.parametrize("row", [[1e308, 1e308, 0], [np.inf, -np.inf, 1], [np.nan, 0, 1]], ids=str)
def test_a_target_whose_sum_is_no_number(row):
    """The refusal is what is raised, not the exception of the check's own arithmetic."""
    with (
        np.errstate(all="raise"),
        refuses("CrossEntropyLoss.forward: y must satisfy Σ_k y[n, k] = 1", "n = 0"),
    ):
        CrossEntropyLoss().forward([row], zeros(1, 3))

"""Formulas with kinks, maxima, labels and roots of sizes, given by their forward alone: built, proven, run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sympy import Abs, Max, Min, Rational, exp, log, sqrt

from codegen.pipeline import build, emit_module
from codegen.verify import verify_module
from derivations.layer import Hyperparameter, Initial, Layer
from derivations.notation import (
    axes,
    delta,
    is_zero_at,
    labels,
    max_,
    positive,
    scalars,
    size_of,
    sum_,
    tensors,
)
from tests.unseen import by_loops, check_built, draw, pair

n, i, j, k, m, f = axes("n:N i:d j:C k:K m:M f:d")
a, x, z, u, p, q, W, y, yhat, loss = tensors("a x z u p q W y ŷ loss")
t = labels("t")
s = scalars("s")
d, N = size_of(i), size_of(n)
def layer(name, inputs, forward, **more):
    return Layer(name, inputs=inputs, forward=forward, source="none: a formula of the tests", **more)


SLOPE = (Hyperparameter(s, 0.25, conditions=(s > 0,), safe=(0.01, 1)),)
A, X = (a[n, i],), (x[n, i],)
LAYERS = [
    layer("ReLU", A, {z[n, i]: Max(a[n, i], 0)}),
    layer("SquaredReLU", A, {z[n, i]: Max(a[n, i], 0) ** 2}),
    layer("LeakyReLU", A, {z[n, i]: Max(a[n, i], 0) + s * Min(a[n, i], 0)}, hyperparameters=SLOPE),
    layer("MaxLeakyReLU", A, {z[n, i]: Max(a[n, i], s * a[n, i])}, hyperparameters=SLOPE),
    layer("Absolute", A, {z[n, i]: Abs(a[n, i])}),
    layer("HardTanH", A, {z[n, i]: Min(Max(a[n, i], -1), 1)}),
    layer("SoftShrink", A, {z[n, i]: Max(a[n, i] - 1, 0) - Max(-a[n, i] - 1, 0)}),
    layer("Gate", A, {z[n, i]: positive(a[n, i])}),
    layer(
        "ChosenSlope", A, {z[n, i]: a[n, i] * positive(a[n, i]) + s * a[n, i] * (1 - positive(a[n, i]))},
        hyperparameters=SLOPE,
    ),
    layer("MaximumOfRows", X, {z[n]: max_(x[n, i], i)}),
    layer("MaximumOfColumns", X, {z[i]: max_(x[n, i], n)}),
    layer("MaximumInTheMiddle", (x[n, i, j],), {z[n, j]: max_(x[n, i, j], i)}),
    layer("LargestMagnitude", X, {z[n]: max_(Abs(x[n, i]), i)}),
    layer("ByTheMaximum", X, {z[n, i]: x[n, i] / (1 + max_(Abs(x[n, f]), f))}),
    layer("Scores", (q[n, i], p[m, i]), {z[n, m]: sum_(q[n, i] * p[m, i], i) / sqrt(d)}),
    layer("LogMeanExp", X, {u[n]: sum_(exp(x[n, i]), i), z[n]: log(u[n]) - log(d)}),
    layer("LogOfTwo", A, {z[n, i]: a[n, i] ** 2 * log(2)}),
    layer("Half", A, {z[n, i]: a[n, i] / sqrt(2)}),
    layer("Cube", A, {z[n, i]: a[n, i] ** 3}),
    layer("ReciprocalRoot", A, {z[n, i]: 1 / sqrt(1 + a[n, i] ** 2)}),
    layer("RootCubed", A, {z[n, i]: (1 + a[n, i] ** 2) ** Rational(-3, 2)}),
    layer(
        "RectifiedLinear", X, {u[n, j]: sum_(x[n, i] * W[i, j], i), z[n, j]: Max(u[n, j], 0)},
        parameters=(W[i, j],), sizes={"inputs": d, "outputs": size_of(j)}, initial={W: Initial(1 / sqrt(d))},
    ),
    layer(
        "LinearOfRectified", X, {z[n, j]: sum_(Max(x[n, i], 0) * W[i, j], i)},
        parameters=(W[i, j],), sizes={"inputs": d, "outputs": size_of(j)}, initial={W: Initial(1 / sqrt(d))},
    ),
    layer("L1Loss", (yhat[n, k],), {loss[n]: sum_(Abs(y[n, k] - yhat[n, k]), k)}, target=y[n, k]),
    layer("HingeLoss", (yhat[n, k],), {loss[n]: sum_(Max(1 - y[n, k] * yhat[n, k], 0), k)}, target=y[n, k]),
    layer(
        "PickedLoss", (yhat[n, k],), {loss[n]: -sum_(y[n, k] * yhat[n, k], k)},
        target=y[n, k], target_as_label={y[n, k]: delta(k, t[n])},
    ),
    layer(
        "LabelledSquares", (yhat[n, k],), {loss[n]: sum_((y[n, k] - yhat[n, k]) ** 2, k)},
        target=y[n, k], target_as_label={y[n, k]: delta(k, t[n])},
    ),
    layer("Mean", X, {z[n]: sum_(x[n, i], i) / d}),
    layer("Centred", X, {z[n, i]: x[n, i] - sum_(x[n, f], f) / d}),
]  # fmt: skip
BY_NAME = {one.name: one for one in LAYERS}


def text_of(name):
    """The module of a layer, not proven again."""
    return emit_module(BY_NAME[name])


@pytest.mark.parametrize("name", BY_NAME)
def test_is_built_and_right(name):
    check_built(BY_NAME[name], rounded=name in ROUNDED)


ROUNDED = ("LogOfTwo", "Half", "Gate")
"""Those in which a number is rounded to float64 whatever the arrays are, and one whose output is no jet."""


def test_relu_is_what_one_writes():
    assert "z = np.maximum(a, 0)  #" in text_of("ReLU")
    assert "da = delta * (a > 0)  #" in text_of("ReLU")


def test_the_slope_of_relu_is_0_at_0():
    functions = pair(text_of("ReLU"))
    _, saved = functions.forward(np.array([[-1.0, -0.0, 0.0, 5e-324, 2.0]]))
    (slopes,) = functions.backward(saved, np.full((1, 5), 7.0))
    assert slopes.tolist() == [[0, 0, 0, 7, 7]]


def test_the_first_maximum_wins():
    functions = pair(text_of("MaximumOfRows"))
    _, saved = functions.forward(np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0], [-0.0, 0.0, -1.0]]))
    (slopes,) = functions.backward(saved, np.array([5.0, 6.0, 7.0]))
    assert slopes.tolist() == [[0, 5, 0], [6, 0, 0], [7, 0, 0]]


def test_what_is_no_number_is_the_maximum_and_gets_the_gradient():
    functions = pair(text_of("MaximumOfRows"))
    output, saved = functions.forward(np.array([[1.0, np.nan, 3.0]]))
    assert np.isnan(output[0])
    assert functions.backward(saved, np.array([5.0]))[0].tolist() == [[0, 5, 0]]


def test_the_axis_of_a_maximum_has_an_entry():
    with pytest.raises(ValueError):
        pair(text_of("MaximumOfRows")).forward(np.empty((3, 0)))
    assert "least={" in text_of("MaximumOfRows")


def test_labels_get_the_gradient_of_their_entry():
    functions = pair(text_of("PickedLoss"), "_labels")
    t, yhat = np.array([2, 0, 2], np.uint8), np.arange(12.0).reshape(3, 4)
    output, saved = functions.forward(t, yhat)
    assert output.tolist() == [-2, -4, -10]
    (slopes,) = functions.backward(saved, np.array([1.0, 2.0, 3.0], np.float32))
    assert slopes.tolist() == [[0, 0, -1, 0], [-2, 0, 0, 0], [0, 0, -3, 0]]


MUTANTS = {
    "a tie counts": ("ReLU", "a > 0", "a >= 0"),
    "the other side": ("ReLU", "a > 0", "a < 0"),
    "the complement": ("ReLU", "(a > 0)", "(a <= 0)"),
    "another number": ("HardTanH", "a < 1", "a < 2"),
    "one bound left out": ("HardTanH", "delta * (a > -1) * (a < 1)", "delta * (a < 1)"),
    "the slope left out": ("LeakyReLU", "delta * s", "delta"),
    "another axis": ("MaximumOfRows", "argmax(axis=1)[:, None]", "argmax(axis=0)"),
    "the other axis": ("MaximumOfColumns", "x.argmax(axis=0)", "x.argmax(axis=1)[:, None]"),
    "the last of the maxima": ("MaximumOfRows", "argmax(", "argmin("),
    "every entry as large": ("MaximumOfRows", "np.arange(d) == x.argmax(axis=1)", "x == x.max(axis=1)"),
    "the first entry": ("MaximumOfRows", "x.argmax(axis=1)[:, None]", "0"),
    "the entry after": ("MaximumOfRows", "np.arange(d) ==", "np.arange(d) + 1 =="),
    "another order of positions": ("MaximumOfRows", "np.arange(d) ==", "np.arange(d) >="),
    "the maximum of something else": ("LargestMagnitude", "np.abs(x).argmax", "x.argmax"),
    "no root": ("Scores", "d**0.5", "d"),
    "another root": ("Scores", "d**0.5", "(d + 1)**0.5"),
    "a root of float64": ("Scores", "d**0.5", "np.sqrt(d)"),
    "another number of entries": ("LogMeanExp", "_, d = x.shape", "d, _ = x.shape"),
    "a logarithm of float64": ("LogOfTwo", "float(np.log(2))", "np.log(2)"),
    "another logarithm": ("LogOfTwo", "float(np.log(2))", "float(np.log(3))"),
    "added, not taken away": ("PickedLoss", "t] -= delta", "t] += delta"),
    "ones, not zeros": ("PickedLoss", "np.zeros(", "np.ones("),
    "nothing in it yet": ("PickedLoss", "np.zeros(", "np.empty("),
    "another dtype": ("PickedLoss", "dtype=delta.dtype", "dtype=t.dtype"),
    "turned round": ("PickedLoss", "np.zeros((N, K)", "np.zeros((K, N)"),
}  # fmt: skip


@pytest.mark.parametrize("case", MUTANTS)
def test_mutants_are_refused(case):
    name, before, after = MUTANTS[case]
    text = text_of(name)
    assert before in text
    checks = verify_module(BY_NAME[name], text.replace(before, after))
    assert not all(check.ok for check in checks)


MORE = [positive(a[n, i]) + 2 * is_zero_at(a[n, i]), Max(a[n, i], a[n, i] ** 2, 0), Abs(Max(a[n, i], -1))]


@pytest.mark.parametrize("right", MORE, ids=str)
def test_more_kinks(right):
    one = layer("Kinks", A, {z[n, i]: right})
    functions = pair(build(one).text)
    given = draw(one, 0)
    np.testing.assert_allclose(functions.output(*given.values()), by_loops(one, given), rtol=1e-14)


def test_a_choice_between_labels_and_numbers_has_no_dtype():
    one = replace(BY_NAME["PickedLoss"], name="Hot", forward={z[n, k]: y[n, k]})
    with pytest.raises(ValueError):
        build(one)

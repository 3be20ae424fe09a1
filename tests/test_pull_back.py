"""The reverse sweep against gradients worked out by hand, and against differences of the forward formula."""

import numpy as np
import pytest
from sympy import Abs, Function, Idx, Max, Min, cos, exp, log, sin, sqrt, tanh

from derivations.derivation import derive, use_assumptions
from derivations.layer import Assumption, Layer
from derivations.normal_form import is_zero
from derivations.notation import (
    argmax_,
    axes,
    d,
    delta,
    is_zero_at,
    labels,
    max_,
    name_of,
    positive,
    sum_,
    tensors,
)
from tests.plain_values import World

n, m, k, j, i = axes("n:N m:N k:K j:K i:d")
other, another = axes("n':N n'':N")
x, y, u, v, z, h, g, target, total = tensors("x y u v z h g target total")
t, r = labels("t r")
f, slope = Function("f", real=True), Function("f'")

INPUTS = (x[n, k], y[n, m], u[k], v[n])


def layer(*steps):
    """A layer of x[n, k], y[n, m], u[k], v[n], with a label t[n] on k."""
    forward = dict(steps)
    return Layer(
        "Layer", forward=forward, inputs=INPUTS, target=target[n, k], target_as_label={target[n, k]: delta(k, t[n])}
    )


def shows(steps, read, expected):
    """Whether the gradient of an input is shown to be what was worked out by hand."""
    derived = derive(layer(*steps))
    return is_zero(d(read.base)[read.indices] - expected, derived.meaning)


BY_HAND = {
    "a product": ([(z[n, k], x[n, k] * u[k])], u[k], sum_(d(z)[n, k] * x[n, k], n)),
    "two reads of one tensor": ([(z[n, m], v[n] * v[m])], v[n], sum_((d(z)[n, m] + d(z)[m, n]) * v[m], m)),
    "a diagonal": ([(z[n], y[n, n])], y[n, m], delta(n, m) * d(z)[n]),
    "an axis that the output adds": ([(z[n, m], v[n])], v[n], sum_(d(z)[n, m], m)),
    "a bound name that the left has primed": ([(z[other], sum_(v[n] ** 2, n))], v[n], 2 * v[n] * sum_(d(z)[m], m)),
    "two such names": ([(z[other, another], sum_(v[n] ** 2, n))], v[n], 2 * v[n] * sum_(d(z)[m, other], m, other)),
    "a bound name that is also the left's": ([(z[n], v[n] * sum_(v[n], n))], v[n], d(z)[n] * sum_(v[m], m)
                                             + sum_(d(z)[m] * v[m], m)),
    "one name bound twice": ([(z[k], u[k] * sum_(v[n] * sum_(v[n], n), n))], v[n], 2 * sum_(v[m], m)
                             * sum_(d(z)[k] * u[k], k)),
    "a label": ([(z[n], x[n, t[n]] ** 2)], x[n, k], 2 * delta(k, t[n]) * x[n, t[n]] * d(z)[n]),
    "a label of another example": ([(z[n, m], x[n, t[m]])], x[n, k], sum_(delta(k, t[m]) * d(z)[n, m], m)),
    "an affine read": ([(z[n, k], x[n, k - 1])], x[n, k], sum_(delta(k, j - 1) * d(z)[n, j], j)),
    "a maximum": ([(z[n], max_(x[n, k], k))], x[n, k], delta(k, argmax_(x[n, j], j)) * d(z)[n]),
    "a number last": ([(z[n], Max(v[n], 0))], v[n], d(z)[n] * positive(v[n])),
    "a smallest with a number": ([(z[n], Min(1, v[n]))], v[n], d(z)[n] * positive(1 - v[n])),
    "a largest of three": ([(z[n], Max(v[n], 0, 1))], v[n], d(z)[n] * positive(v[n] - 1)),
    "an indicator is flat": ([(z[n], v[n] * positive(v[n]) + is_zero_at(v[n]))], v[n], d(z)[n] * positive(v[n])),
    "an unspecified function": ([(z[n], f(v[n]) * v[n])], v[n], d(z)[n] * (f(v[n]) + slope(v[n]) * v[n])),
    "a base and an exponent": ([(z[n, k], (1 + v[n] ** 2) ** u[k])], u[k],
                               sum_(d(z)[n, k] * (1 + v[n] ** 2) ** u[k] * log(1 + v[n] ** 2), n)),
    "an input that nothing reads": ([(z[n], v[n])], x[n, k], 0 * v[n]),
    "a step that nothing reads": ([(h[n, k], x[n, k]), (z[n], v[n])], x[n, k], 0 * v[n]),
    "a sum over everything": (
        [(z[n, k], x[n, k] / sqrt(1 + sum_(x[n, k] ** 2, n, k)))],
        x[n, k],
        d(z)[n, k] / sqrt(1 + total[0])
        - x[n, k] * sum_(d(z)[m, j] * x[m, j], m, j) / (1 + total[0]) / sqrt(1 + total[0]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_HAND)
def test_gives_the_gradient_worked_out_by_hand(name):
    assert shows(*BY_HAND[name])


def test_names_a_sum_over_everything():
    derived = derive(layer((z[n], v[n] * sum_(u[k], k))))
    named = derived.steps[0].left
    assert named.indices == (0,)
    assert is_zero(named - sum_(u[j], j), derived.meaning)


@pytest.mark.parametrize(
    "wrong",
    [
        ([(z[other], sum_(v[n] ** 2, n))], v[n], 2 * v[n] * d(z)[n]),
        ([(z[n], y[n, n])], y[n, m], d(z)[n]),
        ([(z[n, m], v[n] * v[m])], v[n], 2 * sum_(d(z)[n, m] * v[m], m)),
        ([(z[n], Max(v[n], 0))], v[n], d(z)[n] * (1 - positive(-v[n]))),
    ],
)
def test_shows_no_wrong_gradient(wrong):
    assert not shows(*wrong)


def test_refuses_a_function_of_two_arguments():
    with pytest.raises(ValueError, match="no rule differentiates f of 2 arguments"):
        derive(layer((z[n], f(v[n], v[n] ** 2))))


@pytest.mark.parametrize(
    ("pattern", "read", "used"),
    [
        (y[n, m], y[other, another], True),
        (y[n, m], y[r[n], another], True),
        (y[n, m], y[r[another], another], False),
        (y[n, m], y[2 * another, another], False),
        (y[n, m], y[another, n], False),
        (y[0, m], y[n, another], False),
    ],
)
def test_uses_an_assumption_where_it_holds(pattern, read, used):
    assumption = Assumption(sum_(pattern, m), 1)
    assert (use_assumptions(v[n] * sum_(read, another), [assumption]) == v[n]) is used


SIZES = {"N": 3, "K": 2, "d": 2}
COMPOSED = {
    "reads of every kind": [
        (h[n, k], sin(x[n, k] * v[n]) + sum_(y[n, m] * x[m, k], m)),
        (g[m], max_(h[m, k] * u[k], k) + y[m, m] ** 2 * h[m, t[m]]),
        (z[other, j], g[other] * tanh(x[other, j]) + sum_(exp(h[n, j] / 4) * y[n, other], n)),
    ],
    "sums in sums": [
        (h[n, k], exp(x[n, k] / 2) / sum_(exp(x[n, j] / 2), j)),
        (g[n], sum_(h[n, k] * u[k] * sum_(h[m, k] * v[m], m), k)),
        (z[n], g[n] * Abs(v[n]) / sqrt(1 + sum_(g[n] ** 2, n)) + cos(v[n])),
    ],
    "extrema of formulas": [
        (h[n, k], Max(x[n, k], u[k] * v[n], 0) - Min(x[n, k] ** 2, y[n, n])),
        (z[n], max_(h[n, k] + h[n, t[n]], k) * positive(v[n]) + log(1 + v[n] ** 2)),
    ],
}


@pytest.mark.parametrize("name", COMPOSED)
def test_agrees_with_differences_of_the_forward_formula(name):
    derived = derive(layer(*COMPOSED[name]))
    random = np.random.default_rng(7)
    arrays = {"x": (3, 2), "y": (3, 3), "u": (2,), "v": (3,)}
    given = {name: random.normal(size=shape) for name, shape in arrays.items()} | {"t": np.array([1, 0, 1])}
    output = _run(derived.steps, given)[name_of(derived.output)]
    seed = random.normal(size=output.shape)
    swept = _run(derived.gradients, {**_run(derived.steps, given), f"∂{name_of(derived.output)}": seed})
    for tensor, shape in arrays.items():
        for at in np.ndindex(*shape):
            step = np.zeros(shape)
            step[at] = 1e-6
            ahead, behind = (
                _run(derived.steps, {**given, tensor: given[tensor] + way * step})[name_of(derived.output)]
                for way in (1, -1)
            )
            difference = np.sum(seed * (ahead - behind)) / 2e-6
            assert swept[f"∂{tensor}"][at] == pytest.approx(difference, rel=1e-6, abs=1e-8)


def _run(steps, arrays):
    """The arrays, and those of the steps, one after the other."""
    for step in steps:
        named = tuple(i for i in step.left.indices if isinstance(i, Idx))
        values = World(arrays, SIZES).array(named, step.right)
        arrays = {**arrays, name_of(step.left): values if named else values.reshape(1)}
    return arrays

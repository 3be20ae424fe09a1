"""The fingerprint: what is true agrees, what is false does not, however it is dressed up."""

import ast
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sympy import (
    Abs,
    E,
    Expr,
    Float,
    Function,
    Idx,
    IndexedBase,
    Integer,
    Max,
    Min,
    Mod,
    Rational,
    Symbol,
    atan,
    cos,
    cosh,
    erf,
    exp,
    floor,
    gamma,
    isprime,
    log,
    pi,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

from derivations.fingerprint import agree
from derivations.fingerprint.field import HALF, PRIME
from derivations.layer import Assumption, Hyperparameter, Layer
from derivations.notation import (
    argmax_,
    as_written,
    axes,
    d,
    delta,
    is_zero_at,
    jacobian,
    labels,
    max_,
    positive,
    scalars,
    sum_,
    tensors,
)

n, m, i, i2, j, k, f, g = axes("n:N m:N i:D i2:D j:K k:K f:K g:K")
x, W, b, z, c, q, y, a, p, loss, lp, e, w, u, h = tensors("x W b z c q y a p loss lp e w u h")
s, r = scalars("s r")
t = labels("t")
F, G, dF = Function("F"), Function("G"), Function("F'")
N, D, K = (index.upper + 1 for index in (n, i, j))

LINEAR = Layer(
    "Linear",
    inputs=(x[n, i],),
    parameters=(W[j, i], b[j]),
    forward={z[n, j]: sum_(x[n, i] * W[j, i], i) + b[j]},
)
SQUARE = Layer("Square", inputs=(x[n, j],), parameters=(W[j, k],), forward={z[n, j]: sum_(x[n, k] * W[j, k], k)})
RBF = Layer(
    "RBF",
    inputs=(x[n, i],),
    parameters=(c[j, i],),
    hyperparameters=(Hyperparameter(s, 1.0, (s > 0,)),),
    forward={q[n, j]: sum_((x[n, i] - c[j, i]) ** 2, i), z[n, j]: exp(-q[n, j] / (2 * s**2))},
)
CROSS_ENTROPY = Layer(
    "CrossEntropy",
    inputs=(a[n, k],),
    target=y[n, k],
    target_as_label={y[n, k]: delta(k, t[n])},
    assumptions=(Assumption(sum_(y[n, k], k), Integer(1), {y[n, k]: delta(k, t[n])}),),
    forward={
        lp[n, k]: a[n, k] - log(sum_(exp(a[n, f]), f)),
        loss[n]: -sum_(y[n, k] * lp[n, k], k),
    },
)
BCE = Layer(
    "BCE",
    inputs=(a[n, i],),
    target=y[n, i],
    forward={
        p[n, i]: 1 / (1 + exp(-a[n, i])),
        loss[n, i]: -(y[n, i] * log(p[n, i]) + (1 - y[n, i]) * log(1 - p[n, i])),
    },
)
SOFTMAX = Layer("Softmax", inputs=(a[k],), forward={p[k]: exp(a[k]) / sum_(exp(a[f]), f)})
NORM = Layer(
    "Norm",
    inputs=(x[n, i],),
    hyperparameters=(Hyperparameter(s, 0.1, (s > 0,)),),
    forward={u[n]: sqrt(sum_(x[n, i] ** 2, i) + s), z[n, i]: x[n, i] / u[n]},
)
TANH = Layer("Tanh", inputs=(x[i],), forward={z[i]: tanh(x[i])})
RELU = Layer("ReLU", inputs=(x[i],), forward={z[i]: Max(x[i], 0)})
CHAIN = Layer("Chain", inputs=(x[i],), forward={u[i]: F(x[i]), z[i]: G(u[i] ** 2)})
PEAK = Layer("Peak", inputs=(x[n, k],), forward={z[n]: max_(x[n, k], k)})
HUBER = Layer(
    "Huber",
    inputs=(x[i],),
    hyperparameters=(Hyperparameter(s, 1.0, (s > 0,)),),
    forward={z[i]: positive(s - Abs(x[i])) * x[i] ** 2 / 2 + (1 - positive(s - Abs(x[i]))) * s * (Abs(x[i]) - s / 2)},
)
o, v, at = axes("o:P v:R at:H")
WINDOW = Layer("Window", inputs=(x[at],), parameters=(w[v],), forward={z[o]: sum_(w[v] * x[2 * o + v - 1], v)})
PLAIN = Layer("Plain", inputs=(x[i], y[i], u[i]), forward={z[i]: x[i]})
X, Y, U = x[i], y[i], u[i]
A = a[n, i]
P = exp(a[n, k]) / sum_(exp(a[n, f]), f)

# Nothing may be rearranged: evaluated, SymPy turns √(x²) into |x| and the statement into x = x.
with as_written():
    TRUE: dict[str, tuple[Layer, Expr, Expr]] = {
        "exp of a sum": (PLAIN, exp(X + Y), exp(X) * exp(Y)),
        "root of exp": (PLAIN, sqrt(exp(X)), exp(X / 2)),
        "cube root of exp": (PLAIN, exp(X) ** Rational(1, 3), exp(X / 3)),
        "abs as a root": (PLAIN, Abs(X), sqrt(X**2)),
        "abs of a difference as a root": (PLAIN, Abs(X - Y), sqrt((X - Y) ** 2)),
        "max minus max": (PLAIN, Max(X, 0) - Max(-X, 0), X),
        "max and min": (PLAIN, Max(X, Y) + Min(X, Y), X + Y),
        "max by abs": (PLAIN, Max(X, Y), (X + Y + Abs(X - Y)) / 2),
        "three signs": (PLAIN, positive(X) + positive(-X) + is_zero_at(X), Integer(1)),
        "sign": (PLAIN, sign(X) * X, Abs(X)),
        "indicator of a root": (PLAIN, positive(sqrt(X**2 + 1) - X), Integer(1)),
        "zero of a tie": (PLAIN, is_zero_at(X - Y) * (X - Y), Integer(0)),
        "log of exp": (PLAIN, log(exp(X)), X),
        "exp of log": (PLAIN, exp(log(X)), X),
        "log of a product": (PLAIN, log(exp(X) * (1 + exp(Y))), X + log(1 + exp(Y))),
        "log of a quotient": (PLAIN, log((X**2 + 1) / (Y**2 + 1)), log(X**2 + 1) - log(Y**2 + 1)),
        "log of a root": (PLAIN, log(sqrt(X**2 + 1)), log(X**2 + 1) / 2),
        "log of numbers": (PLAIN, log(Integer(6)), log(Integer(2)) + log(Integer(3))),
        "powers of a log": (PLAIN, exp(X * log(Y)), Y**X),
        "softplus": (PLAIN, log(1 + exp(X)), X + log(1 + exp(-X))),
        "softplus by max": (PLAIN, log(1 + exp(X)), Max(X, 0) + log(1 + exp(-Abs(X)))),
        "pythagoras": (PLAIN, sin(X) ** 2 + cos(X) ** 2, Integer(1)),
        "tangent": (PLAIN, tan(X), sin(X) / cos(X)),
        "addition of angles": (PLAIN, sin(X + Y), sin(X) * cos(Y) + cos(X) * sin(Y)),
        "hyperbolic": (PLAIN, cosh(X) ** 2 - sinh(X) ** 2, Integer(1)),
        "tanh by sigmoid": (PLAIN, tanh(X), 2 / (1 + exp(-2 * X)) - 1),
        "odd functions": (PLAIN, atan(-X) + erf(-X), -atan(X) - erf(X)),
        "tan of atan": (PLAIN, tan(atan(X)), X),
        "exp twice": (PLAIN, exp(exp(X)) ** 2, exp(2 * exp(X))),
        "exp of a product of exps": (PLAIN, exp(exp(X) * exp(Y)), exp(exp(X + Y))),
        "e": (PLAIN, E ** (X + 1), E * exp(X)),
        "pi": (PLAIN, sqrt(pi) ** 2 * X, pi * X),
        "as typed": (BCE, (1 + exp(-A)) - 1, exp(-A)),
        "typed exponent": (PLAIN, (X**2 + 1) ** (-1 * Rational(1, 2)), 1 / sqrt(X**2 + 1)),
        "bound and free": (LINEAR, sum_(x[n, i], i) * x[n, i], sum_(x[n, i] * x[n, i2], i2)),
        "sizes": (PLAIN, sum_(Integer(1), i) * X, D * X),
        "floor": (WINDOW, x[at] * (2 * floor(Rational(1, 2) * at) + Mod(at, 2)), x[at] * at),
        "linear x": (LINEAR, d(x)[n, i], sum_(d(z)[n, j] * W[j, i], j)),
        "linear W": (LINEAR, d(W)[j, i], sum_(d(z)[n, j] * x[n, i], n)),
        "linear b": (LINEAR, d(b)[j], sum_(d(z)[n, j], n)),
        "linear jacobian": (LINEAR, jacobian(z[n, j], x[m, i]), delta(n, m) * W[j, i]),
        "rbf q": (RBF, d(q)[n, j], -d(z)[n, j] * z[n, j] / (2 * s**2)),
        "rbf x": (RBF, d(x)[n, i], sum_(d(z)[n, j] * z[n, j] * (c[j, i] - x[n, i]) / s**2, j)),
        "rbf c": (RBF, d(c)[j, i], sum_(d(z)[n, j] * z[n, j] * (x[n, i] - c[j, i]) / s**2, n)),
        "rbf by its root": (RBF, exp(-(sqrt(q[n, j]) ** 2) / (2 * s**2)), z[n, j]),
        "cross-entropy": (CROSS_ENTROPY, d(a)[n, k], d(loss)[n] * (P - y[n, k])),
        "cross-entropy jacobian": (CROSS_ENTROPY, jacobian(loss[n], a[n, k]), exp(lp[n, k]) - y[n, k]),
        "log-softmax": (CROSS_ENTROPY, exp(lp[n, k]), P),
        "log-softmax, log": (CROSS_ENTROPY, lp[n, k], log(P)),
        "log-softmax for every shift": (
            CROSS_ENTROPY,
            lp[n, k],
            a[n, k] - h[n] - log(sum_(exp(a[n, f] - h[n]), f)),
        ),
        "log-softmax by the maximum": (
            CROSS_ENTROPY,
            lp[n, k],
            a[n, k] - max_(a[n, f], f) - log(sum_(exp(a[n, f] - max_(a[n, g], g)), f)),
        ),
        "bce": (BCE, d(a)[n, i], d(loss)[n, i] * (p[n, i] - y[n, i])),
        "bce p": (BCE, d(p)[n, i], d(loss)[n, i] * (p[n, i] - y[n, i]) / (p[n, i] * (1 - p[n, i]))),
        "bce by softplus": (BCE, loss[n, i], log(1 + exp(A)) - A * y[n, i]),
        "softmax jacobian": (SOFTMAX, jacobian(p[j], a[k]), p[j] * (delta(j, k) - p[k])),
        "softmax gradient": (SOFTMAX, d(a)[k], p[k] * (d(p)[k] - sum_(d(p)[f] * p[f], f))),
        "norm": (
            NORM,
            d(x)[n, i],
            (d(z)[n, i] - z[n, i] * sum_(d(z)[n, i2] * z[n, i2], i2)) / u[n],
        ),
        "tanh": (TANH, d(x)[i], d(z)[i] * (1 - z[i] ** 2)),
        "relu": (RELU, d(x)[i], d(z)[i] * positive(x[i])),
        "chain": (CHAIN, d(x)[i], d(z)[i] * Function("G'")(u[i] ** 2) * 2 * F(X) * dF(X)),
        "peak": (PEAK, d(x)[n, k], d(z)[n] * delta(k, argmax_(x[n, f], f))),
        "peak at its place": (PEAK, z[n], x[n, argmax_(x[n, k], k)]),
        "huber": (HUBER, d(x)[i], d(z)[i] * Max(-s, Min(s, x[i]))),
        "window x": (WINDOW, d(x)[at], sum_(d(z)[o] * w[at - 2 * o + 1], o)),
        "window w": (WINDOW, d(w)[v], sum_(d(z)[o] * x[2 * o + v - 1], o)),
        "window by delta": (WINDOW, z[o], sum_(w[v] * x[at] * delta(at, 2 * o + v - 1), v, at)),
    }


NOT_IN_THE_FIELD = {"addition of angles", "tan of atan", "exp of a product of exps"}


@pytest.mark.parametrize("name", TRUE)
def test_true_statements_agree(name: str) -> None:
    layer, left, right = TRUE[name]
    opinion = agree(layer, left, right)
    assert left != right, "nothing to show"
    assert opinion.verdict == "agree", opinion
    assert opinion.sizes is None
    assert opinion.method == ("balls" if name in NOT_IN_THE_FIELD else "field"), opinion.reason
    assert opinion.method == "balls" or opinion.log2_bound < -100


with as_written():
    FALSE: dict[str, tuple[Layer, Expr, Expr]] = {
        # gradients and indices
        "wrong sign": (LINEAR, d(x)[n, i], -sum_(d(z)[n, j] * W[j, i], j)),
        "factor 2": (LINEAR, d(b)[j], 2 * sum_(d(z)[n, j], n)),
        "factor 1 + 1e-6": (LINEAR, d(b)[j], Rational(1000001, 1000000) * sum_(d(z)[n, j], n)),
        "factor 1 + 1e-60": (LINEAR, d(b)[j], (1 + Rational(1, 10**60)) * sum_(d(z)[n, j], n)),
        "factor 1 + 1e-300 on exp": (PLAIN, exp(X), (1 + Rational(1, 10**300)) * exp(X)),
        "missing sum": (LINEAR, d(x)[n, i], d(z)[n, j] * W[j, i]),
        "sum too many": (LINEAR, d(W)[j, i], sum_(d(z)[n, j] * x[n, i], n, j)),
        "swapped index": (LINEAR, d(W)[j, i], sum_(d(z)[n, j] * x[n, i2], n)),
        "transposed, both axes K": (SQUARE, z[n, j], sum_(x[n, k] * W[k, j], k)),
        "gradient transposed": (SQUARE, d(x)[n, k], sum_(d(z)[n, j] * W[k, j], j)),
        "transposed, axes differ": (LINEAR, jacobian(z[n, j], x[n, i]), W[i, j]),
        "lost delta": (LINEAR, jacobian(z[n, j], x[m, i]), W[j, i]),
        "delta of the wrong pair": (LINEAR, jacobian(z[n, j], b[k]), delta(n, k)),
        "mean for sum": (LINEAR, d(b)[j], sum_(d(z)[n, j], n) / N),
        "bias forgotten": (LINEAR, z[n, j], sum_(x[n, i] * W[j, i], i)),
        "another example": (LINEAR, d(x)[n, i], sum_(d(z)[m, j] * W[j, i], j)),
        "rbf sign": (RBF, d(c)[j, i], sum_(d(z)[n, j] * z[n, j] * (c[j, i] - x[n, i]) / s**2, n)),
        "rbf s for s²": (RBF, d(q)[n, j], -d(z)[n, j] * z[n, j] / (2 * s)),
        "rbf step for its output": (RBF, d(q)[n, j], -d(z)[n, j] * q[n, j] / (2 * s**2)),
        "softmax without delta": (SOFTMAX, jacobian(p[j], a[k]), p[j] * (1 - p[k])),
        "softmax diagonal only": (SOFTMAX, jacobian(p[j], a[k]), delta(j, k) * p[j] * (1 - p[k])),
        "softmax, p_k twice": (SOFTMAX, jacobian(p[j], a[k]), p[k] * (delta(j, k) - p[k])),
        "softmax gradient, no sum": (SOFTMAX, d(a)[k], p[k] * (1 - p[k]) * d(p)[k]),
        "cross-entropy plus": (CROSS_ENTROPY, d(a)[n, k], d(loss)[n] * (P + y[n, k])),
        "cross-entropy, no delta": (CROSS_ENTROPY, d(a)[n, k], P - y[n, k]),
        "cross-entropy p": (CROSS_ENTROPY, d(lp)[n, k], d(loss)[n] * (P - y[n, k])),
        "shift forgotten": (CROSS_ENTROPY, lp[n, k], a[n, k] - log(sum_(exp(a[n, f] - h[n]), f))),
        "max for the sum": (CROSS_ENTROPY, lp[n, k], a[n, k] - max_(a[n, f], f)),
        "bce σ′ left in": (BCE, d(a)[n, i], d(loss)[n, i] * (p[n, i] - y[n, i]) * p[n, i] * (1 - p[n, i])),
        "bce softplus sign": (BCE, loss[n, i], log(1 + exp(-A)) - A * y[n, i]),
        "tanh of the input": (TANH, d(x)[i], d(z)[i] * (1 - x[i] ** 2)),
        "tanh without square": (TANH, d(x)[i], d(z)[i] * (1 - z[i])),
        "norm, projection lost": (NORM, d(x)[n, i], d(z)[n, i] / u[n]),
        "norm, power of u": (NORM, d(u)[n], -sum_(d(z)[n, i] * x[n, i], i) / u[n]),
        "chain, no F′": (CHAIN, d(x)[i], d(z)[i] * Function("G'")(u[i] ** 2) * 2 * u[i]),
        "chain, G for G′": (CHAIN, d(u)[i], d(z)[i] * G(u[i] ** 2) * 2 * u[i]),
        "an unspecified f is no line": (PLAIN, F(X + Y), F(X) + F(Y)),
        "an unspecified f is not even": (PLAIN, F(X), F(-X)),
        "F′ is not F": (PLAIN, dF(X), F(X)),
        "window, off by one": (WINDOW, d(x)[at], sum_(d(z)[o] * w[at - 2 * o], o)),
        "window, stride lost": (WINDOW, d(w)[v], sum_(d(z)[o] * x[o + v - 1], o)),
        "window, kernel turned": (WINDOW, d(x)[at], sum_(d(z)[o] * w[2 * o - at + 1], o)),
        "window, edge forgotten": (WINDOW, z[o], sum_(w[v] * x[2 * o + v - 1] * positive(v), v) + 0 * z[o]),
        "peak at every tie": (PEAK, d(x)[n, k], d(z)[n] * is_zero_at(x[n, k] - z[n])),
        "peak, argmax of another": (PEAK, d(x)[n, k], d(z)[n] * delta(k, argmax_(-x[n, f], f))),
        # sizes
        "true at 1 only": (PLAIN, sum_(X, i), sum_(X, i) * D),
        "true at 2 only": (PLAIN, sum_(Integer(1), i) * sum_(Y, i), 2 * sum_(Y, i)),
        "true at 1 and 2": (PLAIN, D**2 * X, (3 * D - 2) * X),
        "true at 0, 1 and 2": (PLAIN, D**3 * sum_(X, i), (3 * D**2 - 2 * D) * sum_(X, i)),
        "false at 3 only": (PLAIN, X + delta(D, 3), X),
        "false at 4 only": (PLAIN, X + delta(D, 4), X),
        "false at 5 only": (PLAIN, X + delta(D, 5), X),
        "true up to 2, by a delta": (PLAIN, X * delta(i, 2), Integer(0) * X),
        "false at 0 only": (
            LINEAR,
            sum_(x[n, i], n) / N,
            sum_(x[n, i], n) * N**-1 + delta(D, D) * delta(K, 0),
        ),
        "square of a sum": (PLAIN, sum_(X, i) ** 2, sum_(X**2, i)),
        "sum of a product": (PLAIN, sum_(X * Y, i), sum_(X, i) * sum_(Y, i)),
        # one point, one region
        "abs is not x": (PLAIN, sqrt(X**2), X),
        "abs with a sign": (PLAIN, Abs(X), -sqrt(X**2)),
        "abs at the other side": (PLAIN, Abs(X - Y), Abs(X) - Abs(Y)),
        "root of a sum": (PLAIN, sqrt(X**2 + Y**2), Abs(X) + Abs(Y)),
        "indicator at 0": (PLAIN, positive(X) + positive(-X), Integer(1)),
        "never 0": (PLAIN, is_zero_at(X), Integer(0)),
        "never tied": (PLAIN, is_zero_at(X - Y), Integer(0)),
        "never tied with a number": (PLAIN, is_zero_at(X - 7), Integer(0)),
        "never tied with a half": (PLAIN, is_zero_at(2 * X + 3 * Y - 1), Integer(0)),
        "never tied thrice": (PLAIN, is_zero_at(X - Y) * is_zero_at(Y), Integer(0)),
        "no tie of magnitudes": (PLAIN, is_zero_at(Abs(X) - Abs(Y)), is_zero_at(X - Y)),
        "≥ for >": (RELU, d(x)[i], d(z)[i] * (1 - positive(-x[i]))),
        "relu of the wrong side": (RELU, d(x)[i], d(z)[i] * positive(-x[i])),
        "relu of the gradient": (RELU, d(x)[i], Max(d(z)[i], 0)),
        "min for max": (PLAIN, Max(X, Y), Min(X, Y)),
        "max with a far number": (PLAIN, Max(X, -20), X),
        "clipped at a far number": (PLAIN, Min(X, 20), X),
        "sign at 0": (PLAIN, sign(X), 2 * positive(X) - 1),
        "huber unclipped": (HUBER, d(x)[i], d(z)[i] * x[i]),
        "last of a tie": (PEAK, argmax_(x[n, k], k) * z[n], (K - 1 - argmax_(x[n, k], k)) * z[n]),
        "max of a sum": (PEAK, max_(x[n, k] + x[m, k], k), z[n] + z[m]),
        # functions
        "exp of a product": (PLAIN, exp(X * Y), exp(X) * exp(Y)),
        "exp of a square": (PLAIN, exp(X) ** X, exp(2 * X)),
        "exp is no polynomial": (PLAIN, exp(X), 1 + X + X**2 / 2),
        "e is not 4": (PLAIN, E * X, 4 * X),
        "pi is not 22/7": (PLAIN, pi * X, Rational(22, 7) * X),
        "log of a sum": (PLAIN, log(exp(X) + exp(Y)), X + Y),
        "log, sign of a factor": (PLAIN, log(exp(X) / (1 + exp(Y))), X + log(1 + exp(Y))),
        "log of a number": (PLAIN, log(Integer(6)), log(Integer(2)) + log(Integer(4))),
        "softplus without max": (PLAIN, log(1 + exp(X)), log(1 + exp(-Abs(X)))),
        "root of a root": (PLAIN, sqrt(sqrt(X**2 + 1)), sqrt(X**2 + 1)),
        "roots that the field may lack, in one region": (PLAIN, Max(X, sqrt(29 * Y**2)), Max(X, sqrt(31 * Y**2))),
        "logs that the field may lack, in one region": (PLAIN, exp(Min(X, log(29 * Y))), exp(Min(X, log(31 * Y)))),
        "root of a number": (PLAIN, sqrt(Integer(2)) * X, Rational(99, 70) * X),
        "sine of a sum": (PLAIN, sin(X + Y), sin(X) + sin(Y)),
        "sine of a double": (PLAIN, sin(2 * X), 2 * sin(X)),
        "cosine is not sine": (PLAIN, cos(X), sin(X)),
        "cosine is even": (PLAIN, cos(X), -cos(-X)),
        "tan by the wrong way": (PLAIN, tan(X), cos(X) / sin(X)),
        "pythagoras minus": (PLAIN, sin(X) ** 2 - cos(X) ** 2, Integer(1)),
        "hyperbolic plus": (PLAIN, cosh(X) ** 2 + sinh(X) ** 2, Integer(1)),
        "erf is not tanh": (PLAIN, erf(X), tanh(X)),
        "atan of a sum": (PLAIN, atan(X + Y), atan(X) + atan(Y)),
        "exp twice, once": (PLAIN, exp(exp(X)), exp(2 * X)),
        "gelu by tanh": (PLAIN, erf(X), tanh(2 * X / sqrt(pi))),
        # the field's own constants
        "the prime is not 0": (PLAIN, X + PRIME * Y, X),
        "the other prime is not 0": (PLAIN, exp(X / HALF), Integer(1)),
        "the prime in a product": (PLAIN, X * (PRIME + 1), X),
        "Fermat's little theorem": (PLAIN, X**PRIME, X),
        "a root of unity": (PLAIN, (X**2) ** HALF, Integer(1)),
        "the order of the exponents": (PLAIN, exp(X * HALF), Integer(1)),
        "the order of the exponents, hidden": (PLAIN, X + Y * (exp(U * HALF) - 1), X),
        "the inverse of the prime": (PLAIN, X / PRIME, Integer(0) * X),
    }


@pytest.mark.parametrize("name", FALSE)
def test_false_statements_are_not_agreed_to(name: str) -> None:
    opinion = agree(*FALSE[name])
    assert opinion.verdict != "agree", opinion
    if name not in BEYOND:
        assert opinion.verdict == "differ", opinion
        assert opinion.sizes is not None and opinion.reason


BEYOND = {
    "Fermat's little theorem",
    "a root of unity",
    "the order of the exponents",
    "the order of the exponents, hidden",
}
"""Too large for a ball to write down; "cannot" would do."""


@pytest.mark.parametrize("name", sorted(set(TRUE) - {"zero of a tie"}))
def test_what_is_true_is_false_when_changed(name: str) -> None:
    layer, left, right = TRUE[name]
    for wrong in (-1 * right, right * Rational(1000001, 1000000), right + Rational(1, 10**6)):
        assert agree(layer, left, wrong).verdict == "differ", wrong


# what is assumed


def test_an_assumption_is_used_and_needed() -> None:
    free = replace(CROSS_ENTROPY, assumptions=())
    statement = d(a)[n, k], d(loss)[n] * (P - y[n, k])
    total = sum_(y[n, k], k)
    assert agree(CROSS_ENTROPY, *statement).verdict == "agree"
    assert agree(free, *statement).verdict == "differ"
    assert agree(free, *statement, (Assumption(total, Integer(1)),)).verdict == "agree"
    assert agree(free, *statement, (Assumption(2 * total + 3, Integer(5)),)).verdict == "agree"
    assert agree(free, *statement, (Assumption(total, Integer(2)),)).verdict == "differ"
    assert agree(free, d(a)[n, k], d(loss)[n] * (total * P - y[n, k])).verdict == "agree"


def test_labels_stand_for_a_one_hot_target() -> None:
    one_hot = (Assumption(y[n, k], delta(k, t[n])),)
    assert agree(CROSS_ENTROPY, loss[n], -lp[n, t[n]], one_hot).verdict == "agree"
    assert agree(CROSS_ENTROPY, loss[n], -lp[n, t[n]]).verdict == "differ"
    assert agree(CROSS_ENTROPY, sum_(y[n, k] ** 2, k), Integer(1), one_hot).verdict == "agree"
    assert agree(CROSS_ENTROPY, sum_(y[n, k] ** 2, k), Integer(1)).verdict == "differ"
    assert agree(CROSS_ENTROPY, loss[n], -lp[n, t[m]], one_hot).verdict == "differ"


def test_an_example_serves_where_an_equation_cannot_be_solved() -> None:
    unit = Assumption(sum_(x[i] ** 2, i), Integer(1), {x[i]: delta(i, 0)})
    assert agree(PLAIN, sum_(x[i] ** 2, i) * y[j], y[j], (unit,)).verdict == "agree"
    without = agree(PLAIN, sum_(x[i] ** 2, i) * y[j], y[j], (replace(unit, example={}),))
    assert (without.verdict, "assumed" in without.reason) == ("cannot", True)


def test_an_assumption_between_sizes_chooses_the_sizes() -> None:
    statement = sum_(x[i], i) * D, sum_(x[i], i) * 2 * K
    assert agree(PLAIN, *statement, (Assumption(D, 2 * K),)).verdict == "agree"
    assert agree(PLAIN, *statement).verdict == "differ"


def test_nothing_follows_from_what_cannot_be() -> None:
    assert agree(PLAIN, X, X, (Assumption(Integer(0), Integer(1)),)).verdict == "cannot"


@pytest.mark.parametrize(
    ("conditions", "left", "right"),
    [
        ((r > 0,), sqrt(r**2), r),
        ((r < 0,), sqrt(r**2), -r),
        ((r > Rational(9, 10), r < 1), Abs(r - 1), 1 - r),
        ((r > 100,), Max(r, 100), r),
    ],
)
def test_conditions_on_a_scalar_hold(conditions: tuple[Expr, ...], left: Expr, right: Expr) -> None:
    layer = replace(PLAIN, hyperparameters=(Hyperparameter(r, 1.0, conditions),))
    assert agree(layer, left * X, right * X).verdict == "agree"
    assert agree(PLAIN, left * X, right * X).verdict == "differ"


def test_a_symbol_keeps_what_it_was_declared_to_be() -> None:
    with as_written():
        root = sqrt(Symbol("c", positive=True) ** 2)
    assert agree(PLAIN, root, Symbol("c", positive=True)).verdict == "agree"


# indices, labels, steps


def test_rows_picked_by_labels_add_up_where_labels_repeat() -> None:
    embedding = Layer("Embedding", inputs=(t[n],), parameters=(W[k, i],), forward={z[n, i]: W[t[n], i]})
    assert agree(embedding, d(W)[k, i], sum_(delta(k, t[n]) * d(z)[n, i], n)).verdict == "agree"
    assert agree(embedding, d(W)[t[n], i], d(z)[n, i]).verdict == "differ"


def test_a_stride_is_an_integer_symbol() -> None:
    stride = Symbol("S", integer=True, positive=True)
    layer = Layer("Strided", inputs=(x[at],), parameters=(w[v],), forward={z[o]: sum_(w[v] * x[stride * o + v], v)})
    assert agree(layer, d(x)[at], sum_(d(z)[o] * w[at - stride * o], o)).verdict == "agree"
    assert agree(layer, d(x)[at], sum_(d(z)[o] * w[at - 2 * o], o)).verdict == "differ"


def test_many_axes() -> None:
    image, kernel, out = IndexedBase("image"), IndexedBase("kernel"), IndexedBase("out")
    batch, ch, row, col, to, down, across, top, side = axes("n:N c:C h:H w:W k:K r:R s:S p:P q:Q")
    read = image[batch, ch, 2 * top + down - 1, side + across]
    layer = Layer(
        "Convolution",
        inputs=(image[batch, ch, row, col],),
        parameters=(kernel[to, ch, down, across],),
        forward={out[batch, to, top, side]: sum_(kernel[to, ch, down, across] * read, ch, down, across)},
    )
    given = d(out)[batch, to, top, side]
    assert agree(layer, d(kernel)[to, ch, down, across], sum_(given * read, batch, top, side)).verdict == "agree"
    for shift, verdict in ((1, "agree"), (0, "differ")):
        back = sum_(given * kernel[to, ch, row - 2 * top + shift, col - side], to, top, side)
        assert agree(layer, d(image)[batch, ch, row, col], back).verdict == verdict


def test_what_does_not_depend_has_no_derivative() -> None:
    assert agree(RBF, jacobian(q[n, j], z[m, k]), Integer(0)).verdict == "agree"
    assert agree(RBF, jacobian(z[n, j], z[m, k]), delta(n, m) * delta(j, k)).verdict == "agree"
    assert agree(PLAIN, d(y)[i], Integer(0)).verdict == "agree"


def test_outside_an_axis_is_0() -> None:
    assert agree(PLAIN, x[i + D] + x[i - D] + x[Rational(1, 2) + i], Integer(0)).verdict == "agree"
    assert agree(PLAIN, d(x)[i + D], Integer(0)).verdict == "agree"
    assert agree(PLAIN, sum_(x[i - 1], i), sum_(x[i], i) - x[D - 1]).verdict == "agree"


def test_a_tensor_that_is_declared_nowhere_may_be_anything() -> None:
    assert agree(PLAIN, h[i] * X - h[i] * Y, h[i] * (X - Y)).verdict == "agree"
    assert agree(PLAIN, h[i], h[i2]).verdict == "differ"


# where there is nothing to say


@pytest.mark.parametrize(
    ("layer", "left", "right", "why"),
    [
        (CROSS_ENTROPY, d(y)[n, k], Integer(0), "differentiated"),
        (PLAIN, d(h)[i], Integer(0), "differentiated"),
        (PLAIN, gamma(X), gamma(X), "gamma"),
        (PLAIN, Float("0.1") * X, X / 10, "fraction"),
        (PLAIN, x[i, j], X, "1 axes"),
        (PLAIN, labels("c")[i] * X, X, "label c"),
        (PLAIN, x[Idx("o")], X, "no axis"),
        (PLAIN, delta(X, 1), X, "integers"),
        (PLAIN, log(-1 - X**2), 2 * log(-1 - X**2), "defined"),
        (PLAIN, sqrt(-1 - X**2), sqrt(-2 - X**2), "defined"),
        (PLAIN, 1 / (is_zero_at(X) * positive(X)), Integer(3), "defined"),
        (PLAIN, X / (F(Y) - F(Y + D - D)), Integer(3), "zoo"),
    ],
)
def test_what_cannot_be_told_is_said(layer: Layer, left: Expr, right: Expr, why: str) -> None:
    opinion = agree(layer, left, right)
    assert opinion.verdict == "cannot"
    assert why in opinion.reason, opinion.reason


def test_a_formula_that_is_defined_at_empty_axes_only_is_not_agreed_to() -> None:
    with as_written():
        nowhere = sum_(X / (Y - Y), i)
    assert agree(PLAIN, nowhere, 2 * nowhere).verdict == "cannot"


def test_points_and_sizes_without_a_value_do_not_count() -> None:
    with as_written():
        opinion = agree(PLAIN, (x[i] - x[i2]) / (x[i] - x[i2]), Integer(1))
    assert opinion.verdict == "agree"
    peak = agree(PEAK, max_(2 * x[n, k], k), 2 * z[n])
    assert (peak.verdict, "nothing compared at K = 0" in peak.reason) == ("agree", True)


def test_a_product_of_logs_in_an_exponent_is_left_to_the_balls() -> None:
    with as_written():
        opinion = agree(PLAIN, exp(log(X) * log(Y)), X ** log(Y))
    assert (opinion.verdict, opinion.method, opinion.log2_bound) == ("agree", "balls", 0)


# the field, the witness, the independence


def test_the_field_is_what_it_says() -> None:
    assert isprime(PRIME) and isprime(HALF) and PRIME == 2 * HALF + 1
    assert all(pow(prime, HALF, PRIME) == 1 for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23))


def test_the_smallest_sizes_that_show_a_difference_are_named() -> None:
    opinion = agree(SQUARE, *FALSE["transposed, both axes K"][1:])
    assert (opinion.sizes, opinion.reason) == ({"K": 2, "N": 1}, "the two sides differ at K = 2, N = 1")
    assert agree(PLAIN, *FALSE["true at 1 and 2"][1:]).sizes in [{"D": size} for size in (3, 4, 5)]


def test_opinions_do_not_depend_on_the_hash_seed() -> None:
    program = "from tests.test_fingerprint import *\n" + "\n".join(
        f"print(agree(*{table}[{name!r}]))"
        for table, name in (("TRUE", "rbf x"), ("TRUE", "huber"), ("FALSE", "sine of a sum"), ("TRUE", "bce"))
    )
    root = Path(__file__).parent.parent
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_the_fingerprint_shares_no_code_with_the_normal_form() -> None:
    allowed = {"derivations.layer", "derivations.notation"}
    for path in Path(agree.__code__.co_filename).parent.glob("*.py"):
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(part, ast.ImportFrom) and str(part.module).startswith("derivations"):
                assert part.module in allowed or str(part.module).startswith("derivations.fingerprint"), path.name

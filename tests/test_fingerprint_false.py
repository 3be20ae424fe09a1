"""The fingerprint: what is false does not agree, however it is dressed up."""


import pytest
from sympy import (
    Abs,
    E,
    Expr,
    Function,
    Integer,
    Max,
    Min,
    Rational,
    atan,
    cos,
    cosh,
    erf,
    exp,
    log,
    pi,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

from derivations.derivation import derive
from derivations.fingerprint import agree
from derivations.fingerprint.field import HALF, PRIME
from derivations.layer import Layer
from derivations.layers.max_pooling import MAX_POOL1D
from derivations.notation import (
    argmax_,
    as_written,
    d,
    delta,
    is_zero_at,
    jacobian,
    max_,
    name_of,
    positive,
    sum_,
)
from tests.fingerprint_layers import (
    BCE,
    CHAIN,
    CROSS_ENTROPY,
    HUBER,
    LINEAR,
    NORM,
    PEAK,
    PLAIN,
    RBF,
    RELU,
    SOFTMAX,
    SQUARE,
    TANH,
    WINDOW,
    A,
    D,
    F,
    G,
    K,
    N,
    P,
    U,
    W,
    X,
    Y,
    a,
    at,
    b,
    c,
    dF,
    f,
    h,
    i,
    i2,
    j,
    k,
    loss,
    lp,
    m,
    n,
    o,
    p,
    q,
    s,
    u,
    v,
    w,
    x,
    y,
    z,
)
from tests.test_fingerprint import TRUE

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


@pytest.mark.parametrize("name", ["stride", "dilation"])
def test_a_lost_setting_of_a_maximum_is_seen(name: str) -> None:
    # Seen only with two taps or more, a setting of 2 or more and a window that fits: few sizes have all three.
    entry, right = next((s.left, s.right) for s in derive(MAX_POOL1D).gradients if name_of(s.left) == "∂x")
    assert agree(MAX_POOL1D, entry, right).verdict == "agree"
    setting = next(s for s in right.free_symbols if str(s) == name)
    assert agree(MAX_POOL1D, entry, right.xreplace({setting: Integer(1)})).verdict == "differ"

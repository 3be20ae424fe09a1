"""The fingerprint: what is true agrees, what is false does not, however it is dressed up."""

import pytest
from sympy import (
    Abs,
    E,
    Expr,
    Function,
    Integer,
    Max,
    Min,
    Mod,
    Rational,
    atan,
    cos,
    cosh,
    erf,
    exp,
    floor,
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
from derivations.fingerprint_field import HALF, PRIME
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
o, v, l = axes("o:P v:R l:H")
WINDOW = Layer("Window", inputs=(x[l],), parameters=(w[v],), forward={z[o]: sum_(w[v] * x[2 * o + v - 1], v)})
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
        "floor": (WINDOW, x[l] * (2 * floor(Rational(1, 2) * l) + Mod(l, 2)), x[l] * l),
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
        "window x": (WINDOW, d(x)[l], sum_(d(z)[o] * w[l - 2 * o + 1], o)),
        "window w": (WINDOW, d(w)[v], sum_(d(z)[o] * x[2 * o + v - 1], o)),
        "window by delta": (WINDOW, z[o], sum_(w[v] * x[l] * delta(l, 2 * o + v - 1), v, l)),
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
        "window, off by one": (WINDOW, d(x)[l], sum_(d(z)[o] * w[l - 2 * o], o)),
        "window, stride lost": (WINDOW, d(w)[v], sum_(d(z)[o] * x[o + v - 1], o)),
        "window, kernel turned": (WINDOW, d(x)[l], sum_(d(z)[o] * w[2 * o - l + 1], o)),
        "window, edge forgotten": (WINDOW, z[o], sum_(w[v] * x[2 * o + v - 1] * positive(v), v) + 0 * z[o]),
        "peak at every tie": (PEAK, d(x)[n, k], d(z)[n] * is_zero_at(x[n, k] - z[n])),
        "peak, argmax of another": (PEAK, d(x)[n, k], d(z)[n] * delta(k, argmax_(-x[n, f], f))),
        # sizes
        "true at 1 only": (PLAIN, sum_(X, i), sum_(X, i) * D),
        "true at 2 only": (PLAIN, sum_(Integer(1), i) * sum_(Y, i), 2 * sum_(Y, i)),
        "true at 1 and 2": (PLAIN, D**2 * X, (3 * D - 2) * X),
        "true at 0, 1 and 2": (PLAIN, D**3 * sum_(X, i), (3 * D**2 - 2 * D) * sum_(X, i)),
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
        "the inverse of the prime": (PLAIN, X / PRIME, Integer(0) * X),
    }


@pytest.mark.parametrize("name", FALSE)
def test_false_statements_are_not_agreed_to(name: str) -> None:
    opinion = agree(*FALSE[name])
    assert opinion.verdict != "agree", opinion
    if name not in BEYOND:
        assert opinion.verdict == "differ", opinion
        assert opinion.sizes is not None and opinion.reason


BEYOND = {"Fermat's little theorem", "a root of unity"}
"""Too large for a ball to write down; "cannot" is the answer then."""

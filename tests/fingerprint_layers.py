"""Layers and names that the tests of the fingerprint speak of."""


from sympy import (
    Abs,
    Function,
    Integer,
    Max,
    exp,
    log,
    sqrt,
    tanh,
)

from derivations.layer import Assumption, Hyperparameter, Layer
from derivations.notation import (
    axes,
    delta,
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

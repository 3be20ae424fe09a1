"""False claims with declarations, of several parts, under hypotheses, about labels."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Abs, Integer, exp

from derivations.layer import All, Assumption, At, Blank, Defines, Equal, Matrices, Matrix, Shape
from derivations.layers import document_2_last_layer as last
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.linear import LINEAR
from derivations.layers.nll_loss import NLL
from derivations.layers.softmax import SOFTMAX
from derivations.notation import axes, d, delta, jacobian, sum_, tensors
from tests.attacks.claim_cases import (
    LAST,
    PRODUCT,
    Case,
    K,
    W,
    a,
    b,
    c,
    equal,
    h,
    i,
    j,
    k,
    logp,
    loss,
    m,
    n,
    p,
    t,
    w,
    x,
    y,
    yhat,
    z,
)


def false_declarations() -> Iterator[Case]:
    """What is declared does not make these true."""
    at, by_b = last.a, jacobian(last.E[last.e], last.b[last.i])
    given = {at[last.i]: last.u[last.i] + last.b[last.i]}
    yield equal(LAST, by_b, 2 * last.by_a(last.i), declares=given)
    yield equal(LAST, by_b, -last.by_a(last.i), declares=given)
    yield equal(LAST, by_b, last.by_a(last.j), declares=given)
    yield equal(LAST, by_b, last.by_l(last.i), declares=given)
    yield equal(LAST, by_b, 0, declares=given)
    yield equal(LAST, by_b, last.by_a(last.i), declares={at[last.i]: last.u[last.i] - last.b[last.i]})
    yield equal(LAST, by_b, last.by_a(last.i), declares={at[last.i]: last.u[last.i] * last.b[last.i]})
    yield equal(LAST, by_b, last.by_a(last.i), declares={at[last.i]: last.u[last.i] + sum_(last.b[last.j], last.j)})
    yield equal(LAST, by_b, last.by_a(last.i), declares={at[last.i]: last.u[last.i] + last.b[last.i] ** 2 / 2})
    yield equal(LAST, by_b, by_b + last.b[last.i], declares=given)
    one = axes("e:1")[0]
    shared = {at[last.i]: last.u[last.i] + last.b[one]}
    yield equal(LAST, jacobian(last.E[last.e], last.b[one]), last.by_a(last.i), declares=shared)
    yield equal(PRODUCT, d(c)[k], d(x)[k], declares={x[k]: c[k] * w[k]})
    yield equal(PRODUCT, d(w)[k], d(z)[k] * c[k], declares={x[k]: c[k] * w[k]})
    yield equal(PRODUCT, d(c)[k], d(z)[k], declares={x[k]: c[k]})
    # What is declared leaves nothing of the input, or less than all: a is 0, x is a square or of one sign.
    yield equal(LAST, by_b, 0, declares={at[last.i]: last.b[last.i] - last.b[last.i]})
    yield equal(PRODUCT, z[k], w[k] * c[k] ** 2, declares={x[k]: c[k] ** 2})
    yield equal(PRODUCT, Abs(x[k]), x[k], declares={x[k]: Abs(c[k])})
    yield equal(PRODUCT, sum_(x[k], k), 0, declares={x[k]: K * c[k] - sum_(c[h], h)})
    yield equal(PRODUCT, sum_(x[k], k), 0, declares={x[k]: c[k] - sum_(c[h], h) / K})
    yield equal(PRODUCT, x[k], w[k], declares={x[k]: c[k], w[k]: c[k]})
    yield equal(PRODUCT, x[k], x[h], declares={x[k]: c[p] - c[p] + c[0]})
    # Declared instead of the target, of a loss that stays one.
    given = {last.o[last.i]: c[last.i]}
    yield equal(LAST, d(last.out)[last.i], 2 * (last.out[last.i] - c[last.i]), declares=given)


def false_together() -> Iterator[Case]:
    """All of several statements, one of them false or empty of meaning."""
    right, wrong = Equal(z[k], x[k] * w[k]), Equal(z[k], x[k])
    yield PRODUCT, All((right, wrong)), {}
    yield PRODUCT, All((wrong, right)), {}
    yield PRODUCT, All((All((right,)), All((right, All((wrong,)))))), {}
    yield PRODUCT, All((Defines(z[k], x[k] * w[k]), wrong)), {}
    yield PRODUCT, All((Defines(z[k], x[k] + w[k]), right)), {}
    yield PRODUCT, All((right, Blank(z[k], x[k]))), {}
    yield PRODUCT, All((right, Equal(x[k] / (x[k] - x[k]), Integer(1)))), {}
    yield PRODUCT, All((right, Shape(Matrix((k,), (h,), x[k] * w[h]), (K, K + 1)))), {}
    yield PRODUCT, All((right, Matrices(Matrix((k,), (h,), x[k] * w[h]), Matrix((h,), (k,), x[k] * w[h])))), {}
    yield PRODUCT, All((right, wrong)), {"at": At({K: 2})}
    yield PRODUCT, All((right, wrong)), {"at": At({K: 2}), "general": right}
    yield PRODUCT, right, {"at": At({K: 2}), "general": All((right, wrong))}
    yield LINEAR, All((Equal(z[n, j], sum_(x[n, i] * W[j, i], i)), Equal(d(b)[j], sum_(d(z)[n, j], n)))), {}


def false_hypotheses() -> Iterator[Case]:
    """Equations that a claim requires, and that do not make it true."""
    total = Assumption(sum_(y[n, k], k), 1, example={y[n, k]: delta(k, t[n])})
    yield equal(NLL, loss[n], -sum_(yhat[n, k], k), requires=(total,))
    yield equal(NLL, sum_(y[n, k], n), 1, requires=(total,))
    yield equal(NLL, sum_(y[n, k], n, k), 1, requires=(total,))
    yield equal(NLL, sum_(y[n, k], n, k), K, requires=(total,))
    yield equal(NLL, sum_(y[n, k] ** 2, k), 1, requires=(total,))
    yield equal(NLL, sum_(y[n, k] * yhat[n, k], k), yhat[n, 0], requires=(total,))
    yield equal(NLL, d(yhat)[n, k], -1, requires=(total,))
    yield equal(NLL, sum_(y[n, k] * sum_(y[n, h], h), k), sum_(y[n, k], k) + 1, requires=(total,))
    two = Assumption(sum_(y[n, k], k), 2, example={y[n, k]: 2 * delta(k, t[n])})
    yield equal(NLL, sum_(y[n, k], k), 3, requires=(total, two))
    yield equal(NLL, loss[n], 0, requires=(total, two))
    yield equal(CROSS_ENTROPY, sum_(y[n, k], k), 2, requires=(two,))
    # No example satisfies these.
    yield equal(NLL, loss[n], 0, requires=(Assumption(sum_(y[n, k], k), 1),))
    yield equal(NLL, loss[n], 0, requires=(Assumption(y[n, k] - y[n, k], 1, example={y[n, k]: delta(k, t[n])}),))
    yield equal(NLL, loss[n], 0, requires=(Assumption(exp(y[n, k]), 0, example={y[n, k]: delta(k, t[n])}),))
    yield equal(CROSS_ENTROPY, d(yhat)[n, k], exp(yhat[n, k]) / sum_(exp(yhat[n, h]), h) - 1)


def false_labels() -> Iterator[Case]:
    """Labels, and targets given by them."""
    yield equal(NLL, loss[n], -yhat[n, t[m]])
    yield equal(NLL, loss[n], -yhat[m, t[n]])
    yield equal(NLL, loss[n], -sum_(yhat[n, k] * delta(k, 0), k) - yhat[n, t[n]] * delta(t[n], 1), at=At({K: 2}))
    yield equal(NLL, d(yhat)[n, k], -delta(k, t[m]))
    yield equal(NLL, d(yhat)[n, t[m]], -1)
    yield equal(NLL, sum_(d(yhat)[n, t[n]], n), -1)
    yield equal(NLL, sum_(delta(t[n], k), n), 1)
    yield equal(NLL, delta(t[n], t[m]), delta(n, m))
    yield equal(NLL, (1 - delta(k, t[n])) * d(yhat)[n, k], -1)
    yield equal(CROSS_ENTROPY, jacobian(logp[n, k], yhat[n, t[n]]), delta(k, t[n]))
    yield equal(SOFTMAX, jacobian(tensors("p")[n, k], a[n, h]), tensors("p")[n, k] * (1 - tensors("p")[n, h]))
    yield equal(SOFTMAX, sum_(tensors("p")[n, k], n), 1)
    yield equal(SOFTMAX, sum_(tensors("p")[n, k], n, k), K)

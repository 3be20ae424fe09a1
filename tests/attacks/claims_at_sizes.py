"""False claims about examples with numbers and at fixed sizes."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Integer, Max, log

from derivations.layer import All, At, Defines, Equal, Matrices, Matrix, Product, Shape
from derivations.layers import document_2_last_layer as last
from derivations.layers.linear import LINEAR
from derivations.layers.mse_loss import MSE
from derivations.layers.nll_loss import NLL
from derivations.layers.sigmoid import SIGMOID
from derivations.layers.tanh import TANH
from derivations.notation import d, delta, jacobian, max_, sum_
from tests.attacks.claim_cases import (
    D_OUT,
    HALF,
    LAST,
    PRODUCT,
    RELU,
    UNITS,
    Case,
    D,
    K,
    N,
    W,
    a,
    equal,
    h,
    i,
    j,
    k,
    loss,
    m,
    n,
    w,
    x,
    y,
    yhat,
    z,
)


def false_examples() -> Iterator[Case]:
    """Examples with numbers."""
    ones = At({K: 2}, {x[k]: Integer(1)})
    yield equal(PRODUCT, z[k], 1, at=ones)
    yield equal(PRODUCT, z[0], w[1], at=ones)
    yield equal(PRODUCT, sum_(x[k], k), 1, at=ones)
    yield equal(PRODUCT, sum_(x[k], k), K, at=At({K: 2}, {x[k]: Integer(2)}))
    yield equal(PRODUCT, jacobian(z[k], w[k]), x[k] + 1, at=ones)
    yield equal(PRODUCT, d(w)[k], 1, at=ones)
    yield equal(PRODUCT, d(x)[k], 0, at=ones)
    step = At({K: 3}, {x[k]: k + 0 * w[k]})
    yield equal(PRODUCT, z[0], 1, at=At({K: 3}, {x[k]: k + 1, w[k]: k + 2}))
    yield equal(PRODUCT, sum_(z[k], k), 19, at=At({K: 3}, {x[k]: k + 1, w[k]: k + 2}))
    yield equal(PRODUCT, sum_(z[k], k), 20, at=At({K: 2}, {x[k]: k + 1, w[k]: k + 2}))
    yield equal(PRODUCT, z[2], 3 * w[2], at=step)
    probabilities = At({K: 2}, {yhat[n, k]: HALF + 0 * delta(k, 0), y[n, k]: delta(k, 1)})
    yield equal(NLL, loss[n], HALF, at=probabilities)
    yield equal(NLL, loss[n], -1, at=probabilities)
    yield equal(NLL, loss[n], -yhat[n, 0] - yhat[n, 1], at=probabilities)
    three = At({K: 3}, {y[n, k]: delta(k, 2)})
    yield equal(NLL, loss[n], -yhat[n, 1], at=three)
    yield equal(NLL, loss[n], yhat[n, 2], at=three)
    yield equal(NLL, loss[n], -yhat[n, 2], at=At({K: 3}, {y[n, k]: delta(k, 3)}))
    yield equal(NLL, jacobian(loss[n], yhat[n, 2]), 1, at=three)
    yield equal(NLL, jacobian(loss[n], yhat[n, 1]), -1, at=three)
    here = At({D: 2}, {yhat[n, i]: i + 1, y[n, i]: Integer(1)})
    yield equal(MSE, loss[n], 2, at=here)
    yield equal(MSE, loss[n], N, at=here)
    yield equal(MSE, jacobian(loss[n], yhat[n, 1]), 1, at=here)
    yield equal(MSE, jacobian(loss[n], yhat[n, 0]), 2, at=here)
    yield equal(MSE, jacobian(loss[n], yhat[m, 1]), 2, at=here)
    yield equal(TANH, z[n, i], 1, at=At({}, {a[n, i]: log(2) / 2}))
    yield equal(TANH, jacobian(z[n, i], a[n, i]), 0, at=At({}, {a[n, i]: Integer(0)}))
    yield equal(RELU, jacobian(z[k], x[k]), 1, at=At({}, {x[k]: Integer(0)}))
    yield equal(RELU, jacobian(z[k], x[k]), HALF, at=At({}, {x[k]: Integer(0)}))
    # A loss whose target is given is still a loss.
    yield equal(NLL, d(yhat)[n, 2], -2, at=three)
    yield equal(MSE, d(yhat)[n, i], 3, at=At({}, {y[n, i]: Integer(0), yhat[n, i]: Integer(1)}))
    yield equal(MSE, d(yhat)[n, i], 2 * d(loss)[n] + 1, at=At({}, {y[n, i]: Integer(0), yhat[n, i]: Integer(1)}))
    # Nothing has a value there.
    yield equal(SIGMOID, log(z[n, i] - 1), 5, at=At({}, {a[n, i]: Integer(0)}))
    yield PRODUCT, All((Equal(z[k], w[k]), Equal(z[k], w[k] + x[k] - 2))), {"at": ones}


def false_sizes() -> Iterator[Case]:
    """Claims at fixed sizes, true there by accident or false."""
    two = At({K: 2})
    yield equal(PRODUCT, sum_(z[k], k), z[0] + z[1] + z[1] - x[1] * w[0], at=two)
    yield equal(PRODUCT, sum_(z[k], k), z[0], at=At({K: 1}))
    yield equal(PRODUCT, sum_(z[k], k), 0, at=At({K: 0}))
    yield equal(PRODUCT, K, 2, at=two)
    yield equal(PRODUCT, K**2, 2 * K, at=two)
    yield equal(PRODUCT, sum_(k, k), K - 1, at=two)
    yield equal(PRODUCT, sum_(delta(k, 0), k), 1, at=At({K: 1}))
    yield equal(PRODUCT, sum_(delta(k, 1), k), 1, at=two)
    yield equal(PRODUCT, sum_(delta(k, 2), k), 1, at=two)
    yield equal(PRODUCT, delta(k, 0) + delta(k, 1), 1, at=two)
    yield equal(PRODUCT, delta(k, 0), 1, at=At({K: 1}))
    yield equal(PRODUCT, x[k], x[0], at=At({K: 1}))
    yield equal(PRODUCT, (x[0] + x[1]) ** 2, x[0] ** 2 + x[1] ** 2, at=two)
    yield equal(PRODUCT, z[k], sum_(z[h], h), at=At({K: 1}))
    yield equal(PRODUCT, jacobian(z[k], x[h]), w[k], at=At({K: 1}))
    yield equal(PRODUCT, max_(x[k], k), x[0], at=At({K: 1}))
    yield equal(PRODUCT, max_(x[k], k), Max(x[0], x[1]), at=two)
    yield equal(PRODUCT, max_(x[k], k), x[0], at=two, general=Equal(max_(x[k], k), max_(x[h], h)))
    yield equal(PRODUCT, x[0], x[1], at=two, general=Equal(x[k], x[k]))
    yield equal(PRODUCT, z[0], x[0] * w[0], at=two, general=Equal(z[k], x[k]))
    yield (
        PRODUCT,
        All((Equal(z[0], x[0] * w[0]), Equal(z[1], x[1] * w[0]))),
        {"at": two, "general": Equal(z[k], x[k] * w[k])},
    )
    yield (
        PRODUCT,
        All((Defines(z[0], x[0] * w[0]), Defines(z[1], x[0] * w[1]))),
        {"at": two, "general": Defines(z[k], x[k] * w[k])},
    )
    square = At({D: 2, D_OUT: 2})
    yield equal(LINEAR, W[j, i], W[j, 0] * delta(i, 0), at=square)
    by_row, by_column = Matrix((j,), (i,), d(W)[j, i]), Matrix((i,), (j,), d(W)[j, i])
    yield LINEAR, Matrices(by_row, by_column), {"at": square}
    yield LINEAR, Shape(by_row, (D, D_OUT)), {"at": square}
    yield LINEAR, Shape(by_row, (Integer(2), Integer(3))), {"at": square}
    batch, weights = Matrix((n,), (j,), d(z)[n, j]), Matrix((i,), (j,), W[j, i])
    yield LINEAR, Product(batch, weights, Matrix((n,), (i,), d(x)[n, i])), {"at": square}
    yield LINEAR, Product(batch, weights, Matrix((n,), (j,), d(z)[n, j])), {"at": square}
    three = At({UNITS: 3})
    yield equal(LAST, last.by_a(0), last.by_l(0) * jacobian(last.out[0], last.a[0]), at=At({UNITS: 2}))
    yield equal(LAST, sum_(last.out[last.i], last.i), 2, at=three)
    yield equal(
        LAST,
        last.out[0] + last.out[1] + last.out[2],
        1,
        at=three,
        general=Equal(sum_(last.out[last.i], last.i), Integer(3)),
    )
    yield equal(LAST, jacobian(last.out[0], last.a[1]), last.out[0] * last.out[1], at=three)
    yield equal(LAST, jacobian(last.out[last.i], last.a[last.j]), last.out[last.i] * (1 - last.out[last.i]), at=three)
    yield equal(
        LAST, jacobian(last.out[last.i], last.a[last.j]), last.out[last.i] * (1 - last.out[last.i]), at=At({UNITS: 1})
    )
    yield equal(LAST, last.by_a(last.i), 0, at=At({UNITS: 1}))

"""False claims about matrices, shapes, Jacobians, assumptions, labels and the gradients of layers."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Integer, Sum, evaluate, exp, log

from derivations.layer import Assumption, Defines, Equal, Layer, Matrices, Matrix, Product, Shape, Statement
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.linear import LINEAR
from derivations.notation import argmax_, as_written, d, delta, jacobian, max_, sum_, tensors
from tests.attacks.false_claim import (
    A,
    B,
    D,
    FalseClaim,
    K,
    N,
    claims,
    falling,
    h,
    i,
    indices,
    j,
    k,
    m,
    n,
    r,
    t,
    u,
    v,
    w,
    z,
)

y, yhat, logp, loss = tensors("y ŷ logp loss")


def false_matrices() -> tuple[FalseClaim, ...]:
    """All of this file."""
    with as_written():
        return (
            *(FalseClaim("matrices", statement) for statement in _matrices()),
            *(FalseClaim("matrices", statement, LINEAR) for statement in _matrices_of_linear()),
            *(FalseClaim("parts of axes", *pair) for pair in _parts_of_axes()),
            *(FalseClaim("axes of another tensor", *pair) for pair in _axes_of_another()),
            *claims("labels", _labels()),
            *claims("assumptions", _assumptions(), CROSS_ENTROPY),
            *(FalseClaim("assumptions", Equal(*sides), layer) for sides, layer in _assumed()),
        )


def _matrices() -> Iterator[Statement]:
    plain, transposed = Matrix((i,), (j,), A[i, j]), Matrix((j,), (i,), A[i, j])
    other = Matrix((j,), (k,), D[j, k])
    yield Matrices(plain, transposed)
    yield Matrices(plain, Matrix((i,), (j,), A[j, i]))
    yield Matrices(Matrix((n,), (i,), B[n, i]), Matrix((i,), (n,), B[n, i]))
    yield Matrices(Matrix((i, n), (), B[n, i]), Matrix((n, i), (), B[n, i]))
    yield Matrices(Matrix((i, j), (k,), A[i, j] * u[k]), Matrix((j, i), (k,), A[i, j] * u[k]))
    yield Matrices(Matrix((n, i), (j,), B[n, i] * u[j]), Matrix((i, n), (j,), B[n, i] * u[j]))
    yield Matrices(Matrix((n,), (i, j), B[n, i] * u[j]), Matrix((n,), (i, j), B[n, j] * u[i]))
    yield Matrices(Matrix((i,), (j,), sum_(A[i, k] * D[k, j], k)), Matrix((i,), (j,), sum_(D[i, k] * A[k, j], k)))
    yield Matrices(Matrix((n,), (i,), r[n] * u[i]), Matrix((n,), (i,), r[n] + u[i]))
    yield Product(plain, other, Matrix((i,), (k,), A[i, k] * D[i, k]))
    yield Product(plain, other, Matrix((i,), (k,), sum_(D[i, j] * A[j, k], j)))
    yield Product(transposed, other, Matrix((i,), (k,), sum_(A[i, j] * D[j, k], j)))
    yield Product(plain, transposed, Matrix((i,), (k,), sum_(A[j, i] * A[j, k], j)))
    yield Product(plain, Matrix((n,), (i,), B[n, i]), Matrix((i,), (j,), A[i, j]))
    yield Product(Matrix((n,), (i,), B[n, i]), Matrix((n,), (j,), B[n, j]), Matrix((i,), (j,), A[i, j]))
    yield Product(plain, other, Matrix((k,), (i,), sum_(A[i, j] * D[j, k], j)))
    yield Product(Matrix((), (n, i), B[n, i]), Matrix((i, n), (), B[n, i]), Matrix((), (), sum_(B[n, i] ** 2, n, i)))
    yield Shape(Matrix((n,), (i,), B[n, i]), (K, N))
    yield Shape(Matrix((n,), (i,), B[n, i]), (N, N))
    yield Shape(Matrix((n, i), (j,), B[n, i] * u[j]), (N + K, K))
    yield Shape(Matrix((n,), (i,), B[n, i]), (N, K + 1))
    yield Shape(Matrix((n,), (i,), B[n, i]), (N, K**2))
    yield Shape(Matrix((n,), (i,), B[n, i]), (N, Integer(2)))
    yield Shape(Matrix((n,), (i,), B[n, i]), (N, K + falling(K)))
    # Sizes are compared by the normal form alone: what misleads it misleads the judge.
    yield Shape(Matrix((n,), (i,), B[n, i]), (N, K - 1 + sum_(1 / K, k)))
    yield Shape(
        Matrix((n,), (i,), B[n, i]),
        (N, K + sum_(1 / (1 + sum_(A[k, h], h)), k) - sum_(1 / (1 + sum_(A[h, k], h)), k)),
    )
    yield Shape(Matrix((n,), (i,), B[n, i]), (N, K * delta(argmax_(max_(u[h], h), k), argmax_(u[h], h))))
    yield Shape(Matrix((n,), (), r[n]), (N, Integer(0)))


def _matrices_of_linear() -> Iterator[Statement]:
    n, i, j, m = indices("n:N i:d j:d' m:N")
    x, W, b, z = tensors("x W b z")
    weights, given = Matrix((j,), (i,), W[j, i]), Matrix((n,), (j,), d(z)[n, j])
    yield Shape(weights, (LINEAR.sizes["input"], LINEAR.sizes["output"]))
    yield Product(given, Matrix((i,), (j,), W[j, i]), Matrix((n,), (i,), d(x)[n, i]))
    yield Product(Matrix((n,), (i,), x[n, i]), weights, Matrix((n,), (j,), z[n, j]))
    yield Product(Matrix((j,), (n,), d(z)[n, j]), Matrix((m,), (i,), x[m, i]), Matrix((i,), (j,), d(W)[j, i]))
    yield Product(given, weights, Matrix((n,), (i,), 2 * d(x)[n, i]))
    yield Matrices(Matrix((j,), (i,), jacobian(z[n, j], x[n, i])), Matrix((i,), (j,), W[j, i]))
    yield Matrices(Matrix((j,), (i,), d(W)[j, i]), Matrix((j,), (i,), x[n, i] * d(z)[n, j]))
    yield Defines(z[n, j], sum_(x[n, i] * W[j, i], i) - b[j])
    yield Defines(z[n, j], sum_(x[n, i] + W[j, i], i) + b[j])


def _parts_of_axes() -> Iterator[tuple[Statement, Layer]]:
    """A sum over a part of an axis is not the sum over the axis."""
    n, k, f = indices("n:N k:K f:K")
    for low, high in ((1, K - 1), (0, K - 2), (0, 0)):
        part = Sum(exp(yhat[n, f]), (f, low, high))
        whole = exp(yhat[n, k]) / part - y[n, k]
        yield Equal(loss[n], -yhat[n, t[n]] + log(part)), CROSS_ENTROPY
        yield Equal(loss[n], log(part) - sum_(y[n, k] * yhat[n, k], k)), CROSS_ENTROPY
        yield Defines(loss[n], -log(exp(yhat[n, t[n]]) / part)), CROSS_ENTROPY
        yield Matrices(Matrix((n,), (k,), d(yhat)[n, k]), Matrix((n,), (k,), whole)), CROSS_ENTROPY
    n, i, j, h = indices("n:N i:d j:d' h:d")
    x, W, z = tensors("x W z")
    part = Sum(d(z)[n, j] * W[j, i], (j, 1, LINEAR.sizes["output"] - 1))
    yield Equal(d(x)[n, i], part), LINEAR
    yield Matrices(Matrix((n,), (i,), d(x)[n, i]), Matrix((n,), (i,), part)), LINEAR
    yield Product(Matrix((), (n,), Integer(1)), Matrix((n,), (i,), part), Matrix((), (i,), sum_(d(x)[n, i], n))), LINEAR
    within = Sum(x[n, h] * jacobian(z[n, j], x[n, h]), (h, 0, 0))
    yield Equal(within, sum_(x[n, i] * W[j, i], i)), LINEAR


def _axes_of_another() -> Iterator[tuple[Statement, Layer]]:
    """x is N × d, W is d' × d, ŷ is N × K: read along other axes they have no shape and no formula."""
    n, i, j, h, k = indices("n:N i:d j:d' h:d' k:K")
    x, W, z = tensors("x W z")
    d_in, d_out = LINEAR.sizes["input"], LINEAR.sizes["output"]
    given, weights = Matrix((n,), (j,), d(z)[n, j]), Matrix((j,), (h,), W[j, h])
    yield Shape(Matrix((n,), (j,), d(x)[n, j]), (N, d_out)), LINEAR
    yield Shape(Matrix((n,), (j,), x[n, j]), (N, d_out)), LINEAR
    yield Shape(Matrix((i,), (j,), d(W)[i, j]), (d_in, d_out)), LINEAR
    yield Shape(Matrix((n,), (i,), z[n, i]), (N, d_in)), LINEAR
    yield Shape(Matrix((k,), (n,), yhat[k, n]), (K, N)), CROSS_ENTROPY
    yield Shape(Matrix((k,), (n,), d(yhat)[k, n]), (K, N)), CROSS_ENTROPY
    yield Product(given, weights, Matrix((n,), (h,), d(x)[n, h])), LINEAR
    yield Matrices(Matrix((n,), (j,), d(x)[n, j]), Matrix((n,), (j,), sum_(d(z)[n, h] * W[h, j], h))), LINEAR
    yield Equal(d(x)[n, j], sum_(d(z)[n, h] * W[h, j], h)), LINEAR
    yield Equal(jacobian(z[n, i], x[n, j]), W[i, j]), LINEAR
    yield Equal(d(W)[i, j], sum_(d(z)[n, i] * x[n, j], n)), LINEAR
    yield Equal(x[n], x[n]), LINEAR


def _labels() -> Iterator[tuple[Expr, Expr | int]]:
    h, e = indices("h:H e:H")
    (x,) = (tensors("x"),)
    yield B[n, t[n]], B[n, i]
    yield B[n, t[n]], B[n, t[m]]
    yield B[m, t[n]], B[n, t[n]]
    yield u[t[n]], r[n]
    yield delta(t[n], t[m]), delta(n, m)
    yield sum_(delta(k, t[n]), n), 1
    yield sum_(delta(k, t[n]) * u[k], k), u[k]
    yield sum_(k * delta(k, t[n]), k), n
    yield sum_(delta(h, t[n]), h), 1
    yield sum_(delta(h, t[n]) * x[h], h), x[0]
    yield delta(t[n], 0), 0
    yield delta(t[n], K), 1
    yield t[n] * r[n], r[n]
    yield A[t[n], t[m]], A[t[m], t[n]]
    yield sum_(B[n, t[n]], n), sum_(B[n, k], n, k)
    yield falling(K) * u[t[n]], falling(K) * u[0]
    yield sum_(delta(e, h) * x[h], h) - x[e], 1


def _assumptions() -> Iterator[tuple[Expr, Expr | int]]:
    """Σ_k y[n, k] = 1 says nothing of ŷ, of squares, of columns, and not that y is one-hot."""
    n, k, f, m = indices("n:N k:K f:K m:N")
    yield sum_(yhat[n, k], k), 1
    yield sum_(y[n, k], n), 1
    yield sum_(y[n, k] ** 2, k), 1
    yield y[n, k] ** 2, y[n, k]
    yield y[n, k] * y[n, f], delta(k, f) * y[n, k]
    yield sum_(y[n, k] * yhat[n, k], k), sum_(yhat[n, k], k)
    yield sum_(y[n, k], n, k), 1
    yield sum_(y[n, k] * y[m, k], k), 1
    yield sum_(y[n, k] * y[n, k], n, k), N
    yield log(sum_(y[n, k], k)), 1
    yield sum_(y[k, k] if False else y[n, k] * delta(k, f), k), 1
    yield sum_(exp(y[n, k]), k), exp(Integer(1))


def _assuming() -> tuple[Layer, Layer, Layer]:
    """A layer that assumes equal row sums, one that assumes a sum of 1, one that contradicts itself."""
    given = (A[i, j], D[i, j], B[n, i], u[i], v[i], w[i], r[n])
    with evaluate(True):
        rows = Assumption(sum_(A[i, j], j), sum_(D[i, j], j), example={A[i, j]: D[i, j]})
        one = Assumption(sum_(u[k], k), 1, example={u[i]: delta(i, 0)})
        two = Assumption(sum_(u[k], k), 2, example={u[i]: 2 * delta(i, 0)})
    assumed = {"rows": (rows,), "one": (one,), "both": (one, two)}
    made = {name: Layer(name, inputs=given, forward={z[i]: u[i]}, assumptions=a) for name, a in assumed.items()}
    return made["rows"], made["one"], made["both"]


def _assumed() -> Iterator[tuple[tuple[Expr, Expr], Layer]]:
    rows, one, both = _assuming()
    weighted = sum_(v[i] * A[i, j], i, j)
    yield (weighted, sum_(v[i], i) * sum_(D[k, k], k)), rows
    yield (weighted, sum_(v[i] * D[i, i], i)), rows
    yield (falling(K) * weighted, falling(K) * sum_(v[i], i) * sum_(D[k, k], k)), rows
    yield (sum_(A[i, j], i), sum_(D[i, j], i)), rows
    yield (sum_(A[i, j] * v[j], j), sum_(D[i, j] * v[j], j)), rows
    yield (sum_(A[k, k], k), sum_(D[k, k], k)), rows
    yield (sum_(v[k], k), Integer(1)), one
    yield (sum_(u[k] ** 2, k), Integer(1)), one
    yield (sum_(u[k], k), Integer(2)), one
    yield (Integer(1), Integer(2)), both
    yield (sum_(u[k], k), Integer(2)), both
    yield (v[i], v[j]), both

"""False claims by names: captured indices, names that are used inside, and what is not in the language."""

from __future__ import annotations

from collections.abc import Iterator

import sympy
from sympy import (
    E,
    Expr,
    Float,
    Function,
    I,
    Idx,
    IndexedBase,
    Integer,
    Mul,
    Piecewise,
    Pow,
    Rational,
    Sum,
    Symbol,
    exp,
    nan,
    oo,
    pi,
    sin,
    sqrt,
    zoo,
)

from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.linear import LINEAR
from derivations.layers.rbf import RBF
from derivations.notation import as_written, d, delta, jacobian, max_, size_symbol, sum_, tensors
from tests.attacks.false_claim import (
    A,
    B,
    D,
    FalseClaim,
    K,
    N,
    claims,
    f,
    falling,
    h,
    i,
    indices,
    j,
    k,
    m,
    n,
    r,
    s,
    t,
    u,
    v,
    w,
)

RESERVED = ("%1.0", "%1.1", "%2.0", "~1", "~90", "~8", "~00", "A.0", "A.1", "#here", "k°0", "0°")
"""Index names such as the judges give to indices of their own."""


def false_names() -> tuple[FalseClaim, ...]:
    """All of this file."""
    with as_written():
        return (
            *claims("captured indices", _captured()),
            *claims("captured indices", _captured_in_gradients(), LINEAR),
            *claims("reserved index names", _reserved()),
            *claims("names used inside", _internal(), CROSS_ENTROPY),
            *claims("names used inside", _internal_of_rbf(), RBF),
            *claims("one name, two things", _ambiguous()),
            *claims("outside the language", _outside()),
            *claims("numbers", _numbers()),
        )


def _captured() -> Iterator[tuple[Expr, Expr | int]]:
    prime, double = indices("k':K k'':K")
    yield sum_(u[k] * sum_(v[k], k), k), sum_(u[k] * v[k], k)
    yield u[k] * sum_(v[k], k), sum_(u[k] * v[k], k)
    yield sum_(u[k], k) - u[k], 0
    yield sum_(sum_(A[k, h], k), h), sum_(sum_(A[k, k], k), h)
    yield sum_(A[k, prime], k), sum_(A[k, k], k)
    yield sum_(A[k, prime] * A[prime, double], prime), sum_(A[k, k] * A[k, double], k)
    yield sum_(A[k, prime], k) * u[prime], sum_(A[k, prime] * u[prime], k, prime)
    yield max_(A[k, prime], k), max_(A[k, k], k)
    yield max_(max_(A[k, h], k), h), max_(max_(A[k, k], k), h)
    yield sum_(max_(A[k, h], h), k), sum_(max_(A[k, k], k), k)
    yield sum_(exp(sum_(A[k, h], h)), k), sum_(exp(sum_(A[k, k], k)), k)
    yield sum_(delta(k, prime) * sum_(A[k, prime], k), prime), A[k, k]


def _captured_in_gradients() -> Iterator[tuple[Expr, Expr | int]]:
    """dx[n, i] = Σ_j δ[n, j]·W[j, i]; its j is not the j outside."""
    x, W, b, z = tensors("x W b z")
    n, i, j, h = indices("n:N i:d j:d' h:d'")
    yield sum_(W[j, i] * d(x)[n, i], j), sum_(W[j, i] * d(z)[n, j] * W[j, i], j)
    yield b[j] * d(x)[n, i], sum_(b[j] * d(z)[n, j] * W[j, i], j)
    yield sum_(x[n, i] * d(W)[j, i], n), sum_(x[n, i] ** 2 * d(z)[n, j], n)
    yield z[n, j] * d(b)[j], sum_(z[n, j] * d(z)[n, j], n)
    yield sum_(jacobian(z[n, j], x[n, i]) * W[h, i], i), W[h, i] * W[j, i]
    yield sum_(z[n, j] * W[j, i], j), sum_((sum_(x[n, i] * W[j, i] ** 2, i)), j)
    yield sum_(x[n, i] * z[n, j], i), sum_(x[n, i] ** 2 * W[j, i], i) + b[j] * sum_(x[n, i], i)


def _reserved() -> Iterator[tuple[Expr, Expr | int]]:
    for name in RESERVED:
        (inside,) = indices(f"{name}:K")
        yield sum_(A[k, inside], k), sum_(A[k, k], k)
        yield A[k + 1, inside], A[k + 1, k + 1]
        yield sum_(u[k] / (1 + sum_(A[k, h], h)), k), sum_(u[k] / (1 + A[k, inside]), k)
    for name in ("%1.0", "~90", "A.0"):
        (inside,) = indices(f"{name}:K")
        yield falling(K) * sum_(A[k, inside], k), falling(K) * sum_(A[k, k], k)


def _internal() -> Iterator[tuple[Expr, Expr | int]]:
    """Names that derived steps may have: a document's own tensor of that name is another thing."""
    yhat, loss, y = tensors("ŷ loss y")
    n, k, f = indices("n:N k:K f:K")
    for name in ("sum_exp", "sum", "δ", "m", "⌈", "∂", "∂∂ŷ", "∂y", "dŷ"):
        own = IndexedBase(name, real=True)
        yield own[n], sum_(exp(yhat[n, f]), f)
        yield own[n, k], d(yhat)[n, k]
    yield d(loss)[n], 2
    yield d(yhat)[n, k] * 0 + IndexedBase("∂loss", real=True)[n], 0
    yield y[n, k], d(yhat)[n, k]


def _internal_of_rbf() -> Iterator[tuple[Expr, Expr | int]]:
    x, c, z = tensors("x c z")
    n, i, j = indices("n:N i:d j:J")
    for name in ("sum", "q'", "∂sum", "u", "sum_2"):
        yield IndexedBase(name, real=True)[n, j], sum_((x[n, i] - c[j, i]) ** 2, i)
    yield d(IndexedBase("q", real=True))[n, j], d(z)[n, j]


def _ambiguous() -> Iterator[tuple[Expr, Expr | int]]:
    """One name for an index and a size, two axes, a tensor and a scalar; ranges that do not start at 0."""
    size = size_symbol("i")
    shifted, numeric = Idx("k", (1, K)), Idx("k", size_symbol("3"))
    other = Idx("i", N)
    yield size * u[i], i * u[i]
    yield sum_(u[k], k), u[shifted]
    yield u[shifted], u[k]
    yield shifted + 0, k + 0
    yield sum_(r[other], other) * u[i], sum_(r[n], n) * u[j]
    yield r[other] * u[i], r[n] * u[i]
    yield Symbol("N", real=True) * r[n], N * r[n]
    yield Symbol("s", integer=True, nonnegative=True) * r[n], s * r[n]
    yield Symbol("u", real=True) + u[i], 2 * u[i]
    yield Idx("q", size_symbol("2")) * v[k], k * v[k]
    yield sum_(IndexedBase("e", real=True)[numeric], numeric), sum_(IndexedBase("e", real=True)[k], k)
    yield Function("u")(s), u[i]
    yield IndexedBase("u", integer=True)[i] + 0 * v[i], v[i]


def _outside() -> Iterator[tuple[Expr, Expr | int]]:
    """What is not in the language may be refused or left open; it may not be taken for something else."""
    a, b = u[i], v[i]
    whole = Symbol("k", integer=True)
    yield Piecewise((a, a > 0), (-a, True)), a
    yield Piecewise((a, a > 0), (0, True)), a
    yield sympy.Heaviside(a), 1
    yield sympy.floor(a), a
    yield sympy.Mod(i, 2), i
    yield sympy.gamma(a), a
    yield sympy.factorial(N), N
    yield sympy.binomial(N, 2), N * (N - 1)
    yield sympy.re(a * I), a
    yield sympy.conjugate(a * I), a * I
    yield sympy.Product(u[k], (k, 0, K - 1)), sum_(u[k], k)
    yield Sum(u[k], (k, 1, K - 1)), sum_(u[k], k)
    yield Sum(u[k], (k, 0, K)), sum_(u[k], k)
    yield Sum(u[k], (k, 0, N - 1)), sum_(u[k], k)
    yield Sum(u[k], (k, 0, 1)), sum_(u[k], k)
    yield Sum(u[whole], (whole, 0, K - 2)), sum_(u[k], k)
    yield Sum(A[k, h], (h, 0, k), (k, 0, K - 1)), sum_(A[k, h], k, h)
    yield Sum(u[k], (k, K - 1, 0)), sum_(u[k], k)
    yield sympy.Derivative(s**2, s), s
    yield sympy.Integral(s, (s, 0, 1)), 1
    yield sympy.Limit(s, s, 0), 1
    yield sympy.Order(s), 0
    yield sympy.Max(a, oo), a
    yield Function("f")(a, b), f(a)
    yield sympy.KroneckerDelta(a, b), 0
    yield sympy.LambertW(s), s
    yield sympy.besselj(0, a), a
    yield sympy.atan2(a, b), sympy.atan(a)


def _numbers() -> Iterator[tuple[Expr, Expr | int]]:
    a = u[i]
    yield Float("0.1") + Float("0.2") - Rational(3, 10), Rational(1, 10)
    yield a * Float("0.1"), a / 5
    yield a * Float("1.0000000001"), a
    yield a + Float("1e-30"), a
    yield I * a, a
    yield Pow(I, 2), 1
    yield sqrt(Integer(-1)) ** 2, 1
    yield oo * a, oo * a + 1
    yield oo - oo, 0
    yield a + nan, a
    yield nan, nan + 1
    yield zoo * 0, 0
    yield E, Rational(2718281828, 1000000000)
    yield pi, Rational(22, 7)
    yield pi, Rational(31415926535897932384626433832795028841971, 10**40)
    yield sin(pi), 1
    yield exp(I * pi), 1
    yield sympy.GoldenRatio, Rational(1618, 1000)
    yield sqrt(Integer(2)), Rational(141421356, 10**8)
    yield sqrt(Integer(8)), 2 * sqrt(Integer(3))
    yield Pow(Integer(-8), Rational(1, 3)), -3
    yield Mul(Rational(1, 3), 3, evaluate=False) * a, a + Rational(1, 10**30)
    yield B[n, t[n]] * 0 + D[i, j] + w[m - m], D[j, i] + w[0]

"""False claims about indices, sums and sizes: coincidences, exchanged order, small and empty axes."""

from __future__ import annotations

from sympy import Add, Rational, exp, log, sqrt

from derivations.notation import argmax_, as_written, delta, max_, sum_
from tests.attacks.false_claim import (
    A,
    B,
    C,
    D,
    FalseClaim,
    K,
    N,
    claims,
    f,
    falling,
    h,
    i,
    j,
    k,
    m,
    n,
    p,
    q,
    r,
    u,
    v,
    w,
)


def false_algebra() -> tuple[FalseClaim, ...]:
    """All of this file."""
    with as_written():
        return (
            *claims("indices change places", _exchanged()),
            *claims("sums change places", _sums()),
            *claims("deltas", _deltas()),
            *claims("sums in denominators", _denominators()),
            *claims("true for small sizes", _small_sizes()),
            *claims("empty axes", _empty_axes()),
            *claims("maxima", _maxima()),
        )


def _exchanged():  # type: ignore[no-untyped-def]
    yield A[i, j], A[j, i]
    yield A[i, j], A[i, i]
    yield A[i, j], A[j, j]
    yield u[i] * v[j], u[j] * v[i]
    yield sum_(A[i, j] * u[j], j), sum_(A[j, i] * u[j], j)
    yield sum_(A[i, k] * D[k, j], k), sum_(D[i, k] * A[k, j], k)
    yield sum_(A[i, k] * A[j, k], k), sum_(A[k, i] * A[k, j], k)
    yield sum_(A[i, k] * A[k, j], k), sum_(A[j, k] * A[k, i], k)
    yield sum_(A[i, j] ** 2, i, j), sum_(A[i, j] * A[j, i], i, j)
    yield sum_(A[i, j] * A[j, k] * A[k, i], i, j, k), sum_(A[i, j] * A[j, k] * A[i, k], i, j, k)
    yield sum_(A[i, j] * D[i, j], i, j), sum_(A[i, j] * D[j, i], i, j)
    yield sum_(A[i, j] * u[i] * v[j], i, j), sum_(A[i, j] * v[i] * u[j], i, j)
    yield sum_(A[i, i], i), sum_(A[i, j], i, j)
    yield sum_(exp(A[i, j]) * u[j], j), sum_(exp(A[j, i]) * u[j], j)
    yield sum_(f(A[k, h]) * A[h, k], k, h), sum_(f(A[k, h]) * A[k, h], k, h)
    yield sum_(B[n, k] * u[k], k), sum_(B[n, k] * v[k], k)
    yield sum_(B[n, k] * B[m, k], k), sum_(B[n, k] ** 2, k)
    yield sum_(B[n, i] * B[n, j], n), sum_(B[n, i] * C[n, j], n)


def _sums():  # type: ignore[no-untyped-def]
    yield sum_(u[i] * v[i], i), sum_(u[i], i) * sum_(v[i], i)
    yield sum_(u[i], i) ** 2, sum_(u[i] ** 2, i)
    yield sum_(u[i] * v[i], i) ** 2, sum_(u[i] ** 2, i) * sum_(v[i] ** 2, i)
    yield sum_(u[i] / v[i], i), sum_(u[i], i) / sum_(v[i], i)
    yield exp(sum_(u[i], i)), sum_(exp(u[i]), i)
    yield log(sum_(exp(u[i]), i)), sum_(u[i], i)
    yield 1 / sum_(u[i], i), sum_(1 / u[i], i)
    yield sqrt(sum_(u[i] ** 2, i)), sum_(u[i], i)
    yield f(sum_(u[i], i)), sum_(f(u[i]), i)
    yield sum_(u[i] + 1, i), sum_(u[i], i) + 1
    yield sum_(u[i] + r[n], i), sum_(u[i], i) + r[n]
    yield sum_(B[n, k], n), sum_(B[n, k], k)
    yield sum_(sum_(B[n, k], k) ** 2, n), sum_(sum_(B[n, k], n) ** 2, k)
    yield sum_(u[i] ** 3, i), sum_(u[i] ** 2, i) * sum_(u[i], i)
    yield sum_((u[i] - v[i]) ** 2, i), sum_(u[i] ** 2, i) - sum_(v[i] ** 2, i)
    yield sum_(r[n], n) / K, sum_(r[n], n) / N


def _deltas():  # type: ignore[no-untyped-def]
    yield delta(i, j) * A[i, j], A[i, j]
    yield delta(i, j) * u[j], u[i]
    yield delta(i, j), delta(i, k)
    yield delta(i, j) * delta(j, k), delta(i, k)
    yield delta(i, j) + delta(j, k), delta(i, k) + delta(j, k)
    yield sum_(delta(i, k) * delta(j, k), k), 1
    yield sum_(delta(k, i) * u[k] * v[j], k), u[j] * v[j]
    yield sum_((1 - delta(i, k)) * u[k], k), sum_(u[k], k)
    yield sum_(delta(k, h) * u[k] * v[h], k, h), sum_(u[k] * v[h], k, h)
    yield sum_(delta(k, h), k, h), 1
    yield sum_(delta(k, k), k), 1
    yield sum_(A[k, h] * (delta(k, i) - delta(h, i)), k, h), 0
    yield sum_(delta(k + 1, i) * u[k], k), u[i]
    yield sum_(delta(k, i + 1) * u[k], k), sum_(delta(k + 1, i) * u[k], k)
    yield sum_(u[k + 1], k), sum_(u[k], k)
    yield u[i + 1], u[i]
    yield u[2 * i], u[i + i - 1]
    yield delta(2 * i, 2 * j + 1), delta(i, j)
    yield exp(delta(i, j) * u[i]), delta(i, j) * exp(u[i])
    yield delta(i, j) ** 2, 2 * delta(i, j) - 1


def _denominators():  # type: ignore[no-untyped-def]
    """An inner sum may not be captured by the outer one when denominators are multiplied out."""
    rows, columns = sum_(A[k, h], h), sum_(A[h, k], h)
    up, down = sum_(exp(A[k, h]), h), sum_(exp(A[h, k]), h)
    yield sum_(u[k] / (1 + rows), k), sum_(u[k] / (1 + columns), k)
    yield sum_(u[k] / (1 + up), k), sum_(u[k] / (1 + down), k)
    yield sum_(u[k] / (1 + up) ** 2, k), sum_(u[k] / (1 + down) ** 2, k)
    yield sum_(exp(u[k]) / (v[k] + up), k), sum_(exp(u[k]) / (v[k] + down), k)
    yield sum_(u[k] * v[k] / (w[k] + rows), k), sum_(u[k] * v[k] / (w[k] + columns), k)
    yield sum_(up / (1 + down), k) + sum_(1 / (1 + down), k), K
    yield sum_(1 / (1 + up), k), sum_(1 / (1 + down), k)
    yield sum_(u[k] / up, k), sum_(u[k] / down, k)
    yield sum_(u[k] / sqrt(1 + up), k), sum_(u[k] / sqrt(1 + down), k)
    yield sum_(u[k] * log(1 + up), k), sum_(u[k] * log(1 + down), k)
    yield sum_(exp(A[k, h]) / up, k, h), sum_(exp(A[k, h]) / down, k, h)
    yield sum_(f(u[k]) / (1 + rows), k), sum_(f(u[k]) / (1 + columns), k)
    yield falling(K) * sum_(u[k] / (1 + rows), k), falling(K) * sum_(u[k] / (1 + columns), k)
    yield falling(K) * sum_(1 / (1 + up), k), falling(K) * sum_(1 / (1 + down), k)
    yield falling(K) * (sum_(up / (1 + down), k) + sum_(1 / (1 + down), k)), falling(K) * K
    yield (
        sum_(D[i, k] / (1 + up), k) * falling(K),
        sum_(D[i, k] / (1 + down), k) * falling(K),
    )


def _small_sizes():  # type: ignore[no-untyped-def]
    yield sum_(u[i], i), u[j]
    yield sum_(u[i], i), K * u[j]
    yield sum_(1 + 0 * u[i], i), 1
    yield K**2, K
    yield K * (K - 1), 0
    yield K * (K - 1) * (K - 2), 0
    yield N * K, K
    yield falling(K, 4), 0
    yield falling(K), 0
    yield falling(K) * u[i], falling(K) * u[j]
    yield falling(K) * A[i, j], falling(K) * A[j, i]
    yield falling(N) * exp(r[n]), falling(N)
    yield (1 - delta(i, j)) * (1 - delta(j, k)) * (1 - delta(i, k)) * u[i], 0
    yield (
        (1 - delta(i, j)) * (1 - delta(j, k)) * (1 - delta(i, k)) * (1 - delta(i, h)) * (1 - delta(j, h))
        * (1 - delta(k, h)),
        0,
    )
    yield delta(i, 0) + delta(i, 1), 1
    yield Add(*(delta(i, value) for value in range(5))), 1
    yield delta(i, 5) * u[i], 0
    yield i * (i - 1), 0
    yield i * (i - 1) * (i - 2) * (i - 3) * (i - 4), 0
    yield sum_(1 - delta(i, k), k), 1
    yield sum_(u[i] / K, i), sum_(u[i], i)
    yield exp(u[i]) / sum_(exp(u[k]), k), 1
    yield sum_((u[i] - sum_(u[k], k) / K) ** 2, i), 0
    yield sum_((u[i] - sum_(u[k], k) / K) ** 2, i) / (K - 1), sum_((u[i] - sum_(u[k], k) / K) ** 2, i) / K
    yield sum_(u[i] * u[j] * (1 - delta(i, j)), i, j), 2 * u[p] * u[q]
    yield sum_(A[i, j] * A[j, i] - A[i, i] * A[j, j], i, j), 0


def _empty_axes():  # type: ignore[no-untyped-def]
    """A sum over an empty axis is 0, whatever its terms would have been."""
    yield sum_(1 / K, k), 1
    yield sum_(r[n] / K, k), r[n]
    yield sum_(exp(u[k]) / sum_(exp(u[h]), h), k), 1
    yield sum_(u[k] / sum_(u[h], h), k), 1
    yield sum_(1 / N, n) * u[i], u[i]
    yield sum_(sum_(exp(u[k]) / sum_(exp(u[h]), h), k), n), N


def _maxima():  # type: ignore[no-untyped-def]
    largest = max_(v[h], h)
    yield max_(u[k], k), sum_(u[k], k)
    yield max_(u[k] + v[k], k), max_(u[k], k) + max_(v[k], k)
    yield max_(u[k] * v[k], k), max_(u[k], k) * max_(v[k], k)
    yield max_(-u[k], k), -max_(u[k], k)
    yield max_(2 * u[k], k), max_(u[k], k)
    yield max_(B[n, k], k), max_(B[m, k], k)
    yield max_(A[i, k], k), max_(A[k, i], k)
    yield u[argmax_(u[k], k)], u[argmax_(v[k], k)]
    yield u[argmax_(-u[k], k)], max_(u[k], k)
    yield u[argmax_(largest, k)], u[argmax_(v[h], h)]
    yield u[argmax_(-largest, k)], u[argmax_(v[h], h)]
    yield u[argmax_(largest * r[n], k)], u[argmax_(v[h], h)]
    yield falling(K) * u[argmax_(largest, k)], falling(K) * u[argmax_(v[h], h)]
    yield falling(K) * delta(i, argmax_(-largest, k)), falling(K) * delta(i, argmax_(v[h], h))
    yield sum_(delta(k, argmax_(u[k], k)) * u[k], k), sum_(u[k], k)
    yield max_(exp(u[k]), k), exp(Rational(1, 2) * max_(2 * u[k] + 1, k))

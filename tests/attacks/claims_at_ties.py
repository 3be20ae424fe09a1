"""False claims about indicators and maxima, which fail only where two values are equal."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Abs, Integer, Max, Min, exp, sign, sqrt

from derivations.layer import At
from derivations.notation import argmax_, d, delta, is_zero_at, max_, positive, sum_
from tests.attacks.claim_cases import POOL, PROBE, B, Case, K, equal, h, k, m, n, u, v, w, z


def false_at_ties() -> Iterator[Case]:
    """Indicators: what fails only where two values are equal, or where a denominator is 0."""
    r, s, e = u[k], v[k], w[k]
    yield equal(PROBE, is_zero_at(r - s) * r, is_zero_at(r - s) * (s + e))
    yield equal(PROBE, is_zero_at(r - s) * r * e, is_zero_at(r - s) * s)
    yield equal(PROBE, is_zero_at(r**2 - s**2) * r, is_zero_at(r**2 - s**2) * s)
    yield equal(PROBE, is_zero_at(r * s) * r, 0)
    yield equal(PROBE, is_zero_at(r * s) * (r + s), 0)
    yield equal(PROBE, is_zero_at(r * s) * r * s * e, e)
    yield equal(PROBE, is_zero_at(r**2) * (r + 1), 0)
    yield equal(PROBE, is_zero_at(r + s) * (r - s), 0)
    yield equal(PROBE, is_zero_at(r + s) * (r**2 + s**2), 0)
    yield equal(PROBE, is_zero_at(r + s) * is_zero_at(r - s) * (r + 1), 0)
    yield equal(PROBE, is_zero_at(r - s) * is_zero_at(s - e) * (r - e + 1), 0)
    yield equal(PROBE, is_zero_at(r - s) * is_zero_at(s - e), is_zero_at(r - e))
    yield equal(PROBE, is_zero_at(r - s) + is_zero_at(s - r), 1)
    yield equal(PROBE, is_zero_at(r - 1) * r**2, is_zero_at(r - 1) * 2)
    yield equal(PROBE, is_zero_at(r - 1) * r**2, r)
    yield equal(PROBE, is_zero_at(r**2 + 1), is_zero_at(r))
    yield equal(PROBE, is_zero_at(r**2 - 1) * r, is_zero_at(r**2 - 1))
    yield equal(PROBE, is_zero_at(r**2 - 1), is_zero_at(r - 1))
    yield equal(PROBE, is_zero_at(r**3 - r) * r**2, is_zero_at(r**3 - r))
    yield equal(PROBE, is_zero_at(exp(r) - 1) * exp(r), is_zero_at(exp(r) - 1) * exp(s))
    yield equal(PROBE, is_zero_at(exp(r) - exp(s)) * r, is_zero_at(exp(r) - exp(s)) * s * 2)
    yield equal(PROBE, is_zero_at(sum_(u[h], h)) * r, 0)
    yield equal(PROBE, is_zero_at(sum_(u[h], h)) * sum_(u[h] ** 2, h), 0)
    yield equal(PROBE, is_zero_at(sum_(u[h], h)) * sum_(u[h] * v[h], h), 0)
    yield equal(PROBE, sum_(is_zero_at(u[h]) * v[h], h), 0)
    yield equal(PROBE, sum_(is_zero_at(u[h]), h), is_zero_at(sum_(u[h], h)))
    yield equal(PROBE, is_zero_at(sqrt(r) - 1) * r, is_zero_at(sqrt(r) - 1) * 2)
    yield equal(PROBE, is_zero_at(1 / r - 1) * r, r)
    yield equal(PROBE, is_zero_at(r - s) * (1 / r - 1 / e), 0)
    yield equal(PROBE, is_zero_at(r) * e + r * (e / r), 2 * e)
    yield equal(PROBE, is_zero_at(r - s) * (r**2 - s**2) / (r - s), is_zero_at(r - s) * 2 * r + 1)
    yield equal(PROBE, is_zero_at(r) / (1 + r), is_zero_at(r) * 2)
    yield equal(PROBE, is_zero_at(r) / (s + r), is_zero_at(r) / (s - r) + r)
    yield equal(PROBE, is_zero_at(r - s) / (r + s), is_zero_at(r - s) / r)
    yield equal(PROBE, positive(r) / r + is_zero_at(r), positive(r))
    yield equal(PROBE, positive(r) * r / Abs(r), 1)
    yield equal(PROBE, positive(r - s) * r + positive(s - r) * s, Max(r, s))
    yield equal(PROBE, positive(r - s) * positive(s - e), positive(r - e))
    yield equal(PROBE, positive(r - s) + positive(s - r), 1)
    yield equal(PROBE, positive(r * s), positive(r) * positive(s))
    yield equal(PROBE, positive(r) * is_zero_at(r - 1), is_zero_at(r))
    yield equal(PROBE, positive(r) * is_zero_at(r + 1), is_zero_at(r + 1))
    yield equal(PROBE, positive(r) * is_zero_at(r**2 - 1), is_zero_at(r**2 - 1))
    yield equal(PROBE, Max(r, s) * is_zero_at(r - s), is_zero_at(r - s) * (r + s))
    yield equal(PROBE, Max(r, s) - Max(s, e), Max(r, e) - s)
    yield equal(PROBE, Max(r, 0) ** 2, r**2)
    yield equal(PROBE, Min(r, s) + Max(r, s), r + s + is_zero_at(r - s))
    yield equal(PROBE, Abs(r - s) * is_zero_at(r - s - 1), is_zero_at(r - s - 1) * 2)
    yield equal(PROBE, sign(r) * r, r)
    yield equal(PROBE, sign(r) * sign(s), sign(r + s))
    yield equal(PROBE, is_zero_at(r - k) * r, 0)
    yield equal(PROBE, is_zero_at(r) * delta(k, h), is_zero_at(u[h]))
    yield equal(PROBE, is_zero_at(u[k] - u[h]), delta(k, h))
    yield equal(PROBE, is_zero_at(u[k] - u[h]) * (v[k] - v[h]), 0)


def false_maxima() -> Iterator[Case]:
    """Maxima and where they are reached; ties, a single entry."""
    top, where = max_(B[n, h], h), argmax_(B[n, h], h)
    yield equal(POOL, d(B)[n, k], d(z)[n] * positive(B[n, k] - z[n]))
    yield equal(POOL, d(B)[n, k], d(z)[n] * is_zero_at(z[n] - B[n, k]) / sum_(is_zero_at(z[n] - B[n, h]), h))
    yield equal(POOL, delta(k, where), is_zero_at(B[n, k] - top))
    yield equal(POOL, delta(0, where), 1)
    yield equal(POOL, delta(0, where), 1, at=At({K: 2}, {B[n, k]: k + 0}))
    yield equal(POOL, delta(1, where), 1, at=At({K: 2}, {B[n, k]: Integer(7)}))
    yield equal(POOL, delta(k, argmax_(-B[n, h], h)), 1 - delta(k, where), at=At({K: 2}))
    yield equal(POOL, max_(-B[n, h], h), -top)
    yield equal(POOL, max_(2 * B[n, h], h), top)
    yield equal(POOL, max_(B[n, h] ** 2, h), top**2)
    yield equal(POOL, max_(B[n, h] + B[n, k], h), top + B[n, k] + 1)
    yield equal(POOL, max_(B[n, h] - z[n], h), 1)
    yield equal(POOL, sum_(d(B)[n, k], k), d(z)[m])
    yield equal(POOL, d(B)[n, k] * d(B)[n, h], d(z)[n] ** 2)
    yield equal(POOL, d(B)[n, k], d(z)[n] * delta(k, 0), at=At({K: 1}))
    yield equal(POOL, z[n], 0, at=At({K: 1}))
    yield equal(
        POOL, is_zero_at(B[n, 0] - B[n, 1]) * d(B)[n, 1], is_zero_at(B[n, 0] - B[n, 1]) * d(z)[n], at=At({K: 2})
    )

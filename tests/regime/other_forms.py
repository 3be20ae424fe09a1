"""The same formulas in other forms, to measure which digits a form costs: none of this is emitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.regime.case import Case, Functions
from tests.regime.cases import BCE_WITH_LOGITS, CROSS_ENTROPY, LOG_SOFTMAX, SOFTMAX, TANH


@dataclass(frozen=True)
class OtherForm:
    """Another way to compute a case's functions, and the region in which it keeps other digits."""

    case: Case
    region: str
    words: str
    functions: Functions


def _tanh(a: Any) -> Any:
    return np.tanh(a), (a,)


def _tanh_slope(saved: Any, delta: Any) -> Any:
    (a,) = saved
    t = np.exp(-np.abs(a))
    return (np.square(2 * t / (1 + t * t)) * delta,)


def _bce_with_logits(y: Any, a: Any) -> Any:
    t = np.exp(-np.abs(a))
    rest = (a > 0) - y
    return np.log1p(t) + a * rest, (a, t, rest)


def _bce_with_logits_slope(saved: Any, delta: Any) -> Any:
    a, t, rest = saved
    return ((rest + np.where(a > 0, -t, t) / (1 + t)) * delta,)


def _exponentials(a: Any) -> Any:
    """a − max a, its exponentials, the sum of all but the first largest, 1, and where that stands."""
    top = (np.arange(len(a)), a.argmax(axis=1))
    u = a - a[top][:, None]
    e = np.exp(u)
    e[top] = 0
    others = e.sum(axis=1)
    e[top] = 1
    return u, e, others, top


def _log_softmax(a: Any) -> Any:
    u, e, others, top = _exponentials(a)
    return u - np.log1p(others)[:, None], (e, others, top)


def _log_softmax_slope(saved: Any, delta: Any) -> Any:
    e, others, top = saved
    p = e / (1 + others)[:, None]
    gradient = delta - p * delta.sum(axis=1)[:, None]
    rest = delta.copy()
    rest[top] = 0
    gradient[top] = (delta[top] * others - rest.sum(axis=1)) / (1 + others)
    return (gradient,)


def _softmax(a: Any) -> Any:
    _, e, others, top = _exponentials(a)
    p = e / (1 + others)[:, None]
    return p, (p, top)


def _softmax_slope(saved: Any, delta: Any) -> Any:
    p, top = saved
    rest = delta - delta[top][:, None]
    return ((rest - (p * rest).sum(axis=1)[:, None]) * p,)


def _cross_entropy(y: Any, yhat: Any) -> Any:
    u, e, others, top = _exponentials(yhat)
    return (y * (np.log1p(others)[:, None] - u)).sum(axis=1), (y, e, others, top)


def _cross_entropy_slope(saved: Any, delta: Any) -> Any:
    y, e, others, top = saved
    gradient = e / (1 + others)[:, None] - y
    gradient[top] = (1 - y[top]) - others / (1 + others)
    return (gradient * delta[:, None],)


OTHER_FORMS = (
    OtherForm(TANH, "tails", "δ·(2t/(1 + t²))², t = e^{−|a|}", Functions(_tanh, _tanh_slope)),
    OtherForm(
        BCE_WITH_LOGITS,
        "confident",
        "r = [a > 0] − y: log1p(t) + a·r; δ·(r + (−t where a > 0, else t)/(1 + t))",
        Functions(_bce_with_logits, _bce_with_logits_slope),
    ),
    OtherForm(
        SOFTMAX,
        "confident",
        "δ less its entry at the largest score: p·(δ′ − Σ p δ′)",
        Functions(_softmax, _softmax_slope),
    ),
    OtherForm(
        LOG_SOFTMAX,
        "confident",
        "s = Σ of e but the largest; u − log1p(s); at the largest (δ·s − Σ other δ)/(1 + s)",
        Functions(_log_softmax, _log_softmax_slope),
    ),
    OtherForm(
        CROSS_ENTROPY,
        "confident",
        "s = Σ of e but the largest; Σ y·(log1p(s) − u); at the largest (1 − y) − s/(1 + s)",
        Functions(_cross_entropy, _cross_entropy_slope),
    ),
)

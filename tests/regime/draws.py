"""Where arguments come from: draws of a layer's arguments, as data that a case combines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Draw = Callable[..., dict[str, Any]]
"""A generator and a size for each axis give the arguments by name."""

Entries = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
"""A generator and a shape give an array."""


def normal(scale: float, offset: float = 0.0) -> Entries:
    """Normally distributed entries."""
    return lambda rng, shape: offset + scale * rng.standard_normal(shape)


def outlier(distance: float) -> Entries:
    """Normally distributed entries, the last row far from the others."""

    def entries(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        drawn = rng.standard_normal(shape)
        drawn[-1:] += distance
        return drawn

    return entries


def exponents(top: int, bottom: int = -40) -> Entries:
    """Entries of both signs whose binary exponents are spread evenly, the largest below 2^top."""

    def entries(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        return rng.choice([-1.0, 1.0], shape) * np.exp2(rng.uniform(bottom, top, shape))

    return entries


def ties(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Entries that are often equal."""
    return rng.integers(-1, 2, shape).astype(float)


def proportions(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Rows that sum to exactly 1 in every binary format, every other one a single 1."""
    rows, columns = shape
    mixed = rng.multinomial(64, np.full(columns, 1 / columns), size=rows) / 64
    single = np.eye(columns)[rng.integers(0, columns, rows)]
    return np.where(np.arange(rows)[:, None] % 2 == 0, mixed, single)


def linear(entries: Entries, bias: bool = True) -> Draw:
    """Arguments of a linear layer: x[N, d], W[d', d], b[d']."""

    def draw(rng: np.random.Generator, N: int, d: int, out: int) -> dict[str, Any]:
        arguments = {"x": entries(rng, (N, d)), "W": entries(rng, (out, d))}
        return {**arguments, "b": entries(rng, (out,))} if bias else arguments

    return draw


def rbf(entries: Entries, s: float = 1.25) -> Draw:
    """Arguments of radial basis functions: x[N, d], c[J, d], s."""

    def draw(rng: np.random.Generator, N: int, d: int, J: int) -> dict[str, Any]:
        return {"x": entries(rng, (N, d)), "c": entries(rng, (J, d)), "s": s}

    return draw


def classes(entries: Entries) -> Draw:
    """A distribution over classes a row, y[N, K], and scores ŷ[N, K]."""
    return lambda rng, N, K: {"y": proportions(rng, (N, K)), "yhat": entries(rng, (N, K))}


def labels(entries: Entries) -> Draw:
    """A label a row, t[N], and scores ŷ[N, K]."""
    return lambda rng, N, K: {"t": rng.integers(0, K, N), "yhat": entries(rng, (N, K))}


def bits(entries: Entries) -> Draw:
    """Targets y[N, d] in [0, 1], often at its ends, and logits a[N, d]."""

    def draw(rng: np.random.Generator, N: int, d: int) -> dict[str, Any]:
        y = np.clip(rng.integers(-32, 97, (N, d)), 0, 64) / 64
        return {"y": y, "a": entries(rng, (N, d))}

    return draw

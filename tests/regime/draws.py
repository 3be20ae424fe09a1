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


def positive(entries: Entries) -> Entries:
    """The same entries without their signs."""
    return lambda rng, shape: np.abs(entries(rng, shape))


def ties(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Entries that are often equal."""
    return rng.integers(-1, 2, shape).astype(float)


def near_zero(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Zeros of both signs, and entries nearer to 0 than any step of a difference quotient."""
    return rng.choice([0.0, -0.0, 2.0**-30, -(2.0**-30)], shape)


def away_from_zero(least: float) -> Entries:
    """Normally distributed entries, moved outwards so that none is nearer to 0 than this."""

    def entries(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        drawn = rng.standard_normal(shape)
        return drawn + np.copysign(least, drawn)

    return entries


def between(low: float, high: float) -> Entries:
    """Evenly distributed entries."""
    return lambda rng, shape: rng.uniform(low, high, shape)


def near_an_end(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Entries strictly between 0 and 1, in float32 too, at distances from either end that are spread evenly."""
    distance = np.exp2(rng.uniform(-22, -1, shape))
    return np.where(rng.integers(0, 2, shape) == 0, distance, 1 - distance)


def bits(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Targets in [0, 1], often at its ends."""
    return np.clip(rng.integers(-32, 97, shape), 0, 64) / 64


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


def together(**entries: Entries) -> Draw:
    """Arguments of one shape, each with its entries, in the order given."""
    return lambda rng, *sizes: {name: draw(rng, sizes) for name, draw in entries.items()}


def close(rng: np.random.Generator, N: int, d: int) -> dict[str, Any]:
    """A target y[N, d] and a prediction ŷ[N, d] that nearly meets it."""
    y = 1e3 * rng.standard_normal((N, d))
    return {"y": y, "yhat": y + 2.0**-8 * rng.standard_normal((N, d))}


def labels(entries: Entries) -> Draw:
    """A label a row, t[N], and scores ŷ[N, K]."""
    return lambda rng, N, K: {"t": rng.integers(0, K, N), "yhat": entries(rng, (N, K))}

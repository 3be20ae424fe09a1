"""Values at which careless code overflows or loses everything, and those that are no numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from tests.regime.balls import pulled_back
from tests.regime.case import Case, Functions
from tests.regime.numbers import (
    MANY_BITS,
    Arguments,
    DisagreementError,
    as_ball,
    cast,
    entrywise,
    jacobian,
    precision,
)
from tests.regime.oracle_check import check_against_oracle, oracle_jacobian, oracle_output, require_near

STRICT: Mapping[str, Any] = MappingProxyType(
    {"over": "raise", "divide": "raise", "invalid": "raise", "under": "ignore"}
)
"""np.errstate for finite values: nothing may leave its range, but what is small may become 0."""

LANDMARKS = (0.0, 1.0, 88.7, 104.0, 709.8, 745.2, 1e4, 1e-300, 1e150, 1e300)
"""Where exp, its square and its inverse reach the ends of float32 and float64, and far beyond."""


def special(dtype: Any, largest: float) -> np.ndarray:
    """Both signs of the landmarks, and the ends of the dtype's scales, up to a magnitude that is included."""
    info = np.finfo(dtype)
    ends = (info.smallest_subnormal, info.smallest_normal, info.eps, 1 + info.eps, largest)
    magnitudes = np.array([value for value in (*LANDMARKS, *map(float, ends)) if value <= largest])
    return np.concatenate([magnitudes, -magnitudes]).astype(dtype)


def extreme_draws(case: Case, dtype: Any, count: int) -> Iterator[dict[str, Any]]:
    """Usual arguments, one of which holds special values: each of them everywhere, then all of them mixed."""
    for name, reach in case.reach.items():
        values = special(dtype, reach(np.finfo(dtype)))
        for seed in range(len(values)):
            yield _filled(case, dtype, seed, name, values[seed : seed + 1])
        for seed in range(count):
            yield _filled(case, dtype, seed, name, values)
    if np.dtype(dtype) == np.float64:
        yield from (draw(np.random.default_rng(0), *case.small_sizes(0)) for draw in case.double.values())


def unbounded_draws(case: Case, dtype: Any, count: int) -> Iterator[dict[str, Any]]:
    """Arguments of which one that has no range holds the largest floats of both signs."""
    values = np.finfo(dtype).max * np.array([1, 0.5, 0, -0.5, -1], dtype)
    for name in case.unbounded:
        for seed in range(count):
            yield _filled(case, dtype, seed, name, values)


def _filled(case: Case, dtype: Any, seed: int, name: str, values: np.ndarray) -> dict[str, Any]:
    """Arguments of small sizes, no two alike, the entries of one of them chosen among values."""
    arguments = cast(case.draw(3 * seed), dtype)
    return {**arguments, name: np.random.default_rng(seed).choice(values, arguments[name].shape)}


def check_in_range(case: Case, functions: Functions, arguments: Arguments, dtype: Any) -> None:
    """Finite in, finite and right out, without a floating-point exception other than underflow."""
    try:
        with np.errstate(**STRICT):
            check_against_oracle(case, functions, arguments, dtype, MANY_BITS)
    except FloatingPointError as error:
        raise DisagreementError(f"{case.name}: {error} for {arguments}") from error


def check_where_representable(case: Case, functions: Functions, arguments: Arguments, dtype: Any) -> None:
    """Wherever the true result is representable, the computed one is near; exceptions are allowed."""
    exact = [oracle_output(case, arguments, dtype, MANY_BITS)]
    exact += [oracle_jacobian(case, arguments, name, dtype, MANY_BITS) for name in case.gradients]
    names = ("output", *(f"∂output/∂{name}" for name in case.gradients))
    with np.errstate(all="ignore"):
        computed = (functions.output(*arguments.values()), *pulled_back(case, functions, arguments))
    for name, result, (truth, lost) in zip(names, computed, exact, strict=True):
        inside = np.abs(truth) <= np.finfo(dtype).max
        what = f"{case.name}: representable {name} for {arguments}"
        require_near(result[inside], truth[inside], lost[inside], what)


def check_isolation(case: Case, functions: Functions, arguments: Arguments, intruder: float) -> None:
    """An entry that is NaN or infinite reaches what depends on it and nothing else.

    Which outputs depend on which entries is the pattern of the oracle's Jacobian. What depends on a NaN is
    NaN; what does not depend on it has the same value as without it.
    """
    clean, _ = functions.forward(*arguments.values())
    for name in case.gradients:
        depends = dependence(case, arguments, name)
        for index in np.ndindex(arguments[name].shape):
            dirty = {**arguments, name: arguments[name].copy()}
            dirty[name][index] = intruder
            with np.errstate(all="ignore"):
                output = functions.output(*dirty.values())
            reached = depends[(..., *index)]
            _require_isolated(output, clean, reached, intruder, f"{case.name}: {intruder} in {name}{index}")


def check_isolation_of_delta(case: Case, functions: Functions, arguments: Arguments, intruder: float) -> None:
    """The same for an entry of δ and the gradients."""
    output, saved = functions.forward(*arguments.values())
    ones = np.ones_like(output)
    clean = functions.backward(saved, ones)
    depends = [dependence(case, arguments, name) for name in case.gradients]
    for index in np.ndindex(output.shape):
        delta = ones.copy()
        delta[index] = intruder
        with np.errstate(all="ignore"):
            gradients = functions.backward(saved, delta)
        for name, gradient, plain, reached in zip(case.gradients, gradients, clean, depends, strict=True):
            what = f"{case.name}: {intruder} in δ{index}, gradient of {name}"
            _require_isolated(gradient, plain, reached[index], intruder, what)


def dependence(case: Case, arguments: Arguments, name: str) -> Any:
    """Where the oracle's Jacobian is not exactly 0."""
    with precision(MANY_BITS):
        slopes = jacobian(case.oracle, arguments, name)
        return entrywise(lambda slope: 0 if as_ball(slope) == 0 else 1, slopes).astype(bool)


def _require_isolated(result: Any, clean: Any, reached: Any, intruder: float, what: str) -> None:
    if np.isnan(intruder) and not np.all(np.isnan(result[reached])):
        raise DisagreementError(f"{what}: what depends on it should be NaN, and is {result[reached]}")
    spared, before = result[~reached], clean[~reached]
    if not np.array_equal(spared, before):
        raise DisagreementError(f"{what}: {spared} does not depend on it, and was {before}")

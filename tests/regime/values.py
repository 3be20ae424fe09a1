"""Values at which careless code overflows or loses everything, and those that are no numbers."""

from __future__ import annotations

import re
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
    is_real,
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


def inside(values: np.ndarray, least: float) -> np.ndarray:
    """Those strictly between 0 and 1 and not below the least, that one, and the same distances from 1."""
    low = np.append(values[(values >= least) & (values < 1)], values.dtype.type(least))
    high = 1 - low
    return np.concatenate([low, high[high < 1], [1 - np.finfo(values.dtype).epsneg]]).astype(values.dtype)


def extreme_draws(case: Case, dtype: Any, count: int) -> Iterator[dict[str, Any]]:
    """Usual arguments, one of which holds special values: each of them everywhere, then all of them mixed."""
    for name, reach in case.reach.items():
        values = special(dtype, reach(np.finfo(dtype)))
        if name in case.probabilities:
            values = inside(values, stated_least(case, dtype))
        for seed in range(len(values)):
            yield _filled(case, dtype, seed, name, values[seed : seed + 1])
        for seed in range(count):
            yield _filled(case, dtype, seed, name, values)


def unbounded_draws(case: Case, dtype: Any, count: int) -> Iterator[dict[str, Any]]:
    """Arguments one of which holds what it may at most, of both signs, and parts of it."""
    for name, reach in case.unbounded.items():
        values = reach(np.finfo(dtype)) * np.array([1, 0.5, 0, -0.5, -1], dtype)
        for seed in range(count):
            yield _filled(case, dtype, seed, name, values)


def edge_draws(case: Case, dtype: Any, count: int) -> Iterator[dict[str, Any]]:
    """All arrays at once at the ends of the range that the module states, hyperparameters at either of theirs."""
    edge = stated_edge(case, dtype)
    values = np.array([edge, 1, 0, -1, -edge], dtype)
    for seed in range(count):
        rng = np.random.default_rng(seed)
        arguments = cast(case.draw(3 * seed), dtype)
        ends_of = dict.fromkeys(arguments, values)
        for name in case.probabilities:
            ends_of[name] = inside(np.array([0.5], dtype), stated_least(case, dtype))
        arrays = {
            name: rng.choice(ends_of[name], value.shape)
            for name, value in arguments.items()
            if np.ndim(value) and is_real(value)
        }
        ends = {name: float(rng.choice(reach)) for name, reach in case.hyperparameters.items()}
        yield {**arguments, **arrays, **ends}


def stated_edge(case: Case, dtype: Any) -> float:
    """The largest magnitude of entries for which a module states that nothing leaves its range."""
    stated = re.search(f"±([0-9.e+]+) in {np.dtype(dtype)}", case.documentation)
    if stated is None:
        raise DisagreementError(f"{case.name}: the module states no range for {np.dtype(dtype)}")
    return float(stated[1])


def stated_least(case: Case, dtype: Any) -> float:
    """The nearest that entries which end at 0 may come to it, by what a module states."""
    stated = re.search("no nearer to 0 than ([0-9.e-]+) and ([0-9.e-]+)", case.documentation)
    if stated is None:
        raise DisagreementError(f"{case.name}: the module states no least entry")
    return float(stated[1 if np.dtype(dtype) == np.float64 else 2])


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


def check_finite(case: Case, functions: Functions, arguments: Arguments, dtype: Any) -> None:
    """Results that are finite, without an exception other than underflow; δ as large as the module states."""
    try:
        with np.errstate(**STRICT):
            output, saved = functions.forward(*arguments.values())
            results = (output, *functions.backward(saved, np.full_like(output, stated_edge(case, dtype))))
    except FloatingPointError as error:
        raise DisagreementError(f"{case.name}: {error} for {arguments}") from error
    if not all(np.all(np.isfinite(result)) for result in results):
        raise DisagreementError(f"{case.name}: not finite for {arguments}")


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
    NaN; what depends on it neither where it stands nor on the other side of a kink has the same value as
    without it, unless it is in what all results share.
    """
    clean, _ = functions.forward(*arguments.values())
    for name in case.gradients:
        depends, may_depend = both_sides(case, arguments, name)
        for index, dirty in _spoiled(arguments, name, intruder):
            with np.errstate(all="ignore"):
                output = functions.output(*dirty.values())
            what, entry = f"{case.name}: {intruder} in {name}{index}", (..., *index)
            _require_reached(output, depends[entry], intruder, what)
            if name not in case.spreads:
                _require_spared(output, clean, may_depend[entry], what)


def check_isolation_of_rows(case: Case, functions: Functions, arguments: Arguments, intruder: float) -> None:
    """An example that holds no number changes no other example's output, nor the gradient there."""
    for name in case.rows:
        clean = _results(case, functions, arguments, name)
        for index, dirty in _spoiled(arguments, name, intruder):
            spoiled = np.arange(len(arguments[name])) == index[0]
            for result, before in zip(_results(case, functions, dirty, name), clean, strict=True):
                _require_spared(result, before, spoiled, f"{case.name}: {intruder} in {name}{index}")


def check_isolation_of_delta(case: Case, functions: Functions, arguments: Arguments, intruder: float) -> None:
    """The same for an entry of δ and the gradients; beyond a kink [a > 0]·δ may be 0 times what is no number."""
    output, saved = functions.forward(*arguments.values())
    ones = np.ones_like(output)
    clean = functions.backward(saved, ones)
    depends = [both_sides(case, arguments, name) for name in case.gradients]
    for index in np.ndindex(output.shape):
        delta = ones.copy()
        delta[index] = intruder
        with np.errstate(all="ignore"):
            gradients = functions.backward(saved, delta)
        for name, gradient, plain, (here, anywhere) in zip(case.gradients, gradients, clean, depends, strict=True):
            what = f"{case.name}: {intruder} in δ{index}, gradient of {name}"
            _require_reached(gradient, here[index], intruder, what)
            _require_spared(gradient, plain, anywhere[index], what)


def both_sides(case: Case, arguments: Arguments, name: str) -> tuple[Any, Any]:
    """Where the output depends on an argument as it stands, and there or on the other side of a kink."""
    mirror = {**arguments, name: (1 if name in case.probabilities else 0) - arguments[name]}
    here = dependence(case, arguments, name)
    return here, here | dependence(case, mirror, name)


def dependence(case: Case, arguments: Arguments, name: str) -> Any:
    """Where the oracle's Jacobian is not exactly 0."""
    with precision(MANY_BITS):
        slopes = jacobian(case.oracle, arguments, name)
        return entrywise(lambda slope: 0 if as_ball(slope) == 0 else 1, slopes).astype(bool)


def _spoiled(
    arguments: Arguments, name: str, intruder: float
) -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    for index in np.ndindex(arguments[name].shape):
        dirty = {**arguments, name: arguments[name].copy()}
        dirty[name][index] = intruder
        yield index, dirty


def _results(case: Case, functions: Functions, arguments: Arguments, name: str) -> tuple[Any, Any]:
    """The output, and the gradient of one argument for δ = 1."""
    with np.errstate(all="ignore"):
        output, saved = functions.forward(*arguments.values())
        return output, functions.backward(saved, np.ones_like(output))[case.gradients.index(name)]


def _require_reached(result: Any, reached: Any, intruder: float, what: str) -> None:
    if np.isnan(intruder) and not np.all(np.isnan(result[reached])):
        raise DisagreementError(f"{what}: what depends on it should be NaN, and is {result[reached]}")


def _require_spared(result: Any, clean: Any, reached: Any, what: str) -> None:
    spared, before = result[~reached], clean[~reached]
    if not np.array_equal(spared, before):
        raise DisagreementError(f"{what}: {spared} does not depend on it, and was {before}")

"""Difference quotients of the emitted forward against the emitted backward, within a bound that is computed.

A central difference of step h is off by at most M₃h²/6 + R/h: M₃ bounds the third derivative between the
two points and comes from the oracle's Taylor series over a ball that covers them; R bounds what rounding
loses of one value, and comes from the oracle's running error bound. No tolerance is chosen by hand. Where
a kink lies between the points, the derivatives from either side count, each within M₂h/2 + 2R/h.
"""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np
from flint import arb

from tests.regime.balls import pulled_back
from tests.regime.case import Case, Functions
from tests.regime.jets import Jet, UndecidedError
from tests.regime.numbers import (
    BITS,
    Arguments,
    DisagreementError,
    as_ball,
    cast,
    coefficients,
    entrywise,
    errors,
    jacobian,
    lift,
    precision,
    rounded_to,
)

SLACK = 4
"""How many times the bound is accepted: the oracle's order of operations is not the emitted one."""

EPS = float(np.finfo(np.float64).eps)


def check_finite_differences(case: Case, functions: Functions, arguments: Arguments) -> None:
    """Difference quotients, an entry of an argument at a time, over full Jacobians; float64.

    Raises
    ------
    DisagreementError
        Where quotient and gradient differ by more than 4 times the bound; at a kink, those of both sides.
    UndecidedError
        Where kinks lie on both sides, both nearer than the least step.
    """
    lost = rounding(case, arguments)
    for name, gradient in zip(case.gradients, pulled_back(case, functions, arguments), strict=True):
        for index in np.ndindex(arguments[name].shape):
            cap = 2.0**-6 * max(1.0, abs(float(arguments[name][index])))
            try:
                quotients = [_central(case, functions, arguments, name, index, cap, lost)]
            except UndecidedError:
                quotients = _one_sided(case, functions, arguments, name, index, cap, lost)
            slope = gradient[(..., *index)]
            if not any(np.all(np.abs(quotient - slope) <= bound) for quotient, bound in quotients):
                quotient, bound = quotients[0]
                _require(quotient - slope, bound, f"{case.name}: difference quotient by {name}{index}")


def _central(
    case: Case,
    functions: Functions,
    arguments: Arguments,
    name: str,
    index: tuple[int, ...],
    cap: float,
    lost: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """(f(x + h) − f(x − h)) / 2h, and how far it may be from f'(x)."""
    curved = derivative_bound(case, arguments, name, index, (-cap, cap), 3)
    step = _step(cap, lost, curved, 3)
    quotient = _quotient(functions, arguments, name, index, (-step, step))
    return quotient, SLACK * (curved * step**2 / 6 + lost / step)


def _one_sided(
    case: Case,
    functions: Functions,
    arguments: Arguments,
    name: str,
    index: tuple[int, ...],
    cap: float,
    lost: np.ndarray,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """(f(x ± h) − f(x)) / ±h for the sides with no kink up to x ± h, and how far each may be from its limit."""
    found = []
    for side in (-1.0, 1.0):
        # A ball that touches a kink decides nothing: it begins beside x, where f'' tends to what it is beyond.
        try:
            curved = derivative_bound(case, arguments, name, index, (side * cap * 2.0**-20, side * cap), 2)
        except UndecidedError:
            continue
        step = _step(cap, lost, curved, 2)
        quotient = _quotient(functions, arguments, name, index, (0.0, side * step))
        found.append((quotient, SLACK * (curved * step / 2 + 2 * lost / step)))
    if not found:
        raise UndecidedError(f"{case.name}: kinks on both sides of {name}{index}")
    return found


def _quotient(
    functions: Functions, arguments: Arguments, name: str, index: tuple[int, ...], ends: tuple[float, float]
) -> np.ndarray:
    """The slope of the chord between two points beside x."""
    at = float(arguments[name][index])
    low, high = (at + end for end in ends)
    before, after = (functions.output(*_replaced(arguments, name, index, end).values()) for end in (low, high))
    return np.asarray((after - before) / (high - low))


def check_complex_step(case: Case, functions: Functions, arguments: Arguments) -> None:
    """Im f(x + ih)/h at h = 2⁻³⁰⁰, which subtracts nothing: within 8 times the rounding of the derivative."""
    step = 2.0**-300
    with precision(BITS):
        lost = {name: errors(_rounded_jacobian(case, arguments, name)) for name in case.gradients}
    for name, gradient in zip(case.gradients, pulled_back(case, functions, arguments), strict=True):
        for index in np.ndindex(arguments[name].shape):
            moved = arguments[name].astype(complex)
            moved[index] += 1j * step
            slope = functions.output(*cast({**arguments, name: moved}, complex).values()).imag / step
            gap = slope - gradient[(..., *index)]
            _require(gap, 8 * lost[name][(..., *index)], f"{case.name}: complex step by {name}{index}")


def rounding(case: Case, arguments: Arguments) -> np.ndarray:
    """How much of each entry of the output float64 may lose."""
    with precision(BITS):
        return errors(case.arithmetic(*lift(arguments, number=rounded_to(np.float64)).values()))


def derivative_bound(
    case: Case, arguments: Arguments, name: str, index: tuple[int, ...], ends: tuple[float, float], order: int
) -> np.ndarray:
    """A bound on |∂^order output/∂entry^order| for the entry anywhere between two points beside where it stands."""
    with precision(BITS):
        lifted = lift(arguments)
        middle, reach = (ends[0] + ends[1]) / 2, abs(ends[1] - ends[0]) / 2
        covered = arb(arguments[name][index]) + arb(middle, reach)
        lifted[name][index] = Jet((covered, arb(1), *(arb(0),) * (order - 1)))
        highest = coefficients(case.oracle(*lifted.values()), order)
        return entrywise(lambda c: float((factorial(order) * as_ball(c)).abs_upper()), highest).astype(float)


def _rounded_jacobian(case: Case, arguments: Arguments, name: str) -> Any:
    return jacobian(case.arithmetic, arguments, name, rounded_to(np.float64))


def _step(cap: float, lost: np.ndarray, curved: np.ndarray, order: int) -> float:
    """A power of 2 near the minimum of M₃h²/6 + R/h, of M₂h/2 + 2R/h for order 2; at most `cap`."""
    R, M = np.max(lost, initial=EPS), np.max(curved, initial=0.0)
    best = cap if M == 0 else min(cap, float(np.cbrt(3 * R / M) if order == 3 else np.sqrt(4 * R / M)))
    return float(2.0 ** np.floor(np.log2(best)))


def _replaced(arguments: Arguments, name: str, index: tuple[int, ...], value: float) -> dict[str, Any]:
    changed = arguments[name].copy()
    changed[index] = value
    return {**arguments, name: changed}


def _require(difference: np.ndarray, bound: np.ndarray, what: str) -> None:
    wrong = ~(np.abs(difference) <= bound)
    if np.any(wrong):
        place = tuple(map(int, np.argwhere(wrong)[0]))
        raise DisagreementError(
            f"{what}, entry {place}: off by {difference[place]:.3g}, not {bound[place]:.3g}"
        )

"""Difference quotients of the emitted forward against the emitted backward, within a bound that is computed.

A central difference of step h is off by at most M₃h²/6 + R/h: M₃ bounds the third derivative between the
two points and comes from the oracle's Taylor series over a ball that covers them; R bounds what rounding
loses of one value, and comes from the oracle's running error bound. No tolerance is chosen by hand.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from flint import arb

from tests.regime.balls import pulled_back
from tests.regime.case import Case, Functions
from tests.regime.jets import Jet
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
    """Central differences, an entry of an argument at a time, over full Jacobians; float64.

    Raises
    ------
    DisagreementError
        Where quotient and gradient differ by more than 4 times the bound.
    UndecidedError
        Where a kink lies within the largest step: draw the arguments elsewhere.
    """
    lost = rounding(case, arguments)
    for name, gradient in zip(case.gradients, pulled_back(case, functions, arguments), strict=True):
        for index in np.ndindex(arguments[name].shape):
            at = float(arguments[name][index])
            cap = 2.0**-6 * max(1.0, abs(at))
            curved = third_derivative(case, arguments, name, index, cap)
            step = _step(cap, lost, curved)
            above, below = at + step, at - step
            after, before = (
                functions.output(*_replaced(arguments, name, index, value).values())
                for value in (above, below)
            )
            gap = (after - before) / (above - below) - gradient[(..., *index)]
            bound = SLACK * (curved * step**2 / 6 + lost / step)
            _require(gap, bound, f"{case.name}: central difference by {name}{index}")


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


def third_derivative(
    case: Case, arguments: Arguments, name: str, index: tuple[int, ...], reach: float
) -> np.ndarray:
    """A bound on |∂³output/∂entry³| for the entry within ± reach of where it stands."""
    with precision(BITS):
        lifted = lift(arguments)
        lifted[name][index] = Jet((arb(arguments[name][index], reach), arb(1), arb(0), arb(0)))
        third = coefficients(case.oracle(*lifted.values()), 3)
        return entrywise(lambda c: float((6 * as_ball(c)).abs_upper()), third).astype(float)


def _rounded_jacobian(case: Case, arguments: Arguments, name: str) -> Any:
    return jacobian(case.arithmetic, arguments, name, rounded_to(np.float64))


def _step(cap: float, lost: np.ndarray, curved: np.ndarray) -> float:
    """A power of 2 near the minimum of M₃h²/6 + R/h, at most `cap`."""
    R, M = np.max(lost, initial=EPS), np.max(curved, initial=0.0)
    best = cap if M == 0 else min(cap, float(np.cbrt(3 * R / M)))
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

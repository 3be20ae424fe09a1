"""The emitted functions in floating point against the plain loops on balls, within computed rounding."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.regime.balls import pulled_back
from tests.regime.case import Case, Functions
from tests.regime.numbers import (
    BITS,
    Arguments,
    DisagreementError,
    as_floats,
    cast,
    errors,
    jacobian,
    lift,
    precision,
    rounded_to,
)

SLACK = 4
"""How many times the running error bound of the formula in plain loops an emitted function may be off."""


def check_against_oracle(
    case: Case, functions: Functions, arguments: Arguments, dtype: Any = np.float64, bits: int = BITS
) -> None:
    """The output and full Jacobians in a dtype, each entry within 4 times the plain loops' rounding there."""
    given = cast(arguments, dtype)
    exact, lost = oracle_output(case, given, dtype, bits)
    require_near(functions.output(*given.values()), exact, lost, f"{case.name}: output")
    for name, gradient in zip(case.gradients, pulled_back(case, functions, given), strict=True):
        exact, lost = oracle_jacobian(case, given, name, dtype, bits)
        require_near(gradient, exact, lost, f"{case.name}: ∂output/∂{name}")


def oracle_output(case: Case, arguments: Arguments, dtype: Any, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """The exact output, and how much of each entry arithmetic in the dtype may lose."""
    number = rounded_to(dtype)
    with precision(bits):
        lost = errors(case.arithmetic(*lift(arguments, number=number).values()))
        return as_floats(case.oracle(*lift(arguments).values())), lost


def oracle_jacobian(
    case: Case, arguments: Arguments, name: str, dtype: Any, bits: int
) -> tuple[np.ndarray, np.ndarray]:
    """The exact Jacobian, and how much of each entry arithmetic in the dtype may lose."""
    number = rounded_to(dtype)
    with precision(bits):
        lost = errors(jacobian(case.arithmetic, arguments, name, number))
        return as_floats(jacobian(case.oracle, arguments, name)), lost


def require_near(computed: Any, exact: np.ndarray, lost: np.ndarray, what: str) -> None:
    """Each entry within 4 times what rounding may lose; below the smallest normal number all may be lost.

    Raises
    ------
    DisagreementError
        At the first entry that is farther off, or not a number.
    """
    if computed.shape != exact.shape:
        raise DisagreementError(f"{what} has shape {computed.shape}, the oracle's is {exact.shape}")
    allowed = SLACK * lost + float(np.finfo(computed.dtype).smallest_normal)
    with np.errstate(all="ignore"):
        wrong = ~(np.abs(computed.astype(float) - exact) <= allowed) | ~np.isfinite(computed)
    if np.any(wrong):
        place = tuple(map(int, np.argwhere(wrong)[0]))
        raise DisagreementError(
            f"{what} at {place}, {computed.dtype}: {computed[place]:.17g}, exactly {exact[place]:.17g}, "
            f"allowed ± {allowed[place]:.3g}"
        )

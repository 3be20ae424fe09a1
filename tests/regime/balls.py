"""The emitted text on balls: it computes the formula, and its backward is the derivative of its forward.

A ball of 400 bits that contains 0 with a radius below 1e-40 leaves no room for a wrong sign, factor or
index. Nothing here is floating point, so nothing here needs a tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import arb

from tests.regime.case import Case, Functions
from tests.regime.jets import Jet
from tests.regime.numbers import BITS, Arguments, DisagreementError, as_ball, jacobian, lift, precision

RADIUS = arb("1e-40")


def unit_deltas(output: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Every entry of an output, with the δ that is 1 there and 0 elsewhere, in the output's dtype."""
    one, zero = (Jet((arb(1),)), Jet((arb(0),))) if output.dtype == object else (1, 0)
    for index in np.ndindex(output.shape):
        delta = np.full(output.shape, zero, dtype=output.dtype)
        delta[index] = one
        yield index, delta


def pulled_back(case: Case, functions: Functions, arguments: Arguments) -> tuple[Any, ...]:
    """The Jacobians that backward stands for, by unit δ: the output's axes, then the argument's.

    Raises
    ------
    DisagreementError
        Where a gradient has not the shape of its argument.
    """
    output, saved = functions.forward(*arguments.values())
    shapes = [output.shape + np.shape(arguments[name]) for name in case.gradients]
    jacobians = tuple(np.empty(shape, dtype=output.dtype) for shape in shapes)
    for index, delta in unit_deltas(output):
        gradients = functions.backward(saved, delta)
        for name, result, gradient in zip(case.gradients, jacobians, gradients, strict=True):
            if gradient.shape != np.shape(arguments[name]):
                raise DisagreementError(f"{case.name}: the gradient of {name} has shape {gradient.shape}")
            result[index] = gradient
    return jacobians


def require_zero(differences: Any, what: str) -> None:
    """Every ball contains 0 and is small.

    Raises
    ------
    DisagreementError
        At the first ball that does not.
    """
    for index in np.ndindex(differences.shape):
        difference = as_ball(differences[index])
        if not (difference.contains(0) and difference.rad() < RADIUS):
            raise DisagreementError(f"{what} at {index}: {difference.str(10)} should be 0 ± 1e-40")


def check_backward_on_balls(case: Case, functions: Functions, arguments: Arguments) -> None:
    """The jets of the emitted forward, minus the emitted backward, over full Jacobians."""
    with precision(BITS):
        pulled = pulled_back(case, functions, lift(arguments))
        for name, gradient in zip(case.gradients, pulled, strict=True):
            difference = jacobian(functions.output, arguments, name) - gradient
            require_zero(difference, f"{case.name}: ∂output/∂{name}, jet − backward,")


def check_forward_on_balls(case: Case, functions: Functions, arguments: Arguments) -> None:
    """The emitted forward minus the plain loops."""
    with precision(BITS):
        lifted = lift(arguments).values()
        difference = functions.output(*lifted) - case.oracle(*lifted)
        require_zero(difference, f"{case.name}: output, emitted − oracle,")


def check_linear_in_delta(case: Case, functions: Functions, arguments: Arguments) -> None:
    """backward(2u − 3v) = 2 backward(u) − 3 backward(v), exactly."""
    with precision(BITS):
        output, saved = functions.forward(*lift(arguments).values())
        rng = np.random.default_rng(output.size)
        u, v = (lift({"δ": rng.standard_normal(output.shape)})["δ"] for _ in range(2))
        results = (functions.backward(saved, delta) for delta in (2 * u - 3 * v, u, v))
        for name, mixed, from_u, from_v in zip(case.gradients, *results, strict=True):
            require_zero(
                mixed - (2 * from_u - 3 * from_v), f"{case.name}: linearity in δ, gradient of {name}"
            )

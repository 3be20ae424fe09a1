"""The derivative as a linear map: J against its transpose, and the forward between two points.

These look at all entries at once, at sizes where entry by entry would take long.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.regime.case import Case, Functions
from tests.regime.finite_differences import EPS, SLACK
from tests.regime.numbers import (
    BITS,
    Arguments,
    Direction,
    DisagreementError,
    as_floats,
    coefficients,
    errors,
    jacobian,
    lift,
    precision,
    rounded_to,
)

HALVINGS = 14


def directions(case: Case, arguments: Arguments, seed: int = 0) -> dict[str, np.ndarray]:
    """A normally distributed direction for each argument that has a gradient; probabilities have less room."""
    rng = np.random.default_rng(seed)
    lengths = {name: 1 / 8 if name in case.probabilities else 1 for name in case.gradients}
    return {name: length * rng.standard_normal(np.shape(arguments[name])) for name, length in lengths.items()}


def inner(left: Any, right: Any) -> float:
    """The sum of the products of the entries."""
    return float(np.sum(left * right))


def check_adjoint(case: Case, functions: Functions, arguments: Arguments) -> None:
    """|⟨Ju, v⟩ − ⟨u, Jᵀv⟩| ≤ 4 n ε ‖J‖ ‖u‖ ‖v‖, J by jets of the emitted forward, Jᵀ by its backward."""
    u = directions(case, arguments)
    output, saved = functions.forward(*arguments.values())
    v = np.random.default_rng(1).standard_normal(output.shape)
    with precision(BITS):
        pushed = as_floats(coefficients(functions.output(*lift(arguments, Direction(u)).values()), 1))
        jacobians = [as_floats(jacobian(functions.output, arguments, name)) for name in case.gradients]
    squares = sum(inner(J, J) for J in jacobians)
    pulled = zip(u.values(), functions.backward(saved, v), strict=True)
    gap = abs(inner(pushed, v) - sum(inner(part, gradient) for part, gradient in pulled))
    n = max(output.size, sum(direction.size for direction in u.values()))
    lengths = np.sqrt(squares * sum(inner(part, part) for part in u.values()) * inner(v, v))
    allowed = 4 * n * EPS * lengths
    if not gap <= allowed:
        raise DisagreementError(f"{case.name}: ⟨Ju, v⟩ − ⟨u, Jᵀv⟩ is {gap:.3g}, allowed {allowed:.3g}")


def check_trapezoid(case: Case, functions: Functions, arguments: Arguments) -> None:
    """f(x + εv) − f(x) − (ε/2)(g₀ + g₁)·v falls by 8 when ε is halved, until only rounding is left."""
    v = directions(case, arguments)
    lost = _rounding_along(case, arguments, v)
    previous = np.inf
    for epsilon in 0.01 / 2.0 ** np.arange(HALVINGS):
        residual = trapezoid_residual(case, functions, arguments, v, epsilon)
        floor = SLACK * (2 * lost[0] + epsilon * lost[1])
        if not residual <= max(previous / 7, floor):
            raise DisagreementError(
                f"{case.name}: trapezoid residual {residual:.3g} at ε = {epsilon:.3g}, "
                f"{previous:.3g} before, rounding {floor:.3g}"
            )
        previous = residual


def check_affine(case: Case, functions: Functions, arguments: Arguments) -> None:
    """In an argument in which the output is affine, a whole step leaves only rounding."""
    everything = directions(case, arguments)
    for name in case.affine:
        v = {name: everything[name]}
        moved = _moved(arguments, v, 1.0)
        ends = np.maximum(_rounding_along(case, arguments, v), _rounding_along(case, moved, v))
        residual = trapezoid_residual(case, functions, arguments, v, 1.0)
        if not residual <= SLACK * (2 * ends[0] + ends[1]):
            raise DisagreementError(f"{case.name}: not affine in {name}: residual {residual:.3g}")


def trapezoid_residual(
    case: Case, functions: Functions, arguments: Arguments, v: dict[str, np.ndarray], epsilon: float
) -> float:
    """|f(x + εv) − f(x) − (ε/2)(g₀ + g₁)·v| for f = Σ of the output times fixed weights."""
    values, slopes = zip(
        *(_value_and_slope(case, functions, _moved(arguments, v, t), v) for t in (0.0, epsilon)), strict=True
    )
    return abs(values[1] - values[0] - epsilon / 2 * (slopes[0] + slopes[1]))


def _value_and_slope(
    case: Case, functions: Functions, arguments: Arguments, v: dict[str, np.ndarray]
) -> tuple[float, float]:
    output, saved = functions.forward(*arguments.values())
    weights = _weights(output.shape)
    gradients = dict(zip(case.gradients, functions.backward(saved, weights), strict=True))
    return inner(output, weights), sum(inner(gradients[name], direction) for name, direction in v.items())


def _weights(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(2).uniform(0.5, 1.5, shape)


def _moved(arguments: Arguments, v: dict[str, np.ndarray], t: float) -> dict[str, Any]:
    return {**arguments, **{name: arguments[name] + t * direction for name, direction in v.items()}}


def _rounding_along(case: Case, arguments: Arguments, v: dict[str, np.ndarray]) -> np.ndarray:
    """What rounding may lose of f, and of its derivative along v."""
    with precision(BITS):
        output = case.arithmetic(*lift(arguments, Direction(v), rounded_to(np.float64)).values())
        weights = _weights(output.shape)
        return np.array(
            [
                np.sum(errors(coefficients(output, order)) * weights)
                + output.size * EPS * np.sum(np.abs(as_floats(coefficients(output, order))) * weights)
                for order in (0, 1)
            ]
        )

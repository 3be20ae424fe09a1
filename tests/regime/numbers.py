"""Floats in, balls, running error bounds or Taylor series out: how the suite puts numbers into functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, ctx

from tests.regime.jets import Jet, JetArray, coefficient
from tests.regime.rounding import Format, Rounded

Arguments = Mapping[str, Any]
"""A function's arguments by name, in order: arrays and scalars of floats, arrays of labels."""

BITS = 400
"""The precision of the balls of moderate numbers: more than 1e-40 asks for, with room for cancellation."""

MANY_BITS = 2600
"""Enough for 1 + exp(-1e300) and for sums of the largest and the smallest float64."""


class DisagreementError(AssertionError):
    """What a check found wrong: the one error by which it rejects."""


def exp(value: Any) -> Any:
    """e to the power of a float or of anything that has a method of this name."""
    return value.exp() if hasattr(value, "exp") else math.exp(value)


def log(value: Any) -> Any:
    """The natural logarithm of a float or of anything that has a method of this name."""
    return value.log() if hasattr(value, "log") else math.log(value)


def tanh(value: Any) -> Any:
    """The hyperbolic tangent of a float or of anything that has a method of this name."""
    return value.tanh() if hasattr(value, "tanh") else math.tanh(value)


def sin(value: Any) -> Any:
    """The sine of a float or of anything that has a method of this name."""
    return value.sin() if hasattr(value, "sin") else math.sin(value)


def sharp(value: Any) -> Any:
    """The same number or jet without what has been lost of it so far."""
    if isinstance(value, Jet):
        return Jet(map(sharp, value.coefficients))
    return value.sharp() if isinstance(value, Rounded) else value


def precision(bits: int) -> Any:
    """A block within which balls are made and computed with this many bits."""
    return ctx.workprec(bits)


def is_real(value: Any) -> bool:
    """Whether an argument is made of real numbers: labels are not."""
    return isinstance(value, float | np.floating) or (
        isinstance(value, np.ndarray) and value.dtype.kind == "f"
    )


def entrywise(function: Callable[..., Any], *values: Any) -> Any:
    """A function of the entries of arrays of one shape, as an array of objects."""
    if not isinstance(values[0], np.ndarray):
        return function(*values)
    result = np.empty(values[0].shape, dtype=object)
    for index in np.ndindex(result.shape):
        result[index] = function(*(value[index] for value in values))
    return result


def cast(arguments: Arguments, dtype: Any) -> dict[str, Any]:
    """The arguments with every array of floats in a dtype; scalars stay Python floats."""
    return {
        name: value.astype(dtype) if isinstance(value, np.ndarray) and is_real(value) else value
        for name, value in arguments.items()
    }


def ball(value: Any) -> arb:
    """A float as the ball of radius 0 about it."""
    return arb(float(value))


def rounded_to(dtype: Any) -> Callable[[Any], Rounded]:
    """How a float becomes a number that bounds what arithmetic in a dtype loses."""
    format = Format.of(dtype)
    return lambda value: Rounded(ball(value), format)


@dataclass(frozen=True)
class Direction:
    """Which way the arguments move, by name; what is not named stands still."""

    of: Mapping[str, Any]

    @classmethod
    def along(cls, arguments: Arguments, name: str, index: tuple[int, ...]) -> Direction:
        """One entry of one argument moves at speed 1."""
        unit = np.zeros(np.shape(arguments[name]))
        unit[index] = 1
        return cls({name: unit})


STILL = Direction({})


def lift(
    arguments: Arguments, direction: Direction = STILL, number: Callable[[Any], Any] = ball
) -> dict[str, Any]:
    """The arguments as arrays of jets over a number type, to first order in a direction."""

    def entry(value: Any, speed: Any = 0) -> Jet:
        return Jet((number(value), ball(speed)) if speed else (number(value),))

    def argument(name: str, value: Any) -> Any:
        if not is_real(value):
            return value
        lifted = entrywise(entry, value, *((direction.of[name],) if name in direction.of else ()))
        return lifted.view(JetArray) if isinstance(lifted, np.ndarray) else lifted

    return {name: argument(name, value) for name, value in arguments.items()}


def coefficients(array: Any, order: int) -> Any:
    """The coefficients of one order, as an array of the number type (or plain zeros)."""
    return entrywise(lambda entry: coefficient(entry, order), np.asarray(array, dtype=object))


def jacobian(
    function: Callable[..., Any], arguments: Arguments, name: str, number: Callable[[Any], Any] = ball
) -> Any:
    """∂function/∂argument by jets, an entry at a time: the output's axes, then the argument's."""
    columns = [
        coefficients(function(*lift(arguments, Direction.along(arguments, name, index), number).values()), 1)
        for index in np.ndindex(arguments[name].shape)
    ]
    if not columns:
        shape = function(*lift(arguments, STILL, number).values()).shape
        return np.empty((*shape, *arguments[name].shape), dtype=object)
    stacked = np.empty((*columns[0].shape, len(columns)), dtype=object)
    for position, column in enumerate(columns):
        stacked[..., position] = column
    return stacked.reshape(*columns[0].shape, *arguments[name].shape)


def as_ball(value: Any) -> arb:
    """The ball of an entry of any of the number types."""
    head = coefficient(value, 0)
    return head.ball if isinstance(head, Rounded) else arb(head)


def as_floats(array: Any) -> np.ndarray:
    """The floats nearest to the middles of balls; infinities where they lie beyond float64."""
    return entrywise(lambda entry: float(as_ball(entry).mid()), np.asarray(array, dtype=object)).astype(float)


def errors(array: Any) -> np.ndarray:
    """The running error bounds of an array of `Rounded`, 0 for exact entries."""

    def error(entry: Any) -> float:
        head = coefficient(entry, 0)
        return float(head.error) if isinstance(head, Rounded) else 0.0

    return entrywise(error, np.asarray(array, dtype=object)).astype(float)

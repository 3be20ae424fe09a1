# backproof generate
# content: 59de863e5c1804513f8a18a420f0a8ce
"""What all layers and losses share: parameters with their gradients, reductions, constructor arguments."""

from __future__ import annotations

import inspect
import math
import operator
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ._arrays import FLOATS, Array, Arrays, Entrywise, Function, Notation, Values, as_array

__all__ = [
    "DTypeLike",
    "Integers",
    "Loss",
    "Module",
    "Seed",
    "as_dtype",
    "as_flag",
    "as_function",
    "as_generator",
    "as_integer",
    "as_integers",
    "as_number",
]

Integers = int | tuple[int, ...]
Seed = int | np.random.Generator | None

LARGEST_INTEGER = int(np.iinfo(np.intp).max)
LARGEST_NUMBER = 1e150
"""Its square is still a number."""


class Module:
    """A layer: its forward, its two backwards, its parameters and their gradients.

    Attributes
    ----------
    parameters, gradients : dict of str to array
        By the names of the formula, and of the same shapes; empty for a layer without parameters.
    """

    _notation: Notation
    _followers: tuple[tuple[str, str], ...] = ()
    dtype: np.dtype[Any]

    def __init__(self) -> None:
        self.parameters: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}

    def __repr__(self) -> str:
        return _call_text(self)

    def zero_grad(self) -> None:
        """Set the gradients to zero."""
        for gradient in self.gradients.values():
            gradient.fill(0)

    def update_parameters(self, gradient_step: float = 1e-3) -> None:
        """Take one step of gradient descent: subtract ``gradient_step`` times the gradients."""
        step = as_number(f"{type(self).__name__}.update_parameters: gradient_step", gradient_step)
        gradients = self.gradients
        for name, parameter in self.parameters.items():
            parameter -= step * gradients[name]

    def state_dict(self) -> dict[str, Array]:
        """Copies of the parameters, by name."""
        return {name: np.array(parameter, order="C") for name, parameter in self.parameters.items()}

    def load_state_dict(self, state: Mapping[str, ArrayLike]) -> None:
        """Copy parameters in; all of them, or none where one does not fit.

        Parameters
        ----------
        state : mapping of str to array_like
            As from `state_dict`: the names, shapes and dtype of the parameters. Integers are cast.
        """
        where = f"{type(self).__name__}.load_state_dict"
        if not isinstance(state, Mapping):
            raise ValueError(f"{where}: give a dict of arrays by name; got {type(state).__name__}")
        if set(state) != set(self.parameters):
            own, given = (", ".join(map(str, names)) or "none" for names in (self.parameters, state))
            raise ValueError(f"{where}: the parameters are {own}; given are {given}")
        # Copies: what is given may be a part of a parameter that is written before it is read.
        arrays = {name: np.array(as_array(f"{where}: {name}", value)) for name, value in state.items()}
        for name, array in arrays.items():
            parameter = self.parameters[name]
            if array.shape != parameter.shape:
                text = self._text(name)
                raise ValueError(f"{where}: {text} is {parameter.shape}; the array given is {array.shape}")
            if array.dtype.kind == "f" and array.dtype != parameter.dtype:
                both = f"{name} is {parameter.dtype}; the array given is {array.dtype}"
                raise ValueError(f"{where}: {both}: pass np.asarray({name}, np.{parameter.dtype})")
        for name, array in arrays.items():
            self.parameters[name][...] = array

    def _text(self, name: str) -> str:
        """A parameter with its axes, as in ``W[d', d]``."""
        return self._notation.text(name)

    def _start(self, name: str, shape: tuple[int, ...], bound: float, rng: np.random.Generator) -> None:
        """Make a parameter, uniform in ±bound, and its gradient, zero."""
        self.parameters[name] = rng.uniform(-bound, bound, shape).astype(self.dtype)
        self.gradients[name] = np.zeros(shape, self.dtype)

    def _add(self, **gradients: Array | None) -> None:
        """Add to the gradients; None belongs to a parameter that is absent."""
        for name, gradient in gradients.items():
            if gradient is not None:
                self.gradients[name] += gradient

    def _arrays(self, method: str, **given: ArrayLike) -> Arrays:
        """What was given, then the parameters, as arrays that fit together; None for an absent one."""
        arrays = self._notation.checked(f"{type(self).__name__}.{method}", given, self.parameters)
        return tuple(arrays.get(name) for name in (*given, *self._notation.parameters))


class Loss:
    """A loss: one value an example (or an entry, as the formula says), and the gradient of their sum.

    Attributes
    ----------
    reduction : {"none", "mean", "sum"}
        What becomes of the values.
    """

    _notation: Notation

    def __init__(self, reduction: str = "none") -> None:
        if not isinstance(reduction, str) or reduction not in ("none", "mean", "sum"):
            raise ValueError(
                f'{type(self).__name__}: reduction must be "none", "mean" or "sum"; got {reduction!r}'
            )
        self.reduction = reduction

    def __repr__(self) -> str:
        return _call_text(self)

    def _arrays(self, method: str, **given: ArrayLike) -> Arrays:
        """What was given, as arrays that fit together."""
        return tuple(self._notation.checked(f"{type(self).__name__}.{method}", given).values())

    def _reduced(self, values: Array) -> Values:
        """The values, their mean or their sum."""
        if self.reduction == "none":
            return values
        if self.reduction == "mean" and np.size(values) == 0:
            remedy = 'skip the batch, or take reduction="sum", which is 0'
            raise ValueError(f"{type(self).__name__}.forward: an empty batch has no mean: {remedy}")
        return np.mean(values) if self.reduction == "mean" else np.sum(values)

    def _delta(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """The gradient of the reduced loss with respect to each of its values."""
        count = math.prod(shape)
        return np.full(shape, 1 / count if self.reduction == "mean" and count else 1, dtype)


def as_dtype(subject: str, value: DTypeLike) -> np.dtype[Any]:
    """float32 or float64."""
    refusal = ValueError(f"{subject} must be float32 or float64; got {value!r}")
    try:
        dtype = np.dtype(value)
    except (TypeError, ValueError, SyntaxError):
        raise refusal from None
    if dtype not in FLOATS:
        raise refusal
    return dtype


def as_integer(subject: str, value: int, least: int | None = None) -> int:
    """A whole number, not below the least; a boolean is none."""
    try:
        number = _index(value)
    except TypeError:
        raise ValueError(f"{subject} must be an integer; got {value!r}") from None
    if abs(number) > LARGEST_INTEGER:
        raise ValueError(f"{subject} must be at most {LARGEST_INTEGER} in magnitude")
    if least is not None and number < least:
        raise ValueError(f"{subject} must be at least {least}; got {number}")
    return number


def as_integers(subject: str, value: Integers, count: int) -> tuple[int, ...]:
    """So many whole numbers; a single one stands for each of them."""
    if isinstance(value, (tuple, list)):
        if len(value) != count:
            raise ValueError(f"{subject} must be an integer or a tuple of {count}; got {value!r}")
        return tuple(as_integer(subject, one) for one in value)
    return (as_integer(subject, value),) * count


def as_number(subject: str, value: float) -> float:
    """A finite number whose square is finite; a boolean is none."""
    is_real = isinstance(value, Real) and not isinstance(value, (bool, np.bool_))
    try:
        number = float(value) if is_real else math.nan
    except OverflowError:
        number = LARGEST_NUMBER * 2
    if not math.isfinite(number):
        raise ValueError(f"{subject} must be a finite number; got {value!r}")
    if abs(number) > LARGEST_NUMBER:
        raise ValueError(f"{subject} must be at most {LARGEST_NUMBER} in magnitude")
    return number


def as_generator(subject: str, value: Seed) -> np.random.Generator:
    """The generator given, one from a seed, or without either one of its own."""
    if isinstance(value, np.random.Generator):
        return value
    try:
        return np.random.default_rng(None if value is None else _index(value))
    except (TypeError, ValueError):
        kinds = "an integer from 0 on or a numpy.random.Generator"
        raise ValueError(f"{subject} must be {kinds}; got {value!r}") from None


def as_flag(subject: str, value: bool) -> bool:
    """True or False, and nothing that only reads as one: a dtype in the wrong place would."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{subject} must be True or False; got {value!r}")
    return bool(value)


def as_function(subject: str, value: Function) -> Entrywise:
    """Something that can be called, which is then held to what the formulas take it for."""
    if not callable(value):
        raise ValueError(f"{subject} must be a function of an array, entry by entry; got {value!r}")
    return Entrywise(subject, value)


def _index(value: int) -> int:
    if isinstance(value, (bool, np.bool_)):
        raise TypeError
    return operator.index(value)


def _call_text(made: object) -> str:
    """The call that makes the like, without what is at its default."""
    shown = []
    followers = dict(getattr(made, "_followers", ()))
    for name, parameter in inspect.signature(type(made)).parameters.items():
        if name not in vars(made):  # rng, which is used up
            continue
        value = _short(getattr(made, name))
        default = _short(getattr(made, followers[name])) if name in followers else parameter.default
        text = str(value) if name == "dtype" else repr(value)
        if parameter.default is parameter.empty:
            shown.append(text)
        elif value != default:
            shown.append(f"{name}={text}")
    return f"{type(made).__name__}({', '.join(shown)})"


def _short(value: Any) -> Any:
    """A number in place of a tuple of equal ones."""
    is_one = isinstance(value, tuple) and len(set(value)) == 1
    return value[0] if is_one else value

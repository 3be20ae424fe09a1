"""Taylor series cut off after a few terms, over any number type that an array of objects can hold.

NumPy's ufuncs call ``.exp()``, ``.log()``, … on the entries of object arrays, so an emitted function runs
on jets as it stands. A jet of one coefficient is a number whose comparisons are strict: two balls that
overlap are not compared but refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partialmethod
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

import numpy as np

Coefficients = tuple[Any, ...]


class UndecidedError(ArithmeticError):
    """A comparison whose answer the precision does not show, such as that of two overlapping balls."""


class Jet:
    """c₀ + c₁t + c₂t² + …; coefficients beyond the last given are exact zeros.

    Coefficients need + − * /, comparisons, and those methods of `FUNCTIONS` that are used.
    """

    __slots__ = ("coefficients",)

    def __init__(self, coefficients: Iterable[Any]) -> None:
        self.coefficients: Coefficients = tuple(coefficients)

    def __repr__(self) -> str:
        return f"Jet({', '.join(map(str, self.coefficients))})"

    def _binary(self, other: Any, operate: Callable[[Coefficients, Coefficients], Coefficients]) -> Any:
        right = _lift(other)
        return NotImplemented if right is None else Jet(operate(self.coefficients, right))

    def _reflected(self, other: Any, operate: Callable[[Coefficients, Coefficients], Coefficients]) -> Any:
        left = _lift(other)
        return NotImplemented if left is None else Jet(operate(left, self.coefficients))

    def __add__(self, other: Any) -> Any:
        return self._binary(other, _sum)

    def __mul__(self, other: Any) -> Any:
        return self._binary(other, _product)

    def __sub__(self, other: Any) -> Any:
        return self._binary(other, _difference)

    def __truediv__(self, other: Any) -> Any:
        return self._binary(other, _quotient)

    def __rsub__(self, other: Any) -> Any:
        return self._reflected(other, _difference)

    def __rtruediv__(self, other: Any) -> Any:
        return self._reflected(other, _quotient)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Jet:
        return Jet(-c for c in self.coefficients)

    def __pos__(self) -> Jet:
        return self

    def __pow__(self, exponent: Any) -> Any:
        if not isinstance(exponent, int | np.integer):
            return NotImplemented
        if exponent < 0:
            return 1 / self**-exponent
        return Jet((1,)) if exponent == 0 else self if exponent == 1 else self ** (exponent - 1) * self

    def __abs__(self) -> Jet:
        return self if self >= 0 else -self

    def _sign_against(self, other: Any) -> int:
        right = _lift(other)
        if right is None:
            raise TypeError(f"a jet is not compared with {type(other).__name__}")
        a, b = self.coefficients[0], right[0]
        if a < b:
            return -1
        if a > b:
            return 1
        if a == b:
            return 0
        raise UndecidedError(f"which of {a} and {b} is larger does not show: more bits, or another point")

    def __lt__(self, other: Any) -> bool:
        return self._sign_against(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._sign_against(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._sign_against(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._sign_against(other) >= 0

    def __eq__(self, other: object) -> bool:
        return self._sign_against(other) == 0

    def __ne__(self, other: object) -> bool:
        return self._sign_against(other) != 0

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return self != 0

    def _apply(self, name: str) -> Jet:
        """f(u) = f(u₀) + ∫ f'(u) u' dt, which needs f'(u) to one order less only."""
        method, slope = FUNCTIONS[name]
        value = getattr(self.coefficients[0], method)()
        if len(self.coefficients) == 1:
            return Jet((value,))
        speed = Jet(k * c for k, c in enumerate(self.coefficients) if k)
        rate = slope(Jet(self.coefficients[:-1])) * speed
        return Jet((value, *(c / k for k, c in enumerate(rate.coefficients, start=1))))

    exp = partialmethod(_apply, "exp")
    expm1 = partialmethod(_apply, "expm1")
    log = partialmethod(_apply, "log")
    log1p = partialmethod(_apply, "log1p")
    sqrt = partialmethod(_apply, "sqrt")
    tanh = partialmethod(_apply, "tanh")
    sinh = partialmethod(_apply, "sinh")
    cosh = partialmethod(_apply, "cosh")
    sin = partialmethod(_apply, "sin")
    cos = partialmethod(_apply, "cos")
    tan = partialmethod(_apply, "tan")
    arctan = partialmethod(_apply, "arctan")


FUNCTIONS = MappingProxyType(
    {
        "exp": ("exp", lambda u: u.exp()),
        "expm1": ("expm1", lambda u: u.exp()),
        "log": ("log", lambda u: 1 / u),
        "log1p": ("log1p", lambda u: 1 / (1 + u)),
        "sqrt": ("sqrt", lambda u: 1 / (2 * u.sqrt())),
        "tanh": ("tanh", lambda u: 1 - u.tanh() ** 2),
        "sinh": ("sinh", lambda u: u.cosh()),
        "cosh": ("cosh", lambda u: u.sinh()),
        "sin": ("sin", lambda u: u.cos()),
        "cos": ("cos", lambda u: -u.sin()),
        "tan": ("tan", lambda u: 1 + u.tan() ** 2),
        "arctan": ("atan", lambda u: 1 / (1 + u * u)),
    }
)
"""NumPy's name of a function: the coefficients' name of it, and its derivative."""


class JetArray(np.ndarray):
    """An array of jets, of which a maximum or minimum with plain numbers is one as well.

    ``np.minimum(a, 0)`` picks the 0 as it stands, on whose entries ``np.exp`` then finds no method.
    """

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: tuple[Any, ...] = (), **options: Any
    ) -> Any:
        given = [_plain(value) for value in inputs]
        if ufunc in (np.maximum, np.minimum) and method == "__call__":
            left, right = given
            given = [left + 0 * right, right + 0 * left]
        if out:
            options["out"] = tuple(map(_plain, out))
        result = getattr(ufunc, method)(*given, **options)
        if out:
            return out[0]
        is_array = isinstance(result, np.ndarray) and result.dtype == object
        return result.view(JetArray) if is_array else result


def _plain(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, JetArray) else value


def coefficient(entry: Any, order: int) -> Any:
    """The coefficient of t^order of an entry, which may be a plain number."""
    coefficients = entry.coefficients if isinstance(entry, Jet) else (entry,)
    return coefficients[order] if order < len(coefficients) else 0


def _lift(value: Any) -> Coefficients | None:
    """The coefficients of anything that is a number; None for what is not, such as an array."""
    if isinstance(value, Jet):
        return value.coefficients
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, np.ndarray | str | complex) or value is None else (value,)


def _sum(a: Coefficients, b: Coefficients) -> Coefficients:
    return tuple(p + q for p, q in zip_longest(a, b, fillvalue=0))


def _difference(a: Coefficients, b: Coefficients) -> Coefficients:
    return tuple(p - q for p, q in zip_longest(a, b, fillvalue=0))


def _convolved(a: Coefficients, b: Coefficients, order: int) -> Any:
    """Σ a_j b_{order−j}, begun with its first product so that no zero is ever added."""
    first, last = max(0, order - len(b) + 1), min(order, len(a) - 1)
    if first > last:
        return 0
    total = a[first] * b[order - first]
    for j in range(first + 1, last + 1):
        total = total + a[j] * b[order - j]
    return total


def _product(a: Coefficients, b: Coefficients) -> Coefficients:
    return tuple(_convolved(a, b, order) for order in range(max(len(a), len(b))))


def _quotient(a: Coefficients, b: Coefficients) -> Coefficients:
    quotient: Coefficients = ()
    for order in range(max(len(a), len(b))):
        numerator = a[order] if order < len(a) else 0
        if quotient:
            numerator = numerator - _convolved(quotient, (0, *b[1:]), order)
        quotient += (numerator / b[0],)
    return quotient

"""What floating-point arithmetic may lose: a number that carries a running bound of its own error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partialmethod
from typing import Any

import numpy as np
from flint import arb


@dataclass(frozen=True)
class Format:
    """What of a floating-point format the bounds need: ε, and the |x| beyond which exp(−|x|) is 0."""

    eps: float
    reach: float

    @classmethod
    def of(cls, dtype: Any) -> Format:
        """The format of a dtype."""
        info = np.finfo(dtype)
        return cls(float(info.eps), float(-np.log(float(info.smallest_subnormal))))


class Rounded:
    """A ball about the exact value, widened after every operation by what that operation may lose.

    A sum of more than two terms is widened by ε times the sum of their absolute values, whatever cancels,
    so that the bound does not hang on the order of the terms.
    """

    __slots__ = ("ball", "format", "terms")

    def __init__(self, ball: arb, format: Format, terms: arb | None = None) -> None:
        self.ball, self.format, self.terms = ball, format, terms

    def __repr__(self) -> str:
        return f"Rounded({self.ball})"

    @property
    def error(self) -> arb:
        """How far a computed value may be from the exact one."""
        return self.ball.rad()

    def sharp(self) -> Rounded:
        """The middle, as though nothing had been lost of it."""
        return Rounded(arb(self.ball.mid()), self.format)

    def _widened(self, ball: arb, times: Any = 1) -> Rounded:
        return Rounded(ball + arb(0, self.format.eps * times * abs(ball)), self.format)

    def __add__(self, other: Any) -> Rounded:
        ball, terms = _parts(other)
        if ball == 0:
            return self
        total = self.ball + ball
        known = abs(self.ball) if self.terms is None else self.terms
        absolute = known + (abs(ball) if terms is None else terms)
        lost = abs(total) if self.terms is None and terms is None else absolute
        return Rounded(total + arb(0, self.format.eps * lost), self.format, absolute)

    def __mul__(self, other: Any) -> Rounded:
        return self._widened(self.ball * _parts(other)[0])

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Rounded:
        return self._widened(self.ball / _parts(other)[0])

    def __rtruediv__(self, other: Any) -> Rounded:
        return self._widened(_parts(other)[0] / self.ball)

    def __neg__(self) -> Rounded:
        return Rounded(-self.ball, self.format, self.terms)

    def __sub__(self, other: Any) -> Rounded:
        return self + -other

    def __rsub__(self, other: Any) -> Rounded:
        return -self + other

    def __lt__(self, other: Any) -> bool:
        return bool(self.ball.mid() < _parts(other)[0].mid())

    def __gt__(self, other: Any) -> bool:
        return bool(self.ball.mid() > _parts(other)[0].mid())

    def __eq__(self, other: object) -> bool:
        return bool(self.ball.mid() == _parts(other)[0].mid())

    __hash__ = None  # type: ignore[assignment]

    def _apply(self, name: str) -> Rounded:
        return self._widened(getattr(self.ball, name)())

    def _grow(self, name: str) -> Rounded:
        """exp also multiplies what its argument loses where a safe form shifts it: as far as exp is not 0."""
        shifted = arb.min(abs(self.ball.mid()), arb(self.format.reach))
        return self._widened(getattr(self.ball, name)(), 1 + shifted)

    exp = partialmethod(_grow, "exp")
    expm1 = partialmethod(_grow, "expm1")
    log = partialmethod(_apply, "log")
    log1p = partialmethod(_apply, "log1p")
    sqrt = partialmethod(_apply, "sqrt")
    tanh = partialmethod(_apply, "tanh")
    sinh = partialmethod(_apply, "sinh")
    cosh = partialmethod(_apply, "cosh")
    sin = partialmethod(_apply, "sin")
    cos = partialmethod(_apply, "cos")
    tan = partialmethod(_apply, "tan")
    atan = partialmethod(_apply, "atan")


def _parts(value: Any) -> tuple[arb, arb | None]:
    return (value.ball, value.terms) if isinstance(value, Rounded) else (arb(value), None)

"""Numbers of a finite field: values in F_p, exponents in Z_q, where p = 2q + 1 and both are prime.

exp maps Z_q onto the squares of F_p, which play the positive numbers: exp(a + b) = exp(a)·exp(b) and
√exp(a) = exp(a/2) hold. A formula has a value on either side; on the exponent side every function and
root is an unknown that its value in F_p names, so what agrees there agrees for unknowns. Functions
without a law here (sin, atan, erf, an unspecified f) are unknowns in F_p too. Every map respects the
laws of the reals or is such an unknown: two formulas that agree here agree as formulas, with high
probability. The converse holds only where no unknown hides a law, so a difference may need a ball.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

from derivations.fingerprint.evaluate import Env, Redraw, Undefined
from derivations.fingerprint.factors import factors
from derivations.fingerprint.formula import BY_EXP, Exact, Node, OutOfReach

if TYPE_CHECKING:
    from derivations.fingerprint.trial import Trial

PRIME = 2**128 + 1488943
"""The least safe prime above 2¹²⁸ of which 2, 3, 5, …, 23 are squares, as positive numbers should be."""
HALF = (PRIME - 1) // 2
"""q: the order of the squares, itself prime."""
SEARCHED = 12
"""How many of the last exponentials and logarithms are searched for a relation between two logarithms."""


@dataclass(frozen=True, slots=True)
class Power:
    """An element of Z_q that is known only through exp of it, a square of F_p: what log gives."""

    image: int


Residue = int | Power


def is_square(value: int) -> bool:
    """Whether a residue counts as positive."""
    return pow(value, HALF, PRIME) == 1


def residue(value: Exact, modulus: int) -> int:
    """A rational modulo a prime."""
    if value.denominator == 1:
        return int(value) % modulus
    if value.denominator % modulus == 0:
        raise OutOfReach(f"{value} is not in the field")
    return value.numerator * pow(value.denominator, -1, modulus) % modulus


class PrimeArithmetic:
    """F_p, with exp, log up to the relations found, and unknowns for the rest."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self._exponents: dict[int, int] = {1: 0}
        self._logs: dict[int, int] = {1: 0}

    def number(self, value: Exact) -> int:
        return residue(value, PRIME)

    def add(self, terms: Sequence[int]) -> int:
        return sum(terms) % PRIME

    def multiply(self, factors: Sequence[int]) -> int:
        total = 1
        for factor in factors:
            total = total * factor % PRIME
        return total

    def power(self, base: Node, exponent: Exact, env: Env) -> int:
        value = self.trial.prime.value(base, env)
        if value == 0 and exponent < 0:
            raise Undefined("a division by 0")
        if exponent.denominator == 1:
            return pow(value, int(exponent), PRIME)
        if value == 0:
            return 0
        if not is_square(value):
            raise Redraw("the root of a non-square")
        return pow(value, exponent.numerator * pow(exponent.denominator, -1, HALF) % HALF, PRIME)

    def call(self, name: str, argument: Node, env: Env) -> int:
        if name in BY_EXP:
            return self._by_exp(name, self.exp(argument, env))
        value = self.trial.prime.value(argument, env)
        if name == "log":
            return self.log(argument, env)
        if name.endswith("()"):
            return self.unknown(name, value)
        if name in ("sin", "cos", "tan"):
            return self._circular(name, value)
        # atan and erf are odd
        return self.unknown(name, value) if value <= HALF else -self.unknown(name, PRIME - value) % PRIME

    def constant(self, name: str) -> int:
        return pow(self.unknown(name, 1), 2, PRIME)

    def unknown(self, name: str, value: int) -> int:
        """A random residue named by a function and a value; 0 is kept by the odd ones."""
        if value == 0 and not name.endswith("()"):
            return 0
        return self.random(f"{name} {value}")

    def random(self, text: str) -> int:
        """A residue that a text names."""
        digest = blake2b(text.encode(), key=self.trial.point.seed, digest_size=48).digest()
        return int.from_bytes(digest, "big") % PRIME

    @cached_property
    def base(self) -> int:
        """exp(1): any square but 1 generates them all."""
        return pow(self.random("e"), 2, PRIME)

    def exp(self, argument: Node, env: Env) -> int:
        """exp of an argument; what may serve to relate two logarithms is kept."""
        exponent = self.trial.exponent.value(argument, env)
        if isinstance(exponent, Power):
            return exponent.image
        value = pow(self.base, exponent, PRIME)
        if "log" in self.trial.program.features:
            self._exponents[min(value, PRIME - value)] = self.trial.prime.value(argument, env)
        return value

    def _by_exp(self, name: str, grown: int) -> int:
        if name == "exp":
            return grown
        inverse = pow(grown, -1, PRIME)
        sine, cosine = (grown - inverse) * (HALF + 1), (grown + inverse) * (HALF + 1)
        if name == "tanh":
            return sine * pow(cosine, -1, PRIME) % PRIME
        return (sine if name == "sinh" else cosine) % PRIME

    def _circular(self, name: str, value: int) -> int:
        """By τ = tan(u/2), an odd unknown, so that sin² + cos² = 1 and tan = sin/cos."""
        half = self.unknown("angle", min(value, PRIME - value)) * (1 if value <= HALF else -1)
        sine, cosine, scale = 2 * half, 1 - half * half, 1 + half * half
        if name == "tan":
            return sine * pow(cosine, -1, PRIME) % PRIME
        return (sine if name == "sin" else cosine) * pow(scale, -1, PRIME) % PRIME

    def log(self, argument: Node, env: Env) -> int:
        """log|u|, factor by factor; what is no exponential is an unknown, up to the relations found."""
        terms = []
        for weight, node, inner, exponential in factors(self.trial, argument, env, 1):
            value = self.trial.prime.value(node, inner)
            terms.append(self.number(weight) * (value if exponential else self._leaf(value)))
        return self.add(terms)

    def _leaf(self, value: int) -> int:
        value = min(value, PRIME - value)
        if value == 0:
            raise Undefined("the logarithm of 0")
        if value not in self._logs:
            found = self._related(value)
            self._logs[value] = self.random(f"log {value}") if found is None else found
        return self._logs[value]

    def _related(self, value: int) -> int | None:
        """log u where u = v^±1 · e^a or v^±1 · e^(a−b) for an earlier log v and earlier exponentials."""
        known = [1, *list(self._exponents)[-SEARCHED:]]
        for earlier, log in [(1, 0), *list(self._logs.items())[-SEARCHED:]]:
            for sign, ratio in ((1, value * pow(earlier, -1, PRIME)), (-1, value * earlier)):
                for below in known:
                    above = ratio * below % PRIME
                    above = min(above, PRIME - above)
                    if above in self._exponents:
                        return (sign * log + self._exponents[above] - self._exponents[below]) % PRIME
        return None

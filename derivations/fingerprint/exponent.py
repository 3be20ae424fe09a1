"""Exponents: numbers of Z_q, where q is the order of the squares of F_p that exp maps to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derivations.fingerprint.evaluate import Env, Redraw, Undefined
from derivations.fingerprint.factors import factors, resolve_root
from derivations.fingerprint.field import HALF, PRIME, Power, PrimeArithmetic, Residue, is_square, residue
from derivations.fingerprint.formula import Exact, Node, OutOfReach

if TYPE_CHECKING:
    from derivations.fingerprint.trial import Trial


class ExponentArithmetic:
    """Z_q: rational operations, logarithms through their image, and unknowns named by their value in F_p."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial

    def number(self, value: Exact) -> Residue:
        return residue(value, HALF)

    def add(self, terms: Sequence[Residue]) -> Residue:
        known = sum(term for term in terms if isinstance(term, int)) % HALF
        images = [term.image for term in terms if isinstance(term, Power)]
        if not images:
            return known
        prime = self._prime()
        return Power(prime.multiply([pow(prime.base, known, PRIME), *images]))

    def multiply(self, factors: Sequence[Residue]) -> Residue:
        known, images = 1, []
        for factor in factors:
            if isinstance(factor, Power):
                images.append(factor.image)
            else:
                known = known * factor % HALF
        if len(images) > 1:
            raise OutOfReach("an exponent holds a product of two logarithms")
        return Power(pow(images[0], known, PRIME)) if images else known

    def power(self, base: Node, exponent: Exact, env: Env) -> Residue:
        image = self._prime().power(base, exponent, env)
        base, inner, times = resolve_root(self.trial, base, env)
        if (exponent * times).denominator != 1:
            return self._unknown(image)
        value = self.trial.exponent.value(base, inner)
        if value == 0 and exponent < 0:
            raise Undefined("a division by 0")
        if isinstance(value, Power):
            if exponent * times == 1:
                return value
            raise OutOfReach("an exponent holds a power of a logarithm")
        return pow(value, int(exponent * times), HALF)

    def call(self, name: str, argument: Node, env: Env) -> Residue:
        prime = self._prime()
        if name != "log":
            return self._unknown(prime.call(name, argument, env))
        terms: list[Residue] = []
        for weight, node, inner, exponential in factors(self.trial, argument, env, 1):
            if exponential:
                term = self.trial.exponent.value(node, inner)
            else:
                image = self.trial.prime.value(node, inner)
                if not is_square(image):
                    raise Redraw("the logarithm of a non-square")
                term = Power(image)
            terms.append(self.multiply([self.number(weight), term]))
        return self.add(terms)

    def constant(self, name: str) -> Residue:
        return self._unknown(self._prime().constant(name))

    def _unknown(self, image: int) -> int:
        """What stands for a value on this side, if only its value in F_p is known."""
        return self._prime().random(f"exponent {image}") % HALF

    def _prime(self) -> PrimeArithmetic:
        return self.trial.prime.arithmetic  # type: ignore[return-value]

"""Terms and factors as they are written: what stands above the line, what below it, where the minus goes."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Idx, Indexed, Integer, Mul, Pow, Rational, Sum, log
from sympy.codegen.cfunctions import log1p

from codegen.indicators import deciding
from derivations.substitution import factors_of, free_indices, terms_of


def fraction_of(e: Expr) -> tuple[list[Expr], list[Expr], bool]:
    """Factors above and below the line, and whether there is a minus sign; no number 1 among them."""
    above: list[Expr] = []
    below: list[Expr] = []
    negative = False
    for factor in factors_of(e):
        if isinstance(factor, Rational):
            negative ^= bool(factor < 0)
            above += [Integer(abs(factor.p))] if abs(factor.p) != 1 else []
            below += [Integer(factor.q)] if factor.q != 1 else []
        elif isinstance(factor, Pow) and factor.exp.is_negative:
            below.append(factor.base ** (-factor.exp))
        else:
            above.append(factor)
    return above, below, negative


def negate_number(above: list[Expr], below: list[Expr], negative: bool) -> bool:
    """Give a minus sign to a number above or below the line, if there is one; whether it is still to be written."""
    for factors in (above, below) if negative else ():
        for position, factor in enumerate(factors):
            if isinstance(factor, Integer):
                factors[position] = -factor
                return False
    return negative


def squares_apart(factors: list[Expr]) -> list[Expr]:
    """u² as two factors u, so that a square may be split between two operands of a product."""
    apart: list[Expr] = []
    for f in factors:
        apart += [f.base] * 2 if isinstance(f, Pow) and f.exp == 2 and isinstance(f.base, Indexed) else [f]
    return apart or [Integer(1)]


def outside_and_inside(e: Expr) -> tuple[Expr, Expr]:
    """The factors of a summand that are roots or powers of sizes, which stay outside of the sum, and the rest."""
    outside = [f for f in factors_of(e) if isinstance(f, Pow) and not f.atoms(Indexed) and not free_indices(f)]
    return Mul(*outside), Mul(*(f for f in factors_of(e) if f not in outside))


def with_indicators(factors: Sequence[Expr]) -> list[Expr]:
    """Each factor that holds an indicator joined to another that has its indices: [u > 0] alone has no dtype."""
    plain = [f for f in factors if deciding(f) is None]
    for factor in (f for f in factors if deciding(f) is not None):
        indices = set(free_indices(factor))
        fitting = [f for f in plain if f.atoms(Indexed) and indices <= set(free_indices(f))]
        if not fitting:
            return [Mul(*factors)]
        smallest = min(fitting, key=lambda f: (len(free_indices(f)), str(f)))
        plain[plain.index(smallest)] = Mul(smallest, factor)
    return plain


def with_joined_logs(e: Add) -> Expr:
    """log u − log d as log(u/d), where d is a number: a logarithm of a number has no dtype of its own."""
    terms = list(terms_of(e))
    for term in terms_of(e):
        times, part = term.as_coeff_Mul()
        if not isinstance(part, log) or part.atoms(Indexed):
            continue
        for position, other in enumerate(terms):
            factor, logarithm = other.as_coeff_Mul()
            if isinstance(logarithm, log) and logarithm.atoms(Indexed) and abs(factor) == abs(times):
                terms[position] = factor * log(logarithm.args[0] * part.args[0] ** (times / factor))
                terms.remove(term)
                break
    return Add(*terms)


# The order of terms ---------------------------------------------------------------------------------


def is_negated(e: Expr) -> bool:
    """Whether a term is written with a minus sign."""
    return bool(e.could_extract_minus_sign())


def rank(e: Expr, order: tuple[Idx, ...]) -> int:
    """A product of matrices comes first: the other terms are added to it in place. What is taken away comes late.

    log(1 + t) is last: it is small, and adds its digits to what is left when the other terms have cancelled.
    """
    if isinstance(e, log1p):
        return 4
    is_product = any(
        len(free_indices(s.function)) > len(order) >= 1 and set(free_indices(s)) == set(order)
        for s in e.atoms(Sum)
    )
    if is_product:
        return 0 if not is_negated(e) else 1 if e.as_coeff_Mul()[0] != -1 else 3
    return 3 if is_negated(e) else 2


def place(e: Expr) -> tuple[int, int]:
    """Whole formulas before short ones: what has most indices comes first, numbers last."""
    return (-len(free_indices(e)), 0 if e.atoms(Sum) else 1)

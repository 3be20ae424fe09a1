"""A formula as one line of plain Unicode: ``Σ_i x[n, i]·W[j, i] + b[j]``. For comments, errors and tables.

The order of terms and factors follows from what they are and how they read, never from how SymPy stores
them: numbers, scalars, brackets, gradients, tensors, functions, sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sympy import (
    Abs,
    Add,
    Expr,
    Function,
    Idx,
    Indexed,
    Integer,
    KroneckerDelta,
    Max,
    Min,
    Mod,
    Mul,
    Pow,
    Rational,
    Sum,
    Symbol,
    exp,
    floor,
    pi,
)
from sympy.core.numbers import Exp1

from derivations.notation import (
    GRADIENT,
    argmax_over,
    between,
    derivative,
    is_gradient,
    is_single,
    is_zero_at,
    jacobian,
    maximum_over,
    mean_over,
    name_of,
    positive,
    select,
)
from derivations.number_matrices import number_matrix
from derivations.products import coefficient_of, flat, is_divisor, signed
from derivations.substitution import bound_indices

# How tightly a text holds together; a text is put in parentheses where a tighter one is needed.
TERMS, PREFIX, FACTORS, POWER, ATOM = range(5)
SUPERSCRIPTS = {2: "²", 3: "³"}


@dataclass(frozen=True)
class Piece:
    """A text and how tightly it holds together."""

    text: str
    strength: int

    def within(self, strength: int) -> str:
        """The text where at least this strength is needed."""
        return self.text if self.strength >= strength else f"({self.text})"


def formula(e: Expr) -> str:
    """An expression as one line of plain text, the same in every process.

    >>> formula(sum_(x[n, i] * W[j, i], i) + b[j])
    'Σ_i x[n, i]·W[j, i] + b[j]'
    """
    return _piece(e).text


def equation(left: Expr, right: Expr) -> str:
    """``left = right`` as one line of plain text."""
    return f"{formula(left)} = {formula(right)}"


@lru_cache(maxsize=10_000)
def _piece(e: Expr) -> Piece:
    for kind, rule in _RULES:
        if isinstance(e, kind):
            return rule(e)
    raise ValueError(f"{e.func.__name__} has no spelling as plain text: it is not in the language")


def _number(e: Rational) -> Piece:
    return Piece(str(e), TERMS if e < 0 else ATOM if e.q == 1 else FACTORS)


def _indexed(e: Indexed) -> Piece:
    at = ", ".join(formula(i) for i in e.indices if not is_single(i))
    text = name_of(e).removeprefix(GRADIENT) + (f"[{at}]" if at else "")
    return Piece(f"∂L/∂{text}", FACTORS) if is_gradient(e.base) else Piece(text, ATOM)


# Sums and products ----------------------------------------------------------------------------------


def _sum(e: Expr) -> Piece:
    """Σ, max, argmax or mean over indices: a prefix that reaches to the end of its product."""
    sign = {maximum_over: "max", argmax_over: "argmax", mean_over: "mean"}.get(e.func, "Σ")
    head = " ".join(f"{sign}_{i.label}" for i in bound_indices(e))
    return Piece(f"{head} {_piece(e.args[0]).within(PREFIX)}", PREFIX)


def _terms(e: Add) -> Piece:
    if (matrix := number_matrix(e)) is not None:
        at = ", ".join(formula(i) for i in matrix.indices)
        text = f"{list(map(list, matrix.rows))}[{at}]"
        return Piece(text, ATOM) if matrix.divisor == 1 else Piece(f"{text}/{matrix.divisor}", FACTORS)
    terms = map(signed, sorted(flat(e, Add), key=term_key))
    first, *rest = [(sign, _piece(t).within(PREFIX)) for sign, t in terms]
    text = ("-" if first[0] < 0 else "") + first[1]
    return Piece(text + "".join(f" {'-' if sign < 0 else '+'} {t}" for sign, t in rest), TERMS)


def term_key(e: Expr) -> tuple[bool, int, int, str]:
    """Sorts terms: added before taken away; numbers, sums, what has indices, scalars; short ones first."""
    sign, e = signed(e)
    parts = flat(e, Mul) if isinstance(e, Mul) else [e]
    if isinstance(e, Rational):
        rank = 0
    elif all(isinstance(p, (Symbol, Rational)) for p in parts):
        rank = 3
    else:
        rank = 1 if any(isinstance(p, Sum) for p in parts) else 2
    return sign < 0, rank, len(parts), formula(e)


def _factors(e: Mul) -> Piece:
    sign, e = signed(e)
    coefficient, parts = coefficient_of(flat(e, Mul) if isinstance(e, Mul) else [e])
    above = [p for p in parts if not is_divisor(p)]
    below = [p.base if p.exp == -1 else Pow(p.base, -p.exp) for p in parts if is_divisor(p)]
    bottom = _product(coefficient.denominator, below, last_is_free=False)
    if bottom and len(bottom) == len(below) == 1:
        # A fraction below the line stands in brackets: x/(w/z), not x/w/z.
        bottom = [_piece(below[0]).within(POWER)]
    top = _product(coefficient.numerator, above, last_is_free=not bottom)
    if len(above) == 1 and coefficient == 1 and not bottom and sign > 0:
        return _piece(above[0])
    text = "·".join(top) or "1"
    if bottom:
        text += "/" + (bottom[0] if len(bottom) == 1 else f"({'·'.join(bottom)})")
    return Piece("-" + text, TERMS) if sign < 0 else Piece(text, FACTORS)


def _product(number: int, parts: Sequence[Expr], *, last_is_free: bool) -> list[str]:
    """The factors as texts in their order; a sum reaches as far as it can, so only the last may go bare."""
    pieces = [_piece(p) for p in sorted(parts, key=factor_key)]
    texts = [p.within(FACTORS) for p in pieces]
    if texts and last_is_free and pieces[-1].strength == PREFIX:
        texts[-1] = pieces[-1].text
    return texts if number == 1 else [str(number), *texts]


def factor_key(e: Expr) -> tuple[int, bool, str]:
    """Sorts factors: numbers, scalars, brackets, gradients, tensors (x before W), functions, sums."""
    base = e.base if isinstance(e, Pow) else e
    if isinstance(base, Indexed):
        if is_gradient(base.base):
            return 3, False, formula(e)
        return 4, name_of(base)[0].isupper(), formula(e)
    ranks: tuple[type | tuple[type, ...], ...] = (
        Rational,
        Symbol,
        (KroneckerDelta, between, positive, is_zero_at),
        (),
        Idx,
        Add,
        Function,
    )
    rank = next((r for r, kinds in enumerate(ranks) if isinstance(base, kinds)), len(ranks))
    return rank, False, formula(e)


# Powers, functions, brackets ------------------------------------------------------------------------


def _power(e: Pow) -> Piece:
    if is_divisor(e):
        return _factors(Mul(e, Integer(1), evaluate=False))
    if e.exp == Rational(1, 2):
        under = formula(e.base)
        return Piece(f"√{under}" if isinstance(e.base, Symbol) else f"√({under})", ATOM)
    base = _piece(e.base).within(ATOM)
    if e.exp in SUPERSCRIPTS:
        return Piece(base + SUPERSCRIPTS[int(e.exp)], POWER)
    return Piece(f"{base}^{_piece(e.exp).within(ATOM)}", POWER)


def _call(e: Expr) -> Piece:
    names = {Max: "max", Min: "min"}
    arguments = [formula(a) for a in e.args]
    if e.func in names:
        # SymPy keeps these as a set: the numbers go last, as in max(x, 0).
        arguments.sort(key=lambda t: (t.lstrip("-").isdigit(), t))
    return Piece(f"{names.get(e.func, e.func.__name__)}({', '.join(arguments)})", ATOM)


def _delta(e: KroneckerDelta) -> Piece:
    left, right = sorted(e.args, key=lambda a: 0 if isinstance(a, Idx) else 1 if isinstance(a, Add) else 2)
    return Piece(f"[{formula(left)} = {formula(right)}]", ATOM)


def _between(e: Expr) -> Piece:
    low, value, high = map(formula, e.args)
    return Piece(f"[{low} ≤ {value} ≤ {high}]", ATOM)


def _bracket(relation: str) -> Callable[[Expr], Piece]:
    return lambda e: Piece(f"[{formula(e.args[0])} {relation} 0]", ATOM)


def _select(e: Expr) -> Piece:
    condition, chosen, other = map(formula, e.args)
    return Piece(f"({chosen} where {condition.strip('[]')}, else {other})", ATOM)


def _derivative(e: Expr) -> Piece:
    return Piece(f"∂({formula(e.args[0])})/∂{formula(e.args[1])}", FACTORS)


def _jacobian(e: Expr) -> Piece:
    return Piece(f"∂{formula(e.args[0])}/∂{formula(e.args[1])}", FACTORS)


_RULES: tuple[tuple[type | tuple[type, ...], Callable[[Expr], Piece]], ...] = (
    (Rational, _number),
    (Indexed, _indexed),
    ((Sum, maximum_over, argmax_over, mean_over), _sum),
    (Add, _terms),
    (Mul, _factors),
    (exp, _call),
    (Exp1, lambda e: Piece("e", ATOM)),
    (Pow, _power),
    (type(pi), lambda e: Piece("π", ATOM)),
    (KroneckerDelta, _delta),
    (select, _select),
    (positive, _bracket(">")),
    (between, _between),
    (floor, lambda e: Piece(f"⌊{formula(e.args[0])}⌋", ATOM)),
    (Mod, lambda e: Piece(" mod ".join(_piece(a).within(ATOM) for a in e.args), FACTORS)),
    (is_zero_at, _bracket("=")),
    (jacobian, _jacobian),
    (derivative, _derivative),
    (Abs, lambda e: Piece(f"|{formula(e.args[0])}|", ATOM)),
    (Idx, lambda e: Piece(str(e.label), ATOM)),
    (Symbol, lambda e: Piece(str(e), ATOM)),
    ((Function, Max, Min), _call),
)

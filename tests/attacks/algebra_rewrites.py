"""True rewrites of a part of a formula by algebra and analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from sympy import Abs, Add, Expr, Integer, Max, Min, Mul, Pow, Rational, Sum, exp, log, sqrt, tanh

from derivations.notation import is_zero_at, positive
from derivations.substitution import bound_indices
from tests.attacks.expressions import Scope, inverse, minus, total
from tests.attacks.random_formulas import positive_part, simple_formula

Rewrite = Callable[[Random, Expr, Scope], Expr | None]
"""A part of a formula and the indices known there give an equal part; None where the identity does not fit."""

ONE, TWO = Integer(1), Integer(2)


def _commute(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """u + v = v + u, u·v = v·u."""
    if not isinstance(e, (Add, Mul)):
        return None
    args = list(e.args)
    random.shuffle(args)
    return e.func(*args)


def _associate(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """(u + v) + w = u + (v + w), and for products."""
    if not isinstance(e, (Add, Mul)):
        return None
    args = [part for a in e.args for part in (a.args if a.func == e.func else (a,))]
    if len(args) < 3:
        return None
    cut = random.randint(1, len(args) - 2)
    return e.func(*args[:cut], e.func(*args[cut:]))


def _distribute(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """u·(v + w) = u·v + u·w."""
    sums = [a for a in e.args if isinstance(a, Add)] if isinstance(e, Mul) else []
    if not sums:
        return None
    rest = [a for a in e.args if a is not sums[0]]
    return Add(*(Mul(*rest, term) for term in sums[0].args))


def _multiply_out_square(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """(u + v)² = u² + 2uv + v²."""
    if not (isinstance(e, Pow) and e.exp == 2 and isinstance(e.base, Add) and len(e.base.args) == 2):
        return None
    first, second = e.base.args
    return Add(Pow(first, TWO), Mul(TWO, first, second), Pow(second, TWO))


def _square_as_product(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """u² = u·u."""
    return Mul(e.base, e.base) if isinstance(e, Pow) and e.exp == 2 else None


def _product_as_squares(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """u·v = ((u + v)² - (u - v)²)/4."""
    if not (isinstance(e, Mul) and len(e.args) == 2):
        return None
    u, v = e.args
    return Mul(Rational(1, 4), Add(Pow(Add(u, v), TWO), minus(Pow(Add(u, minus(v)), TWO))))


def _complete_the_square(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """u² + v = (u + g)² - 2ug - g² + v."""
    squares = [a for a in e.args if isinstance(a, Pow) and a.exp == 2] if isinstance(e, Add) else []
    if not squares:
        return None
    u, g = squares[0].base, simple_formula(random, scope)
    rest = [a for a in e.args if a is not squares[0]]
    return Add(Pow(Add(u, g), TWO), minus(Mul(TWO, u, g)), minus(Pow(g, TWO)), *rest)


def _add_and_take_away(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """u = (u + g) - g."""
    g = simple_formula(random, scope)
    return Add(Add(e, g), minus(g))


def _multiply_by_one(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """u = u·g/g for a g that is never 0."""
    g = simple_formula(random, scope)
    one = random.choice([positive_part(g), Add(ONE, exp(g)), exp(g)])
    return Mul(Mul(e, one), inverse(one))


def _partial_fraction(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """1/(1 + u) = 1 - u/(1 + u)."""
    if not (isinstance(e, Pow) and e.exp == -1 and isinstance(e.base, Add) and ONE in e.base.args):
        return None
    rest = list(e.base.args)
    rest.remove(ONE)
    return Add(ONE, minus(Mul(Add(*rest), e)))


def _invert_a_sigmoid(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """1/(1 + e^u) = e^{-u}/(1 + e^{-u})."""
    if not (isinstance(e, Pow) and e.exp == -1 and isinstance(e.base, Add) and len(e.base.args) == 2):
        return None
    powers = [a for a in e.base.args if isinstance(a, exp)]
    if ONE not in e.base.args or not powers:
        return None
    other = exp(minus(powers[0].args[0]))
    return Mul(other, inverse(Add(ONE, other)))


def _tanh_for_a_sigmoid(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """1/(1 + e^u) = (1 - tanh(u/2))/2."""
    if _invert_a_sigmoid(random, e, scope) is None:
        return None
    u = next(a for a in e.base.args if isinstance(a, exp)).args[0]
    return Mul(Rational(1, 2), Add(ONE, minus(tanh(Mul(Rational(1, 2), u)))))


def _tanh_in_exps(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """tanh u = 1 - 2/(e^{2u} + 1)."""
    return Add(ONE, minus(Mul(TWO, inverse(Add(exp(Mul(TWO, e.args[0])), ONE))))) if isinstance(e, tanh) else None


def _exp_of_a_sum(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """e^{u + v} = e^u·e^v."""
    return Mul(*map(exp, e.args[0].args)) if isinstance(e, exp) and isinstance(e.args[0], Add) else None


def _exp_as_inverse(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """e^u = 1/e^{-u}."""
    return inverse(exp(minus(e.args[0]))) if isinstance(e, exp) else None


def _exp_as_square(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """e^u = (e^{u/2})²."""
    return Pow(exp(Mul(Rational(1, 2), e.args[0])), TWO) if isinstance(e, exp) else None


def _log_of_exp(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """u = log e^u."""
    return log(exp(e))


def _log_of_a_product(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """log u = log(u·g) - log g for a positive g."""
    g = positive_part(simple_formula(random, scope))
    return Add(log(Mul(e.args[0], g)), minus(log(g))) if isinstance(e, log) else None


def _log_of_one_plus_exp(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """log(1 + e^u) = u + log(1 + e^{-u})."""
    if not (isinstance(e, log) and isinstance(e.args[0], Add) and len(e.args[0].args) == 2):
        return None
    powers = [a for a in e.args[0].args if isinstance(a, exp)]
    if ONE not in e.args[0].args or not powers:
        return None
    u = powers[0].args[0]
    return Add(u, log(Add(ONE, exp(minus(u)))))


def _shift_by_a_constant(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """Σ e^u = e^c·Σ e^{u - c}, c free of what is summed over."""
    if not (isinstance(e, Sum) and isinstance(e.function, exp)):
        return None
    c = simple_formula(random, scope)
    return Mul(exp(c), total(exp(Add(e.function.args[0], minus(c))), *bound_indices(e)))


def _split_by_a_case(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """u = [g > 0]·u + (1 - [g > 0])·u."""
    case = positive(simple_formula(random, scope))
    return Add(Mul(case, e), Mul(Add(ONE, minus(case)), e))


def _turn_an_indicator(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """[u > 0] = 1 - [-u > 0] - [u = 0]."""
    if not isinstance(e, positive):
        return None
    return Add(ONE, minus(positive(minus(e.args[0]))), minus(is_zero_at(e.args[0])))


def _absolute_value(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """|u| = max(u, -u), √(u²) or u·(2[u > 0] - 1)."""
    if not isinstance(e, Abs):
        return None
    u = e.args[0]
    signed = Mul(u, Add(Mul(TWO, positive(u)), Integer(-1)))
    return random.choice([Max(u, minus(u)), sqrt(Pow(u, TWO)), signed])


def _maximum_of_two(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """max(u, v) = (u + v + |u - v|)/2, u + v - min(u, v), v + (u - v)·[u > v]."""
    if not (isinstance(e, Max) and len(e.args) == 2):
        return None
    u, v = e.args
    gap = Add(u, minus(v))
    half = Mul(Rational(1, 2), Add(u, v, Abs(gap)))
    return random.choice([half, Add(u, v, minus(Min(u, v))), Add(v, Mul(gap, positive(gap)))])


def _root_as_exp(random: Random, e: Expr, scope: Scope) -> Expr | None:
    """√u = e^{log(u)/2} for a positive u."""
    if not (isinstance(e, Pow) and e.exp == Rational(1, 2)):
        return None
    return exp(Mul(Rational(1, 2), log(e.base)))


ALGEBRA: Mapping[str, Rewrite] = {
    "commute": _commute,
    "associate": _associate,
    "distribute": _distribute,
    "multiply out a square": _multiply_out_square,
    "square as product": _square_as_product,
    "product as squares": _product_as_squares,
    "complete the square": _complete_the_square,
    "add and take away": _add_and_take_away,
    "multiply by g/g": _multiply_by_one,
    "partial fraction": _partial_fraction,
    "invert a sigmoid": _invert_a_sigmoid,
    "tanh for a sigmoid": _tanh_for_a_sigmoid,
    "tanh in exps": _tanh_in_exps,
    "exp of a sum": _exp_of_a_sum,
    "exp as inverse": _exp_as_inverse,
    "exp as square": _exp_as_square,
    "log of exp": _log_of_exp,
    "log of a product": _log_of_a_product,
    "log(1 + exp)": _log_of_one_plus_exp,
    "shift by a constant": _shift_by_a_constant,
    "split by a case": _split_by_a_case,
    "turn an indicator": _turn_an_indicator,
    "absolute value": _absolute_value,
    "maximum of two": _maximum_of_two,
    "root as exp": _root_as_exp,
}

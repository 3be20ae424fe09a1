"""How much of a plan might leave its range, as far as its shape tells.

This only chooses between candidates; that the emitted text is safe is shown by reading the text.
"""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Abs, Add, Expr, Indexed, Max, Mul, Pow, Sum, exp, log

from derivations.notation import maximum_over, name_of
from derivations.pull_back import Step
from derivations.substitution import free_indices, subexpressions


def risks(steps: Iterable[Step]) -> int:
    """How many exps, logs and divisions of a plan might leave their range."""
    named = {name_of(s.left): s.right for s in steps}
    return sum(_risk(part, named) for s in steps for part in subexpressions(s.right))


def _risk(e: Expr, named: dict[str, Expr]) -> int:
    if isinstance(e, exp):
        return 0 if _is_low(e.args[0], named) else 1
    if isinstance(e, log):
        return 0 if _is_away_from_zero(e.args[0], named) else 1
    if isinstance(e, Pow) and e.exp.is_negative:
        return 0 if _is_away_from_zero(e.base, named) else 1
    return 0


def _is_low(e: Expr, named: dict[str, Expr]) -> bool:
    """Whether e ≤ 0 by its shape: −|u|, v − max v, −Σ u² over something positive."""
    if isinstance(e, Indexed) and name_of(e) in named:
        inner = named[name_of(e)]
        shifts = [r for r in inner.atoms(Indexed) if isinstance(named.get(name_of(r)), maximum_over)]
        return bool(shifts) or _is_low(inner, named)
    return bool(e.could_extract_minus_sign()) and _is_high(-e, named)


def _is_high(e: Expr, named: dict[str, Expr]) -> bool:
    """Whether e ≥ 0 by its shape."""
    if isinstance(e, Indexed) and name_of(e) in named:
        return _is_high(named[name_of(e)], named)
    if isinstance(e, Sum):
        return _is_high(e.function, named)
    if isinstance(e, Pow):
        return bool(e.exp.is_even) or _is_high(e.base, named)
    if isinstance(e, (Mul, Add)):
        return all(_is_high(a, named) for a in e.args)
    return isinstance(e, (exp, Abs, Max)) or bool(e.is_nonnegative)


def _is_away_from_zero(e: Expr, named: dict[str, Expr]) -> bool:
    if isinstance(e, Indexed) and name_of(e) in named:
        return _is_away_from_zero(named[name_of(e)], named)
    if isinstance(e, Sum):
        return isinstance(e.function, Indexed) and isinstance(named.get(name_of(e.function)), exp)
    if isinstance(e, Add):
        return any(a.is_number and a >= 1 for a in e.args) and _is_high(e, named)
    if isinstance(e, (Mul, Pow)):
        return all(_is_away_from_zero(a, named) for a in e.args if not a.is_number)
    return not free_indices(e)

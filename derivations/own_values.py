"""A derived formula in the values that the forward has anyway: e^{-a}/(1 + e^{-a})² is z·(1 - z).

A step w = r says what r is, and by undoing its operations what the parts of r are. Each of these is tried
in the place of the part. What is kept reads shorter and is proven equal by the normal form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from sympy import (
    Add,
    Expr,
    Function,
    Idx,
    Indexed,
    KroneckerDelta,
    Mul,
    PolynomialError,
    Pow,
    Rational,
    Sum,
    exp,
    factor,
    log,
)

from derivations.meaning import Meaning
from derivations.normal_form import is_zero
from derivations.notation import size_of, sum_
from derivations.pull_back import Step
from derivations.substitution import bound_indices, substitute, tidy
from derivations.text import formula

ROUNDS = 3
MOST_PARTS = 24


def in_own_values(e: Expr, steps: Sequence[Step], meaning: Meaning) -> Expr:
    """The shortest formula found for e in the values of these steps; e itself if there is none shorter.

    Without steps, e with common factors taken out. A formula of many parts stays as it is: it has no form that is
    read at a glance, and there are too many to try.
    """
    if sum(1 for _ in _parts_read(e)) > MOST_PARTS:
        return e
    for step in steps:
        if isinstance(step.right, Sum):
            e = _replaced(e, step, step.right, step.left)
    for _ in range(ROUNDS):
        tried = {*_shorter_forms(e), *(f for each in _put_in(e, steps) for f in _shorter_forms(each))}
        better = sorted((t for t in tried if _length(t) < _length(e)), key=_length)
        found = next((t for t in better if is_zero(t - e, meaning)), None)
        if found is None:
            break
        e = found
    return e


def _length(e: Expr) -> tuple[int, int, int, str]:
    """What is easy to read has few functions, then few entries and numbers."""
    parts = list(_parts_read(e))
    functions = sum(1 for part in parts if isinstance(part, (Function, Sum, exp)))
    text = formula(e)
    return functions, len(parts) - functions, len(text), text


def _parts_read(e: Expr) -> Iterator[Expr]:
    """Functions, sums, entries and numbers, as often as they are read; signs and reciprocals are free."""
    if isinstance(e, (Indexed, Idx)) or not e.args:
        if e not in (1, -1):
            yield e
        return
    if isinstance(e, (Function, Sum, exp)):
        yield e
    for part in e.args[:1] if bound_indices(e) else e.args:
        if isinstance(part, Expr):
            yield from _parts_read(part)


def _shorter_forms(e: Expr) -> Iterator[Expr]:
    """The formula itself, and with common factors taken out, of every Σ in it first."""
    yield e
    try:
        inside = tidy(_mapped_sums(e), {})
        yield oriented(inside)
        yield oriented(factor(inside))
    except PolynomialError:
        return


def _mapped_sums(e: Expr) -> Expr:
    if isinstance(e, Sum):
        return sum_(oriented(factor(_mapped_sums(e.function))), *bound_indices(e))
    if not e.args or isinstance(e, (Indexed, Idx)):
        return e
    return e.func(*(_mapped_sums(a) if isinstance(a, Expr) else a for a in e.args))


def oriented(e: Expr) -> Expr:
    """A product whose differences read well: -z·(z - 1) as z·(1 - z), (y - ŷ)/(ŷ - 1) as (ŷ - y)/(1 - ŷ)."""
    if not isinstance(e, Mul):
        return e
    number, rest = e.as_coeff_Mul()
    parts = list(Mul.make_args(rest))
    negative = bool(number < 0)
    for position, part in enumerate(parts):
        if _has_number(part, Rational) and _minus_number(part):
            parts[position], negative = _turned(part), not negative
    for position, part in enumerate(parts):
        if negative and _is_difference(part) and not _has_number(part, (Rational, KroneckerDelta)):
            parts[position], negative = _turned(part), False
    signed = -abs(number) if negative else abs(number)
    # SymPy would put a lone number into the parentheses.
    return Mul(signed, *parts, evaluate=len(parts) > 1 or not isinstance(parts[0], Add))


def _base(e: Expr) -> Expr:
    return e.base if isinstance(e, Pow) and e.exp == -1 else e


def _is_difference(e: Expr) -> bool:
    base = _base(e)
    return isinstance(base, Add) and any(t.could_extract_minus_sign() for t in base.args)


def _has_number(e: Expr, kinds: type | tuple[type, ...]) -> bool:
    return isinstance(_base(e), Add) and any(isinstance(t, kinds) for t in _base(e).args)


def _minus_number(e: Expr) -> bool:
    return any(isinstance(t, Rational) and t < 0 for t in _base(e).args)


def _turned(e: Expr) -> Expr:
    turned = Add(*(-t for t in _base(e).args))
    return 1 / turned if isinstance(e, Pow) else turned


def _put_in(e: Expr, steps: Sequence[Step]) -> Iterator[Expr]:
    """The formula with one part of one step replaced, wherever it stands and at whatever indices."""
    for step in steps:
        for part, value in _parts(step.right, step.left):
            yield _replaced(e, step, part, value)


def _replaced(e: Expr, step: Step, part: Expr, value: Expr) -> Expr:
    indices = sorted(e.atoms(Idx), key=str)
    places = product(*([i for i in indices if size_of(i) == size_of(own)] for own in _own(step.left)))
    renamings = [dict(zip(_own(step.left), at, strict=True)) for at in places]
    return e.xreplace({substitute(part, r): substitute(value, r) for r in renamings})


def _own(left: Indexed) -> list[Idx]:
    return [i for i in left.indices if isinstance(i, Idx)]


def _parts(e: Expr, value: Expr) -> Iterator[tuple[Expr, Expr]]:
    """The parts of a formula of known value, each with its own value."""
    if isinstance(e, (Rational, Indexed, Idx)):
        return
    yield e, value
    if isinstance(e, Add):
        for part in e.args:
            yield from _parts(part, value - (e - part))
    elif isinstance(e, Mul):
        for part in e.args:
            yield from _parts(part, value / (e / part))
    elif isinstance(e, Pow) and e.exp == -1:
        yield from _parts(e.base, 1 / value)
    elif isinstance(e, exp):
        yield from _parts(e.args[0], log(value))
    elif isinstance(e, log):
        yield from _parts(e.args[0], exp(value))

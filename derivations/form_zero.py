"""Whether a form is 0: expand, multiply out denominators, put sums under one sign, use assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations

from derivations.form import (
    INDICATORS,
    ONE,
    Atom,
    Form,
    Index,
    Monomial,
    add,
    atom_form,
    first_fresh,
    monomial_form,
    multiply,
    scale,
    times_powers,
    touches,
)
from derivations.form_functions import power
from derivations.form_indices import Bound, size_form, variable
from derivations.form_sums import rename, rename_index, settle, sum_over

Rules = tuple[tuple[Form, Form], ...]
DEPTH = 4
MOST_DIVISIONS = 64


def is_zero_form(form: Form, rules: Rules = (), depth: int = DEPTH) -> bool:
    """Whether a form is shown to be 0."""
    form = assume(settle(form), rules)
    if not form:
        return True
    if depth == 0:
        return False
    return all(_is_zero_where(held, part, rules, depth) for held, part in _by_indicators(form).items())


def _by_indicators(form: Form) -> dict[Monomial, Form]:
    """The terms of a form by the indicators among their factors."""
    parts: dict[Monomial, list[Form]] = {}
    for monomial, coefficient in form:
        held = tuple(p for p in monomial if p[0][0] in INDICATORS)
        parts.setdefault(held, []).append(monomial_form(monomial, coefficient))
    return {held: add(*terms) for held, terms in parts.items()}


def _is_zero_where(held: Monomial, form: Form, rules: Rules, depth: int) -> bool:
    """Whether terms that share their indicators are shown to be 0.

    They are taken apart from the others because a denominator of theirs may be 0 where these indicators
    fail: there the other terms have a value, which a multiplication by 0 would hide. For the same reason
    a denominator that is shown to be 0 shows nothing.
    """
    cleared, denominators = clear_denominators(form)
    cleared = _without_multiples(assume(settle(cleared), rules), held)
    if cleared and _gather_sums(cleared, rules, depth):
        return False
    return not any(is_zero_form(multiply(monomial_form(held), d[1]), rules, depth - 1) for d in denominators)


def _without_multiples(form: Form, held: Monomial) -> Form:
    """The form without multiples of each u with [u = 0] among its indicators: [u = 0]·u·v is 0."""
    for zero in (atom[1] for atom, _ in held if atom[0] == "zer"):
        lead, coefficient = max(zero, key=lambda term: (sum(e for _, e in term[0]), term[0]))
        for _ in range(MOST_DIVISIONS):
            term = next((t for t in form if lead and _divides(lead, t[0])), None)
            if term is None:
                break
            quotient = multiply(monomial_form(*term), monomial_form(tuple((a, -e) for a, e in lead), 1 / coefficient))
            form = add(form, scale(multiply(quotient, zero), -1))
    return form


def _divides(lead: Monomial, monomial: Monomial) -> bool:
    exponents = dict(monomial)
    return all(exponents.get(atom, 0) >= exponent > 0 for atom, exponent in lead)


def clear_denominators(form: Form) -> tuple[Form, tuple[Atom, ...]]:
    """A form times the least powers of its denominators that leave none at the top, and those denominators."""
    found: dict[Atom, None] = {}
    for _ in range(DEPTH):
        least: dict[Atom, Fraction] = {}
        for monomial, _ in form:
            for atom, exponent in monomial:
                if atom[0] == "pow" and exponent < 0:
                    least[atom] = min(least.get(atom, Fraction(0)), exponent)
        if not least:
            break
        found |= dict.fromkeys(least)
        # A whole power of each base, so that fractional parts stay apart.
        factors = {a: Fraction(-(e.__floor__())) for a, e in least.items()}
        form = times_powers(form, factors)
    return form, tuple(found)


# Sums over the same axes, under one sign ------------------------------------------------------------


def _gather_sums(form: Form, rules: Rules, depth: int) -> Form:
    """The form without the groups of sums that cancel, summand by summand."""
    groups: dict[tuple[object, ...], list[tuple[Monomial, tuple[Bound, ...], Monomial, Fraction]]] = {}
    left: list[Form] = []
    for monomial, coefficient in form:
        sums = [(a, e) for a, e in monomial if a[0] == "sum" and e == 1]
        if len(sums) != 1:
            left.append(monomial_form(monomial, coefficient))
            continue
        (_, bounds, body), _ = sums[0]
        rest = tuple(p for p in monomial if p != sums[0])
        key = (rest, tuple(sorted(b[1] for b in bounds)))
        groups.setdefault(key, []).append((rest, bounds, body, coefficient))
    for members in groups.values():
        if not _summand_is_zero(members, rules, depth):
            left += [
                scale(multiply(monomial_form(rest), atom_form(("sum", bounds, body))), c)
                for rest, bounds, body, c in members
            ]
    return _close_constants(add(*left), rules, depth)


def _summand_is_zero(
    members: Sequence[tuple[Monomial, tuple[Bound, ...], Monomial, Fraction]], rules: Rules, depth: int
) -> bool:
    if len(members) < 2:
        return False
    _, first, body, coefficient = members[0]
    if len(first) > 4:
        return False
    names = tuple((f"~{r}", b[1]) for r, b in enumerate(first, first_fresh(_whole(members))))
    total = [scale(_with_names(first, names, body), coefficient)]
    return _align(members[1:], names, total, rules, depth)


def _align(members, names, total, rules, depth) -> bool:  # type: ignore[no-untyped-def]
    if not members:
        return is_zero_form(add(*total), rules, depth - 1)
    _, bounds, body, coefficient = members[0]
    tried: set[Form] = set()
    for order in permutations(names):
        if [b[1] for b in order] != [b[1] for b in bounds]:
            continue
        renamed = scale(_with_names(bounds, order, body), coefficient)
        if renamed in tried or len(tried) > 6:
            continue
        tried.add(renamed)
        if _align(members[1:], names, [*total, renamed], rules, depth):
            return True
    return False


def _whole(members: Sequence[tuple[Monomial, tuple[Bound, ...], Monomial, Fraction]]) -> Form:
    """The summands side by side: what names are taken in any of them."""
    return tuple((body, coefficient) for _, _, body, coefficient in members)


def _with_names(bounds: Sequence[Bound], names: Sequence[Bound], body: Monomial) -> Form:
    return rename(monomial_form(body), {variable(b): variable(n) for b, n in zip(bounds, names, strict=True)})


def _close_constants(form: Form, rules: Rules, depth: int) -> Form:
    """Try N·u as Σ_n u beside sums over the same axis: Σ x/(1+x) + Σ 1/(1+x) = N."""
    sizes = sorted({b[1] for m, _ in form for a, _ in m if a[0] == "sum" for b in a[1] if len(a[1]) == 1})
    for size in sizes:
        symbol = size_form(size)
        if len(symbol) != 1 or symbol == ONE or not symbol[0][0]:
            continue
        atom = symbol[0][0][0][0]
        bound = (f"~{first_fresh(form)}", size)
        opened: list[Form] = []
        for monomial, coefficient in form:
            sums = [(a, e) for a, e in monomial if a[0] == "sum" and e == 1 and [b[1] for b in a[1]] == [size]]
            if len(sums) == 1:
                rest = tuple(p for p in monomial if p != sums[0])
                inner = _with_names(sums[0][0][1], [bound], sums[0][0][2])
                opened.append(scale(multiply(monomial_form(rest), inner), coefficient))
            elif dict(monomial).get(atom, 0) == 1:
                opened.append(monomial_form(tuple(p for p in monomial if p[0] != atom), coefficient))
            else:
                break
        else:
            if is_zero_form(add(*opened), rules, depth - 1):
                return ()
    return form


# Assumptions ----------------------------------------------------------------------------------------


def assume(form: Form, rules: Rules) -> Form:
    """Rewrite with equations Σ_k body = value wherever k occurs in nothing but that body."""
    for _ in range(DEPTH):
        before = form
        for left, right in rules:
            form = add(*(scale(_assume_monomial(m, left, right), c) for m, c in form))
        if form == before:
            return form
    return form


def _assume_monomial(monomial: Monomial, left: Form, right: Form) -> Form:
    factors: list[Form] = []
    for atom, exponent in monomial:
        replaced = _assume_sum(atom, left, right) if atom[0] == "sum" else None
        factors.append(atom_form(atom, exponent) if replaced is None else power(replaced, exponent))
    return multiply(*factors)


def _assume_sum(atom, left: Form, right: Form) -> Form | None:  # type: ignore[no-untyped-def]
    """The sum with one bound index summed away by the equation, or None where it does not apply."""
    if len(left) != 1 or left[0][1] != 1 or len(left[0][0]) != 1 or left[0][0][0][0][0] != "sum":
        return None
    ((_, (pattern_bound, *more), pattern), exponent) = left[0][0][0]
    if more or exponent != 1:
        return None
    _, bounds, body = atom
    for bound in bounds:
        held = tuple(p for p in body if touches(p[0], variable(bound)))
        matched = _match(pattern, pattern_bound, held, bound)
        if matched is not None:
            rest = monomial_form(tuple(p for p in body if p not in held))
            others = tuple(b for b in bounds if b != bound)
            value = multiply(rest, rename(right, matched))
            return sum_over(others, value) if others else value
    return None


def _match(pattern: Monomial, pattern_bound: Bound, held: Monomial, bound: Bound):  # type: ignore[no-untyped-def]
    """How the pattern's free indices must be renamed so that it becomes the atoms held; None if it cannot."""
    if len(pattern) != 1 or len(held) != 1 or pattern[0][1] != held[0][1] or pattern_bound[1] != bound[1]:
        return None
    shape, found = pattern[0][0], held[0][0]
    if shape[0] != "ten" or found[0] != "ten" or shape[1] != found[1]:
        return None
    renaming: dict[Index, Index] = {}
    for formal, actual in zip(shape[2], found[2], strict=True):
        if formal[0] != "var" or renaming.setdefault(formal, actual) != actual:
            return None
    if renaming.pop(variable(pattern_bound)) != variable(bound):
        return None
    if any(rename_index(a, ((variable(bound), ("int", -1)),)) != a for a in renaming.values()):
        return None
    return renaming

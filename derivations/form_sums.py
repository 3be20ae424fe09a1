"""Renaming inside forms, deltas, sums over indices, maxima: whatever binds or moves an index.

Bound indices get canonical names %height.rank; the height grows outward, so a name bound inside never
meets one bound outside. While a sum is taken apart its indices carry temporary names ~1, ~2, …
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from derivations.form import (
    INDICES,
    ONE,
    Atom,
    Form,
    Index,
    Monomial,
    add,
    atom_form,
    first_fresh,
    height,
    monomial_form,
    multiply,
    scale,
    subtract,
    touches,
)
from derivations.form_functions import exponential, logarithm, positive, power, zero_at
from derivations.form_indices import Bound, equal_indices, index_number, size_form, variable
from derivations.form_integers import at_least_zero, integer_part, reduced, solutions, zero_affine
from derivations.form_labels import components, holds, labelled
from derivations.form_solve import replace_atom, solve_for_atom

# Renaming -------------------------------------------------------------------------------------------

Renaming = tuple[tuple[Index, Index], ...]


def rename(form: Form, renaming: Mapping[Index, Index]) -> Form:
    """Replace indices throughout a form, rebuilding every atom, so that all rules apply again."""
    pairs = tuple(sorted((old, new) for old, new in renaming.items() if old != new))
    return _rename(form, pairs) if pairs else form


@lru_cache(maxsize=100_000)
def _rename(form: Form, pairs: Renaming) -> Form:
    if not any(touches(form, old) for old, _ in pairs):
        return form
    return add(*(scale(multiply(*(_rename_power(a, e, pairs) for a, e in m)), c) for m, c in form))


def _rename_power(atom: Atom, exponent: Fraction, pairs: Renaming) -> Form:
    if not any(touches(atom, old) for old, _ in pairs):
        return atom_form(atom, exponent)
    return power(rebuild(atom, pairs), exponent)


def rename_index(index: Index, pairs: Renaming) -> Index:
    """Replace an index, or the indices inside a label."""
    for old, new in pairs:
        if index == old:
            return new
    if index[0] == "lab":
        inner = ("lab", index[1], index[2], tuple(rename_index(i, pairs) for i in index[3]))
        return next((new for old, new in pairs if inner == old), inner)
    if index[0] == "arg":
        return argmax(index[1], _rename(index[2], pairs))
    return index


def rebuild(atom: Atom, pairs: Renaming) -> Form:
    """An atom with indices replaced, built again by its own rule."""
    kind = atom[0]
    if kind in INDICES:
        return index_number(rename_index(atom, pairs))
    if kind == "ten":
        return atom_form(("ten", atom[1], tuple(rename_index(i, pairs) for i in atom[2])))
    if kind == "eq":
        return equal_indices(rename_index(atom[1], pairs), rename_index(atom[2], pairs))
    if kind == "exp":
        return exponential(_rename(monomial_form(atom[1]), pairs))
    if kind == "sum":
        return sum_over(atom[1], _rename(monomial_form(atom[2]), pairs))
    if kind == "max":
        return maximum(atom[1], _rename(atom[2], pairs))
    if kind == "fun":
        return atom_form(("fun", atom[1], _rename(atom[2], pairs)))
    if kind in ("sym", "num"):
        return atom_form(atom)
    inner = _rename(atom[1], pairs)
    if kind == "pow":
        return inner
    rules = {
        "log": logarithm,
        "pos": positive,
        "zer": zero_at,
        "aff": zero_affine,
        "geq": at_least_zero,
        "flr": integer_part,
    }
    return rules[kind](inner)


# Deltas between free indices ------------------------------------------------------------------------


def settle(form: Form) -> Form:
    """Apply each monomial's own deltas and zeros to its other factors: [k=j]·p_k becomes [k=j]·p_j."""
    if not any(_is_unsettled(m) for m, _ in form):
        return form
    return add(*(scale(_settle(m), c) for m, c in form))


def _is_unsettled(monomial: Monomial) -> bool:
    kinds = [a[0] for a, _ in monomial]
    return "eq" in kinds or "zer" in kinds or kinds.count("aff") + kinds.count("geq") > 1


@lru_cache(maxsize=100_000)
def _settle(monomial: Monomial) -> Form:
    current = monomial
    for _ in range(12):
        lesser = reduced(current)
        if lesser is not None:
            return settle(lesser)
        deltas = [a for a, _ in current if a[0] == "eq"]
        zeros = [a for a, _ in current if a[0] == "zer"]
        if not deltas and not zeros:
            return monomial_form(current)
        renaming = _representatives(deltas)
        others = monomial_form(tuple(p for p in current if p[0] not in deltas))
        stars = multiply(*(equal_indices(old, new) for old, new in sorted(renaming.items())))
        moved = add(*(scale(_apply_zeros(m), c) for m, c in rename(others, renaming)))
        result = multiply(stars, moved)
        if result == monomial_form(current):
            return result
        if len(result) != 1 or result[0][1] != 1:
            return settle(result)
        current = result[0][0]
    return monomial_form(current)


def _representatives(deltas: Sequence[Atom]) -> dict[Index, Index]:
    groups: list[set[Index]] = []
    for _, left, right in deltas:
        joined = {left, right}
        apart = []
        for group in groups:
            if group & joined:
                joined |= group
            else:
                apart.append(group)
        groups = [*apart, joined]
    chosen: dict[Index, Index] = {}
    for group in groups:
        first, *rest = sorted(group)
        chosen |= dict.fromkeys(rest, first)
    return chosen


def _apply_zeros(monomial: Monomial) -> Form:
    """The monomial with one of its own zeros [u = 0] put into the other factors, the first that changes them."""
    for zero in (a for a, _ in monomial if a[0] == "zer"):
        solved = solve_for_atom(zero[1])
        if solved is not None:
            rest = monomial_form(tuple(p for p in monomial if p[0] != zero))
            replaced = replace_atom(rest, *solved)
            if replaced != rest:
                return multiply(atom_form(zero), replaced)
    return monomial_form(monomial)


# Sums -----------------------------------------------------------------------------------------------


def sum_over(bounds: Sequence[Bound], form: Form) -> Form:
    """Σ over indices of a form: deltas sifted, factors without a bound index taken out."""
    fresh = {b: (f"~{r}", b[1]) for r, b in enumerate(bounds, first_fresh(form))}
    renamed = rename(form, {variable(b): variable(f) for b, f in fresh.items()})
    names = tuple(fresh[b] for b in bounds)
    return add(*(scale(_sum_monomial(names, m), c) for m, c in settle(renamed)))


def _sum_monomial(bounds: tuple[Bound, ...], monomial: Monomial) -> Form:
    opened = _open_inner_sums(bounds, monomial)
    if opened is not None:
        more, body = opened
        return add(*(scale(_sum_monomial((*bounds, *more), m), c) for m, c in settle(body)))
    for bound in bounds:
        sifted = _sift(bound, monomial)
        if sifted is not None:
            rest = tuple(b for b in bounds if b != bound)
            return add(*(scale(_sum_monomial(rest, m), c) for m, c in settle(sifted)))
    for bound in bounds:
        solved = _solve(bound, monomial)
        if solved is not None:
            rest = tuple(b for b in bounds if b != bound)
            return add(*(scale(_sum_monomial(rest, m), c) for m, c in settle(solved)))
    for bound in bounds:
        pushed = _into_maximum(bound, monomial)
        if pushed is not None:
            rest = tuple(b for b in bounds if b != bound)
            return add(*(scale(_sum_monomial(rest, m), c) for m, c in settle(pushed)))
    outside = tuple((a, e) for a, e in monomial if not holds(a, bounds))
    factors = [monomial_form(outside)]
    for group, atoms in components(bounds, [p for p in monomial if p not in outside]):
        factors.append(labelled(group, atoms, rename) if atoms else multiply(*(size_form(b[1]) for b in group)))
    return multiply(*factors)


def _open_inner_sums(bounds: Sequence[Bound], monomial: Monomial) -> tuple[tuple[Bound, ...], Form] | None:
    """Sums under a positive integer exponent that depend on the outer indices, merged with the outer sum."""
    more: list[Bound] = []
    factors: list[Form] = []
    start = max((int(b[0][1:]) for b in bounds), default=0)
    start = max(start, first_fresh(monomial_form(monomial)) - 1)
    for atom, exponent in monomial:
        if atom[0] == "sum" and exponent.denominator == 1 and exponent > 0 and holds(atom, bounds):
            for _ in range(int(exponent)):
                renaming = {}
                for inner in atom[1]:
                    start += 1
                    more.append((f"~{start}", inner[1]))
                    renaming[variable(inner)] = variable(more[-1])
                factors.append(rename(monomial_form(atom[2]), renaming))
        else:
            factors.append(atom_form(atom, exponent))
    return (tuple(more), multiply(*factors)) if more else None


def _sift(bound: Bound, monomial: Monomial) -> Form | None:
    """The monomial with the bound index replaced by what a delta says it equals; None without a delta."""
    for atom, _ in monomial:
        if atom[0] == "eq" and variable(bound) in atom[1:]:
            other = atom[2] if atom[1] == variable(bound) else atom[1]
            if touches(other, variable(bound)):
                continue
            rest = tuple(p for p in monomial if p[0] != atom)
            return rename(monomial_form(rest), {variable(bound): other})
    return None


def _solve(bound: Bound, monomial: Monomial) -> Form | None:
    """Σ over an index that an affine delta determines and no tensor reads: its value, where that lies on the axis."""
    for atom, value in solutions(variable(bound), monomial):
        rest = monomial_form(tuple(p for p in monomial if p[0] != atom))
        put = replace_atom(rest, variable(bound), value)
        if not touches(put, variable(bound)):
            last = subtract(size_form(bound[1]), ONE)
            return multiply(put, at_least_zero(value), at_least_zero(subtract(last, value)))
    return None


def _into_maximum(bound: Bound, monomial: Monomial) -> Form | None:
    """Σ_h [h = A]·max_k u(h) as max_k Σ_h [h = A] u(h): at most one h counts, and where none does both are 0."""
    index = variable(bound)
    held = [(a, e) for a, e in monomial if touches(a, index)]
    deltas = [a for a, e in held if a[0] == "aff" and ((index, Fraction(1)),) in dict(a[1])]
    largest = [a for a, e in held if a[0] == "max" and e == 1]
    if len(held) != 2 or len(deltas) != 1 or len(largest) != 1:
        return None
    ((delta,), ((_, own, body),)) = deltas, largest
    if sum(touches(m, index) for m, _ in delta[1]) != 1:
        return None
    inner = (f"~{first_fresh(monomial_form(monomial))}", own[1])
    summand = multiply(atom_form(delta), rename(body, {variable(own): variable(inner)}))
    rest = monomial_form(tuple(p for p in monomial if p not in held))
    return multiply(rest, maximum(inner, sum_over((bound,), summand)))


def maximum(bound: Bound, form: Form) -> Form:
    """max over an index; terms without the index leave it."""
    outside, name, body = _compared(bound, form)
    return add(outside, atom_form(("max", name, body))) if body else outside


def argmax(bound: Bound, form: Form) -> Index:
    """The first position of the maximum over an index; terms without the index have no say."""
    _, name, body = _compared(bound, form)
    return ("arg", name, body) if body else ("int", 0)


def _compared(bound: Bound, form: Form) -> tuple[Form, Bound, Form]:
    """The terms without the index, and the others under its canonical name."""
    held = tuple((m, c) for m, c in form if touches(m, variable(bound)))
    outside = tuple((m, c) for m, c in form if not touches(m, variable(bound)))
    name = (f"%{1 + height(held)}.0", bound[1])
    return outside, name, rename(held, {variable(bound): variable(name)})

"""The parts of a summand that share bound indices, and canonical names for these: equal sums are equal data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import islice, permutations, product
from typing import Any

from derivations.form import Atom, Form, Index, Monomial, NotShown, atom_form, height, monomial_form, scale, touches
from derivations.form_indices import Bound, variable

MOST_LABELLINGS = 5040
Renamed = Callable[[Form, Mapping[Index, Index]], Form]
"""Replaces indices throughout a form."""


def holds(thing: Any, bounds: Sequence[Bound]) -> list[Bound]:
    """The bound indices that an atom, monomial or form holds."""
    return [b for b in bounds if touches(thing, variable(b))]


def components(
    bounds: Sequence[Bound], pairs: Sequence[tuple[Atom, Fraction]]
) -> list[tuple[tuple[Bound, ...], Monomial]]:
    """The factors of a summand by the bound indices that they share."""
    groups: list[tuple[set[Bound], list[tuple[Atom, Fraction]]]] = [({b}, []) for b in bounds]
    for pair in pairs:
        held = set(holds(pair[0], bounds))
        touched = [g for g in groups if g[0] & held]
        apart = [g for g in groups if not g[0] & held]
        names = set().union(*(g[0] for g in touched))
        atoms = [p for g in touched for p in g[1]]
        groups = [*apart, (names, [*atoms, pair])]
    return [(tuple(sorted(names)), tuple(sorted(atoms))) for names, atoms in groups]


def labelled(group: tuple[Bound, ...], atoms: Monomial, rename: Renamed) -> Form:
    """The component as a sum atom, its bound indices named canonically."""
    level = 1 + max(height(a) for a, _ in atoms)
    best: Form | None = None
    best_order: tuple[Bound, ...] = ()
    for order in islice(_orders(group, atoms, rename), MOST_LABELLINGS):
        names = {variable(b): ("var", f"%{level}.{r}", b[1]) for r, b in enumerate(order)}
        labelled = rename(monomial_form(atoms), names)
        if best is None or labelled < best:
            best, best_order = labelled, order
    if best is None or len(best) != 1:
        raise NotShown("a summand changed its shape under renaming")
    bounds = tuple((f"%{level}.{r}", b[1]) for r, b in enumerate(best_order))
    return scale(atom_form(("sum", bounds, best[0][0])), best[0][1])


def _orders(group: tuple[Bound, ...], atoms: Monomial, rename: Renamed) -> Any:
    """Orders of the bound indices, those that look different never exchanged (colour refinement)."""
    colour: dict[Bound, Any] = {b: (b[1],) for b in group}
    for _ in range(len(group)):
        ranks = {c: r for r, c in enumerate(sorted(set(colour.values())))}
        marks = {variable(b): ("var", f"#{ranks[colour[b]]}", b[1]) for b in group}
        seen = {b: tuple(sorted(_seen_from(b, p, marks, rename) for p in atoms)) for b in group}
        colour = {b: (ranks[colour[b]], b[1], seen[b]) for b in group}
    classes: dict[Any, list[Bound]] = {}
    for b in sorted(group):
        classes.setdefault(colour[b], []).append(b)
    parts = [permutations(classes[c]) for c in sorted(classes)]
    return (tuple(b for part in choice for b in part) for choice in product(*parts))


def _seen_from(bound: Bound, pair: tuple[Atom, Fraction], marks: Mapping[Index, Index], rename: Renamed) -> Form:
    here = dict(marks) | {variable(bound): ("var", "#here", bound[1])}
    return rename(atom_form(*pair), here)

"""The cases in which some axes are empty: a form moves factors out of sums, which only a sum with terms allows.

Σ_k p_k = 1 for p_k = e^{a_k} / Σ_j e^{a_j} holds over every axis but the empty one, where the left side is 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from sympy import Expr, Idx, Indexed

from derivations.form import Atom, Form, NotShown, free_variables, subtract
from derivations.meaning import Meaning
from derivations.notation import name_of, size_of
from derivations.substitution import free_indices

MOST_AXES = 8


def empty_cases(e: Expr, meaning: Meaning) -> Iterator[Meaning]:
    """The meaning of the names of an expression, once for each set of axes that can be empty together.

    An axis with a free index has an element, and so has one on which a label lies. Of an axis and its tiles none
    is empty alone, where the expression speaks of both.

    Raises
    ------
    NotShown
        If there are too many axes.
    """
    reached = _reached(e, meaning)
    indices = [i for part in reached for i in part.atoms(Idx)]
    taken = {str(size_of(i)) for i in free_indices(e)}
    taken |= {str(size_of(i)) for i in indices if size_of(i).is_positive}
    found = {str(size_of(i)) for i in indices}
    found |= {size for left, _ in meaning.rules for _, _, size in free_variables(left) if not size.isdigit()}
    met, sizes = found | taken, sorted(found - taken)
    if len(sizes) > MOST_AXES:
        raise NotShown(f"{len(sizes)} axes may be empty")
    for count in range(1, len(sizes) + 1):
        for empty in map(frozenset, combinations(sizes, count)):
            rules = _rules_there(meaning.rules, empty)
            if any({t.whole, t.tiles} <= met and len({t.whole, t.tiles} & empty) == 1 for t in meaning.tilings):
                continue
            if rules is not None and not _label_on(empty, reached, meaning):
                yield replace(meaning, empty=empty, rules=rules, forms={})


def _reached(e: Expr, meaning: Meaning) -> list[Expr]:
    """The expression and every formula that it reads, directly or not."""
    reached, names, waiting = [e], {""}, [e]
    while waiting:
        for name in sorted({name_of(entry) for entry in waiting.pop().atoms(Indexed)} - names):
            names.add(name)
            if name in meaning.definitions:
                waiting.append(meaning.definitions[name][1])
                reached.append(waiting[-1])
    return reached


def _label_on(empty: frozenset[str], reached: list[Expr], meaning: Meaning) -> bool:
    """Whether a label that exists would lie on an empty axis."""
    labels = [entry for part in reached for entry in part.atoms(Indexed) if name_of(entry) in meaning.labels]
    return any(
        meaning.labels[name_of(entry)] in empty
        and all(isinstance(i, Idx) and str(size_of(i)) not in empty for i in entry.indices)
        for entry in labels
    )


def _rules_there(rules: tuple[tuple[Form, Form], ...], empty: frozenset[str]) -> tuple[tuple[Form, Form], ...] | None:
    """The rules that still say something; None where one says that the case cannot be: 0 = 1."""
    kept = []
    for left, right in rules:
        if any(size in empty for _, _, size in free_variables(left)):
            continue
        value = tuple(term for term in left if not any(_is_over(atom, empty) for atom, _ in term[0]))
        if value == left:
            kept.append((left, right))
        elif [monomial for monomial, _ in subtract(value, right)] == [()]:
            return None
    return tuple(kept)


def _is_over(atom: Atom, empty: frozenset[str]) -> bool:
    return atom[0] == "sum" and any(size in empty for _, size in atom[1])

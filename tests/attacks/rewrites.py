"""Chains of true rewrites: the same formula in a way that nobody would write and a judge should recognise.

Each rewrite is true wherever both sides are defined, for all sizes ≥ 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from sympy import Expr, evaluate

from tests.attacks.algebra_rewrites import ALGEBRA, Rewrite
from tests.attacks.expressions import FREE, Path, Scope, parts, put
from tests.attacks.index_rewrites import INDICES

REWRITES: Mapping[str, Rewrite] = {**ALGEBRA, **INDICES}


def rewritten(random: Random, e: Expr, depth: int) -> tuple[Expr, tuple[str, ...]]:
    """A formula after so many rewrites at random places, and their names.

    A rewrite is drawn first, then a place where it fits, so that rare ones are not drowned by `commute`.
    """
    used: list[str] = []
    names = list(REWRITES)
    while len(used) < depth:
        name = random.choice(names)
        places = list(parts(e, FREE))
        random.shuffle(places)
        changed = _first_fitting(random, name, e, places[:12])
        if changed is not None:
            e = changed
            used.append(name)
    return e, tuple(used)


def _first_fitting(random: Random, name: str, e: Expr, places: list[tuple[Path, Expr, Scope]]) -> Expr | None:
    for path, part, scope in places:
        with evaluate(False):
            new = REWRITES[name](random, part, scope)
        if new is not None:
            return put(e, path, new)
    return None


def shuffled(random: Random, e: Expr) -> Expr:
    """A formula with terms and factors in another order, and other names for what sums and maxima bind."""
    for path, _, _ in sorted(parts(e, FREE), key=lambda part: -len(part[0])):
        here = next(part for part in parts(e, FREE) if part[0] == path)
        for name in ("rename a bound index", "commute"):
            with evaluate(False):
                new = REWRITES[name](random, here[1], here[2])
            if new is not None:
                e = put(e, path, new)
                break
    return e

"""The smallest witness that two formulas differ: small sizes first, then rationals of small height.

The search is deterministic and bounded, so finding nothing proves nothing. A witness is exact where a
rational one was found; an interval of 200 bits that excludes 0 stands in where none was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, product
from typing import Any

from sympy import Expr, Idx, Indexed

from derivations.candidates import REALS, at_random, by_cost
from derivations.evaluate import Point, evaluate
from derivations.layer import Matrix
from derivations.notation import size_of
from derivations.numbers import NoValue, Number, differ, spell
from derivations.setting import Setting
from derivations.substitution import free_indices
from derivations.unknowns import Unknowns, unknowns_of
from derivations.witness_details import shown_matrices, shown_steps


@dataclass(frozen=True)
class Witness:
    """Where two sides differ. Indices and labels count from 0.

    ``values`` holds nested lists of exact rationals as text; ``left`` and ``right`` are rationals too, or
    ten digits behind ≈ where 200-bit intervals tell the sides apart. ``steps`` holds values on the way,
    ``matrices`` the two matrices if such are compared, ``equation`` the equality that fails, as LaTeX, where
    it is one of several.
    """

    sizes: Mapping[str, int]
    values: Mapping[str, Any]
    at: Mapping[str, int]
    left: str
    right: str
    compares: str = "both sides"
    steps: Mapping[str, Any] = field(default_factory=dict)
    matrices: Sequence[Any] = ()
    equation: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether both sides are rationals."""
        return "≈" not in self.left + self.right

    def to_json(self) -> dict[str, Any]:
        """The witness as an object of JSON."""
        return {
            "sizes": dict(self.sizes),
            "values": dict(self.values),
            "at": dict(self.at),
            "counted_from": 0,
            "compares": self.compares,
            "left": self.left,
            "right": self.right,
            "steps": dict(self.steps),
            "matrices": list(self.matrices),
            "equation": self.equation,
        }

    def __str__(self) -> str:
        """``N = 1, d = 2; x = [[0, 1]]; at n = 0, i = 1 (counted from 0): 1 against 0``."""
        parts = [_listed(self.sizes), _listed({name: _bare(value) for name, value in self.values.items()})]
        if self.at:
            parts.append(f"at {_listed(self.at)} (counted from 0)")
        where = "; ".join(part for part in parts if part)
        return f"{where}: {self.left} against {self.right}" + (
            f" ({self.compares})" if self.compares != "both sides" else ""
        )


def _listed(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _bare(value: Any) -> str:
    return f"[{', '.join(map(_bare, value))}]" if isinstance(value, list) else str(value)


@dataclass(frozen=True)
class Effort:
    """How far a search goes: sizes tried, points at each, of which so many at random."""

    sizes: int
    points: int
    random: int


THOROUGH = Effort(sizes=40, points=400, random=12)
BRIEF = Effort(sizes=5, points=10, random=4)
AFTER_AN_INTERVAL = Effort(sizes=2, points=60, random=0)
"""How much further the search for a rational witness goes once intervals have told the sides apart."""


@dataclass(frozen=True)
class Search:
    """What a search saw: a witness or none, and at how many points both sides had values."""

    witness: Witness | None
    compared: int


@dataclass
class _Task:
    """One search under way."""

    left: Expr
    right: Expr
    unknowns: Unknowns
    at: tuple[Idx, ...]
    places: Mapping[str, Expr]
    matrices: Sequence[Matrix]
    needed: Sequence[tuple[Indexed, Expr]]
    compared: int = 0


def find_witness(
    setting: Setting,
    left: Expr,
    right: Expr,
    effort: Effort = THOROUGH,
    places: Mapping[str, Expr] | None = None,
    matrices: Sequence[Matrix] = (),
    needed: Sequence[tuple[Indexed, Expr]] = (),
) -> Search:
    """Search for values at which two formulas, without jacobians, differ.

    Parameters
    ----------
    setting : Setting
        Gives the formulas of steps and gradients, conditions and assumptions.
    left, right : Expr
        What is compared, for all values of their free indices.
    effort : Effort
        How far to go.
    places : mapping, optional
        What a witness says of where it is, instead of the values of the free indices.
    matrices : sequence of Matrix, optional
        What the two sides are entries of; a witness shows them.
    needed : sequence of (entry, formula)
        Steps every entry of which must have a value, such as those that are differentiated.
    """
    # Where an entry stands may depend on an index of which it does not itself.
    free = {i for e in (left, right, *(places or {}).values()) for i in free_indices(e)}
    at = tuple(sorted(free, key=lambda i: str(i.label)))
    shown = {str(i.label): i for i in at} if places is None else places
    counted = (index for matrix in matrices for index in (*matrix.rows, *matrix.columns))
    unknowns = unknowns_of(setting, (left, right, *shown.values(), *counted, *(formula for _, formula in needed)))
    task = _Task(left, right, unknowns, at, shown, matrices, needed)
    inexact: Witness | None = None
    further = AFTER_AN_INTERVAL.sizes
    for sizes in islice(task.unknowns.some_sizes(), effort.sizes):
        found = _at_sizes(task, sizes, effort)
        if found is not None and found.is_exact:
            return Search(found, task.compared)
        inexact = inexact or found
        further -= inexact is not None
        if further < 0:
            break
    return Search(inexact, task.compared)


# One choice of sizes --------------------------------------------------------------------------------


def _at_sizes(task: _Task, sizes: Mapping[str, int], effort: Effort) -> Witness | None:
    """The witness of least cost at these sizes, if possible rational; one found at random is made small."""
    domains = task.unknowns.domains(sizes, REALS)
    if not all(domains):
        return None
    chosen = (c for c in at_random(domains, effort.random) if _try(task, sizes, domains, c) is not None)
    generic = next(chosen, None)
    # Formulas that differ at ties and kinks only look equal at random: the smallest points are tried too.
    limit = effort.points if generic is not None else effort.points // 5
    inexact: Witness | None = None
    further = AFTER_AN_INTERVAL.points
    for choice in islice(by_cost([len(domain) for domain in domains]), limit):
        found = _try(task, sizes, domains, choice)
        if found is not None and found.is_exact:
            return found
        inexact = inexact or found
        further -= inexact is not None
        if further < 0:
            break
    if inexact is None and generic is not None:
        return _shrunk(task, sizes, domains, generic)
    return inexact


def _try(
    task: _Task, sizes: Mapping[str, int], domains: Sequence[Sequence[Fraction]], choice: Sequence[int]
) -> Witness | None:
    """A witness at one point: the first indices at which the sides differ, rationals before intervals."""
    point = task.unknowns.point(sizes, [domain[k] for domain, k in zip(domains, choice, strict=True)])
    if point is None or not _has_values(task.needed, point):
        return None
    inexact: Witness | None = None
    for place in product(*(range(int(evaluate(i.upper, point)) + 1) for i in task.at)):
        at = dict(zip(task.at, place, strict=True))
        try:
            values = evaluate(task.left, point, at), evaluate(task.right, point, at)
        except NoValue:
            continue
        task.compared += 1
        if differ(*values):
            found = _witness(task, point, at, values)
            if found.is_exact:
                return found
            inexact = inexact or found
    return inexact


def _has_values(steps: Sequence[tuple[Indexed, Expr]], point: Point) -> bool:
    """Whether every entry of these steps has a value at a point."""
    try:
        for left, formula in steps:
            for place in product(*(range(int(evaluate(size_of(i), point))) for i in left.indices)):
                evaluate(formula, point, dict(zip(left.indices, place, strict=True)))
    except NoValue:
        return False
    return True


def _witness(task: _Task, point: Point, at: Mapping[Idx, int], values: tuple[Number, Number]) -> Witness:
    left, right = map(spell, values)
    places = {name: int(evaluate(e, point, at)) for name, e in task.places.items()}
    steps = shown_steps(task.unknowns, point)
    free = {str(i.label): place for i, place in at.items()}
    matrices = shown_matrices(task.unknowns.setting, task.matrices, point, free)
    return Witness(
        point.sizes, task.unknowns.shown(point), places, left, right, steps=steps, matrices=matrices
    )


def _shrunk(
    task: _Task, sizes: Mapping[str, int], domains: Sequence[Sequence[Fraction]], choice: Sequence[int]
) -> Witness | None:
    """A witness made small: every value in turn becomes the first candidate that keeps it a witness."""
    kept = list(choice)
    for _ in range(2):
        for position in range(len(kept)):
            for smaller in range(kept[position]):
                changed = [*kept[:position], smaller, *kept[position + 1 :]]
                if _try(task, sizes, domains, changed) is not None:
                    kept = changed
                    break
    return _try(task, sizes, domains, kept)

"""Random points that satisfy what is assumed: conditions on scalars, equations between inputs.

Equations that are affine in one tensor are solved for some of its entries by one exact Newton step over
the rationals, the rest staying random; where that fails, the assumption's own example is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from derivations.fingerprint_balls import order
from derivations.fingerprint_evaluate import Env, Redraw, Undefined
from derivations.fingerprint_formula import Equation, Program
from derivations.fingerprint_trial import Point, Trial

PRECISION = 240
Row = tuple[dict[tuple[int, ...], Fraction], Fraction]
_HOLDS = {
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    "!=": lambda sign: sign != 0,
    "==": lambda sign: sign == 0,
}


def draw_point(program: Program, sizes: dict[str, int], seed: bytes, mood: int) -> Point | None:
    """A point at these sizes, or None if none was found that satisfies conditions and assumptions."""
    point = Point(sizes, seed, mood, program.numbers[:6])
    if not _draw_scalars(program, point):
        return None
    if _holds(program, point) or any(_solve(program, point, name) for name in _unknowns(program)):
        return point
    point.fixed.clear()
    return point if _take_examples(program, point) else None


def assignments(equation: Equation, program: Program, sizes: dict[str, int]) -> Iterator[Env]:
    """All values of the free indices of an equation at these sizes."""
    trial = Trial(program, Point(sizes, b"sizes", 0, ()), PRECISION)
    slots = [slot for slot, _, _ in equation.free]
    ranges = [trial.between(lower, upper, {}) for _, lower, upper in equation.free]
    for values in product(*ranges):
        yield dict(zip(slots, values, strict=True))


def _draw_scalars(program: Program, point: Point) -> bool:
    """Draws until the conditions hold: with both signs and below 1 in turn."""
    for attempt in range(200):
        mood = point.mood if attempt < 2 else attempt
        drawer = Point(point.sizes, point.seed, mood, point.numbers)
        point.scalars = {name: drawer.draw(f"scalar {name} {attempt}") for name in program.scalars}
        trial = Trial(program, point, PRECISION)
        if all(
            _HOLDS[relation](order(trial.real.value(left, {}), trial.real.value(right, {})))
            for relation, left, right in program.conditions
        ):
            return True
        if not program.scalars:
            return False
    return False


def _unknowns(program: Program) -> list[str]:
    """Tensors that may be solved for: the target first."""
    reads = frozenset[str]().union(*(side.reads for e in program.assumptions for side in (e.left, e.right)))
    given = [
        name
        for name, tensor in program.tensors.items()
        if name in reads and tensor.right is None and tensor.label_axis is None
    ]
    return sorted(given, key=lambda name: (name != program.target, name))


def _residuals(program: Program, point: Point) -> Iterator[tuple[Trial, Equation, Env, Fraction]]:
    trial = Trial(program, point, PRECISION)
    for equation in program.assumptions:
        for env in assignments(equation, program, point.sizes):
            left, right = trial.real.value(equation.left, env), trial.real.value(equation.right, env)
            if not (isinstance(left, Fraction) and isinstance(right, Fraction)):
                raise Redraw("an assumption is not rational")
            yield trial, equation, env, left - right


def _holds(program: Program, point: Point) -> bool:
    try:
        return all(residual == 0 for _, _, _, residual in _residuals(program, point))
    except (Undefined, Redraw):
        return False


def _solve(program: Program, point: Point, name: str) -> bool:
    """One Newton step in the entries of one tensor: exact where the equations are affine in them."""
    before = dict(point.fixed)
    try:
        rows = list(_rows(program, point, name))
    except (Undefined, Redraw):
        return False
    for place, step in _eliminate(rows).items():
        point.fixed[name, place] = point.entry(name, place) + step
    if _holds(program, point):
        return True
    point.fixed = before
    return False


def _rows(program: Program, point: Point, name: str) -> Iterator[Row]:
    for trial, equation, env, residual in _residuals(program, point):
        row: dict[tuple[int, ...], Fraction] = {}
        for place in trial.places(name):
            for side, factor in ((equation.left, 1), (equation.right, -1)):
                slope = trial.real.tangent(side, env, (name, place))
                if isinstance(slope, Fraction) and slope:
                    row[place] = row.get(place, Fraction(0)) + factor * slope
        yield row, -residual


def _eliminate(rows: list[Row]) -> dict[tuple[int, ...], Fraction]:
    """Solve a linear system for one entry a row, the last it holds, the others taking a step of 0."""
    solved: dict[tuple[int, ...], Row] = {}
    for row, right in rows:
        for pivot, (other, value) in solved.items():
            row, right = _minus(row, right, other, value, row.get(pivot, Fraction(0)))
        if not row:
            continue
        pivot = max(row)
        lead = row[pivot]
        row, right = {place: weight / lead for place, weight in row.items()}, right / lead
        for known, (other, value) in list(solved.items()):
            solved[known] = _minus(other, value, row, right, other.get(pivot, Fraction(0)))
        solved[pivot] = row, right
    return {pivot: right for pivot, (_, right) in solved.items()}


def _minus(
    row: dict[tuple[int, ...], Fraction],
    right: Fraction,
    other: dict[tuple[int, ...], Fraction],
    value: Fraction,
    times: Fraction,
) -> Row:
    if not times:
        return row, right
    places = dict.fromkeys([*row, *other])
    made = {place: row.get(place, Fraction(0)) - times * other.get(place, Fraction(0)) for place in places}
    return {place: weight for place, weight in made.items() if weight}, right - times * value


def _take_examples(program: Program, point: Point) -> bool:
    trial = Trial(program, point, PRECISION)
    try:
        for equation in program.assumptions:
            for name, slots, node in equation.example:
                for place in trial.places(name):
                    env = dict(zip(slots, place, strict=True))
                    point.fixed[name, place] = trial.exact(node, env)
    except (Undefined, Redraw):
        return False
    return _holds(program, point)

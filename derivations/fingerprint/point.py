"""Random points that satisfy what is assumed: conditions on scalars, equations between inputs.

Equations that are affine in one tensor are solved for some of its entries by one exact Newton step over
the rationals, the rest staying random; where that fails, the assumption's own example is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random

from derivations.fingerprint.balls import Ball, order
from derivations.fingerprint.evaluate import Env, Redraw, Seed, Undefined
from derivations.fingerprint.formula import (
    Comparison,
    Equation,
    Exact,
    Node,
    OutOfReach,
    Program,
    number,
)
from derivations.fingerprint.trial import Point, Trial

PRECISION = 240
SCALARS = 0.25
"""How often a scalar is moved for a tie, where entries are compared too."""
Sides = list[tuple[Node, Env, int]]
"""What must add up to 0 for a tie, each with its sign."""
Row = tuple[dict[tuple[int, ...], Exact], Exact]
_ODD = frozenset({"sin", "tan", "sinh", "tanh", "atan", "erf"})
_HOLDS: dict[str, Callable[[int], bool]] = {
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    "!=": lambda sign: sign != 0,
    "==": lambda sign: sign == 0,
}


def draw_point(program: Program, sizes: dict[str, int], seed: bytes, attempt: int) -> Point | None:
    """A point at these sizes, or None if none was found that satisfies conditions and assumptions.

    Where something is compared, one point in four repeats values, one makes a comparison a tie, and one
    makes as many ties as it can.
    """
    random = Random(seed)
    partial = bool(program.features & {"log", "root"})
    point = Point(sizes, seed, random.randrange(4) if partial else random.choice((0, 2)))
    if program.comparisons and attempt % 4 == 1:
        shared = Point(sizes, seed).draw("shared")
        pools = (Fraction(0), Fraction(1)), (Fraction(0), random.choice([Fraction(1), *program.numbers]), shared)
        point.ties = random.choice(pools)
    if not _draw_scalars(program, point):
        return None
    if program.assumptions and not _satisfy(program, point):
        return None
    ties = list(program.comparisons)
    if attempt % 4 == 2:
        ties = ties[attempt // 4 % len(ties) :][:1] if ties else []
    elif attempt % 4 == 3:
        random.shuffle(ties)
    else:
        ties = []
    for comparison in ties:
        _tie(program, point, comparison, random)
    return point


def _satisfy(program: Program, point: Point) -> bool:
    if any(_solve(program, point, name) for name in _unknowns(program)) or _holds(program, point):
        return True
    point.fixed.clear()
    return _take_examples(program, point)


def _tie(program: Program, point: Point, comparison: Comparison, random: Random) -> None:
    """Move one entry, or a scalar, so that the two sides of one comparison meet, where they are affine in it."""
    trial = Trial(program, point, PRECISION)
    before, scalars = dict(point.fixed), point.scalars
    try:
        env = {own: random.choice(trial.between(*bounds, {})) for own, bounds in program.ranges.items()}
        sides = _sides(comparison, trial, env, random)
        reads = {name for side, _, _ in sides for name in side.reads}
        given = sorted(name for name in reads if program.tensors[name].right is None)
        if scalars and (not given or random.random() < SCALARS):
            _move_a_scalar(program, point, sides, random.choice(sorted(scalars)))
        else:
            _move_an_entry(trial, sides, random.choice(given), random)
    except (Undefined, Redraw, OutOfReach, IndexError, ZeroDivisionError):
        point.scalars = scalars
        return
    if not _holds(program, point) or not _conditions_hold(program, point):
        point.fixed, point.scalars = before, scalars


def _move_an_entry(trial: Trial, sides: Sides, name: str, random: Random) -> None:
    slopes = {place: _total(trial, sides, (name, place)) for place in trial.places(name)}
    place = random.choice([place for place, slope in slopes.items() if slope])
    gap = _total(trial, sides, None)
    trial.point.fixed[name, place] = trial.point.entry(name, place) - Fraction(gap) / slopes[place]


def _move_a_scalar(program: Program, point: Point, sides: Sides, name: str) -> None:
    gaps = []
    for value in (Fraction(0), Fraction(1)):
        point.scalars = {**point.scalars, name: value}
        gaps.append(Fraction(_total(Trial(program, point, PRECISION), sides, None)))
    point.scalars = {**point.scalars, name: gaps[0] / (gaps[0] - gaps[1])}


def _sides(comparison: Comparison, trial: Trial, env: Env, random: Random) -> Sides:
    """What must add up to 0 for a tie, each with its sign."""
    left, right, slot = comparison
    if slot is not None:
        other = random.choice(trial.between(*trial.program.ranges[slot], {}))
        return [(left, env, 1), (left, {**env, slot: other}, -1)]
    if right is not None:
        return [(left, env, 1), (right, env, -1)]
    inner, level = _peel(left, random)
    return [(inner, env, 1), (number(level), env, -1)]


def _peel(node: Node, random: Random) -> tuple[Node, int]:
    """A formula inside that makes a node 0, and at which value: log u at u = 1, a product at a factor."""
    while node.kind in ("abs", "power", "multiply") or (node.kind == "call" and node.payload in _ODD):
        node = random.choice(node.children) if node.kind == "multiply" else node.children[0]
    if node.kind == "call" and node.payload == "log":
        return node.children[0], 1
    return node, 0


def _total(trial: Trial, sides: Sides, seed: Seed | None) -> Exact:
    """Σ of factor times value, or times derivative by a seed, over the sides."""
    total: Exact = 0
    for side, env, factor in sides:
        value = trial.real.value(side, env) if seed is None else trial.real.tangent(side, env, seed)
        if isinstance(value, Ball):
            raise Redraw("not rational")
        total += factor * (value or 0)
    return total


def assignments(equation: Equation, trial: Trial) -> Iterator[Env]:
    """All values of the free indices of an equation at the sizes of a trial."""
    slots = [slot for slot, _, _ in equation.free]
    ranges = [trial.between(lower, upper, {}) for _, lower, upper in equation.free]
    for values in product(*ranges):
        yield dict(zip(slots, values, strict=True))


def _draw_scalars(program: Program, point: Point) -> bool:
    """Draws until the conditions hold: of either sign and size, near 1, and large, in turn."""
    for attempt in range(64 if program.scalars else 1):
        drawer = replace(point, kind=(point.kind + attempt) % 4)
        shift = (Fraction(0), Fraction(1), Fraction(-1), Fraction(4) ** (attempt // 4))[attempt // 4 % 4]
        point.scalars = {name: shift + drawer.draw(f"{name} {attempt}") for name in program.scalars}
        if _conditions_hold(program, point):
            return True
    return False


def _conditions_hold(program: Program, point: Point) -> bool:
    trial = Trial(program, point, PRECISION)
    return all(condition_holds(trial, *condition) for condition in program.conditions)


def condition_holds(trial: Trial, relation: str, left: Node, right: Node) -> bool:
    """Whether a condition on scalars or integers surely holds at the point of a trial."""
    try:
        found = order(trial.real.value(left, {}), trial.real.value(right, {}))
    except (Undefined, Redraw):
        return False
    return found is not None and _HOLDS[relation](found)


def _unknowns(program: Program) -> list[str]:
    """Tensors that may be solved for: the target first."""
    reads = frozenset[str]().union(*(side.reads for e in program.assumptions for side in (e.left, e.right)))
    given = [
        name
        for name, tensor in program.tensors.items()
        if name in reads and tensor.right is None and tensor.label_axis is None
    ]
    return sorted(given, key=lambda name: (name != program.target, name))


def _residuals(program: Program, point: Point) -> Iterator[tuple[Trial, Equation, Env, Exact]]:
    trial = Trial(program, point, PRECISION)
    for equation in program.assumptions:
        for env in assignments(equation, trial):
            left, right = trial.real.value(equation.left, env), trial.real.value(equation.right, env)
            if isinstance(left, Ball) or isinstance(right, Ball):
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
        sides = [(equation.left, env, 1), (equation.right, env, -1)]
        slopes = {place: _total(trial, sides, (name, place)) for place in trial.places(name)}
        yield {place: slope for place, slope in slopes.items() if slope}, -residual


def _eliminate(rows: list[Row]) -> dict[tuple[int, ...], Exact]:
    """Solve a linear system for one entry a row, the last it holds, the others taking a step of 0."""
    solved: dict[tuple[int, ...], Row] = {}
    for row, right in rows:
        for pivot, (other, value) in solved.items():
            row, right = _minus(row, right, other, value, row.get(pivot, 0))
        if not row:
            continue
        pivot = max(row)
        lead = Fraction(row[pivot])
        row, right = {place: weight / lead for place, weight in row.items()}, right / lead
        for known, (other, value) in list(solved.items()):
            solved[known] = _minus(other, value, row, right, other.get(pivot, 0))
        solved[pivot] = row, right
    return {pivot: right for pivot, (_, right) in solved.items()}


def _minus(
    row: dict[tuple[int, ...], Exact],
    right: Exact,
    other: dict[tuple[int, ...], Exact],
    value: Exact,
    times: Exact,
) -> Row:
    if not times:
        return row, right
    places = dict.fromkeys([*row, *other])
    made = {place: row.get(place, 0) - times * other.get(place, 0) for place in places}
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

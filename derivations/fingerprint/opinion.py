"""The fingerprint: an independent opinion whether two formulas are equal.

Both sides are evaluated in a finite field at random points and small sizes, gradients by dual numbers
from the forward steps alone; it shares no code with the normal form. What the field cannot represent is
judged by balls at random rational points, which is the weaker opinion and labelled so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from random import Random
from typing import Literal

from sympy import Expr

from derivations.fingerprint.balls import shared_bits
from derivations.fingerprint.degree import log2_of_a_false_zero
from derivations.fingerprint.evaluate import Env, Redraw, Undefined
from derivations.fingerprint.formula import OutOfReach, Program
from derivations.fingerprint.point import assignments, condition_holds, draw_point
from derivations.fingerprint.read import read_statement
from derivations.fingerprint.sizes import LARGEST, Sizes, far_sizes, larger_sizes, lengths, small_sizes
from derivations.fingerprint.trial import Point, Trial
from derivations.layer import Assumption, Layer

WANTED = -100.0
"""log₂ of the bound on a false agreement that the field's trials must reach: below 1e-30."""
PRECISIONS = (320, 640, 1280)
SHARED = 256
"""Bits that two balls must surely share, relative to their size, to count as equal; four times as many
relative to 1, where a cancellation leaves 0."""
LAWLESS = frozenset({"order", "root", "log", "oracle", "nested"})
"""Features that may make the field tell two equal formulas apart, so that a ball must confirm it."""

SPARED = 8
"""How many balls stand in for the field at some sizes, where its points lack a root."""


@dataclass(frozen=True)
class Opinion:
    """What the fingerprint says.

    ``log2_bound`` is log₂ of the bound on a false "agree" at the worst of the tested sizes, for the
    regions that the trials visited: a formula with comparisons or even roots is several formulas, one a
    region, and a region that no point fell into is not covered. Balls have no such bound and report 0.
    ``sizes`` are those at which a difference was seen.
    """

    verdict: Literal["agree", "differ", "cannot"]
    method: Literal["field", "balls"]
    trials: int
    log2_bound: float
    reason: str
    sizes: Mapping[str, int] | None = None


@dataclass(frozen=True)
class _Seen:
    """What was seen at some sizes: how many comparisons, how many of the least compared entry.

    ``never``: there were entries, and none was ever defined where the field can follow.
    """

    compared: int = 0
    least: int = 0
    differs: bool = False
    never: bool = False


def agree(layer: Layer, left: Expr, right: Expr, assumptions: tuple[Assumption, ...] = ()) -> Opinion:
    """Whether left = right for all free indices, at small sizes and random values.

    Parameters
    ----------
    layer : Layer
        Gives the steps, the axes, the conditions and assumptions. Optional parameters are present.
    left, right : Expr
        What is compared; gradients ``d(v)`` and ``jacobian`` are derived here, by dual numbers.
    assumptions : tuple of Assumption
        Further equations that the inputs satisfy.
    """
    try:
        program = read_statement(layer, left, right, assumptions)
    except OutOfReach as reach:
        return Opinion("cannot", "field", 0, 0.0, str(reach))
    text = f"{layer.name}: {left} = {right}"
    judge = _Judge(program, blake2b(text.encode(), digest_size=32).digest())
    try:
        return judge.by_field()
    except OutOfReach as reach:
        reason = str(reach)
    try:
        return judge.by_balls(reason)
    except OutOfReach as reach:
        return Opinion("cannot", "balls", 0, 0.0, f"{reason}; {reach}")


class _Judge:
    def __init__(self, program: Program, seed: bytes) -> None:
        self.program = program
        self.seed = seed
        self.sizes = [sizes for sizes in small_sizes(program, seed, self._completed) if self._labels_fit(sizes)]
        self.larger = [sizes for sizes in larger_sizes(program, seed, self._completed) if self._labels_fit(sizes)]
        self.far = [sizes for sizes in far_sizes(program, self._completed) if self._labels_fit(sizes)]
        self.spared = 0
        self.drawn = False
        self.lawless = bool(program.features & LAWLESS)
        reads = program.statement.reads
        self.labels = any(name in reads and t.label_axis is not None for name, t in program.tensors.items())

    def _completed(self, sizes: Sizes) -> Sizes | None:
        """The sizes with those that they determine; None where these, or the conditions on integers, do not hold."""
        frame = Trial(self.program, Point(dict(sizes), self.seed), PRECISIONS[0])
        whole = [c for c in self.program.conditions if c[1].exact and c[2].exact]
        if not all(condition_holds(frame, *condition) for condition in whole):
            return None
        try:
            found = {**sizes, **{name: frame.exact(formula, {}) for name, formula in self.program.facts.items()}}
        except Undefined:  # such as V//J for J = 0
            return None
        if any(found[name] < least or found[name] != int(found[name]) for name, least in self.program.sizes.items()):
            return None
        return {name: int(found[name]) for name in self.program.sizes}

    def _labels_fit(self, sizes: Sizes) -> bool:
        """Whether every label that is read has a value: nothing lies on an empty axis."""
        frame = Trial(self.program, Point(sizes, self.seed), PRECISIONS[0])
        return all(
            tensor.label_axis is None or frame.exact(tensor.label_axis, {}) > 0 or not any(frame.places(name))
            for name, tensor in self.program.tensors.items()
            if name in self.program.statement.reads
        )

    def by_field(self) -> Opinion:
        """The field's opinion; a difference that may be its own ignorance is put to the balls."""
        longest = max((max(s.values(), default=1) for s in self.sizes), default=1)
        chance = log2_of_a_false_zero(self.program, max(LARGEST, longest))
        least = math.ceil(WANTED / chance) if chance < -1 else 100
        trials, worst, enough, skipped = 0, math.inf, False, ""
        for sizes in [*self.sizes, *self.larger, *self.far]:
            wanted = max(least, self._repeats(sizes))
            seen = self._look(sizes, wanted, self._field_agrees)
            trials += seen.compared
            if seen.differs:
                return _differ("balls" if self.lawless else "field", trials, sizes)
            worst = min(worst, seen.least) if seen.compared else worst
            enough = enough or (0 not in lengths(self.program, sizes) and 2 * seen.least >= wanted)
            if seen.never:
                skipped = skipped or f"; nothing compared at {_spell(sizes)}"
        if not enough:
            raise OutOfReach("too seldom defined in the field")
        real, sizes = self._check_once()
        if real.differs:
            return _differ("balls", trials, sizes)
        if not real.compared:
            raise OutOfReach("equal in the field, but not defined at the real points tried")
        reason = f"equal in the field, and at a real point{skipped}"
        return Opinion("agree", "field", trials, chance * worst, reason)

    def by_balls(self, reason: str) -> Opinion:
        """The weaker opinion: balls at random rational points."""
        trials, enough = 0, False
        for sizes in [*self.sizes, *self.larger[:1], *self.far]:
            wanted = self._repeats(sizes) // 2 + 2
            seen = self._look(sizes, wanted, self._balls_agree, 12)
            trials += seen.compared
            if seen.differs:
                return _differ("balls", trials, sizes)
            enough = enough or (0 not in lengths(self.program, sizes) and 2 * seen.least >= wanted)
        if not enough:
            never = "too seldom defined in the reals" if self.drawn else "no point satisfies what is assumed"
            return Opinion("cannot", "balls", trials, 0.0, f"{reason}; {never}")
        return Opinion("agree", "balls", trials, 0.0, reason)

    def _repeats(self, sizes: Sizes) -> int:
        """How often each entry is compared: comparisons, roots and labels need several points."""
        longest, ties = max(lengths(self.program, sizes), default=1), len(self.program.comparisons)
        if not (ties or self.labels or "root" in self.program.features):
            return 1
        if 0 in lengths(self.program, sizes):
            return 2
        if ties:
            return 40 + 8 * ties if longest == 1 else 12 + 2 * ties if longest == 2 else 4
        if self.labels:
            return 2 if longest == 1 else 8 if longest == 2 else 3
        return 16 if longest == 1 else 8 if longest == 2 else 3

    def _check_once(self) -> tuple[_Seen, Sizes]:
        """One real point, at the smallest sizes that have one."""
        seen, sizes = _Seen(), {}
        for sizes in sorted(self.sizes, key=lambda s: (0 in lengths(self.program, s), sum(s.values()))):
            seen = self._look(sizes, 1, self._balls_agree, 4)
            if seen.compared:
                break
        return seen, sizes

    def _look(self, sizes: Sizes, wanted: int, agrees: Callable[[Trial, Env], bool], most: int = 256) -> _Seen:
        """Compare every entry at fresh points until each has been compared as often as wanted."""
        frame = Trial(self.program, Point(sizes, self.seed), PRECISIONS[0])
        entries = list(assignments(self.program.statement, frame))
        short = max(lengths(self.program, sizes), default=1) <= 2
        limit = most if short or sizes in self.far else min(most, 12 if sizes in self.larger else 6)
        if len(entries) > limit:
            entries = Random(f"{self.seed!r} {sizes}").sample(entries, limit)
        counts, misses = [0] * len(entries), [0] * len(entries)
        self.spared, drawn = SPARED, False
        for attempt in range(2 * wanted + 16):
            waiting = [i for i, count in enumerate(counts) if count < wanted and (count or misses[i] < 16)]
            if not waiting:
                break
            trial = self._trial(sizes, attempt)
            if trial is None:
                if attempt >= 4 and not drawn:
                    break
                continue
            drawn = True
            for i in waiting:
                try:
                    same = agrees(trial, entries[i])
                except Undefined:
                    misses[i] += 1
                except Redraw:
                    continue
                else:
                    if not same:
                        return _Seen(sum(counts) + 1, 0, True)
                    counts[i] += 1
        least = min((count for count in counts if count), default=0)
        return _Seen(sum(counts), least, never=bool(counts) and not least)

    def _trial(self, sizes: Sizes, attempt: int) -> Trial | None:
        seed = blake2b(f"{sizes} {attempt}".encode(), key=self.seed, digest_size=32).digest()
        point = draw_point(self.program, sizes, seed, attempt)
        self.drawn = self.drawn or point is not None
        return None if point is None else Trial(self.program, point, PRECISIONS[0], lawful=True)

    def _field_agrees(self, trial: Trial, env: Env) -> bool:
        """Equal in the field; if not, but some law is unknown to it, a ball at the same point decides."""
        sides = self.program.statement
        try:
            same = trial.prime.value(sides.left, env) == trial.prime.value(sides.right, env)
        except Redraw:
            return self._stands_in(trial, env)
        if same:
            return True
        if self.lawless and self._balls_agree(trial, env):
            raise OutOfReach("the field tells the sides apart, but knows not every law used")
        return False

    def _stands_in(self, trial: Trial, env: Env) -> bool:
        """A ball where the field has no root: it may refute, but does not count as a comparison.

        Else a region all of whose roots are non-squares, such as that of √(29·x²), would never be seen.
        """
        self.spared -= 1
        if self.spared > 0 and not self._balls_agree(trial, env):
            return False
        raise Redraw("the field has no root here")

    def _balls_agree(self, trial: Trial, env: Env) -> bool:
        """Whether the balls share enough bits; more precision where they neither do nor differ.

        Relative to 1 only many more will do: what underflows is not equal to everything else that does.
        """
        sides = self.program.statement
        for precision in PRECISIONS:
            finer = Trial(self.program, trial.point, precision)
            left, right = finer.real.value(sides.left, env), finer.real.value(sides.right, env)
            shared = shared_bits(left, right, precision)
            if shared is None or shared[0] >= SHARED or shared[1] >= 4 * SHARED:
                return shared is not None
        raise Redraw("the balls stay too wide")


def _differ(method: Literal["field", "balls"], trials: int, sizes: Sizes) -> Opinion:
    return Opinion("differ", method, trials, 0.0, f"the two sides differ at {_spell(sizes)}", sizes)


def _spell(sizes: Sizes) -> str:
    return ", ".join(f"{name} = {size}" for name, size in sizes.items()) or "all sizes"

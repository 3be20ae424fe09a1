"""Within which entries a module's text is shown safe, in float64 and in float32."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sympy import Expr, Idx, Indexed, Pow, Sum, log

from codegen.intervals import FLOAT64, Limits, next_to
from codegen.lower import spelled
from codegen.safety import Safety, check_safety
from codegen.stated import Shown, ending_at_zero, read_sentences
from codegen.view import BACKWARDS, View
from derivations.derivation import Derivation, derive, variants
from derivations.layer import Domain, Layer
from derivations.notation import argmax_over, maximum_over, name_of, size_of


@dataclass(frozen=True)
class Entries:
    """Which entries: within ± ``bound``, and no nearer than ``least`` to an end of a domain that is 0 and open.

    Next to an open end that is not 0 every number of the type is meant. A domain's own ends, where they
    are finite, take the place of the bound.
    """

    bound: float
    least: float

    def within(self, domain: Domain, limits: Limits) -> tuple[float, float]:
        """The least and the largest entry of an array that has a domain."""

        def inside(end: float, direction: int) -> float:
            if math.isinf(end):
                return -direction * self.bound
            if not domain.is_open:
                return end
            return next_to(end, direction, limits) if end else direction * self.least

        high = inside(domain.high, -1)
        return min(inside(domain.low, 1), high), high


STANDARD = Entries(bound=1e4, least=1e-15)
"""A text that states no range is shown safe for these, the gradient of the output among them."""


def stated(source: str, limits: Limits) -> Entries:
    """The entries for which a module says that it is safe: what it says is what is shown."""
    said = read_sentences(source, limits)
    if said is None:
        return STANDARD
    return Entries(float(f"1e{said.bound}"), STANDARD.least if said.least is None else float(f"1e-{said.least}"))


def safeties(
    view: View, first: str, backwards: Sequence[str], entries: Entries, limits: Limits
) -> Iterator[tuple[str, Safety]]:
    """What a function, and each backward on what it saved, needs for such entries."""
    saves_only = first.startswith("saved_values")
    domains = view.layer.domains.items()
    ranges = view.ranges() | {spelled(name_of(base)): entries.within(one, limits) for base, one in domains}
    check = partial(
        check_safety,
        ranges=ranges,
        bound=entries.bound,
        limits=limits,
        size_definitions=view.layer.output_sizes,
        shapes=tuple(given_shapes(view)),
    )
    safe = check(view.source, first, view.arguments(first), only_saved=saves_only)
    yield first, safe
    for name in backwards:
        for reading in safe.readings:
            yield name, check(view.source, name, view.saved(reading, name))


def given_shapes(view: View) -> Iterator[tuple[Expr, ...]]:
    """The shapes of the inputs, of the parameters that there are, and of the output."""
    for entry in (*view.layer.inputs, *view.layer.parameters, view.derivation.output):
        if name_of(entry) not in view.variant.absent:
            yield tuple(size_of(i) for i in entry.indices if isinstance(i, Idx))


def largest(layer: Layer, source: str, limits: Limits) -> Shown:
    """The powers of ten for which a module is shown safe, the least first, at the standard bound."""
    views = [View(derive(layer, variant), source) for variant in variants(layer)]

    def is_safe(entries: Entries) -> bool:
        return all(
            safety.is_shown
            for view in views
            for _, safety in safeties(view, f"forward{view.suffix}", [f"backward{view.suffix}"], entries, limits)
        )

    least = None
    if ending_at_zero(layer):
        smallest = int(-math.log10(limits.tiny))
        least = _largest(lambda power: is_safe(Entries(STANDARD.bound, float(f"1e-{power}"))), smallest)
    gap = STANDARD.least if least is None else float(f"1e-{least}")
    return Shown(_largest(lambda power: is_safe(Entries(float(f"1e{power}"), gap)), 308), least)


def sizes_entered(layer: Layer, source: str) -> tuple[str, ...]:
    """The sizes over which a module takes a maximum or a mean: an axis of that size must have an entry."""
    functions = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    found: set[str] = set()
    for view in (View(derive(layer, variant), source) for variant in variants(layer)):
        backwards = [name for name in (f"{stem}{view.suffix}" for stem in BACKWARDS) if name in functions]
        for first in {f"forward{view.suffix}", f"saved_values{view.suffix}"} & functions:
            for _, safety in safeties(view, first, backwards, STANDARD, FLOAT64):
                found |= safety.sizes("entry")
    return tuple(sorted(found))


def undefined_without_entries(derivation: Derivation) -> frozenset[str]:
    """The sizes at 0 of which the formulas of the steps have no value themselves."""
    found: set[str] = set()
    for step in derivation.steps:
        found |= {str(size_of(part.args[1])) for part in step.right.atoms(maximum_over, argmax_over)}
        divisors = {part.base for part in step.right.atoms(Pow) if part.exp.is_negative}
        for part in divisors | {part.args[0] for part in step.right.atoms(log)}:
            if not part.has(Indexed, Sum):
                found |= {str(size) for size in part.free_symbols if part.subs(size, 0) == 0}
    return frozenset(found)


def _largest(holds: Callable[[int], bool], high: int) -> int:
    """The largest number for which something holds that holds for all smaller ones too."""
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low

"""Within which entries a module's text is shown safe, in float64 and in float32."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from codegen.intervals import Limits, next_to
from codegen.lower import spelled
from codegen.safety import Safety, check_safety
from codegen.view import View
from derivations.derivation import derive, variants
from derivations.layer import Domain, Layer
from derivations.notation import name_of


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
    bounds = re.search(r"±1e(\d+)\s+in\s+float64\s+and\s+±1e(\d+)\s+in\s+float32", source)
    if bounds is None:
        return STANDARD
    which = 1 if limits.name == "float64" else 2
    least = re.search(r"no\s+nearer\s+to\s+0\s+than\s+1e-(\d+)\s+and\s+1e-(\d+)", source)
    gap = float(f"1e-{least[which]}") if least else STANDARD.least
    return Entries(float(f"1e{bounds[which]}"), gap)


def safeties(
    view: View, first: str, backwards: Sequence[str], entries: Entries, limits: Limits
) -> Iterator[tuple[str, Safety]]:
    """What a function, and each backward on what it saved, needs for such entries."""
    saves_only = first.startswith("saved_values")
    domains = view.layer.domains.items()
    ranges = view.ranges() | {spelled(name_of(base)): entries.within(one, limits) for base, one in domains}
    bound = entries.bound
    safe = check_safety(
        view.source, first, view.arguments(first), ranges, bound=bound, limits=limits, only_saved=saves_only
    )
    yield first, safe
    for name in backwards:
        for reading in safe.readings:
            yield name, check_safety(view.source, name, view.saved(reading, name), ranges, bound=bound, limits=limits)


@dataclass(frozen=True)
class Shown:
    """Entries found to be safe: within ±10^bound, and no nearer than 10^−least to an open end at 0, if any."""

    bound: int
    least: int | None


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


def ending_at_zero(layer: Layer) -> tuple[str, ...]:
    """The arrays whose domain has an open end at 0."""
    return tuple(name_of(base) for base, one in layer.domains.items() if one.is_open and 0 in (one.low, one.high))


def _largest(holds: Callable[[int], bool], high: int) -> int:
    """The largest number for which something holds that holds for all smaller ones too."""
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low

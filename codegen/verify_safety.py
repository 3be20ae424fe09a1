"""Within which entries a module's text is shown safe, in float64 and in float32."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codegen.intervals import Limits
from codegen.safety import Safety, check_safety
from codegen.view import View
from derivations.derivation import derive, variants
from derivations.layer import Layer

BOUND = 1e4
"""Every module is shown safe for entries within ± this, the gradient of the output among them."""


def safeties(
    view: View, first: str, backwards: Sequence[str], bound: float, limits: Limits
) -> Iterator[tuple[str, Safety]]:
    """What a function, and each backward on what it saved, needs for entries within a bound."""
    saves_only = first.startswith("saved_values")
    safe = check_safety(
        view.source, first, view.arguments(), view.ranges(), bound=bound, limits=limits, only_saved=saves_only
    )
    yield first, safe
    for name in backwards:
        for reading in safe.readings:
            given = view.saved(reading)
            yield name, check_safety(view.source, name, given, view.ranges(), bound=bound, limits=limits)


def largest_bound(layer: Layer, source: str, limits: Limits) -> int:
    """The largest power of ten such that a module is shown safe for all entries within ±10^power."""
    views = [View(derive(layer, variant), source) for variant in variants(layer)]

    def is_safe(power: int) -> bool:
        bound = float(f"1e{power}")
        return all(
            safety.is_shown
            for view in views
            for _, safety in safeties(view, f"forward{view.suffix}", [f"backward{view.suffix}"], bound, limits)
        )

    low, high = 0, 308
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_safe(middle) else (low, middle - 1)
    return low

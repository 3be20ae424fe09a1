"""What a text must mean on a way that it takes for some settings only: what is derived of the layer at these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sympy import Expr, Indexed

from codegen.read_back import Formula, ReadBackError, Reading, Value
from codegen.view import View
from derivations.derivation import derive, specialise
from derivations.layer import Layer
from derivations.normal_form import Meaning
from derivations.notation import name_of
from derivations.settings import NeverHolds, Settings, at_settings

Steps = Mapping[Indexed, Expr]


def view_at(view: View, settings: Settings, function: str) -> View:
    """A module as a variant of its layer at some settings."""
    if not settings:
        return view
    try:
        layer = at_settings(view.layer, settings)
    except NeverHolds as reason:
        raise ReadBackError(function, 0, "", f"a guard that never holds: {reason}") from None
    return View(derive(layer, view.variant), view.source)


@dataclass(frozen=True)
class Known:
    """What the judges know of the names in a reading: their meaning for the one, the layer for the other."""

    settings: Settings
    meaning: Meaning
    layer: Layer

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from all else that is known of the same view: the settings decide its sizes and rules too."""
        return frozenset(self.settings.items()), *self.meaning.definitions.items(), *self.layer.forward.items()


def known_at(view: View, settings: Settings, steps: Steps, bare_steps: Steps) -> Known:
    """What the judges know of a view at some settings, with the saved values by which either read among the steps."""
    meaning, layer = view.derivation.meaning, specialise(view.layer, view.variant)
    saved = {name_of(left): (tuple(left.indices), right) for left, right in _steps_at(steps, settings).items()}
    *before, last = layer.forward.items()
    forward = {**dict(before), **_steps_at(bare_steps, settings), last[0]: last[1]}
    meaning = replace(meaning, definitions={**meaning.definitions, **saved}, forms={})
    return Known(settings, meaning, replace(layer, forward=forward))


def reading_at(reading: Reading[Formula]) -> Reading[Formula]:
    """A reading with what its guards say of the settings put into its results."""
    if not reading.settings:
        return reading
    return replace(reading, outputs=tuple(value and _value_at(value, reading.settings) for value in reading.outputs))


def _value_at(value: Value[Formula], settings: Settings) -> Value[Formula]:
    expr = value.content.expr.xreplace(dict(settings))
    return replace(value, content=Formula(value.content.indices, expr))


def _steps_at(steps: Steps, settings: Settings) -> dict[Indexed, Expr]:
    return {left: right.xreplace(dict(settings)) for left, right in steps.items()}

"""What names stand for when an expression becomes a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr, Idx

from derivations.form import Form
from derivations.notation import size_of
from derivations.tiles import Tiling


@dataclass(frozen=True)
class Meaning:
    """What names stand for: steps and gradients by their formulas, label axes, signs of scalars.

    ``definitions`` maps a tensor's name to (its indices, its formula), ``axes`` to the sizes of its axes,
    ``labels`` a label's name to the size of the axis its values lie on, ``signs`` a scalar's name to "+",
    "0" or "". ``rules`` rewrite forms under the layer's assumptions. ``forms`` holds the forms of formulas
    met so far, ``empty`` the sizes that are 0, ``tilings`` the axes that others count the tiles of.
    """

    definitions: Mapping[str, tuple[tuple[Expr, ...], Expr]] = field(default_factory=dict)
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    signs: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[tuple[Form, Form], ...] = ()
    forms: dict[str, Form] = field(default_factory=dict, compare=False)
    empty: frozenset[str] = frozenset()
    tilings: tuple[Tiling, ...] = ()

    def axes_of(self, name: str) -> tuple[str, ...] | None:
        """The sizes of a tensor's axes, None where they are not known. A fixed position is an axis of size 1."""
        if name in self.definitions:
            return tuple(str(size_of(i)) if isinstance(i, Idx) else "1" for i in self.definitions[name][0])
        return self.axes.get(name)

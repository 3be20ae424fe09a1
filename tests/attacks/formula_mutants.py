"""Mutants of formulas: one change to a step of a layer or to one of its gradients as derived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from sympy import Expr, Indexed

from derivations.derivation import Derivation, specialise, variants
from derivations.notation import is_gradient, name_of
from derivations.substitution import inline
from tests.attacks.falsify import CHANGES, changed
from tests.attacks.mutant import LAYERS, Mutant, derivation_of

PLACES = 3
"""How many places of each formula each kind of change is tried at."""

Rule = tuple[Indexed, Expr]


def rules(derivation: Derivation) -> tuple[Rule, ...]:
    """The layer's own steps, then the gradients of whatever it names: sums named on the way are put in."""
    steps = specialise(derivation.layer, derivation.variant).steps
    named = [s.left for s in derivation.steps if s.left not in dict(steps)]
    hidden = {name_of(entry) for entry in named} | {f"∂{name_of(entry)}" for entry in named}
    shown = []
    for step in derivation.gradients:
        right = step.right
        for other in reversed([*derivation.steps, *derivation.gradients]):
            if name_of(other.left) in hidden:
                right = inline(right, other.left, other.right)
        if name_of(step.left) not in hidden:
            shown.append((step.left, right))
    return (*steps, *shown)


def formula_mutants(names: Sequence[str]) -> Iterator[Mutant]:
    """Every kind of change to every formula of some layers, at a few places each."""
    for name in names:
        for variant in variants(LAYERS[name]):
            if not variant.absent:
                derivation = derivation_of(name, variant)
                for entry, right in rules(derivation):
                    yield from _of_formula(derivation, entry, right)


def _of_formula(derivation: Derivation, entry: Indexed, right: Expr) -> Iterator[Mutant]:
    known = {right}
    for kind in CHANGES:
        for attempt in range(PLACES):
            random = Random(f"{derivation.layer.name} {entry} {kind} {attempt}")
            new = changed(random, right, kind, tuple(entry.indices))
            if new is not None and new not in known:
                known.add(new)
                what = "gradient" if is_gradient(entry.base) else "step"
                where = f"{what} {entry} = {new}"
                yield Mutant(
                    "formula", kind, derivation.layer, derivation.variant, name_of(entry), where, "", entry, new
                )

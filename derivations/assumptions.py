"""Whether what claims assume can be satisfied: a proof from an assumption that nothing satisfies says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from sympy import Add, Mul

from derivations.candidates import REALS, by_cost
from derivations.layer import Assumption, Layer
from derivations.setting import setting_of
from derivations.text import equation
from derivations.unknowns import unknowns_of

SIZES, POINTS = 20, 200
"""How far the search for an input that satisfies an assumption goes."""


def assumed(layers: Sequence[Layer]) -> list[tuple[Layer, Assumption]]:
    """Every assumption that a claim of these layers may rest on, the layer's own and those that claims require."""
    found: dict[tuple[str, str], tuple[Layer, Assumption]] = {}
    for layer in layers:
        required = [a for claim in layer.claims for a in claim.requires]
        own = layer.assumptions if layer.claims else ()
        found |= {(layer.name, equation(a.left, a.right)): (layer, a) for a in (*own, *required)}
    return list(found.values())


def never_satisfied(layers: Sequence[Layer]) -> list[str]:
    """The assumptions for which no input was found that satisfies them, each with its layer's name."""
    return [f"{layer.name}: {equation(a.left, a.right)}" for layer, a in assumed(layers) if not _is_satisfied(layer, a)]


def _is_satisfied(layer: Layer, assumption: Assumption) -> bool:
    """Whether a point on non-empty axes satisfies an assumption of a layer, by its example if it has one."""
    gap = Add(assumption.left, Mul(-1, assumption.right))
    unknowns = unknowns_of(setting_of(replace(layer, assumptions=(assumption,)), ()), (gap,))
    for sizes in islice(unknowns.some_sizes(), SIZES):
        domains = unknowns.domains(sizes, REALS)
        if 0 in sizes.values() or not all(domains):
            continue
        for choice in islice(by_cost([len(domain) for domain in domains]), POINTS):
            if unknowns.point(sizes, [domain[k] for domain, k in zip(domains, choice, strict=True)]) is not None:
                return True
    return False

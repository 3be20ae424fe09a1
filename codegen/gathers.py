"""Formulas that cost less where a stride is 1: the gradient of a convolution reads windows there, and adds none.

Σ_p [h = s·p + a] u(p) adds to every s-th h. Where s is 1 the delta gives p = h − a, so u(h − a) is read instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Expr, Idx, Indexed, Integer, Sum, Symbol

from codegen.affine import gap
from codegen.choose import Program, node_cost
from codegen.deltas import nearness, opened
from codegen.lower import lower
from codegen.positions import LoweringError
from codegen.program import Node, walk
from codegen.window_nodes import ADD
from codegen.window_order import places_first, sizes_of_places
from derivations.layer import Layer
from derivations.notation import name_of
from derivations.pull_back import Step
from derivations.settings import NeverHolds, at_settings
from derivations.substitution import names_in


@dataclass(frozen=True)
class Special:
    """A step where some integer hyperparameters are 1, and the value that it has there."""

    settings: tuple[Symbol, ...]
    node: Node


def special_steps(program: Program) -> dict[str, Special]:
    """The steps that cost less where some strides are 1, by name.

    A gather makes as many products as the scatter and adds them as it goes, so it saves what is made for each
    tap and what adds it up: the rule is that the step adds windows, that none are added where the settings hold,
    and that this costs less. What is spread, and so never made for each tap, costs the same either way.
    """
    layer = program.plan.derivation.layer
    found = {}
    for step in program.plan.steps:
        name = name_of(step.left)
        usual = program.nodes[name]
        special = _special(step, layer) if _adds(usual) else None
        if special and not _adds(special.node) and _cost(special.node) < _cost(usual):
            found[name] = special
    return found


def _adds(node: Node) -> bool:
    return any(n.op == ADD for n in walk(node))


def _cost(node: Node) -> float:
    return sum(map(node_cost, walk(node)))


def _special(step: Step, layer: Layer) -> Special | None:
    order = tuple(i for i in step.left.indices if isinstance(i, Idx))
    ones = dict.fromkeys(_strides(step.right, order, layer), Integer(1))
    if not ones:
        return None
    try:
        at_settings(layer, ones)
        node = lower(step.right.xreplace(ones), order)
    except (NeverHolds, LoweringError):
        return None
    return Special(tuple(sorted(ones, key=str)), places_first(node, sizes_of_places(layer)))


def _strides(e: Expr, order: tuple[Idx, ...], layer: Layer) -> Iterator[Symbol]:
    """The strides of the places that deltas pick: of the indices in a delta the one nearest to the result's."""
    scalars = {h.symbol for h in layer.hyperparameters if h.symbol.is_integer and not h.symbol.is_nonnegative}
    for outer in _outer_sums(e):
        nest = opened(outer, names_in(e) | {str(i.label) for i in order})
        for zero in filter(None, map(gap, nest.deltas)):
            bound = [i for i in zero.indices if i in nest.bound]
            place = min(bound, key=lambda i: (nearness(i, nest, order), str(i)), default=None)
            if place is not None:
                yield from {zero.step(place), -zero.step(place)} & scalars


def _outer_sums(e: Expr) -> Iterator[Sum]:
    if isinstance(e, Sum):
        yield e
    elif not isinstance(e, Indexed):
        for part in e.args:
            yield from _outer_sums(part)

"""A layer at given values of some integer hyperparameters, such as a convolution of stride 1: a layer of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sympy import Expr, Integer, Symbol, false, true
from sympy.core.relational import Relational

from derivations.layer import Hyperparameter, Layer

Settings = Mapping[Symbol, Integer]


class NeverHolds(ValueError):
    """Settings that the conditions of a layer exclude."""


def at_settings(layer: Layer, settings: Settings) -> Layer:
    """The layer with numbers in place of some hyperparameters; the formulas are those of the definition.

    Raises
    ------
    NeverHolds
        The conditions allow no such layer.
    """
    return replace(
        layer,
        forward={left: _put(right, settings) for left, right in layer.steps},
        hyperparameters=tuple(_fixed(layer, settings)),
        assumptions=tuple(
            replace(a, left=_put(a.left, settings), right=_put(a.right, settings)) for a in layer.assumptions
        ),
        output_sizes={size: _put(formula, settings) for size, formula in layer.output_sizes.items()},
        claims=(),
    )


def _put(e: Expr, settings: Settings) -> Expr:
    return e.xreplace(dict(settings))


def _fixed(layer: Layer, settings: Settings) -> Iterator[Hyperparameter]:
    """The hyperparameters that are left. A condition that spoke of others too goes to one of these."""
    known = [
        (hyper, tuple(condition.xreplace(dict(settings)) for condition in hyper.conditions))
        for hyper in layer.hyperparameters
    ]
    for hyper, conditions in known:
        if false in conditions:
            told = ", ".join(f"{s} = {settings[s]}" for s in sorted(settings, key=str))
            raise NeverHolds(f"{told}: {' and '.join(map(str, hyper.conditions))} never holds then")
    moved = [c for hyper, conditions in known if hyper.symbol in settings for c in conditions if c != true]
    for hyper, conditions in known:
        if hyper.symbol in settings:
            continue
        own = [*conditions, *(c for c in moved if hyper.symbol in c.free_symbols)]
        default = _put(hyper.default, settings) if isinstance(hyper.default, Expr) else hyper.default
        yield replace(hyper, default=default, conditions=tuple(c for c in own if isinstance(c, Relational)))

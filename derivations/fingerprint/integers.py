"""What a layer says of integers: hyperparameters that count, sizes that others determine, how far constants reach."""

from __future__ import annotations

from sympy import Expr, Symbol

from derivations.fingerprint.formula import Node, OutOfReach
from derivations.layer import Layer

NEAR, MOST_CHOICES = 4, 3
"""How far from 0 an integer hyperparameter is looked for, and how many are tried."""


def least_and_near(layer: Layer, symbol: Symbol) -> tuple[int, ...]:
    """The integers nearest to 0 that the conditions on a symbol alone allow."""
    found = [h for h in layer.hyperparameters if h.symbol == symbol]
    alone = [c for h in found for c in h.conditions if c.free_symbols == {symbol}]
    near = sorted(range(-NEAR, NEAR + 1), key=lambda value: (abs(value), -value))
    allowed = [v for v in near if not (v < 0 and symbol.is_nonnegative) and all(c.subs(symbol, v) for c in alone)]
    if not allowed:
        raise OutOfReach(f"no integer near 0 satisfies the conditions on {symbol}")
    return tuple(allowed[:MOST_CHOICES])


def without_determined(layer: Layer, formula: Expr) -> Expr:
    """The formula of a size in what is free, where it reads sizes that are determined themselves."""
    determined = layer.output_sizes
    for _ in determined:
        formula = formula.xreplace(determined)
    if formula.free_symbols & set(determined):
        raise OutOfReach(f"the sizes {', '.join(map(str, determined))} determine each other in a circle")
    return formula


def reach(node: Node) -> int:
    """The largest whole number in a formula of integers: x[k + 7] says nothing where no axis has 8 positions."""
    if node.kind == "number":
        return abs(node.payload) if node.payload.denominator == 1 else 0
    return max(map(reach, node.children), default=0)

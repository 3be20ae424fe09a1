"""Reading SymPy into the fingerprint's nodes: each expression as it was typed, only what is needed.

A step is read when the statement first reads it, so sizes and tensors that do not matter are not drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

import sympy as sp
from sympy import Expr, Idx, Indexed, KroneckerDelta, Pow, S, Sum, Symbol
from sympy.core.function import AppliedUndef, Function

from derivations.fingerprint.formula import (
    BY_EXP,
    FUNCTIONS,
    PI,
    Comparison,
    Equation,
    Node,
    OutOfReach,
    Program,
    bind,
    call,
    node,
    number,
    related,
    slots_of,
)
from derivations.fingerprint.names import Names
from derivations.layer import Assumption, Layer
from derivations.notation import (
    GRADIENT,
    argmax_over,
    between,
    d,
    is_gradient,
    is_zero_at,
    jacobian,
    maximum_over,
    name_of,
    positive,
)

NEAR, MOST_CHOICES = 4, 3
"""How far from 0 an integer hyperparameter is looked for, and how many are tried."""
ORDER: dict[Any, str] = {positive: "positive", is_zero_at: "zero", sp.sign: "sign", sp.Abs: "abs"}
EXTREMES: dict[Any, str] = {sp.Max: "max", sp.Min: "min"}


def read_statement(layer: Layer, left: Expr, right: Expr, assumptions: tuple[Assumption, ...]) -> Program:
    """Read both sides, the steps they need and the assumptions that speak of the same tensors.

    Raises
    ------
    OutOfReach
        If a part of a formula has no meaning here.
    """
    reader = _Reader(layer)
    statement = reader.equation(left, right)
    features = frozenset(reader.features)
    kept = related(statement, [reader.equation(a.left, a.right, a.example) for a in (*layer.assumptions, *assumptions)])
    facts = reader.take_what_holds()
    reader.names.check_labels()
    slots = sorted({slot for parts in reader.comparisons for slot in slots_of(parts)})
    return Program(
        statement,
        kept,
        tuple(reader.conditions),
        reader.names.tensors,
        name_of(layer.output),
        "" if layer.target is None else name_of(layer.target),
        dict(sorted(reader.sizes.items())),
        tuple(reader.scalars),
        features,
        tuple(reader.numbers),
        tuple(reader.comparisons),
        {slot: (lower, upper) for slot, lower, upper in reader.names.ranges(slots)},
        facts,
        reader.choices,
    )


class _Reader:
    def __init__(self, layer: Layer) -> None:
        self.names = Names(layer, self.read)
        self.sizes: dict[str, int] = {}
        self.choices: dict[str, tuple[int, ...]] = {}
        self.scalars: dict[str, None] = {}
        self.numbers: dict[Fraction, None] = {}
        self.features: set[str] = set()
        self.comparisons: list[Comparison] = []
        self.conditions: list[tuple[str, Node, Node]] = []
        self._seen: dict[Any, Node] = {}

    def read(self, expr: Any) -> Node:
        """The node of an expression; equal expressions share one."""
        expr = S(expr)
        if expr not in self._seen:
            self._seen[expr] = self._read(expr)
        return self._seen[expr]

    def _read(self, expr: Any) -> Node:
        for types, rule in _RULES:
            if isinstance(expr, types):
                return rule(self, expr)
        raise OutOfReach(f"{expr} ({type(expr).__name__}) is not in the language")

    def take_what_holds(self) -> dict[str, Node]:
        """The formulas of sizes that others determine; the conditions of all that was read, and of what these read."""
        formulas = {str(size): formula for size, formula in self.names.layer.output_sizes.items()}
        hypers = {h.symbol.name: h for h in self.names.layer.hyperparameters}
        facts: dict[str, Node] = {}
        known: set[str] = set()
        while names := {*self.sizes, *self.scalars} - known:
            for name in sorted(names):
                if name in formulas:
                    facts[name] = self._exact(self._without_determined(formulas[name]))
                for relation in hypers[name].conditions if name in hypers else ():
                    self.conditions.append((relation.rel_op, self.read(relation.lhs), self.read(relation.rhs)))
            known |= names
        return facts

    def _without_determined(self, formula: Expr) -> Expr:
        """The formula of a size in what is free, where it reads sizes that are determined themselves."""
        determined = self.names.layer.output_sizes
        for _ in determined:
            formula = formula.xreplace(determined)
        if formula.free_symbols & set(determined):
            raise OutOfReach(f"the sizes {', '.join(map(str, determined))} determine each other in a circle")
        return formula

    def _least_and_near(self, symbol: Symbol) -> tuple[int, ...]:
        """The integers nearest to 0 that the conditions on a symbol alone allow."""
        found = [h for h in self.names.layer.hyperparameters if h.symbol == symbol]
        alone = [c for h in found for c in h.conditions if c.free_symbols == {symbol}]
        near = sorted(range(-NEAR, NEAR + 1), key=lambda value: (abs(value), -value))
        allowed = [v for v in near if not (v < 0 and symbol.is_nonnegative) and all(c.subs(symbol, v) for c in alone)]
        if not allowed:
            raise OutOfReach(f"no integer near 0 satisfies the conditions on {symbol}")
        return tuple(allowed[:MOST_CHOICES])

    def equation(self, left: Any, right: Any, example: Any = ()) -> Equation:
        """Two sides for all values of their free indices."""
        sides = self.read(left), self.read(right)
        given = [
            (name_of(entry), tuple(self.names.slot(index) for index in entry.indices), self.read(value))
            for entry, value in dict(example).items()
        ]
        return Equation(*sides, self.names.ranges(sorted({*sides[0].free, *sides[1].free})), tuple(given))

    def _exact(self, expr: Any) -> Node:
        made = self.read(expr)
        if not made.exact:
            raise OutOfReach(f"{expr} stands where only indices, labels, sizes and integers may stand")
        return made

    # one rule for each kind of expression

    def _number(self, expr: Any) -> Node:
        if not expr.is_Rational:
            raise OutOfReach(f"{expr} is not a rational number; write a fraction for a decimal")
        value = Fraction(int(expr.p), int(expr.q))
        self.numbers[value] = None
        return number(value)

    def _e(self, expr: Any) -> Node:
        return self._call("exp", number(1))

    def _pi(self, expr: Any) -> Node:
        self.features.add("oracle")
        return PI

    def _index(self, expr: Idx) -> Node:
        slot = self.names.slot(expr)
        return Node("index", payload=slot, free=(slot,), exact=True)

    def _symbol(self, expr: Symbol) -> Node:
        if expr.is_integer:
            near = self._least_and_near(expr)
            self.sizes[expr.name] = 1 if expr.is_positive else min(near)
            if not expr.is_nonnegative:
                self.choices[expr.name] = near
            return Node("size", payload=expr.name, exact=True)
        self.scalars[expr.name] = None
        made = Node("scalar", payload=expr.name)
        for relation, known in ((">", expr.is_positive), (">=", expr.is_nonnegative), ("<", expr.is_negative)):
            if known:
                self.conditions.append((relation, made, number(0)))
        return made

    def _nary(self, expr: Any) -> Node:
        kind = "add" if isinstance(expr, sp.Add) else "multiply"
        return node(kind, [self.read(part) for part in expr.args])

    def _power(self, expr: Pow) -> Node:
        if expr.base == S.Exp1:
            return self._call("exp", self.read(expr.exp))
        base, exponent = self.read(expr.base), self.read(expr.exp)
        if not exponent.exact:
            return self._call("exp", node("multiply", (exponent, self._call("log", base))))
        made = node("power", (base, exponent))
        whole = exponent.kind == "number" and exponent.payload.denominator == 1
        if whole or exponent.kind in ("size", "index"):
            return made
        if not base.exact:
            self.features.add("root")
        return replace(made, exact=False, opaque=True)

    def _sum(self, expr: Sum) -> Node:
        term = self.read(expr.function)
        for index, *bounds in expr.limits:
            if len(bounds) != 2 or not isinstance(index, Idx):
                raise OutOfReach(f"{expr} does not run over the whole axis of an index")
            term = bind("sum", term, self.names.slot(index), self._exact(bounds[0]), self._exact(bounds[1]))
        return term

    def _delta(self, expr: KroneckerDelta) -> Node:
        for index, label in (expr.args, expr.args[::-1]):
            if isinstance(index, Idx):
                self.names.note_label(label, self.names.length(index))
        return node("delta", [self._exact(part) for part in expr.args])

    def _order(self, expr: Any) -> Node:
        self.features.add("order")
        argument = self.read(expr.args[0])
        self.comparisons.append((argument, None, None))
        return replace(node(ORDER[expr.func], [argument]), exact=False)

    def _extreme(self, expr: Any) -> Node:
        self.features.add("order")
        parts = [self.read(part) for part in expr.args]
        self.comparisons += [(one, two, None) for one, two in combinations(parts, 2)]
        return node(EXTREMES[expr.func], parts)

    def _over(self, expr: Any) -> Node:
        self.features.add("order")
        term, slot = self.read(expr.args[0]), self.names.slot(expr.args[1])
        kind = "maximum" if isinstance(expr, maximum_over) else "argmax"
        self.comparisons.append((term, None, slot))
        return bind(kind, term, slot, *self.names.range_of(expr.args[1]))

    def _integer_part(self, expr: Any) -> Node:
        kind = {sp.floor: "floor", sp.ceiling: "ceiling", sp.Mod: "mod"}[expr.func]
        return node(kind, [self._exact(part) for part in expr.args])

    def _between(self, expr: Any) -> Node:
        return node("between", [self._bound(part) for part in expr.args])

    def _bound(self, expr: Any) -> Node:
        """A bound between which an integer lies: the largest or the smallest of several is one too."""
        if isinstance(expr, (sp.Max, sp.Min)):
            return replace(node(EXTREMES[expr.func], map(self._bound, expr.args)), exact=True)
        return self._exact(expr)

    def _function(self, expr: Any) -> Node:
        name, unspecified = str(expr.func.__name__), isinstance(expr, AppliedUndef)
        if len(expr.args) != 1 or not (unspecified or name in FUNCTIONS):
            raise OutOfReach(f"the function {name} is not in the language")
        return self._call(f"{name}()" if unspecified else name, self.read(expr.args[0]))

    def _call(self, name: str, argument: Node) -> Node:
        if name in BY_EXP and argument.opaque:
            self.features.add("nested")
        if name in FUNCTIONS and name not in BY_EXP:
            self.features.add("log" if name == "log" else "oracle")
        return call(name, argument)

    def _entry(self, expr: Indexed) -> Node:
        name = name_of(expr)
        if is_gradient(expr.base) and name != self.names.delta:
            return self._gradient(expr)
        tensor = self.names.tensor(expr)
        made = node("entry", [self._exact(index) for index in expr.indices], name)
        right, label = tensor.right, tensor.label_axis is not None
        reads = made.reads | {name} | (frozenset() if right is None else right.reads)
        return replace(made, reads=reads, exact=label, opaque=right is not None and right.opaque)

    def _gradient(self, expr: Indexed) -> Node:
        layer, name = self.names.layer, name_of(expr)[len(GRADIENT) :]
        entry = self.names.differentiable(name, expr)
        output = self.read(layer.output)
        self.read(entry)
        self.read(d(layer.output.base)[layer.output.indices])
        if len(entry.indices) != len(expr.indices):
            raise OutOfReach(f"{expr}: {name} has {len(entry.indices)} axes")
        made = node("gradient", [self._exact(index) for index in expr.indices], name)
        return replace(made, reads=output.reads | made.reads | {self.names.delta}, opaque=True)

    def _jacobian(self, expr: Any) -> Node:
        for part in expr.args:
            if not isinstance(part, Indexed):
                raise OutOfReach(f"{expr}: a jacobian is taken of an entry by an entry")
            self.names.differentiable(name_of(part), expr)
        of, by = self.read(expr.args[0]), self.read(expr.args[1])
        made = node("jacobian", (*of.children, *by.children), (of.payload, by.payload))
        return replace(made, reads=of.reads | by.reads, opaque=True)


_RULES: tuple[tuple[Any, Callable[[_Reader, Any], Node]], ...] = (
    (Idx, _Reader._index),
    (Indexed, _Reader._entry),
    (sp.Number, _Reader._number),
    (type(S.Exp1), _Reader._e),
    (type(S.Pi), _Reader._pi),
    (Symbol, _Reader._symbol),
    ((sp.Add, sp.Mul), _Reader._nary),
    (Pow, _Reader._power),
    (Sum, _Reader._sum),
    (KroneckerDelta, _Reader._delta),
    (tuple(ORDER), _Reader._order),
    (tuple(EXTREMES), _Reader._extreme),
    ((maximum_over, argmax_over), _Reader._over),
    (jacobian, _Reader._jacobian),
    ((sp.floor, sp.ceiling, sp.Mod), _Reader._integer_part),
    (between, _Reader._between),
    (Function, _Reader._function),
)

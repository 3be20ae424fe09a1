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
from derivations.fingerprint.integers import least_and_near, reach, without_determined
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

ORDER: dict[Any, str] = {positive: "positive", is_zero_at: "zero", sp.sign: "sign", sp.Abs: "abs"}
EXTREMES: dict[Any, str] = {sp.Max: "max", sp.Min: "min"}
OVER: dict[Any, str] = {maximum_over: "maximum", argmax_over: "argmax"}
ROUNDED: dict[Any, str] = {sp.floor: "floor", sp.ceiling: "ceiling", sp.Mod: "mod"}


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
        reader.reckons,
        reader.reach,
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
        self.reckons, self.reach = False, 0
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
        waiting = [c for hyper in self.names.layer.hyperparameters for c in hyper.conditions]
        facts: dict[str, Node] = {}
        known: set[str] = set()
        for sides in self.names.layer.size_equations:
            left, right = (self._exact(without_determined(self.names.layer, side)) for side in sides)
            self.conditions.append(("==", left, right))
        while names := {*self.sizes, *self.scalars} - known:
            for name in sorted(names):
                if name in formulas:
                    facts[name] = self._exact(without_determined(self.names.layer, formulas[name]))
                # A condition may stand at another symbol than the one that is read: e < s at s.
                for relation in [c for c in waiting if name in {symbol.name for symbol in c.free_symbols}]:
                    waiting.remove(relation)
                    self.conditions.append((relation.rel_op, self.read(relation.lhs), self.read(relation.rhs)))
            known |= names
        return facts

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

    def _place(self, expr: Any) -> Node:
        made = self._exact(expr)
        self.reckons, self.reach = self.reckons or bool(made.children), max(self.reach, reach(made))
        return made

    def _number(self, expr: Any) -> Node:
        if not expr.is_Rational:
            raise OutOfReach(f"{expr} is not a rational number; write a fraction for a decimal")
        value = Fraction(int(expr.p), int(expr.q))
        self.numbers[value] = None
        return number(value)

    def _pi(self, expr: Any) -> Node:
        self.features.add("oracle")
        return PI

    def _index(self, expr: Idx) -> Node:
        slot = self.names.slot(expr)
        return Node("index", payload=slot, free=(slot,), exact=True)

    def _symbol(self, expr: Symbol) -> Node:
        if expr.is_integer:
            near = least_and_near(self.names.layer, expr)
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
        return node("delta", map(self._place, expr.args))

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
        self.comparisons.append((term, None, slot))
        return bind(OVER[expr.func], term, slot, *self.names.range_of(expr.args[1]))

    def _integer_part(self, expr: Any) -> Node:
        return node(ROUNDED[expr.func], map(self._place, expr.args))

    def _bound(self, expr: Any) -> Node:
        """A bound between which an integer lies: the largest or the smallest of several is one too."""
        if isinstance(expr, (sp.Max, sp.Min)):
            return replace(node(EXTREMES[expr.func], map(self._bound, expr.args)), exact=True)
        return self._place(expr)

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
        made = node("entry", map(self._place, expr.indices), name)
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
        made = node("gradient", map(self._place, expr.indices), name)
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
    (type(S.Exp1), lambda self, expr: self._call("exp", number(1))),
    (type(S.Pi), _Reader._pi),
    (Symbol, _Reader._symbol),
    (sp.Add, lambda self, expr: node("add", map(self.read, expr.args))),
    (sp.Mul, lambda self, expr: node("multiply", map(self.read, expr.args))),
    (Pow, _Reader._power),
    (Sum, _Reader._sum),
    (KroneckerDelta, _Reader._delta),
    (tuple(ORDER), _Reader._order),
    (tuple(EXTREMES), _Reader._extreme),
    (tuple(OVER), _Reader._over),
    (jacobian, _Reader._jacobian),
    (tuple(ROUNDED), _Reader._integer_part),
    (between, lambda self, expr: node("between", map(self._bound, expr.args))),
    (Function, _Reader._function),
)

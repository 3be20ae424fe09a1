"""One evaluator for every kind of number: values, and derivatives by dual numbers (forward mode).

An `Arithmetic` says what numbers are; a `Trial` (in ``fingerprint_trial``) draws the point and decides
whatever is an integer or a question of order. Both are given; nothing here knows a field or a ball.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from derivations.fingerprint.formula import Exact, Node, OutOfReach

if TYPE_CHECKING:
    from derivations.fingerprint.trial import Trial

V = TypeVar("V")
Env = dict[int, int]
DELTAS = ("delta", "between")
TOTAL = frozenset({"number", "scalar", "add", "multiply", "sum", "entry", "index", "size", *DELTAS})
"""Operations that always have a value where their operands have one."""
Seed = tuple[str, tuple[int, ...]]


class Undefined(Exception):
    """The formula has no value at this point: a division by zero, a maximum over nothing."""


class Redraw(Exception):
    """The point does not decide: a root that the field lacks, two balls that overlap."""


class Arithmetic(Protocol[V]):
    """A kind of number. ``power`` and ``call`` take nodes, since some of their laws are structural."""

    def number(self, value: Exact) -> V: ...
    def add(self, terms: Sequence[V]) -> V: ...
    def multiply(self, factors: Sequence[V]) -> V: ...
    def power(self, base: Node, exponent: Exact, env: Env) -> V: ...
    def call(self, name: str, argument: Node, env: Env) -> V: ...
    def constant(self, name: str) -> V: ...


class Evaluator(Generic[V]):
    """Values and tangents of nodes in one arithmetic at one point, each computed once."""

    def __init__(self, trial: Trial, arithmetic: Arithmetic[V]) -> None:
        self.trial = trial
        self.arithmetic = arithmetic
        self._values: dict[tuple[Any, ...], V] = {}
        self._tangents: dict[tuple[Any, ...], V | None] = {}
        self._given: dict[Seed, V] = {}
        self._total_nodes: dict[Node, bool] = {}

    def value(self, node: Node, env: Env) -> V:
        """The value of a node where its free indices are as ``env`` says."""
        key = (node, *[env[slot] for slot in node.free])
        if key not in self._values:
            self._values[key] = _VALUES[node.kind](self, node, env)
        return self._values[key]

    def tangent(self, node: Node, env: Env, seed: Seed) -> V | None:
        """The derivative of a node by one entry of a tensor; None stands for a zero known as such."""
        if seed[0] not in node.reads:
            return None
        key = (node, seed, *[env[slot] for slot in node.free])
        if key not in self._tangents:
            self._tangents[key] = _TANGENTS[node.kind](self, node, env, seed)
        return self._tangents[key]

    def _constant(self, value: Exact) -> V:
        return self.arithmetic.number(value)

    # values

    def _number(self, node: Node, env: Env) -> V:
        return self._constant(node.payload)

    def _integer(self, node: Node, env: Env) -> V:
        return self._constant(self.trial.integer(node, env))

    def _scalar(self, node: Node, env: Env) -> V:
        return self._constant(self.trial.point.scalars[node.payload])

    def _pi(self, node: Node, env: Env) -> V:
        return self.arithmetic.constant(node.payload)

    def _add(self, node: Node, env: Env) -> V:
        return self.arithmetic.add([self.value(child, env) for child in node.children])

    def _multiply(self, node: Node, env: Env) -> V:
        if self._is_cut(node, env):
            return self._constant(0)
        return self.arithmetic.multiply([self.value(child, env) for child in node.children])

    def _power(self, node: Node, env: Env) -> V:
        base, exponent = node.children
        return self.arithmetic.power(base, self.trial.exact(exponent, env), env)

    def _call(self, node: Node, env: Env) -> V:
        return self.arithmetic.call(node.payload, node.children[0], env)

    def _sum(self, node: Node, env: Env) -> V:
        return self.arithmetic.add([self.value(node.children[0], inner) for inner in self._inner(node, env)])

    def _maximum(self, node: Node, env: Env) -> V:
        return self.value(node.children[0], {**env, node.payload: self.trial.argmax(node, env)})

    def _extreme(self, node: Node, env: Env) -> V:
        return self.value(self.trial.extremes(node, env)[0], env)

    def _sign(self, node: Node, env: Env) -> V:
        sign = self.trial.sign(node.children[0], env)
        return self._constant({"positive": int(sign > 0), "zero": int(sign == 0), "sign": sign}[node.kind])

    def _abs(self, node: Node, env: Env) -> V:
        sign = self._constant(self.trial.sign(node.children[0], env))
        return self.arithmetic.multiply([sign, self.value(node.children[0], env)])

    def _entry(self, node: Node, env: Env) -> V:
        tensor = self.trial.program.tensors[node.payload]
        if tensor.label_axis is not None:
            return self._integer(node, env)
        place = self.trial.place(node.payload, node.children, env)
        return self.at(node.payload, place)

    def at(self, name: str, place: tuple[int, ...] | None) -> V:
        """An entry of a tensor; what lies outside its axes reads 0."""
        if place is None:
            return self._constant(0)
        tensor = self.trial.program.tensors[name]
        if tensor.right is not None:
            return self.value(tensor.right, dict(zip(tensor.slots, place, strict=True)))
        if (name, place) not in self._given:
            self._given[name, place] = self._constant(self.trial.point.entry(name, place))
        return self._given[name, place]

    def _gradient(self, node: Node, env: Env) -> V:
        """Σ over the output of δ times the derivative of the output, the later steps recomputed."""
        place = self.trial.place(node.payload, node.children, env)
        output, terms = self.trial.program.output, []
        if place is None:
            return self._constant(0)
        for entry in self.trial.places(output):
            slope = self.slope(output, entry, (node.payload, place))
            if slope is not None:
                terms.append(self.arithmetic.multiply([self.at(f"∂{output}", entry), slope]))
        return self.arithmetic.add(terms)

    def _jacobian(self, node: Node, env: Env) -> V:
        of, by = node.payload
        count = len(self.trial.program.tensors[of].axes)
        upper = self.trial.place(of, node.children[:count], env)
        lower = self.trial.place(by, node.children[count:], env)
        slope = None if upper is None or lower is None else self.slope(of, upper, (by, lower))
        return self._constant(0) if slope is None else slope

    # derivatives

    def slope(self, name: str, place: tuple[int, ...], seed: Seed) -> V | None:
        """The derivative of an entry by another: the seed's own step is what is perturbed."""
        if name == seed[0]:
            return self._constant(1) if place == seed[1] else None
        tensor = self.trial.program.tensors[name]
        if tensor.right is None:
            return None
        return self.tangent(tensor.right, dict(zip(tensor.slots, place, strict=True)), seed)

    def _no_slope(self, node: Node, env: Env, seed: Seed) -> V | None:
        return None

    def _entry_slope(self, node: Node, env: Env, seed: Seed) -> V | None:
        place = self.trial.place(node.payload, node.children, env)
        return None if place is None else self.slope(node.payload, place, seed)

    def _add_slope(self, node: Node, env: Env, seed: Seed) -> V | None:
        return self._total([self.tangent(child, env, seed) for child in node.children])

    def _is_cut(self, node: Node, env: Env) -> bool:
        """Whether a delta makes a product 0 whose other factors surely have values: most terms of a window's sum."""
        deltas = [child for child in node.children if child.kind in DELTAS]
        return bool(deltas) and self._is_total(node) and any(self.trial.integer(d, env) == 0 for d in deltas)

    def _is_total(self, node: Node) -> bool:
        """Whether a formula has a value everywhere."""
        if node not in self._total_nodes:
            tensor = self.trial.program.tensors[node.payload] if node.kind == "entry" else None
            right = tensor.right if tensor is not None else None
            parts = node.children if right is None else (*node.children, right)
            known = node.kind in TOTAL and (tensor is None or tensor.label_axis is None)
            self._total_nodes[node] = known and all(map(self._is_total, parts))
        return self._total_nodes[node]

    def _multiply_slope(self, node: Node, env: Env, seed: Seed) -> V | None:
        if self._is_cut(node, env):
            return None
        terms: list[V | None] = []
        for chosen in node.children:
            slope = self.tangent(chosen, env, seed)
            if slope is not None:
                rest = [self.value(child, env) for child in node.children if child is not chosen]
                times = sum(child is chosen for child in node.children)
                rest += [self.value(chosen, env)] * (times - 1)
                terms.append(self.arithmetic.multiply([slope, *rest]))
        return self._total(terms)

    def _power_slope(self, node: Node, env: Env, seed: Seed) -> V | None:
        base, exponent = node.children[0], self.trial.exact(node.children[1], env)
        slope = self.tangent(base, env, seed)
        if slope is None or exponent == 0:
            return None
        outer = self.arithmetic.power(base, exponent - 1, env)
        return self.arithmetic.multiply([self._constant(exponent), outer, slope])

    def _call_slope(self, node: Node, env: Env, seed: Seed) -> V | None:
        """f′(u) stands beside u as the second child; exp is its own."""
        slope = self.tangent(node.children[0], env, seed)
        if slope is None:
            return None
        # 1/u has a value where log u has none: only there would a slope outlive its function.
        if node.payload == "log" and self.trial.sign(node.children[0], env) <= 0:
            raise Undefined("the derivative of a logarithm of what is not positive")
        outer = self.value(node.children[1] if len(node.children) > 1 else node, env)
        return self.arithmetic.multiply([outer, slope])

    def _sum_slope(self, node: Node, env: Env, seed: Seed) -> V | None:
        term = node.children[0]
        return self._total([self.tangent(term, inner, seed) for inner in self._inner(node, env)])

    def _inner(self, node: Node, env: Env) -> list[Env]:
        """Where the term of a sum is evaluated."""
        return [{**env, node.payload: value} for value in self.trial.range_of(node, env)]

    def _maximum_slope(self, node: Node, env: Env, seed: Seed) -> V | None:
        return self.tangent(node.children[0], {**env, node.payload: self.trial.argmax(node, env)}, seed)

    def _extreme_slope(self, node: Node, env: Env, seed: Seed) -> V | None:
        """Where a number ties, max(u, 0) = u·[u > 0] reads 0; no other tie has an agreed derivative."""
        tied = self.trial.extremes(node, env)
        if any(child.exact for child in tied):
            return None
        slopes = [self.tangent(child, env, seed) for child in tied]
        if any(slope != slopes[0] for slope in slopes):
            raise Redraw("a tie between two formulas")
        return slopes[0]

    def _abs_slope(self, node: Node, env: Env, seed: Seed) -> V | None:
        slope = self.tangent(node.children[0], env, seed)
        sign = self._constant(self.trial.sign(node.children[0], env))
        return None if slope is None else self.arithmetic.multiply([sign, slope])

    def _second(self, node: Node, env: Env, seed: Seed) -> V | None:
        raise OutOfReach("second derivatives are not in the language")

    def _total(self, slopes: Sequence[V | None]) -> V | None:
        terms = [slope for slope in slopes if slope is not None]
        return self.arithmetic.add(terms) if terms else None


_VALUES: dict[str, Callable[[Evaluator[Any], Node, Env], Any]] = {
    "number": Evaluator._number,
    "scalar": Evaluator._scalar,
    "constant": Evaluator._pi,
    "add": Evaluator._add,
    "multiply": Evaluator._multiply,
    "power": Evaluator._power,
    "call": Evaluator._call,
    "sum": Evaluator._sum,
    "maximum": Evaluator._maximum,
    "max": Evaluator._extreme,
    "min": Evaluator._extreme,
    "abs": Evaluator._abs,
    "entry": Evaluator._entry,
    "gradient": Evaluator._gradient,
    "jacobian": Evaluator._jacobian,
    **dict.fromkeys(("size", "index", "delta", "between", "floor", "ceiling", "mod", "argmax"), Evaluator._integer),
    **dict.fromkeys(("positive", "zero", "sign"), Evaluator._sign),
}
_TANGENTS: dict[str, Callable[[Evaluator[Any], Node, Env, Seed], Any]] = {
    **dict.fromkeys(_VALUES, Evaluator._no_slope),
    "add": Evaluator._add_slope,
    "multiply": Evaluator._multiply_slope,
    "power": Evaluator._power_slope,
    "call": Evaluator._call_slope,
    "sum": Evaluator._sum_slope,
    "maximum": Evaluator._maximum_slope,
    "max": Evaluator._extreme_slope,
    "min": Evaluator._extreme_slope,
    "abs": Evaluator._abs_slope,
    "entry": Evaluator._entry_slope,
    "gradient": Evaluator._second,
    "jacobian": Evaluator._second,
}

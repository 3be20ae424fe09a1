"""Reading SymPy into the fingerprint's nodes: each expression as it was typed, only what is needed.

A step is read when the statement first reads it, so sizes and tensors that do not matter are not drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sympy import Abs, Add, Expr, Idx, Indexed, KroneckerDelta, Max, Min, Mod, Mul, Number, Pow, S
from sympy import Sum, Symbol, ceiling, floor, sign
from sympy.core.function import AppliedUndef, Function
from sympy.core.relational import Relational

from derivations.fingerprint_formula import (
    BY_EXP,
    FUNCTIONS,
    Equation,
    Node,
    OutOfReach,
    Program,
    Tensor,
    bind,
    node,
    number,
    slope_of,
)
from derivations.layer import Assumption, Layer
from derivations.notation import (
    GRADIENT,
    argmax_over,
    is_gradient,
    is_zero_at,
    jacobian,
    maximum_over,
    name_of,
    positive,
)

ORDER: dict[Any, str] = {positive: "positive", is_zero_at: "zero", sign: "sign", Abs: "abs"}
EXTREMES: dict[Any, str] = {Max: "max", Min: "min"}


def compile_statement(
    layer: Layer, left: Expr, right: Expr, assumptions: tuple[Assumption, ...]
) -> Program:
    """Read both sides, the steps they need and the assumptions that speak of the same tensors.

    Raises
    ------
    OutOfReach
        If a part of a formula has no meaning here.
    """
    reader = _Reader(layer)
    statement = reader.equation(left, right)
    features = frozenset(reader.features)
    kept = reader.assumptions(assumptions, statement)
    reader.check_labels()
    return Program(
        statement,
        kept,
        reader.conditions(),
        reader.tensors,
        name_of(layer.output),
        name_of(layer.target) if layer.target is not None else "",
        dict(sorted(reader.sizes.items())),
        tuple(reader.scalars),
        features,
        tuple(reader.numbers),
    )


@dataclass
class _Reader:
    layer: Layer
    slots: dict[Idx, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    scalars: dict[str, None] = field(default_factory=dict)
    numbers: dict[Fraction, None] = field(default_factory=dict)
    tensors: dict[str, Tensor] = field(default_factory=dict)
    features: set[str] = field(default_factory=set)
    seen: dict[Any, Node] = field(default_factory=dict)
    open_steps: list[str] = field(default_factory=list)

    def read(self, expr: Any) -> Node:
        expr = S(expr)
        found = self.seen.get(expr)
        if found is None:
            found = self.seen[expr] = self._read(expr)
        return found

    def _read(self, expr: Any) -> Node:
        for types, rule in _RULES:
            if isinstance(expr, types):
                return rule(self, expr)
        if expr == S.Exp1:
            return self.call("exp", number(1))
        if expr == S.Pi:
            self.features.add("oracle")
            return Node("constant", payload="pi", opaque=True)
        raise OutOfReach(f"{expr} ({type(expr).__name__}) is not in the language")

    def equation(self, left: Any, right: Any, example: Any = ()) -> Equation:
        sides = self.read(left), self.read(right)
        used = sorted({*sides[0].free, *sides[1].free})
        by_slot = {slot: index for index, slot in self.slots.items()}
        free = tuple((slot, *self.range_of(by_slot[slot])) for slot in used)
        given = tuple(
            (name_of(entry), tuple(self.slot(index) for index in entry.indices), self.read(value))
            for entry, value in dict(example).items()
        )
        return Equation(*sides, free, given)

    def assumptions(self, more: tuple[Assumption, ...], statement: Equation) -> tuple[Equation, ...]:
        """Those that share a tensor with the statement, directly or through another, or read none."""
        reads = statement.left.reads | statement.right.reads
        waiting = [self.equation(a.left, a.right, a.example) for a in (*self.layer.assumptions, *more)]
        kept: list[Equation] = []
        changed = True
        while changed:
            changed = False
            for equation in list(waiting):
                own = equation.left.reads | equation.right.reads
                if not own or own & reads:
                    waiting.remove(equation)
                    kept.append(equation)
                    reads, changed = reads | own, True
        return tuple(kept)

    def conditions(self) -> tuple[tuple[str, Node, Node], ...]:
        made = []
        for hyper in self.layer.hyperparameters:
            if str(hyper.symbol) in self.scalars or str(hyper.symbol) in self.sizes:
                made += [self.condition(relation) for relation in hyper.conditions]
        return tuple(made)

    def condition(self, relation: Relational) -> tuple[str, Node, Node]:
        return relation.rel_op, self.read(relation.lhs), self.read(relation.rhs)

    def check_labels(self) -> None:
        for tensor in self.tensors.values():
            if tensor.label_axis is not None and tensor.label_axis.kind == "unknown":
                raise OutOfReach(f"the axis that the label {tensor.name} lies on is not known")

    def slot(self, index: Idx) -> int:
        return self.slots.setdefault(index, len(self.slots))

    def range_of(self, index: Idx) -> tuple[Node, Node]:
        if index.lower is None or index.upper is None:
            raise OutOfReach(f"the index {index} has no axis; write it with axes('{index}:N')")
        return self.read(index.lower), self.read(index.upper)

    def length(self, index: Any) -> Node:
        lower, upper = self.range_of(index)
        if lower.payload != 0:
            raise OutOfReach(f"the axis of {index} does not start at 0")
        return node("add", (upper, number(1)))

    # one rule for each kind of expression

    def number(self, expr: Any) -> Node:
        if not expr.is_Rational:
            raise OutOfReach(f"{expr} is not a rational number; write a fraction for a decimal")
        value = Fraction(int(expr.p), int(expr.q))
        self.numbers[value] = None
        return number(value)

    def index(self, expr: Idx) -> Node:
        slot = self.slot(expr)
        return Node("index", payload=slot, free=(slot,), exact=True)

    def symbol(self, expr: Symbol) -> Node:
        if expr.is_integer:
            self.sizes[expr.name] = 1 if expr.is_positive else 0
            return Node("size", payload=expr.name, exact=True)
        self.scalars[expr.name] = None
        return Node("scalar", payload=expr.name)

    def nary(self, expr: Any) -> Node:
        kind = "add" if isinstance(expr, Add) else "multiply"
        return node(kind, [self.read(part) for part in expr.args])

    def power(self, expr: Pow) -> Node:
        if expr.base == S.Exp1:
            return self.call("exp", self.read(expr.exp))
        base, exponent = self.read(expr.base), self.read(expr.exp)
        if not exponent.exact:
            self.features.add("log")
            return self.call("exp", node("multiply", (exponent, self.call("log", base))))
        if exponent.kind != "number" or exponent.payload.denominator != 1:
            self.features.add("root")
            made = node("power", (base, exponent))
            return Node("power", made.children, None, made.free, made.reads, False, True)
        return node("power", (base, exponent))

    def sum(self, expr: Sum) -> Node:
        term = self.read(expr.function)
        for limit in expr.limits:
            if len(limit) != 3 or not isinstance(limit[0], Idx):
                raise OutOfReach(f"the sum {expr} does not run over the whole axis of an index")
            lower, upper = self.exact(limit[1]), self.exact(limit[2])
            term = bind("sum", term, self.slot(limit[0]), lower, upper)
        return term

    def exact(self, expr: Any) -> Node:
        made = self.read(expr)
        if not made.exact:
            raise OutOfReach(f"{expr} stands where an integer of indices, labels and sizes must stand")
        return made

    def delta(self, expr: KroneckerDelta) -> Node:
        sides = [self.exact(part) for part in expr.args]
        for index, label in (expr.args, expr.args[::-1]):
            if isinstance(index, Idx):
                self.note_label(label, self.length(index))
        return node("delta", sides)

    def note_label(self, expr: Any, axis: Node) -> None:
        if isinstance(expr, Indexed) and expr.is_integer:
            tensor = self.tensors[name_of(expr)]
            if tensor.label_axis is not None and tensor.label_axis.kind == "unknown":
                tensor.label_axis = axis

    def order(self, expr: Any) -> Node:
        self.features.add("order")
        made = node(ORDER[expr.func], [self.read(expr.args[0])])
        return Node(made.kind, made.children, None, made.free, made.reads, False, made.opaque)

    def extreme(self, expr: Any) -> Node:
        self.features.add("order")
        return node(EXTREMES[expr.func], [self.read(part) for part in expr.args])

    def over(self, expr: Any) -> Node:
        self.features.add("order")
        kind = "maximum" if isinstance(expr, maximum_over) else "argmax"
        lower, upper = self.range_of(expr.args[1])
        return bind(kind, self.read(expr.args[0]), self.slot(expr.args[1]), lower, upper)

    def integer_part(self, expr: Any) -> Node:
        kind = {floor: "floor", ceiling: "ceiling", Mod: "mod"}[expr.func]
        return node(kind, [self.exact(part) for part in expr.args])

    def function(self, expr: Any) -> Node:
        name = str(expr.func.__name__)
        known = name in FUNCTIONS and not isinstance(expr, AppliedUndef)
        if len(expr.args) != 1 or not (known or isinstance(expr, AppliedUndef)):
            raise OutOfReach(f"the function {expr} is not in the language")
        return self.call(name if known else f"{name}()", self.read(expr.args[0]))

    def call(self, name: str, argument: Node) -> Node:
        if name in BY_EXP and argument.opaque:
            self.features.add("nested")
        if name in FUNCTIONS and name not in BY_EXP:
            self.features.add("log" if name == "log" else "oracle")
        return node("call", [argument, *slope_of(name, argument)], name)

    def entry(self, expr: Indexed) -> Node:
        name = name_of(expr)
        if is_gradient(expr.base) and name != GRADIENT + name_of(self.layer.output):
            return self.gradient(expr)
        tensor = self.tensor(expr)
        places = [self.exact(index) for index in expr.indices]
        if len(places) != len(tensor.axes):
            raise OutOfReach(f"{expr}: {name} has {len(tensor.axes)} axes")
        for place, index in enumerate(expr.indices):
            self.place(tensor, place, index)
        inner = tensor.right.reads if tensor.right is not None else frozenset()
        made = node("entry", places, name)
        label = tensor.label_axis is not None
        opaque = tensor.right is not None and tensor.right.opaque
        reads = made.reads | inner | {name}
        return Node("entry", made.children, name, made.free, reads, label, opaque)

    def place(self, tensor: Tensor, place: int, index: Any) -> None:
        if not tensor.declared and isinstance(index, Idx):
            length, known = self.length(index), tensor.axes[place]
            if known is not None and known is not length and _text(known) != _text(length):
                raise OutOfReach(f"{tensor.name} is declared nowhere and read along two different axes")
            tensor.axes[place] = length
        axis = tensor.axes[place]
        if axis is not None:
            self.note_label(index, axis)

    def tensor(self, expr: Indexed) -> Tensor:
        name = name_of(expr)
        found = self.tensors.get(name)
        if found is None:
            found = self.tensors[name] = self.declare(name, expr)
        if name in self.open_steps:
            raise OutOfReach(f"step {name} reads itself")
        return found

    def declare(self, name: str, expr: Indexed) -> Tensor:
        layer = self.layer
        if name == GRADIENT + name_of(layer.output):
            return Tensor(name, [self.length(index) for index in layer.output.indices])
        for entry, right in layer.steps:
            if name_of(entry) == name:
                return self.step(name, entry, right)
        known = (*layer.inputs, *layer.parameters, *([layer.target] if layer.target is not None else []))
        axis = self.label_axis(name) if expr.is_integer else None
        for entry in known:
            if name_of(entry) == name:
                return Tensor(name, [self.length(index) for index in entry.indices], label_axis=axis)
        return Tensor(name, [None for _ in expr.indices], label_axis=axis, declared=False)

    def step(self, name: str, entry: Indexed, right: Any) -> Tensor:
        made = Tensor(name, [self.length(index) for index in entry.indices])
        self.tensors[name] = made
        self.open_steps.append(name)
        made.slots = tuple(self.slot(index) for index in entry.indices)
        made.right = self.read(right)
        self.open_steps.remove(name)
        if any(slot not in made.slots for slot in made.right.free):
            raise OutOfReach(f"step {name} has a free index on the right that the left lacks")
        return made

    def label_axis(self, name: str) -> Node:
        for value in self.layer.target_as_label.values():
            for found in S(value).atoms(KroneckerDelta):
                for index, label in (found.args, found.args[::-1]):
                    if isinstance(index, Idx) and isinstance(label, Indexed) and name_of(label) == name:
                        return self.length(index)
        return Node("unknown")

    def gradient(self, expr: Indexed) -> Node:
        name = name_of(expr)[len(GRADIENT) :]
        declared = self.differentiable(name, expr)
        self.entry(self.layer.output)
        delta = self.tensors.setdefault(
            GRADIENT + name_of(self.layer.output),
            Tensor(GRADIENT + name_of(self.layer.output), self.tensors[name_of(self.layer.output)].axes),
        )
        places = [self.exact(index) for index in expr.indices]
        if len(places) != len(declared.indices):
            raise OutOfReach(f"{expr}: {name} has {len(declared.indices)} axes")
        output = self.read(self.layer.output)
        made = node("gradient", places, name)
        return Node("gradient", places_of(made), name, made.free, output.reads | {delta.name}, False, True)

    def jacobian(self, expr: Any) -> Node:
        of, by = expr.args
        if not (isinstance(of, Indexed) and isinstance(by, Indexed)):
            raise OutOfReach(f"{expr}: a jacobian is taken of an entry by an entry")
        self.differentiable(name_of(of), expr)
        self.differentiable(name_of(by), expr)
        upper, lower = self.entry(of), self.entry(by)
        made = node("jacobian", (*upper.children, *lower.children), (upper.payload, lower.payload))
        return Node("jacobian", made.children, made.payload, made.free, upper.reads | lower.reads, False, True)

    def differentiable(self, name: str, where: Any) -> Indexed:
        entries = (*self.layer.inputs, *self.layer.parameters, *self.layer.forward)
        for entry in entries:
            if name_of(entry) == name and not entry.is_integer:
                self.entry(entry)
                return entry
        raise OutOfReach(f"{where}: {name} is no input, parameter or step that can be differentiated")


def places_of(made: Node) -> tuple[Node, ...]:
    return made.children


def _text(axis: Node) -> str:
    return f"{axis.kind} {axis.payload} [{', '.join(_text(child) for child in axis.children)}]"


_RULES: tuple[tuple[Any, Callable[[_Reader, Any], Node]], ...] = (
    (Idx, _Reader.index),
    (Indexed, _Reader.entry),
    (Number, _Reader.number),
    (Symbol, _Reader.symbol),
    ((Add, Mul), _Reader.nary),
    (Pow, _Reader.power),
    (Sum, _Reader.sum),
    (KroneckerDelta, _Reader.delta),
    (tuple(ORDER), _Reader.order),
    (tuple(EXTREMES), _Reader.extreme),
    ((maximum_over, argmax_over), _Reader.over),
    (jacobian, _Reader.jacobian),
    ((floor, ceiling, Mod), _Reader.integer_part),
    (Function, _Reader.function),
)

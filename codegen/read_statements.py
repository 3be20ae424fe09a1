"""Reading statements: names, buffers that change in place, branches, and what a function returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Generic

from sympy import Expr, Integer, Symbol

from codegen.array_ops import AUGMENTED, COMPARISONS, ELEMENTWISE, Elementwise, ShapeError
from codegen.naming import python_name
from codegen.read_arrays import SIGNS, Expressions
from codegen.read_domain import Domain, argument_of
from codegen.read_operations import add_one_hot, elementwise
from codegen.read_settings import settings_of
from codegen.read_text import find_function, is_docstring, located
from codegen.read_values import Argument, Bound, C, Kind, Number, Refusal, Value, View
from codegen.read_windows import is_same_size

_MOST_GUARDS = 5


@dataclass(frozen=True)
class Reading(Generic[C]):
    """What a function returns, along one way through its guards.

    Attributes
    ----------
    outputs : tuple
        The results, in order; None for the gradient of an absent parameter.
    saved : tuple or None
        The saved values of a ``return output, (…)``; None where there is no such tuple.
    way : tuple of bool
        The outcome of each guard, in the order in which they are met.
    settings : mapping
        The hyperparameters of which guards on this way say what they are.
    """

    outputs: tuple[Value[C] | None, ...]
    saved: tuple[Value[C] | Number[C] | None, ...] | None
    way: tuple[bool, ...]
    settings: Mapping[Symbol, Integer] = field(default_factory=dict)


def walk(
    source: str,
    function: str,
    arguments: Mapping[str, Argument[C]],
    domain: Domain[C],
    only_saved: bool,
    sizes: Mapping[Symbol, Expr] = MappingProxyType({}),
    settings: Mapping[Symbol, Integer] = MappingProxyType({}),
) -> tuple[Reading[C], ...]:
    """All readings of a function: one for each way through its guards.

    Parameters
    ----------
    source : str
        A module's text.
    function : str
        The name of a plain function in it.
    arguments : mapping
        What each parameter stands for, in the order of the parameters.
    domain : Domain
        What contents are.
    only_saved : bool
        Whether the function returns a tuple of saved values and nothing else.
    sizes : mapping
        The formulas of sizes that the text may define: such a name, and no other, becomes a size.
    settings : mapping
        Hyperparameters that are known to be these numbers.

    Raises
    ------
    ReadBackError
        If the text is outside the language or the operations do not fit together.
    """
    definition = find_function(source, function, tuple(arguments))
    readings: list[Reading[C]] = []
    pending: list[tuple[bool, ...]] = [()]
    while pending:
        decided = pending.pop()
        walker = _Walker(source, function, domain, arguments, decided, sizes, settings)
        readings.append(walker.read(definition.body, only_saved))
        way = readings[-1].way
        pending += [(*way[:guard], False) for guard in range(len(decided), len(way))]
    return tuple(readings)


class _Walker(Generic[C]):
    """One reading: the guards are decided as told, and hold where nothing is told."""

    def __init__(
        self,
        source: str,
        function: str,
        domain: Domain[C],
        arguments: Mapping[str, Argument[C]],
        decided: Sequence[bool],
        sizes: Mapping[Symbol, Expr],
        settings: Mapping[Symbol, Integer],
    ) -> None:
        self.source, self.function, self.domain = source, function, domain
        self.names = {name: argument_of(name, argument, domain) for name, argument in arguments.items()}
        self.expressions = Expressions(domain, self.names)
        self.decided = decided
        self.sizes = sizes
        self.settings = dict(settings)
        self.way: list[bool] = []

    def read(self, body: Sequence[ast.stmt], only_saved: bool) -> Reading[C]:
        """The reading of a function's body, whose last statement is its return."""
        *statements, last = body[1:] if is_docstring(body[0]) else body
        self._run(statements)
        with self._refusing_at(last):
            reading = self._kept(last) if only_saved else self._results(last)
        return replace(reading, settings=self.settings)

    def _run(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            with self._refusing_at(statement):
                self._step(statement)

    @contextmanager
    def _refusing_at(self, statement: ast.stmt) -> Iterator[None]:
        try:
            yield
        except ShapeError as error:
            raise located(Refusal(str(error)), self.function, self.source, statement) from None
        except Refusal as refusal:
            raise located(refusal, self.function, self.source, statement) from None

    def _step(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.names[name] = self._defined(name, self._value(value))
                self._recognise(name)
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                self._unpack(targets, self.expressions.evaluate(value))
            case ast.AugAssign(target=ast.Name() as target, op=sign, value=value):
                self._augment(_augmented(sign), target, value, statement)
            case ast.AugAssign(target=ast.Subscript() as target, op=ast.Add() | ast.Sub() as sign, value=value):
                array, labels, rows = self.expressions.picked(target)
                amount = self.expressions.operand(value)
                row = ELEMENTWISE[_augmented(sign)]
                add_one_hot(self.domain, row, array, labels, rows, amount, statement)
            case ast.Expr(value=ast.Call() as call) if _out_of(call):
                self._value(call)
            case ast.If(test=test, body=body, orelse=otherwise):
                self._run(body if self._holds(test) else otherwise)
            case ast.For():
                raise Refusal("there are no loops: every operation is one on whole arrays")
            case _:
                raise Refusal("this statement is not in the language")

    def _value(self, node: ast.expr) -> Bound[C]:
        out = _out_of(node)
        if not out:
            return self.expressions.evaluate(node)
        if not isinstance(out, ast.Name):
            raise Refusal("out= takes a name", out)
        return self.expressions.evaluate(node, self.expressions.array(out))

    def _defined(self, name: str, value: Bound[C]) -> Bound[C]:
        """What a name is bound to; that of a size of the output is the size, and needs the layer's own formula."""
        size = next((size for size in self.sizes if python_name(str(size)) == name), None)
        if size is None or not isinstance(value, Number) or value.expr == size:
            return value
        if not (value.is_integer and is_same_size(value.expr, self.sizes[size])):
            raise Refusal(f"the size {size} is {self.sizes[size]}, not {value.expr}")
        return Number(size, True, self.domain.size(size))

    def _recognise(self, name: str) -> None:
        """Call what a new array holds by the name of a step, where the domain knows it to be that."""
        value = self.names[name]
        is_own = isinstance(value, View) and not value.buffer.origin and value.kind is Kind.REAL
        if not (isinstance(value, View) and is_own) or value.buffer.content is None or None in value.axes:
            return
        shown = self.domain.arrange(value.content(), value.axes)
        known = self.domain.recognised(name, shown)
        if known is not None:
            value.buffer.content = self.domain.arrange(known, value.order)

    def _unpack(self, targets: Sequence[ast.expr], value: Bound[C]) -> None:
        if not isinstance(value, tuple) or len(value) != len(targets):
            raise Refusal(f"{len(targets)} names do not fit what stands on the right")
        for target, element in zip(targets, value, strict=True):
            if not isinstance(target, ast.Name):
                raise Refusal("only names are unpacked into", target)
            self.names[target.id] = element

    def _augment(self, name: str, target: ast.Name, value: ast.expr, statement: ast.AST) -> None:
        array = self.expressions.array(ast.copy_location(ast.Name(target.id, ast.Load()), target))
        elementwise(self.domain, ELEMENTWISE[name], [array, self.expressions.operand(value)], array, statement)

    def _holds(self, test: ast.expr) -> bool:
        match test:
            case ast.Compare(left=ast.Name() as name, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
                return self.expressions.evaluate(name) is None
            case ast.Compare(left=ast.Name() as name, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
                return self.expressions.evaluate(name) is not None
        settings = settings_of(test, self.expressions.evaluate)
        if settings is not None:
            return self._guard_on_settings(settings, test)
        match test:
            case ast.Compare(ops=[sign]) if SIGNS.get(type(sign)) in COMPARISONS:
                return self._guard(test)
        raise Refusal("a condition is `a is None`, `a is not None`, settings or one comparison", test)

    def _guard_on_settings(self, settings: Mapping[Symbol, Integer], test: ast.expr) -> bool:
        """What is known of the settings decides; else both ways are gone, and where the guard holds it is known."""
        if any(self.settings.get(symbol, value) != value for symbol, value in settings.items()):
            return False
        holds = settings.items() <= self.settings.items() or self._decided(test)
        if holds:
            self.settings |= settings
        return holds

    def _guard(self, test: ast.expr) -> bool:
        condition = self.expressions.array(test)
        if condition.axes:
            raise Refusal("a guard compares single numbers", test)
        return self._decided(test)

    def _decided(self, test: ast.expr) -> bool:
        if len(self.way) == _MOST_GUARDS:
            raise Refusal(f"more than {_MOST_GUARDS} guards", test)
        self.way.append(self.decided[len(self.way)] if len(self.way) < len(self.decided) else True)
        return self.way[-1]

    def _results(self, statement: ast.stmt) -> Reading[C]:
        match statement:
            case ast.Return(value=ast.Tuple(elts=[output, ast.Tuple(elts=names)])):
                saved = tuple(self._saved(name) for name in names)
                return Reading(self._outputs([output]), saved, tuple(self.way))
            case ast.Return(value=ast.Tuple(elts=outputs)) if len(outputs) > 1:
                return Reading(self._outputs(outputs), None, tuple(self.way))
            case ast.Return(value=ast.expr() as output) if not isinstance(output, ast.Tuple):
                return Reading(self._outputs([output]), None, tuple(self.way))
        raise Refusal("a function returns its results, or its output and a tuple of saved names", statement)

    def _kept(self, statement: ast.stmt) -> Reading[C]:
        match statement:
            case ast.Return(value=ast.Tuple(elts=names)):
                return Reading((), tuple(self._saved(name) for name in names), tuple(self.way))
        raise Refusal("this function returns a tuple of saved names", statement)

    def _outputs(self, nodes: Sequence[ast.expr]) -> tuple[Value[C] | None, ...]:
        """The results; each has memory of its own."""
        results = [self.expressions.evaluate(node) for node in nodes]
        seen: list[object] = []
        for node, result in zip(nodes, results, strict=True):
            if result is None:
                continue
            if not isinstance(result, View) or result.kind is not Kind.REAL:
                raise Refusal(f"{ast.unparse(node)} is not an array of real entries", node)
            if result.buffer.origin or result.buffer in seen:
                raise Refusal(
                    f"the result {ast.unparse(node)} shares memory with {result.buffer.origin or 'another'}",
                    node,
                )
            seen.append(result.buffer)
        return tuple(self._value_of(result) if isinstance(result, View) else None for result in results)

    def _saved(self, node: ast.expr) -> Value[C] | Number[C] | None:
        if not isinstance(node, ast.Name):
            raise Refusal("saved values are names", node)
        value = self.expressions.evaluate(node)
        if isinstance(value, tuple | Elementwise):
            raise Refusal(f"{node.id} is no array or number, and only these are saved", node)
        return self._value_of(value) if isinstance(value, View) else value

    def _value_of(self, view: View[C]) -> Value[C]:
        content = self.domain.arrange(view.content(), view.axes)
        return Value(view.shape, content, view.kind, view.buffer.label_size)


def _augmented(sign: ast.operator) -> str:
    name = SIGNS.get(type(sign), "")
    if name not in AUGMENTED.values():
        raise Refusal("in place there are += -= *= /= only")
    return name


def _out_of(node: ast.expr) -> ast.expr | None:
    """What a call writes into, if it says so."""
    if not isinstance(node, ast.Call):
        return None
    return next((keyword.value for keyword in node.keywords if keyword.arg == "out"), None)

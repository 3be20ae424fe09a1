"""A module's text seen as one variant of its layer: what each function takes, and what it should return."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Function, Idx

from codegen.array_ops import CALL, Elementwise
from codegen.lower import spelled
from codegen.range_rules import LONGEST
from codegen.read_back import ABSENT, Argument, ArrayArgument, Formula, LabelsArgument, Reading, Saved, Value
from derivations.definition import scalar_range
from derivations.derivation import Derivation, Variant
from derivations.layer import Layer
from derivations.notation import d, name_of, size_of

LABELS = "_labels"
BACKWARDS = ("backward", "backward_delta", "backward_update_gradient")


@dataclass(frozen=True)
class View:
    """A module as one variant of its layer."""

    derivation: Derivation
    source: str

    @property
    def layer(self) -> Layer:
        """The definition."""
        return self.derivation.layer

    @property
    def variant(self) -> Variant:
        """Which variant."""
        return self.derivation.variant

    @property
    def suffix(self) -> str:
        """How the names of the variant's functions end."""
        return LABELS if self.variant.as_label else ""

    def subject(self, function: str) -> str:
        """What a check is about."""
        return f"{self.layer.name}.{function}{f' ({self.variant})' if str(self.variant) else ''}"

    def arguments(self, function: str) -> dict[str, Argument[Any]]:
        """What the parameters of the forward, or of what only saves, stand for, in their order."""
        layer, target = self.layer, self.derivation.target
        given: dict[str, Argument[Any]] = {}
        if target is not None:
            size = self.derivation.label_axes.get(name_of(target))
            argument = ArrayArgument(target) if size is None else LabelsArgument(target, size)
            given[spelled(name_of(target))] = argument
        optional = {name_of(base) for base in layer.optional}
        entries = [*layer.inputs, *layer.parameters]
        given |= {spelled(name_of(e)): ArrayArgument(e) for e in entries if name_of(e) not in optional}
        given |= {spelled(str(hyper.symbol)): hyper.symbol for hyper in layer.hyperparameters}
        given |= self._functions(function)
        for e in entries:
            if name_of(e) in optional:
                given[spelled(name_of(e))] = ABSENT if name_of(e) in self.variant.absent else ArrayArgument(e)
        return given

    def saved(self, reading: Reading[Any], function: str) -> dict[str, Argument[Any]]:
        """The arguments of a backward."""
        delta = self.derivation.output
        given = {"saved": Saved(reading.saved or ()), "delta": ArrayArgument(d(delta.base)[delta.indices])}
        return given | self._functions(function)

    def _functions(self, function: str) -> dict[str, Argument[Any]]:
        """Those parameters of a function that are functions themselves: which of them it needs, its text says."""
        names = [f"{each.__name__}{prime}" for each in self.layer.unspecified for prime in ("", "'")]
        known: dict[str, Argument[Any]] = {spelled(name): unspecified(name, spelled(name)) for name in names}
        definitions = (node for node in ast.parse(self.source).body if isinstance(node, ast.FunctionDef))
        parameters = [arg.arg for node in definitions if node.name == function for arg in node.args.args]
        return {name: argument for name, argument in known.items() if name in parameters}

    def ranges(self) -> dict[str, tuple[float, float]]:
        """The ranges of the hyperparameters within which the layer states that it is safe; integers may be any."""
        found = {}
        for hyper in self.layer.hyperparameters:
            if hyper.safe is None and hyper.symbol.is_integer:
                low = scalar_range(hyper.symbol, self.layer).inf
                found[spelled(str(hyper.symbol))] = (max(float(low), -LONGEST), LONGEST)
                continue
            if hyper.safe is None:
                raise ValueError(f"{self.layer.name}: say within which range of {hyper.symbol} it is safe")
            found[spelled(str(hyper.symbol))] = hyper.safe
        return found

    def wanted(self, name: str) -> list[str | None]:
        """The gradients that a function returns, None for that of an absent parameter."""
        layer, stem = self.layer, name.removesuffix(LABELS)
        entries = {
            "backward_delta": layer.inputs,
            "backward_update_gradient": layer.parameters,
        }.get(stem, (*layer.inputs, *layer.parameters))
        return [None if name_of(e) in self.variant.absent else name_of(d(e.base)) for e in entries]

    def expected(self, tensor: str, value: Value[Formula]) -> Expr | None:
        """The entry that a value should be, at the value's own indices; None if its axes are others."""
        steps = (*self.derivation.steps, *self.derivation.gradients)
        entry = next(s.left for s in steps if name_of(s.left) == tensor)
        sizes = tuple(size_of(i) for i in entry.indices if isinstance(i, Idx))
        return entry.base[value.content.indices] if sizes == tuple(value.axes) else None


def unspecified(function: str, python: str) -> Elementwise:
    """A function that is given as an argument: it makes a new array of the shape and dtype of the one it takes."""
    return Elementwise(f"{function}()", 1, python, "", CALL, "", Function(function), is_given=True)

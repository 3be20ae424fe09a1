"""Does a module's text mean what was derived? Read back, compared by both judges, and shown safe.

Nothing here knows how the text was made: it starts from the layer's definition and the text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import Abs, Add, Expr, Idx, IndexedBase, Max, Mul, Pow, Sum, exp

from codegen.intervals import FLOAT32, FLOAT64, Limits
from codegen.lower import spelled
from codegen.read_back import (
    ABSENT,
    Argument,
    ArrayArgument,
    Formula,
    LabelsArgument,
    ReadBackError,
    Reading,
    Saved,
    Value,
    read_function,
)
from codegen.safety import Safety, check_safety
from derivations.derivation import Derivation, Variant, derive, specialise, variants
from derivations.fingerprint import agree
from derivations.layer import Layer
from derivations.normal_form import is_zero
from derivations.notation import d, name_of, size_of

BOUND = 1e4
"""Every module is shown safe for entries within ± this, the gradient of the output among them."""

LABELS = "_labels"
ASSUMPTION = "assumption_"
BACKWARDS = ("backward", "backward_delta", "backward_update_gradient")


@dataclass(frozen=True)
class Check:
    """One thing that was checked, and how it came out."""

    subject: str
    statement: str
    ok: bool
    detail: str


def verify_module(layer: Layer, source: str) -> list[Check]:
    """Check every plain function of a module in every variant of its layer."""
    names = _function_names(source)
    checks: list[Check] = []
    for variant in variants(layer):
        mine = [n for n in names if n.endswith(LABELS) == variant.as_label and not n.startswith(ASSUMPTION)]
        checks += _View(layer, derive(layer, variant), source).check(mine)
    return [*checks, *_check_assumptions(layer, source, [n for n in names if n.startswith(ASSUMPTION)])]


def _function_names(source: str) -> list[str]:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


@dataclass(frozen=True)
class _View:
    """A module seen as one variant of its layer."""

    layer: Layer
    derivation: Derivation
    source: str

    @property
    def variant(self) -> Variant:
        return self.derivation.variant

    def check(self, names: Sequence[str]) -> Iterator[Check]:
        """Every function: what takes the layer's arguments, then each backward on what that saved."""
        suffix = LABELS if self.variant.as_label else ""
        backwards = [n for n in names if n.startswith("backward")]
        known = {f"forward{suffix}", f"saved_values{suffix}", *(f"{b}{suffix}" for b in BACKWARDS)}
        for name in names:
            if name not in known:
                yield Check(self.subject(name), "is a function of this layer", False, f"not one of {sorted(known)}")
        for name in (f"forward{suffix}", f"backward{suffix}"):
            if name not in names:
                yield Check(self.subject(name), "exists", False, "the text has no such function")
        for name in (f"forward{suffix}", f"saved_values{suffix}"):
            if name in names:
                try:
                    yield from self.check_from(name, backwards)
                except ReadBackError as error:
                    yield Check(self.subject(name), "can be read back", False, str(error))

    def check_from(self, first: str, backwards: Sequence[str]) -> Iterator[Check]:
        """A function that saves values, and each backward on them."""
        saves_only = first.startswith("saved_values")
        given = self.arguments()
        plain = read_function(self.source, first, given, is_nonnegative=self.is_nonnegative, only_saved=saves_only)
        bare = read_function(self.source, first, given, only_saved=saves_only)
        yield from self.proofs(first, [] if saves_only else [name_of(self.derivation.output)], plain, bare)
        yield from self.safety(first, backwards)
        for name in backwards:
            for way, reading in enumerate(plain):
                read = read_function(self.source, name, self.saved(reading), is_nonnegative=self.is_nonnegative)
                again = read_function(self.source, name, self.saved(bare[way]))
                yield from self.proofs(name, self.wanted(name), read, again)

    def subject(self, function: str) -> str:
        """What a check is about."""
        return f"{self.layer.name}.{function}{f' ({self.variant})' if str(self.variant) else ''}"

    def arguments(self) -> dict[str, Argument[Any]]:
        """What the parameters of the forward stand for, in their order."""
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
        for e in entries:
            if name_of(e) in optional:
                given[spelled(name_of(e))] = ABSENT if name_of(e) in self.variant.absent else ArrayArgument(e)
        return given

    def saved(self, reading: Reading[Any]) -> dict[str, Argument[Any]]:
        """The arguments of a backward."""
        output = self.derivation.output
        return {"saved": Saved(reading.saved or ()), "delta": ArrayArgument(d(output.base)[output.indices])}

    def ranges(self) -> dict[str, tuple[float, float]]:
        """The ranges of the hyperparameters within which the layer states that it is safe."""
        found = {}
        for hyper in self.layer.hyperparameters:
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

    def proofs(
        self,
        name: str,
        wanted: Sequence[str | None],
        readings: Sequence[Reading[Formula]],
        bare: Sequence[Reading[Formula]],
    ) -> Iterator[Check]:
        """Every result of a function against what was derived; ``bare`` is read without any facts."""
        for reading, other in zip(readings, bare, strict=True):
            if len(reading.outputs) != len(wanted):
                detail = f"it returns {len(reading.outputs)} results, not {len(wanted)}"
                yield Check(self.subject(name), "returns what it should", False, detail)
                continue
            for tensor, value, plain in zip(wanted, reading.outputs, other.outputs, strict=True):
                if tensor is None or value is None or plain is None:
                    ok = tensor is None and value is None
                    yield Check(self.subject(name), "an absent parameter has no gradient", ok, f"{tensor}: {value}")
                else:
                    yield self.proof(name, tensor, value, plain)

    def proof(self, name: str, tensor: str, value: Value[Formula], plain: Value[Formula]) -> Check:
        """One result: by the normal form with facts, by the fingerprint without."""
        expected, again = self.expected(tensor, value), self.expected(tensor, plain)
        if expected is None or again is None:
            return Check(self.subject(name), f"{tensor} has its own axes", False, f"its axes are {value.axes}")
        opinion = agree(specialise(self.layer, self.variant), again, plain.content.expr)
        shown = is_zero(expected - value.content.expr, self.derivation.meaning)
        detail = f"normal form: {'residual 0' if shown else 'not shown'}; fingerprint: {opinion.verdict}"
        detail += f" ({opinion.method}, {opinion.trials} trials, 2^{opinion.log2_bound:.0f})"
        return Check(self.subject(name), f"{tensor} is what was derived", shown and opinion.verdict == "agree", detail)

    def expected(self, tensor: str, value: Value[Formula]) -> Expr | None:
        """The entry that a value should be, at the value's own indices; None if its axes are others."""
        steps = (*self.derivation.steps, *self.derivation.gradients)
        entry = next(s.left for s in steps if name_of(s.left) == tensor)
        sizes = tuple(size_of(i) for i in entry.indices if isinstance(i, Idx))
        return entry.base[value.content.indices] if sizes == tuple(value.axes) else None

    def is_nonnegative(self, formula: Formula) -> bool:
        """Whether a formula equals a step whose own formula is ≥ 0 as it is written."""
        for step in self.derivation.steps:
            sizes = [size_of(i) for i in step.left.indices if isinstance(i, Idx)]
            if is_square_like(step.right) and sizes == [size_of(i) for i in formula.indices]:
                entry = IndexedBase(name_of(step.left), real=True)[formula.indices]
                if is_zero(entry - formula.expr, self.derivation.meaning):
                    return True
        return False

    def safety(self, first: str, backwards: Sequence[str]) -> Iterator[Check]:
        """Whether nothing that the functions compute can leave its range, in float64 and in float32."""
        for limits in (FLOAT64, FLOAT32):
            shown = f"is safe in {limits.name} within ±{BOUND:g}"
            for name, safety in self.safeties(first, backwards, BOUND, limits):
                left = "; ".join(map(str, safety.open))
                yield Check(self.subject(name), shown, safety.is_shown, left or f"{len(safety.obligations)} shown")

    def safeties(
        self, first: str, backwards: Sequence[str], bound: float, limits: Limits
    ) -> Iterator[tuple[str, Safety]]:
        """What a function, and each backward on what it saved, needs for entries within a bound."""
        saves_only = first.startswith("saved_values")
        safe = check_safety(
            self.source, first, self.arguments(), self.ranges(), bound=bound, limits=limits, only_saved=saves_only
        )
        yield first, safe
        for name in backwards:
            for reading in safe.readings:
                given = self.saved(reading)
                yield name, check_safety(self.source, name, given, self.ranges(), bound=bound, limits=limits)


def largest_bound(layer: Layer, source: str, limits: Limits) -> int:
    """The largest power of ten such that a module is shown safe for all entries within ±10^power."""
    views = [_View(layer, derive(layer, variant), source) for variant in variants(layer)]

    def is_safe(power: int) -> bool:
        pairs = [
            one
            for view in views
            for suffix in [LABELS if view.variant.as_label else ""]
            for one in view.safeties(f"forward{suffix}", [f"backward{suffix}"], float(f"1e{power}"), limits)
        ]
        return all(safety.is_shown for _, safety in pairs)

    low, high = 0, 308
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if is_safe(middle) else (low, middle - 1)
    return low


def is_square_like(e: Expr) -> bool:
    """Whether a formula is ≥ 0 as it is written: squares, exponentials, absolute values, and sums of such."""
    if isinstance(e, Sum):
        return is_square_like(e.function)
    if isinstance(e, Pow):
        return bool(e.exp.is_Integer and e.exp % 2 == 0)
    if isinstance(e, (Add, Mul)):
        return all(is_square_like(a) for a in e.args)
    if isinstance(e, Max):
        return any(is_square_like(a) for a in e.args)
    return isinstance(e, (exp, Abs)) or bool(e.is_Rational and e >= 0)


def _check_assumptions(layer: Layer, source: str, names: Sequence[str]) -> Iterator[Check]:
    """The functions that tell how far a target is from what the layer assumes of it."""
    expected = {f"{ASSUMPTION}{number}": a for number, a in enumerate(layer.assumptions, 1)}
    if set(names) != set(expected) or layer.target is None:
        if names or expected:
            yield Check(layer.name, "checks its assumptions", False, f"it has {names}, not {list(expected)}")
        return
    derivation = derive(layer)
    unassumed = replace(derivation.meaning, rules=())
    for name, assumption in expected.items():
        subject = f"{layer.name}.{name}"
        try:
            arguments: Mapping[str, ArrayArgument] = {spelled(name_of(layer.target)): ArrayArgument(layer.target)}
            (reading,) = read_function(source, name, arguments)
            (value,) = reading.outputs
        except ReadBackError as error:
            yield Check(subject, "can be read back", False, str(error))
            continue
        gap = assumption.left - assumption.right
        free = [i for i in layer.target.indices if i in gap.free_symbols]
        shape = tuple(size_of(i) for i in free)
        if value is None or tuple(value.axes) != shape:
            yield Check(subject, "has its own axes", False, f"{None if value is None else value.axes}")
            continue
        renamed = gap.xreplace(dict(zip(free, value.content.indices, strict=True)))
        ok = is_zero(renamed - value.content.expr, unassumed)
        yield Check(subject, "is left minus right", ok, "normal form: residual 0" if ok else "not shown")



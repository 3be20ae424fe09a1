"""Does a module's text mean what was derived? Read back, compared by both judges, and shown safe.

Nothing here knows how the text was made: it starts from the layer's definition and the text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sympy import Abs, Add, Expr, Idx, Indexed, IndexedBase, Max, Mul, Pow, Sum, exp

from codegen.lower import spelled
from codegen.read_back import ABSENT, ArrayArgument, Formula, LabelsArgument, ReadBackError, Saved, Value, read_function
from codegen.safety import check_safety
from derivations.derivation import Derivation, Variant, derive, specialise, variants
from derivations.fingerprint import agree
from derivations.layer import Layer
from derivations.normal_form import is_zero
from derivations.notation import d, name_of, size_of

LABELS = "_labels"


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
        view = _View(layer, variant, derive(layer, variant), source)
        mine = [n for n in names if n.endswith(LABELS) == variant.as_label and not n.startswith("assumption")]
        checks += view.check(mine)
    checks += _check_assumptions(layer, source, [n for n in names if n.startswith("assumption")])
    if not names:
        checks.append(Check(layer.name, "has plain functions", False, "the text has none"))
    return checks


def _function_names(source: str) -> list[str]:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


@dataclass(frozen=True)
class _View:
    """A module seen as one variant of its layer."""

    layer: Layer
    variant: Variant
    derivation: Derivation
    source: str

    def check(self, names: Sequence[str]) -> list[Check]:
        suffix = LABELS if self.variant.as_label else ""
        checks: list[Check] = []
        for first in (f"forward{suffix}", f"saved_values{suffix}"):
            if first in names:
                checks += self._check_from(first, [n for n in names if n.startswith("backward")])
            elif first.startswith("forward"):
                checks.append(Check(self._subject(first), "exists", False, "there is no such function"))
        return checks

    def _check_from(self, first: str, backwards: Sequence[str]) -> list[Check]:
        """The forward (or what stands in for it), then each backward on what that saved."""
        checks: list[Check] = []
        try:
            outputs = [name_of(self.derivation.output)] if first.startswith("forward") else []
            checks += self._proofs(first, self.arguments(), outputs)
            plain = read_function(self.source, first, self.arguments(), is_nonnegative=self.is_nonnegative)
            raw = read_function(self.source, first, self.arguments())
            safe = check_safety(self.source, first, self.arguments(), self.ranges())
            checks += self._safety(first, safe)
            for name in backwards:
                wanted = [name_of(d(e.base)) if e is not None else None for e in self._wanted(name)]
                for way, kept in enumerate(plain):
                    saved = (self._saved(kept.saved), self._saved(raw[way].saved))
                    checks += self._proofs(name, {"saved": saved[0], "delta": self._delta()}, wanted, saved[1])
                    ranges = {"saved": Saved(safe.readings[way].saved or ()), "delta": self._delta()}
                    checks += self._safety(name, check_safety(self.source, name, ranges, self.ranges()))
        except ReadBackError as error:
            checks.append(Check(self._subject(first), "can be read back", False, str(error)))
        return checks

    def _saved(self, values):  # type: ignore[no-untyped-def]
        return Saved(values or ())

    def _subject(self, function: str) -> str:
        return f"{self.layer.name}.{function}{f' ({self.variant})' if str(self.variant) else ''}"

    def arguments(self):  # type: ignore[no-untyped-def]
        """What the parameters of the forward stand for, in their order."""
        layer = self.layer
        target = self.derivation.target
        given: dict[str, object] = {}
        if target is not None:
            size = self.derivation.label_axes.get(name_of(target))
            given[spelled(name_of(target))] = LabelsArgument(target, size) if size is not None else ArrayArgument(target)
        optional = {name_of(base) for base in layer.optional}
        entries = [*layer.inputs, *layer.parameters]
        for entry in entries:
            if name_of(entry) not in optional:
                given[spelled(name_of(entry))] = ArrayArgument(entry)
        for hyper in layer.hyperparameters:
            given[spelled(str(hyper.symbol))] = hyper.symbol
        for entry in entries:
            if name_of(entry) in optional:
                absent = name_of(entry) in self.variant.absent
                given[spelled(name_of(entry))] = ABSENT if absent else ArrayArgument(entry)
        return given

    def _delta(self) -> ArrayArgument:
        output = self.derivation.output
        return ArrayArgument(d(output.base)[output.indices])

    def ranges(self) -> dict[str, tuple[float, float]]:
        """The ranges of the hyperparameters within which the layer states that it is safe."""
        found = {}
        for hyper in self.layer.hyperparameters:
            if hyper.safe is None:
                raise ValueError(f"{self.layer.name}: say within which range of {hyper.symbol} it is safe")
            found[spelled(str(hyper.symbol))] = hyper.safe
        return found

    def _wanted(self, name: str) -> list[Indexed | None]:
        """The tensors whose gradients a function returns, None for an absent one."""
        layer = self.layer
        parameters = [p if name_of(p) not in self.variant.absent else None for p in layer.parameters]
        stem = name.removesuffix(LABELS)
        if stem == "backward_delta":
            return list(layer.inputs)
        return [*parameters] if stem == "backward_update_gradient" else [*layer.inputs, *parameters]

    def _proofs(self, name, arguments, wanted, raw_saved=None) -> Iterator[Check]:  # type: ignore[no-untyped-def]
        """Every result of a function against what was derived, by the normal form and by the fingerprint."""
        again = dict(arguments) if raw_saved is None else {**arguments, "saved": raw_saved}
        readings = read_function(self.source, name, arguments, is_nonnegative=self.is_nonnegative)
        raw = read_function(self.source, name, again)
        for reading, bare in zip(readings, raw, strict=True):
            if len(reading.outputs) != len(wanted):
                detail = f"it returns {len(reading.outputs)} results, not {len(wanted)}"
                yield Check(self._subject(name), "returns what it should", False, detail)
                continue
            for tensor, value, plain in zip(wanted, reading.outputs, bare.outputs, strict=True):
                yield self._proof(name, tensor, value, plain)

    def _proof(self, name, tensor, value, plain) -> Check:  # type: ignore[no-untyped-def]
        subject = self._subject(name)
        if tensor is None or value is None:
            ok = tensor is None and value is None
            return Check(subject, "an absent parameter has no gradient", ok, "None" if ok else f"{tensor}: {value}")
        expected = self._expected(tensor, value)
        if expected is None:
            return Check(subject, f"{tensor} has its own axes", False, f"it has the axes {value.axes}")
        opinion = agree(specialise(self.layer, self.variant), self._expected(tensor, plain), plain.content.expr)
        shown = is_zero(expected - value.content.expr, self.derivation.meaning)
        detail = f"normal form: {'residual 0' if shown else 'not shown'}; fingerprint: {opinion.verdict}"
        detail += f" ({opinion.method}, {opinion.trials} trials, 2^{opinion.log2_bound:.0f})"
        return Check(subject, f"{tensor} is what was derived", shown and opinion.verdict == "agree", detail)

    def _expected(self, tensor: str, value: Value[Formula]) -> Expr | None:
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

    def _safety(self, name, safety) -> list[Check]:  # type: ignore[no-untyped-def]
        open_ = [str(o) for o in safety.open]
        count = f"{len(safety.obligations)} obligations shown"
        return [Check(self._subject(name), "is safe", not open_, "; ".join(open_) or count)]


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
    expected = {f"assumption_{number}": a for number, a in enumerate(layer.assumptions, 1)}
    if set(names) != set(expected) or layer.target is None:
        if names or expected:
            yield Check(layer.name, "checks its assumptions", False, f"it has {names}, not {list(expected)}")
        return
    derivation = derive(layer)
    bare = Derivation(specialise(layer, Variant()), Variant(), derivation.steps, ())
    meaning = bare.meaning
    unassumed = type(meaning)(meaning.definitions, meaning.axes, meaning.labels, meaning.signs)
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



"""Does a module's text mean what was derived? Read back, compared by both judges, and shown safe.

Nothing here knows how the text was made: it starts from the layer's definition and the text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sympy import Expr, Idx, Indexed, IndexedBase

from codegen.intervals import FLOAT32, FLOAT64
from codegen.lower import spelled
from codegen.named_steps import NamedSteps, is_equal_step_by_step, shown_by_fingerprint, shown_by_form
from codegen.nonnegative import is_square_like
from codegen.read_back import ArrayArgument, Formula, Number, ReadBackError, Reading, Value, read_function
from codegen.read_formulas import Maxima
from codegen.read_values import Kind
from codegen.safety import Safety, check_safety
from codegen.stated import sizes_with_an_entry
from codegen.verify_safety import safeties, stated, undefined_without_entries
from codegen.verify_settings import Known, known_at, reading_at, view_at
from codegen.view import BACKWARDS, LABELS, View
from derivations.derivation import derive, variants
from derivations.fingerprint import agree
from derivations.fingerprint.opinion import Opinion
from derivations.layer import Layer
from derivations.normal_form import is_zero
from derivations.notation import maximum_over, name_of, size_of

ASSUMPTION = "assumption_"


Steps = Mapping[Indexed, Expr]


@dataclass(frozen=True)
class Check:
    """One thing that was checked, and how it came out."""

    subject: str
    statement: str
    ok: bool
    detail: str


def verify_module(layer: Layer, source: str) -> list[Check]:
    """Check every plain function of a module in every variant of its layer."""
    try:
        names = _function_names(source)
    except (SyntaxError, ValueError) as error:
        return [Check(layer.name, "can be read back", False, f"not Python: {error}")]
    checks: list[Check] = []
    if not any(variant.as_label for variant in variants(layer)):
        detail = "its target cannot be given as labels"
        unknown = [name for name in names if name.endswith(LABELS)]
        checks += [Check(f"{layer.name}.{name}", "is a function of this layer", False, detail) for name in unknown]
    for variant in variants(layer):
        mine = [n for n in names if n.endswith(LABELS) == variant.as_label and not n.startswith(ASSUMPTION)]
        checks += _Proofs(View(derive(layer, variant), source)).check(mine)
    return [*checks, *_check_assumptions(layer, source, [n for n in names if n.startswith(ASSUMPTION)])]


def _function_names(source: str) -> list[str]:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


@dataclass(frozen=True)
class _Proofs:
    """All checks of one view of a module; ``judged`` holds what both judges said of each statement.

    The same one is made by several functions: of ∂x in a backward and in that of the inputs alone.
    """

    view: View
    judged: dict[tuple[object, ...], tuple[bool, Opinion]] = field(default_factory=dict)

    @cached_property
    def by_form(self) -> Mapping[str, NamedSteps]:
        """Steps that the text computes under their own names, shown by the normal form: facts for its reading."""
        return shown_by_form(self.view.derivation)

    @cached_property
    def by_fingerprint(self) -> Mapping[str, NamedSteps]:
        """Steps of the forward, shown by the fingerprint: no judge rests on what the other one shows."""
        return shown_by_fingerprint(self.view.derivation)

    def check(self, names: Sequence[str]) -> Iterator[Check]:
        """Every function: what takes the layer's arguments, then each backward on what that saved."""
        suffix = self.view.suffix
        backwards = [n for n in names if n.startswith("backward")]
        known = {f"forward{suffix}", f"saved_values{suffix}", *(f"{b}{suffix}" for b in BACKWARDS)}
        for name in names:
            if name not in known:
                detail = f"it is not one of {', '.join(sorted(known))}"
                yield Check(self.view.subject(name), "is a function of this layer", False, detail)
        for name in (f"forward{suffix}", f"backward{suffix}"):
            if name not in names:
                yield Check(self.view.subject(name), "exists", False, "the text has no such function")
        for name in (f"forward{suffix}", f"saved_values{suffix}"):
            if name in names:
                try:
                    yield from self.check_from(name, backwards)
                except ReadBackError as error:
                    yield Check(self.view.subject(name), "can be read back", False, str(error))

    def read(self, *given: Any, **facts: Any) -> tuple[Reading[Formula], ...]:
        """Read back; a maximum is any shift, unless the formulas of the layer have one themselves."""
        rights = [step.right for step in (*self.view.derivation.steps, *self.view.derivation.gradients)]
        maxima: Maxima = "exact" if any(r.has(maximum_over) for r in rights) else "unknown"
        return read_function(*given, maxima=maxima, size_definitions=self.view.layer.output_sizes, **facts)

    def check_from(self, first: str, backwards: Sequence[str]) -> Iterator[Check]:
        """A function that saves values, and each backward on them."""
        saves_only = first.startswith("saved_values")
        given = self.view.arguments(first)
        source, facts = self.view.source, {"is_nonnegative": self.is_nonnegative, **self.by_form}
        plain = self.read(source, first, given, only_saved=saves_only, **facts)
        bare = self.read(source, first, given, only_saved=saves_only, **self.by_fingerprint)
        yield from self.proofs(first, [] if saves_only else [name_of(self.view.derivation.output)], plain, bare)
        yield from self.safety(first, backwards)
        for way, reading in enumerate(plain):
            kept, other = name_saved(reading, "°"), name_saved(bare[way], "°°")
            for name in backwards:
                given, bare_given = self.view.saved(kept.reading, name), self.view.saved(other.reading, name)
                known = reading.settings
                read = self.read(source, name, given, settings=known, **facts)
                again = self.read(source, name, bare_given, settings=known, **self.by_fingerprint)
                yield from self.proofs(name, self.view.wanted(name), read, again, kept.steps, other.steps)

    def proofs(
        self,
        name: str,
        wanted: Sequence[str | None],
        readings: Sequence[Reading[Formula]],
        bare: Sequence[Reading[Formula]],
        steps: Steps = MappingProxyType({}),
        bare_steps: Steps = MappingProxyType({}),
    ) -> Iterator[Check]:
        """Every result of a function against what was derived; ``bare`` is read without any facts.

        ``steps`` say what the saved values are by which either was read.
        """
        for reading, other in zip(readings, bare, strict=True):
            known = known_at(view_at(self.view, reading.settings, name), reading.settings, steps, bare_steps)
            reading, other = reading_at(reading), reading_at(other)
            if (reading.saved is None) == name.startswith(("forward", "saved_values")):
                yield Check(self.view.subject(name), "returns what it should", False, "saved values, or none")
                continue
            if len(reading.outputs) != len(wanted):
                detail = f"it returns {len(reading.outputs)} results, not {len(wanted)}"
                yield Check(self.view.subject(name), "returns what it should", False, detail)
                continue
            for tensor, value, plain in zip(wanted, reading.outputs, other.outputs, strict=True):
                if tensor is None or value is None or plain is None:
                    ok = tensor is None and value is None
                    detail = f"{tensor}: {value}"
                    yield Check(self.view.subject(name), "an absent parameter has no gradient", ok, detail)
                else:
                    yield self.proof(name, tensor, value, plain, known)

    def proof(
        self,
        name: str,
        tensor: str,
        value: Value[Formula],
        plain: Value[Formula],
        known: Known,
    ) -> Check:
        """One result: by the normal form with facts, by the fingerprint without."""
        expected, again = self.view.expected(tensor, value), self.view.expected(tensor, plain)
        if expected is None or again is None:
            return Check(self.view.subject(name), f"{tensor} has its own axes", False, f"its axes are {value.axes}")
        statement = (*renumbered(expected, value.content.expr), *renumbered(again, plain.content.expr), known.key)
        if statement not in self.judged:
            shown = is_equal_step_by_step(expected, value.content.expr, known.meaning, self.view.derivation)
            self.judged[statement] = shown, agree(known.layer, again, plain.content.expr)
        shown, opinion = self.judged[statement]
        detail = f"normal form: {'residual 0' if shown else 'not shown'}; fingerprint: {opinion.verdict}"
        detail += f" ({opinion.method}, {opinion.trials} trials, 2^{opinion.log2_bound:.0f})"
        ok = shown and opinion.verdict == "agree"
        return Check(self.view.subject(name), f"{tensor} is what was derived", ok, detail)

    def is_nonnegative(self, formula: Formula) -> bool:
        """Whether a formula equals a step whose own formula is ≥ 0 as it is written."""
        for step in self.view.derivation.steps:
            sizes = [size_of(i) for i in step.left.indices if isinstance(i, Idx)]
            if is_square_like(step.right) and sizes == [size_of(i) for i in formula.indices]:
                entry = IndexedBase(name_of(step.left), real=True)[formula.indices]
                if is_zero(entry - formula.expr, self.view.derivation.meaning):
                    return True
        return False

    def safety(self, first: str, backwards: Sequence[str]) -> Iterator[Check]:
        """Whether nothing that the functions compute can leave its range, in float64 and in float32."""
        for limits in (FLOAT64, FLOAT32):
            entries = stated(self.view.source, limits)
            shown = f"is safe in {limits.name} within ±{entries.bound:g}"
            for name, safety in safeties(self.view, first, backwards, entries, limits):
                left = "; ".join(map(str, safety.open))
                yield Check(self.view.subject(name), shown, safety.is_shown, left or f"{len(safety.obligations)} shown")
                yield from self.sizes(name, safety)

    def sizes(self, name: str, safety: Safety) -> Iterator[Check]:
        """Whether the class refuses what a text does not take and the formulas do: a size of 0."""
        without = undefined_without_entries(self.view.derivation) | sizes_with_an_entry(self.view.source)
        if missing := safety.sizes("entry", "log", "divide") - without:
            detail = f"{', '.join(sorted(missing))} may be 0; the text has no value then, the formulas have"
            yield Check(self.view.subject(name), "takes the sizes that the formulas take", False, detail)


@dataclass(frozen=True)
class Kept:
    """A reading whose saved values have names, and the steps that say what they are."""

    reading: Reading[Formula]
    steps: Steps


def name_saved(reading: Reading[Formula], mark: str) -> Kept:
    """Give each saved value that is computed a name, so that what reads it stays small."""
    steps: dict[Indexed, Expr] = {}
    saved: list[Value[Formula] | Number[Formula] | None] = []
    for number, value in enumerate(reading.saved or ()):
        # A value without axes is a number: its formula stands for it.
        is_array = isinstance(value, Value) and value.kind is Kind.REAL and len(value.axes) > 0
        if isinstance(value, Value) and is_array and not isinstance(value.content.expr, Indexed):
            entry = IndexedBase(f"saved{mark}{number}", real=True)[value.content.indices]
            steps[entry] = value.content.expr
            value = replace(value, content=Formula(value.content.indices, entry, is_whole=True))
        saved.append(value)
    return Kept(replace(reading, saved=tuple(saved)), steps)


def renumbered(*formulas: Expr) -> tuple[Expr, ...]:
    """Formulas with their indices, bound or free, named by numbers in the order of their names."""
    found = sorted({i for e in formulas for i in e.atoms(Idx)}, key=lambda i: (len(str(i.label)), str(i.label)))
    numbers = {index: Idx(f"ι{number}", size_of(index)) for number, index in enumerate(found)}
    return tuple(e.xreplace(numbers) for e in formulas)


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
            (value,) = reading.outputs if reading.saved is None else (None,)
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
        for limits in (FLOAT64, FLOAT32):
            bound = stated(source, limits).bound
            safety = check_safety(source, name, arguments, bound=bound, limits=limits)
            left = "; ".join(map(str, safety.open)) or f"{len(safety.obligations)} shown"
            ok = safety.is_shown and safety.sizes("entry", "log", "divide") <= sizes_with_an_entry(source)
            yield Check(subject, f"is safe in {limits.name} within ±{bound:g}", ok, left)

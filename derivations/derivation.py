"""One layer derived: its steps with every inner Σ named, and the gradient of every tensor in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from sympy import Add, Expr, Idx, Indexed, IndexedBase, Integer, Interval, KroneckerDelta, Mul, Sum, Symbol, exp, oo

from derivations.definition import scalar_range
from derivations.form import Form
from derivations.layer import Assumption, Layer
from derivations.normal_form import Meaning, to_form
from derivations.notation import d, delta, name_of, size_of
from derivations.pull_back import Step, pull_back
from derivations.substitution import (
    bound_indices,
    factors_of,
    free_indices,
    inline,
    replace_reads,
    subexpressions,
    substitute,
    tidy,
)
from derivations.tiles import tilings


@dataclass(frozen=True)
class Variant:
    """A layer with some optional parameters absent, or its target given as labels."""

    absent: tuple[str, ...] = ()
    as_label: bool = False

    def __str__(self) -> str:
        return ", ".join([*(f"without {name}" for name in self.absent), *(["labels"] if self.as_label else [])])


def variants(layer: Layer) -> tuple[Variant, ...]:
    """All variants of a layer, the whole one first."""
    names = [name_of(base) for base in layer.optional]
    subsets = [c for r in range(len(names) + 1) for c in combinations(names, r)]
    made = [Variant(absent) for absent in subsets]
    return (*made, *(Variant(v.absent, True) for v in made if layer.target_as_label))


@dataclass(frozen=True)
class Derivation:
    """The forward steps and the gradients of one variant of a layer.

    ``steps`` ends with the output. ``gradients`` are in the order of the reverse sweep, inputs and
    parameters last; the gradient of the output is given.
    """

    layer: Layer
    variant: Variant
    steps: tuple[Step, ...]
    gradients: tuple[Step, ...]

    @property
    def output(self) -> Indexed:
        """The left side of the last step."""
        return self.steps[-1].left

    @property
    def target(self) -> Indexed | None:
        """The target as this variant takes it: a tensor, or a label; None for a layer that is no loss."""
        if self.layer.target is None or not self.variant.as_label:
            return self.layer.target
        found = [e for right in self.layer.target_as_label.values() for e in right.args if isinstance(e, Indexed)]
        return found[0]

    @property
    def parameters(self) -> tuple[Indexed, ...]:
        """The parameters that are present."""
        return tuple(p for p in self.layer.parameters if name_of(p) not in self.variant.absent)

    @cached_property
    def label_axes(self) -> Mapping[str, Expr]:
        """The size of the axis on which each label's values lie."""
        return label_axes(self.layer)

    @cached_property
    def meaning(self) -> Meaning:
        """What every name of this derivation stands for, gradients by their derived formulas."""
        return meaning(self.layer, self.steps, self.gradients)

    def gradient(self, name: str) -> Step:
        """The gradient of a tensor, as derived."""
        return next(step for step in self.gradients if name_of(step.left) == name_of(d(IndexedBase(name))))

    def inlined(self, e: Expr) -> Expr:
        """An expression with all gradients and all steps put in, down to inputs and the given δ."""
        for step in reversed(self.gradients):
            e = inline(e, step.left, step.right)
        for step in reversed(self.steps):
            e = inline(e, step.left, step.right)
        return e


def derive(layer: Layer, variant: Variant | None = None) -> Derivation:
    """Derive the backward formulas of a layer."""
    variant = variant or Variant()
    axes = label_axes(layer)
    given = [(left, _specialise(right, layer, variant, axes)) for left, right in layer.steps]
    steps = name_inner_sums(given, taken=_names(layer))
    sources = [*layer.inputs, *(p for p in layer.parameters if name_of(p) not in variant.absent)]
    pairs = [(s.left, s.right) for s in steps]
    assumed = [] if variant.as_label else list(layer.assumptions)
    gradients = []
    for step in pull_back(pairs, sources, axes):
        right = use_assumptions(tidy(step.right, axes), assumed)
        gradients.append(Step(step.left, right, step.rules))
    return Derivation(layer, variant, tuple(steps), tuple(gradients))


def specialise(layer: Layer, variant: Variant) -> Layer:
    """The layer that a variant is: absent parameters read as 0, labels in the target's place."""
    axes = label_axes(layer)
    return replace(
        layer,
        forward={left: _specialise(right, layer, variant, axes) for left, right in layer.steps},
        parameters=tuple(p for p in layer.parameters if name_of(p) not in variant.absent),
        optional=(),
        assumptions=() if variant.as_label else layer.assumptions,
        claims=(),
    )


def _names(layer: Layer) -> set[str]:
    entries = [*layer.inputs, *layer.parameters, *(left for left, _ in layer.steps)]
    entries += [layer.target] if layer.target is not None else []
    return {name_of(e) for e in entries} | {*label_axes(layer)} | {str(h.symbol) for h in layer.hyperparameters}


def _specialise(e: Expr, layer: Layer, variant: Variant, axes: Mapping[str, Expr]) -> Expr:
    for name in variant.absent:
        e = replace_reads(e, name, lambda _: Integer(0))
    if variant.as_label:
        for left, right in layer.target_as_label.items():
            e = inline(e, left, right)
    return tidy(e, axes)


def label_axes(layer: Layer) -> Mapping[str, Expr]:
    """The size of the axis on which each label of a layer lies."""
    found: dict[str, Expr] = {}
    for right in layer.target_as_label.values():
        index, label = sorted(right.args, key=lambda a: isinstance(a, Indexed))
        found[name_of(label)] = size_of(index)
    return found


def name_inner_sums(steps: Sequence[tuple[Indexed, Expr]], taken: set[str]) -> list[Step]:
    """Give every Σ that stands inside a function, a power or another Σ a step of its own."""
    named: list[Step] = []
    for left, right in steps:
        while (inner := _inner_sum(right, True)) is not None:
            own = free_indices(inner)
            free = tuple(sorted(own, key=lambda i: left.indices.index(i) if i in left.indices else len(own)))
            name = _sum_name(inner, taken)
            taken.add(name)
            entry = IndexedBase(name, real=True)[free] if free else IndexedBase(name, real=True)[Integer(0)]
            named.append(Step(entry, inner, ("named sum",)))
            right = right.xreplace({inner: entry})  # structural: the entry's indices stay bound where they were
        named.append(Step(left, right, ("definition",)))
    return named


def _inner_sum(e: Expr, top: bool) -> Sum | None:
    """The first Σ, innermost first, that is not a term of the whole formula."""
    if isinstance(e, Sum):
        # Sums round deltas, such as Σ_p [h = 2p + r] Σ_c u, are one sum over all of their indices.
        sums = [f for f in factors_of(e.function) if isinstance(f, Sum)] if top else []
        inside = sums if any(map(_adds_windows, (e, *sums))) else []
        found = (_inner_sum(f, True) for f in inside)
        deeper = next((s for s in found if s is not None), None) if inside else _inner_sum(e.function, False)
        return deeper if deeper is not None or top else e
    if isinstance(e, (Indexed, Idx)):
        return None
    keeps = isinstance(e, Add) or (isinstance(e, Mul) and sum(1 for f in e.args if f.atoms(Idx)) == 1)
    inner = (_inner_sum(a, top and keeps) for a in e.args if isinstance(a, Expr))
    return next((s for s in inner if s is not None), None)


def _adds_windows(e: Sum) -> bool:
    """Whether a summand is added where a delta of indices says."""
    return any(isinstance(f, KroneckerDelta) and not f.atoms(Indexed) for f in factors_of(e.function))


def _sum_name(e: Sum, taken: set[str]) -> str:
    stem = "sum_exp" if isinstance(e.function, exp) else "total"
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    return name


def use_assumptions(e: Expr, assumptions: Sequence[Assumption]) -> Expr:
    """Replace Σ_k body by what an assumption says it is, wherever that very sum stands."""
    replacing: dict[Expr, Expr] = {}
    for assumption in assumptions:
        for part in subexpressions(e):
            matched = _match(part, assumption.left)
            if matched is not None:
                replacing[part] = substitute(assumption.right, matched) if matched else assumption.right
    return e.xreplace(replacing)


def _match(part: Expr, pattern: Expr) -> dict[Expr, Expr] | None:
    if not (isinstance(part, Sum) and isinstance(pattern, Sum) and len(bound_indices(part)) == 1):
        return None
    body, shape = part.function, pattern.function
    if not (isinstance(body, Indexed) and isinstance(shape, Indexed) and name_of(body) == name_of(shape)):
        return None
    renaming: dict[Expr, Expr] = {}
    for formal, actual in zip(shape.indices, body.indices, strict=True):
        if not isinstance(formal, Idx) or renaming.setdefault(formal, actual) != actual:
            return None
    bound, own = bound_indices(part)[0], bound_indices(pattern)[0]
    if renaming.pop(own) != bound or any(bound in free_indices(actual) for actual in renaming.values()):
        return None
    return renaming


def meaning(layer: Layer, steps: Sequence[Step], gradients: Sequence[Step]) -> Meaning:
    """The meaning of the names of a layer, for the normal form."""
    entries = [*layer.inputs, *layer.parameters, *([layer.target] if layer.target is not None else [])]
    entries += [step.left for step in (*steps, *gradients)]
    entries.append(d(layer.output.base)[layer.output.indices])
    # A Σ over everything is named s[0]: its only axis has one position.
    axes = {name_of(e): tuple(str(size_of(i)) if isinstance(i, Idx) else "1" for i in e.indices) for e in entries}
    definitions = {name_of(s.left): (tuple(s.left.indices), s.right) for s in (*steps, *gradients)}
    signs = {str(h.symbol): _sign(h.symbol, layer) for h in layer.hyperparameters}
    bare = Meaning(definitions, axes, {n: str(s) for n, s in label_axes(layer).items()}, signs)
    rules: list[tuple[Form, Form]] = [
        (to_form(a.left, bare), to_form(a.right, bare)) for a in layer.assumptions
    ]
    return replace(bare, rules=tuple(rules), forms={}, tilings=tuple(tilings(layer.output_sizes)))


def _sign(symbol: Symbol, layer: Layer) -> str:
    allowed = scalar_range(symbol, layer)
    if allowed.is_subset(Interval.open(0, oo)):
        return "+"
    return "0" if allowed.is_subset(Interval(0, oo)) else ""


def jacobian_at(above: Indexed, below: Indexed, derivation: Derivation) -> Expr:
    """∂above/∂below: the pull-back of the seed [· = q].

    The indices of both entries must be names that the layer does not use: nothing may capture them.
    """
    layer, axes = derivation.layer, derivation.label_axes
    names = [name_of(s.left) for s in derivation.steps]
    steps = derivation.steps[: names.index(name_of(above)) + 1]
    sources = [*layer.inputs, *derivation.parameters]
    swept = pull_back([(s.left, s.right) for s in steps], sources, axes)
    gradient = next((s for s in swept if name_of(s.left) == name_of(d(below.base))), None)
    if gradient is None:
        raise ValueError(f"the jacobian of {above} by {below}: {above} is not made of {name_of(below)}")
    e = substitute(gradient.right, dict(zip(gradient.left.indices, below.indices, strict=True)))
    for step in reversed(swept):
        e = inline(e, step.left, step.right)

    def seed(at: tuple[Expr, ...]) -> Expr:
        return Mul(*(delta(i, q) for i, q in zip(at, above.indices, strict=True)))

    return tidy(replace_reads(e, name_of(d(above.base)), seed), axes)


"""What is said of a derivation, as a teacher would write it on a blackboard: given, wanted, each line's rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sympy import Add, Expr, Idx, Indexed, KroneckerDelta, Mul, Sum

from derivations.derivation import Derivation, Variant, derive, variants
from derivations.differentiation import OUTSIDE, SIFTED, Line, aligned, differentiated
from derivations.layer import Layer
from derivations.meaning import Meaning
from derivations.notation import d, jacobian, name_of, size_of, sum_
from derivations.own_values import in_own_values
from derivations.pull_back import Step
from derivations.setting import Setting, setting_of
from derivations.substitution import (
    bound_indices,
    factors_of,
    free_indices,
    fresh_index,
    names_in,
    substitute,
    terms_of,
    tidy,
)

CHAIN = "chain rule"
PUT_IN = "put in"
OWN_VALUES = "in the forward's own values"
COMMON = "common factors"
MOST_TOGETHER = 3
"""A layer of more steps is a network: its gradients with all of it put in are not for reading."""


@dataclass(frozen=True)
class Heading:
    """A title, of the whole (level 1), of a part (level 2) or of a step (level 3)."""

    text: tuple[str | Expr, ...]
    level: int = 2


@dataclass(frozen=True)
class Words:
    """A sentence; what is an expression is set as a formula."""

    parts: tuple[str | Expr, ...]


@dataclass(frozen=True)
class Chain:
    """left = right = right = …, each with its rules."""

    left: Expr
    lines: tuple[Line, ...]


Item = Heading | Words | Chain


def blackboard(layer: Layer) -> Iterator[Item]:
    """All that is said of a layer, in order."""
    whole, *others = (derive(layer, variant) for variant in variants(layer))
    yield Heading((layer.name,), 1)
    if layer.source:
        yield Words((f"Source: {layer.source}.",))
    yield from _given(layer)
    yield Heading(("Forward",))
    for step in whole.steps:
        if "named sum" in step.rules:
            yield Words(("The sum inside the next formula gets a name of its own:",))
        yield Chain(step.left, (Line(step.right),))
    yield Heading(("Backward",))
    wanted = [d(e.base)[e.indices] for e in (*layer.inputs, *whole.parameters)]
    output = d(whole.output.base)[whole.output.indices]
    yield Words(("Given: ", output, ", for a scalar L that depends on the layer through ", whole.output, " only."))
    yield Words(("Wanted: ", *_listed([(e,) for e in wanted]), "."))
    for gradient in whole.gradients:
        yield from _gradient(whole, gradient)
    if len(layer.steps) <= MOST_TOGETHER and (layer.target is not None or len(whole.steps) > 1):
        yield Heading(("Together",))
        yield from _together(layer, whole.variant)
    for other in others:
        yield from _variant(layer, whole, other)


def _listed(groups: Sequence[Sequence[str | Expr]]) -> tuple[str | Expr, ...]:
    """a; a and b; a, b and c."""
    parts: list[str | Expr] = []
    for position, group in enumerate(groups):
        parts += ["" if position == 0 else " and " if position == len(groups) - 1 else ", ", *group]
    return tuple(parts[1:])


def _given(layer: Layer) -> Iterator[Item]:
    optional = {name_of(base) for base in layer.optional}
    kinds: tuple[tuple[str, Sequence[Indexed]], ...] = (
        ("input", layer.inputs),
        ("target", () if layer.target is None else (layer.target,)),
        ("parameter", layer.parameters),
    )
    for kind, entries in kinds:
        for entry in entries:
            maybe = ", which may be absent" if name_of(entry) in optional else ""
            axes = [part for i in entry.indices for part in (" × ", size_of(i))][1:]
            yield Words((f"{kind.capitalize()} ", entry, " of shape ", *axes, f"{maybe}."))
    for hyper in layer.hyperparameters:
        conditions = " and ".join(map(str, hyper.conditions))
        yield Words(("Hyperparameter ", hyper.symbol, f" with {conditions}." if conditions else "."))
    for assumption in layer.assumptions:
        yield Words(("For every admissible target ", assumption.left, " = ", assumption.right, "."))


def _gradient(derivation: Derivation, gradient: Step) -> Iterator[Item]:
    """One gradient: every step that reads the tensor, differentiated, then the chain rule over these steps."""
    entry = next(e for e in _entries(derivation) if name_of(d(e.base)) == name_of(gradient.left))
    readers = [
        (step, *aligned(step.left, step.right, entry))
        for step in derivation.steps
        if any(name_of(e) == name_of(entry) for e in step.right.atoms(Indexed))
    ]
    yield Heading((gradient.left,), 3)
    apart = "; each derivative holds the other steps fixed:" if len(readers) > 1 else ":"
    yield Words((entry, " is read by ", *_listed([_place(left, entry) for _, left, _ in readers]), apart))
    partials = []
    for step, left, right in readers:
        lines = differentiated(right, entry, derivation.label_axes)
        partials.append((left, (*lines, *_shorter(lines[-1].right, [step], derivation.meaning))))
        yield Chain(jacobian(left, entry), partials[-1][1])
    yield Chain(gradient.left, tuple(_chain_rule(derivation, entry, partials)))


def _shorter(e: Expr, steps: Sequence[Step], meaning: Meaning) -> tuple[Line, ...]:
    """The formula in the values of these steps, if that reads better."""
    own = in_own_values(e, steps, meaning)
    if own == e:
        return ()
    same = _names_read(own) == _names_read(e)
    return (Line(own, (COMMON if same else OWN_VALUES,)),)


def _names_read(e: Expr) -> set[str]:
    return {name_of(i) for i in e.atoms(Indexed)}


def _place(left: Indexed, entry: Indexed) -> tuple[str | Expr, ...]:
    """A step, for every index that the entry leaves open."""
    others = [i for i in _left_open(left, entry) if size_of(i) != 1]
    return (left, " for every ", *_listed([(i,) for i in others])) if others else (left,)


def _left_open(left: Indexed, entry: Indexed) -> list[Idx]:
    return [i for i in left.indices if isinstance(i, Idx) and i not in entry.indices]


def _entries(derivation: Derivation) -> tuple[Indexed, ...]:
    return (*derivation.layer.inputs, *derivation.parameters, *(s.left for s in derivation.steps))


def _chain_rule(
    derivation: Derivation, entry: Indexed, partials: Sequence[tuple[Indexed, Sequence[Line]]]
) -> Iterator[Line]:
    """Σ of ∂L/∂w · ∂w/∂v over the steps that read v, then what was found for each put in."""

    def over_steps(factors: Sequence[Expr]) -> Expr:
        terms = (_over_others(d(w.base)[w.indices] * f, w, entry) for (w, _), f in zip(partials, factors, strict=True))
        return Add(*terms)

    yield Line(over_steps([jacobian(w, entry) for w, _ in partials]), (CHAIN,))
    put_in = over_steps([lines[-1].right for _, lines in partials])
    yield Line(put_in, (PUT_IN,))
    settled = tidy(put_in, derivation.label_axes)
    if settled != put_in:
        sifts = len(put_in.atoms(KroneckerDelta)) > len(settled.atoms(KroneckerDelta))
        yield Line(settled, (SIFTED if sifts else OUTSIDE,))
    yield from _shorter(settled, (), derivation.meaning)


def _over_others(term: Expr, left: Indexed, entry: Indexed) -> Expr:
    """The sum of a term over the indices of a step that the entry leaves open."""
    others = _left_open(left, entry)
    return sum_(term, *others) if others else term


def _together(layer: Layer, variant: Variant) -> Iterator[Item]:
    """The gradients of inputs and parameters with all of it put in; of a loss, those of its sum."""
    labels = layer.target_as_label.values() if variant.as_label else ()
    setting = setting_of(layer, [layer.output, *labels], variant.absent)
    if layer.target is not None:
        axes = [i for i in layer.output.indices if isinstance(i, Idx) and size_of(i) != 1]
        over = (" the sum of ", layer.output, " over ", *_listed([(i,) for i in axes])) if axes else (" ", layer.output)
        yield Words(("Let L be", *over, ". Then"))
    for e in (*layer.inputs, *setting.layer.parameters):
        entry = d(e.base)[e.indices]
        found = setting.derived(entry)
        if found is not None:
            yield _shortened(entry, found, setting)
    if layer.target is None:
        for e in layer.inputs:
            yield from _jacobian(layer, e, setting)


def _shortened(left: Expr, right: Expr, setting: Setting) -> Chain:
    steps = setting.derivation.steps
    right = _bound_apart(right, {str(i.label) for i in free_indices(left)}, setting.layer)
    return Chain(left, (Line(right), *_shorter(right, steps, setting.meaning())))


def _bound_apart(e: Expr, taken: set[str], layer: Layer) -> Expr:
    """The formula with no index bound that stands free elsewhere on the line: Σ_f for Σ_k, where k is fixed."""
    if not e.args or isinstance(e, (Idx, Indexed)):
        return e
    if isinstance(e, Sum):
        renaming = {
            i: _other_index(i, layer, taken | names_in(e.function)) for i in bound_indices(e) if str(i.label) in taken
        }
        body = _bound_apart(substitute(e.function, renaming), taken, layer)
        return sum_(body, *(renaming.get(i, i) for i in bound_indices(e)))
    return e.func(*(_bound_apart(a, taken, layer) if isinstance(a, Expr) else a for a in e.args))


def _jacobian(layer: Layer, entry: Indexed, setting: Setting) -> Iterator[Item]:
    """Each output by each input; an axis along which nothing crosses over is said, not written."""
    taken = {str(i.label) for i in layer.output.indices}
    fresh: dict[Expr, Expr] = {}
    for index in entry.indices:
        fresh[index] = _other_index(index, layer, taken)
        taken |= {str(fresh[index].label)}
    found = setting.resolved(jacobian(layer.output, substitute(entry, fresh)))
    within = [i for i in entry.indices if i in layer.output.indices and _in_every_term(found, i, fresh[i])]
    at = substitute(entry, {own: new for own, new in fresh.items() if own not in within})
    found = _at_deltas(substitute(found, {fresh[own]: own for own in within}), layer.output)
    if within:
        which = _listed([(i,) for i in within])
        yield Words(("The Jacobian is 0 between different ", *which, "; for the same ", *which, ":"))
    else:
        yield Words(("The Jacobian:",))
    yield _shortened(jacobian(layer.output, at), found, setting)


def _in_every_term(e: Expr, one: Expr, other: Expr) -> bool:
    within = KroneckerDelta(one, other)
    return all(within in factors_of(term) for term in terms_of(e.expand()))


def _at_deltas(e: Expr, output: Indexed) -> Expr:
    """In a term with a factor [k = f], the rest at the index that the output has."""
    terms = []
    for term in terms_of(e.expand()):
        deltas = [f for f in factors_of(term) if isinstance(f, KroneckerDelta)]
        renaming: dict[Expr, Expr] = {}
        for one, other in (each.args for each in deltas):
            renaming |= {one: other} if other in output.indices else {other: one}
        terms.append(Mul(*deltas, substitute(Mul(*(f for f in factors_of(term) if f not in deltas)), renaming)))
    return Add(*terms)


def _other_index(index: Idx, layer: Layer, taken: AbstractSet[str]) -> Idx:
    """A second index over the same axis: one that the layer itself uses, else one with a prime."""
    used = sorted({i for _, right in layer.steps for i in right.atoms(Idx)}, key=str)
    free = (i for i in used if size_of(i) == size_of(index) and str(i.label) not in taken)
    return next(free, None) or fresh_index(index, taken)


def _variant(layer: Layer, whole: Derivation, other: Derivation) -> Iterator[Item]:
    """What is different where something optional is absent, or the target is given as labels."""
    yield Heading((_title(other.variant),))
    if other.variant.as_label:
        for left, right in layer.target_as_label.items():
            yield Words(("The target is given as labels: ", left, " = ", right, "."))
    known = {(step.left, step.right) for step in (*whole.steps, *whole.gradients)}
    changed = [step for step in (*other.steps, *other.gradients) if (step.left, step.right) not in known]
    for step in changed:
        yield Chain(step.left, (Line(step.right),))
    if other.variant.as_label and len(layer.steps) <= MOST_TOGETHER:
        yield from _together(layer, other.variant)
    if len(changed) < len(other.steps) + len(other.gradients):
        yield Words(("The other formulas stay as they are.",))


def _title(variant: Variant) -> str:
    text = str(variant).replace("labels", "with labels")
    return text[:1].upper() + text[1:]

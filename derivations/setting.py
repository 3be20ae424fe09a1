"""What a claim speaks of: a layer as the claim takes it, derived, and the claim's formulas read in it.

A claim that names a label takes the target as labels. In a claim of a loss, Loss is the sum of the loss
over its indices. Nothing here judges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from sympy import Expr, Idx, Indexed, Integer

from derivations.bounds import with_plain_bounds
from derivations.derivation import Derivation, derive, jacobian_at, use_assumptions
from derivations.evaluate import Definitions
from derivations.layer import Layer
from derivations.normal_form import Meaning
from derivations.notation import d, is_gradient, jacobian, name_of, size_of, sum_
from derivations.substitution import inline, replace_reads, substitute, tidy


@dataclass(frozen=True)
class Setting:
    """A layer as a claim takes it, with nothing optional left open, and its derivation.

    ``layer`` has the absent parameters and the target's labels put in; ``loss`` says that Loss is the sum
    of its output.
    """

    layer: Layer
    derivation: Derivation
    loss: bool

    @property
    def output(self) -> Indexed:
        """The layer's output."""
        return self.layer.output

    def meaning(self) -> Meaning:
        """What names mean to the normal form; for a loss, ∂Loss/∂output is 1."""
        known = self.derivation.meaning
        if not self.loss:
            return known
        given = {name_of(d(self.output.base)): (tuple(self.output.indices), Integer(1))}
        return replace(known, definitions={**known.definitions, **given}, forms={})

    def definitions(self) -> Definitions:
        """Steps, gradients and targets by their formulas; for a loss, ∂Loss/∂output is 1."""
        steps = (*self.derivation.steps, *self.derivation.gradients)
        found = {name_of(s.left): (tuple(s.left.indices), s.right) for s in steps}
        for assumption in self.layer.assumptions:
            for e, value in assumption.example.items():
                # What a claim gives by numbers is a step, and keeps them.
                found.setdefault(name_of(e), (tuple(e.indices), value))
        if self.loss:
            found[name_of(d(self.output.base))] = (tuple(self.output.indices), Integer(1))
        return found

    def read(self, e: Expr) -> Expr:
        """A formula of a claim: the bounds of its sums worked out, its target in labels where that is so."""
        if self.layer.target is None:
            for left, right in self.layer.target_as_label.items():
                e = inline(e, left, right)
        return with_plain_bounds(e)

    def resolved(self, e: Expr) -> Expr:
        """An expression with every jacobian replaced by its derived formula."""
        found = sorted(e.atoms(jacobian), key=str)
        return e.xreplace({j: self._jacobian(*j.args) for j in found})

    def derived(self, entry: Expr) -> Expr | None:
        """The derived formula of a step, a gradient or a jacobian's entry for a reader; None for any other.

        Steps go down to inputs, gradients to the steps that the layer itself names.
        """
        if isinstance(entry, jacobian):
            e = self.resolved(entry)
            for step in reversed(self.derivation.steps):
                e = inline(e, step.left, step.right) if "named sum" in step.rules else e
            return e
        if not isinstance(entry, Indexed) or name_of(entry) not in self.definitions():
            return None
        formal, e = self.definitions()[name_of(entry)]
        for gradient in reversed(self.derivation.gradients):
            e = inline(e, gradient.left, gradient.right)
        if self.loss:
            e = replace_reads(e, name_of(d(self.output.base)), lambda _: Integer(1))
        for step in reversed(self.derivation.steps):
            if "named sum" in step.rules or not is_gradient(entry.base):
                e = inline(e, step.left, step.right)
        e = use_assumptions(tidy(e, self.derivation.label_axes), self.layer.assumptions)
        return substitute(e, dict(zip(formal, entry.indices, strict=True)))

    def _jacobian(self, above: Indexed, below: Indexed) -> Expr:
        """Derived at indices of its own, which nothing captures, then taken to the wanted ones."""
        declared = {name_of(e): e for e in self._declared()}
        for e in (above, below):
            if not isinstance(e, Indexed) or name_of(e) not in declared:
                raise ValueError(
                    f"{self.layer.name}: the jacobian of {above} by {below} needs an entry of a step above and "
                    f"of a step, input or parameter below; {e} is neither"
                )
        formal = [_private(declared[name_of(e)], mark) for e, mark in ((above, "°"), (below, "°°"))]
        derived = jacobian_at(formal[0], formal[1], self.derivation)
        wanted = (*above.indices, *below.indices)
        own = (*formal[0].indices, *formal[1].indices)
        return tidy(substitute(derived, dict(zip(own, wanted, strict=True))), self.derivation.label_axes)

    def _declared(self) -> tuple[Indexed, ...]:
        steps = (s.left for s in self.derivation.steps)
        return (*self.layer.inputs, *self.layer.parameters, *steps)

    def spelled_out(self, e: Expr) -> Expr:
        """For a loss, ``d(v)[p]`` as Σ_q ∂output[q]/∂v[p], for an opinion that derives by itself."""
        if not self.loss:
            return e
        for entry in self._declared():
            e = replace_reads(e, name_of(d(entry.base)), partial(self._total, entry))
        return e

    def _total(self, declared: Indexed, at: tuple[Expr, ...]) -> Expr:
        """∂Loss/∂entry, Loss being the sum of the output over its indices."""
        entry = declared.base[at]
        if name_of(entry) == name_of(self.output):
            return Integer(1)
        summed = _private(self.output, "°")
        return sum_(jacobian(summed, entry), *summed.indices)


def _private(entry: Indexed, mark: str) -> Indexed:
    return entry.base[tuple(Idx(f"{r}{mark}", size_of(i)) for r, i in enumerate(entry.indices))]


def setting_of(
    layer: Layer, formulas: Sequence[Expr], absent: tuple[str, ...] = (), loss: bool | None = None
) -> Setting:
    """The layer as these formulas take it.

    Parameters
    ----------
    formulas : sequence of Expr
        Where one of them names a label, the target is given as labels.
    absent : tuple of str
        Optional parameters that are left out.
    loss : bool, optional
        Whether Loss is the sum of the output; without it, whether the layer has a target.
    """
    labels = {name_of(e) for right in layer.target_as_label.values() for e in right.atoms(Indexed)}
    as_label = any(name_of(e) in labels for f in formulas for e in f.atoms(Indexed))
    taken = _taken(layer, absent, as_label)
    return Setting(taken, derive(taken), layer.target is not None if loss is None else loss)


def _taken(layer: Layer, absent: tuple[str, ...], as_label: bool) -> Layer:
    def put_in(e: Expr) -> Expr:
        for name in absent:
            e = replace_reads(e, name, lambda _: Integer(0))
        for left, right in layer.target_as_label.items() if as_label else ():
            e = inline(e, left, right)
        return e

    return replace(
        layer,
        forward={left: put_in(right) for left, right in layer.steps},
        parameters=tuple(p for p in layer.parameters if name_of(p) not in absent),
        optional=(),
        target=None if as_label else layer.target,
        assumptions=() if as_label else layer.assumptions,
        initial={b: i for b, i in layer.initial.items() if name_of(b) not in absent},
        claims=(),
    )

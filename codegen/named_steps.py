"""Steps of a derivation that a text computes under their own names, each shown equal on its own.

A text that says ``V = …`` and goes on with V is read, once what stands on the right is shown to be the step V, as
one that reads V. So each proof is about one step of the text, not about all before it multiplied out. What is equal
whatever V is, is equal for the V that is meant: a step that a statement reads stands in its proof as an unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from sympy import Add, Expr, Idx, Indexed, IndexedBase

from codegen.lower import spelled
from codegen.read_formulas import Formula
from codegen.routines import shown_name
from derivations.derivation import Derivation, specialise
from derivations.fingerprint import agree
from derivations.normal_form import Meaning, is_zero
from derivations.notation import d, name_of, size_of
from derivations.number_matrices import number_matrix
from derivations.pull_back import Step
from derivations.substitution import names_read

IsEqual = Callable[[Expr, Expr], bool]


@dataclass
class NamedSteps:
    """What a reader asks of each name that is bound: whether it is a step of that name.

    Parameters
    ----------
    derivation : Derivation
        What was derived.
    steps : tuple of Step
        Those that are recognised.
    is_equal : callable
        Shows that two entries are equal: a judge.
    """

    derivation: Derivation
    steps: tuple[Step, ...]
    is_equal: IsEqual
    judged: dict[tuple[Expr, Expr], bool] = field(default_factory=dict)

    def __call__(self, name: str, formula: Formula) -> Expr | None:
        """The entry of the step that a name stands for; None where it is none, or that is not shown."""
        left = self._lefts.get(name)
        if left is None or tuple(map(size_of, left.indices)) != tuple(map(size_of, formula.indices)):
            return None
        # The same statement, whatever the reading calls its indices.
        own = {index: Idx(f"ι{at}", size_of(index)) for at, index in enumerate(_indices(formula))}
        entry = left.base[formula.indices]
        statement = entry.xreplace(own), formula.expr.xreplace(own)
        if statement not in self.judged:
            self.judged[statement] = self.is_equal(*statement)
        return entry if self.judged[statement] else None

    @cached_property
    def _lefts(self) -> dict[str, Indexed]:
        """The steps with axes between what is given and what is asked for, by their names in text."""
        layer, output = self.derivation.layer, name_of(self.derivation.output)
        given = (output, *map(name_of, (*layer.inputs, *layer.parameters)))
        ends = {output, *(name_of(d(IndexedBase(name))) for name in given)}
        between = [step.left for step in self.steps if name_of(step.left) not in ends]
        # A Σ over everything is named s[0]: it has no axis, and is a number in text.
        lefts = [left for left in between if all(isinstance(i, Idx) for i in left.indices)]
        return {spelled(shown_name(name_of(left), output)): left for left in lefts}


def shown_by_form(derivation: Derivation) -> dict[str, NamedSteps]:
    """All steps, shown by the normal form, as an argument of the reader."""
    meaning, steps = replace(derivation.meaning, forms={}), (*derivation.steps, *derivation.gradients)
    return _as_fact(derivation, steps, lambda left, right: is_equal_step_by_step(left, right, meaning, derivation))


def shown_by_fingerprint(derivation: Derivation) -> dict[str, NamedSteps]:
    """Those of the forward, shown by the fingerprint, to which an entry of a gradient costs much."""
    layer = specialise(derivation.layer, derivation.variant)
    return _as_fact(derivation, derivation.steps, lambda left, right: agree(layer, left, right).verdict == "agree")


def _as_fact(derivation: Derivation, steps: tuple[Step, ...], is_equal: IsEqual) -> dict[str, NamedSteps]:
    """Steps where they are worth a proof each: where formulas hold matrices of numbers, slow to multiply out."""
    parts = (part for step in derivation.steps for part in step.right.atoms(Add))
    return {"step_of": NamedSteps(derivation, steps, is_equal)} if any(map(number_matrix, parts)) else {}


def is_equal_step_by_step(left: Expr, right: Expr, meaning: Meaning, derivation: Derivation) -> bool:
    """Whether the normal form shows two entries equal, the steps that the second one reads being unknowns."""
    known = {name_of(step.left) for step in (*derivation.steps, *derivation.gradients)}
    unknown = names_read(right) & known & meaning.definitions.keys()
    left_over = {name: defined for name, defined in meaning.definitions.items() if name not in unknown}
    opaque = replace(meaning, definitions=left_over, forms={})
    return is_zero(left - right, opaque) or bool(unknown and is_zero(left - right, meaning))


def _indices(formula: Formula) -> list[Idx]:
    """All indices of a formula: those of its axes, then the bound ones in the order in which they were made."""
    bound = formula.expr.atoms(Idx) - {*formula.indices}
    return [*formula.indices, *sorted(bound, key=lambda i: (len(str(i.label)), str(i.label)))]

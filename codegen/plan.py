"""What is computed, step by step, in index notation: the derivation, rewritten to be safe and cheap.

A plan is a list of named steps. Rewritings are pure functions from plan to plan, each an identity that
read-back proves again on the emitted text; which of them are kept is decided by risk first, then by cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Idx, Indexed, IndexedBase

from derivations.derivation import Derivation
from derivations.notation import d, name_of, size_of
from derivations.pull_back import Step
from derivations.substitution import names_in, names_read


@dataclass(frozen=True)
class Plan:
    """Forward steps, then gradient steps, in an order in which each reads only what stands before it."""

    derivation: Derivation
    forward: tuple[Step, ...]
    backward: tuple[Step, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps."""
        return (*self.forward, *self.backward)

    @property
    def output(self) -> str:
        """The name of the output."""
        return name_of(self.derivation.output)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names of the gradients asked for: inputs, then parameters."""
        sources = (*self.derivation.layer.inputs, *self.derivation.parameters)
        return tuple(name_of(d(entry.base)) for entry in sources)

    @property
    def taken(self) -> frozenset[str]:
        """All names in use."""
        layer = self.derivation.layer
        entries = [*layer.inputs, *layer.parameters, *(s.left for s in self.steps)]
        entries += [e for e in (self.derivation.target, layer.target) if e is not None]
        return frozenset([*map(name_of, entries), *(str(h.symbol) for h in layer.hyperparameters)])


def start(derivation: Derivation) -> Plan:
    """The derivation as it stands, with no more primes on its indices than it takes to tell them apart."""
    plan = Plan(derivation, derivation.steps, derivation.gradients)
    return replace(plan, forward=tuple(map(_unprimed, plan.forward)), backward=tuple(map(_unprimed, plan.backward)))


def _unprimed(step: Step) -> Step:
    primed = [i for i in step.right.atoms(Idx) if str(i.label).endswith("'") and i not in step.left.indices]
    taken = names_in(step.left) | (names_in(step.right) - {str(i.label) for i in primed})
    renaming: dict[Expr, Expr] = {}
    for index in sorted(primed, key=str):
        name = str(index.label).rstrip("'")
        if name not in taken:
            renaming[index] = Idx(name, size_of(index))
            taken |= {name}
    return replace(step, right=step.right.xreplace(renaming)) if renaming else step


def fresh_name(stem: str, taken: Iterable[str]) -> str:
    """A name that is not in use: the stem, or the stem with a number."""
    used, name, number = set(taken), stem, 1
    while name in used:
        number += 1
        name = f"{stem}_{number}"
    return name


def entry(name: str, indices: Sequence[Expr]) -> Indexed:
    """An entry of a tensor by name."""
    return IndexedBase(name, real=True)[tuple(indices)]


def usual_index(index: Idx, plan: Plan, apart: Iterable[Idx] = ()) -> Idx:
    """The index that the layer's inputs use for an axis, unless it is among those to keep apart from."""
    layer = plan.derivation.layer
    declared = [i for e in (*layer.inputs, *layer.parameters) for i in e.indices]
    avoided = {str(i.label) for i in apart}
    fitting = [i for i in declared if size_of(i) == size_of(index) and str(i.label) not in avoided]
    return fitting[0] if fitting else index


def rewrite(plan: Plan, change: Callable[[Expr], Expr]) -> Plan:
    """The plan with every right side changed."""
    def changed(steps: Sequence[Step]) -> tuple[Step, ...]:
        return tuple(replace(s, right=change(s.right)) for s in steps)

    return replace(plan, forward=changed(plan.forward), backward=changed(plan.backward))


def prune(plan: Plan) -> Plan:
    """The plan without the steps that nothing asked for depends on."""
    needed = {plan.output, *plan.wanted}
    for step in reversed(plan.steps):
        if name_of(step.left) in needed:
            needed |= names_read(step.right)
    return replace(
        plan,
        forward=tuple(s for s in plan.forward if name_of(s.left) in needed),
        backward=tuple(s for s in plan.backward if name_of(s.left) in needed),
    )

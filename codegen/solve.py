"""A backward in the forward's own values: a step's relation, solved for a factor of its formula.

p = e^a/s says e^a = p·s, and z = (x − m)/√v says x − m = z·√v. Only where that multiplies and never divides:
all other factors of the step stand below its line, or are exponentials. Nothing is subtracted, so no digit is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from sympy import Add, Expr, Idx, Indexed, IndexedBase, Integer, Mul, Pow, Sum, exp, log

from codegen.plan import Plan, entry, fresh_name, rewrite
from codegen.simplify import clean
from derivations.normal_form import is_zero
from derivations.notation import GRADIENT, name_of, size_of
from derivations.pull_back import Step
from derivations.substitution import (
    factors_of,
    free_indices,
    inline,
    names_read,
    replace_reads,
    subexpressions,
    substitute,
    terms_of,
)


def in_outputs(plan: Plan) -> Iterator[Plan]:
    """Plans whose gradients read a step where they held a factor of its formula."""
    for step in plan.forward:
        for factor, rest in _relations(step):
            changed = tuple(_read_instead(s, step, factor, rest) for s in plan.backward)
            if changed != plan.backward:
                yield rewrite(replace(plan, backward=changed), lambda e: clean(plan, e))


def _relations(step: Step) -> Iterator[tuple[Expr, Expr]]:
    """Pairs (factor, rest) with step = factor · rest, where 1/rest is a product."""
    factors = factors_of(step.right)
    for position, factor in enumerate(factors):
        others = (*factors[:position], *factors[position + 1 :])
        whole = set(free_indices(factor)) == set(step.left.indices) and not isinstance(factor, (Indexed, Pow))
        if whole and others and all(_is_never_zero(o) for o in others):
            yield factor, Mul(*others)


def _is_never_zero(e: Expr) -> bool:
    return isinstance(e, exp) or (isinstance(e, Pow) and bool(e.exp.is_negative)) or bool(e.is_number and e != 0)


def _read_instead(step: Step, solved: Step, factor: Expr, rest: Expr) -> Step:
    found: dict[Expr, Expr] = {}
    for part in subexpressions(step.right):
        at = _match(factor, part)
        if at is not None:
            multiple, renaming = at
            found[part] = multiple * substitute(solved.left, renaming) / substitute(rest, renaming)
    return replace(step, right=step.right.xreplace(found)) if found else step


def _match(pattern: Expr, part: Expr) -> tuple[Expr, dict[Expr, Expr]] | None:
    """(c, renaming) where the part is c times the pattern with its free indices renamed."""
    own, other = free_indices(pattern), free_indices(part)
    if type(pattern) is not type(part) or len(own) != len(other) or names_read(pattern) != names_read(part):
        return None
    for order in permutations(other):
        if [size_of(i) for i in order] != [size_of(i) for i in own]:
            continue
        renaming: dict[Expr, Expr] = dict(zip(own, order, strict=True))
        renamed = substitute(pattern, renaming)
        multiple = _multiple(part, renamed)
        if multiple is not None:
            return multiple, renaming
    return None


def _multiple(e: Expr, of: Expr) -> Expr | None:
    """c where e is c times another expression, c a number: 2x − 2m is 2 times x − m."""
    if e == of:
        return Integer(1)
    if not isinstance(e, Add):
        return None
    (first, rest), (second, other) = e.primitive(), of.primitive()
    if rest == other or rest == -other:
        return first / second * (1 if rest == other else -1)
    return None


def weighted(plan: Plan) -> Iterator[Plan]:
    """Plans with g = w·∂w in the place of a gradient ∂w that is read with w as a factor: there 1/w cancels."""
    for step in plan.backward:
        name = name_of(step.left).removeprefix(GRADIENT)
        forward = next((s for s in plan.forward if name_of(s.left) == name), None)
        if forward is None or name_of(step.left) in plan.wanted or not _divides_by(step.right, name):
            continue
        w, multiple = forward.left.base, fresh_name("g", plan.taken)
        new = replace(
            step,
            left=entry(multiple, step.left.indices),
            right=_times(step.right, w[step.left.indices]),
        )

        def read(e: Expr, step: Step = step, w: IndexedBase = w, multiple: str = multiple) -> Expr:
            return _cancelled(replace_reads(e, name_of(step.left), lambda at: entry(multiple, at) / w[at]), name_of(w))

        changed = tuple(new if s == step else replace(s, right=read(s.right)) for s in plan.backward)
        if not any(_divides_by(s.right, name) for s in changed):
            yield rewrite(replace(plan, backward=changed), lambda e: clean(plan, e))


def _times(e: Expr, w: Expr) -> Expr:
    """w·e, with w multiplied into the sum that is divided by it."""
    if isinstance(e, Add):
        return Add(*(_times(t, w) for t in e.args))
    inner = next((f for f in factors_of(e) if isinstance(f, Add) and _divides_by(f, name_of(w))), None)
    return e * w if inner is None else Mul(*(f for f in factors_of(e) if f != inner)) * _times(inner, w)


def _cancelled(e: Expr, name: str) -> Expr:
    """Every w·(u + v/w) as w·u + v."""
    if not e.args or isinstance(e, (Indexed, Idx)):
        return e
    if isinstance(e, Sum):
        return e.func(_cancelled(e.function, name), *e.limits)
    w = next((f for f in factors_of(e) if isinstance(f, Indexed) and name_of(f) == name), None)
    if isinstance(e, Mul) and w is not None:
        return _times(Mul(*(f for f in e.args if f != w)), w)
    return e.func(*(_cancelled(a, name) if isinstance(a, Expr) else a for a in e.args))


def _divides_by(e: Expr, name: str) -> bool:
    return any(isinstance(p, Pow) and p.exp.is_negative and names_read(p.base) == {name} for p in subexpressions(e))


def as_far_as_it_goes(plan: Plan) -> Plan:
    """The plan with every relation used, one after the other."""
    for changes in (logs_apart, in_outputs):
        for _ in plan.forward:
            plan = next(changes(plan), plan)
    return plan


# Logs of steps --------------------------------------------------------------------------------------


def logs_apart(plan: Plan) -> Iterator[Plan]:
    """Plans with log p as a − log s, where p = e^a/s is a step: p may be too small for its log, a is not."""
    for step in plan.forward:
        if any(isinstance(f, exp) for f in factors_of(step.right)):
            changed = rewrite(plan, lambda e, step=step: _log_apart(e, step))  # type: ignore[misc]
            if changed != plan:
                yield changed


def _log_apart(e: Expr, step: Step) -> Expr:
    found: dict[Expr, Expr] = {}
    for part in subexpressions(e):
        if isinstance(part, log) and isinstance(part.args[0], Indexed) and name_of(part.args[0]) == name_of(step.left):
            factors = factors_of(inline(part.args[0], step.left, step.right))
            found[part] = Add(*(_log_of(f) for f in factors))
    return e.xreplace(found) if found else e


def _log_of(factor: Expr) -> Expr:
    if isinstance(factor, exp):
        return factor.args[0]
    return factor.exp * log(factor.base) if isinstance(factor, Pow) else log(factor)


# Terms that are 0 -----------------------------------------------------------------------------------


def without_zeros(plan: Plan) -> Plan:
    """The plan without terms of gradients that the forward's own formulas make 0, such as Σ_i (x − mean x)."""
    meaning = plan.derivation.meaning

    def kept(e: Expr) -> Expr:
        terms = terms_of(e)
        return Add(*(t for t in terms if not is_zero(t, meaning))) if len(terms) > 1 else e

    return replace(plan, backward=tuple(replace(s, right=kept(s.right)) for s in plan.backward))

"""Σ exp(v) = e^m Σ exp(v − m), for every m: with the maximum no exp is above 1.

An identity that never passes through the normal form, which would undo it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from sympy import Add, Expr, Idx, Indexed, Mul, Sum, exp, log

from codegen.plan import Plan, entry, fresh_name, usual_index
from derivations.notation import maximum_over, name_of, sum_
from derivations.pull_back import Step
from derivations.substitution import (
    bound_indices,
    factors_of,
    names_read,
    replace_reads,
    subexpressions,
    substitute,
)


def shift_sums(plan: Plan) -> Plan:
    """The plan with every Σ exp shifted by the maximum of its arguments."""
    for step in plan.forward:
        if isinstance(step.right, Sum) and isinstance(step.right.function, exp):
            plan = _shift(plan, step)
    return plan


def _shift(plan: Plan, step: Step) -> Plan:
    free = step.left.indices
    inner = tuple(i for i in free if isinstance(i, Idx))
    own: tuple[Idx, ...] = ()
    for bound in bound_indices(step.right):
        own = (*own, usual_index(bound, plan, apart=(*inner, *own)))
    v = substitute(step.right.function.args[0], dict(zip(bound_indices(step.right), own, strict=True)))
    taken = set(plan.taken)
    inner += own
    argument = v if isinstance(v, Indexed) else entry(fresh_name("v", taken), inner)
    m, u, e = (fresh_name(stem, taken) for stem in ("m", "u", "e"))
    largest: Expr = argument
    for index in reversed(own):
        largest = maximum_over(largest, index)
    new = (
        *((Step(argument, v, ("named because it is used more than once",)),) if argument is not v else ()),
        Step(entry(m, free), largest, ("any shift; the maximum keeps exp at most 1",)),
        Step(entry(u, inner), argument - entry(m, free), ("shift",)),
        Step(entry(e, inner), exp(entry(u, inner)), ("shift",)),
        Step(step.left, sum_(entry(e, inner), *own), step.rules),
    )
    at = plan.forward.index(step)

    touched = names_read(step.right) | {name_of(step.left)}

    def changed(s: Step) -> Step:
        if not touched & names_read(s.right):
            return s
        right = replace_reads(
            s.right, name_of(step.left), lambda i: step.left.base[i] * exp(entry(m, i))
        )
        return replace(s, right=_read_shifted(_join_exps(_logs_of_products(right), m), m, u, e, v, free, own))

    forward = (*plan.forward[:at], *new, *map(changed, plan.forward[at + 1 :]))
    return replace(plan, forward=forward, backward=tuple(map(changed, plan.backward)))


def _logs_of_products(e: Expr) -> Expr:
    """log(u·e^v) as v + log u."""
    def split(part: Expr) -> Expr:
        exponents = [f.args[0] for f in factors_of(part.args[0]) if isinstance(f, exp)]
        rest = [f for f in factors_of(part.args[0]) if not isinstance(f, exp)]
        return Add(*exponents, log(Mul(*rest))) if exponents else part

    return e.xreplace({part: split(part) for part in subexpressions(e) if isinstance(part, log)})


def _join_exps(e: Expr, m: str) -> Expr:
    """e^v·e^{−m} as e^{v − m}, for the shift m."""
    def joined(part: Expr) -> Expr:
        exponents = [f.args[0] for f in factors_of(part) if isinstance(f, exp)]
        rest = [f for f in factors_of(part) if not isinstance(f, exp)]
        return Mul(*rest, exp(Add(*exponents)))

    found = [p for p in subexpressions(e) if isinstance(p, Mul) and sum(isinstance(f, exp) for f in p.args) > 1]
    shifted = [p for p in found if any(name_of(r) == m for f in p.args if isinstance(f, exp) for r in f.atoms(Indexed))]
    return e.xreplace({part: joined(part) for part in shifted})


def _read_shifted(
    e: Expr, m: str, u: str, exponential: str, v: Expr, free: tuple[Expr, ...], own: tuple[Idx, ...]
) -> Expr:
    """Read v − m as u and exp(v − m) as the named exponential, wherever they stand."""
    found: dict[Expr, Expr] = {}
    for part in subexpressions(e):
        whole = part.args[0] if isinstance(part, exp) else part
        if not isinstance(whole, Add):
            continue
        for shift in sorted((r for r in whole.atoms(Indexed) if name_of(r) == m), key=str):
            for position in permutations(_positions(whole), len(own)):
                at = {**dict(zip(free, shift.indices, strict=True)), **dict(zip(own, position, strict=True))}
                value = substitute(v, at)
                read = (*(i for i in shift.indices if not i.is_Integer), *position)
                if isinstance(part, exp) and whole - value + shift == 0:
                    found[part] = entry(exponential, read)
                for sign in (1, -1):
                    rest = whole - sign * (value - shift)
                    if not isinstance(part, exp) and len(Add.make_args(rest)) < len(whole.args) - 1 + (rest == 0):
                        found[part] = rest + sign * entry(u, read)
    return e.xreplace(found) if found else e


def _positions(e: Expr) -> Iterator[Expr]:
    seen: dict[Expr, None] = {}
    for read in sorted(e.atoms(Indexed), key=str):
        for index in read.indices:
            seen.setdefault(index)
    yield from seen

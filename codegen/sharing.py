"""What stands in two places is computed once: functions, roots and differences get a step of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Abs, Add, Expr, Idx, Indexed, Pow, Rational, exp, log, tanh
from sympy.core.function import AppliedUndef

from codegen.plan import Plan, entry, fresh_name, rewrite
from derivations.notation import name_of
from derivations.pull_back import Step
from derivations.substitution import free_indices, names_read, subexpressions, terms_of

MOST_ROUNDS = 12
HALF = Rational(1, 2)


def share(plan: Plan) -> Plan:
    """Give what stands in two places, or twice in one, a step of its own: an exp, log or tanh, a root, x − m."""
    for _ in range(MOST_ROUNDS):
        plan = _roots_as_powers_of_one(plan)
        counted: dict[Expr, int] = {}
        for step in plan.steps:
            for part in _worth_a_name(step.right):
                counted[part] = counted.get(part, 0) + 1
        repeated = [part for part, times in counted.items() if times > 1 and free_indices(part)]
        if not repeated:
            return plan
        plan = _named(plan, repeated[0])
    return plan


def _worth_a_name(e: Expr) -> Iterator[Expr]:
    for part in subexpressions(e):
        is_costly = isinstance(part, (exp, log, tanh, AppliedUndef))
        if part is not e and (is_costly or (is_difference(part) and not _is_wide(part))):
            yield part


def _is_wide(e: Expr) -> bool:
    """Whether an expression has more axes than any array in it."""
    return len(free_indices(e)) > max(len(free_indices(r)) for r in e.atoms(Indexed))


def is_difference(e: Expr) -> bool:
    """u − v of two entries."""
    terms = [t.as_coeff_Mul() for t in terms_of(e)]
    return len(terms) == 2 and all(isinstance(r, Indexed) for _, r in terms) and {c for c, _ in terms} == {1, -1}


def differences(e: Expr) -> frozenset[frozenset[str]]:
    """What an expression takes from each other: the tensors of each sum of entries, and of logs, of both signs."""
    parts = (p.primitive()[1] for p in subexpressions(e) if isinstance(p, Add))
    return frozenset(names_read(p) for p in parts if _cancels(p))


def _cancels(e: Expr) -> bool:
    """Whether entries, and functions of entries, stand in a sum with both signs: a − m − log s."""
    terms = [t.as_coeff_Mul() for t in terms_of(e)]
    plain = all(isinstance(r, Indexed) or (isinstance(r, log) and isinstance(r.args[0], Indexed)) for _, r in terms)
    return plain and any(c > 0 for c, _ in terms) and any(c < 0 for c, _ in terms)


def _named(plan: Plan, part: Expr) -> Plan:
    indices = list(_own_order(plan, part))
    read = entry(fresh_name(_stem(part), plan.taken), indices)
    new = Step(read, part, ("named because it is used more than once",))
    return _with_step(plan, rewrite(plan, lambda e: e.xreplace({part: read})), new)


def _own_order(plan: Plan, part: Expr) -> Iterator[Idx]:
    """The free indices as an entry in it has them all; else as the step has them in which it stands first."""
    free = set(free_indices(part))
    first = next(s for s in plan.steps if part in list(subexpressions(s.right)))
    entries = sorted((free_indices(r) for r in part.atoms(Indexed)), key=str)
    order = next((held for held in entries if set(held) == free), first.left.indices)
    yield from (i for i in order if i in free)
    yield from (i for i in free_indices(part) if i not in order)


def _stem(part: Expr) -> str:
    if isinstance(part, log) and isinstance(part.args[0], Indexed):
        return f"log_{name_of(part.args[0])}"
    if isinstance(part, Add):
        return "diff"
    if isinstance(part, AppliedUndef):
        return "v"
    return "t" if part.atoms(Abs) else "e"


def _with_step(plan: Plan, changed: Plan, new: Step) -> Plan:
    """The changed plan with a step put before the first that reads it."""
    def insert(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        at = next((r for r, s in enumerate(steps) if _reads(s.right, new)), None)
        return steps if at is None else (*steps[:at], new, *steps[at:])

    if any(_reads(s.right, new) for s in changed.forward):
        return replace(changed, forward=insert(changed.forward))
    return replace(changed, backward=insert(changed.backward))


def _reads(e: Expr, step: Step) -> bool:
    return name_of(step.left) in names_read(e)


def _roots_as_powers_of_one(plan: Plan) -> Plan:
    """The plan with a step r = 1/√u, where odd powers of √u stand in two places; r = √u where none is below a line."""
    exponents: dict[Expr, list[Rational]] = {}
    for step in plan.steps:
        for part in subexpressions(step.right):
            if isinstance(part, Pow) and isinstance(part.exp, Rational) and free_indices(part.base):
                exponents.setdefault(part.base, []).append(part.exp)
    for base, powers in exponents.items():
        if sum(1 for p in powers if p.q == 2) > 1:
            return _with_root(plan, base, -HALF if min(powers) < 0 else HALF)
    return plan


def _with_root(plan: Plan, base: Expr, power: Rational) -> Plan:
    indices = free_indices(base)
    root = entry(fresh_name("r", plan.taken), indices)
    new = Step(root, Pow(base, power), ("named because it is used more than once",))
    changed = rewrite(plan, lambda e: e.replace(
        lambda p: isinstance(p, Pow) and p.base == base and isinstance(p.exp, Rational) and (p.exp / power).is_Integer,
        lambda p: root ** (p.exp / power),
    ))
    return _with_step(plan, changed, new)

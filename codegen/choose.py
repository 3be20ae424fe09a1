"""Which of the candidate plans is computed: the one with least risk, then the cheapest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, prod

from sympy import Abs, Expr, Indexed, exp, log, tanh

from codegen.array_ops import CALL, ELEMENTWISE, PRODUCTS, REDUCTIONS
from codegen.centring import centre
from codegen.lower import lower
from codegen.plan import Plan, entry, fresh_name, prune, rewrite, start
from codegen.positions import LoweringError
from codegen.program import Node, walk
from codegen.safe_forms import make_safe, risks
from codegen.simplify import candidates, clean, reuse_steps
from derivations.derivation import Derivation
from derivations.notation import name_of
from derivations.pull_back import Step
from derivations.substitution import free_indices, subexpressions

NOMINAL = 64
"""Every symbolic size counts as this when two plans are compared."""

WEIGHTS = {"exp": 8.0, "log": 8.0, "log1p": 8.0, "tanh": 8.0, "divide": 2.0, "where": 2.0, "power": 4.0}
CALL_WEIGHT = 8.0
PRODUCT_WEIGHT = 0.1
"""A multiplication and addition inside a product of matrices, beside one entry of an elementwise operation."""

MOST_ROUNDS = 6
BEAM = 3
"""How many plans are followed at a time, and for how many changes."""


@dataclass(frozen=True)
class Program:
    """A plan with each step lowered."""

    plan: Plan

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """The lowered right side of each step, by name."""
        return {name_of(s.left): lower(s.right, s.left.indices) for s in self.plan.steps}

    @cached_property
    def rank(self) -> tuple[int, float]:
        """(risk, cost): smaller is better."""
        cost = sum(node_cost(n) for tree in self.nodes.values() for n in walk(tree))
        return risks(self.plan.steps), cost


def node_cost(node: Node) -> float:
    """The cost of one operation, counted in entries of an elementwise one."""
    entries = float(prod(_nominal(s) for s in node.shape))
    if node.op in PRODUCTS:
        inner = float(prod(_nominal(s) for s in node.args[0].shape))
        columns = entries / max(1.0, float(prod(_nominal(s) for s in node.args[0].shape[:-1])))
        return PRODUCT_WEIGHT * inner * columns
    if node.op in REDUCTIONS:
        return float(prod(_nominal(s) for s in node.args[0].shape))
    if node.op in ELEMENTWISE:
        default = CALL_WEIGHT if ELEMENTWISE[node.op].precedence == CALL and node.op not in _CHEAP else 1.0
        return WEIGHTS.get(node.op, default) * entries
    return entries if node.op in ("pick", "one_hot_add", "fill") else 0.0


_CHEAP = frozenset({"abs", "maximum", "minimum", "square", "sign"})


def _nominal(size: Expr) -> int:
    return int(size) if size.is_Integer else NOMINAL


def choose(derivation: Derivation) -> Program:
    """The plan to compute a derivation by, with each step lowered.

    Raises
    ------
    LoweringError
        No plan was found all of whose steps are array operations.
    """
    first = rewrite(start(derivation), lambda e: clean(start(derivation), e))
    seen: dict[tuple[Step, ...], Program | None] = {first.steps: _finished(first)}
    beam = [first]
    for _ in range(MOST_ROUNDS):
        new = {c.steps: c for plan in beam for c in candidates(plan) if c.steps not in seen}
        seen |= {steps: _finished(c) for steps, c in new.items()}
        beam = sorted((c for c in new.values() if seen[c.steps]), key=lambda c: _rank(seen[c.steps]))[:BEAM]
    best = min(seen.values(), key=_rank)
    if best is None:
        raise LoweringError(f"{derivation.layer.name}: no plan was found whose steps are all array operations")
    return best


def _rank(program: Program | None) -> tuple[float, float, int]:
    """Least risk, then least cost, then fewest steps."""
    return (*program.rank, len(program.plan.steps)) if program else (inf, inf, 0)


def _finished(plan: Plan) -> Program | None:
    """The plan made safe, centred and freed of what it does not need; None where it cannot be lowered."""
    safe = share(make_safe(reuse_steps(prune(plan))))
    options = []
    for option in (safe, prune(centre(safe))):
        program = Program(prune(option))
        try:
            options.append((program.rank, program))
        except LoweringError:
            continue
    return min(options, key=lambda o: o[0])[1] if options else None


def share(plan: Plan) -> Plan:
    """Give an exp, log or tanh that stands in two places, or twice in one, a step of its own."""
    for _ in range(MOST_ROUNDS):
        counted: dict[Expr, int] = {}
        for step in plan.steps:
            for part in subexpressions(step.right):
                if isinstance(part, (exp, log, tanh)) and not isinstance(step.right, type(part)):
                    counted[part] = counted.get(part, 0) + 1
        repeated = [part for part, times in counted.items() if times > 1 and free_indices(part)]
        if not repeated:
            return plan
        plan = _shared(plan, repeated[0])
    return plan


def _shared(plan: Plan, part: Expr) -> Plan:
    first = next(s for s in plan.steps if part in list(subexpressions(s.right)))
    indices = [i for i in first.left.indices if i in free_indices(part)]
    if len(indices) != len(free_indices(part)):
        return plan
    read = entry(fresh_name("t" if part.atoms(Abs) else "e", plan.taken), indices)
    new = Step(read, part, ("named because it is used more than once",))
    changed = rewrite(plan, lambda e: e.xreplace({part: read}))

    def insert(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        at = next((r for r, s in enumerate(steps) if read in s.right.atoms(Indexed)), None)
        return steps if at is None else (*steps[:at], new, *steps[at:])

    if any(read in s.right.atoms(Indexed) for s in changed.forward):
        return replace(changed, forward=insert(changed.forward))
    return replace(changed, backward=insert(changed.backward))

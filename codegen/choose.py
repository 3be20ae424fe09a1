"""Which of the candidate plans is computed: the one with least risk, then the cheapest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import inf, prod

from sympy import Expr

from codegen.array_ops import CALL, ELEMENTWISE, PRODUCTS, REDUCTIONS
from codegen.centring import centre
from codegen.digits import in_one_fraction, near_one
from codegen.lower import lower
from codegen.plan import Plan, prune, rewrite, start
from codegen.positions import LoweringError
from codegen.program import CONTRACT, Node, is_masked, walk
from codegen.risk import risks
from codegen.safe_forms import make_safe
from codegen.sharing import share
from codegen.simplify import candidates, clean, reuse_steps
from codegen.solve import as_far_as_it_goes, in_outputs, logs_apart, weighted, without_zeros
from codegen.window_order import places_first, sizes_of_places
from codegen.window_text import WINDOWED
from derivations.derivation import Derivation
from derivations.notation import name_of
from derivations.pull_back import Step
from derivations.substitution import names_read

NOMINAL = 64
"""Every symbolic size counts as this when two plans are compared."""

WEIGHTS = {"exp": 8.0, "log": 8.0, "log1p": 8.0, "tanh": 8.0, "divide": 2.0, "where": 16.0, "power": 4.0}
CALL_WEIGHT = 8.0
PRODUCT_WEIGHT = 0.1
"""A multiplication and addition inside a product of matrices, beside one entry of an elementwise operation."""

BEAM = 3
PATIENCE = 2
"""How many plans are followed at a time, and for how many changes that gain nothing."""


@dataclass(frozen=True)
class Program:
    """A plan with each step lowered."""

    plan: Plan

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """The lowered right side of each step, by name."""
        places = sizes_of_places(self.plan.derivation.layer)
        return {name_of(s.left): places_first(lower(s.right, s.left.indices), places) for s in self.plan.steps}

    @cached_property
    def rank(self) -> tuple[int, float]:
        """(risk, cost): smaller is better. What is kept for the backward beside the output counts as written once."""
        cost = sum(node_cost(n) for tree in self.nodes.values() for n in walk(tree))
        kept = sum(prod(map(_nominal, self.nodes[name].shape)) for name in self._kept)
        return risks(self.plan.steps), cost + kept

    @property
    def _kept(self) -> frozenset[str]:
        read = frozenset().union(*(names_read(s.right) for s in self.plan.backward))
        return frozenset(name_of(s.left) for s in self.plan.forward) & read - {self.plan.output}


def node_cost(node: Node) -> float:
    """The cost of one operation, counted in entries of an elementwise one."""
    entries = float(prod(_nominal(s) for s in node.shape))
    if node.op == CONTRACT:
        return PRODUCT_WEIGHT * _letters_cost(node)
    if node.op in WINDOWED:
        return 0.0 if node.op == "windows" else max(entries, float(prod(map(_nominal, node.args[0].shape))))
    if node.op in PRODUCTS:
        inner = float(prod(_nominal(s) for s in node.args[0].shape))
        columns = entries / max(1.0, float(prod(_nominal(s) for s in node.args[0].shape[:-1])))
        return PRODUCT_WEIGHT * inner * columns
    if node.op in REDUCTIONS:
        return float(prod(_nominal(s) for s in node.args[0].shape))
    if is_masked(node):
        return entries
    if node.op in ELEMENTWISE:
        default = CALL_WEIGHT if ELEMENTWISE[node.op].precedence == CALL and node.op not in _CHEAP else 1.0
        return WEIGHTS.get(node.op, default) * entries
    if node.op == "apply":
        return CALL_WEIGHT * entries
    return entries if node.op in ("pick", "one_hot_add", "fill") else 0.0


def _letters_cost(node: Node) -> float:
    """How many multiplications a contraction takes: the product of the sizes of all of its letters."""
    left, right, _ = node.attr.replace(",", "").replace("->", "").split()
    sizes = dict(zip(left + right, (*node.args[0].shape, *node.args[1].shape), strict=True))
    return float(prod(map(_nominal, sizes.values())))


_CHEAP = frozenset({"abs", "copy", "maximum", "minimum", "square", "sign"})


def _nominal(size: Expr) -> int:
    return int(size) if size.is_Integer else NOMINAL


def choose(derivation: Derivation) -> Program:
    """The plan to compute a derivation by, with each step lowered.

    Raises
    ------
    LoweringError
        No plan was found all of whose steps are array operations.
    """
    first = without_zeros(rewrite(start(derivation), lambda e: clean(start(derivation), e)))
    beam = list({plan.steps: plan for plan in (first, as_far_as_it_goes(first))}.values())
    seen: dict[tuple[Step, ...], Program | None] = {plan.steps: _finished(plan) for plan in beam}
    best, waited = min(seen.values(), key=_rank), 0
    while beam and waited < PATIENCE:
        new = {c.steps: c for plan in beam for c in _one_change_away(plan) if c.steps not in seen}
        seen |= {steps: _finished(c) for steps, c in new.items()}
        beam = sorted((c for c in new.values() if seen[c.steps]), key=lambda c: _rank(seen[c.steps]))[:BEAM]
        before, best = best, min((best, *(seen[c.steps] for c in beam)), key=_rank)
        waited = waited + 1 if best is before else 0
    if best is None:
        raise LoweringError(f"{derivation.layer.name}: {_reason(first)}")
    return best


def _one_change_away(plan: Plan) -> Iterator[Plan]:
    yield from candidates(plan)
    yield from in_outputs(plan)
    yield from weighted(plan)
    yield from logs_apart(plan)
    yield from in_one_fraction(plan)


def _reason(plan: Plan) -> str:
    """Why a plan cannot be lowered."""
    for step in prune(make_safe(reuse_steps(plan))).steps:
        try:
            lower(step.right, step.left.indices)
        except LoweringError as error:
            return f"{step.left} = {step.right}: {error}"
    return "no plan was found whose steps are all array operations"


def _rank(program: Program | None) -> tuple[float, float, int]:
    """Least risk, then least cost, then fewest steps."""
    return (*program.rank, len(program.plan.steps)) if program else (inf, inf, 0)


def _finished(plan: Plan) -> Program | None:
    """The plan made safe, centred and freed of what it does not need; None where it cannot be lowered."""
    safe = rewrite(make_safe(reuse_steps(prune(plan))), near_one)
    options = []
    centred = centre(safe)
    for option in (safe, centred) if centred is not safe else (safe,):
        program = Program(prune(share(prune(option))))
        try:
            options.append((program.rank, program))
        except LoweringError:
            continue
    return min(options, key=lambda o: o[0])[1] if options else None

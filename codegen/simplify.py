"""Candidates for a cheaper plan: gradients put into each other, formulas in normal form, forward values reused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sympy import Add, Expr, Idx, Indexed, Mul, Poly, Pow, Sum, Symbol, cancel, exp, factor, fraction, together

from codegen.plan import Plan, entry, fresh_name
from codegen.sharing import differences
from derivations.derivation import use_assumptions
from derivations.form import NotShown
from derivations.form_expression import to_expression
from derivations.normal_form import to_form
from derivations.notation import name_of, size_of
from derivations.number_matrices import number_matrix
from derivations.pull_back import Step
from derivations.substitution import factors_of, inline, names_read, replace_reads, subexpressions, tidy


def candidates(plan: Plan) -> Iterator[Plan]:
    """Plans that mean the same, one change away: a step put into its readers, or a formula in normal form."""
    inlined = [s for s in plan.backward if name_of(s.left) not in plan.wanted and not _is_acted_on(s, plan)]
    inlined += [s for s in plan.forward if name_of(s.left) != plan.output and not s.right.atoms(Sum)]
    for step in inlined:
        without = _without(plan, step)
        yield without
        yield _all_normal(without, [s for s in without.steps if s not in plan.steps])
    for step in plan.steps:
        yield _all_normal(plan, [step])
    for step in plan.backward:
        if name_of(step.left) not in plan.wanted and abs(step.right.as_coeff_Mul()[0]) != 1:
            yield _rescaled(plan, step)


def _is_acted_on(step: Step, plan: Plan) -> bool:
    """Whether a gradient is a sum of products that a matrix of numbers then acts on: it keeps its own order of axes."""
    products = (s for s in step.right.atoms(Sum) if len([f for f in factors_of(s.function) if f.atoms(Indexed)]) > 1)
    readers = (s.right for s in plan.backward if name_of(step.left) in names_read(s.right))
    return any(products) and any(_has_numbers(e) for e in readers)


def _has_numbers(e: Expr) -> bool:
    return any(number_matrix(part) is not None for part in e.atoms(Add))


def _all_normal(plan: Plan, steps: Sequence[Step]) -> Plan:
    for step in steps:
        plan = _normal(plan, step) or plan
    return plan


def _rescaled(plan: Plan, step: Step) -> Plan:
    """The plan with a gradient's numeric factor moved to its readers, where it may cancel another."""
    number, rest = step.right.as_coeff_Mul()
    multiple = fresh_name("g", plan.taken)
    new = replace(step, left=entry(multiple, step.left.indices), right=rest)

    def read(s: Step) -> Step:
        right = replace_reads(s.right, name_of(step.left), lambda at: number * entry(multiple, at))
        return replace(s, right=clean(plan, right)) if right is not s.right else s

    return replace(plan, backward=tuple(new if s == step else read(s) for s in plan.backward))


def fold_numbers(e: Expr) -> Expr:
    """The numbers in a product, and those that all terms of its sums share, as one number."""
    if not isinstance(e, Mul):
        return e
    parts = [f.primitive() if isinstance(f, Add) else f.as_coeff_Mul() for f in e.args]
    return Mul(Mul(*(number for number, _ in parts)), *(rest for _, rest in parts))


def clean(plan: Plan, e: Expr) -> Expr:
    """Deltas sifted, assumptions used, factors that all terms share taken out."""
    derivation = plan.derivation
    assumed = [] if derivation.variant.as_label else derivation.layer.assumptions
    cleaned = collect(tidy(e, derivation.label_axes))
    return collect(tidy(use_assumptions(cleaned, assumed), derivation.label_axes))


def collect(e: Expr) -> Expr:
    """Take out the factors that all terms of a sum share: δ·p − δ·y is δ·(p − y)."""
    if not e.args or isinstance(e, (Indexed, Idx)):
        return e
    if isinstance(e, Sum):
        return e.func(collect(e.function), *e.limits)
    e = e.func(*(collect(a) for a in e.args))
    if not isinstance(e, Add):
        return fold_numbers(e)
    first, *others = (set(factors_of(t)) for t in e.args)
    common = [f for f in factors_of(e.args[0]) if not f.is_number and f in first.intersection(*others)]
    if not common:
        return e
    return Mul(*common) * Add(*(Mul(*(f for f in factors_of(t) if f not in common)) for t in e.args))


def _without(plan: Plan, step: Step) -> Plan:
    """The plan with one step put into all that read it."""
    def put(steps: Sequence[Step]) -> tuple[Step, ...]:
        return tuple(
            replace(s, right=clean(plan, inline(s.right, step.left, step.right)))
            if name_of(step.left) in names_read(s.right)
            else s
            for s in steps
            if s != step
        )

    return replace(plan, forward=put(plan.forward), backward=put(plan.backward))


def _normal(plan: Plan, step: Step) -> Plan | None:
    """The plan with one right side in normal form; the names in it stay opaque."""
    if _has_numbers(step.right):
        return None  # nothing is gained by multiplying out a matrix of numbers
    derivation = plan.derivation
    opaque = replace(derivation.meaning, definitions={}, rules=(), forms={})
    try:
        right = collect(cancelled(to_expression(to_form(step.right, opaque), _letters(plan))))
    except NotShown:
        return None
    if differences(step.right) - differences(right):
        return None  # x − m multiplied out loses the digits that x and m share
    changed = replace(step, right=right)

    def swap(steps: Sequence[Step]) -> tuple[Step, ...]:
        return tuple(changed if s == step else s for s in steps)

    return replace(plan, forward=swap(plan.forward), backward=swap(plan.backward))


def cancelled(e: Expr) -> Expr:
    """A fraction as a sum of reduced fractions, one for each product of what does not stand below the line.

    (E·y + E − y − …)/(1 + E)² becomes E/(1 + E) − y. Entries, sums and functions count as symbols, e^{ku}
    as a power of e^u; only polynomials are touched.
    """
    symbols: dict[Expr, Symbol] = {}
    flat = symbolic(e, symbols)
    above, below = fraction(cancel(together(flat)))
    generators = sorted(below.free_symbols, key=str)
    others = sorted(above.free_symbols - below.free_symbols, key=str)
    if not generators or not others:
        return e
    terms = Poly(above, *others).terms()
    reduced = [cancel(c / below) * Mul(*(o**k for o, k in zip(others, powers, strict=True))) for powers, c in terms]
    return Add(*(factor(t) for t in reduced)).xreplace({symbol: part for part, symbol in symbols.items()})


def symbolic(e: Expr, symbols: dict[Expr, Symbol]) -> Expr:
    """An expression with a symbol in place of all that is not +, ·, or an integer power."""
    if isinstance(e, (Add, Mul)) or (isinstance(e, Pow) and e.exp.is_Integer):
        return e.func(*(symbolic(a, symbols) for a in e.args))
    if e.is_Rational:
        return e
    if isinstance(e, exp):
        coefficient, rest = e.args[0].as_coeff_Mul()
        if coefficient.is_Integer:
            return symbols.setdefault(exp(rest), Symbol(f"g{len(symbols)}", positive=True)) ** coefficient
    return symbols.setdefault(e, Symbol(f"g{len(symbols)}"))


def _letters(plan: Plan) -> Mapping[str, list[str]]:
    layer = plan.derivation.layer
    found: dict[str, list[str]] = {}
    for e in (*layer.inputs, *layer.parameters, *(s.left for s in plan.steps)):
        for index in e.indices:
            names = found.setdefault(str(size_of(index)), []) if isinstance(index, Idx) else []
            if isinstance(index, Idx) and str(index.label) not in names:
                names.append(str(index.label))
    return found


def reuse_steps(plan: Plan) -> Plan:
    """Where a gradient holds the very formula of an earlier step, it reads that step instead."""
    known = {s.right: s.left for s in plan.forward if _is_worth_reading(s.right)}
    backward = []
    for step in plan.backward:
        found = {part: known[part] for part in subexpressions(step.right) if part in known}
        backward.append(replace(step, right=step.right.xreplace(found)) if found else step)
        if _is_worth_reading(step.right):
            known.setdefault(step.right, step.left)
    return replace(plan, backward=tuple(backward))


def _is_worth_reading(e: Expr) -> bool:
    return not isinstance(e, Indexed) and not e.is_number

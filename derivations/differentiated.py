"""Where a derivative exists: what a statement differentiates has a value there, and no two formulas tie.

The derivative of log x is 1/x where x > 0; at x = -1 a claim about it says nothing. The derivative of
max(u, v) at u = v, where both are formulas, is not judged (docs/language.md, section 1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sympy import Add, Expr, Indexed, Integer, Max, Min, Mul, Pow, Sum, log, tan

from derivations.notation import GRADIENT, jacobian, name_of
from derivations.setting import Setting


@dataclass(frozen=True)
class Differentiated:
    """Steps that must have a value, each as it was typed; ``ties`` says that an extremum of formulas is among them."""

    steps: tuple[tuple[Indexed, Expr], ...] = ()
    ties: bool = False


def differentiated(setting: Setting, sides: Sequence[Expr]) -> Differentiated:
    """What has to have a value where the derivatives in these formulas have one."""
    typed = {name_of(left): right for left, right in setting.layer.steps}
    found: dict[str, Expr] = {}
    ties = False
    for above, below in sorted(set(_pairs(setting, sides))):
        for name in _rests_on(above, typed) & set(typed):
            tied = [e for e in typed[name].atoms(Max, Min) if _is_tie(e, below, typed)]
            ties = ties or bool(tied)
            if tied:
                found[name] = _undefined_at_ties(typed[name])
            elif _is_partial(typed[name]):
                found.setdefault(name, typed[name])
    steps = [(left, found[name_of(left)]) for left in setting.layer.forward if name_of(left) in found]
    return Differentiated(tuple(steps), ties)


def _pairs(setting: Setting, sides: Sequence[Expr]) -> Iterator[tuple[str, str]]:
    """The name of what is differentiated, and by what."""
    output = name_of(setting.output)
    for side in sides:
        for entry, by in (j.args for j in side.atoms(jacobian)):
            yield name_of(entry), name_of(by)
        for name in {name_of(e) for e in side.atoms(Indexed)}:
            if name.startswith(GRADIENT) and name != GRADIENT + output:
                yield output, name.removeprefix(GRADIENT)


def _rests_on(name: str, typed: Mapping[str, Expr]) -> set[str]:
    """A name, and all that its formula reads, directly or by other steps."""
    if name not in typed:
        return {name}
    return {name}.union(*(_rests_on(read, typed) for read in _reads(typed[name])))


def _reads(e: Expr) -> set[str]:
    return {name_of(entry) for entry in e.atoms(Indexed)}


def _is_tie(e: Expr, below: str, typed: Mapping[str, Expr]) -> bool:
    """Whether an extremum is one of two formulas, of which one depends on what is differentiated by."""
    parts = [_reads(part) for part in e.args if part.atoms(Indexed)]
    return len(parts) > 1 and any(below in _rests_on(read, typed) for reads in parts for read in reads)


def _is_partial(e: Expr) -> bool:
    """Whether a formula may lack a value: a logarithm, a root, a denominator."""
    return bool(e.atoms(log, tan)) or any(not (p.exp.is_Integer and p.exp >= 0) for p in e.atoms(Pow))


def _undefined_at_ties(e: Expr) -> Expr:
    """The formula, with 0/(u - v) added to every max(u, v) and min(u, v) of two formulas."""
    if not e.atoms(Max, Min) or isinstance(e, Indexed):
        return e
    if isinstance(e, Sum):
        return Sum(_undefined_at_ties(e.function), *e.limits)
    made = e.func(*(_undefined_at_ties(a) for a in e.args), evaluate=False)
    if not isinstance(e, (Max, Min)):
        return made
    gaps = (u - v for u, v in combinations([part for part in e.args if part.atoms(Indexed)], 2))
    return Add(made, *(Mul(Integer(0), Pow(gap, -1), evaluate=False) for gap in gaps), evaluate=False)

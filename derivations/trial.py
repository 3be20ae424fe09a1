"""A statement of a claim, tried: at the document's sizes and in general, with optional parameters and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Indexed

from derivations.claim_axes import check_reads
from derivations.claim_cases import Case, cases_of
from derivations.evidence import Finding, find
from derivations.layer import OPEN, PROVEN, At, Claim, Expected, Layer, Statement
from derivations.notation import d, name_of
from derivations.obligations import formulas
from derivations.setting import Setting, setting_of
from derivations.text import equation
from derivations.written_derivatives import named_derivatives


@dataclass(frozen=True)
class Trial:
    """A statement judged in one setting; ``where`` names the sizes, if they are fixed."""

    setting: Setting
    statement: Statement
    finding: Finding
    absent: tuple[str, ...] = ()
    where: str = ""

    @property
    def verdict(self) -> Expected:
        """What was found."""
        return self.finding.verdict


def try_claim(layer: Layer, claim: Claim) -> Trial:
    """The claim's own statement, at the document's sizes and in general; the evidence is that of both."""
    return _together([_try(case) for case in cases_of(layer, claim, claim.statement, claim.general)])


def rests_on(layer: Layer, claim: Claim, correction: Statement) -> tuple[str, ...] | None:
    """What is absent where the correction of a claim is proven, and the numbers if it needs them; None if it is not.

    It is to be proven wherever the claim is judged, and beyond the numbers of an example if it can.
    """
    trials = [_try(case) for case in cases_of(layer, claim, correction)]
    values: Mapping[Indexed, Expr] = {}
    if claim.at is not None and claim.at.values:
        values = claim.at.values
        beyond = [_try(case) for case in cases_of(layer, replace(claim, at=At(claim.at.sizes)), correction)]
        proven = all(trial.verdict is PROVEN for trial in beyond)
        trials, values = (beyond, {}) if proven else (trials, values)
    if any(trial.verdict is not PROVEN for trial in trials):
        return None
    numbers = tuple(equation(left, right) for left, right in values.items())
    return (*numbers, *(f"without {name}" for name in _absent(trials)))


def _absent(trials: Sequence[Trial]) -> tuple[str, ...]:
    """What is absent in any of these trials."""
    return tuple(dict.fromkeys(name for trial in trials for name in trial.absent))


def _together(trials: Sequence[Trial]) -> Trial:
    """The trial in general with the witness at the document's sizes; open where the verdicts differ."""
    first, last = trials[0], trials[-1]
    if first is last and not first.where:
        return first
    checks = tuple(f"{t.where or 'all sizes'}: {check}" for t in trials for check in t.finding.checks)
    reason = f"{first.verdict.value} at {first.where}, {last.verdict.value} in general"
    agreed = first.verdict is last.verdict
    finding = replace(first.finding, checks=checks) if agreed else Finding(OPEN, checks, None, reason)
    return replace(last, finding=finding, absent=_absent(trials))


def _try(case: Case) -> Trial:
    """A statement with all optional parameters; if that does not prove it, without those it does not name."""
    layer, statement = named_derivatives(case.layer, case.statement)
    used = formulas(statement)
    check_reads(layer, used)
    setting = setting_of(layer, used, loss=case.loss)
    whole = Trial(setting, statement, _found(setting, case, statement), where=case.where)
    named = {name_of(e) for f in used for e in f.atoms(Indexed)}
    absent = tuple(name_of(base) for base in layer.optional if not {name_of(base), name_of(d(base))} & named)
    if whole.verdict is PROVEN or not absent:
        return whole
    setting = setting_of(layer, used, absent, case.loss)
    return Trial(setting, statement, _found(setting, case, statement), absent, case.where)


def _found(setting: Setting, case: Case, statement: Statement) -> Finding:
    """The finding; a witness says at which sizes the case is fixed too."""
    found = find(setting, statement)
    if found.witness is None:
        return found
    return replace(found, witness=replace(found.witness, sizes={**case.sizes, **found.witness.sizes}))

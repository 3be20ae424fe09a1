"""From a claim to a verdict with its evidence; docs/language.md, section 2, says what each verdict means.

A claim that does not name an optional parameter is judged with it first; where that does not prove the
claim, without it, since the document may have none. The verdict says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sympy import Expr, Symbol, evaluate

from derivations.claim_cases import claim_at, layer_at
from derivations.definition import check_layer
from derivations.evidence import Disagreement
from derivations.latex import latex, latex_in_order, latex_shape, latex_statement
from derivations.layer import (
    DEFINITION,
    INCOMPLETE,
    OPEN,
    PROVEN,
    REFUTED,
    All,
    Assumption,
    Blank,
    Claim,
    Defines,
    Expected,
    Layer,
    Matrices,
    Matrix,
    Product,
    Shape,
    Statement,
)
from derivations.obligations import formulas, shape_of
from derivations.setting import Setting
from derivations.statement_text import shape_text, statement_text
from derivations.substitution import worked_out
from derivations.text import equation
from derivations.trial import Trial, rests_on, try_claim
from derivations.unknowns import unknowns_of

__all__ = ["Disagreement", "Verdict", "judge", "judge_claim"]


@dataclass(frozen=True)
class Verdict:
    """A claim judged.

    ``statement`` and ``derived`` are LaTeX: the claim as written, and what is right; ``plain`` and
    ``plain_derived`` are the same as plain text. ``witness`` is the
    witness of a refuted claim as JSON (`Witness.to_json`); ``checks`` says what was done, ``assumptions``
    what the verdict rests on, ``reading`` how the typesetting was read, ``loss`` what the Loss is called,
    ``counted_from`` the number of the first position in the LaTeX.
    """

    id: str
    verdict: Expected
    expected: Expected
    statement: str
    derived: str
    witness: Mapping[str, Any] | None
    reason: str
    assumptions: tuple[str, ...]
    checks: tuple[str, ...]
    reading: str
    plain: str = ""
    plain_derived: str = ""
    loss: str = "L"
    counted_from: int = 1


@dataclass(frozen=True)
class Spelling:
    """How statements, equations and shapes are written."""

    statement: Callable[[Statement], str]
    equation: Callable[[Expr, Expr], str]
    shape: Callable[[Matrix, Sequence[Expr]], str]
    comma: str


def _in_latex(layer: Layer) -> Spelling:
    loss, first = layer.loss, layer.counted_from
    return Spelling(
        partial(latex_statement, loss=loss, first=first),
        lambda left, right: f"{latex(left, loss, first)} = {latex_in_order(right, loss, first)}",
        partial(latex_shape, loss=loss, first=first),
        r",\quad ",
    )


PLAIN = Spelling(statement_text, equation, shape_text, ", ")


def judge(layer: Layer) -> list[Verdict]:
    """The verdicts on all claims of a layer, in their order."""
    return [judge_claim(layer, claim) for claim in layer.claims]


def judge_claim(layer: Layer, claim: Claim) -> Verdict:
    """The verdict on one claim.

    Raises
    ------
    Disagreement
        If our own judges contradict each other.
    DefinitionError
        If the claim reads a tensor along axes that are not its own, or an assumption that it requires has no
        example that satisfies it.
    """
    with evaluate(True):  # also where the claim has just been typed, under as_written()
        return _judged(layer, claim)


def _judged(layer: Layer, claim: Claim) -> Verdict:
    trial = try_claim(layer, claim)
    if claim.declares:
        return _with_declaration(claim, trial)
    if claim.requires and trial.verdict is not PROVEN:
        return _with_hypothesis(layer, claim, trial)
    if _holds(Blank, claim.statement) or (claim.general is not None and _holds(Blank, claim.general)):
        verdict = INCOMPLETE if trial.verdict is PROVEN else OPEN
        return _verdict(claim, trial, verdict)
    if _holds(Defines, claim.general or claim.statement) and trial.verdict is PROVEN:
        return _verdict(claim, trial, DEFINITION)
    if trial.verdict is REFUTED and claim.correction is not None:
        return _corrected(layer, claim, trial, claim.correction)
    return _verdict(claim, trial, trial.verdict)


def _holds(kind: type[Blank] | type[Defines], statement: Statement) -> bool:
    """Whether a statement, or a part of it, is of this kind: what a document takes a step to be, or leaves empty."""
    if isinstance(statement, All):
        return any(_holds(kind, part) for part in statement.parts)
    return isinstance(statement, kind)


def _with_declaration(claim: Claim, trial: Trial) -> Verdict:
    """Incomplete: the document does not declare a symbol, and with a declaration the claim is proven."""
    if trial.verdict is not PROVEN:
        return _verdict(claim, trial, OPEN)
    declared = tuple(equation(left, right) for left, right in claim.declares.items())
    found = _verdict(claim, trial, INCOMPLETE)
    return replace(found, assumptions=(*found.assumptions, *declared))


def _with_hypothesis(layer: Layer, claim: Claim, without: Trial) -> Verdict:
    """Incomplete: refuted without a hypothesis that the document does not state, proven with it."""
    # Worked out: T·Q as it is typed is another expression than Q·T, and so the size of another axis.
    sizes = {a.left: worked_out(a.right) for a in claim.requires if isinstance(a.left, Symbol) and a.left.is_integer}
    others = tuple(a for a in claim.requires if a.left not in sizes)
    stronger = layer_at(replace(layer, assumptions=(*layer.assumptions, *others)), sizes)
    check_layer(stronger)
    trial = try_claim(stronger, claim_at(claim, sizes))
    if without.verdict is REFUTED and trial.verdict is PROVEN:
        found = _verdict(claim, trial, INCOMPLETE)
        needed = tuple(equation(size, value) for size, value in sizes.items())
        spelled = _right(claim, None, without, _in_latex(layer)), _right(claim, None, without, PLAIN)
        assumptions = (*found.assumptions, *needed)
        return replace(
            found, witness=_witness(without), assumptions=assumptions, derived=spelled[0], plain_derived=spelled[1]
        )
    return _verdict(claim, without, OPEN)


def _corrected(layer: Layer, claim: Claim, trial: Trial, correction: Statement) -> Verdict:
    """Refuted, if what should stand there is proven itself; the verdict says on what that rests."""
    needed = rests_on(layer, claim, correction)
    if needed is not None:
        found = _verdict(claim, trial, REFUTED)
        return replace(found, assumptions=(*found.assumptions, *needed))
    verdict = _verdict(claim, trial, OPEN)
    return replace(verdict, reason="refuted, but the correction is not proven")


def _verdict(claim: Claim, trial: Trial, verdict: Expected) -> Verdict:
    corrected = claim.correction if verdict is REFUTED else None
    spelling = _in_latex(trial.setting.layer)
    return Verdict(
        claim.id,
        verdict,
        claim.expected,
        spelling.statement(claim.statement),
        _right(claim, corrected, trial, spelling),
        _witness(trial),
        trial.finding.reason if verdict is OPEN else claim.reason,
        _assumptions(claim, trial),
        trial.finding.checks,
        claim.reading,
        statement_text(claim.statement),
        _right(claim, corrected, trial, PLAIN),
        trial.setting.layer.loss,
        trial.setting.layer.counted_from,
    )


def _right(claim: Claim, corrected: Statement | None, trial: Trial, spelling: Spelling) -> str:
    if corrected is not None:
        return spelling.statement(corrected)
    return derived_text(claim.general or claim.statement, trial.setting, spelling)


def _witness(trial: Trial) -> dict[str, Any] | None:
    return None if trial.finding.witness is None else trial.finding.witness.to_json()


def _assumptions(claim: Claim, trial: Trial) -> tuple[str, ...]:
    """What the verdict rests on: equations between inputs, conditions, what is absent."""
    setting = trial.setting
    sides = [setting.resolved(setting.read(f)) for f in formulas(trial.statement)]
    unknowns = unknowns_of(setting, sides)
    equations = [_spell(a) for a in unknowns.assumptions]
    known = [h for h in setting.layer.hyperparameters if str(h.symbol) in unknowns.scalars]
    conditions = [str(condition) for h in known for condition in h.conditions]
    absent = trial.absent if trial.verdict is PROVEN else ()
    return (*equations, *conditions, *(f"without {name}" for name in absent))


def _spell(assumption: Assumption) -> str:
    return equation(assumption.left, assumption.right)


# What is right --------------------------------------------------------------------------------------


def derived_text(statement: Statement, setting: Setting, spelling: Spelling) -> str:
    """What is right: the derived formula of an entry, a shape, or the statement itself."""
    if isinstance(statement, All):
        found = dict.fromkeys(derived_text(part, setting, spelling) for part in statement.parts)
        return spelling.comma.join(found)
    if isinstance(statement, Shape):
        return spelling.shape(statement.matrix, shape_of(statement.matrix))
    if isinstance(statement, Blank):
        return spelling.equation(statement.entry, statement.derived)
    if isinstance(statement, (Matrices, Product)):
        return spelling.statement(statement)
    for entry in formulas(statement):
        derived = setting.derived(entry)
        if derived is not None:
            return spelling.equation(entry, derived)
    return spelling.statement(statement)

"""What our judges find out about a statement: normal form, fingerprint, search for a witness."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Add, Expr, Mul, floor

from derivations.differentiated import differentiated
from derivations.existence import entry_exists, existing_entries
from derivations.fingerprint import Opinion, agree
from derivations.latex import latex, latex_equation
from derivations.layer import OPEN, PROVEN, REFUTED, Expected, Layer, Statement
from derivations.normal_form import is_zero
from derivations.obligations import Obligation, SameEntry, SameSize, obligations
from derivations.setting import Setting
from derivations.substitution import free_indices
from derivations.text import equation
from derivations.witness import BRIEF, THOROUGH, Witness, find_witness


class Disagreement(RuntimeError):
    """Two of our own judges contradict each other: a bug of ours, never a verdict."""


@dataclass(frozen=True)
class Finding:
    """Proven, refuted or open, with what led there."""

    verdict: Expected
    checks: tuple[str, ...]
    witness: Witness | None = None
    reason: str = ""


def find(setting: Setting, statement: Statement) -> Finding:
    """Find out whether a statement holds in a setting.

    Returns
    -------
    Finding
        Refuted by the first size or entry that fails; proven if none does; else open.

    Raises
    ------
    Disagreement
        If the normal form, the fingerprint and the search for a witness contradict each other.
    """
    checks: tuple[str, ...] = ()
    for obligation in (*obligations(statement), *existing_entries(setting.layer, statement)):
        found = _sizes(setting, obligation) if isinstance(obligation, SameSize) else _entries(setting, obligation)
        checks += found.checks
        if found.verdict is not PROVEN:
            return Finding(found.verdict, checks, _named(found.witness, obligation, setting.layer), found.reason)
    return Finding(PROVEN, checks)


def _named(witness: Witness | None, failed: Obligation, layer: Layer) -> Witness | None:
    """The witness; of one of several equalities it says which, of an entry that does not exist, that it is read."""
    if witness is None or isinstance(failed, SameSize):
        return witness
    if failed.exists is not None:
        read = latex(failed.exists, layer.loss, layer.counted_from)
        return replace(witness, compares=entry_exists(failed.exists), equation=read)
    if not failed.part:
        return witness
    sides = equation(failed.left, failed.right)
    typed = latex_equation(failed.left, failed.right, layer.loss, layer.counted_from)
    return replace(witness, compares=sides, equation=typed)


def _sizes(setting: Setting, wanted: SameSize) -> Finding:
    """Whether two counts agree at all sizes of the layer, where some may determine others."""
    compares = f"{wanted.left_is} against {wanted.right_is}"
    left, right = map(setting.layer.in_free_sizes, (wanted.left, wanted.right))
    if is_zero(Add(left, Mul(-1, right)), setting.meaning()):
        opinion = agree(setting.layer, wanted.left, wanted.right)
        _stop_if_they_disagree(setting, wanted, True, opinion, None)
        checks = (f"sizes: {compares}, equal for all sizes", _opinion_check(opinion))
        if opinion.verdict == "agree":
            return Finding(PROVEN, checks)
        return Finding(OPEN, checks, None, f"the fingerprint cannot tell: {opinion.reason}")
    witness = find_witness(setting, wanted.left, wanted.right).witness
    if witness is None:
        return Finding(OPEN, (f"sizes: {compares}, not shown equal",), None, "no sizes found that differ")
    return Finding(REFUTED, (f"sizes: {compares}, different",), replace(witness, compares=compares))


def _entries(setting: Setting, wanted: SameEntry) -> Finding:
    """Whether two formulas agree for all sizes, indices and values."""
    left, right = setting.read(wanted.left), setting.read(wanted.right)
    below = setting.resolved(left), setting.resolved(right)
    gap = Add(below[0], Mul(-1, below[1]))
    zero = wanted.in_order and is_zero(gap, setting.meaning())
    if not zero and wanted.exists is not None:
        zero = is_zero(_with_sums_of_sizes(gap, setting.layer), setting.meaning())
    exists = differentiated(setting, (left, right))
    opinion = agree(setting.layer, setting.spelled_out(left), setting.spelled_out(right))
    effort = BRIEF if zero else THOROUGH
    search = find_witness(setting, *below, effort, _places(wanted), wanted.matrices, exists.steps)
    _stop_if_they_disagree(setting, wanted, zero, opinion, search.witness)
    seen = "no difference" if search.witness is None else "a difference"
    checks = (
        _normal_form_check(wanted, zero),
        _opinion_check(opinion),
        f"values: {search.compared} compared, {seen}",
    )
    if zero and not search.compared:
        return Finding(OPEN, checks, None, "no admissible point was found at which both sides are defined")
    if zero and exists.ties:
        return Finding(OPEN, checks, None, "the derivative at a tie of two formulas is not judged")
    if zero and opinion.verdict == "agree":
        return Finding(PROVEN, checks)
    if zero:
        return Finding(OPEN, checks, None, f"the fingerprint cannot tell: {opinion.reason}")
    if search.witness is None:
        return Finding(OPEN, checks, None, "neither shown nor refuted")
    if opinion.verdict == "differ":
        return Finding(REFUTED, checks, search.witness)
    return Finding(OPEN, checks, search.witness, f"the fingerprint cannot confirm it: {opinion.reason}")


def _with_sums_of_sizes(e: Expr, layer: Layer) -> Expr:
    """An expression of indices alone with the sizes put in that are sums of products of others, such as T·W.

    Whether T·w + t lies below Q hangs on that. Where tensors are read it would give their axes other names.
    """
    plain = {size: formula for size, formula in layer.output_sizes.items() if not formula.has(floor)}
    for _ in plain:
        e = e.xreplace(plain)
    return e


def _places(wanted: SameEntry) -> dict[str, Expr] | None:
    """Row and column for a reader, and the indices that neither counts, where positions are matched."""
    if wanted.position is None:
        return None
    free = (i for side in (wanted.left, wanted.right) for i in free_indices(side))
    others = {str(i.label): i for i in free if i not in wanted.counted}
    return {"row": wanted.position[0], "column": wanted.position[1], **others}


def _stop_if_they_disagree(
    setting: Setting, wanted: Obligation, zero: bool, opinion: Opinion, witness: Witness | None
) -> None:
    statement = f"{setting.layer.name}: {wanted.left} = {wanted.right}"
    if zero and witness is not None:
        raise Disagreement(f"{statement}: residual 0 in the normal form, yet at {witness}")
    if zero and opinion.verdict == "differ":
        raise Disagreement(f"{statement}: residual 0 in the normal form, but fingerprint: {opinion.reason}")
    if witness is not None and opinion.verdict == "agree":
        raise Disagreement(f"{statement}: the fingerprint agrees, yet at {witness}")


def _normal_form_check(wanted: SameEntry, zero: bool) -> str:
    if not wanted.in_order:
        return "normal form: not asked, positions are matched by counting"
    return f"normal form: residual {'0' if zero else 'not shown 0'}"


def _opinion_check(opinion: Opinion) -> str:
    trials = f"{opinion.method}, {opinion.trials} trials"
    if opinion.verdict == "agree" and opinion.method == "field":
        return f"fingerprint: agrees, {trials}, 2^{opinion.log2_bound:.0f}"
    if opinion.verdict == "agree":
        return f"fingerprint: agrees, {trials} of 200 bits, the weaker opinion: {opinion.reason}"
    word = {"differ": "differs", "cannot": "cannot tell"}[opinion.verdict]
    return f"fingerprint: {word}, {trials}: {opinion.reason}"

"""No false claim is proven: claims that were built with no other aim than to mislead the judge."""

from collections import Counter

import pytest

from tests.attacks.false_claims import ACCEPTED, FalseClaim, false_claims, outcome


NOT_YET = {
    "nearly equal 7": "the fingerprint's points cannot tell 10⁻³⁰⁰·sin v from 0; the witness stops the judge",
    "names used inside 1": "a claim names an inner sum that only we name; the judges read it as two things and stop",
    "one name, two things 13": "a tensor under two numbers of axes: a KeyError, not a clear word",
    "matrices 26": "sums over tensors inside a shape: a KeyError, not a clear word",
    "matrices 27": "an argmax inside a shape: a KeyError, not a clear word",
}
"""Not proven either, but not refused in a clear way: the judge stops or fails."""


def _named(claims):
    seen: Counter[str] = Counter()
    named = []
    for claim in claims:
        seen[claim.kind] += 1
        name = f"{claim.kind} {seen[claim.kind]}"
        marks = [pytest.mark.xfail(strict=True, reason=NOT_YET[name])] if name in NOT_YET else []
        named.append(pytest.param(claim, id=name, marks=marks))
    return named


def test_there_are_enough():
    assert len(false_claims()) >= 200
    assert len({(claim.statement, claim.layer.name) for claim in false_claims()}) == len(false_claims())


@pytest.mark.parametrize("claim", _named(false_claims()))
def test_false_claim_is_not_proven(claim: FalseClaim):
    found = outcome(claim)
    assert found.verdict not in ACCEPTED, f"{claim.statement} is false, and {found.verdict}: {found.detail}"
    assert found.verdict != "disagreement", f"one of our checkers takes {claim.statement} to be true: {found.detail}"
    assert found.verdict != "crashed", f"{claim.statement}: {found.detail}"
    assert claim.vacuous or not found.is_residual_zero, f"the normal form takes {claim.statement} to be true"

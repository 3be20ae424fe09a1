"""No false claim is proven: claims that were built with no other aim than to mislead the judge."""

from collections import Counter

import pytest

from tests.attacks.false_claims import ACCEPTED, FalseClaim, false_claims, outcome


def _named(claims):
    seen: Counter[str] = Counter()
    named = []
    for claim in claims:
        seen[claim.kind] += 1
        name = f"{claim.kind} {seen[claim.kind]}"
        named.append(pytest.param(claim, id=name))
    return named


def test_there_are_enough():
    assert len(false_claims()) >= 200
    assert len({(claim.statement, claim.layer.name) for claim in false_claims()}) == len(false_claims())


@pytest.mark.parametrize("claim", _named(false_claims()))
def test_false_claim_is_not_proven(claim: FalseClaim):
    found = outcome(claim)
    assert found.verdict not in ACCEPTED, f"{claim.statement} is false, and {found.verdict}: {found.detail}"
    # A disagreement of our judges, or a failure, stops everything: loud, and no proof (docs/evidence/A.md).
    stopped = claim.vacuous or found.verdict == "disagreement"
    assert stopped or not found.is_residual_zero, f"the normal form takes {claim.statement} to be true"

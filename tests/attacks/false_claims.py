"""All false claims, and what comes of one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from derivations.judge import Disagreement, judge_claim
from derivations.layer import DEFINITION, PROVEN, REFUTED, Claim
from tests.attacks.false_algebra import false_algebra
from tests.attacks.false_analysis import false_analysis
from tests.attacks.false_claim import FalseClaim
from tests.attacks.false_gradients import false_gradients
from tests.attacks.false_matrices import false_matrices
from tests.attacks.false_names import false_names

ACCEPTED = frozenset({PROVEN.value, DEFINITION.value})
"""The verdicts that no false claim may get."""


@dataclass(frozen=True)
class Outcome:
    """What the judge said of a false claim.

    ``verdict`` is its verdict, ``disagreement`` where it stopped because its own checkers contradict each
    other, ``refused`` where it raised an error about the claim, ``crashed`` where it raised any other, which
    tells nobody what to mend. ``is_residual_zero`` says whether the normal form took it to be true.
    """

    verdict: str
    is_residual_zero: bool
    detail: str


def outcome(claim: FalseClaim) -> Outcome:
    """Judge a false claim."""
    try:
        verdict = judge_claim(claim.layer, Claim("false", claim.statement, REFUTED))
    except Disagreement as error:
        return Outcome("disagreement", "residual 0 in the normal form" in str(error), str(error))
    except Exception as error:  # an error of ours says what is wrong with the claim; any other is a crash
        ours = isinstance(error, ValueError) or type(error).__module__.startswith("derivations.")
        return Outcome("refused" if ours else "crashed", False, f"{type(error).__name__}: {error}")
    detail = "; ".join([verdict.reason, *verdict.checks])
    return Outcome(verdict.verdict.value, "normal form: residual 0" in detail, detail)


@lru_cache(maxsize=1)
def false_claims() -> tuple[FalseClaim, ...]:
    """Every false claim."""
    return (*false_algebra(), *false_analysis(), *false_names(), *false_matrices(), *false_gradients())

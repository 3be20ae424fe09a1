"""The judge: false claims are never proven, true ones are, and our judges may not contradict each other."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sympy import Integer, exp, log, sqrt

from derivations import evidence
from derivations.compose import compose
from derivations.definition import DefinitionError
from derivations.evidence import Disagreement
from derivations.fingerprint import Opinion
from derivations.judge import Verdict, judge_claim
from derivations.layer import (
    DEFINITION,
    INCOMPLETE,
    OPEN,
    PROVEN,
    REFUTED,
    Assumption,
    Blank,
    Claim,
    Defines,
    Equal,
    Layer,
    Statement,
)
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.linear import LINEAR
from derivations.layers.rbf import RBF
from derivations.notation import (
    as_written,
    d,
    delta,
    sum_,
)
from tests.statements import (
    FALSE,
    SOFT,
    SOFTMAX,
    SQUARE,
    TRUE,
    W,
    b,
    i,
    j,
    k,
    n,
    p,
    q,
    s,
    t,
    x,
    y,
    yhat,
    z,
)


def verdict(layer: Layer, statement: Statement, **more: object) -> Verdict:
    """The verdict on a statement, whatever is expected."""
    return judge_claim(layer, Claim("test", statement, PROVEN, **more))


@pytest.mark.parametrize("name", FALSE)
def test_a_false_claim_is_refuted_by_a_witness(name: str) -> None:
    layer, statement = FALSE[name]
    found = verdict(layer, statement)
    assert found.verdict is REFUTED
    assert found.witness is not None
    assert found.witness["left"] != found.witness["right"]
    json.dumps(found.witness)


@pytest.mark.parametrize("name", TRUE)
def test_a_true_claim_is_proven_by_both_judges(name: str) -> None:
    found = verdict(*TRUE[name])
    assert found.verdict is PROVEN
    assert found.witness is None
    assert any("residual 0" in check for check in found.checks)
    assert any(check.startswith("fingerprint: agrees") for check in found.checks)


def test_what_is_never_defined_is_not_proven() -> None:
    never = log(-1 - x[n, i] ** 2)
    with as_written():
        same = Equal(never + 0, never)
    assert verdict(SQUARE, same).verdict is OPEN


def test_a_claim_is_judged_alike_where_it_is_typed() -> None:
    with as_written():
        assert verdict(CROSS_ENTROPY, Equal(d(yhat)[n, k], SOFTMAX - y[n, k])).verdict is PROVEN


def test_an_assumption_that_nothing_satisfies_is_no_proof() -> None:
    impossible = Assumption(sum_(y[n, k] ** 2, k), Integer(-1), example={y[n, k]: delta(k, t[n])})
    with pytest.raises(DefinitionError, match="does not satisfy it"):
        verdict(replace(CROSS_ENTROPY, assumptions=()), Equal(y[n, k], y[n, k] + 1), requires=(impossible,))
    assumed = replace(CROSS_ENTROPY, assumptions=(impossible,))
    assert verdict(assumed, Equal(d(yhat)[n, k], d(yhat)[n, k])).verdict is OPEN


def test_a_hypothesis_that_the_document_does_not_state_makes_a_claim_incomplete() -> None:
    unstated = replace(CROSS_ENTROPY, assumptions=())
    claim = Equal(d(yhat)[n, k], SOFTMAX - y[n, k])
    assert verdict(unstated, claim).verdict is REFUTED
    found = verdict(unstated, claim, requires=CROSS_ENTROPY.assumptions)
    assert found.verdict is INCOMPLETE
    assert found.witness is not None
    assert found.assumptions == ("Σ_k y[n, k] = 1",)
    assert verdict(unstated, Equal(d(yhat)[n, k], SOFTMAX), requires=CROSS_ENTROPY.assumptions).verdict is OPEN


def test_a_blank_is_filled_with_something_proven_or_left_open() -> None:
    assert verdict(LINEAR, Blank(d(x)[n, i], sum_(d(z)[n, j] * W[j, i], j))).verdict is INCOMPLETE
    assert verdict(LINEAR, Blank(d(x)[n, i], sum_(d(z)[n, j], j))).verdict is OPEN


def test_a_definition_must_be_the_layers_own() -> None:
    assert verdict(SQUARE, Defines(z[n, i], x[n, i] * x[n, i])).verdict is DEFINITION
    assert verdict(SQUARE, Defines(z[n, i], 2 * x[n, i])).verdict is REFUTED


def test_a_correction_that_is_not_proven_leaves_the_claim_open() -> None:
    wrong = Equal(d(x)[n, i], x[n, i] * d(z)[n, i])
    right = Equal(d(x)[n, i], 2 * x[n, i] * d(z)[n, i])
    assert verdict(SQUARE, wrong, correction=right).verdict is REFUTED
    assert verdict(SQUARE, wrong, correction=Equal(d(x)[n, i], 3 * x[n, i])).verdict is OPEN


def test_an_optional_parameter_that_a_claim_does_not_name_may_be_absent() -> None:
    found = verdict(LINEAR, Equal(z[n, j], sum_(x[n, i] * W[j, i], i)))
    assert found.verdict is PROVEN
    assert found.assumptions == ("without b",)
    assert verdict(LINEAR, Equal(z[n, j] + b[j], sum_(x[n, i] * W[j, i], i) + b[j])).verdict is REFUTED


def test_conditions_are_among_the_assumptions() -> None:
    assert verdict(RBF, Equal(sqrt(s**2), s)).assumptions == ("s > 0",)


@pytest.mark.parametrize(
    ("opinion", "statement"),
    [
        ("differ", Equal(d(x)[n, i], 2 * x[n, i] * d(z)[n, i])),
        ("agree", Equal(d(x)[n, i], x[n, i] * d(z)[n, i])),
    ],
)
def test_judges_that_contradict_each_other_stop_everything(
    opinion: str, statement: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "agree", lambda *_: Opinion(opinion, "field", 1, -100.0, "made up"))
    with pytest.raises(Disagreement, match="Square"):
        verdict(SQUARE, statement)


def test_a_wrong_normal_form_is_caught_by_the_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "is_zero", lambda *_: True)
    with pytest.raises(Disagreement, match="residual 0"):
        verdict(SQUARE, Equal(d(x)[n, i], x[n, i] * d(z)[n, i]))


def test_without_an_opinion_nothing_is_proven_or_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "agree", lambda *_: Opinion("cannot", "field", 0, 0.0, "made up"))
    for factor in (1, 2):
        assert verdict(SQUARE, Equal(d(x)[n, i], factor * x[n, i] * d(z)[n, i])).verdict is OPEN


def test_the_smallest_witness_is_one_that_a_person_can_check() -> None:
    found = verdict(LINEAR, Equal(d(W)[j, i], d(z)[n, j] * x[n, i])).witness
    assert found is not None
    assert found["sizes"] == {"N": 2, "d": 1, "d'": 1}
    assert {v for rows in found["values"].values() for r in rows for v in r} == {"0", "1"}
    tilted = verdict(SOFT, Equal(p[n, k], Integer(1))).witness
    assert tilted is not None
    assert (tilted["sizes"], tilted["left"]) == ({"K": 2, "N": 1}, "1/2")


def test_composed_layers_are_judged_like_any_other() -> None:
    both = compose("both", LINEAR, replace(CROSS_ENTROPY, claims=()))
    entry = sum_((exp(yhat[n, j]) / sum_(exp(yhat[n, q]), q) - y[n, j]) * W[j, i], j)
    assert verdict(both, Equal(d(x)[n, i], entry)).verdict is PROVEN

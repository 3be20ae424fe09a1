"""The documents' claims: each gets the verdict that stands in it, with evidence that holds on its own."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sympy import Integer

from derivations.assumptions import assumed, never_satisfied
from derivations.judge import Verdict, judge
from derivations.layer import OPEN, PROVEN, REFUTED, Assumption
from derivations.layers import JUDGED, LAYERS
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY, k, n, y
from derivations.notation import sum_
from derivations.text import equation

# Found by hand, formula by formula, from the documents alone.
EXPECTED = {
    "1.mse.forward": "definition",
    "1.mse.batch": "proven",
    "1.mse.backward.matrix": "proven",
    "1.mse.backward": "proven",
    "1.linear.forward": "definition",
    "1.linear.weight": "definition",
    "1.linear.chain.W": "proven",
    "1.linear.jacobian.1": "proven",
    "1.linear.jacobian.2": "proven",
    "1.linear.jacobian.equal": "refuted",
    "1.linear.jacobian.shape": "proven",
    "1.linear.grad.W": "proven",
    "1.linear.grad.W.shape": "refuted",
    "1.linear.chain.input": "proven",
    "1.linear.jacobian.input": "proven",
    "1.linear.delta.transposed": "refuted",
    "1.linear.delta.middle": "refuted",
    "1.linear.delta": "proven",
    "1.tanh.forward": "definition",
    "1.tanh.chain": "proven",
    "1.tanh.step.1": "proven",
    "1.tanh.step.2": "proven",
    "1.tanh.step.3": "proven",
    "1.tanh.derivative": "proven",
    "1.tanh.delta": "proven",
    "1.sigmoid.forward": "definition",
    "1.sigmoid.chain": "proven",
    "1.sigmoid.step.1": "proven",
    "1.sigmoid.step.2": "proven",
    "1.sigmoid.step.3": "proven",
    "1.sigmoid.step.4": "proven",
    "1.sigmoid.step.5": "proven",
    "1.sigmoid.derivative": "proven",
    "1.softmax.forward": "refuted",
    "1.ce.example": "proven",
    "1.ce.forward.onehot": "definition",
    "1.ce.forward.index": "proven",
    "1.logsoftmax_ce.step.1": "definition",
    "1.logsoftmax_ce.forward": "proven",
    "1.logsoftmax_ce.backward.entry": "proven",
    "1.logsoftmax_ce.backward.true": "proven",
    "1.logsoftmax_ce.backward.other": "proven",
    "1.logsoftmax_ce.backward.matrix": "proven",
    "1.logsoftmax_ce.backward": "proven",
    "1.autoencoder.encoder": "definition",
    "1.autoencoder.decoder": "definition",
    "1.bce.forward": "definition",
    "1.bce.backward": "proven",
    "2.last.forward": "definition",
    "2.last.error": "definition",
    "2.last.dE_dl": "refuted",
    "2.last.dl_da": "proven",
    "2.last.chain": "refuted",
    "2.last.dE_da_1": "refuted",
    "2.last.dE_da": "refuted",
    "2.last.dE_db": "incomplete",
    "2.fc.forward": "definition",
    "2.fc.dc_dl": "proven",
    "2.fc.dl_da": "proven",
    "2.fc.chain": "proven",
    "2.fc.dE_db": "refuted",
    "2.fc.dE_dw": "proven",
    "2.fc.dE_da": "refuted",
    "2.avgpool.forward": "definition",
    "2.avgpool.backward": "incomplete",
    "2.conv.forward": "refuted",
    "2.conv.dE_db": "proven",
    "2.conv.dE_dk": "refuted",
    "2.conv.dE_da": "incomplete",
    "2.conv.dE_da.bounds": "refuted",
}
SIZES = {"last": "K = 3", "fc": "n = 3, m = 2", "conv": "K = 2, P = 3"}
"""What document 2 writes its formulas for, section by section."""
CLAIMS = {claim.id: claim for layer in JUDGED for claim in layer.claims}


@cache
def verdicts() -> dict[str, Verdict]:
    """All verdicts, judged once."""
    return {verdict.id: verdict for layer in JUDGED for verdict in judge(layer)}


def test_every_formula_of_these_sections_has_a_claim_once() -> None:
    ids = [claim.id for layer in JUDGED for claim in layer.claims]
    assert len(ids) == len(set(ids))
    sections = {name.rsplit(".", 1)[0].split(".")[1] for name in EXPECTED}
    assert {name for name in ids if name.split(".")[1] in sections} == set(EXPECTED)
    assert JUDGED[: len(LAYERS)] == LAYERS


@pytest.mark.parametrize("name", EXPECTED)
def test_the_verdict_is_the_one_found_by_hand(name: str) -> None:
    assert verdicts()[name].verdict.value == EXPECTED[name]


@pytest.mark.parametrize("name", CLAIMS)
def test_the_verdict_is_the_expected_one(name: str) -> None:
    verdict = verdicts()[name]
    assert verdict.verdict is verdict.expected
    assert verdict.verdict is not OPEN
    assert verdict.statement
    assert verdict.derived
    assert verdict.checks


@pytest.mark.parametrize("name", CLAIMS)
def test_what_is_refuted_has_a_witness_a_reason_and_a_correction(name: str) -> None:
    verdict, claim = verdicts()[name], CLAIMS[name]
    if verdict.verdict is not REFUTED:
        assert verdict.witness is None or claim.requires
        return
    assert claim.correction is not None
    assert verdict.derived != verdict.statement
    assert verdict.reason.endswith(".")
    assert verdict.reason.count(". ") == 0, "one sentence"
    assert verdict.witness is not None
    assert json.loads(json.dumps(verdict.witness))["left"] != verdict.witness["right"]


def test_what_document_2_writes_for_three_units_is_judged_there_and_in_general() -> None:
    for name in (name for name in EXPECTED if name.startswith("2.") and name.split(".")[1] in SIZES):
        where = {check.split(": ")[0] for check in verdicts()[name].checks}
        assert where == {SIZES[name.split(".")[1]], "all sizes"}


def test_the_cross_entropy_rests_on_a_target_that_sums_to_1_and_nothing_else() -> None:
    assert verdicts()["1.logsoftmax_ce.backward"].assumptions == ("Σ_k y[n, k] = 1",)
    assert verdicts()["1.logsoftmax_ce.backward.true"].assumptions == ()


def test_a_claim_without_a_bias_is_judged_without_one() -> None:
    assert verdicts()["1.linear.forward"].assumptions == ("without b",)
    assert verdicts()["1.linear.delta"].assumptions == ()


def test_the_shapes_differ_where_the_witness_says() -> None:
    witness = verdicts()["1.linear.delta.transposed"].witness
    assert witness is not None
    sizes = witness["sizes"]
    delta, w = np.ones((2, sizes["d'"])), np.ones((sizes["d'"], sizes["d"]))
    with pytest.raises(ValueError, match="mismatch"):
        delta @ w.T
    assert (delta @ w).shape == (2, sizes["d"])


def test_proven_names_both_judges() -> None:
    for verdict in verdicts().values():
        if verdict.verdict is PROVEN and "shape" not in verdict.id:
            assert any(check.endswith("normal form: residual 0") for check in verdict.checks)
            assert not any("not shown" in check for check in verdict.checks)
            bounds = [check for check in verdict.checks if "fingerprint: agrees" in check]
            assert all("2^-1" in check or "2^-2" in check for check in bounds), verdict.id
            assert bounds


def test_no_claim_rests_on_an_assumption_that_nothing_satisfies() -> None:
    assert [(layer.name, equation(a.left, a.right)) for layer, a in assumed(JUDGED)] == [
        ("CrossEntropyLoss", "Σ_k y[n, k] = 1"),
        ("Document2AveragePooling", "H = 2·P"),
        ("Document2AveragePooling", "W = 2·Q"),
    ]
    assert never_satisfied(JUDGED) == []
    impossible = Assumption(sum_(y[n, k] ** 2, k), Integer(-1))
    claims = (*CROSS_ENTROPY.claims, replace(CROSS_ENTROPY.claims[0], id="more", requires=(impossible,)))
    (found,) = never_satisfied([replace(CROSS_ENTROPY, claims=claims)])
    assert found == "CrossEntropyLoss: Σ_k y[n, k]² = -1"

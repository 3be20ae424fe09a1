"""The documents' claims: each gets the verdict that stands in it, with evidence that holds on its own."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from derivations.judge import Verdict, judge
from derivations.layer import OPEN, PROVEN, REFUTED
from derivations.layers import JUDGED, LAYERS

LINEAR = """forward weight chain.W jacobian.1 jacobian.2 jacobian.equal jacobian.shape grad.W grad.W.shape
chain.input jacobian.input delta.transposed delta.middle delta"""
CROSS_ENTROPY = "step.1 forward backward.entry backward.true backward.other backward.matrix backward"
SECTIONS = {"linear": LINEAR, "logsoftmax_ce": CROSS_ENTROPY, "bce": "forward backward"}
IDS = {f"1.{section}.{name}" for section, names in SECTIONS.items() for name in names.split()}
CLAIMS = {claim.id: claim for layer in JUDGED for claim in layer.claims}


@cache
def verdicts() -> dict[str, Verdict]:
    """All verdicts, judged once."""
    return {verdict.id: verdict for layer in JUDGED for verdict in judge(layer)}


def test_every_formula_of_these_sections_has_a_claim_once() -> None:
    ids = [claim.id for layer in JUDGED for claim in layer.claims]
    assert len(ids) == len(set(ids))
    assert set(ids) >= IDS
    assert JUDGED[: len(LAYERS)] == LAYERS


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
        assert verdict.witness is None
        return
    assert claim.correction is not None
    assert verdict.derived != verdict.statement
    assert verdict.reason.endswith(".")
    assert verdict.witness is not None
    assert json.loads(json.dumps(verdict.witness))["left"] != verdict.witness["right"]


def test_the_cross_entropy_rests_on_a_target_that_sums_to_1_and_nothing_else() -> None:
    assert verdicts()["1.logsoftmax_ce.backward"].assumptions == ("Σ_k y[n, k] = 1",)
    assert verdicts()["1.logsoftmax_ce.backward.true"].assumptions == ()
    assert verdicts()["1.linear.forward"].assumptions == ("without b",)
    assert verdicts()["1.linear.delta"].assumptions == ()


def test_the_two_layouts_differ_where_the_witness_says() -> None:
    witness = verdicts()["1.linear.jacobian.equal"].witness
    assert witness is not None
    d, d_out = witness["sizes"]["d"], witness["sizes"]["d'"]
    z = [float(value) for value in witness["values"]["x"][witness["at"]["n"]]]
    by_input, by_output = np.zeros((d_out, d * d_out)), np.zeros((d_out, d * d_out))
    for out in range(d_out):
        for entry in range(d):
            by_input[out, entry * d_out + out] = z[entry]
            by_output[out, out * d + entry] = z[entry]
    place = witness["at"]["row"], witness["at"]["column"]
    assert (by_input[place], by_output[place]) == (float(witness["left"]), float(witness["right"]))


def test_the_shapes_differ_where_the_witness_says() -> None:
    sizes = verdicts()["1.linear.delta.transposed"].witness["sizes"]
    delta, w = np.ones((2, sizes["d'"])), np.ones((sizes["d'"], sizes["d"]))
    with pytest.raises(ValueError, match="mismatch"):
        delta @ w.T
    assert (delta @ w).shape == (2, sizes["d"])


def test_proven_names_both_judges() -> None:
    for verdict in verdicts().values():
        if verdict.verdict is PROVEN and "shape" not in verdict.id:
            assert "normal form: residual 0" in verdict.checks
            assert any("2^-1" in check or "2^-2" in check for check in verdict.checks), verdict.id

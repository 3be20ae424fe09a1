"""``backproof prove``, ``derive`` and ``list``: what they say, and what they make of wrong words."""

import json
import os
import subprocess
import sys
import unicodedata
from dataclasses import replace
from fractions import Fraction

import pytest

from codegen import cli
from derivations.layer import OPEN, PROVEN, REFUTED
from tests.cli.stand_ins import Check, Verdict, judge, run

FIELDS = ["id", "verdict", "statement", "derived", "witness", "reason", "assumptions", "checks"]


def test_prove_says_what_it_judged(fakes):
    run("generate")
    result = run("prove")
    assert result.exit_code == 0, result.output
    assert "proven     1.linear.delta   ∂L/∂ŷ[n] = [a = b]" in result.output
    assert "right is   δ·W" in result.output
    assert "4 claims: 3 proven, 1 refuted; 3 of 3 checks of generated modules hold" in result.output
    assert "1 assumption, 0 of them never satisfied" in result.output
    rows = [line.split() for line in result.output.splitlines()]
    assert ["formulas", "proven", "refuted", "incomplete", "definition", "open"] in rows
    assert ["1.linear", "2"] in rows
    assert ["2.ce", "1", "1"] in rows


def test_prove_fails_on_an_assumption_that_nothing_satisfies(fakes, monkeypatch):
    run("generate")
    monkeypatch.setattr("derivations.assumptions.never_satisfied", lambda layers: ["Linear: x[n, i]² = -1"])
    result = run("prove")
    assert result.exit_code == 1
    assert "1 of them never satisfied" in result.output
    assert "Linear: x[n, i]² = -1: nothing was found that satisfies it" in result.stderr


def test_prove_as_json_has_the_promised_fields(fakes):
    run("generate")
    fakes.judging.judge = lambda layer: [
        replace(verdict, witness={"N": 1, "x": Fraction(1, 2)}) for verdict in judge(layer)
    ]
    told = json.loads(run("prove", "--json").stdout)
    assert [list(each) for each in told] == [FIELDS] * 4
    assert [each["id"] for each in told] == ["1.linear.delta", "1.linear.W", "2.ce.delta", "2.ce"]
    assert [each["verdict"] for each in told] == ["proven", "proven", "refuted", "proven"]
    assert told[0]["witness"] == {"N": 1, "x": "1/2"}
    assert "ŷ" in told[0]["statement"]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (["1.linear.W"], ["1.linear.W"]),
        (["1.linear"], ["1.linear.delta", "1.linear.W"]),
        (["2.ce"], ["2.ce"]),
        (["2.ce.delta", "1.linear.W"], ["1.linear.W", "2.ce.delta"]),
    ],
)
def test_prove_some(fakes, asked, answered):
    run("generate")
    result = run("prove", *asked, "--json")
    assert result.exit_code == 0
    assert [each["id"] for each in json.loads(result.stdout)] == answered


@pytest.mark.parametrize(("verdict", "expected"), [(REFUTED, PROVEN), (OPEN, PROVEN), (OPEN, OPEN)])
def test_prove_fails_on_an_unexpected_verdict(fakes, verdict, expected):
    run("generate")
    fakes.judging.judge = lambda layer: [Verdict(claim.id, verdict, expected) for claim in layer.claims]
    result = run("prove", "1.linear.delta")
    assert result.exit_code == 1
    assert f"expected   {expected.value}" in result.output


def test_prove_fails_where_a_module_is_missing_or_means_something_else(fakes):
    result = run("prove", "--json")
    assert result.exit_code == 1
    assert "linear.py exists does not hold: run backproof generate Linear" in result.stderr
    assert len(json.loads(result.stdout)) == 4

    run("generate")
    fakes.pipeline.read_back_module = lambda layer, path: [Check(layer.name, "dx = ∂x", False, "line 12")]
    result = run("prove")
    assert result.exit_code == 1
    assert "Linear: dx = ∂x does not hold: line 12" in result.output
    assert "0 of 3 checks" in result.output


def test_derive(fakes):
    assert run("derive", "Linear").output == "Linear in text\n"
    assert run("derive", "CrossEntropy", "--latex").output == "CrossEntropyLoss in LaTeX\n"


@pytest.mark.parametrize("spelling", ["Sigmoïde", unicodedata.normalize("NFD", "Sigmoïde"), "sigmoid"])
def test_names_are_found_however_they_are_typed(fakes, spelling):
    assert run("derive", spelling).output == "Sigmoid in text\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["generate", "Liner"], "There is no layer 'Liner': did you mean Linear or Lineaire?"),
        (["generate", "Linear", "Sigmoide"], "did you mean Sigmoid or Sigmoïde?"),
        (["derive", "crossentropyloss2"], "did you mean CrossEntropyLoss"),
        (["derive", "xyz"], "There is no layer 'xyz'; there are Linear, "),
        (["prove", "1.linear.detla"], "There is no claim '1.linear.detla': did you mean 1.linear.delta"),
        (["prove", "9"], "There is no claim '9'; backproof prove judges them all"),
    ],
)
def test_an_unknown_name_is_refused_with_what_comes_near(fakes, arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not fakes.home.exists()


def test_list_names_layers_and_aliases(fakes):
    result = run("list")
    assert result.exit_code == 0
    for word in ("Linear", "CELogSoftmax", "Sigmoïde", "W, b"):
        assert word in result.output


@pytest.mark.parametrize("command", ["generate", "prove", "derive", "list"])
def test_every_command_has_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: backproof {command}" in result.output


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_accents_survive_any_pipe(encoding):
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "codegen", "derive", "Sigmoïdd-∂"]
    result = subprocess.run(command, capture_output=True, env=environment)
    assert result.returncode == 2
    assert "There is no layer 'Sigmoïdd-∂'" in result.stderr.decode("utf-8")


def test_version_is_that_of_the_distribution(monkeypatch):
    monkeypatch.setattr(cli, "version", {"backproof": "12.3"}.__getitem__)
    assert run("--version").output == "backproof 12.3\n"

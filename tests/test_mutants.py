"""No mutant goes unnoticed, and no checker complains of what is right."""

import ast

import pytest

from derivations.derivation import Variant, variants
from derivations.layers import LAYERS
from derivations.notation import name_of
from tests.attacks.checkers import CHECKERS
from tests.attacks.formula_mutants import rules
from tests.attacks.mutant import LEVELS, Mutant, derivation_of, original
from tests.attacks.score import as_json, is_noticed, mutants, score

EVERY = 11
"""The default suite takes every so manieth mutant; the whole run takes minutes."""

EQUIVALENT: frozenset[str] = frozenset()
"""Mutants that change nothing: the same real function, as safe and as accurate; each with its reason."""


def _unchanged():
    for layer in LAYERS:
        text = original(layer.name)
        for function in ast.parse(text).body:
            if isinstance(function, ast.FunctionDef):
                variant = Variant(as_label=function.name.endswith("_labels"))
                yield Mutant("text", "none", layer, variant, function.name, "", text)
        for variant in variants(layer):
            for entry, right in rules(derivation_of(layer.name, variant)) if not variant.absent else ():
                yield Mutant("formula", "none", layer, variant, name_of(entry), "", "", entry, right)


def test_no_checker_complains_of_what_is_right():
    for right in _unchanged():
        complaints = [name for name, check in CHECKERS.items() if check(right)]
        assert not complaints, f"{right.id}: {complaints}"


def test_there_are_enough():
    assert len(mutants()) >= 300
    assert {mutant.level for mutant in mutants()} == set(LEVELS)
    assert {mutant.layer.name for mutant in mutants()} == {layer.name for layer in LAYERS}


def test_sample_is_noticed():
    survivors = {mutant.id for mutant in mutants()[::EVERY] if not is_noticed(mutant)}
    assert survivors <= EQUIVALENT


@pytest.mark.slow
def test_every_mutant_is_noticed_and_every_checker_notices():
    rows = [score(mutant) for mutant in mutants()]
    assert {row.mutant.id for row in rows if row.survives} == EQUIVALENT
    for name, counts in as_json(rows)["checkers"].items():
        assert counts["killed"] >= 0.2 * counts["asked"], f"{name} notices {counts}"

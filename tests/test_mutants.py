"""No mutant goes unnoticed, and no checker complains of what is right."""

import ast

import pytest

from derivations.derivation import Variant, variants
from derivations.notation import name_of
from tests.attacks.checkers import CHECKERS
from tests.attacks.formula_mutants import rules
from tests.attacks.mutant import LAYERS, LEVELS, WITH_WINDOWS, WITHOUT_WINDOWS, Mutant, derivation_of, original
from tests.attacks.score import as_json, is_noticed, mutants, score

EVERY, EVERY_WITH_WINDOWS = 3, 25
"""The default suite takes every so manieth mutant; the whole run takes minutes."""

EQUIVALENT = {
    "∂z[n, j]/(2*(-s)**2)": "(-s)² is s²",
    "(1 - (-tanh(a[n, i]))**2)": "(-t)² is t²",
    "Max((1000001/1000000)*0, a[n, i])": "a multiple of 0",
    "positive(1000001*a[n, i]/1000000)": "a positive multiple has the same sign",
    "ReLU.forward: line 2, a -> z": "[max(a, 0) > 0] is [a > 0]",
    "NLLLoss.backward_labels: ∂ŷ: np.zeros((N, K), dtype=dloss.dtype) -> -np.zeros": "-0 is 0",
    "np.zeros((N, K), dtype=delta.dtype) * 1000001": "zeros, whatever they are multiplied by",
    "RBF.forward: m: c -> 1000001": "any centre m cancels; this one is as near to the points",
    "RBF.forward: line 1, m = c.mean(axis=0) -> m = c.mean(axis=0) * 1000001": "the same",
    "RBF.forward: line 1, c.mean(axis=0) -> c.max(axis=0)": "any centre m cancels; this one is near enough",
    "np.zeros((N, C, H, W), dtype=dy.dtype) -> -np.zeros": "-0 is 0",
    "np.zeros((N, C, H, W), dtype=delta.dtype) * 1000001": "zeros, whatever they are multiplied by",
    "GlobalAvgPool2d.forward: line 1, (_, _, H, W) -> (_, _, W, H)": "H·W is W·H, and nothing else reads them",
    "UntiedBias2d.backward: line 2, delta -> dx": "dx is δ",
    "text, no guard, ": "what is right at every stride is right at stride 1",
}
"""Mutants that change nothing, by a part of their name, with the reason; balls and values accept them too."""


SAYS_NOTHING = ("safety",)
"""Of windows: it asks whether numbers stay in their range, and those of another window do."""


def is_equivalent(mutant: Mutant) -> bool:
    """Whether a mutant is known to change nothing."""
    return any(part in mutant.id for part in EQUIVALENT)


def _unchanged(names):
    for layer in map(LAYERS.__getitem__, names):
        text = original(layer.name)
        for function in ast.parse(text).body:
            if isinstance(function, ast.FunctionDef):
                variant = Variant(as_label=function.name.endswith("_labels"))
                yield Mutant("text", "none", layer, variant, function.name, "", text)
        for variant in variants(layer):
            for entry, right in rules(derivation_of(layer.name, variant)) if not variant.absent else ():
                yield Mutant("formula", "none", layer, variant, name_of(entry), "", "", entry, right)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name == "values" else name for name in CHECKERS]
)
def test_no_checker_complains_of_what_is_right(name: str):
    assert [right.id for right in _unchanged(WITHOUT_WINDOWS) if CHECKERS[name](right)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKERS)
def test_no_checker_complains_of_what_is_right_of_windows(name: str):
    assert [right.id for right in _unchanged(WITH_WINDOWS) if CHECKERS[name](right)] == []


def test_there_are_enough():
    assert len(mutants(WITHOUT_WINDOWS)) >= 2000
    assert len(mutants(WITH_WINDOWS)) >= 1000
    for names in (WITHOUT_WINDOWS, WITH_WINDOWS):
        assert {mutant.level for mutant in mutants(names)} == set(LEVELS)
        assert {mutant.layer.name for mutant in mutants(names)} == set(names)


@pytest.mark.parametrize(
    "names, every",
    [pytest.param(WITHOUT_WINDOWS, EVERY, id="layers"), pytest.param(WITH_WINDOWS, EVERY_WITH_WINDOWS, id="windows")],
)
def test_sample_is_noticed(names: tuple[str, ...], every: int):
    assert [m.id for m in mutants(names)[::every] if not is_noticed(m) and not is_equivalent(m)] == []


@pytest.mark.slow
@pytest.mark.parametrize("names", [WITHOUT_WINDOWS, WITH_WINDOWS], ids=["layers", "windows"])
def test_every_mutant_is_noticed_and_every_checker_notices(names: tuple[str, ...]):
    rows = [score(mutant) for mutant in mutants(names)]
    assert [row.mutant.id for row in rows if row.survives and not is_equivalent(row.mutant)] == []
    assert [row.mutant.id for row in rows if is_equivalent(row.mutant) and not row.survives] == []
    for name, counts in as_json(rows)["checkers"].items():
        if name not in SAYS_NOTHING or names == WITHOUT_WINDOWS:
            assert counts["killed"] >= 0.2 * counts["asked"], f"{name} notices {counts}"

"""True rewrites of random formulas are recognised, false ones never, and the order of writing is nothing."""

import subprocess
import sys
from random import Random

import pytest
from sympy import Add

from derivations.fingerprint import agree
from derivations.form import NotShown
from derivations.normal_form import is_zero, to_form
from tests.attacks.expressions import MEANING, PROBE, minus
from tests.attacks.falsify import falsified
from tests.attacks.random_formulas import random_formula
from tests.attacks.rewrites import rewritten, shuffled

FLOOR = 0.85
"""The part of the true rewrites that has to be recognised: 88 in 100 are, of chains of up to five."""

COUNTS = [200, pytest.param(1000, marks=pytest.mark.slow)]


def rewrite(seed: int):
    """A random formula, and the same one after one to five rewrites."""
    random = Random(seed)
    formula = random_formula(random, 3)
    return formula, rewritten(random, formula, random.randint(1, 5))[0]


@pytest.mark.parametrize("count", COUNTS)
def test_true_rewrites_are_recognised(count: int):
    seen = [is_zero(Add(left, minus(right)), MEANING) for left, right in map(rewrite, range(count))]
    assert sum(seen) >= FLOOR * count, f"{sum(seen)} of {count} recognised"


@pytest.mark.parametrize("count", COUNTS)
def test_false_rewrites_are_not(count: int):
    """A small change to the rewritten formula is not called equal, unless it happens to change nothing."""
    for seed in range(count):
        left, right = rewrite(seed)
        wrong, kind = falsified(Random(seed), right)
        if is_zero(Add(left, minus(wrong)), MEANING):
            opinion = agree(PROBE, left, wrong)
            assert opinion.verdict == "agree", f"seed {seed}, {kind}: {left} is not {wrong}: {opinion.reason}"


def test_small_changes_do_change_something():
    """Else the test above would show nothing."""
    pairs = [rewrite(seed) for seed in range(25)]
    opinions = [agree(PROBE, left, falsified(Random(seed), right)[0]) for seed, (left, right) in enumerate(pairs)]
    assert sum(opinion.verdict == "differ" for opinion in opinions) > 20


@pytest.mark.parametrize("seed", range(150))
def test_order_of_writing_changes_nothing(seed: int):
    formula = random_formula(Random(seed), 4)
    try:
        form = to_form(formula, MEANING)
    except NotShown:
        pytest.skip("not in the normal form's reach")
    for attempt in range(3):
        other = shuffled(Random(f"{seed} {attempt}"), formula)
        assert to_form(other, MEANING) == form, f"{formula} and {other}"


FORMS = """
from random import Random
from derivations.normal_form import to_form
from tests.attacks.expressions import MEANING
from tests.attacks.random_formulas import random_formula
print([to_form(random_formula(Random(seed), 3), MEANING) for seed in range(40)])
"""


def test_processes_agree():
    """Hashes of SymPy's dummies differ from process to process; forms do not."""
    printed = {
        subprocess.run(
            [sys.executable, "-c", FORMS], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("0", "1")
    }
    assert len(printed) == 1

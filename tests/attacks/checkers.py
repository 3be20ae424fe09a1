"""Each checker alone: whether it takes a mutant for right. What it cannot look at, it has no opinion of.

``True`` means killed: the checker noticed. ``False`` means that it took the mutant for right. ``None``
means that the mutant is nothing to this checker, or was refused before it came to its turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import numpy as np
from flint import arb

from codegen.intervals import FLOAT64
from codegen.verify_safety import STANDARD, safeties
from derivations.derivation import specialise
from derivations.fingerprint import agree
from derivations.normal_form import is_zero
from tests.attacks.mutant import Mutant, derivation_of
from tests.attacks.reading import REFUSALS, Question, questions, views
from tests.attacks.running import Pair, assumption_of, pairs
from tests.regime.balls import check_backward_on_balls, check_forward_on_balls, check_linear_in_delta, require_zero
from tests.regime.finite_differences import check_finite_differences
from tests.regime.numbers import BITS, lift, precision
from tests.regime.oracle_check import check_against_oracle
from tests.regime.properties import check_call
from tests.regime.values import check_in_range, extreme_draws

Checker = Callable[[Mutant], bool | None]
SEEDS = range(3)

MORE_REGIONS = ("strided", "padded")
"""What the usual arguments say nothing of: a stride, a padding, a dilation. Their sizes are fixed: one draw of each."""


def reader(mutant: Mutant) -> bool | None:
    """Read-back refuses the text."""
    if mutant.level == "formula":
        return None
    try:
        questions(mutant, facts=True)
    except REFUSALS:
        return True
    return False


def normal_form(mutant: Mutant) -> bool | None:
    """The normal form does not show that what is read is what was derived."""
    if mutant.level == "formula":
        derivation = derivation_of(mutant.layer.name, mutant.variant)
        return not is_zero(mutant.entry - mutant.formula, derivation.meaning)
    try:
        return not all(_is_shown(question) for question in questions(mutant, facts=True))
    except REFUSALS:
        return None


def fingerprint(mutant: Mutant) -> bool | None:
    """The fingerprint does not agree; gradients are its own, by dual numbers."""
    if mutant.level == "formula":
        layer = specialise(mutant.layer, mutant.variant)
        if mutant.entry in layer.forward:
            return agree(layer, layer.forward[mutant.entry], mutant.formula).verdict != "agree"
        return agree(layer, mutant.entry, mutant.formula).verdict != "agree"
    try:
        return not all(_agrees(question) for question in questions(mutant, facts=False))
    except REFUSALS:
        return None


def safety(mutant: Mutant) -> bool | None:
    """Some operation is not shown to stay in its range."""
    if mutant.level == "formula" or mutant.name.startswith("assumption"):
        return None
    is_forward = not mutant.name.startswith("backward")
    try:
        for view in views(mutant):
            first = mutant.name if is_forward else f"forward{view.suffix}"
            backwards = [f"backward{view.suffix}"] if is_forward else [mutant.name]
            if any(not found.is_shown for _, found in safeties(view, first, backwards, STANDARD, FLOAT64)):
                return True
    except REFUSALS:
        return None
    return False


def balls(mutant: Mutant) -> bool | None:
    """On balls, forward is not the plain loops', backward not the derivative of forward, or not linear in δ."""
    if mutant.name.startswith("assumption"):
        return _rejects(lambda: _check_assumption(mutant))
    return _rejects(lambda: _run(mutant, check_forward_on_balls, check_backward_on_balls, check_linear_in_delta))


def differences(mutant: Mutant) -> bool | None:
    """Difference quotients of forward are not backward."""
    if mutant.name.startswith("assumption"):
        return None
    return _rejects(lambda: _run(mutant, check_finite_differences, seeds=range(2)))


def values(mutant: Mutant) -> bool | None:
    """In floating point: extreme values, lost digits against plain loops, arrays changed or shared."""
    if mutant.level == "formula" or mutant.name.startswith("assumption"):
        return None
    return _rejects(lambda: _check_values(mutant))


CHECKERS: Mapping[str, Checker] = {
    "read-back": reader,
    "normal form": normal_form,
    "fingerprint": fingerprint,
    "safety": safety,
    "balls": balls,
    "differences": differences,
    "values": values,
}
"""Every checker, cheapest first but for the last."""


@lru_cache(maxsize=1 << 12)
def _is_shown(question: Question) -> bool:
    return bool(is_zero(question.entry - question.computed, question.meaning))


@lru_cache(maxsize=1 << 12)
def _agrees(question: Question) -> bool:
    return agree(question.layer, question.entry, question.computed).verdict == "agree"


def _rejects(check: Callable[[], object]) -> bool:
    """Whether a check fails, be it that the mutant does not run at all."""
    try:
        with np.errstate(all="ignore"):
            check()
    except Exception:  # a mutant may fail in any way there is
        return True
    return False


def _run(mutant: Mutant, *checks: Callable[..., None], seeds: range = SEEDS) -> None:
    for case, functions in _known(mutant):
        drawn = [case.draw(seed) for seed in seeds]
        drawn += [case.draw(0, region=region) for region in MORE_REGIONS if region in case.regions]
        for arguments in drawn:
            for check in checks:
                check(case, functions, arguments)


def _known(mutant: Mutant) -> Iterator[Pair]:
    found = pairs(mutant)
    if not found:
        raise LookupError(f"no case runs {mutant.id}")
    yield from found


def _check_assumption(mutant: Mutant) -> None:
    gap = assumption_of(mutant)
    with precision(BITS):
        for seed in SEEDS:
            y = np.random.default_rng(seed).standard_normal((2 + seed, 4 - seed))
            lifted = lift({"y": y})["y"]
            expected = np.array([sum(row, arb(-1)) for row in lifted], dtype=object)
            require_zero(gap(lifted) - expected, "left minus right of the assumption")


def _check_values(mutant: Mutant) -> None:
    for case, functions in _known(mutant):
        for region in case.regions:
            for dtype in (np.float64, np.float32):
                check_against_oracle(case, functions, case.draw(0, region=region), dtype)
        for arguments in extreme_draws(case, np.float64, count=2):
            check_in_range(case, functions, arguments, np.float64)
        arguments = case.draw(0)
        delta = np.random.default_rng(0).standard_normal(functions.output(*arguments.values()).shape)
        check_call(case, functions, arguments, delta)

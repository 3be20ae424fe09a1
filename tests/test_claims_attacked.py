"""Claims that were built to mislead the judge: no false one is accepted, no true one is refuted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sympy import Expr, Integer, Max

from derivations.judge import Verdict, judge_claim
from derivations.layer import INCOMPLETE, OPEN, PROVEN, REFUTED, All, At, Blank, Claim, Equal, Layer, Statement
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.linear import LINEAR
from derivations.layers.nll_loss import NLL
from derivations.layers.tanh import TANH
from derivations.notation import as_written, axes, d, delta, derivative, is_zero_at, jacobian, positive, size_of, sum_
from tests.attacks import claims_at_sizes, claims_at_ties, claims_derived, claims_given, claims_true
from tests.attacks.claim_cases import HALF, PRODUCT, Case, D, K, W, a, b, h, i, j, k, logp, loss, n, t, u, v, w, x, y, z


def _cases(*builders: Callable[[], Iterator[Case]]) -> list[Any]:
    found = []
    for build in builders:
        with as_written():
            made = list(build())
        found += [pytest.param(*case, id=f"{build.__name__} {r}") for r, case in enumerate(made)]
    return found


FALSE = _cases(
    claims_at_sizes.false_examples,
    claims_at_sizes.false_sizes,
    claims_derived.false_primes,
    claims_derived.false_functions,
    claims_derived.false_chains,
    claims_given.false_declarations,
    claims_given.false_together,
    claims_given.false_hypotheses,
    claims_at_ties.false_at_ties,
    claims_at_ties.false_maxima,
    claims_given.false_labels,
)
TRUE = _cases(claims_true.true_claims)
NOT_SHOWN = _cases(claims_true.true_yet_open)


def _judged(layer: Layer, statement: Statement, **more: Any) -> Verdict:
    return judge_claim(layer, Claim("test", statement, PROVEN, **more))


def test_there_are_enough() -> None:
    assert len(FALSE) >= 300
    assert len(TRUE) >= 70


@pytest.mark.parametrize(("layer", "statement", "more"), FALSE)
def test_a_false_claim_is_not_accepted(layer: Layer, statement: Statement, more: dict[str, Any]) -> None:
    try:
        found = _judged(layer, statement, **more)
    except ValueError as error:
        assert str(error)
        return
    assert found.verdict in (REFUTED, OPEN), found.checks


@pytest.mark.parametrize(("layer", "statement", "more"), TRUE)
def test_a_true_claim_is_accepted(layer: Layer, statement: Statement, more: dict[str, Any]) -> None:
    found = _judged(layer, statement, **more)
    assert found.verdict not in (REFUTED, OPEN), (found.reason, found.witness)


@pytest.mark.parametrize(("layer", "statement", "more"), NOT_SHOWN)
def test_a_true_claim_is_not_refuted(layer: Layer, statement: Statement, more: dict[str, Any]) -> None:
    assert _judged(layer, statement, **more).verdict is not REFUTED


def test_what_is_absent_at_the_documents_sizes_is_said() -> None:
    with as_written():
        there = Equal(z[n, j], x[n, 0] * W[j, 0] + x[n, 1] * W[j, 1])
        general = Equal(z[n, j], sum_(x[n, i] * W[j, i], i) + b[j])
    assert "without b" in _judged(LINEAR, there, at=At({D: 2}), general=general).assumptions


def test_a_correction_is_right_with_what_the_claim_was_refuted_with() -> None:
    with as_written():
        wrong = Equal(z[n, j], 2 * sum_(x[n, i] * W[j, i], i))
        without_bias = Equal(z[n, j], sum_(x[n, i] * W[j, i], i))
    found = _judged(LINEAR, wrong, correction=without_bias)
    assert found.verdict is REFUTED
    assert "without b" in found.assumptions


@pytest.mark.parametrize(
    ("correction", "rests_on"),
    [(x[k], ("x[k] = 1", "w[k] = 1")), (Integer(1), ("x[k] = 1", "w[k] = 1")), (x[k] * w[k], ())],
)
def test_a_correction_of_an_example_names_its_numbers(correction: Expr, rests_on: tuple[str, ...]) -> None:
    numbers = At({K: 2}, {x[k]: Integer(1), w[k]: Integer(1)})
    found = _judged(PRODUCT, Equal(z[k], Integer(2)), at=numbers, correction=Equal(z[k], correction))
    assert (found.verdict, found.assumptions) == (REFUTED, rests_on)


def test_a_wrong_correction_of_an_example_is_open() -> None:
    numbers = At({K: 2}, {x[k]: Integer(1), w[k]: Integer(1)})
    assert _judged(PRODUCT, Equal(z[k], Integer(2)), at=numbers, correction=Equal(z[k], Integer(3))).verdict is OPEN


def test_a_witness_at_an_example_holds_the_numbers_of_the_example() -> None:
    found = _judged(CROSS_ENTROPY, Equal(loss[n], -logp[n, 1]), at=At({K: 4}, {y[n, k]: delta(k, 2)}))
    assert found.verdict is REFUTED
    assert found.witness["values"]["y"] == [["0", "0", "1", "0"]]


@pytest.mark.parametrize(
    "values",
    [{x[0]: Integer(1), x[1]: Integer(2)}, {x[k]: w[h]}, {x[k]: z[k]}, {x[n]: Integer(1)}],
    ids=["entries", "free", "circular", "another axis"],
)
def test_an_example_that_means_nothing_is_refused_with_a_word(values: dict[Any, Any]) -> None:
    with pytest.raises(ValueError):
        _judged(PRODUCT, Equal(z[k], Integer(3)), at=At({K: 2}, values))


def test_a_prime_of_a_gradient_is_refused_with_a_word() -> None:
    with as_written():
        second = Equal(derivative(d(a)[n, i] * a[n, i], a[n, i]), d(a)[n, i])
    with pytest.raises(ValueError):
        _judged(TANH, second)


@pytest.mark.parametrize("at_tie", [0, 1, HALF], ids=str)
def test_a_tie_of_two_formulas_is_not_judged(at_tie: Expr | int) -> None:
    larger = Layer("Larger", inputs=(u[k], v[k]), forward={z[k]: Max(u[k], v[k])})
    slope = positive(u[k] - v[k]) + at_tie * is_zero_at(u[k] - v[k])
    assert _judged(larger, Equal(jacobian(z[k], u[k]), slope)).verdict is OPEN


def test_a_label_of_a_target_that_is_given_is_refused_with_a_word() -> None:
    with pytest.raises(ValueError, match="no label t"):
        _judged(NLL, Equal(loss[n], delta(t[n], 2)), at=At({K: 4}, {y[n, k]: delta(k, 2)}))


def test_two_axes_of_one_index_are_refused_before_they_are_fixed() -> None:
    r, c, rows, columns = axes("r:A c:B s:A s:B")
    layer = Layer("Outer", inputs=(x[r], w[c]), forward={z[r, c]: x[r] * w[c]})
    sizes = At({size_of(rows): 2, size_of(columns): 2})
    with pytest.raises(ValueError, match="runs over A and over B"):
        _judged(layer, Equal(x[rows] * w[columns], x[rows] ** 2), at=sizes)


@pytest.mark.parametrize("right", [1, 2], ids=["right", "wrong"])
def test_what_is_left_blank_is_never_proven(right: int) -> None:
    blank = All((Blank(z[k], right * x[k] * w[k]),))
    assert _judged(PRODUCT, blank).verdict is (INCOMPLETE if right == 1 else OPEN)
    assert _judged(PRODUCT, Equal(z[k], x[k] * w[k]), at=At({K: 2}), general=blank).verdict is not PROVEN

"""How claims are taken: as typed, at the document's sizes and in general, with what a document leaves out."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from sympy import Add, Integer, Rational, exp

from derivations.claim_cases import layer_at
from derivations.compose import compose
from derivations.definition import DefinitionError, check_layer
from derivations.judge import Verdict, judge_claim
from derivations.latex import latex, latex_statement
from derivations.layer import (
    DEFINITION,
    INCOMPLETE,
    OPEN,
    PROVEN,
    REFUTED,
    All,
    At,
    Claim,
    Defines,
    Equal,
    Layer,
    Statement,
)
from derivations.layers import JUDGED
from derivations.layers import document_1_autoencoder as autoencoder
from derivations.layers import document_2_fully_connected as fc
from derivations.layers import document_2_last_layer as last
from derivations.layers.mse_loss import MSE
from derivations.layers.nll_loss import EXAMPLE, NLL
from derivations.layers.sigmoid import SIGMOID
from derivations.layers.softmax import SOFTMAX
from derivations.layers.tanh import TANH
from derivations.notation import as_written, axes, d, delta, derivative, jacobian, size_of, sum_, tensors
from derivations.obligations import formulas

K = size_of(last.i)
LAST, FC = last.DOCUMENT_2_LAST_LAYER, fc.DOCUMENT_2_FULLY_CONNECTED
n, i = axes("n:N i:d")
a, z = tensors("a z")


def verdict(layer: Layer, statement: Statement, **more: object) -> Verdict:
    """The verdict on a statement, whatever is expected."""
    return judge_claim(layer, Claim("test", statement, PROVEN, **more))


def claim(layer: Layer, name: str) -> Claim:
    """A claim of a layer by the end of its id."""
    return next(c for c in layer.claims if c.id.endswith(name))


# As typed -------------------------------------------------------------------------------------------


def test_one_plus_e_minus_one_stands_in_its_step_unevaluated() -> None:
    statement = claim(SIGMOID, "sigmoid.step.4").statement
    assert isinstance(statement, Equal)
    longer = Add(1, exp(-a[n, i]), -1, evaluate=False)
    found = [sum_ for sum_ in statement.right.atoms(Add) if set(sum_.args) == set(longer.args)]
    assert len(found) == 1
    assert len(found[0].args) == 3
    assert found[0] != exp(-a[n, i])
    assert "1 + e^{- a_{n i}} - 1" in latex_statement(statement)
    assert statement.left != statement.right


@pytest.mark.parametrize("layer", [SIGMOID, TANH], ids=lambda layer: layer.name)
def test_no_step_is_proven_by_being_written_twice(layer: Layer) -> None:
    steps = [c.statement for c in layer.claims if ".step." in c.id]
    for before, after in pairwise(steps):
        assert after.left == before.right, "each step goes on from the one before"
    assert all(step.left != step.right for step in steps)
    # What a step says is settled by the normal form, on forms: a wrong step of the same shape is refuted.
    for step in steps:
        assert verdict(layer, Equal(step.left, step.right)).verdict is PROVEN
        with as_written():
            wrong = Equal(step.left, step.right + Rational(1, 7) * a[n, i])
        assert verdict(layer, wrong).verdict is REFUTED


def test_a_wrong_minus_one_is_refuted() -> None:
    with as_written():
        shorter = 1 / (1 + exp(-a[n, i]))
        wrong = Equal(exp(-a[n, i]) * shorter, Add(1, exp(-a[n, i]), -2) * shorter)
    assert verdict(SIGMOID, wrong).verdict is REFUTED


# Derivatives ----------------------------------------------------------------------------------------


def test_a_prime_is_the_derivative_of_what_it_stands_at() -> None:
    grown = exp(-a[n, i])
    with as_written():
        assert verdict(SIGMOID, Equal(derivative(1 + grown, a[n, i]), -grown)).verdict is PROVEN
        assert verdict(SIGMOID, Equal(derivative(1 + grown, a[n, i]), grown)).verdict is REFUTED
        assert verdict(SIGMOID, Equal(derivative(z[n, i] ** 2, a[n, i]), 2 * z[n, i])).verdict is REFUTED


def test_the_derivative_of_a_sum_over_a_batch_meets_every_term() -> None:
    m, q = axes("m:N q:d")
    y, yhat = tensors("y ŷ")
    whole = sum_((yhat[m, q] - y[m, q]) ** 2, m, q)
    twice = sum_((yhat[m, i] - y[m, i]) * (yhat[n, q] - y[n, q]), m, q)
    assert verdict(MSE, Equal(derivative(whole, yhat[n, i]), 2 * (yhat[n, i] - y[n, i]))).verdict is PROVEN
    assert verdict(MSE, Equal(derivative(whole, yhat[n, i]), 2 * twice)).verdict is REFUTED


def test_a_derivative_has_no_place_in_a_definition() -> None:
    with pytest.raises(DefinitionError, match="not in the language"):
        check_layer(replace(TANH, forward={z[n, i]: derivative(a[n, i] ** 2, a[n, i])}, claims=()))


# Sizes and numbers ----------------------------------------------------------------------------------


def test_what_holds_only_at_the_documents_sizes_is_open() -> None:
    both = Equal(last.out[0] + last.out[1], Integer(1))
    assert verdict(LAST, both, at=At({K: 2})).verdict is OPEN
    assert verdict(LAST, both, at=At({K: 2})).reason == "proven at K = 2, refuted in general"
    found = verdict(LAST, both, at=At({K: 3}))
    assert found.verdict is REFUTED
    assert found.witness is not None
    assert (found.witness["sizes"], found.witness["left"]) == ({"K": 3}, "2/3")


def test_a_claim_unit_by_unit_is_false_if_one_unit_is() -> None:
    parts = [Defines(last.out[r], exp(last.a[r]) / Add(*(exp(last.a[s]) for s in range(3)))) for r in range(3)]
    general = Defines(last.out[last.i], exp(last.a[last.i]) / sum_(exp(last.a[last.k]), last.k))
    more = {"at": At({K: 3}), "general": general}
    assert verdict(LAST, All(tuple(parts)), **more).verdict is DEFINITION
    wrong = replace(parts[2], right=parts[0].right)
    found = verdict(LAST, All((*parts[:2], wrong)), at=At({K: 3}), general=replace(general, right=Integer(1)))
    assert found.verdict is REFUTED
    assert found.witness is not None
    assert found.witness["compares"].startswith("l[2] = ")
    assert found.witness["sizes"] == {"K": 3}
    assert verdict(LAST, All((*parts[:2], wrong)), **more).verdict is OPEN


def test_a_sum_over_three_units_is_the_sum_of_three_terms() -> None:
    spelled = Add(*(last.by_l(r) * jacobian(last.out[r], last.a[0]) for r in range(3)))
    general = Equal(last.by_a(last.i), sum_(last.by_l(last.j) * jacobian(last.out[last.j], last.a[last.i]), last.j))
    more = {"at": At({K: 3}), "general": general}
    assert verdict(LAST, Equal(last.by_a(0), spelled), **more).verdict is PROVEN
    two = Add(*spelled.args[:2])
    assert verdict(LAST, Equal(last.by_a(0), two), **more).verdict is OPEN
    assert verdict(LAST, Equal(last.by_a(0), two), at=At({K: 2}), general=general).verdict is PROVEN


@pytest.mark.parametrize(("value", "expected"), [(Rational(-3, 10), PROVEN), (Rational(-2, 5), REFUTED)])
def test_an_example_holds_at_its_numbers(value: Rational, expected: object) -> None:
    example = claim(NLL, "ce.example")
    found = judge_claim(NLL, replace(example, statement=Equal(example.statement.parts[0].left, value)))
    assert found.verdict is (expected if expected is PROVEN else REFUTED)
    if expected is REFUTED:
        assert found.witness is not None
        assert (found.witness["left"], found.witness["right"]) == ("-3/10", "-2/5")


def test_the_example_supervises_the_third_of_four_classes() -> None:
    target, prediction = EXAMPLE.values()
    index = target.args[0] if not target.args[0].is_Integer else target.args[1]
    values = [(target.subs(index, place), prediction.subs(index, place)) for place in range(4)]
    assert values == [(0, Rational(1, 5)), (0, Rational(2, 5)), (1, Rational(3, 10)), (0, Rational(1, 10))]


@pytest.mark.parametrize("numbers", [(256, 100, 11), (255, 100, 10), (256, 10, 10)])
def test_wrong_numbers_in_the_encoder_are_refuted(numbers: tuple[int, int, int]) -> None:
    found = judge_claim(
        autoencoder.DOCUMENT_1_ENCODER,
        replace(autoencoder.ENCODER_CLAIM, statement=autoencoder.shapes(*numbers)),
    )
    assert found.verdict is OPEN
    assert found.reason.startswith("refuted at d = 256, d' = 100, d'' = 10")


def test_encoder_and_decoder_fit_end_to_end_at_the_documents_numbers() -> None:
    encoder, decoder = autoencoder.DOCUMENT_1_ENCODER, autoencoder.DOCUMENT_1_DECODER
    first = layer_at(encoder, autoencoder.sizes(256, 100, 10).sizes)
    both = compose("Autoencoder", first, layer_at(decoder, autoencoder.sizes(10, 100, 256).sizes))
    ends = (*both.inputs[0].indices, *both.output.indices)
    assert [str(size_of(index)) for index in ends] == ["N", "256", "N", "256"]
    with pytest.raises(DefinitionError, match="cannot be 10"):
        compose("Autoencoder", first, layer_at(decoder, autoencoder.sizes(11, 100, 256).sizes))


def test_nothing_is_claimed_without_being_judged() -> None:
    with pytest.raises(ValueError, match="without parts"):
        All(())
    wrong = Equal(last.out[last.i], Integer(1))
    for at in (None, At({K: 3}, {last.a[last.i]: Integer(0)})):
        with pytest.raises(ValueError, match="fixed sizes"):
            Claim("test", Equal(last.out[0], last.out[0]), PROVEN, at=at, general=wrong)


# What a document leaves out -------------------------------------------------------------------------


def test_an_undeclared_symbol_is_declared_and_only_then_proven() -> None:
    given = claim(LAST, "dE_db")
    found = judge_claim(LAST, given)
    assert found.verdict is INCOMPLETE
    assert "a[i] = b[i] + u[i]" in found.assumptions
    assert found.witness is None
    twice = replace(given, declares={last.a[last.i]: last.u[last.i] + 2 * last.b[last.i]})
    assert judge_claim(LAST, twice).verdict is OPEN


def test_what_a_claim_does_not_need_may_not_be_declared() -> None:
    needless = replace(claim(LAST, "dl_da"), declares={last.a[last.i]: last.u[last.i] + last.b[last.i]})
    with pytest.raises(DefinitionError, match="which it must read"):
        judge_claim(LAST, needless)
    taken = replace(claim(LAST, "dE_db"), declares={last.a[last.i]: last.b[last.i] + last.o[last.i]})
    with pytest.raises(DefinitionError, match="the layer lack"):
        judge_claim(LAST, taken)


def test_no_reading_of_b_makes_document_2s_bias_gradient_true() -> None:
    assert verdict(FC, Equal(d(fc.bias)[fc.j], d(fc.inner)[fc.i]), at=fc.SIZES).verdict is REFUTED
    # As the bias of a_j = u_j + b_j, with i free or equal to j: f'(a_j) is missing still.
    b, u = tensors("b u")
    k = axes("k:n")[0]
    first = {fc.a[fc.i]: u[fc.i] + b[fc.i]}
    for right in (d(fc.inner)[k], d(fc.inner)[fc.i]):
        assert verdict(FC, Equal(d(b)[fc.i], right), declares=first).verdict is OPEN
    assert verdict(FC, Equal(d(b)[fc.i], d(fc.a)[fc.i]), declares=first).verdict is INCOMPLETE


# Printing -------------------------------------------------------------------------------------------


def test_positions_are_printed_from_1_and_a_lone_entry_without_its_index() -> None:
    assert latex(last.by_l(0)) == r"\frac{\partial E}{\partial l_{1}}"
    assert latex(d(fc.c)[1], "E") == r"\frac{\partial E}{\partial c_{2}}"
    (statement,) = [c.statement for c in SOFTMAX.claims]
    assert latex_statement(statement).endswith(r"\sum_{i=1}^{K} e^{i}}")
    assert latex(sum_(a[n, i] * delta(i, 0), i)).startswith(r"\sum_{i=")


def test_every_claim_of_document_2_names_its_own_symbols() -> None:
    for layer in JUDGED:
        for each in layer.claims:
            assert formulas(each.statement)
            assert "°" not in latex_statement(each.statement)

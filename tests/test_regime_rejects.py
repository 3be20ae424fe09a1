"""Each check of the regime, on its own, rejects functions that are wrong."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.regime import values
from tests.regime.accuracy import measure
from tests.regime.balls import check_backward_on_balls, check_forward_on_balls, check_linear_in_delta
from tests.regime.case import Case, Functions
from tests.regime.cases import BCE_WITH_LOGITS, CROSS_ENTROPY, LAYERS, LINEAR, RBF, RELU
from tests.regime.finite_differences import check_complex_step, check_finite_differences
from tests.regime.maps import check_adjoint, check_affine, check_trapezoid
from tests.regime.mistakes import MISTAKES, SLOPPINESS, mistaken
from tests.regime.numbers import DisagreementError
from tests.regime.oracle_check import check_against_oracle
from tests.regime.properties import check_call

each_case = pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in LAYERS])

SEES_BACKWARD: dict[str, Callable[..., None]] = {
    "balls": check_backward_on_balls,
    "central differences": check_finite_differences,
    "complex step": check_complex_step,
    "adjoint": check_adjoint,
    "trapezoid": check_trapezoid,
    "affine": check_affine,
    "plain loops": check_against_oracle,
}
"""The checks that have to reject a wrong backward, each on its own."""


def sees(check: str, case: Case, name: str) -> bool:
    """Whether a check looks at the gradient of an argument at all."""
    return {"complex step": case.analytic, "affine": name in case.affine}.get(check, True)


def changes(mistake: str, case: Case, name: str) -> bool:
    """Whether a mistake makes a difference: one axis with more than one entry cannot be transposed."""
    return mistake != "transposed" or sum(side > 1 for side in np.shape(case.draw(0)[name])) > 1


@pytest.mark.parametrize(
    ("case", "check", "mistake", "name"),
    [
        pytest.param(case, check, mistake, name, id=f"{case.name}, {check}, {mistake}, {name}")
        for case in LAYERS
        for check in SEES_BACKWARD
        for mistake in MISTAKES
        for name in case.gradients
        if sees(check, case, name) and changes(mistake, case, name)
    ],
)
def test_wrong_backward_is_rejected(case: Case, check: str, mistake: str, name: str):
    wrong = mistaken(case.load(), MISTAKES[mistake], case.gradients.index(name))
    with pytest.raises(DisagreementError, match=case.name):
        SEES_BACKWARD[check](case, wrong, case.draw(0))


@pytest.mark.parametrize(
    "check", [check_forward_on_balls, check_against_oracle, check_adjoint, check_trapezoid]
)
@each_case
def test_wrong_forward_is_rejected(case: Case, check):
    right = case.load()

    def forward(*arguments):
        output, saved = right.forward(*arguments)
        return output * (1 + 1e-6), saved

    with pytest.raises(DisagreementError):
        check(case, replace(right, forward=forward), case.draw(0))


@each_case
def test_backward_that_is_not_linear_is_rejected(case: Case):
    right = case.load()

    def also(extra):
        return lambda saved, delta: tuple(g + extra(delta) for g in right.backward(saved, delta))

    for extra in (lambda delta: delta.sum() ** 2, lambda delta: 1):
        wrong = replace(right, backward=also(extra))
        with pytest.raises(DisagreementError, match="linearity"):
            check_linear_in_delta(case, wrong, case.draw(0))


@pytest.mark.parametrize("complaint", SLOPPINESS)
def test_sloppy_functions_are_rejected(complaint):
    arguments, delta = LINEAR.draw(0, 3, 4, 3), np.random.default_rng(1).standard_normal((3, 3))
    check_call(LINEAR, LINEAR.load(), arguments, delta)
    with pytest.raises(DisagreementError, match=complaint):
        check_call(LINEAR, SLOPPINESS[complaint](LINEAR.load()), arguments, delta)


def _naive_cross_entropy(y, yhat):
    powers = np.exp(yhat)
    p = powers / powers.sum(axis=1)[:, None]
    return -(y * np.log(p)).sum(axis=1), (y, p)


def _naive_backward(saved, delta):
    y, p = saved
    return ((p - y) * delta[:, None],)


NAIVE = Functions(_naive_cross_entropy, _naive_backward)


def test_overflow_is_rejected():
    draws = list(values.extreme_draws(CROSS_ENTROPY, np.float64, count=0))
    rejected = 0
    for arguments in draws:
        try:
            values.check_in_range(CROSS_ENTROPY, NAIVE, arguments, np.float64)
        except DisagreementError:
            rejected += 1
    assert 0 < rejected < len(draws)


def test_overflow_in_the_stated_range_is_rejected():
    for arguments in values.edge_draws(CROSS_ENTROPY, np.float64, count=3):
        with pytest.raises(DisagreementError, match="cross entropy"):
            values.check_finite(CROSS_ENTROPY, NAIVE, arguments, np.float64)
    doubling = replace(LINEAR.load(), backward=lambda saved, delta: (delta * 1e200,))
    arguments = next(values.edge_draws(LINEAR, np.float64, count=1))
    with pytest.raises(DisagreementError, match="overflow"):
        values.check_finite(LINEAR, doubling, arguments, np.float64)


def test_representable_output_that_is_lost_is_rejected():
    top = float(np.finfo(np.float64).max)
    arguments = {"y": np.array([[1.0, 0.0]]), "yhat": np.array([[top, -top]])}
    with pytest.raises(DisagreementError, match="cross entropy"):
        values.check_where_representable(CROSS_ENTROPY, NAIVE, arguments, np.float64)


def test_hidden_nan_and_leaking_nan_are_rejected():
    right, arguments = LINEAR.load(), LINEAR.draw(0)
    hiding = replace(right, forward=lambda *a: (np.nan_to_num(right.output(*a)), right.forward(*a)[1]))
    leaking = replace(right, forward=lambda *a: (right.output(*a) + 0 * np.sum(a[0]), right.forward(*a)[1]))
    for wrong in (hiding, leaking):
        with pytest.raises(DisagreementError, match="nan in x"):
            values.check_isolation(LINEAR, wrong, arguments, np.nan)
    mixing = replace(
        right,
        backward=lambda saved, delta: tuple(
            gradient + 0 * delta.sum() for gradient in right.backward(saved, delta)
        ),
    )
    with pytest.raises(DisagreementError, match="nan in δ"):
        values.check_isolation_of_delta(LINEAR, mixing, arguments, np.nan)


def test_nan_that_reaches_another_examples_gradient_is_rejected():
    right, arguments = RBF.load(), RBF.draw(0)
    values.check_isolation_of_rows(RBF, right, arguments, np.nan)

    def backward(saved, delta):
        dx, dc = right.backward(saved, delta)
        return dx + 0 * dx.sum(), dc

    with pytest.raises(DisagreementError, match="nan in x"):
        values.check_isolation_of_rows(RBF, replace(right, backward=backward), arguments, np.nan)


def test_nan_that_a_shared_argument_hides_is_rejected():
    right = RBF.load()
    hiding = replace(right, forward=lambda *a: (np.nan_to_num(right.output(*a)), right.forward(*a)[1]))
    centres_only = replace(RBF, gradients=("c",))
    with pytest.raises(DisagreementError, match="nan in c"):
        values.check_isolation(centres_only, hiding, RBF.draw(0), np.nan)


def _relu_with_slope_at_zero(slope):
    return Functions(
        lambda a: (np.maximum(a, 0), a),
        lambda a, delta: (delta * np.where(a == 0, slope, a > 0),),
    )


def test_slope_at_a_kink_is_that_of_a_side():
    """Either side's slope passes as a difference quotient; the formula says which: [a > 0] is 0 at 0."""
    arguments = RELU.drawn(RELU.kinks, 0)
    for slope in (0, 1):
        check_finite_differences(RELU, _relu_with_slope_at_zero(slope), arguments)
    check_against_oracle(RELU, _relu_with_slope_at_zero(0), arguments)
    with pytest.raises(DisagreementError, match="relu"):
        check_against_oracle(RELU, _relu_with_slope_at_zero(1), arguments)
    for slope in (0.5, 1 + 1e-6, -1):
        with pytest.raises(DisagreementError, match="relu"):
            check_finite_differences(RELU, _relu_with_slope_at_zero(slope), arguments)


def test_choice_that_hides_nan_is_rejected():
    right = _relu_with_slope_at_zero(0)
    hiding = replace(right, forward=lambda a: (np.where(a > 0, a, 0), a))
    arguments = {"a": np.array([[1.0, -1.0]])}
    values.check_isolation(RELU, right, arguments, np.nan)
    values.check_isolation(RELU, right, arguments, np.inf)
    with pytest.raises(DisagreementError, match="nan in a"):
        values.check_isolation(RELU, hiding, arguments, np.nan)


def test_lost_digits_are_measured():
    def forward(y, a):
        p = 1 / (1 + np.exp(-a))
        return BCE_WITH_LOGITS.load().output(y, a), (y, p * (1 - p))

    def backward(saved, delta):
        y, slope = saved
        p = 0.5 + np.sqrt(0.25 - slope)
        return (delta * (p - y),)

    _, lost = measure(BCE_WITH_LOGITS, Functions(forward, backward), "usual", np.float64, draws=3)
    assert lost.ulps > 100


@pytest.mark.parametrize("region", ["offset 1000", "offset 10000"])
def test_cancelled_squares_are_rejected(region):
    """|x|² − 2 x·c + |c|² is the same formula, and has lost every digit of float32 at these offsets."""

    def forward(x, c, s):
        q = (x * x).sum(axis=1)[:, None] - 2 * np.dot(x, c.T) + (c * c).sum(axis=1)
        return np.exp(-q / (2 * s**2)), RBF.load().forward(x, c, s)[1]

    cancelling = replace(RBF.load(), forward=forward)
    check_forward_on_balls(RBF, cancelling, RBF.draw(0, region=region))
    with pytest.raises(DisagreementError, match="float32"):
        check_against_oracle(RBF, cancelling, RBF.draw(0, region=region), np.float32)

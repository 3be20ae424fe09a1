"""The numbers of the regime: jets, balls and running error bounds against what is known of them."""

import mpmath
import numpy as np
import pytest
from flint import arb

from tests.regime import oracles
from tests.regime.balls import check_backward_on_balls, check_forward_on_balls, require_zero
from tests.regime.case import Case
from tests.regime.cases import CROSS_ENTROPY_OF_LABELS, LAYERS, RBF
from tests.regime.jets import FUNCTIONS, Jet, JetArray, UndecidedError
from tests.regime.numbers import (
    BITS,
    Direction,
    DisagreementError,
    as_ball,
    as_floats,
    cast,
    coefficients,
    errors,
    jacobian,
    lift,
    precision,
    rounded_to,
)
from tests.regime.other_forms import OTHER_FORMS, OtherForm


@pytest.mark.parametrize("name", FUNCTIONS)
def test_jets_of_functions(name):
    """Against Taylor coefficients that mpmath finds by differences of 60 digits."""
    at = 0.7
    with precision(BITS), mpmath.workdps(60):
        function = getattr(mpmath, {"arctan": "atan"}.get(name, name))
        expected = mpmath.taylor(function, at, 3)
        found = getattr(Jet((arb(at), arb(1), arb(0), arb(0))), name)().coefficients
        for order in range(4):
            assert abs(mpmath.mpf(found[order].str(50, radius=False)) - expected[order]) < 1e-30


def test_jets_of_arithmetic():
    t = Jet((arb(0), arb(1), arb(0), arb(0)))
    series = [
        ((1 + t) / (1 - t), (1, 2, 2, 2)),
        ((2 + t) ** 3, (8, 12, 6, 1)),
        ((1 - t) ** -2, (1, 2, 3, 4)),
        (abs(t - 1), (1, -1, 0, 0)),
        (1 - 3 * t / 2, (1, -1.5, 0, 0)),
    ]
    for found, expected in series:
        assert all(arb(c) == arb(e) for c, e in zip(found.coefficients, expected, strict=True))


def test_comparisons_of_overlapping_balls_raise():
    blurred, sharp = Jet((arb(1, 0.5),)), Jet((arb(1),))
    for compare in ("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"):
        with pytest.raises(UndecidedError):
            getattr(blurred, compare)(sharp)
    assert sharp >= 1 and sharp <= 1 and sharp == 1 and blurred < 2 and blurred != 0
    with pytest.raises(UndecidedError):
        np.maximum(np.array([blurred], dtype=object), np.array([sharp], dtype=object))


def test_a_maximum_with_a_number_is_made_of_jets():
    with precision(BITS):
        a = lift({"a": np.array([2.0, -3.0])}, Direction({"a": np.ones(2)}))["a"]
        for found, expected in (
            (np.exp(np.minimum(a, 0)), [(1, 0), (arb(-3).exp(), arb(-3).exp())]),
            (np.exp(-np.maximum(0, -a)), [(1, 0), (arb(-3).exp(), arb(-3).exp())]),
            (np.maximum(a, np.array([1, -4])), [(2, 1), (-3, 1)]),
        ):
            require_zero(coefficients(found, 0) - [value for value, _ in expected], "values")
            require_zero(coefficients(found, 1) - [slope for _, slope in expected], "slopes")
        total = a.copy()
        total += a
        assert isinstance(total, JetArray) and isinstance(total.sum(axis=0), Jet)
        assert (a > 0).dtype == bool


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_running_error_bounds_what_any_order_of_summation_loses(dtype):
    rng = np.random.default_rng(0)
    for _ in range(50):
        terms = (rng.standard_normal(12) * 10.0 ** rng.integers(-3, 4, 12)).astype(dtype)
        with precision(BITS):
            bound = sum(map(rounded_to(dtype), terms), rounded_to(dtype)(0))
        for _ in range(5):
            total = dtype(0)
            for term in rng.permutation(terms):
                total = dtype(total + term)
            assert abs(arb(float(total)) - bound.ball.mid()) <= bound.error


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in LAYERS if case.definition])
def test_oracle_is_the_documents_definition(case: Case):
    for seed in range(5):
        with precision(BITS):
            arguments = lift(case.draw(seed)).values()
            difference = case.oracle(*arguments) - case.definition(*arguments)
            require_zero(difference, f"{case.name}: oracle − definition")


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in LAYERS if case.stated])
def test_stated_operations_are_the_oracle(case: Case):
    for seed in range(5):
        given = case.draw(seed)
        with precision(BITS):
            arguments = lift(given).values()
            require_zero(case.oracle(*arguments) - case.stated(*arguments), f"{case.name}: oracle − stated")
            for name in case.gradients:
                difference = jacobian(case.oracle, given, name) - jacobian(case.stated, given, name)
                require_zero(difference, f"{case.name}: oracle − stated, ∂/∂{name}")


@pytest.mark.parametrize("region", RBF.regions)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_squared_distances_lose_what_lies_between_the_points_and_the_mean(region, dtype):
    """At most 2(d + 6) ε (|x − m|² + |c − m|²): 3 roundings a product, a sum of d, a sum of three."""
    for seed in range(3):
        given = cast(RBF.draw(seed, region=region), dtype)
        with precision(BITS):
            x, c, _ = lift(given, number=rounded_to(dtype)).values()
            m = oracles.mean_row(c)
            lost = errors(oracles.squared_distances(x, c, m))
            middle = as_floats(m)
        squares = [((rows - middle) ** 2).sum(axis=1) for rows in (given["x"], given["c"])]
        d = x.shape[1]
        allowed = 2 * (d + 6) * float(np.finfo(dtype).eps) * np.add.outer(*squares)
        assert np.all(lost <= allowed)


@pytest.mark.parametrize("one", [pytest.param(one, id=one.case.name) for one in OTHER_FORMS])
def test_other_forms_are_the_same_formulas(one: OtherForm):
    for seed in range(5):
        check_forward_on_balls(one.case, one.functions, one.case.draw(seed))
        check_backward_on_balls(one.case, one.functions, one.case.draw(seed))


def test_oracle_of_labels_is_that_of_one_hot_rows():
    with precision(BITS):
        arguments = lift(CROSS_ENTROPY_OF_LABELS.draw(0))
        t, yhat = arguments["t"], arguments["yhat"]
        one_hot = oracles.cross_entropy(np.eye(yhat.shape[1], dtype=int)[t], yhat)
        require_zero(oracles.cross_entropy_of_labels(t, yhat) - one_hot, "labels − one-hot")


def test_zero_asks_for_a_small_ball_about_zero():
    for wrong in (arb(1e-30), arb(0, 1e-30), arb("nan")):
        with pytest.raises(DisagreementError):
            require_zero(np.array([Jet((wrong,))]), "a ball")
    require_zero(np.array([Jet((arb(0, 1e-41),)), 0], dtype=object), "a ball")
    assert as_ball(Jet((arb(2),))) == 2

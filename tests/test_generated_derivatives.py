"""The emitted forward and backward against each other: exactly on balls, and in floating point."""

import pytest

from tests.regime.balls import check_backward_on_balls, check_forward_on_balls, check_linear_in_delta
from tests.regime.case import Case
from tests.regime.cases import CASES
from tests.regime.finite_differences import check_complex_step, check_finite_differences
from tests.regime.maps import check_adjoint, check_affine, check_trapezoid
from tests.regime.oracle_check import check_against_oracle

POINTS = {"usual": 27}
"""How many draws from a region on balls; 9 from any other."""

BIGGER = (5, 7, 4)
"""Sizes for the checks that look at all entries at once."""


def _named(cases):
    return [pytest.param(case, id=case.name) for case in cases]


@pytest.mark.parametrize("case", _named(CASES))
def test_forward_is_the_formula_on_balls(case: Case):
    functions = case.load()
    for region in case.regions:
        for seed in range(POINTS.get(region, 9)):
            check_forward_on_balls(case, functions, case.draw(seed, region=region))


@pytest.mark.parametrize("case", _named(CASES))
def test_backward_is_the_derivative_on_balls(case: Case):
    functions = case.load()
    for region in case.regions:
        for seed in range(POINTS.get(region, 9)):
            check_backward_on_balls(case, functions, case.draw(seed, region=region))


@pytest.mark.parametrize("case", _named(CASES))
def test_backward_is_linear_in_delta(case: Case):
    for seed in range(5):
        check_linear_in_delta(case, case.load(), case.draw(seed))


@pytest.mark.parametrize("case", _named(CASES))
def test_central_differences(case: Case):
    for seed in range(6):
        check_finite_differences(case, case.load(), case.draw(seed))


@pytest.mark.parametrize("case", _named(case for case in CASES if case.kinks))
def test_difference_quotients_at_kinks(case: Case):
    for seed in range(6):
        arguments = case.drawn(case.kinks, seed)
        check_finite_differences(case, case.load(), arguments)
        check_against_oracle(case, case.load(), arguments)


@pytest.mark.parametrize("case", _named(case for case in CASES if case.analytic))
def test_complex_steps(case: Case):
    for seed in range(6):
        check_complex_step(case, case.load(), case.draw(seed))


@pytest.mark.parametrize("case", _named(CASES))
def test_jacobian_and_its_transpose(case: Case):
    check_adjoint(case, case.load(), case.draw(0, *BIGGER[: len(case.axes)]))


@pytest.mark.parametrize("case", _named(CASES))
def test_trapezoid(case: Case):
    check_trapezoid(case, case.load(), case.draw(0, *BIGGER[: len(case.axes)]))


@pytest.mark.parametrize("case", _named(case for case in CASES if case.affine))
def test_affine_in(case: Case):
    check_affine(case, case.load(), case.draw(0, *BIGGER[: len(case.axes)]))

"""The emitted functions in floating point: against plain loops, at extreme values, with NaN, in ulps."""

from math import inf

import numpy as np
import pytest

from tests.regime.accuracy import Loss, measure, measure_every_exponent, table
from tests.regime.case import Case
from tests.regime.cases import BCE_WITH_LOGITS, CASES, LAYERS, RELU, SIGMOID, TANH
from tests.regime.numbers import cast
from tests.regime.oracle_check import check_against_oracle
from tests.regime.values import (
    check_finite,
    check_in_range,
    check_isolation,
    check_isolation_of_delta,
    check_isolation_of_rows,
    check_where_representable,
    edge_draws,
    extreme_draws,
    unbounded_draws,
)

DTYPES = (np.float32, np.float64)

ENTRYWISE = (TANH, SIGMOID, RELU, BCE_WITH_LOGITS)
"""Cases whose output and gradient hang, entry by entry, on one entry of one argument."""

each_case = pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
each_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: np.dtype(dtype).name)


def require_digits(case: Case, region: str, lost: tuple[Loss, Loss]) -> None:
    """The errors of the output and of the gradients are within the bounds that hold in a region."""
    for bounds, kind in ((case.ulps, "ulps"), (case.relative, "relative")):
        for one, bound in zip(lost, bounds.get(region, (inf, inf)), strict=True):
            assert getattr(one, kind) <= bound, kind


@each_dtype
@each_case
def test_plain_loops(case: Case, dtype):
    for region in case.regions:
        for seed in range(3):
            check_against_oracle(case, case.load(), case.draw(seed, region=region), dtype)


@each_dtype
@each_case
@pytest.mark.parametrize("count", [6, pytest.param(60, marks=pytest.mark.slow)])
def test_extreme_values(case: Case, dtype, count: int):
    for arguments in extreme_draws(case, dtype, count):
        check_in_range(case, case.load(), arguments, dtype)


@each_dtype
@each_case
def test_the_range_that_a_module_states(case: Case, dtype):
    for arguments in edge_draws(case, dtype, count=20):
        check_finite(case, case.load(), arguments, dtype)


@each_dtype
@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES if case.unbounded])
def test_whatever_is_representable(case: Case, dtype):
    for arguments in unbounded_draws(case, dtype, count=12):
        check_where_representable(case, case.load(), arguments, dtype)


@pytest.mark.parametrize("intruder", [np.nan, np.inf, -np.inf], ids=str)
@each_case
def test_what_is_no_number_stays_where_it_is(case: Case, intruder):
    arguments = cast(case.draw(0), np.float64)
    check_isolation(case, case.load(), arguments, intruder)
    check_isolation_of_rows(case, case.load(), arguments, intruder)
    check_isolation_of_delta(case, case.load(), arguments, intruder)


@each_dtype
@pytest.mark.parametrize(
    ("case", "region"),
    [
        pytest.param(case, region, id=f"{case.name}, {region}")
        for case in LAYERS
        for region in case.regions
        if region in {**case.ulps, **case.relative}
    ],
)
@pytest.mark.parametrize("draws", [8, pytest.param(100, marks=pytest.mark.slow)])
def test_digits_that_survive(case: Case, region: str, dtype, draws: int):
    require_digits(case, region, measure(case, case.load(), region, dtype, draws))


@each_dtype
@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in ENTRYWISE if case in LAYERS])
def test_digits_that_survive_at_every_exponent(case: Case, dtype):
    require_digits(case, "exponents", measure_every_exponent(case, case.load(), dtype))


def test_accuracy_is_reported_for_every_region_and_dtype():
    head = 2
    assert len(table(LAYERS, draws=1)) == head + len(DTYPES) * sum(len(case.regions) for case in LAYERS)

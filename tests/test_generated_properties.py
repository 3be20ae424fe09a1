"""Whatever the sizes, the dtype and the layout: what must hold of every call of the emitted functions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.regime.case import Case
from tests.regime.cases import CASES
from tests.regime.numbers import cast
from tests.regime.properties import LAYOUTS, check_call, laid_out, overlapping

each_case = pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])


@st.composite
def calls(draw, case: Case):
    """Arguments and a δ: sides from the least to 5, float32 or float64, any layout."""
    sizes = tuple(draw(st.integers(least, 5), label=axis) for axis, least in case.axes.items())
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    layout = draw(st.sampled_from(sorted(LAYOUTS)), label="layout")
    seed = draw(st.integers(0, 2**32 - 1), label="seed")
    arguments = cast(case.draw(seed, *sizes), dtype)
    shape = case.load().output(*arguments.values()).shape
    delta = np.random.default_rng(seed).standard_normal(shape).astype(dtype)
    return laid_out(arguments, layout), LAYOUTS[layout](delta)


@each_case
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_call(case: Case, data):
    check_call(case, case.load(), *data.draw(calls(case)))


@each_case
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_overlapping_inputs(case: Case, data):
    check_call(case, case.load(), *overlapping(case, *data.draw(calls(case))))


@each_case
def test_empty_axes(case: Case):
    least = tuple(case.axes.values())
    for sizes in {least, (*least[:-1], 3), (0, *(3 for _ in least[1:])), (2, *least[1:])}:
        arguments = case.draw(0, *sizes)
        check_call(case, case.load(), arguments, np.ones(case.load().output(*arguments.values()).shape))

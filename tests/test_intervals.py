"""The rules on intervals, held against what NumPy computes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from codegen.array_ops import ELEMENTWISE
from codegen.intervals import FLOAT32, FLOAT64, RULES, Interval, rounded


def test_every_row_of_the_table_has_a_rule():
    assert set(RULES) == set(ELEMENTWISE)


UNIT = [
    Interval(-3.0, -0.5),
    Interval(-2.0, 1.5),
    Interval(0.25, 2.0),
    Interval(0.0, 1.0),
    Interval(-1.0, 0.0),
]


def admitted(name, intervals):
    need = RULES[name].need(FLOAT64, *intervals)
    return need is None or need.shown


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if name not in ("where", "power")])
def test_rules_hold_what_numpy_computes(name):
    row = ELEMENTWISE[name]
    function = eval(row.ufunc or row.numpy or f"lambda u, v: u {row.operator} v", {"np": np})
    tried = 0
    for first in UNIT:
        for second in UNIT if row.arity == 2 else [None]:
            intervals = [first] if second is None else [first, second]
            if not admitted(name, intervals):
                continue
            grids = np.meshgrid(*(np.linspace(u.low, u.high, 31) for u in intervals))
            with np.errstate(all="ignore"):
                values = function(*grids)
            result = rounded(RULES[name].apply(FLOAT64, *intervals), FLOAT64)
            assert result.low <= values.min() and values.max() <= result.high
            tried += 1
    assert tried


@pytest.mark.parametrize("exponent", [-3, -2, -1, 0, 1, 2, 3])
@pytest.mark.parametrize("base", UNIT)
def test_powers_hold_what_numpy_computes(base, exponent):
    intervals = [base, Interval(float(exponent), float(exponent))]
    if admitted("power", intervals):
        values = np.linspace(base.low, base.high, 31) ** exponent
        result = rounded(RULES["power"].apply(FLOAT64, *intervals), FLOAT64)
        assert result.low <= values.min() and values.max() <= result.high
    else:
        assert base.low <= 0 <= base.high and exponent < 0


@pytest.mark.parametrize("limits, dtype", [(FLOAT64, np.float64), (FLOAT32, np.float32)])
def test_limits_are_those_of_the_type(limits, dtype):
    info = np.finfo(dtype)
    assert (limits.epsilon, limits.tiny, limits.huge) == (info.eps, info.tiny, info.max)
    with np.errstate(over="raise"):
        assert math.isfinite(np.exp(dtype(limits.exp)))


def test_rounding_keeps_signs_and_sees_underflow():
    assert rounded(Interval(0.0, 0.0), FLOAT64) == Interval(0.0, 0.0)
    assert rounded(Interval(1e-320, 1.0), FLOAT64).low == 0.0
    assert rounded(Interval(-1.0, -1e-320), FLOAT64).high == 0.0
    assert rounded(Interval(1.0, 2.0), FLOAT32, relative=100.0).low == 0.0
    assert rounded(Interval(-math.inf, math.inf), FLOAT64) == Interval(-FLOAT64.huge, FLOAT64.huge)

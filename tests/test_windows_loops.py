"""Layers with moving windows against plain loops: every stride, padding, dilation, kernel and side; exactly.

The arrays hold small integers, of which every product and sum is exact in float32 too, so nothing here needs a
tolerance. In one dimension the product is full; in two and three the numbers are drawn.
"""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.regime.window_layers import KINDS, MAXIMUM, TRANSPOSED, Setting, restricted
from tests.regime.window_oracles import Moves
from tests.regime.window_trials import Trial, integers, require_equal

each_kind = pytest.mark.parametrize("kind", [pytest.param(kind, id=name) for name, kind in KINDS.items()])

STRIDES, PADDINGS, DILATIONS, GROUPS, KERNELS = (1, 2, 3), (0, 1, 2), (1, 2), (1, 2), (1, 2, 3, 4)

MORE = (0, 1, 2, 4)
"""By how much a side exceeds the smallest legal one: a window more at every stride, and some left over."""


def with_legal_sides(kind, at: Setting, more) -> Setting:
    """Without what the kind has no argument for, and with sides that a window needs, and more."""
    at = restricted(kind, at)
    least = at.moves.least(at.taps) if kind is not TRANSPOSED else (1,) * at.rank
    return replace(at, sides=tuple(side + extra for side, extra in zip(least, more, strict=True)))


def is_legal(kind, at: Setting) -> bool:
    """Whether a transposed convolution leaves an output: its padding may cut everything off."""
    return kind is not TRANSPOSED or min(at.moves.spread(at.sides, at.taps, at.extra)) >= 1


def settings_in_one_dimension(kind, stride, padding):
    """The full product of the rest."""
    found = set()
    for dilation, groups, size, more in product(DILATIONS, GROUPS, KERNELS, MORE):
        moves = Moves((stride,), (padding,), (dilation,))
        at = Setting(moves, (size,), (), groups, extra=(more % stride,))
        at = with_legal_sides(kind, at, (more,))
        if is_legal(kind, at):
            found.add(at)
    return sorted(found, key=repr)


def check(trial: Trial) -> None:
    """The plain functions and the class give what the loops give."""
    dtype, expected = trial.arrays["x"].dtype, trial.by_loops()
    require_equal(trial.by_functions(), expected, dtype)
    require_equal(trial.by_class(), expected, dtype)


@each_kind
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("stride", STRIDES)
def test_full_product_in_one_dimension(kind, stride, padding):
    found = settings_in_one_dimension(kind, stride, padding if kind is not MAXIMUM else 0)
    assert len(found) >= len(KERNELS) * len(MORE)
    for seed, at in enumerate(found):
        dtype = np.float32 if seed % 2 else np.float64
        check(integers(kind, at, seed, dtype, bias=seed % 3 > 0))


@st.composite
def drawn(draw, kind, rank: int):
    """Numbers a spatial axis, each axis with its own, and a few examples and channels."""

    def axes(strategy):
        return draw(st.tuples(*(strategy for _ in range(rank))))

    moves = Moves(*(axes(st.sampled_from(numbers)) for numbers in (STRIDES, PADDINGS, DILATIONS)))
    at = Setting(
        moves,
        taps=axes(st.sampled_from(KERNELS)),
        sides=(),
        groups=draw(st.sampled_from(GROUPS)),
        examples=draw(st.integers(0, 2)),
        channels=draw(st.integers(1, 2)),
        outputs=draw(st.integers(1, 2)),
        extra=tuple(draw(st.integers(0, stride - 1)) for stride in moves.stride),
    )
    at = with_legal_sides(kind, at, axes(st.integers(0, 3 if rank == 2 else 2)))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    return integers(kind, at, draw(st.integers(0, 2**32 - 1)), dtype, draw(st.booleans()))


@each_kind
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_drawn_in_two_dimensions(kind, data):
    check(data.draw(drawn(kind, 2).filter(lambda trial: is_legal(kind, trial.at))))


@each_kind
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_drawn_in_three_dimensions(kind, data):
    check(data.draw(drawn(kind, 3).filter(lambda trial: is_legal(kind, trial.at))))


@pytest.mark.slow
@pytest.mark.parametrize("rank", [2, 3])
@each_kind
@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_many_drawn(kind, rank, data):
    check(data.draw(drawn(kind, rank).filter(lambda trial: is_legal(kind, trial.at))))

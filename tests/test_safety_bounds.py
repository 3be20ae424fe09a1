"""The safety check: bounds, dtypes, sizes, and what running a safe text shows."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.intervals import FLOAT32
from codegen.read_back import ArrayArgument, Saved
from codegen.safety import check_safety
from derivations.notation import d
from tests.reader_cases import (
    CROSS_ENTROPY,
    LABELS,
    X,
    Y,
    arguments_of,
    n,
    s,
    text,
    z,
)
from tests.test_safety import SAFE


def test_what_backward_knows_of_forward():
    """Ranges of saved values come along; with a sum that is not known to be positive the text is not safe."""
    (reading,) = check_safety(CROSS_ENTROPY, "forward", {"t": LABELS, "yhat": Y}).readings
    labels, exponentials, sums = reading.saved
    (other,) = check_safety(text("u = y.sum(axis=1)\nreturn u, (u,)", "y"), "forward", {"y": Y}).readings
    delta = ArrayArgument(d(z)[n])
    arguments = {"saved": Saved((labels, exponentials, sums)), "delta": delta}
    assert check_safety(CROSS_ENTROPY, "backward", arguments).is_shown
    arguments = {"saved": Saved((labels, exponentials, *other.saved)), "delta": delta}
    first = check_safety(CROSS_ENTROPY, "backward", arguments).open[0]
    assert (first.kind, first.expression) == ("divide", "e / s[:, None]")


def test_float32_ends_sooner():
    source, arguments = text("return np.exp(np.minimum(x, 100))", "x"), {"x": X}
    assert check_safety(source, "forward", arguments).is_shown
    assert not check_safety(source, "forward", arguments, limits=FLOAT32).is_shown
    source = text("return x / s**2", "x, s")
    for width, is_shown in [((1e-15, 1.0), True), ((1e-100, 1.0), False)]:
        safety = check_safety(source, "forward", {"x": X, "s": s}, {"s": width}, limits=FLOAT32)
        assert safety.is_shown is is_shown


def test_a_softmax_is_safe_in_float32_too():
    safety = check_safety(CROSS_ENTROPY, "forward", {"t": LABELS, "yhat": Y}, limits=FLOAT32)
    assert safety.is_shown


def test_a_size_may_be_given():
    source, arguments = text("return x / (len(x) - 1)", "x"), {"x": X}
    assert check_safety(source, "forward", arguments, {"N": (2, 1e6)}).is_shown


def test_a_hyperparameter_needs_a_range():
    with pytest.raises(ValueError, match="hyperparameter s"):
        check_safety(text("return x * s", "x, s"), "forward", {"x": X, "s": s})


def test_the_bound_counts():
    source, arguments = text("return np.exp(x)", "x"), {"x": X}
    assert check_safety(source, "forward", arguments, bound=700).is_shown
    assert not check_safety(source, "forward", arguments, bound=701).is_shown
    assert check_safety(source, "forward", arguments, {"x": (-1e300, 1.0)}).is_shown


def test_an_obligation_says_where_and_why():
    (obligation,) = check_safety(text("u = x * 1\nreturn np.exp(u)", "x"), "forward", {"x": X}).open
    assert (obligation.line, obligation.expression, obligation.kind) == (6, "np.exp(u)", "exp")
    assert "NOT shown: the argument is in [-10000, 10000], the limit 700" in str(obligation)


EDGES = [-1e4, -745.2, -700.0, -1.0, -1e-300, -0.0, 5e-324, 1.0, 36.0, 709.8, 1e4]


@pytest.mark.parametrize("case", [case for case in SAFE if SAFE[case][1] in ("x", "y")])
def test_safe_texts_run_without_a_warning(case):
    body, parameters = SAFE[case]
    names = {}
    exec(text(body, parameters), names)
    rng = np.random.default_rng(7)
    readings = check_safety(text(body, parameters), "forward", arguments_of(parameters)).readings
    for _ in range(50):
        with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
            result = names["forward"](rng.choice(EDGES, size=(3, 4)))
        assert any(
            reading.outputs[0].content.interval.low <= result.min()
            and result.max() <= reading.outputs[0].content.interval.high
            for reading in readings
        )

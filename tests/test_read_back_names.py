"""The reader of emitted text: unknowns, names, facts, guards, saved values."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.read_back import (
    ArrayArgument,
    Number,
    ReadBackError,
    Saved,
    read_function,
)
from derivations.notation import axes, size_of
from tests.reader_cases import (
    X,
    Y,
    arguments_of,
    g,
    m,
    n,
    s,
    text,
    x,
    y,
    z,
)
from tests.reading import check, drawn, values_of, world_of


def test_two_maxima_are_two_unknowns_and_one_name_is_one():
    source = text("p = y.max(axis=1)\nq = y.max(axis=1)\nreturn (p - p) * (p - q)[:, None].sum(axis=1)", "y")
    assert check_expr(source, {"y": Y}) == 0
    source = text("p = y.max(axis=1)\nq = y.max(axis=1)\nreturn p - q", "y")
    assert check_expr(source, {"y": Y}) != 0


def check_expr(source, arguments):
    (reading,) = read_function(source, "forward", arguments)
    return reading.outputs[0].content.expr


def test_an_unknown_of_backward_is_not_one_of_forward():
    source = text("m = y.max(axis=1)\nu = y - m[:, None]\nreturn u, (y, m)", "y") + text(
        "y, m = saved\nreturn m - y.max(axis=1)", "saved, delta", "backward"
    ).removeprefix("import numpy as np\n")
    (forward,) = read_function(source, "forward", {"y": Y})
    (backward,) = read_function(
        source, "backward", {"saved": Saved(forward.saved), "delta": ArrayArgument(z[n])}
    )
    assert backward.outputs[0].content.expr != 0


def test_nested_and_repeated_sums_do_not_capture():
    body = """
u = x - x.mean(axis=0)
w = u * u.sum(axis=1)[:, None]
w -= w.sum(axis=0)
w *= np.dot(w, np.dot(w.T, w).sum(axis=0))[:, None]
return w"""
    check(text(body, "x"), {"x": X})


def test_names_of_arguments_are_not_taken():
    p, q = axes("ι1:N ι2:d")
    check(text("return x - x.sum(axis=1)[:, None]", "x"), {"x": ArrayArgument(x[p, q])})


def test_two_axes_of_one_size_stay_apart():
    square = ArrayArgument(g[n, m])
    check(text("return x - x.T + x.sum(axis=0) - 2 * x.sum(axis=1)[:, None]", "x"), {"x": square})


def test_a_fact_reads_a_maximum_as_its_argument():
    source = text("u = x * x\nnp.maximum(u, 0, out=u)\nreturn np.maximum(0, u)", "x")
    seen = []

    def is_square(formula):
        seen.append(formula)
        return formula.expr == x[formula.indices] ** 2

    reading = check(source, {"x": X}, is_nonnegative=is_square)
    content = reading.outputs[0].content
    assert content.expr == x[content.indices] ** 2
    assert len(seen) == 2


def test_a_fact_is_asked_of_maxima_with_zero_only():
    source = text("return np.maximum(x, 1) + np.minimum(x, 0)", "x")
    check(source, {"x": X}, is_nonnegative=lambda formula: pytest.fail("asked"))


GUARDED = """
m = np.abs(x).max(axis=(0, 1))
if m <= 700:
    u = np.exp(x)
else:
    u = np.exp(x * 1)
if m > 2:
    u += 1
return u"""


def test_guards_give_every_way():
    readings = read_function(text(GUARDED, "x"), "forward", {"x": X})
    assert sorted(reading.way for reading in readings) == [
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    ]
    array = drawn(X)
    for reading in readings:
        (value,) = values_of(reading.outputs, world_of((X, array)))
        np.testing.assert_allclose(value, np.exp(array) + reading.way[1])


def test_saved_values_alone():
    source = text("u = x * 2\nreturn x, u, b", "x, b=None", "saved_values")
    arguments = arguments_of("x, b=None")
    (reading,) = read_function(source, "saved_values", arguments, only_saved=True)
    assert reading.outputs == () and reading.saved[2] is None
    first, second = (value.content for value in reading.saved[:2])
    assert first.expr == x[first.indices] and second.expr == 2 * x[second.indices]
    with pytest.raises(ReadBackError, match="shares memory"):
        read_function(source, "saved_values", arguments)
    with pytest.raises(ReadBackError, match="tuple of saved names"):
        read_function(text("return x * 1", "x"), "forward", {"x": X}, only_saved=True)


def test_saved_numbers_come_back():
    source = text("N, K = y.shape\nreturn y / N, (N, s)", "y, s") + text(
        "N, s = saved\nreturn delta * N / s", "saved, delta", "backward"
    ).removeprefix("import numpy as np\n")
    (forward,) = read_function(source, "forward", {"y": Y, "s": s})
    assert all(isinstance(value, Number) for value in forward.saved)
    (backward,) = read_function(source, "backward", {"saved": Saved(forward.saved), "delta": Y})
    content = backward.outputs[0].content
    assert content.expr == y[content.indices] * size_of(n) / s


def test_a_name_as_python_normalises_it():
    assert check(text("return ŷ + 1", "ŷ"), {"ŷ": Y})


def test_accepted_module():
    source = (
        '"""A layer."""\n'
        "from __future__ import annotations\n"
        "import numpy as np\n"
        "from generated.support import checked\n"
        "def forward(x):\n"
        "    return x * 1\n"
        "class Layer:\n"
        "    def __call__(self, x):\n"
        "        return forward(checked(x))\n"
    )
    (reading,) = read_function(source, "forward", {"x": X})
    content = reading.outputs[0].content
    assert content.expr == x[content.indices]

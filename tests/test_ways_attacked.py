"""Texts that compute something else by a step's name, or on a way of some settings only, and what is told of them."""

import pytest
from sympy import Symbol

from codegen.pipeline import emit_module
from codegen.read_back import ReadBackError
from codegen.verify import _Proofs, verify_module
from codegen.view import View
from derivations.derivation import derive
from derivations.layer import Hyperparameter, Layer
from derivations.notation import axes, delta, size_of, sum_, tensors
from derivations.number_matrices import numbers

n, a, i, e, p, j = axes("n:N a:2 i:2 e:2 p:P j:J")
x, k, U, V, M, y = tensors("x k U V M y")
ROWS = ((1, 2), (3, -1))
m = Symbol("m", integer=True)

STEPS = Layer(
    "Steps",
    inputs=(x[n, i],),
    parameters=(k[i],),
    forward={
        U[a]: sum_(numbers(ROWS, a, i) * k[i], i) / 3,
        V[n, a]: sum_(numbers(ROWS, a, i) * x[n, i], i),
        M[n, a]: U[a] * V[n, a] ** 2,
        y[n, e]: sum_(numbers(ROWS, a, e) * M[n, a], a),
    },
)
"""Matrices of numbers, so that the steps of its text are shown one by one."""

TILES = Layer(
    "Tiles",
    inputs=(x[n, p],),
    parameters=(),
    hyperparameters=(Hyperparameter(m, 4, (m >= 1,)),),
    forward={y[n, p]: x[n, p] + sum_(delta(p, j) * x[n, j], j)},
    output_sizes={size_of(j): (size_of(p) + m - 1) // m},
)
"""Its formula holds no m, but J tiles of 4 cover the axis only where m is 4 or less."""

BY_TILES = "y = add_windows(windows(x, (1, 0, (4, 1), (J, 4))), (1, 0, (4, 1), P))"
TILES_TEXT = f"""
import numpy as np

from ._windows import add_windows, windows


def forward(x, m):
    _, P = x.shape
    J = (P + m - 1)//m
    if m == 4:
        {BY_TILES}
    else:
        y = x * 1
    y = y + add_windows(windows(x, (1, 0, (1,), (J,))), (1, 0, (1,), P))
    return y, (m,)


def backward(saved, delta):
    (m,) = saved
    _, P = delta.shape
    J = (P + m - 1)//m
    dx = delta + add_windows(windows(delta, (1, 0, (1,), (J,))), (1, 0, (1,), P))
    return dx
"""


@pytest.fixture(scope="module")
def steps_text():
    return emit_module(STEPS)


class _Equality(_Proofs):
    """The proofs without those of safety, which often refuse such texts as well."""

    def safety(self, first, backwards):
        return iter(())


def wrong(layer, text):
    """What is said against the functions of a text."""
    view = View(derive(layer), text)
    try:
        return [check.statement for check in _Equality(view).check_from("forward", ["backward"]) if not check.ok]
    except ReadBackError as error:
        return [str(error)]


def changed(text, function, old, new):
    before, name, after = text.partition(f"\ndef {function}(")
    assert old in after
    return before + name + after.replace(old, new, 1)


def test_what_was_shown_at_some_settings_is_not_shown_at_others():
    """The same formula at m = 4 and m = 8, where only the sizes differ."""
    assert wrong(TILES, TILES_TEXT) == []
    second = f"    elif m == 8:\n        {BY_TILES}\n    else:"
    assert wrong(TILES, TILES_TEXT.replace("    else:", second)) == ["y is what was derived"]
    assert wrong(TILES, TILES_TEXT.replace("m == 4", "m == 8")) == ["y is what was derived"]


def test_steps_are_shown_one_by_one(steps_text):
    assert all(check.ok for check in verify_module(STEPS, steps_text))
    text = changed(steps_text, "forward", "    y = ", "    M = V * V * U\n    y = ")
    assert wrong(STEPS, changed(text, "forward", "y_numbers, V * V * U)", "y_numbers, M)")) == []


@pytest.mark.parametrize(
    ("function", "old", "new"),
    [
        ("forward", "    V = contract(", "    V = 2 * contract("),
        ("forward", "    # numbers at [a, e]", "    V *= 2\n    # numbers at [a, e]"),
        ("forward", "    # numbers at [a, e]", "    V = V + U\n    # numbers at [a, e]"),
        ("forward", "    # numbers at [a, e]", "    V = np.multiply(V, 2, out=V)\n    # numbers at [a, e]"),
        ("forward", "    # numbers at [a, e]", "    M = V\n    M *= U\n    # numbers at [a, e]"),
        ("forward", "    # numbers at [a, e]", "    U = V * U\n    V = U * U\n    # numbers at [a, e]"),
        ("forward", "    # numbers at [a, e]", "    M = V.T\n    M += 1\n    # numbers at [a, e]"),
        ("forward", "    return y", "    V *= 2\n    return y"),
        ("forward", "    return y", "    V = 2 * V\n    U = U / 4\n    return y"),
        ("forward", "(U, V)", "(V, V)"),
        ("backward", "    dV = ", "    V += V\n    dV = "),
        ("backward", "    dV = ", "    V = V * 2 + dM\n    dV = "),
        ("backward", "    dU = ", "    dV += dV\n    dU = "),
        ("backward", "    dU = ", "    dM = dV\n    dU = "),
        ("backward", "dx_numbers, dV)", "dx_numbers, dM)"),
    ],
)
def test_a_step_s_name_for_something_else(steps_text, function, old, new):
    text = changed(steps_text, function, old, new)
    assert wrong(STEPS, text)


def test_a_layer_with_a_sum_over_everything():
    """Such a step has no axis: its name in text is that of a number."""
    forward = {
        V[n, a]: sum_(numbers(ROWS, a, i) * x[n, i], i),
        y[n, e]: V[n, e] * sum_(V[n, a] ** 2, n, a) ** 2,
    }
    layer = Layer("Whole", inputs=(x[n, i],), parameters=(), forward=forward)
    text = emit_module(layer)
    assert all(check.ok for check in verify_module(layer, text))
    assert wrong(layer, changed(text, "forward", "total = ", "total = 2 * "))

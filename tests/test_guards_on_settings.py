"""Guards that integer hyperparameters decide: what they tell the reader, which are emitted, and false ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from sympy import Integer, Symbol

from codegen.choose import choose
from codegen.emit import emit_functions
from codegen.gathers import special_steps
from codegen.read_back import ReadBackError
from codegen.verify import _Proofs, verify_module
from codegen.view import View
from derivations.derivation import derive, variants
from derivations.layer import Hyperparameter, Layer
from derivations.layers.average_pooling import AVG_POOL1D
from derivations.layers.convolution import CONV1D, CONV2D
from derivations.layers.max_pooling import MAX_POOL1D
from derivations.layers.transposed_convolution import CONV_TRANSPOSE1D
from derivations.notation import axes, delta, sum_, tensors
from derivations.settings import NeverHolds, at_settings

n, h, p, r = axes("n:N h:H p:P r:R")
x, K, y = tensors("x K y")
stride, dilation, more = (Symbol(name, integer=True) for name in ("stride", "dilation", "more"))
H, P, R = (Symbol(name, integer=True, nonnegative=True) for name in "HPR")

SPREAD = Layer(
    "Spread",
    inputs=(x[n, p],),
    parameters=(K[r],),
    hyperparameters=(
        Hyperparameter(stride, 1, (stride >= 1,)),
        Hyperparameter(dilation, 1, (dilation >= 1,)),
        Hyperparameter(more, 0, (more >= 0, more < stride + 1)),
    ),
    forward={y[n, h]: sum_(delta(h, stride * p + dilation * r) * x[n, p] * K[r], p, r)},
    output_sizes={H: stride * (P - 1) + dilation * (R - 1) + 1 + more},
)
"""A transposed convolution of one channel: its forward may gather, its backward never adds windows."""

GUARD = "if stride == 1:"
GATHER = """        x_windows = windows(x, (1, 0, (1, -dilation), (H, R)))
        y = contract("nhr, r -> nh", x_windows, K)
"""
SCATTER = """        y_windows = contract("np, r -> npr", x, K)
        y = add_windows(y_windows, (1, 0, (stride, dilation), H))
"""
TEXT = f'''
import numpy as np

from ._contract import contract
from ._windows import add_windows, windows


def forward(x, K, stride, dilation, more):
    _, P = x.shape
    R = len(K)
    H = stride*(P - 1) + dilation*(R - 1) + 1 + more
    {GUARD}
{GATHER}    else:
{SCATTER}    return y, (x, K, stride, dilation)


def backward(saved, delta):
    x, K, stride, dilation = saved
    _, P = x.shape
    R = len(K)
    delta_windows = windows(delta, (1, 0, (stride, dilation), (P, R)))
    dx = contract("npr, r -> np", delta_windows, K)
    dK = contract("np, npr -> r", x, delta_windows)
    return dx, dK
'''


VIEW = View(derive(SPREAD), TEXT)


def changed(*pairs, text=TEXT):
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def failed(text):
    """What is said against the forward of a text."""
    try:
        checks = list(_Proofs(VIEW if text == TEXT else View(VIEW.derivation, text)).check_from("forward", []))
    except ReadBackError as error:
        return [f"refused: {error}"]
    return [check.detail for check in checks if not check.ok]


def all_failed(text):
    """What is said against all of its functions."""
    return [check for check in verify_module(SPREAD, text) if not check.ok]


def test_both_ways_are_proven():
    assert all_failed(TEXT) == []


@pytest.mark.parametrize(
    "guard",
    ["if stride == 1 and dilation == 1:", "if dilation == 1 and stride == 1:", "if dilation == 2 and stride == 1:"],
)
def test_a_guard_may_say_more_than_it_must(guard):
    assert failed(changed((GUARD, guard))) == []


@pytest.mark.parametrize(
    "guard",
    ["if dilation == 1:", "if more == 0:", "if stride == 2:", "if dilation == 1 and more == 0:"],
)
def test_a_guard_on_other_settings_proves_nothing(guard):
    assert any("not shown" in said and "differ" in said for said in failed(changed((GUARD, guard))))


@pytest.mark.parametrize("guard", ["if stride == 0:", "if stride == 1 and more == 2:"])
def test_a_guard_that_never_holds_is_refused(guard):
    assert any("never holds" in said for said in failed(changed((GUARD, guard))))


@pytest.mark.parametrize(
    "guard",
    [
        *("if stride == 1 or dilation == 1:", "if not stride == 1:", "if stride:", "if True:", "if stride != 1:"),
        *("if stride <= 1:", "if stride == True:", "if stride == 1.0:", "if stride == -1:", "if 1 == stride:"),
        *("if stride == dilation:", "if stride == 1 == 1:", "if stride is 1:", "if stride * 1 == 1:"),
        *("if R == 1:", "if H == 1:", "if stride == 1 and R == 1:", "if stride == 1 and x is not None:"),
        *("if stride == 1 and stride == 1:", "if (stride := 1) == 1:", "if unknown == 1:", "if 1 == 1:"),
        *("if stride == 1 and (dilation == 1 or more == 0):", "if stride == 1 and 1:", "if len(K) == 1:"),
    ],
)
def test_other_conditions_are_refused(guard):
    (said,) = failed(changed((GUARD, guard)))
    assert said.startswith("refused: forward, line")


def test_conjunctions_stand_in_guards_alone():
    (said,) = failed(changed(("R = len(K)\n    H", "R = len(K) and len(K)\n    H")))
    assert "len(K) and len(K) is not in the language" in said


@pytest.mark.parametrize(
    "text",
    [
        changed((GATHER, "MINE"), (SCATTER, GATHER), ("MINE", SCATTER)),
        changed((SCATTER, GATHER)),
        changed((f"    {GUARD}\n{GATHER}    else:\n{SCATTER}", GATHER.replace("        ", "    "))),
        changed((GUARD, f"stride = dilation\n    {GUARD}")),
        changed(("(1, -dilation)", "(1, dilation)")),
        changed(("(1, -dilation)", "(1, -1)")),
        changed(("(1, -dilation)", "(1, -stride)")),
        changed((SCATTER, SCATTER.replace("(stride, dilation)", "(1, dilation)"))),
    ],
    ids=["swapped", "gather twice", "no guard", "rebound", "sign", "no dilation", "stride", "scatter of stride 1"],
)
def test_a_way_that_means_something_else_is_not_proven(text):
    assert any("differ" in said for said in failed(text))


def test_a_name_is_what_it_was_bound_to():
    """The guard asks the value: after `more = stride` a guard on more tells the stride."""
    text = changed((GUARD, "more = stride\n    if more == 1:"))
    assert failed(text) == []


def test_what_one_way_binds_the_other_lacks():
    (said,) = failed(changed((SCATTER, SCATTER.replace("y = ", "z = "))))
    assert "y is not bound" in said


def test_a_second_guard_is_decided_by_the_first():
    inner = GATHER.replace("        ", " " * 12)
    wrong = "            y = np.zeros((len(x), H), dtype=x.dtype)\n"
    assert failed(changed((GATHER, f"        if stride == 1:\n{inner}        else:\n{wrong}"))) == []
    assert failed(changed((GATHER, f"        if dilation == 1:\n{inner}        else:\n{wrong}")))


def test_a_backward_knows_what_the_forward_found():
    """Saved under `stride == 1` is what is right there; the backward that reads it is held to stride 1 as well."""
    step = f"    {GUARD}\n        step = 1\n    else:\n        step = stride\n    return y, (x, K, step, dilation)"
    text = changed(("    return y, (x, K, stride, dilation)", step))
    assert all_failed(text) == []
    assert all_failed(text.replace(f"    {GUARD}\n        step", "    if dilation == 1:\n        step"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("stride_h == 1 and stride_w == 1", "stride_h == 1"),
        ("stride_h == 1 and stride_w == 1", "stride_w == 1"),
        ("stride_h == 1 and stride_w == 1", "stride_h == 1 and stride_w == 2"),
        ("stride_h == 1 and stride_w == 1", "stride_h == 1 and dilation_w == 1"),
        ("stride_h == 1 and stride_w == 1", "stride_h == 1 or stride_w == 1"),
        ("(1, -dilation_h), (H, R)", "(1, -dilation_w), (H, R)"),
        ("(3, padding_h, (1", "(3, padding_w, (1"),
        ("(1, -dilation_h), (H, R)", "(1, -dilation_h), (P, R)"),
    ],
)
def test_false_guards_in_what_is_emitted(old, new):
    text = (Path(__file__).parents[1] / "generated/conv2d.py").read_text()
    view = View(derive(CONV2D), changed((old, new), text=text))
    try:
        checks = list(_Proofs(view).check_from("saved_values", ["backward_delta"]))
    except ReadBackError:
        return
    assert any("differ" in check.detail or "not shown" in check.detail for check in checks if not check.ok)


def test_at_settings_is_a_layer_of_its_own():
    layer = at_settings(SPREAD, {stride: Integer(1)})
    assert [hyper.symbol for hyper in layer.hyperparameters] == [dilation, more]
    assert (more < 2) in layer.hyperparameters[1].conditions
    assert all(stride not in right.free_symbols for right in (*layer.forward.values(), *layer.output_sizes.values()))
    derive(layer)


def test_conditions_go_to_what_is_left():
    layer = at_settings(SPREAD, {more: Integer(3)})
    conditions = [condition for hyper in layer.hyperparameters for condition in hyper.conditions]
    assert any(one.free_symbols == {stride} and not one.subs(stride, 2) for one in conditions)
    with pytest.raises(NeverHolds, match="stride = 0"):
        at_settings(SPREAD, {stride: Integer(0)})


@pytest.mark.parametrize(
    ("layer", "steps"),
    [(CONV1D, {"∂x"}), (CONV2D, {"∂x"}), (CONV_TRANSPOSE1D, {"y"}), (AVG_POOL1D, set()), (MAX_POOL1D, set())],
    ids=lambda value: getattr(value, "name", ""),
)
def test_which_steps_gather(layer, steps):
    found = special_steps(choose(derive(layer)))
    assert set(found) == steps
    assert all(all("stride" in str(symbol) for symbol in special.settings) for special in found.values())


def test_what_is_emitted():
    """One guard round what differs; an optional parameter within it or after it, once."""
    programs = {v: choose(derive(CONV_TRANSPOSE1D, v)) for v in variants(CONV_TRANSPOSE1D)}
    forward = emit_functions(CONV_TRANSPOSE1D, programs)[0].body
    code = [line for line in forward.split("\n") if "#" not in line.split()[0]]
    assert [line.split(" = ")[0] for line in code[3:]] == [
        "if stride == 1:",
        "    x_windows",
        "    y",
        "else:",
        "    y_windows",
        "    y",
        "if b is not None:",
        "    y += b[:, :, None]  # + b[g, o]",
        code[-1],
    ]

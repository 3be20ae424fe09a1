"""What the reader refuses of texts with the largest entries of windows, and which ranges these have."""

from __future__ import annotations

import pytest

from codegen.read_back import ReadBackError, read_function
from codegen.safety import check_safety
from derivations.notation import argmax_over, maximum_over
from tests.test_windows_refused import ARGUMENTS, GIVEN, PLACES, SIZES, text

HEAD = "import numpy as np\nfrom ._maxima import max_windows, spread_to_maxima\nfrom ._windows import windows\n\n\n"
ALONG = "(1, -pad, (step, 1), (P, R))"
LARGEST = PLACES + f"y = max_windows(x, {ALONG})\n"


def read(body, head=HEAD, maxima="exact"):
    (reading,) = read_function(text(body, head), "forward", ARGUMENTS, size_definitions=SIZES, maxima=maxima)
    return reading.outputs[0]


def test_the_texts_that_the_refused_ones_differ_from():
    assert read(LARGEST + "return y").content.expr.has(maximum_over)
    assert read(LARGEST + f"return spread_to_maxima(y, x, {ALONG})").content.expr.has(argmax_over)


def test_a_maximum_may_be_read_as_an_unknown_and_its_place_as_itself():
    assert not read(LARGEST + "return y", maxima="unknown").content.expr.has(maximum_over)
    assert read(LARGEST + f"return spread_to_maxima(y, x, {ALONG})", maxima="unknown").content.expr.has(argmax_over)


REFUSED = {
    "the image alone": (LARGEST + f"return spread_to_maxima(x, {ALONG})", "not a call|not an array"),
    "nothing named": (LARGEST + "return spread_to_maxima(y, x)", "not a call"),
    "the arrays exchanged": (LARGEST + f"return spread_to_maxima(x, y, {ALONG})", "taken for one"),
    "two axes": (LARGEST + f"return spread_to_maxima(y, x, (0, 0, (1, 1), (N, R)), {ALONG})", "one axis"),
    "an axis that the image lacks": (LARGEST + "return spread_to_maxima(y, x, (2, 0, (step, 1), (P, R)))", "no axis 2"),
    "an axis from the back": (LARGEST + "return spread_to_maxima(y, x, (-1, 0, (step, 1), (P, R)))", "number of"),
    "a size too many": (LARGEST + "return spread_to_maxima(y, x, (1, -pad, (step, 1), (P, R), H))", "takes"),
    "an image with another axis": (
        LARGEST + f"return spread_to_maxima(y, x[:, :, None], {ALONG})", "do not give",
    ),
    "given too little": (PLACES + f"w = v * 1\nreturn spread_to_maxima(w, x, {ALONG})", "no axis 1"),
    "an image to be stretched": (
        LARGEST + f"w = x.sum(axis=0)\nreturn spread_to_maxima(y, w[None, :], {ALONG})", "do not",
    ),
    "no tap": (PLACES + "return max_windows(x, (1, -pad, (step,), (P,)))", "two steps"),
    "two taps": (PLACES + "return max_windows(x, (1, -pad, (step, 1, 1), (P, R, R)))", "two steps"),
    "0 taps": (PLACES + "return max_windows(x, (1, -pad, (step, 1), (P, 0)))", "one tap or more"),
    "a step of 0": (PLACES + "return max_windows(x, (1, -pad, (step, 0), (P, R)))", "no step is 0"),
    "a size of the image": (PLACES + "return max_windows(x, (1, -pad, (step, 1), (P, R), H))", "takes"),
    "of positions": (PLACES + f"return max_windows(windows(x, {ALONG}).argmax(axis=2), {ALONG})", "not real|labels"),
    "an out=": (LARGEST + f"max_windows(x, {ALONG}, out=y)\nreturn y", "not a call"),
    "the name bound in the function": (PLACES + "max_windows = x\nreturn x * 1", "may not be assigned"),
    "a view of what has changed": (
        PLACES + f"u = x * 1\nw = windows(u, {ALONG})\nu += 1\nreturn max_windows(w, (2, 0, (1, 1), (R, R)))",
        "has changed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    body, reason = REFUSED[case]
    with pytest.raises(ReadBackError, match=reason):
        read(body)


@pytest.mark.parametrize(
    "imports",
    [
        "",
        "from ._windows import max_windows\n",
        "from ._maxima import spread_to_maxima as max_windows\n",
        "from .elsewhere import max_windows\n",
        "from ._maxima import max_windows\nfrom .elsewhere import max_windows\n",
    ],
)
def test_the_functions_come_from_their_support_file(imports):
    with pytest.raises(ReadBackError):
        read(LARGEST + "return y", head=f"import numpy as np\n{imports}\n\n")


def safe(body, x=(-2.0, 3.0), **ranges):
    given = {**GIVEN, "x": x, **ranges}
    return check_safety(text(body, HEAD), "forward", ARGUMENTS, given, bound=2.0, size_definitions=SIZES)


@pytest.mark.parametrize(
    "body, bounds",
    [
        (LARGEST + "return y", (-2.0, 3.0)),
        (LARGEST + f"return spread_to_maxima(y, x, {ALONG})", (-10.0, 15.0)),
    ],
)
def test_ranges(body, bounds):
    safety = safe(body)
    assert safety.is_shown, safety.open
    interval = safety.readings[0].outputs[0].content.interval
    low, high = bounds
    assert low * (1 + 1e-9) <= interval.low <= low and high <= interval.high <= high * (1 + 1e-9)


def test_what_lies_outside_may_be_the_largest():
    assert not safe(LARGEST + "return np.log(y)", x=(1.0, 2.0)).is_shown


@pytest.mark.parametrize("body", [LARGEST + "return y", LARGEST + f"return spread_to_maxima(y, x, {ALONG})"])
def test_a_step_is_not_0(body):
    assert {one.kind for one in safe(body, step=(0, 3)).open} == {"step", "divide"}


@pytest.mark.parametrize("body", [LARGEST + "return y", LARGEST + f"return spread_to_maxima(y, x, {ALONG})"])
def test_a_window_must_have_a_tap(body):
    assert "R" in safe(body, R=(0, 5)).sizes("entry")
    assert "R" not in safe(body, R=(1, 5)).sizes("entry")

"""What the reader refuses of texts with windows and defined sizes, in which words; and which ranges windows have."""

from __future__ import annotations

import pytest
from sympy import Symbol, floor

from codegen.intervals import FLOAT32
from codegen.read_back import ArrayArgument, ReadBackError, read_function
from codegen.read_windows import is_same_size
from codegen.safety import check_safety
from derivations.notation import axes, size_of, size_symbol, tensors

n, h = axes("n:N h:H")
H, P, R, Q = map(size_symbol, "HPRQ")
step, pad = Symbol("step", integer=True), Symbol("pad", integer=True)
x, v = tensors("x v")
ARGUMENTS = {
    "x": ArrayArgument(x[n, h]),
    "v": ArrayArgument(v[axes("r:R")[0]]),
    "R": R,
    "step": step,
    "pad": pad,
}
SIZES = {P: (H + 2 * pad - R) // step + 1}
HEAD = "import numpy as np\nfrom ._windows import add_windows, spread_windows, sum_windows, windows\n\n\n"
PLACES = "P = (H + 2*pad - R)//step + 1\n"
COLUMNS = "w = windows(x, (1, -pad, (step, 1), (P, R)))\n"


def text(body, head=HEAD):
    lines = ["N, H = x.shape", *body.splitlines()]
    return f"{head}def forward(x, v, R, step, pad):\n" + "".join(f"    {line}\n" for line in lines)


def read(body, head=HEAD):
    (reading,) = read_function(text(body, head), "forward", ARGUMENTS, size_definitions=SIZES)
    return reading.outputs[0]


def test_the_text_that_the_refused_ones_differ_from():
    assert read(PLACES + COLUMNS + "return w.sum(axis=2)").axes == (axes("n:N")[0].upper + 1, P)


REFUSED = {
    "another size": ("P = (H + 2*pad - R)//step + 2\n" + COLUMNS + "return w.sum(axis=2)", "the size P is"),
    "a size that is no name": ("return sum_windows(x, (1, -pad, (step, 1), ((H - R)//step + 1, R)))", "not the size"),
    "another name for it": ("M = (H + 2*pad - R)//step + 1\nreturn sum_windows(x, (1, 0, (1,), (M,)))", "not the size"),
    "a step as a size": (PLACES + "return sum_windows(x, (1, -pad, (step, 1), (P, step)))", "not the size"),
    "a negative size": ("return sum_windows(x, (1, -pad, (1,), (-1,)))", "not the size"),
    "axes out of order": (
        PLACES + "w = windows(x, (1, 0, (1,), (P,)), (0, 0, (1,), (N,)))\nreturn w * 1", "increasing order",
    ),
    "an axis twice": ("w = windows(x, (1, 0, (1,), (H,)), (1, 0, (1,), (H,)))\nreturn w * 1", "increasing order"),
    "an axis that is not there": ("return sum_windows(x, (2, 0, (1,), (H,)))", "no axis 2"),
    "an axis from the back": ("return sum_windows(x, (-1, 0, (1,), (H,)))", "number of an axis"),
    "too few steps": (PLACES + "return sum_windows(x, (1, -pad, (step,), (P, R)))", "do not pair up"),
    "no steps": ("return sum_windows(x, (1, -pad, (), ()))", "do not pair up"),
    "too few axes": ("return add_windows(x, (1, -pad, (step, 1), H))", "no axis 1"),
    "another size of places": (PLACES + "return spread_windows(x, (1, -pad, (step, 1), (P, R), H))", "taken for one"),
    "a field too many": (PLACES + "return sum_windows(x, (1, -pad, (step,), (P,), H))", "takes"),
    "no tuple": ("return sum_windows(x, 1)", "takes"),
    "steps that are no tuple": (PLACES + "return sum_windows(x, (1, -pad, step, (P,)))", "not a tuple"),
    "a start that is no integer": (PLACES + "return sum_windows(x, (1, 1 / step, (step,), (P,)))", "not an integer"),
    "a start that is an array": (PLACES + "return sum_windows(x, (1, x, (step,), (P,)))", "not an integer"),
    "a step of 0": (PLACES + "return sum_windows(x, (1, -pad, (0,), (P,)))", "no step is 0"),
    "nothing named": ("return sum_windows(x)", "not a call"),
    "an out=": (PLACES + "w = x * 1\nsum_windows(x, (1, 0, (1,), (H,)), out=w)\nreturn w", "not a call"),
    "a view as a result": (PLACES + COLUMNS + "return w", "shares memory"),
    "writing into a view": (PLACES + COLUMNS + "w *= 2\nreturn w.sum(axis=2)", "this would change"),
    "a view of what has changed": (
        "u = x * 1\n" + PLACES + COLUMNS.replace("(x", "(u") + "u += 1\nreturn w.sum(axis=2)", "has changed",
    ),
    "a view of a view of what has changed": (
        "u = x * 1\n" + PLACES + COLUMNS.replace("(x", "(u")
        + "e = windows(w, (2, 0, (1,), (R,)))\nu += 1\nreturn e.sum(axis=2)", "has changed",
    ),
    "a product into what a view shows": (
        "u = np.empty((N, H), dtype=x.dtype)\nu = np.dot(x, np.zeros((H, H), dtype=x.dtype))\n"
        "w = windows(u, (1, 0, (1,), (H,)))\nnp.dot(w, np.zeros((H, H), dtype=x.dtype), out=u)\nreturn u",
        "shares memory",
    ),
    "// of an array": ("return x // 2", "not in the language"),
    "// by 0": ("M = H // 0\nreturn x * M", "divides by 0"),
    "// of a fraction": ("M = (H / 2) // 2\nreturn x * M", "integer"),
    "a loop": ("u = x * 1\nfor r in range(3):\n    u += 1\nreturn u", "no loops"),
    "the name bound in the function": (PLACES + "windows = x\nreturn x * 1", "may not be assigned"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    body, reason = REFUSED[case]
    with pytest.raises(ReadBackError, match=reason):
        read(body)


@pytest.mark.parametrize(
    "head",
    [
        "import numpy as np\n",
        "import numpy as np\nfrom .elsewhere import windows\n",
        "import numpy as np\nfrom _windows import windows\n",
        "import numpy as np\nfrom .._windows import windows\n",
        "import numpy as np\nfrom ._windows import add_windows as windows\n",
        "import numpy as np\nfrom ._windows import windows as add_windows\nfrom ._windows import windows\n",
        "import numpy as np\nfrom ._windows import windows\nfrom .elsewhere import windows\n",
        "import numpy as np\n\n\ndef windows(x, *axes):\n    return x\n",
    ],
)
def test_the_functions_come_from_the_support_file(head):
    with pytest.raises(ReadBackError):
        read(PLACES + COLUMNS + "return w.sum(axis=2)", head + "\n\n")


def test_sizes_are_compared_as_formulas():
    right = (H + 2 * pad - R) // step + 1
    assert is_same_size((2 * pad - (R - H) + step) // step, (H - R + 2 * pad + step) // step)
    assert is_same_size(right, 1 + floor((2 * (H + 2 * pad) - 2 * R) / (2 * step)))
    for wrong in (right + 1, right - 1, (H + 2 * pad - R + 1) // step + 1, (H + 2 * pad) // step - R // step + 1):
        assert not is_same_size(right, wrong)


GIVEN = {"R": (1, 5), "step": (1, 3), "pad": (0, 9)}


def safe(body, **given):
    return check_safety(text(body), "forward", ARGUMENTS, {**GIVEN, **given}, bound=2.0, size_definitions=SIZES)


@pytest.mark.parametrize(
    "body, bound",
    [
        (PLACES + COLUMNS + "return w * 1", 2.0),
        (PLACES + "return sum_windows(x, (1, -pad, (step, 1), (P, R)))", 10.0),
        (PLACES + "return sum_windows(x, (1, -pad, (step, 1), (P, R))) / R", 2.0),
        (PLACES + "w = sum_windows(x, (1, -pad, (step, 1), (P, R)))\n"
         "return spread_windows(w, (1, -pad, (step, 1), (P, R), H))", 50.0),
        (PLACES + COLUMNS + "return add_windows(w * 1, (1, -pad, (step, 1), H))", 10.0),
        (PLACES + "return sum_windows(x, (1, -pad, (step,), (P,)))", 2.0),
    ],
)  # fmt: skip
def test_ranges(body, bound):
    safety = safe(body)
    assert safety.is_shown, safety.open
    interval = safety.readings[0].outputs[0].content.interval
    assert bound <= interval.high <= bound * (1 + 1e-9) and -interval.low == interval.high


def test_a_range_of_windows_holds_what_stands_outside():
    body = PLACES + COLUMNS + "return np.log(w)"
    assert not safe(body, x=(1.0, 2.0)).is_shown
    assert safe("return np.log(x)", x=(1.0, 2.0)).is_shown


def test_a_step_or_a_divisor_that_may_be_0_is_not_shown():
    body = PLACES + COLUMNS + "return w * 1"
    kinds = {one.kind for one in safe(body, step=(0, 3)).open}
    assert kinds == {"step", "divide"}
    assert {one.kind for one in safe(body, step=(-1, 3)).open} == {"step", "divide"}
    assert safe(body, step=(-3, -1)).is_shown


OUTER = "u = x[:, :, None] * v\n"


@pytest.mark.parametrize(
    ("body", "shapes", "is_shown"),
    [
        ("return x.sum(axis=(0, 1)) * v", ["x"], True),
        ("return x.sum(axis=(0, 1)) * v", [], False),
        ("return x.sum(axis=(0, 1)) * v", ["v"], False),
        (OUTER + "return u.sum(axis=1)", [], True),
        (OUTER + "return u.sum(axis=(0, 1))", ["x"], True),
        (OUTER + "return u.sum(axis=(1, 2))", ["x", "v"], False),
        (OUTER + "return u.sum(axis=(0, 1, 2))", ["x", "v"], False),
        ("u = x[:, None, :] * x[None, :, :]\nreturn u.sum(axis=(0, 1))", ["x"], False),
        ("return add_windows(x, (0, 0, (1, 1), H)) * 1", ["x"], True),
    ],
)
def test_how_many_terms_a_sum_has(body, shapes, is_shown):
    """Axes of one given array have 1e9 entries together, axes of several as many each."""
    given = [tuple(size_of(index) for index in ARGUMENTS[name].entry.indices) for name in shapes]
    ranges = {**GIVEN, "R": (0, 1e9)}
    found = check_safety(text(body), "forward", ARGUMENTS, ranges, bound=1e13, limits=FLOAT32, shapes=given)
    assert found.is_shown == is_shown

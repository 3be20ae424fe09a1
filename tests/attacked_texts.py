"""Texts that mean or do something else than they seem to, each a small change to one that is accepted."""

from __future__ import annotations

import numpy as np
from sympy import Function

from codegen.intervals import FLOAT32, FLOAT64
from codegen.pipeline import emit_module
from derivations.layer import Hyperparameter, Layer
from derivations.layers import LAYERS
from derivations.notation import axes, max_, positive, size_symbol, tensors

n, i = axes("n:N i:d")
a, x, z = tensors("a x z")
g = Function("g")
P = size_symbol("P")
BY_NAME = {one.name: one for one in LAYERS}


def layer(name, inputs, forward):
    return Layer(name, inputs=inputs, forward=forward, source="none: a formula of the tests")


RELU = layer("ReLU", (a[n, i],), {z[n, i]: a[n, i] * positive(a[n, i])})
SQUARE = layer("Square", (x[n, i],), {z[n, i]: x[n, i] ** 2})
TWICE = layer("Twice", (x[n, i],), {z[n, i]: 2 * x[n, i]})
LARGE = layer("Large", (x[n, i],), {z[n, i]: -(10**10) * x[n, i]})
LARGEST = layer("Largest", (x[n, i],), {z[n]: max_(x[n, i], i)})
GIVEN = layer("Given", (x[n, i],), {z[n, i]: x[n, i] * g(x[n, i])})
PART = Layer(
    "Part",
    inputs=(x[n, i],),
    hyperparameters=(Hyperparameter(P, 2, (P >= 1,)),),
    forward={z[n, i]: x[n, i]},
    source="none: a formula of the tests",
)
OWN = {one.name: one for one in (RELU, SQUARE, TWICE, LARGE, LARGEST, GIVEN, PART)}


def module(forward, backward, head="import numpy as np\n", given="x", seed="saved, delta"):
    """A module of two functions."""
    bodies = ("\n".join(f"    {line}" for line in body.splitlines()) for body in (forward, backward))
    first, second = bodies
    return f'"""D."""\n{head}\n\ndef forward({given}):\n{first}\n\n\ndef backward({seed}):\n{second}\n'


RELU_BODIES = ("z = np.maximum(a, 0)\nreturn z, (a,)", "a, = saved\nda = delta * (a > 0)\nreturn da")
SQUARE_BODIES = ("z = x * x\nreturn z, (x,)", "x, = saved\ndx = 2 * x * delta\nreturn dx")
TWICE_BODIES = ("z = 2 * x\nreturn z, ()", "dx = 2 * delta\nreturn dx")
LARGEST_BODIES = (
    "z = x.max(axis=1)\nreturn z, (x,)",
    "x, = saved\nreturn delta[:, None] * (np.arange(x.shape[1]) == x.argmax(axis=1)[:, None])",
)
GIVEN_BODIES = ("z = x * g(x)\nreturn z, (x,)", "x, = saved\ndx = delta * (g(x) + x * g_prime(x))\nreturn dx")


def relu(**more):
    return module(*RELU_BODIES, given="a", **more)


def twice(forward="z = 2 * x", backward="dx = 2 * delta"):
    return module(f"{forward}\nreturn z, ()", f"{backward}\nreturn dx")


def largest(of):
    return module(*LARGEST_BODIES).replace("x.argmax", f"{of}.argmax")


def emitted(name, *changes):
    """A module as it is emitted, with some of its text another."""
    source = emit_module(BY_NAME[name])
    for before, after in changes:
        assert before in source
        source = source.replace(before, after)
    return source


WINDOWS = "import numpy as np\nfrom ._windows import sum_windows, windows\n"


def part(cut, result="u"):
    """Entries beyond the first P are cut off, and then read again."""
    body = "d = {0}.shape[1]\nw = {1}\nu = sum_windows(w, (1, 0, (1,), (d,)))\nreturn {2}"
    forward, backward = (body.format(of, cut.format(of), result) for of in ("x", "delta"))
    return module(f"{forward}, (P,)", f"P, = saved\n{backward}", WINDOWS, "x, P")


HIDDEN = "#\x0c\x0c\x0c\n# coding: utf-7\n"
"""To Python the coding stands in line 2; to str.splitlines in line 5."""

LINES = 'within ±1e149 in float64 and\n±1e14 in float32'
MENDED = {
    # a shift of one function is read as that of another: the gradient below is 2·delta·(x − max x + max delta)
    "a part of an array that is read as the whole": ("Part", lambda: part("windows({}, (1, 0, (1,), (P,)))")),
    "a part that is stretched": (
        "Part",
        lambda: part(
            "windows({0}, (1, 0, (1, 1), (P, 1))) * np.ones((2,), dtype={0}.dtype)", "u.sum(axis=2) / 2"
        ),
    ),
    "two maxima with one name": (
        "Square",
        lambda: module(
            "p = x.sum(axis=1)\nm = x.max(axis=1)\nu = x - m[:, None]\nz = x * x\nreturn z, (u,)",
            "u, = saved\nw = delta.max(axis=1)\ndx = 2 * delta * (u + w[:, None])\nreturn dx",
        ),
    ),
    "np is a class": ("ReLU", lambda: relu(head="class np:\n    maximum = min\n")),
    "np is imported from elsewhere": ("ReLU", lambda: relu(head="from cupy import anything as np\n")),
    "a coding line behind form feeds": ("ReLU", lambda: HIDDEN + relu()),
    "a backward that returns saved values too": (
        "ReLU", lambda: relu().replace("return da", "return da, (delta,)"),
    ),
    "a backward that returns an empty tuple too": ("ReLU", lambda: relu().replace("return da", "return da, ()")),
    "a forward that saves nothing": ("Twice", lambda: module(TWICE_BODIES[0].replace("z, ()", "z"), TWICE_BODIES[1])),
    "functions for labels where there are none": (
        "ReLU", lambda: relu() + "\n\ndef backward_labels(saved, delta):\n    return delta * 3\n",
    ),
    "the derivative before the function": (
        "Given", lambda: module(*GIVEN_BODIES, given="x, g", seed="saved, delta, g_prime, g"),
    ),
    "a maximum over rows that there may be none of": (
        "Twice", lambda: twice("m = x.max(axis=0)\nz = 2 * (x - m + m)"),
    ),
    "a mean over rows that there may be none of": (
        "Linear",
        lambda: emitted("Linear", ("db = delta.sum(axis=0)", "db = delta.mean(axis=0) * delta.shape[0]")),
    ),
    "a logarithm of a size that may be 0": (
        "Linear",
        lambda: emitted(
            "Linear",
            ("z = np.dot(x, W.T)", "l = float(np.log(x.shape[1]))\n    z = np.dot(x, W.T) + l - l"),
        ),
    ),
    "a divisor that is 0 once it is float32": (
        "Large",
        lambda: module(
            "z = x / (np.ones_like(x) - (1 + 1 / 10**10))\nreturn z, ()",
            "dx = delta / (np.ones_like(delta) - (1 + 1 / 10**10))\nreturn dx",
        ),
    ),
    "a logarithm of an integer that NumPy cannot hold": (
        "Twice", lambda: twice("l = float(np.log(10**30))\nz = 2 * x + l - l"),
    ),
    "a range in a comment": (
        "Linear", lambda: "# ±1e0 in float64 and ±1e0 in float32\n" + emitted("Linear", ("±1e149", "±1e308")),
    ),
    "a range that is spelled otherwise": ("Linear", lambda: emitted("Linear", ("±1e149", "± 1e+308"))),
    "a range with a fraction": ("Linear", lambda: emitted("Linear", ("±1e149", "±9.9e307"))),
    "the types the other way round": (
        "Linear", lambda: emitted("Linear", (LINES, "within ±1e38 in float32 and\n±1e308 in float64")),
    ),
    "a second range": (
        "Linear",
        lambda: emitted("Linear", ("its range.\n", "its range.\nNor within ±1e308 in float64 and ±1e38 in float32.\n")),
    ),
    "longer axes": ("Linear", lambda: emitted("Linear", ("up to 1e9 entries", "up to 1e18 entries"))),
    "no word of how near to 0": (
        "BCELoss",
        lambda: emitted("BCELoss", ("those of ŷ no nearer to 0 than 1e-284 and 1e-23", "those of ŷ anywhere")),
    ),
    "a domain that the class does not check": (
        "BCELoss", lambda: emitted("BCELoss", ("is_open=True", "is_open=False")),
    ),
    "a check of an assumption that overflows": (
        "CrossEntropyLoss",
        lambda: emitted(
            "CrossEntropyLoss",
            ("return y.sum(axis=1) - 1", "return np.log(np.exp(y.sum(axis=1) * 1000)) / 1000 - 1"),
        ),
    ),
}  # fmt: skip

DIGITS = {
    "all that underflows": ("Twice", lambda: twice("z = x / 10**30 / 10**30 * 10**30 * 10**30 * 2")),
    "a comparison of what underflows": (
        "ReLU", lambda: relu().replace("a > 0", "a / 10**30 / 10**30 > 0"),
    ),
    "the first maximum of what addition made equal": ("Largest", lambda: largest("(x + 10**20)")),
}  # fmt: skip
"""Equal over the reals; rounding takes all digits. Safety is about the range, not about digits."""

REFUSED = {
    "saved changed": ("Square", lambda: module(SQUARE_BODIES[0], "x, = saved\nx *= 2\ndx = x * delta\nreturn dx")),
    "delta changed through a view": (
        "Square", lambda: module(SQUARE_BODIES[0], "x, = saved\nw = delta.T\nw *= 2\ndx = x * delta\nreturn dx"),
    ),
    "saved before it is changed": (
        "Square",
        lambda: module("z = x * 1\ny = z\nz *= x\nreturn z, (y,)", "y, = saved\ndx = 2 * y * delta\nreturn dx"),
    ),
    "a saved condition as a factor": (
        "Square",
        lambda: module(
            "z = x * x\nc = x == x\nreturn z, (x, c)", "x, c = saved\ndx = 2 * x * (delta * c)\nreturn dx"
        ),
    ),
    "one result too many": (
        "Square", lambda: module(SQUARE_BODIES[0], SQUARE_BODIES[1].replace("return dx", "return dx, None")),
    ),
    "sizes the other way round": (
        "Square",
        lambda: module(
            "z = x * x * np.ones((x.shape[1], len(x)), dtype=x.dtype)\nreturn z, (x,)", SQUARE_BODIES[1]
        ),
    ),
    "a tie counts": ("ReLU", lambda: relu().replace("a > 0", "a == np.abs(a)")),
    "the first of the smallest": ("Largest", lambda: largest("(-x)")),
    "the first of the largest squares": ("Largest", lambda: largest("(x * x)")),
    "a larger range": ("Linear", lambda: emitted("Linear", ("±1e149", "±1e200"))),
    "a range beyond all numbers": ("Linear", lambda: emitted("Linear", ("±1e149", "±1e400"))),
    "nearer to 0": ("BCELoss", lambda: emitted("BCELoss", ("1e-284", "1e-300"))),
}  # fmt: skip

UNSAFE = {
    "a logarithm of more than the longest axis": (
        "return np.exp(np.minimum(x, 0) + 24 * float(np.log(len(x) * 2**40)))", "x", FLOAT64, np.zeros((8, 1)),
    ),
    "a number that float32 rounds to 1": (
        "return x / (np.maximum(x, 1 + 1 / 10**9) - 1)", "x", FLOAT32, np.zeros((1, 1)),
    ),
    "a number that float32 rounds to the bound": (
        "return x / (x + (10**4 + 1 / 10**5))", "x", FLOAT32, np.full((1, 1), -1e4),
    ),
    "a choice by a number that float32 rounds": (
        "return x / (np.where(x >= 1 + 1 / 10**9, x, 2) - 1)", "x", FLOAT32, np.ones((1, 1)),
    ),
}  # fmt: skip

"""The safety check: which texts it shows safe, and which it does not."""

from __future__ import annotations

import pytest

from codegen.read_back import ABSENT, ArrayArgument, Saved
from codegen.safety import check_safety
from derivations.notation import d
from tests.reader_cases import (
    BCE,
    BIAS,
    CROSS_ENTROPY,
    LABELS,
    LINEAR,
    RBF,
    WEIGHTS,
    X,
    Y,
    arguments_of,
    g,
    i,
    j,
    n,
    s,
    text,
    z,
)

WIDTH = {"s": (1e-100, 1e100)}
LAYERS = [
    (LINEAR, {"x": X, "W": WEIGHTS, "b": BIAS}, d(z)[n, j], {}),
    (LINEAR, {"x": X, "W": WEIGHTS, "b": ABSENT}, d(z)[n, j], {}),
    (CROSS_ENTROPY, {"t": LABELS, "yhat": Y}, d(z)[n], {}),
    (BCE, {"y": ArrayArgument(g[n, i]), "a": X}, d(z)[n, i], {"y": (0, 1)}),
    (RBF, {"x": X, "c": WEIGHTS, "s": s}, d(z)[n, j], WIDTH),
]


@pytest.mark.parametrize("source, arguments, output, ranges", LAYERS)
def test_safe_layers(source, arguments, output, ranges):
    forward = check_safety(source, "forward", arguments, ranges)
    assert forward.open == ()
    (reading,) = forward.readings
    back = {"saved": Saved(reading.saved), "delta": ArrayArgument(output)}
    assert check_safety(source, "backward", back, ranges).open == ()
    assert forward.obligations


SAFE = {
    "a root and a logarithm of a size": ("return x / x.shape[1]**0.5 + float(np.log(len(x)))", "x"),
    "half": ("return 0.5 * x / x.shape[1]", "x"),
    "the entry at a label": ("return np.where(np.arange(y.shape[1]) == t[:, None], y / 2, 0)", "t, y"),
    "softmax": ("m = y.max(axis=1)\ne = np.exp(y - m[:, None])\nreturn e / e.sum(axis=1)[:, None]", "y"),
    "softmax in place": (
        "z = y - y.max(axis=1)[:, None]\nnp.exp(z, out=z)\nz /= z.sum(axis=1)[:, None]\nreturn z",
        "y",
    ),
    "softmax into a buffer": (
        "m = y.max(axis=1)\nu = np.empty_like(y)\nnp.subtract(y, m[:, None], out=u)\nnp.exp(u, out=u)\n"
        "return u / u.sum(axis=1)[:, None]",
        "y",
    ),
    "softmax of a transposed view": ("w = y.T\ne = np.exp(w - w.max(axis=0))\nreturn e / e.sum(axis=0)", "y"),
    "softmax, the maximum of the untransposed": (
        "w = y.T\ne = np.exp(w - y.max(axis=1))\nreturn e / e.sum(axis=0)",
        "y",
    ),
    "softmax over two axes": (
        "e = np.exp(a - a.max(axis=(0, 2))[None, :, None])\nreturn e / e.sum(axis=(0, 2))[None, :, None]",
        "a",
    ),
    "softmax of scores": (
        "q = np.dot(x, x.T) / x.shape[1] ** (1 / 2)\nq -= q.max(axis=1)[:, None]\ne = np.exp(q)\n"
        "return np.dot(e / e.sum(axis=1)[:, None], x)",
        "x",
    ),
    "log-softmax": ("u = y - y.max(axis=1)[:, None]\nreturn u - np.log(np.exp(u).sum(axis=1))[:, None]", "y"),
    "sigmoid": ("t = np.exp(-np.abs(x))\nreturn np.where(x >= 0, 1, t) / (1 + t)", "x"),
    "sigmoid by a minimum": ("return np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))", "x"),
    "softplus": ("return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))", "x"),
    "tanh": ("z = np.tanh(x)\nreturn 1 - z * z", "x"),
    "a square": ("return np.exp(-(x * x)) + np.exp(-(x**2)) + np.exp(-np.square(x))", "x"),
    "a sum of squares": ("return np.exp(-np.dot(v, v)) * x", "x, v"),
    "a root of a mean square": ("return x / np.sqrt((x * x).mean(axis=1) + s)[:, None]", "x, s"),
    "a logarithm away from 0": ("return np.log(1 + x * x) + np.log(np.maximum(x, 1))", "x"),
    "a choice that is refined": (
        "return np.sqrt(np.where(x > 0, x, 0)) + np.sqrt(np.where(x < 1, 1, x))",
        "x",
    ),
    "expm1 and its bound": ("return np.expm1(-np.abs(x)) + np.arctan(x) + np.sin(x) * np.cos(x)", "x"),
    "division by a size": ("return x / len(x) + x.mean(axis=0)", "x"),
    "a guard on both ways": (
        "if x.max(axis=(0, 1)) <= 1:\n    u = np.tanh(x)\nelse:\n    u = np.exp(-np.abs(x))\nreturn u",
        "x",
    ),
}


@pytest.mark.parametrize("case", SAFE)
def test_safe_texts(case):
    body, parameters = SAFE[case]
    safety = check_safety(text(body, parameters), "forward", arguments_of(parameters), {"s": (1e-8, 1.0)})
    assert safety.open == ()


UNSAFE = {
    "a logarithm that may be 0": ("return x / float(np.log(len(x)))", "x", {"divide"}),
    "a logarithm of half a size": ("return x + float(np.log(0.5 * len(x)))", "x", {"log"}),
    "no shift": ("e = np.exp(y)\nreturn e / e.sum(axis=1)[:, None]", "y", {"exp", "divide"}),
    "a shift by the minimum": ("m = -(-y).max(axis=1)\nreturn np.exp(y - m[:, None])", "y", {"exp"}),
    "a shift by the mean": ("return np.exp(y - y.mean(axis=1)[:, None])", "y", {"exp"}),
    "a shift over the other axis": (
        "e = np.exp(y - y.max(axis=0))\nreturn e / e.sum(axis=1)[:, None]",
        "y",
        {"divide"},
    ),
    "a logarithm after a shift over the other axis": (
        "return np.log(np.exp(y - y.max(axis=0)).sum(axis=1))",
        "y",
        {"log"},
    ),
    "a shift by the maximum of another array": (
        "return np.exp(y - (2 * y).max(axis=1)[:, None])",
        "y",
        {"exp"},
    ),
    "a shift by the maximum of an older content": (
        "u = y * 1\nm = u.max(axis=1)\nu *= 2\nreturn np.exp(u - m[:, None])",
        "y",
        {"exp"},
    ),
    "a shift by the maximum of a square matrix's columns": (
        "return np.exp(G - G.max(axis=0)[:, None])",
        "G",
        {"exp"},
    ),
    "a square matrix transposed": ("return np.exp(G.T - G.max(axis=1)[:, None])", "G", {"exp"}),
    "half a shift": ("return np.exp(y - y.max(axis=1)[:, None] / 2)", "y", {"exp"}),
    "a shift the other way": ("return np.exp(y.max(axis=1)[:, None] - y)", "y", {"exp"}),
    "a shift added": ("return np.exp(y + y.max(axis=1)[:, None])", "y", {"exp"}),
    "a shift that has been changed": (
        "m = y.max(axis=1)\nm -= 800\nreturn np.exp(y - m[:, None])",
        "y",
        {"exp"},
    ),
    "a logarithm without the maximum's own term": (
        "e = np.exp(y - y.max(axis=1)[:, None])\nreturn np.log(e.sum(axis=1) - 1)",
        "y",
        {"log"},
    ),
    "a logarithm of a softmax": (
        "e = np.exp(y - y.max(axis=1)[:, None])\nreturn np.log(e / e.sum(axis=1)[:, None])",
        "y",
        {"log"},
    ),
    "a partial sum": (
        "e = np.exp(a - a.max(axis=(1, 2))[:, None, None])\nreturn e / e.sum(axis=2)[:, :, None]",
        "a",
        {"divide"},
    ),
    "exp of an absolute value": ("t = np.exp(np.abs(x))\nreturn 1 / (1 + t)", "x", {"exp"}),
    "a sigmoid without a shift": ("return 1 / (1 + np.exp(-x))", "x", {"exp"}),
    "a choice does not protect what it does not choose": (
        "return np.where(x > 0, 1 / (1 + np.exp(-x)), 0 * x)",
        "x",
        {"exp"},
    ),
    "a choice refined the wrong way": ("return np.sqrt(np.where(x > 0, 0, x))", "x", {"sqrt"}),
    "a choice on another array": ("return np.sqrt(np.where(x > v[:, None], x, 0))", "x, v", {"sqrt"}),
    "a choice on an older content": (
        "u = x * 1\nc = u > 0\nu -= 1\nreturn np.sqrt(np.where(c, u, 0))",
        "x",
        {"sqrt"},
    ),
    "a choice on a transposed square matrix": ("return np.sqrt(np.where(G > 0, G.T, 0))", "G", {"sqrt"}),
    "log without the 1": ("return np.log(np.exp(-np.abs(x)))", "x", {"log"}),
    "log1p of minus a probability": ("return np.log1p(-np.exp(-np.abs(x)))", "x", {"log"}),
    "a logarithm of a square": ("return np.log(x * x)", "x", {"log"}),
    "a product that is no square": ("return np.sqrt(G * G.T)", "G", {"sqrt"}),
    "a product of two contents": ("u = x * 1\nw = u * 1\nreturn np.sqrt(u * w)", "x", {"sqrt"}),
    "the root of what rounds below 0": ("z = np.tanh(x)\nreturn np.sqrt(1 - z * z)", "x", {"sqrt"}),
    "a root of a cube": ("return np.sqrt(x**3)", "x", {"sqrt"}),
    "division by an input": ("return 1 / x", "x", {"divide"}),
    "division by a square": ("return x / (x * x)", "x", {"divide"}),
    "division by a norm": ("return x / np.sqrt((x * x).sum(axis=1))[:, None]", "x", {"divide"}),
    "division by zeros": ("u = np.zeros_like(x)\nreturn x / u.sum(axis=1)[:, None]", "x", {"divide"}),
    "Python's division by a size": ("return x * (1 / len(x))", "x", {"divide"}),
    "division by a size less one": ("return x / (len(x) - 1)", "x", {"divide"}),
    "division by what underflows": ("return x / np.exp(-(1000 + np.abs(x)))", "x", {"divide"}),
    "a negative power": ("return x ** -2", "x", {"divide"}),
    "a reciprocal": ("return np.reciprocal(x)", "x", {"divide"}),
    "in place": ("u = x * 1\nu /= x\nreturn u", "x", {"divide"}),
    "a hyperbolic sine": ("return np.sinh(x)", "x", {"exp"}),
    "a hyperbolic cosine": ("return np.cosh(x)", "x", {"exp"}),
    "expm1": ("return np.expm1(x)", "x", {"exp"}),
    "a tangent": ("return np.tan(x)", "x", {"tan"}),
    "a high power": ("return x ** 64 * x ** 20", "x", {"overflow"}),
    "a long product": ("u = np.exp(np.minimum(x, 600))\nreturn u * u", "x", {"overflow"}),
    "a sum of large terms": (
        "u = np.exp(np.minimum(x, 700))\nreturn (u * 1000).sum(axis=1)",
        "x",
        {"overflow"},
    ),
    "a number that overflows": (
        "return x * 10 ** 64 * 10 ** 64 * 10 ** 64 * 10 ** 64 * 10 ** 64",
        "x",
        {"overflow"},
    ),
    "a maximum that an entry added hides": (
        "u = y - y.max(axis=1)[:, None]\nu[np.arange(len(t)), t] += 1000\nreturn np.exp(u)",
        "y, t",
        {"exp"},
    ),
    "an entry taken away": (
        "e = np.exp(y - y.max(axis=1)[:, None])\ne[np.arange(len(t)), t] -= 1\nreturn 1 / e.sum(axis=1)",
        "y, t",
        {"divide"},
    ),
    "one way through a guard": (
        "if np.abs(x).max(axis=(0, 1)) <= 1:\n    u = np.tanh(x)\nelse:\n    u = np.exp(x)\nreturn u",
        "x",
        {"exp"},
    ),
}


@pytest.mark.parametrize("case", UNSAFE)
def test_unsafe_texts(case):
    body, parameters, kinds = UNSAFE[case]
    safety = check_safety(text(body, parameters), "forward", arguments_of(parameters))
    blamed = {obligation.kind for obligation in safety.open}
    assert safety.open[0].kind in kinds and kinds <= blamed <= kinds | {"overflow"}
    assert not safety.is_shown

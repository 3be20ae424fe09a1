"""Relations that the safety check knows: parts of a whole, a mean written as a sum, a divisor with a size in it.

Each is shown where it holds, and refused where one word of the text is another.
"""

from __future__ import annotations

import numpy as np
import pytest

from codegen.intervals import FLOAT32, FLOAT64
from codegen.read_values import ArrayArgument
from codegen.safety import check_safety
from derivations.notation import axes, scalars, tensors
from tests.reader_cases import arguments_of, text

LARGE = " * ".join(["10**64"] * 4 + ["10**44"])
"""1e300: a value times it is representable, a sum of many such values is not."""

SAFE = {
    "a logarithm of a mean of exponentials": (
        "m = y.max(axis=1)\nreturn m + np.log(np.exp(y - m[:, None]).mean(axis=1))",
        "y",
    ),
    "parts of a whole": (
        "e = np.exp(y - y.max(axis=1)[:, None])\np = e / e.sum(axis=1)[:, None]\nreturn np.expm1(600 * p)",
        "y",
    ),
    "parts of a whole, in place": (
        "e = np.exp(y - y.max(axis=1)[:, None])\ne /= e.sum(axis=1)[:, None]\n"
        f"return (e * (y * {LARGE})).sum(axis=1)",
        "y",
    ),
    "parts of a whole, transposed": (
        "e = np.exp(y - y.max(axis=1)[:, None])\np = e.T / e.sum(axis=1)\n"
        f"return (p * (y.T * {LARGE})).sum(axis=0)",
        "y",
    ),
    "a product with parts of a whole": (
        f"w = G * {LARGE}\ne = np.exp(G - G.max(axis=1)[:, None])\np = e / e.sum(axis=1)[:, None]\n"
        "return np.dot(p, w)",
        "G",
    ),
    "a mean as a sum": ("return np.exp(np.minimum(x, 1).sum(axis=1) / x.shape[1])", "x"),
    "a mean over two axes as a sum": (
        "return np.exp(np.minimum(x, 1).sum(axis=(0, 1)) / (x.shape[1] * len(x))) + x",
        "x",
    ),
    "a mean as a product": (
        "return np.exp(np.dot(np.minimum(v, 10), np.tanh(v)) / len(v) / 1000) * x",
        "x, v",
    ),
    "a variance as a sum": (
        "u = x - (x.sum(axis=1) / x.shape[1])[:, None]\nv = (u * u).sum(axis=1) / x.shape[1]\n"
        "return u / np.sqrt(v + s)[:, None]",
        "x, s",
    ),
    "a mean that something multiplies": (
        "return np.exp(np.minimum(x, 1) * np.tanh(x).sum(axis=1)[:, None] / x.shape[1] / 1000)",
        "x",
    ),
    "a mean that something divides": (
        "u = np.tanh(x).sum(axis=1)[:, None] / (1 + x * x)\nu /= x.shape[1]\nreturn np.exp(600 * u)",
        "x",
    ),
    "a divisor that a size multiplies": ("return x / (len(x) * (1 + x * x))", "x"),
}


@pytest.mark.parametrize("case", SAFE)
def test_shown(case):
    body, parameters = SAFE[case]
    safety = check_safety(text(body, parameters), "forward", arguments_of(parameters), {"s": (1e-8, 1.0)})
    assert safety.open == ()


UNSAFE = {
    "a mean of exponentials, the shift over the other axis": (
        "return np.log(np.exp(y - y.max(axis=0)).mean(axis=1))",
        "y",
        {"log"},
    ),
    "parts of another whole": (
        "e = np.exp(y - y.max(axis=0))\np = e / e.sum(axis=0)\n" f"return (p * (y * {LARGE})).sum(axis=1)",
        "y",
        {"overflow"},
    ),
    "parts that are doubled": (
        "e = np.exp(y - y.max(axis=1)[:, None])\np = e / e.sum(axis=1)[:, None]\np *= 2\n"
        f"return (p * (y * {LARGE})).sum(axis=1)",
        "y",
        {"overflow"},
    ),
    "parts over the other axis of a square matrix": (
        f"w = G * {LARGE}\ne = np.exp(G - G.max(axis=1)[:, None])\np = e / e.sum(axis=1)[:, None]\n"
        "return np.dot(p.T, w)",
        "G",
        {"overflow"},
    ),
    "a sum of another content": (
        "e = np.exp(y - y.max(axis=1)[:, None])\ns = e.sum(axis=1)\ne *= 2\np = e / s[:, None]\n"
        "return np.expm1(600 * p)",
        "y",
        {"exp"},
    ),
    "the sum of the columns of a square matrix": (
        "e = np.exp(np.minimum(G, 0)) * 2\nreturn np.expm1(600 * (e / e.sum(axis=0)[:, None]))",
        "G",
        {"divide", "exp"},
    ),
    "parts of both signs": ("e = np.tanh(y) + 2\nreturn (e - 2) / (e - 2).sum(axis=1)[:, None]", "y", {"divide"}),
    "a mean with another size": ("return np.exp(np.minimum(x, 1).sum(axis=1) / len(x))", "x", {"exp"}),
    "a mean with one size of two": (
        "return np.exp(np.minimum(x, 1).sum(axis=(0, 1)) / x.shape[1]) + x",
        "x",
        {"exp"},
    ),
    "a mean of what is doubled": (
        "u = np.minimum(x, 1).sum(axis=1)\nu *= 1000\nreturn np.exp(u / x.shape[1])",
        "x",
        {"exp"},
    ),
    "a mean that something multiplies, to which something is added": (
        "u = x * np.tanh(x).sum(axis=1)[:, None]\nu += x\nreturn np.exp(u / x.shape[1] / 1000)",
        "x",
        {"exp"},
    ),
    "a mean of what divides": (
        "return np.exp(x / (1 + np.abs(x).sum(axis=1))[:, None] * x.shape[1])",
        "x",
        {"exp"},
    ),
    "a product of two sums over one size": (
        "u = np.tanh(x).sum(axis=1)\nreturn np.exp(u * u / x.shape[1])",
        "x",
        {"exp"},
    ),
    "a divisor that a size multiplies, with a 0": ("return x / (len(x) * (x * x))", "x", {"divide"}),
    "a divisor that a size less one multiplies": ("return x / ((len(x) - 1) * (1 + x * x))", "x", {"divide"}),
}


@pytest.mark.parametrize("case", UNSAFE)
def test_not_shown(case):
    body, parameters, kinds = UNSAFE[case]
    safety = check_safety(text(body, parameters), "forward", arguments_of(parameters))
    blamed = {obligation.kind for obligation in safety.open}
    assert safety.open[0].kind in kinds and kinds <= blamed <= kinds | {"overflow"}


# Formulas that no layer of ours has ----------------------------------------------------------------

q, k, v, o = tensors("q k v o")
eps = scalars("eps")
n, i, m, j = axes("n:N i:d m:M j:J")
GIVEN = {
    **{name: ArrayArgument(tensors(name)[n, i]) for name in ("a", "b", "x", "g")},
    "q": ArrayArgument(q[n, i]),
    "k": ArrayArgument(k[m, i]),
    "v": ArrayArgument(v[m, j]),
    "o": ArrayArgument(o[n, j]),
    "eps": eps,
}
SHAPES = {"q": (3, 4), "k": (5, 4), "v": (5, 2), "o": (3, 2)}

LOG_SOFTMAX = "u = {0} - {0}.max(axis=1)[:, None]\n{1} = u - np.log(np.exp(u).sum(axis=1))[:, None]\n"
DIVERGENCE = LOG_SOFTMAX.format("a", "r") + LOG_SOFTMAX.format("b", "w") + (
    "e = np.exp(a - a.max(axis=1)[:, None])\np = e / e.sum(axis=1)[:, None]\nr -= w\n"
)
NORMAL = (
    "d = x.shape[1]\nu = x - (x.sum(axis=1) / d)[:, None]\nv = (u * u).sum(axis=1) / d\n"
    "r = np.sqrt(v + eps)\nz = u / r[:, None]\n"
)
ATTENTION = (
    "h = np.dot(q, k.T) / q.shape[1] ** (1 / 2)\ne = np.exp(h - h.max(axis=1)[:, None])\n"
    "p = e / e.sum(axis=1)[:, None]\n"
)
SCORES = "t = np.dot(o, v.T)\nw = p * (t - (t * p).sum(axis=1)[:, None]) / q.shape[1] ** (1 / 2)\n"
UNSEEN = {
    "the divergence of two softmaxes": (DIVERGENCE + "return (p * r).sum(axis=1)", "a, b"),
    "the gradient of a divergence": (
        DIVERGENCE + "return p * (r - (p * r).sum(axis=1)[:, None]) * g",
        "a, b, g",
    ),
    "layer normalisation": (NORMAL + "return z * 1", "x, eps"),
    "the gradient of layer normalisation, as it is emitted": (
        NORMAL.replace("r = np.sqrt(v + eps)", "r = 1 / np.sqrt(v + eps)").replace("u / r", "u * r")
        + "w = g - z * (z * g).sum(axis=1)[:, None] / d\nw -= (g.sum(axis=1) / d)[:, None]\nreturn w * r[:, None]",
        "x, g, eps",
    ),
    "the gradient of layer normalisation": (
        NORMAL + "w = g - (g.sum(axis=1) / d)[:, None] - z * ((g * z).sum(axis=1) / d)[:, None]\n"
        "return w / r[:, None]",
        "x, g, eps",
    ),
    "attention": (ATTENTION + "return np.dot(p, v)", "q, k, v"),
    "the gradient of attention, queries": (ATTENTION + SCORES + "return np.dot(w, k)", "q, k, v, o"),
    "the gradient of attention, keys": (ATTENTION + SCORES + "return np.dot(w.T, q)", "q, k, v, o"),
    "the logarithm of a hyperbolic cosine": (
        "t = np.abs(x)\nreturn t + np.log1p(np.exp(-2 * t))",
        "x",
    ),
    "a gated unit": ("t = np.exp(-np.abs(a))\nreturn b * (np.where(a > 0, 1, t) / (1 + t))", "a, b"),
}


def of(parameters):
    return {name: GIVEN[name] for name in parameters.split(", ")}


@pytest.mark.parametrize("limits, dtype", [(FLOAT64, np.float64), (FLOAT32, np.float32)])
@pytest.mark.parametrize("case", UNSEEN)
def test_formulas_that_no_layer_has(case, limits, dtype):
    """Shown safe, and so it runs: no warning, and results where the check says, at the edges of the range."""
    body, parameters = UNSEEN[case]
    safety = check_safety(text(body, parameters), "forward", of(parameters), {"eps": (1e-8, 1.0)}, limits=limits)
    assert safety.open == ()
    interval = safety.readings[0].outputs[0].content.interval
    names = {}
    exec(text(body, parameters), names)
    rng = np.random.default_rng(5)
    for _ in range(30):
        arrays = [
            1e-8 if name == "eps" else rng.choice([-1e4, -1.0, 0.0, 1.0, 1e4], SHAPES.get(name, (3, 4))).astype(dtype)
            for name in parameters.split(", ")
        ]
        with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
            result = names["forward"](*arrays)
        assert interval.low <= result.min() and result.max() <= interval.high


STILL_UNSAFE = {
    "a logarithm of a softmax": (
        "e = np.exp(a - a.max(axis=1)[:, None])\np = e / e.sum(axis=1)[:, None]\nreturn p * np.log(p)",
        "a",
        {},
    ),
    "normalisation, eps may be 0": (NORMAL + "return z * 1", "x, eps", {"eps": (0.0, 1.0)}),
    "normalisation without eps": (NORMAL.replace(" + eps", "") + "return z * 1", "x", {}),
    "attention without a shift": (
        ATTENTION.replace(" - h.max(axis=1)[:, None]", "") + "return np.dot(p, v)",
        "q, k, v",
        {},
    ),
    "attention over the other axis": (
        ATTENTION.replace("axis=1)[:, None]", "axis=0)", 1) + "return np.dot(p, v)",
        "q, k, v",
        {},
    ),
    "a hyperbolic cosine": ("return np.log(np.cosh(x))", "x", {}),
}


@pytest.mark.parametrize("case", STILL_UNSAFE)
def test_formulas_that_are_not_safe(case):
    body, parameters, ranges = STILL_UNSAFE[case]
    assert not check_safety(text(body, parameters), "forward", of(parameters), ranges).is_shown

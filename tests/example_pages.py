"""Pages written by hand, with plain functions as the emitter is to write them, and the package they make."""

import importlib
import sys
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

from codegen.page import (
    Argument,
    Assumption,
    Condition,
    Hyper,
    Labels,
    Page,
    Parameter,
    PlainFunction,
    Size,
)
from codegen.render import render_module, render_package, render_support


def function(name: str, arguments: str, body: str, doc: str = "") -> PlainFunction:
    return PlainFunction(name, tuple(arguments.split(", ")), dedent(body).strip("\n"), doc)


def layer(name: str, module: str, *functions: PlainFunction, **rest: object) -> Page:
    return Page(name, module, f"derivations/layers/{module}.py", functions=functions, **rest)


SQRT_D = "1 / np.sqrt(max(self.input, 1))"

LINEAR = layer(
    "Linear",
    "linear",
    function(
        "forward",
        "x, W, b=None",
        """
        z = np.dot(x, W.T)
        if b is not None:
            z += b
        return z, (x, W, b)
        """,
        "z[n, j] = Σ_i x[n, i]·W[j, i] + b[j].",
    ),
    function("saved_values", "x, W, b=None", "return x, W, b"),
    function(
        "backward",
        "saved, delta",
        """
        x, W, b = saved
        dx = np.dot(delta, W)
        dW = np.dot(delta.T, x)
        db = None if b is None else delta.sum(axis=0)
        return dx, dW, db
        """,
    ),
    function("backward_delta", "saved, delta", "_, W, _ = saved\nreturn np.dot(delta, W)"),
    function(
        "backward_update_gradient",
        "saved, delta",
        """
        x, _, b = saved
        dW = np.dot(delta.T, x)
        db = None if b is None else delta.sum(axis=0)
        return dW, db
        """,
    ),
    formulas=("z[n, j] = Σ_i x[n, i]·W[j, i] + b[j]",),
    inputs=(Argument("x", ("N", "d"), "input"),),
    output=Argument("z", ("N", "d'")),
    parameters=(
        Parameter("W", ("d'", "d"), "", ("self.output", "self.input"), SQRT_D, "W uniform in ±1/√d"),
        Parameter("b", ("d'",), "", ("self.output",), SQRT_D, "b uniform in ±1/√d", "bias"),
    ),
    sizes=(Size("input", "d"), Size("output", "d'")),
    aliases=("Lineaire",),
    source='document 1, "Module Linéaire"',
)

RBF = layer(
    "RBF",
    "rbf",
    function(
        "forward",
        "x, c, s",
        """
        q = np.square(x[:, None, :] - c).sum(axis=2)
        z = np.exp(q / (-2 * s**2))
        return z, (x, c, s, z)
        """,
    ),
    function(
        "backward",
        "saved, delta",
        "return backward_delta(saved, delta), backward_update_gradient(saved, delta)",
    ),
    function(
        "backward_delta",
        "saved, delta",
        """
        x, c, s, z = saved
        g = z * delta
        return (np.dot(g, c) - g.sum(axis=1)[:, None] * x) / s**2
        """,
    ),
    function(
        "backward_update_gradient",
        "saved, delta",
        """
        x, c, s, z = saved
        g = z * delta
        return (np.dot(g.T, x) - g.sum(axis=0)[:, None] * c) / s**2
        """,
    ),
    formulas=("q[n, j] = Σ_i (x[n, i] - c[j, i])²", "z[n, j] = exp(-q[n, j]/(2·s²))"),
    inputs=(Argument("x", ("N", "d"), "input"),),
    output=Argument("z", ("N", "J")),
    parameters=(Parameter("c", ("J", "d"), "", ("self.centres", "self.input"), "1", "c uniform in ±1"),),
    sizes=(Size("input", "d"), Size("centres", "J")),
    hyperparameters=(
        Hyper(
            "s",
            "1.0",
            conditions=(
                Condition("s > 0", "self.s > 0", ("s",)),
                Condition(
                    "1e-06 ≤ s ≤ 1e+06, where results are finite", "1e-06 <= self.s <= 1000000.0", ("s",)
                ),
            ),
        ),
    ),
)

CROSS_ENTROPY = layer(
    "CrossEntropyLoss",
    "cross_entropy",
    function(
        "forward",
        "y, yhat",
        """
        m = yhat.max(axis=1)
        u = yhat - m[:, None]
        e = np.exp(u)
        s = e.sum(axis=1)
        loss = np.log(s)
        loss -= (y * u).sum(axis=1)
        return loss, (y, e, s)
        """,
    ),
    function(
        "backward",
        "saved, delta",
        """
        y, e, s = saved
        dyhat = e / s[:, None]
        dyhat -= y
        dyhat *= delta[:, None]
        return dyhat
        """,
    ),
    function(
        "forward_labels",
        "t, yhat",
        """
        m = yhat.max(axis=1)
        u = yhat - m[:, None]
        e = np.exp(u)
        s = e.sum(axis=1)
        loss = np.log(s)
        loss -= u[np.arange(len(t)), t]
        return loss, (t, e, s)
        """,
    ),
    function(
        "backward_labels",
        "saved, delta",
        """
        t, e, s = saved
        dyhat = e / s[:, None]
        dyhat[np.arange(len(t)), t] -= 1
        dyhat *= delta[:, None]
        return dyhat
        """,
    ),
    function("assumption_1", "y", "return y.sum(axis=1) - 1"),
    formulas=(
        "logp[n, k] = ŷ[n, k] - log(Σ_f exp(ŷ[n, f]))",
        "loss[n] = -Σ_k y[n, k]·logp[n, k]",
    ),
    inputs=(Argument("yhat", ("N", "K"), "yhat"),),
    output=Argument("loss", ("N",)),
    target=Argument("y", ("N", "K"), "y"),
    labels=Labels("t", ("N",), along="K"),
    assumptions=(Assumption("Σ_k y[n, k] = 1", "assumption_1", ("n",)),),
    delta_shape="yhat.shape[:1]",
    least=(("K", 1),),
    aliases=("CrossEntropy", "CELogSoftmax"),
    source='document 1, "Combinaison de Softmax et coût cross-entropique"',
    ranges=("Forward and gradient are finite for every finite yhat whose loss is representable.",),
)

BCE_WITH_LOGITS = layer(
    "BCEWithLogitsLoss",
    "bce_with_logits",
    function(
        "forward",
        "y, a",
        """
        t = np.exp(-np.abs(a))
        loss = np.maximum(a, 0) - y * a + np.log1p(t)
        return loss, (y, a, t)
        """,
    ),
    function(
        "backward",
        "saved, delta",
        "y, a, t = saved\nreturn (np.where(a > 0, 1, t) / (1 + t) - y) * delta",
    ),
    formulas=(
        "p[n, i] = 1/(1 + exp(-a[n, i]))",
        "loss[n, i] = -(y[n, i]·log(p[n, i]) + (1 - y[n, i])·log(1 - p[n, i]))",
    ),
    inputs=(Argument("a", ("N", "d"), "yhat"),),
    output=Argument("loss", ("N", "d")),
    target=Argument("y", ("N", "d"), "y"),
    delta_shape="a.shape",
    source='document 1, "Sigmoïde" and "Coût Cross-entropique binaire"',
)

FLIP = layer(
    "Flip",
    "flip",
    function("forward", "x", "return x[:, None, :][:, 0], ()"),
    function("backward", "saved, delta", "return delta"),
    formulas=("z[n, i] = x[n, i]",),
    inputs=(Argument("x", ("N", "3"), "input"),),
    output=Argument("z", ("N", "3")),
)
"""No parameters, nothing from NumPy, and plain functions that hand their arguments back."""

MIX = layer(
    "Mix",
    "mix",
    function("forward", "q, k, r, w, stride, shift", "return (q + k + r) * w * stride + shift, w * stride"),
    function("backward", "saved, delta", "raise NotImplementedError"),
    function("backward_delta", "saved, delta", "g = delta * saved\nreturn g, g, delta"),
    function("backward_update_gradient", "saved, delta", "return delta.sum(axis=0)"),
    formulas=("z[n, i] = (q[n, i] + k[n, i] + r[n, i])·w[i]·stride + shift",),
    inputs=tuple(Argument(name, ("N", "d"), name) for name in ("q", "k", "r")),
    output=Argument("z", ("N", "d")),
    parameters=(Parameter("w", ("d",), "", ("self.width",), "0", "w is 0"),),
    sizes=(Size("width", "d"),),
    hyperparameters=(
        Hyper("stride", "1", True, (Condition("stride >= 1", "self.stride >= 1", ("stride",)),)),
        Hyper(
            "shift",
            default="0.0",
            conditions=(Condition("shift < d", "self.shift < self.width", ("shift", "width")),),
        ),
    ),
)
"""Several inputs, an integer among the hyperparameters, a condition on two; results that are one array."""

PAGES = (LINEAR, RBF, CROSS_ENTROPY, BCE_WITH_LOGITS, FLIP, MIX)


def make_package(directory: Path) -> ModuleType:
    """The pages as the package ``skeletons``, imported anew."""
    home = directory / "skeletons"
    home.mkdir()
    files = {f"{page.module}.py": render_module(page) for page in PAGES}
    for name, text in (files | render_support() | {"__init__.py": render_package(PAGES)}).items():
        (home / name).write_text(text, encoding="utf-8")
    for name in [name for name in sys.modules if name.partition(".")[0] == "skeletons"]:
        del sys.modules[name]
    sys.path.insert(0, str(directory))
    try:
        return importlib.import_module("skeletons")
    finally:
        sys.path.remove(str(directory))


def refuses(message, call, *arguments, **keywords):
    """The call raises a ValueError with exactly this message."""
    with pytest.raises(ValueError) as caught:
        call(*arguments, **keywords)
    assert str(caught.value) == message

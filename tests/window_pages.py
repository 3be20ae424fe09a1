"""Pages of layers with windows, their plain functions written by hand, and the package they make."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import numpy as np

from codegen.describe import describe
from codegen.page import Page, PlainFunction
from codegen.pipeline import module_name
from codegen.render import render_module, render_package, render_support
from derivations.layer import Hyperparameter, Layer
from derivations.layers.average_pooling import AVG_POOL2D
from derivations.layers.convolution import CONV1D, CONV2D
from derivations.layers.flatten import FLATTEN
from derivations.layers.max_pooling import MAX_POOL1D
from derivations.layers.transposed_convolution import CONV_TRANSPOSE1D
from derivations.layers.zero_padding import ZERO_PAD2D
from derivations.notation import axes, scalars, size_of, sum_, tensors
from derivations.text import formula
from tests.example_pages import function


def page(layer: Layer, *functions: PlainFunction) -> Page:
    return describe(layer, functions, formula, module=module_name(layer))


def convolution(layer: Layer, ends: tuple[str, ...], windows: str) -> Page:
    """A convolution in so many dimensions; ``windows`` is what einsum calls the axes of the windows."""
    settings = ", ".join(f"{name}{end}" for name in ("stride", "padding", "dilation") for end in ends)
    images, places, taps = "HW"[-len(ends) :], "PQ"[-len(ends) :], "RT"[-len(ends) :]
    steps = [f"({at}, -padding{e}, (stride{e}, dilation{e}), " for at, e in enumerate(ends, 3)]
    opened = ", ".join(f"{s}({p}, {r}))" for s, p, r in zip(steps, places, taps, strict=True))
    closed = ", ".join(f"{s}{h})" for s, h in zip(steps, images, strict=True))
    followed = [
        f"{p} = ({h} - dilation{e}*({r} - 1) + 2*padding{e} - 1)//stride{e} + 1"
        for p, h, r, e in zip(places, images, taps, ends, strict=True)
    ]
    y, kernel = f"ngo{places.lower()}", f"goc{taps.lower()}"
    saved = f"(x, K, b, {settings})"
    start = f"x, K, b, {settings} = saved\n_, _, _, {', '.join(images)}{',' if not ends[1:] else ''} = x.shape\n"
    shapes = f"N, G, C, {', '.join(images)} = x.shape\nG, O, _, {', '.join(taps)} = K.shape\n"
    backward_delta = f'a = np.einsum("{y},{kernel}->{windows}", delta, K)\nreturn add_windows(a, {closed})'
    added = ", ".join(str(at) for at in (0, *range(3, 3 + len(ends))))
    update = (
        f"_, _, _, {', '.join(taps)} = K.shape\n_, _, _, {', '.join(places)} = delta.shape\n"
        f'dK = np.einsum("{y},{windows}->{kernel}", delta, windows(x, {opened}))\n'
        f"db = None if b is None else delta.sum(axis=({added}))\nreturn dK, db"
    )
    return page(
        layer,
        function(
            "forward",
            f"x, K, {settings}, b=None",
            shapes
            + "\n".join(followed)
            + f'\ny = np.einsum("{windows},{kernel}->{y}", windows(x, {opened}), K)\n'
            + f"if b is not None:\n    y += b[(..., *[None]*{len(ends)})]\nreturn y, {saved}",
        ),
        function("saved_values", f"x, K, {settings}, b=None", f"return {saved}"),
        function(
            "backward",
            "saved, delta",
            "dK, db = backward_update_gradient(saved, delta)\nreturn backward_delta(saved, delta), dK, db",
        ),
        function("backward_delta", "saved, delta", start + backward_delta),
        function("backward_update_gradient", "saved, delta", start + update),
    )


CONVOLUTION1 = convolution(CONV1D, ("",), "ngcqt")
CONVOLUTION2 = convolution(CONV2D, ("_h", "_w"), "ngcprqt")

TRANSPOSED = page(
    CONV_TRANSPOSE1D,
    function(
        "forward",
        "x, K, stride, padding, output_padding, dilation, b=None",
        """
        N, G, C, Q = x.shape
        _, _, O_, T = K.shape
        W = stride*(Q - 1) + dilation*(T - 1) + 1 - 2*padding + output_padding
        a = np.einsum("ngcq,gcot->ngoqt", x, K)
        y = add_windows(a, (3, -padding, (stride, dilation), W))
        if b is not None:
            y += b[:, :, None]
        return y, (x, K, b, stride, padding, dilation)
        """,
    ),
    function(
        "backward",
        "saved, delta",
        """
        x, K, b, stride, padding, dilation = saved
        a = windows(delta, (3, -padding, (stride, dilation), (x.shape[3], K.shape[3])))
        dx = np.einsum("ngoqt,gcot->ngcq", a, K)
        dK = np.einsum("ngoqt,ngcq->gcot", a, x)
        return dx, dK, None if b is None else delta.sum(axis=(0, 3))
        """,
    ),
    function("backward_delta", "saved, delta", "return backward(saved, delta)[0]"),
    function("backward_update_gradient", "saved, delta", "return backward(saved, delta)[1:]"),
)

AVERAGE = page(
    AVG_POOL2D,
    function(
        "forward",
        "x, R, T, stride_h, stride_w, padding_h, padding_w",
        """
        N, C, H, W = x.shape
        P = (H + 2*padding_h - R)//stride_h + 1
        Q = (W + 2*padding_w - T)//stride_w + 1
        y = sum_windows(x, (2, -padding_h, (stride_h, 1), (P, R)), (3, -padding_w, (stride_w, 1), (Q, T)))
        y /= R*T
        return y, (x, R, T, stride_h, stride_w, padding_h, padding_w)
        """,
    ),
    function(
        "backward",
        "saved, delta",
        """
        x, R, T, stride_h, stride_w, padding_h, padding_w = saved
        _, _, H, W = x.shape
        _, _, P, Q = delta.shape
        rows = (2, -padding_h, (stride_h, 1), (P, R), H)
        return spread_windows(delta/(R*T), rows, (3, -padding_w, (stride_w, 1), (Q, T), W))
        """,
    ),
)

MAXIMUM = page(
    MAX_POOL1D,
    function(
        "forward",
        "x, T, stride, dilation",
        """
        N, C, W = x.shape
        Q = (W - dilation*(T - 1) - 1)//stride + 1
        a = windows(x, (2, 0, (stride, dilation), (Q, T)))
        y = a.max(axis=3)
        return y, (x, a.argmax(axis=3), T, stride, dilation)
        """,
    ),
    function(
        "backward",
        "saved, delta",
        """
        x, at, T, stride, dilation = saved
        _, _, W = x.shape
        return add_windows(delta[..., None]*(np.arange(T) == at[..., None]), (2, 0, (stride, dilation), W))
        """,
    ),
)

PADDED = page(
    ZERO_PAD2D,
    function(
        "forward",
        "x, padding_h, padding_w",
        """
        _, _, H, W = x.shape
        P = H + 2*padding_h
        Q = W + 2*padding_w
        return windows(x, (2, -padding_h, (1,), (P,)), (3, -padding_w, (1,), (Q,))), (padding_h, padding_w)
        """,
    ),
    function(
        "backward",
        "saved, delta",
        """
        padding_h, padding_w = saved
        _, _, P, Q = delta.shape
        H, W = P - 2*padding_h, Q - 2*padding_w
        return windows(delta, (2, padding_h, (1,), (H,)), (3, padding_w, (1,), (W,)))
        """,
    ),
)

FLAT = page(
    FLATTEN,
    function("forward", "x", "return x, ()"),
    function("backward", "saved, delta", "return delta"),
)

n, g, c, w = axes("n:N g:G c:C w:W")
q, x, y, W = tensors("q x y W")
scale = scalars("scale")

JOINED = page(
    Layer(
        "Joined",
        inputs=(q[n, g, c], x[n, g, c]),
        forward={y[n, g, c]: scale * (q[n, g, c] + 2 * x[n, g, c])},
        hyperparameters=(Hyperparameter(scale, 1, (scale > 0,)),),
        sizes={"groups": size_of(g)},
        joined=dict.fromkeys((q, x, y), ((g, c),)),
    ),
    function("forward", "q, x, scale", "return scale*(q + 2*x), (scale,)"),
    function("backward", "saved, delta", "(scale,) = saved\nreturn scale*delta, 2*scale*delta"),
)
"""Two inputs with joined axes, a hyperparameter that is no integer, and a size that only the constructor knows."""

CORRELATED = page(
    Layer(
        "Correlated",
        inputs=(q[n, w], x[n, w]),
        parameters=(W[c],),
        forward={y[n, w]: q[n, w] + sum_(x[n, w + c] * W[c], c)},
    ),
    function(
        "forward",
        "q, x, W",
        """
        _, W_ = x.shape
        (C,) = W.shape
        return q + np.dot(windows(x, (1, 0, (1, 1), (W_, C))), W), (x, W)
        """,
    ),
    function(
        "backward", "saved, delta", "return *backward_delta(saved, delta), backward_update_gradient(saved, delta)"
    ),
    function(
        "backward_delta",
        "saved, delta",
        "x, W = saved\nreturn 1*delta, add_windows(delta[:, :, None]*W, (1, 0, (1, 1), x.shape[1]))",
    ),
    function(
        "backward_update_gradient",
        "saved, delta",
        """
        x, W = saved
        return np.tensordot(delta, windows(x, (1, 0, (1, 1), (x.shape[1], len(W)))), axes=((0, 1), (0, 1)))
        """,
    ),
)
"""Two inputs, in blocks of examples, without anything else that is not as in the formula."""

PAGES = (JOINED, CORRELATED, CONVOLUTION1, CONVOLUTION2, TRANSPOSED, AVERAGE, MAXIMUM, PADDED, FLAT)


def make_package(directory: Path) -> ModuleType:
    """The pages as the package ``windowed``, imported anew."""
    home = directory / "windowed"
    home.mkdir()
    files = {f"{page.module}.py": render_module(page) for page in PAGES}
    files |= render_support([page.name for page in PAGES]) | {"__init__.py": render_package(PAGES)}
    for name, text in files.items():
        (home / name).write_text(text, encoding="utf-8")
    for name in [name for name in sys.modules if name.partition(".")[0] == "windowed"]:
        del sys.modules[name]
    sys.path.insert(0, str(directory))
    try:
        return importlib.import_module("windowed")
    finally:
        sys.path.remove(str(directory))


def draw(*shape, seed=0):
    """Whole numbers, so that sums in any order are exact."""
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(float)

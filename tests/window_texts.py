"""Layers with windows as a person would write them by the table of operations, for the reader's tests."""

from __future__ import annotations

from derivations.layers.average_pooling import AVG_POOL2D
from derivations.layers.convolution import CONV1D, CONV2D
from derivations.layers.max_pooling import MAX_POOL1D, MAX_POOL2D
from derivations.layers.transposed_convolution import CONV_TRANSPOSE1D
from derivations.layers.zero_padding import ZERO_PAD2D

CONVOLUTION_1D = '''
import numpy as np

from ._windows import add_windows, windows


def forward(x, K, stride, padding, dilation, b=None):
    N, G, C, W = x.shape
    T = K.shape[3]
    Q = (W + 2*padding - dilation*(T - 1) - 1)//stride + 1
    columns = windows(x, (3, -padding, (stride, dilation), (Q, T)))
    y = (columns[:, :, None, :, :, :] * K[:, :, :, None, :]).sum(axis=(3, 5))
    if b is not None:
        y += b[:, :, None]
    return y, (x, K, stride, padding, dilation, b)


def backward(saved, delta):
    x, K, stride, padding, dilation, b = saved
    W = x.shape[3]
    T = K.shape[3]
    Q = delta.shape[3]
    columns = windows(x, (3, -padding, (stride, dilation), (Q, T)))
    a = (delta[:, :, :, None, :, None] * K[:, :, :, None, :]).sum(axis=2)
    dx = add_windows(a, (3, -padding, (stride, dilation), W))
    dK = (columns[:, :, None, :, :, :] * delta[:, :, :, None, :, None]).sum(axis=(0, 4))
    db = None
    if b is not None:
        db = delta.sum(axis=(0, 3))
    return dx, dK, db
'''

CONVOLUTION_2D = '''
import numpy as np

from ._windows import add_windows, windows


def forward(x, K, stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w, b=None):
    N, G, C, H, W = x.shape
    _, _, _, R, T = K.shape
    P = (H - dilation_h*(R - 1) + 2*padding_h - 1)//stride_h + 1
    Q = (W - dilation_w*(T - 1) + 2*padding_w - 1)//stride_w + 1
    columns = windows(
        x, (3, -padding_h, (stride_h, dilation_h), (P, R)), (4, -padding_w, (stride_w, dilation_w), (Q, T))
    )
    y = (columns[:, :, None, :, :, :, :, :] * K[:, :, :, None, :, None, :]).sum(axis=(3, 5, 7))
    if b is not None:
        y += b[:, :, None, None]
    return y, (columns, K, stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w, H, W, b)


def backward(saved, delta):
    columns, K, stride_h, stride_w, padding_h, padding_w, dilation_h, dilation_w, H, W, b = saved
    error = delta[:, :, :, None, :, None, :, None]
    a = (error * K[:, :, :, None, :, None, :]).sum(axis=2)
    dx = add_windows(a, (3, -padding_h, (stride_h, dilation_h), H), (4, -padding_w, (stride_w, dilation_w), W))
    dK = (columns[:, :, None, :, :, :, :, :] * error).sum(axis=(0, 4, 6))
    db = None
    if b is not None:
        db = delta.sum(axis=(0, 3, 4))
    return dx, dK, db
'''

AVERAGE_POOLING = '''
import numpy as np

from ._windows import spread_windows, sum_windows


def forward(x, R, T, stride_h, stride_w, padding_h, padding_w):
    N, C, H, W = x.shape
    P = (H - R + 2*padding_h)//stride_h + 1
    Q = (W - T + 2*padding_w)//stride_w + 1
    y = sum_windows(x, (2, -padding_h, (stride_h, 1), (P, R)), (3, -padding_w, (stride_w, 1), (Q, T)))
    y /= R * T
    return y, (R, T, stride_h, stride_w, padding_h, padding_w, H, W)


def backward(saved, delta):
    R, T, stride_h, stride_w, padding_h, padding_w, H, W = saved
    _, _, P, Q = delta.shape
    dx = spread_windows(delta, (2, -padding_h, (stride_h, 1), (P, R), H), (3, -padding_w, (stride_w, 1), (Q, T), W))
    dx /= R * T
    return dx
'''

MAXIMUM_POOLING_1D = '''
import numpy as np

from ._windows import add_windows, windows


def forward(x, T, stride, dilation):
    N, C, W = x.shape
    Q = (W - dilation*(T - 1) - 1)//stride + 1
    columns = windows(x, (2, 0, (stride, dilation), (Q, T)))
    y = columns.max(axis=3)
    first = columns.argmax(axis=3)
    return y, (first, T, stride, dilation, W)


def backward(saved, delta):
    first, T, stride, dilation, W = saved
    dx = add_windows(delta[:, :, :, None] * (np.arange(T) == first[:, :, :, None]), (2, 0, (stride, dilation), W))
    return dx
'''

MAXIMUM_POOLING_1D_AT_ONCE = '''
from ._maxima import max_windows, spread_to_maxima


def forward(x, T, stride, dilation):
    N, C, W = x.shape
    Q = (W - dilation*(T - 1) - 1)//stride + 1
    y = max_windows(x, (2, 0, (stride, dilation), (Q, T)))
    return y, (x, T, stride, dilation)


def backward(saved, delta):
    x, T, stride, dilation = saved
    Q = delta.shape[2]
    dx = spread_to_maxima(delta, x, (2, 0, (stride, dilation), (Q, T)))
    return dx
'''

MAXIMUM_POOLING_2D = '''
import numpy as np

from ._windows import add_windows, windows


def forward(x, R, T, stride_h, stride_w, dilation_h, dilation_w):
    N, C, H, W = x.shape
    P = (H - dilation_h*(R - 1) - 1)//stride_h + 1
    Q = (W - dilation_w*(T - 1) - 1)//stride_w + 1
    along_w = windows(x, (3, 0, (stride_w, dilation_w), (Q, T)))
    a = along_w.max(axis=4)
    right = along_w.argmax(axis=4)
    along_h = windows(a, (2, 0, (stride_h, dilation_h), (P, R)))
    y = along_h.max(axis=3)
    down = along_h.argmax(axis=3)
    return y, (right, down, R, T, stride_h, stride_w, dilation_h, dilation_w, H, W)


def backward(saved, delta):
    right, down, R, T, stride_h, stride_w, dilation_h, dilation_w, H, W = saved
    mask = delta[:, :, :, None, :] * (np.arange(R)[:, None] == down[:, :, :, None, :])
    da = add_windows(mask, (2, 0, (stride_h, dilation_h), H))
    mask = da[:, :, :, :, None] * (np.arange(T) == right[:, :, :, :, None])
    dx = add_windows(mask, (3, 0, (stride_w, dilation_w), W))
    return dx
'''

TRANSPOSED = '''
import numpy as np

from ._windows import add_windows, windows


def forward(x, K, stride, padding, output_padding, dilation, b=None):
    Q = x.shape[3]
    T = K.shape[3]
    W = (Q - 1)*stride + dilation*(T - 1) + 1 - 2*padding + output_padding
    a = (x[:, :, :, None, :, None] * K[:, :, :, None, :]).sum(axis=2)
    y = add_windows(a, (3, -padding, (stride, dilation), W))
    if b is not None:
        y += b[:, :, None]
    return y, (x, K, stride, padding, dilation, b)


def backward(saved, delta):
    x, K, stride, padding, dilation, b = saved
    Q = x.shape[3]
    T = K.shape[3]
    columns = windows(delta, (3, -padding, (stride, dilation), (Q, T)))
    dx = (columns[:, :, None, :, :, :] * K[:, :, :, None, :]).sum(axis=(3, 5))
    dK = (x[:, :, :, None, :, None] * columns[:, :, None, :, :, :]).sum(axis=(0, 4))
    db = None
    if b is not None:
        db = delta.sum(axis=(0, 3))
    return dx, dK, db
'''

PADDING = '''
import numpy as np

from ._windows import sum_windows


def forward(x, padding_h, padding_w):
    N, C, H, W = x.shape
    P = H + 2*padding_h
    Q = W + 2*padding_w
    y = sum_windows(x, (2, -padding_h, (1,), (P,)), (3, -padding_w, (1,), (Q,)))
    return y, (H, W, padding_h, padding_w)


def backward(saved, delta):
    H, W, padding_h, padding_w = saved
    dx = sum_windows(delta, (2, padding_h, (1,), (H,)), (3, padding_w, (1,), (W,)))
    return dx
'''

TEXTS = {
    "Conv1d": (CONV1D, CONVOLUTION_1D),
    "Conv2d": (CONV2D, CONVOLUTION_2D),
    "AvgPool2d": (AVG_POOL2D, AVERAGE_POOLING),
    "MaxPool1d": (MAX_POOL1D, MAXIMUM_POOLING_1D),
    "MaxPool1d at once": (MAX_POOL1D, MAXIMUM_POOLING_1D_AT_ONCE),
    "MaxPool2d": (MAX_POOL2D, MAXIMUM_POOLING_2D),
    "ConvTranspose1d": (CONV_TRANSPOSE1D, TRANSPOSED),
    "ZeroPad2d": (ZERO_PAD2D, PADDING),
}

_FORWARD = "windows(x, (3, -padding, (stride, dilation), (Q, T)))"
_ADJOINT = "add_windows(a, (3, -padding, (stride, dilation), W))"
_PLACES = "Q = (W + 2*padding - dilation*(T - 1) - 1)//stride + 1"
_MAXIMA = "(2, 0, (stride, dilation), (Q, T))"
_SUM_H = "(2, -padding_h, (stride_h, 1), (P, R))"
_SPREAD_H = "(2, -padding_h, (stride_h, 1), (P, R), H)"

MUTANTS = (
    *(
        ("Conv1d", _FORWARD, f"windows(x, {changed})")
        for changed in (
            "(3, -padding, (dilation, stride), (Q, T))",
            "(3, padding, (stride, dilation), (Q, T))",
            "(3, 0, (stride, dilation), (Q, T))",
            "(3, 1 - padding, (stride, dilation), (Q, T))",
            "(3, -2*padding, (stride, dilation), (Q, T))",
            "(3, -padding, (stride, dilation), (T, Q))",
            "(3, -padding, (stride, dilation), (W, T))",
            "(3, -padding, (stride, -dilation), (Q, T))",
            "(3, -padding + dilation*(T - 1), (stride, -dilation), (Q, T))",
            "(3, -padding, (stride, 1), (Q, T))",
            "(3, -padding, (1, dilation), (Q, T))",
            "(3, -padding, (stride, stride), (Q, T))",
            "(3, -stride, (stride, dilation), (Q, T))",
            "(2, -padding, (stride, dilation), (Q, T))",
            "(3, -padding, (stride,), (Q, T))",
            "(3, -padding, (stride, dilation), (Q,))",
            "(3, -padding, (stride, dilation, 1), (Q, T, 1))",
            "(3, -padding, (stride, dilation), (Q + 1, T))",
            "(3, -padding, (stride, dilation), (Q, T), W)",
            "(3, -padding, (stride, dilation), W)",
            "(-1, -padding, (stride, dilation), (Q, T))",
            "(3.0, -padding, (stride, dilation), (Q, T))",
            "(3, -padding / 1, (stride, dilation), (Q, T))",
            "(3, -padding, (stride, 0), (Q, T))",
            "(3, -padding, (stride, dilation), (Q, T)), (2, 0, (1,), (C,))",
        )
    ),
    *(
        ("Conv1d", _ADJOINT, changed)
        for changed in (
            "add_windows(a, (3, -padding, (dilation, stride), W))",
            "add_windows(a, (3, padding, (stride, dilation), W))",
            "add_windows(a, (3, -padding, (stride, dilation), Q))",
            "add_windows(a, (3, -padding - 1, (stride, dilation), W))",
            "add_windows(a, (2, -padding, (stride, dilation), W))",
            "add_windows(a, (3, -padding, (stride,), W))",
            "add_windows(a, (3, -padding, (stride, dilation), (W,)))",
            "add_windows(a.transpose(0, 1, 2, 4, 3), (3, -padding, (stride, dilation), W))",
            "windows(a, (3, -padding, (stride, dilation), (Q, T)))",
        )
    ),
    *(
        ("Conv1d", _PLACES, changed)
        for changed in (
            "Q = (W + 2*padding - dilation*(T - 1) - 1)//stride + 2",
            "Q = (W + 2*padding - dilation*(T - 1) - 1)//stride",
            "Q = (W + 2*padding - dilation*(T - 1))//stride + 1",
            "Q = (W + padding - dilation*(T - 1) - 1)//stride + 1",
            "Q = (W + 2*padding - dilation*T - 1)//stride + 1",
            "Q = (W + 2*padding - stride*(T - 1) - 1)//dilation + 1",
            "Q = (W + 2*padding - dilation*(T - 1) - 1)/stride + 1",
            "Q = W",
            "Q = -(W + 2*padding - dilation*(T - 1) - 1)//-stride + 2",
        )
    ),
    *(
        ("Conv1d", old, new)
        for old, new in (
            ("axis=(3, 5)", "axis=(3, 4)"),
            ("columns[:, :, None, :, :, :] * K", "columns[:, :, None, :, :, :] + K"),
            ("Q = delta.shape[3]", "Q = delta.shape[2]"),
            ("W = x.shape[3]", "W = x.shape[2]"),
            ("from ._windows import add_windows, windows", "from ._windows import windows as add_windows, add_windows"),
            ("from ._windows import add_windows, windows", "from .others import add_windows, windows"),
            ("    y = (columns", "    columns += 1\n    y = (columns"),
            ("    y = (columns", "    windows = x\n    y = (columns"),
        )
    ),
    *(
        ("AvgPool2d", _SUM_H, changed)
        for changed in (
            "(2, -padding_h, (stride_w, 1), (P, R))",
            "(2, -padding_w, (stride_h, 1), (P, R))",
            "(2, -padding_h, (stride_h, 1), (P, T))",
            "(2, -padding_h, (stride_h, 1), (Q, R))",
            "(2, -padding_h, (1, stride_h), (P, R))",
            "(2, -padding_h, (stride_h, 2), (P, R))",
            "(2, -padding_h, (stride_h, 1), (R, P))",
            "(2, -padding_h, (stride_h,), (P,))",
        )
    ),
    *(
        ("AvgPool2d", _SPREAD_H, changed)
        for changed in (
            "(2, -padding_h, (stride_h, 1), (P, R), W)",
            "(2, -padding_h, (stride_h, 1), (Q, R), H)",
            "(2, -padding_h, (stride_h, 1), (P, T), H)",
            "(2, padding_h, (stride_h, 1), (P, R), H)",
            "(2, -padding_h, (1, stride_h), (P, R), H)",
            "(2, -padding_h, (stride_h, 1), (P, R))",
            "(3, -padding_h, (stride_h, 1), (P, R), H)",
        )
    ),
    ("AvgPool2d", "dx /= R * T", "dx /= R * R"),
    ("AvgPool2d", "y /= R * T", "y /= R + T"),
    ("MaxPool1d", "np.arange(T) == first", "np.arange(Q) == first"),
    ("MaxPool1d", "argmax(axis=3)", "argmax(axis=2)"),
    ("MaxPool1d", "columns.max(axis=3)", "columns.max(axis=2)"),
    ("MaxPool1d", "(2, 0, (stride, dilation), W)", "(2, 0, (dilation, stride), W)"),
    ("MaxPool1d", "(2, 0, (stride, dilation), W)", "(2, 1, (stride, dilation), W)"),
    ("MaxPool1d", "(2, 0, (stride, dilation), (Q, T))", "(2, 0, (stride, 1), (Q, T))"),
    *(
        ("MaxPool1d at once", f"max_windows(x, {_MAXIMA})", f"max_windows({changed})")
        for changed in (
            "x, (2, 1, (stride, dilation), (Q, T))",
            "x, (2, -1, (stride, dilation), (Q, T))",
            "x, (2, 0, (dilation, stride), (Q, T))",
            "x, (2, 0, (stride, -dilation), (Q, T))",
            "x, (2, 0, (stride, 1), (Q, T))",
            "x, (2, 0, (stride, dilation), (T, Q))",
            "x, (2, 0, (stride, dilation), (Q, Q))",
            "x, (2, 0, (stride,), (Q,))",
            "x, (2, 0, (stride, dilation, 1), (Q, T, T))",
            "x, (1, 0, (stride, dilation), (Q, T))",
            "-x, (2, 0, (stride, dilation), (Q, T))",
        )
    ),
    *(
        ("MaxPool1d at once", f"spread_to_maxima(delta, x, {_MAXIMA})", f"spread_to_maxima({changed})")
        for changed in (
            "x, delta, (2, 0, (stride, dilation), (Q, T))",
            "delta, -x, (2, 0, (stride, dilation), (Q, T))",
            "-delta, x, (2, 0, (stride, dilation), (Q, T))",
            "delta, delta, (2, 0, (stride, dilation), (Q, T))",
            "delta, x, (2, 1, (stride, dilation), (Q, T))",
            "delta, x, (2, 0, (dilation, stride), (Q, T))",
            "delta, x, (2, 0, (stride, dilation), (Q, Q))",
            "delta, x, (2, 0, (stride, dilation), (T, T))",
            "delta, x, (2, 0, (stride, 1), (Q, T))",
            "delta, x, (1, 0, (stride, dilation), (Q, T))",
        )
    ),
    ("MaxPool1d at once", "spread_to_maxima(delta, x, ", "max_windows("),
    ("MaxPool1d at once", "Q = delta.shape[2]", "Q = delta.shape[1]"),
    ("ZeroPad2d", "P = H + 2*padding_h", "P = H + padding_h"),
    ("ZeroPad2d", "(2, padding_h, (1,), (H,))", "(2, -padding_h, (1,), (H,))"),
    ("ZeroPad2d", "(2, -padding_h, (1,), (P,))", "(2, -padding_h, (-1,), (P,))"),
    ("ConvTranspose1d", "+ output_padding", "- output_padding"),
    ("ConvTranspose1d", "windows(delta, (3, -padding,", "windows(delta, (3, padding,"),
    ("Conv2d", "(Q, T))\n", "(P, T))\n"),
    ("Conv2d", "(4, -padding_w, (stride_w, dilation_w), W)", "(4, -padding_w, (stride_h, dilation_w), W)"),
    (
        "Conv2d",
        "(3, -padding_h, (stride_h, dilation_h), H), (4, -padding_w, (stride_w, dilation_w), W)",
        "(4, -padding_w, (stride_w, dilation_w), W), (3, -padding_h, (stride_h, dilation_h), H)",
    ),
)
"""One change each, which makes a text wrong: (layer, what stood there, what stands there now)."""

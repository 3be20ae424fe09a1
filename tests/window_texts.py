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

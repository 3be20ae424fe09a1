"""One change each to the texts of tests/window_texts.py, which makes a text wrong."""

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

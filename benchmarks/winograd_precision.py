"""How exact Conv2d and WinogradConv2d are: the error of each result in eps·Σ|terms|, the largest and the mean.

Run as ``python -m benchmarks.winograd_precision``. What is exact is computed in the longest float that there is.
"""

from __future__ import annotations

import numpy as np

from generated.conv2d import Conv2d
from generated.conv2d import backward as exact_backward
from generated.conv2d import forward as exact_forward
from generated.winograd_conv2d import WinogradConv2d

SHAPES = ((3, 16, 32), (16, 32, 28), (64, 64, 14))
"""Channels in, channels out, side."""
COUNT = 2


def results(x, K, b, delta):
    """The output and the gradients by the plain functions of Conv2d, in the type of what is given."""
    y, saved = exact_forward(x[:, None], K[None], 1, 1, 1, 1, 1, 1, b[None])
    dx, dK, db = exact_backward(saved, delta[:, None])
    return {"y": y[:, 0], "dx": dx[:, 0], "dK": dK[0], "db": db[0]}


def by_class(kind, x, K, b, delta):
    """The same by a class."""
    layer = kind(K.shape[1], K.shape[0], 3, padding=1, dtype=x.dtype)
    layer.parameters["K"][...], layer.parameters["b"][...] = K, b
    y, dx = layer.forward(x), layer.backward(x, delta)
    return {"y": y, "dx": dx, "dK": layer.gradients["K"]}


def main() -> None:
    """Print the table."""
    print("| layer | dtype | class | y | ∂x | ∂K |\n|---|---|---|---|---|---|")
    rng = np.random.default_rng(0)
    for inside, outside, side in SHAPES:
        for dtype in (np.float32, np.float64):
            K = (rng.standard_normal((outside, inside, 3, 3)) / np.sqrt(9 * inside)).astype(dtype)
            x = rng.standard_normal((COUNT, inside, side, side)).astype(dtype)
            delta, b = rng.standard_normal((COUNT, outside, side, side)).astype(dtype), np.zeros(outside, dtype)
            long = [array.astype(np.longdouble) for array in (x, K, b, delta)]
            exact, scale = results(*long), results(*map(abs, long))
            for kind in (Conv2d, WinogradConv2d):
                found, cells = by_class(kind, x, K, b, delta), []
                for name, value in found.items():
                    errors = abs(value - exact[name]) / (np.finfo(dtype).eps * scale[name])
                    cells.append(f"{float(errors.max()):.2g} / {float(errors.mean()):.2g}")
                shown = f"{inside}→{outside}, {side}²"
                print(f"| {shown} | {np.dtype(dtype).name} | {kind.__name__} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()

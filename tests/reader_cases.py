"""Texts in the style of the emitter, and the arguments that they are read with."""

from __future__ import annotations

from codegen.read_values import ABSENT, ArrayArgument, LabelsArgument
from derivations.notation import axes, labels, scalars, size_of, tensors

n, i, j, k, m = axes("n:N i:d j:d' k:K m:N")
x, W, b, z, y, a, v, g = tensors("x W b z ŷ a v g")
t = labels("t")
s = scalars("s")

X, WEIGHTS, BIAS, Y, V = (ArrayArgument(entry) for entry in (x[n, i], W[j, i], b[j], y[n, k], v[n]))
LABELS = LabelsArgument(t[n], size_of(k))
CUBE = ArrayArgument(a[n, i, k])


def text(body, parameters, name="forward"):
    lines = "\n".join("    " + line for line in body.strip().splitlines())
    return f"import numpy as np\n\n\ndef {name}({parameters}):\n{lines}\n"


GIVEN = {
    "x": X,
    "y": Y,
    "v": V,
    "a": CUBE,
    "W": WEIGHTS,
    "b": BIAS,
    "b=None": ABSENT,
    "t": LABELS,
    "s": s,
    "G": ArrayArgument(g[n, m]),
    "J": ArrayArgument(g[j, k]),
}
"""What the parameters of short texts stand for; ``b=None`` is absent."""


def arguments_of(parameters):
    """The arguments of a text with such parameters."""
    words = [word.strip() for word in parameters.split(",")]
    return {word.removesuffix("=None"): GIVEN[word] for word in words}


LINEAR = '''import numpy as np


def forward(x, W, b=None):
    """z[n, j] = Σ_i x[n, i]·W[j, i] + b[j]"""
    z = np.dot(x, W.T)  # z[n, j] = Σ_i x[n, i]·W[j, i]
    if b is not None:
        z += b  # + b[j]
    return z, (x, W, b)


def backward(saved, delta):
    x, W, b = saved
    dx = np.dot(delta, W)
    dW = np.dot(delta.T, x)
    db = None
    if b is not None:
        db = delta.sum(axis=0)
    return dx, dW, db
'''

CROSS_ENTROPY = """import numpy as np


def forward(t, yhat):
    m = yhat.max(axis=1)
    u = yhat - m[:, None]
    e = np.exp(u)
    s = e.sum(axis=1)
    loss = np.log(s)
    loss -= u[np.arange(len(t)), t]
    return loss, (t, e, s)


def backward(saved, delta):
    t, e, s = saved
    dyhat = e / s[:, None]
    dyhat[np.arange(len(t)), t] -= 1
    dyhat *= delta[:, None]
    return dyhat
"""

BCE = """import numpy as np


def forward(y, a):
    t = np.exp(-np.abs(a))
    loss = np.maximum(a, 0) - y * a + np.log1p(t)
    return loss, (y, a, t)


def backward(saved, delta):
    y, a, t = saved
    p = np.where(a > 0, 1, t) / (1 + t)
    return (p - y) * delta
"""

RBF = """import numpy as np


def forward(x, c, s):
    m = c.mean(axis=0)
    u = x - m
    v = c - m
    q = np.dot(u, v.T)
    q *= -2
    q += (u * u).sum(axis=1)[:, None]
    q += (v * v).sum(axis=1)
    np.maximum(q, 0, out=q)
    z = np.exp(q / (-2 * s**2))
    return z, (s, u, v, q, z)


def backward(saved, delta):
    s, u, v, q, z = saved
    w = delta * z
    w /= s ** 2
    dx = np.dot(w, v)
    dx -= w.sum(axis=1)[:, None] * u
    dc = np.dot(w.T, u)
    dc -= w.sum(axis=0)[:, None] * v
    return dx, dc
"""

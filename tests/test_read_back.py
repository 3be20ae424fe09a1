"""The reader of emitted text: what it accepts means what NumPy does."""

from __future__ import annotations

import pytest

from codegen.read_back import (
    ABSENT,
    ArrayArgument,
    Saved,
    read_function,
)
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
from tests.reading import check, check_layer


@pytest.mark.parametrize(
    "source, arguments, output",
    [
        (LINEAR, {"x": X, "W": WEIGHTS, "b": BIAS}, d(z)[n, j]),
        (LINEAR, {"x": X, "W": WEIGHTS, "b": ABSENT}, d(z)[n, j]),
        (CROSS_ENTROPY, {"t": LABELS, "yhat": Y}, d(z)[n]),
        (BCE, {"y": ArrayArgument(g[n, i]), "a": X}, d(z)[n, i]),
        (RBF, {"x": X, "c": WEIGHTS, "s": s}, d(z)[n, j]),
    ],
)
def test_layers(source, arguments, output):
    check_layer(source, arguments, output)


def test_absent_bias_has_no_gradient():
    (forward,) = read_function(LINEAR, "forward", {"x": X, "W": WEIGHTS, "b": ABSENT})
    arguments = {"saved": Saved(forward.saved), "delta": ArrayArgument(d(z)[n, j])}
    (backward,) = read_function(LINEAR, "backward", arguments)
    assert [value is None for value in backward.outputs] == [False, False, True]
    assert forward.saved[2] is None


ACCEPTED = {
    "view sees a later change": ("u = x * 1\nw = u.T\nu += 1\nreturn np.dot(w, x)", "x"),
    "writing through a view": ("u = x * 2\nw = u.T\nw -= 1\nreturn u", "x"),
    "an alias is the same array": ("u = x * 2\nw = u\nw += x\nr = u * w\nreturn r", "x"),
    "rebinding leaves the old array": ("u = x * 2\nw = u\nu = u + 1\nw += 1\nreturn u * w", "x"),
    "out of a ufunc is its name": ("u = x * 2\nw = np.exp(x, out=u)\nw += 1\nreturn u + x", "x"),
    "operand read before out is written": ("u = x * 2\nnp.subtract(x, u, out=u)\nreturn u", "x"),
    "an operand may overlap out": ("u = np.dot(x, x.T)\nnp.add(u, u.T, out=u)\nreturn u", "x"),
    "stretching into out": ("u = np.ones_like(x)\nnp.exp(v[:, None], out=u)\nreturn u", "x, v"),
    "power binds tighter than minus": ("return -x**2 + 1", "x"),
    "division is true division": ("return x * (1 / 3) - x / 2", "x"),
    "a size as a number": ("N, d = x.shape\nreturn x / N - d * x", "x"),
    "a size by position": ("return x * (x.shape[0] - x.shape[-1]) + len(x)", "x"),
    "a root of a size": ("return x / x.shape[1] ** (1 / 2)", "x"),
    "a scalar": ("return x / s**2 - s * x + 1 / s", "x, s"),
    "negative axes": ("return x - x.sum(axis=-1)[:, None] + x.mean(axis=-2)", "x"),
    "several axes": ("return a.sum(axis=(0, -1)) - a.mean(axis=(2, 0))", "a"),
    "transposing three axes": ("return a.transpose(2, 0, 1) - a.T.transpose(0, 2, -2)", "a"),
    "new axes": ("return x[:, None, :] * v[:, None, None] + x[None, :, :].sum(axis=1)", "x, v"),
    "a product of vectors": ("return np.dot(v, v) * x", "x, v"),
    "a vector times a matrix": ("return np.dot(v, x) + np.dot(x.T, v)", "x, v"),
    "matmul": ("return np.matmul(a, a.transpose(0, 2, 1)) + np.matmul(x.T, x)", "x, a"),
    "tensordot": ("return np.tensordot(a, x, axes=((0, 1), (0, 1)))", "x, a"),
    "tensordot over one": ("return np.tensordot(a, x, axes=(-2, 1))", "x, a"),
    "fills": ("u = np.zeros(x.shape, dtype=x.dtype)\nu += v[:, None]\nreturn u", "x, v"),
    "a fill by sizes": ("N, K = y.shape\nu = np.ones((K, N), dtype=y.dtype)\nreturn u - y.T", "y"),
    "empty, then written": ("u = np.empty_like(x)\nnp.tanh(x, out=u)\nreturn u", "x"),
    "out of dot": (
        "u = np.empty((3, len(v)), dtype=x.dtype)\nw = np.ones((3, x.shape[1]), dtype=x.dtype)\n"
        "np.dot(w, x.T, out=u)\nreturn u",
        "x, v",
    ),
    "where both ways": (
        "return np.where(x >= 0, x, 0) + np.where(0 < x, 1, -x) * np.where(x == x, 1, x)",
        "x",
    ),
    "a condition has a name": ("c = x <= 1\nreturn np.where(c, x, 1)", "x"),
    "minimum, sign, reciprocal": ("return np.minimum(x, 1) + np.sign(x) + np.reciprocal(x)", "x"),
    "a pick": ("return y[np.arange(len(t)), t] * 2", "t, y"),
    "a pick by the size of y": ("return y[np.arange(y.shape[0]), t]", "t, y"),
    "a pick from a transposed view": ("w = y.T * 2\nreturn w.T[np.arange(len(t)), t]", "t, y"),
    "one-hot add": ("u = y * 2\nu[np.arange(len(t)), t] += v\nreturn u", "t, y, v"),
    "one-hot add through a view": ("u = y.T * 2\nw = u.T\nw[np.arange(len(t)), t] -= 3\nreturn u", "t, y"),
    "a label of the largest": ("k = y.argmax(axis=1)\nreturn y[np.arange(len(k)), k]", "y"),
    "the entry at a label": ("return np.where(np.arange(y.shape[1]) == t[:, None], y, 0)", "t, y"),
    "the place of the largest": ("return np.where(x.argmax(axis=0) == np.arange(len(x))[:, None], 2, x)", "x"),
    "labels against the largest": ("return np.where(t == y.argmax(axis=1), v, -v)", "t, y, v"),
    "two positions": ("return np.where(np.arange(len(v))[:, None] == np.arange(len(v)), G, v)", "v, G"),
    "the diagonal": ("return G[np.arange(len(v)), np.arange(len(v))] * v", "v, G"),
    "a root": ("return x / x.shape[1]**0.5 + 0.5 * x", "x"),
    "a logarithm of a size": ("return x * float(np.log(len(x))) - float(np.log(2))", "x"),
    "an axis of one": (
        "u = np.ones((1, x.shape[1]), dtype=x.dtype)\nu += v.sum(axis=0)\n"
        "return x * u - u[:, None, :].sum(axis=0)",
        "x, v",
    ),
    "an axis of one, transposed": ("u = x.sum(axis=0)[:, None] * 2\nreturn x * u.T + np.dot(x, u)", "x"),
    "in place, an axis of one to an axis of one": (
        "u = v * 1\nw = u[:, None]\nr = np.ones((len(v), 1), dtype=v.dtype)\n"
        "r += v[:, None] * 2\nw *= r\nreturn u",
        "v",
    ),
    "in place with its own transpose": ("u = np.dot(x, x.T) + v\nu -= u.T\nreturn u", "x, v"),
    "one-hot add of its own sums": ("u = y * 2\nu[np.arange(len(t)), t] += u.sum(axis=1)\nreturn u", "t, y"),
    "empty tuple of saved values": ("return x * 2, ()", "x"),
    "brackets in the parameters": ("u = (x)\nreturn u + (((1)))", "x"),
    "ufunc spelling of operators": ("return np.add(x, np.multiply(x, 2)) - np.negative(np.power(x, 3))", "x"),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepted_text_means_what_it_computes(case):
    body, parameters = ACCEPTED[case]
    check(text(body, parameters), arguments_of(parameters))


EXACT = {
    "maximum over one axis": ("return y - y.max(axis=1)[:, None]", "y"),
    "maximum over two": ("return a.max(axis=(0, 2)) + a.max(axis=1).max(axis=0).sum(axis=0)", "a"),
    "maximum over all": ("return x - x.max(axis=(0, 1))", "x"),
}


@pytest.mark.parametrize("case", EXACT)
def test_exact_maxima(case):
    body, parameters = EXACT[case]
    check(text(body, parameters), arguments_of(parameters), maxima="exact")

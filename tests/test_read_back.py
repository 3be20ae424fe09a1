"""The reader of emitted text: what it accepts means what NumPy does, and the rest it refuses by line.

Every accepted text is run, and its reading evaluated by plain loops at small sizes, all different.
"""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Symbol

from codegen.read_back import (
    ABSENT,
    ArrayArgument,
    LabelsArgument,
    Number,
    ReadBackError,
    Saved,
    read_function,
)
from derivations.notation import axes, d, name_of, size_of
from tests.plain_values import World
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
    m,
    n,
    s,
    text,
    x,
    y,
    z,
)

SIZES = {"N": 3, "d": 2, "d'": 4, "K": 5}
S = 0.7


def drawn(argument, seed=0):
    """An array for an argument, reproducible from the tensor's name."""
    if argument is ABSENT:
        return None
    if isinstance(argument, Symbol):
        return S
    shape = tuple(SIZES[str(size_of(index))] for index in argument.entry.indices)
    rng = np.random.default_rng([seed, *map(ord, name_of(argument.entry))])
    if isinstance(argument, LabelsArgument):
        return rng.integers(0, SIZES[str(argument.size)], size=shape)
    return rng.normal(size=shape)


def world_of(*pairs):
    arrays = {name_of(argument.entry): array for argument, array in pairs if hasattr(argument, "entry")}
    return World(_WithUnknowns(arrays), {**SIZES, "s": S})


class _WithUnknowns(dict):
    """An unknown maximum is any array: the reading must hold for every one of them."""

    def __missing__(self, name):
        assert name.startswith("⌈")
        self[name] = np.random.default_rng([*map(ord, name)]).normal(size=(3, 5, 5))[:, 0, 0]
        return self[name]


def run(source, name, values):
    names = {}
    exec(source, names)
    return names[name](*values)


def values_of(reading, world):
    return [
        None if value is None else world.array(value.content.indices, value.content.expr) for value in reading
    ]


def compare(computed, read):
    assert len(computed) == len(read)
    for ours, theirs in zip(computed, read, strict=True):
        if ours is None:
            assert theirs is None
        else:
            assert np.shape(ours) == theirs.shape
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def check(source, arguments, maxima="unknown", **facts):
    """The reading of one function with one result is what running it gives."""
    values = [drawn(argument) for argument in arguments.values()]
    (reading,) = read_function(source, "forward", arguments, maxima=maxima, **facts)
    computed = run(source, "forward", values)
    if reading.saved is not None:
        computed = computed[0]
    computed = computed if isinstance(computed, tuple) else (computed,)
    world = world_of(*zip(arguments.values(), values, strict=True))
    compare(computed, values_of(reading.outputs, world))
    check_float32(source, arguments, values)
    return reading


def check_float32(source, arguments, values):
    """No operation of an accepted text leaves the caller's dtype."""
    single = [
        value.astype(np.float32) if isinstance(argument, ArrayArgument) else value
        for argument, value in zip(arguments.values(), values, strict=True)
    ]
    result = run(source, "forward", single)
    for output in result if isinstance(result, tuple) else (result,):
        assert isinstance(output, tuple) or output.dtype == np.float32


def check_layer(source, arguments, output):
    """The readings of forward and backward are what running them gives, saved values included."""
    values = [drawn(argument) for argument in arguments.values()]
    delta = ArrayArgument(output)
    (forward,) = read_function(source, "forward", arguments)
    (backward,) = read_function(source, "backward", {"saved": Saved(forward.saved), "delta": delta})
    result, saved = run(source, "forward", values)
    gradients = run(source, "backward", (saved, drawn(delta)))
    world = world_of(*zip(arguments.values(), values, strict=True), (delta, drawn(delta)))
    compare((result,), values_of(forward.outputs, world))
    compare(gradients if isinstance(gradients, tuple) else (gradients,), values_of(backward.outputs, world))


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


def test_two_maxima_are_two_unknowns_and_one_name_is_one():
    source = text("p = y.max(axis=1)\nq = y.max(axis=1)\nreturn (p - p) * (p - q)[:, None].sum(axis=1)", "y")
    assert check_expr(source, {"y": Y}) == 0
    source = text("p = y.max(axis=1)\nq = y.max(axis=1)\nreturn p - q", "y")
    assert check_expr(source, {"y": Y}) != 0


def check_expr(source, arguments):
    (reading,) = read_function(source, "forward", arguments)
    return reading.outputs[0].content.expr


def test_an_unknown_of_backward_is_not_one_of_forward():
    source = text("m = y.max(axis=1)\nu = y - m[:, None]\nreturn u, (y, m)", "y") + text(
        "y, m = saved\nreturn m - y.max(axis=1)", "saved, delta", "backward"
    ).removeprefix("import numpy as np\n")
    (forward,) = read_function(source, "forward", {"y": Y})
    (backward,) = read_function(
        source, "backward", {"saved": Saved(forward.saved), "delta": ArrayArgument(z[n])}
    )
    assert backward.outputs[0].content.expr != 0


def test_nested_and_repeated_sums_do_not_capture():
    body = """
u = x - x.mean(axis=0)
w = u * u.sum(axis=1)[:, None]
w -= w.sum(axis=0)
w *= np.dot(w, np.dot(w.T, w).sum(axis=0))[:, None]
return w"""
    check(text(body, "x"), {"x": X})


def test_names_of_arguments_are_not_taken():
    p, q = axes("ι1:N ι2:d")
    check(text("return x - x.sum(axis=1)[:, None]", "x"), {"x": ArrayArgument(x[p, q])})


def test_two_axes_of_one_size_stay_apart():
    square = ArrayArgument(g[n, m])
    check(text("return x - x.T + x.sum(axis=0) - 2 * x.sum(axis=1)[:, None]", "x"), {"x": square})


def test_a_fact_reads_a_maximum_as_its_argument():
    source = text("u = x * x\nnp.maximum(u, 0, out=u)\nreturn np.maximum(0, u)", "x")
    seen = []

    def is_square(formula):
        seen.append(formula)
        return formula.expr == x[formula.indices] ** 2

    reading = check(source, {"x": X}, is_nonnegative=is_square)
    content = reading.outputs[0].content
    assert content.expr == x[content.indices] ** 2
    assert len(seen) == 2


def test_a_fact_is_asked_of_maxima_with_zero_only():
    source = text("return np.maximum(x, 1) + np.minimum(x, 0)", "x")
    check(source, {"x": X}, is_nonnegative=lambda formula: pytest.fail("asked"))


GUARDED = """
m = np.abs(x).max(axis=(0, 1))
if m <= 700:
    u = np.exp(x)
else:
    u = np.exp(x * 1)
if m > 2:
    u += 1
return u"""


def test_guards_give_every_way():
    readings = read_function(text(GUARDED, "x"), "forward", {"x": X})
    assert sorted(reading.way for reading in readings) == [
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    ]
    array = drawn(X)
    for reading in readings:
        (value,) = values_of(reading.outputs, world_of((X, array)))
        np.testing.assert_allclose(value, np.exp(array) + reading.way[1])


def test_saved_values_alone():
    source = text("u = x * 2\nreturn x, u, b", "x, b=None", "saved_values")
    arguments = arguments_of("x, b=None")
    (reading,) = read_function(source, "saved_values", arguments, only_saved=True)
    assert reading.outputs == () and reading.saved[2] is None
    first, second = (value.content for value in reading.saved[:2])
    assert first.expr == x[first.indices] and second.expr == 2 * x[second.indices]
    with pytest.raises(ReadBackError, match="shares memory"):
        read_function(source, "saved_values", arguments)
    with pytest.raises(ReadBackError, match="tuple of saved names"):
        read_function(text("return x * 1", "x"), "forward", {"x": X}, only_saved=True)


def test_saved_numbers_come_back():
    source = text("N, K = y.shape\nreturn y / N, (N, s)", "y, s") + text(
        "N, s = saved\nreturn delta * N / s", "saved, delta", "backward"
    ).removeprefix("import numpy as np\n")
    (forward,) = read_function(source, "forward", {"y": Y, "s": s})
    assert all(isinstance(value, Number) for value in forward.saved)
    (backward,) = read_function(source, "backward", {"saved": Saved(forward.saved), "delta": Y})
    content = backward.outputs[0].content
    assert content.expr == y[content.indices] * size_of(n) / s


def test_a_name_as_python_normalises_it():
    assert check(text("return ŷ + 1", "ŷ"), {"ŷ": Y})


def test_accepted_module():
    source = (
        '"""A layer."""\n'
        "from __future__ import annotations\n"
        "import numpy as np\n"
        "from generated.support import checked\n"
        "def forward(x):\n"
        "    return x * 1\n"
        "class Layer:\n"
        "    def __call__(self, x):\n"
        "        return forward(checked(x))\n"
    )
    (reading,) = read_function(source, "forward", {"x": X})
    content = reading.outputs[0].content
    assert content.expr == x[content.indices]

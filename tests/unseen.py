"""A layer of the tests, given by its forward alone: built, and held to what shares nothing with it."""

from __future__ import annotations

import ast

import numpy as np

from codegen.pipeline import build
from derivations.notation import name_of, size_of
from generated import _maxima, _windows
from generated._contract import contract
from tests.plain_values import World
from tests.regime.balls import check_backward_on_balls
from tests.regime.case import Case, Functions

SIZES = {"N": 3, "d": 4, "C": 5, "K": 6, "M": 2, "B": 2, "H": 3, "e": 5, "L": 7, "P": 13}
"""Those of no two axes of one formula are alike; √d is exact, on balls too."""


def functions_of(text):
    """The plain functions of a module."""
    tree = ast.parse(text)
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    names = {"np": np, "contract": contract}
    names |= {name: getattr(file, name) for file in (_maxima, _windows) for name in file.__all__}
    exec(compile(tree, "emitted", "exec"), names)
    return names


def pair(text, suffix=""):
    names = functions_of(text)

    def backward(saved, seed):
        results = names[f"backward{suffix}"](saved, seed)
        return results if isinstance(results, tuple) else (results,)

    return Functions(names[f"forward{suffix}"], backward)


def sizes_of(one):
    """The sizes of all axes, those of its output by its own formulas."""
    known = SIZES | {str(h.symbol): h.default for h in one.hyperparameters}
    found = {str(size): int(e.subs({s: known[str(s)] for s in e.free_symbols})) for size, e in one.output_sizes.items()}
    return known | found


def shape_of(entry, sizes):
    return tuple(int(sizes[str(size_of(index))]) for index in entry.indices)


def draw(one, seed):
    """Entries that keep away from each other and from the kinks at 0 and ±1: odd multiples of 1/64."""
    rng = np.random.default_rng(seed)
    entries = [*([one.target] if one.target is not None else []), *one.inputs, *one.parameters]
    arrays, sizes = {}, sizes_of(one)
    for entry in entries:
        count = int(np.prod(shape_of(entry, sizes)))
        drawn = (2 * rng.choice(np.arange(-60, 61), count, replace=False) + 1) / 64
        arrays[name_of(entry)] = drawn.reshape(shape_of(entry, sizes))
    return arrays | {str(h.symbol): h.default for h in one.hyperparameters}


def by_loops(one, given):
    """The output, by plain loops over the definition."""
    arrays = {name: value for name, value in given.items() if isinstance(value, np.ndarray)}
    numbers = {**sizes_of(one), **{name: value for name, value in given.items() if not isinstance(value, np.ndarray)}}
    for left, right in one.forward.items():
        arrays[name_of(left)] = World(arrays, numbers).array(left.indices, right)
    return arrays[name_of(list(one.forward)[-1])]


def sources(one):
    return [name_of(entry) for entry in (*one.inputs, *one.parameters)]


def check_built(one, *, rounded=False):
    """Build a layer, and hold what was emitted to plain loops, differences, dtypes, balls and labels."""
    text = build(one).text
    functions = pair(text)
    for seed in range(3):
        given = draw(one, seed)
        np.testing.assert_allclose(functions.output(*given.values()), by_loops(one, given), rtol=1e-13, atol=1e-14)
    check_gradients_by_differences(one, functions)
    for dtype in (np.float32, np.float64):
        check_dtype(one, functions, dtype)
    if not rounded:
        check_backward_on_balls(Case(one.name, "", {}, {}, by_loops, tuple(sources(one))), functions, draw(one, 2))
    if one.target_as_label:
        check_labels(one, functions, pair(text, "_labels"))
    return text


def check_gradients_by_differences(one, functions):
    step, given = 2.0**-15, draw(one, 0)
    output, saved = functions.forward(*given.values())
    seed = np.random.default_rng(1).standard_normal(output.shape)
    for source, gradient in zip(sources(one), functions.backward(saved, seed), strict=True):
        assert gradient.shape == given[source].shape
        for at in np.ndindex(gradient.shape):
            moved = [{**given, source: given[source].copy()} for _ in range(2)]
            moved[0][source][at] += step
            moved[1][source][at] -= step
            above, below = (by_loops(one, there) for there in moved)
            slope = np.sum(seed * (above - below)) / (2 * step)
            np.testing.assert_allclose(gradient[at], slope, rtol=1e-6, atol=1e-6)


def check_dtype(one, functions, dtype):
    given = draw(one, 0)
    given = {key: value.astype(dtype) if isinstance(value, np.ndarray) else value for key, value in given.items()}
    output, saved = functions.forward(*given.values())
    assert output.dtype == dtype
    assert all(gradient.dtype == dtype for gradient in functions.backward(saved, np.ones_like(output)))
    assert all(array.dtype == dtype for array in saved if isinstance(array, np.ndarray))


def check_labels(one, one_hot, labelled):
    """Labels give what the one-hot target gives that they stand for."""
    t, given = np.array([5, 0, 5]), draw(one, 0)
    (target, *others) = given.values()
    output, saved = one_hot.forward(np.eye(target.shape[1])[t], *others)
    again, kept = labelled.forward(t, *others)
    np.testing.assert_allclose(again, output, rtol=1e-13)
    seed = np.arange(1.0, 4.0)
    for gradient, expected in zip(labelled.backward(kept, seed), one_hot.backward(saved, seed), strict=True):
        np.testing.assert_allclose(gradient, expected, rtol=1e-13, atol=1e-15)

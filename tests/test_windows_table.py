"""The table's rows with moving windows: the support file against plain loops, and the shapes of results."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer

from codegen.array_ops import ShapeError
from codegen.window_ops import WINDOW_OPERATIONS, Specification, joined
from derivations.notation import size_symbol
from generated import _windows
from generated._windows import add_windows, spread_windows, sum_windows, windows


def reached(start, steps, indices):
    return start + sum(step * index for step, index in zip(steps, indices, strict=True))


def loops(name, operand, specifications):
    """One entry after the other, one axis after the other, straight from the sentence in docs/language.md."""
    for specification in reversed(specifications) if name in ("windows", "sum_windows") else specifications:
        operand = one_axis(name, operand, *specification)
    return operand


def one_axis(name, operand, axis, start, steps, *rest):
    if name == "add_windows":
        sizes, size = operand.shape[axis : axis + len(steps)], rest[0]
    else:
        sizes, size = rest[0], (rest[1] if name == "spread_windows" else operand.shape[axis])
    shown = sizes if name in ("windows", "add_windows") else sizes[:1]
    from_image = name in ("windows", "sum_windows")
    before = operand.shape[:axis]
    after = operand.shape[axis + (1 if from_image else len(shown)) :]
    result = np.zeros((*before, *(shown if from_image else (size,)), *after), operand.dtype)
    for indices in itertools.product(*map(range, sizes)):
        h = reached(start, steps, indices)
        if 0 <= h < size:
            for left in itertools.product(*map(range, before)):
                if from_image:
                    result[(*left, *indices[: len(shown)])] += operand[(*left, h)]
                else:
                    result[(*left, h)] += operand[(*left, *indices[: len(shown)])]
    return result


def operand_of(name, rest, specifications, sides):
    """An array of small integers, whose results are exact: other axes before, between and after those named."""
    shape, others = [], iter(rest)
    for (*_, sizes), side in zip(specifications, sides, strict=True):
        own = {"windows": (side,), "sum_windows": (side,), "add_windows": sizes, "spread_windows": sizes[:1]}[name]
        shape += [next(others), *own]
    shape.append(next(others))
    return np.random.default_rng(len(shape)).integers(-9, 9, shape).astype(float)


def call_of(name, specifications, sides):
    """The specifications as the call takes them; each axis stands after one other axis and those before it."""
    made, shift = [], 0
    for number, ((start, steps, sizes), side) in enumerate(zip(specifications, sides, strict=True)):
        rest = {"windows": (sizes,), "sum_windows": (sizes,), "add_windows": (side,), "spread_windows": (sizes, side)}
        made.append((2 * number + 1 + shift, start, steps, *rest[name]))
    return made


STEPS = st.integers(-3, 3).filter(bool)


@st.composite
def specifications(draw):
    found = []
    for _ in range(draw(st.integers(1, 2))):
        count = draw(st.integers(1, 3))
        steps = tuple(draw(STEPS) for _ in range(count))
        sizes = tuple(draw(st.integers(0, 4) if draw(st.integers(0, 9)) == 0 else st.integers(1, 4)) for _ in steps)
        found.append((draw(st.integers(-6, 9)), steps, sizes))
    return found


@pytest.mark.parametrize("name", [name for name, row in WINDOW_OPERATIONS.items() if row.module == "_windows"])
@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_each_row_against_loops(name, data):
    found = data.draw(specifications())
    sides = [data.draw(st.integers(0, 7)) for _ in found]
    rest = [data.draw(st.integers(0, 2) if number == 0 else st.integers(1, 2)) for number in range(len(found) + 1)]
    operand, call = operand_of(name, rest, found, sides), call_of(name, found, sides)
    order = data.draw(st.permutations(range(operand.ndim)))
    laid = np.ascontiguousarray(operand.transpose(order)).transpose(np.argsort(order))
    computed = getattr(_windows, name)(laid, *call)
    expected = loops(name, operand, call)
    assert computed.shape == expected.shape and computed.dtype == operand.dtype
    np.testing.assert_array_equal(computed, expected)
    specified = [read(name, *one) for one in call]
    shape = joined(WINDOW_OPERATIONS[name], tuple(map(Integer, operand.shape)), specified).shape
    assert shape == expected.shape


def read(name, axis, start, steps, *rest):
    """A specification as the reader has it."""
    fields = dict(zip(WINDOW_OPERATIONS[name].fields[3:], rest, strict=True))
    sizes = tuple(map(Integer, fields["sizes"])) if "sizes" in fields else None
    size = Integer(fields["size"]) if "size" in fields else None
    return Specification(axis, Integer(start), tuple(map(Integer, steps)), sizes, size)


X = np.arange(24.0).reshape(2, 3, 4)
A = np.arange(48.0).reshape(2, 4, 2, 3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128, object])
def test_element_types_stay(dtype):
    for name, operand, call in (
        ("windows", X, (2, -1, (2, 1), (3, 3))),
        ("add_windows", A, (1, -1, (2, 1), 5)),
        ("sum_windows", X, (2, -1, (2, 1), (3, 3))),
        ("spread_windows", X, (2, -1, (2, 1), (4, 3), 6)),
    ):
        computed = getattr(_windows, name)(operand.astype(dtype), call)
        assert computed.dtype == dtype
        np.testing.assert_array_equal(computed.astype(complex), loops(name, operand, [call]))


@pytest.mark.parametrize("padding", [0, 1])
def test_windows_are_a_view_that_nobody_writes(padding):
    x = X.copy()
    view = windows(x, (2, -padding, (1, 1), (3, 2)))
    assert np.shares_memory(view, x) == (padding == 0)
    assert not view.flags.writeable and x.flags.writeable
    with pytest.raises(ValueError):
        view[...] = 0
    again = windows(x[:, ::-1, ::-1], (2, 0, (1, 1), (3, 2)))
    np.testing.assert_array_equal(again, loops("windows", X[:, ::-1, ::-1], [(2, 0, (1, 1), (3, 2))]))
    assert np.shares_memory(again, x) and not again.flags.writeable


@pytest.mark.parametrize("x", [X, X[:, ::2], X[:, :, 1:3], X[::-1], np.broadcast_to(X[:1], X.shape), X.T])
def test_memory_of_any_layout(x):
    for name in ("windows", "sum_windows"):
        for call in [(2, 0, (1, 1), (1, 2))], [(2, 1, (-1,), (2,))], [(1, -1, (1, 1), (2, 2)), (2, -2, (2, 1), (2, 2))]:
            np.testing.assert_array_equal(getattr(_windows, name)(x, *call), loops(name, x, call))


@pytest.mark.parametrize("name", ["add_windows", "sum_windows", "spread_windows"])
def test_the_others_give_new_arrays(name):
    call = {
        "add_windows": (2, 0, (1,), 4),
        "sum_windows": (2, 0, (1,), (4,)),
        "spread_windows": (2, 0, (1,), (4,), 4),
    }[name]
    computed = getattr(_windows, name)(X, call)
    np.testing.assert_array_equal(computed, X)
    assert not np.shares_memory(computed, X) and computed.flags.writeable


def test_results_lie_in_memory_as_their_operand_does():
    x = X.transpose(2, 0, 1)
    for computed in (sum_windows(x, (0, -1, (1, 1), (2, 2))), spread_windows(x, (0, 1, (2,), (4,), 9))):
        assert np.argsort(computed.strides).tolist() == np.argsort(x.strides).tolist()
    a = np.ascontiguousarray(A.transpose(1, 2, 3, 0)).transpose(3, 0, 1, 2)
    assert add_windows(a, (1, -1, (2, 1), 5)).strides[0] == a.itemsize


@pytest.mark.parametrize(
    "name, call",
    [
        ("windows", [(3, 0, (1,), (2,))]),
        ("windows", [(-1, 0, (1,), (2,))]),
        ("windows", [(2, 0, (1,), (2,)), (1, 0, (1,), (2,))]),
        ("windows", [(1, 0, (1,), (2,)), (1, 0, (1,), (2,))]),
        ("windows", [(1, 0, (1, 1), (2,))]),
        ("windows", [(1, 0, (1,), (-2,))]),
        ("windows", [(1, 0, (0, 1), (2, 2))]),
        ("windows", [(1, 0, (), ())]),
        ("sum_windows", [(1, 0, (0,), (2,))]),
        ("sum_windows", [(1, 0, (1,), (2, 2))]),
        ("sum_windows", [(5, 0, (1,), (2,))]),
        ("add_windows", [(2, 0, (1, 1), 4)]),
        ("add_windows", [(1, 0, (1, 0), 4)]),
        ("add_windows", [(1, 0, (1, 1), -4)]),
        ("spread_windows", [(1, 0, (1,), (4,), 4)]),
        ("spread_windows", [(1, 0, (1,), (3,), -4)]),
        ("spread_windows", [(1, 0, (0,), (3,), 4)]),
    ],
)
def test_nonsense_is_a_clear_error(name, call):
    with pytest.raises(ValueError, match=name):
        getattr(_windows, name)(X, *call)


N, H, P, R = map(size_symbol, "NHPR")


@pytest.mark.parametrize(
    "name, shape, call",
    [
        ("windows", (N, H), [Specification(2, N, (N,), (P,))]),
        ("windows", (N, H), [Specification(1, N, (N, N), (P,))]),
        ("windows", (N, H), []),
        ("windows", (N, H), [Specification(1, N, (N,), (P,)), Specification(0, N, (N,), (P,))]),
        ("add_windows", (N, P), [Specification(1, N, (N, N), size=H)]),
        ("add_windows", (N, P), [Specification(2, N, (N,), size=H)]),
        ("spread_windows", (N, P), [Specification(1, N, (N, N), (R, P), H)]),
        ("sum_windows", (N, H), [Specification(1, N, (N,), (P, R))]),
    ],
)
def test_what_does_not_fit_has_no_shape(name, shape, call):
    with pytest.raises(ShapeError):
        joined(WINDOW_OPERATIONS[name], shape, call)

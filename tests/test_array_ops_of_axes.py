"""The table of array operations along axes: reductions, products, fills, picks, shapes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from sympy import Integer, Symbol

from codegen.array_ops import (
    ELEMENTWISE,
    FILLS,
    PICK,
    PRODUCTS,
    REDUCTIONS,
    SAME_POSITION,
    ShapeError,
    broadcast,
    normal_axis,
    product_shape,
    reduced,
)
from derivations.notation import axes, size_symbol, tensors
from tests.plain_values import World
from tests.test_array_ops import VALUES

TIES = np.array([[[1.0, 3.0, 3.0], [2.0, -1.0, 2.0]], [[0.0, 0.0, -5.0], [7.0, 7.0, 7.0]]])


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reduction(name, axis):
    row = REDUCTIONS[name]
    a, b, c = indices = axes("a:A b:B c:C")
    x = tensors("x")
    kept = tuple(index for index in indices if index is not indices[axis])
    world = World({"x": TIES}, {"A": 2, "B": 2, "C": 3})
    expected = world.array(kept, row.meaning(x[a, b, c], indices[axis]))
    computed = getattr(TIES, row.method)(axis=axis)
    np.testing.assert_allclose(computed, expected, rtol=1e-15)
    sizes = tuple(size_symbol(size) for size in "ABC")
    assert tuple(world.value(size) for size in reduced(sizes, [axis])) == computed.shape


@pytest.mark.parametrize("name", ["sum", "mean", "max"])
def test_reduction_over_several_axes_is_one_after_the_other(name):
    row = REDUCTIONS[name]
    a, b, c = axes("a:A b:B c:C")
    x = tensors("x")
    world = World({"x": TIES}, {"A": 2, "B": 2, "C": 3})
    expected = world.array((b,), row.meaning(row.meaning(x[a, b, c], a), c))
    np.testing.assert_allclose(getattr(TIES, row.method)(axis=(0, 2)), expected, rtol=1e-15)


@pytest.mark.parametrize("name", [name for name, row in REDUCTIONS.items() if row.needs_an_entry])
def test_reductions_that_need_an_entry_do(name):
    with pytest.warns(RuntimeWarning) if name == "mean" else pytest.raises(ValueError):
        getattr(np.zeros((2, 0)), name)(axis=1)


def loops(subscripts, left, right):
    """Σ over the positions that the output lacks, one entry after the other."""
    sizes = {**dict(zip(subscripts.left, left.shape, strict=True))}
    for number, size in zip(subscripts.right, right.shape, strict=True):
        sizes[number] = max(size, sizes.get(number, 1))
    result = np.zeros(tuple(sizes[number] for number in subscripts.output))
    numbers = list(sizes)
    for places in itertools.product(*(range(sizes[number]) for number in numbers)):
        at = dict(zip(numbers, places, strict=True))
        position = tuple(at[number] for number in subscripts.output)
        one = left[
            tuple(at[n] if size > 1 else 0 for n, size in zip(subscripts.left, left.shape, strict=True))
        ]
        two = right[
            tuple(at[n] if size > 1 else 0 for n, size in zip(subscripts.right, right.shape, strict=True))
        ]
        result[position] += one * two
    return result


PRODUCT_CASES = [
    ("dot", (3,), (3,), ((), ())),
    ("dot", (2, 3), (3,), ((), ())),
    ("dot", (3,), (3, 4), ((), ())),
    ("dot", (2, 3), (3, 4), ((), ())),
    ("matmul", (2, 3), (3, 4), ((), ())),
    ("matmul", (5, 2, 3), (5, 3, 4), ((), ())),
    ("matmul", (5, 2, 3), (3, 4), ((), ())),
    ("matmul", (2, 3), (5, 3, 4), ((), ())),
    ("matmul", (6, 5, 2, 3), (5, 3, 4), ((), ())),
    ("matmul", (1, 2, 3), (5, 3, 4), ((), ())),
    ("tensordot", (2, 3, 4), (4, 3), ((1, 2), (1, 0))),
    ("tensordot", (2, 3, 4), (4, 5), ((2,), (0,))),
    ("tensordot", (2, 3, 4), (5, 2), ((0,), (1,))),
    ("tensordot", (2, 3, 4), (5, 2), ((-3,), (-1,))),
    ("tensordot", (2, 3), (4, 5), ((), ())),
    ("tensordot", (2, 3, 4), (2, 3, 4), ((0, 1, 2), (0, 1, 2))),
]


@pytest.mark.parametrize("name, left, right, over", PRODUCT_CASES)
def test_product(name, left, right, over):
    rng = np.random.default_rng(5)
    row = PRODUCTS[name]
    u, v = rng.normal(size=left), rng.normal(size=right)
    text = f"{row.numpy}(u, v, axes={over})" if name == "tensordot" else f"{row.numpy}(u, v)"
    computed = eval(text, {"np": np, "u": u, "v": v})
    subscripts = row.subscripts(u.ndim, v.ndim, over)
    np.testing.assert_allclose(computed, loops(subscripts, u, v), rtol=1e-12)
    # every number its own axis: 5 is size a5, 1 stays the number that is stretched
    sizes = {number: Symbol(f"a{number}") if number > 1 else Integer(1) for number in (*left, *right)}
    shape = product_shape(subscripts, tuple(sizes[s] for s in left), tuple(sizes[s] for s in right))
    assert shape == tuple(sizes[s] for s in computed.shape)


@pytest.mark.parametrize("name", [name for name, row in PRODUCTS.items() if row.takes_out])
def test_product_writes_into_out(name):
    u, v = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)
    out = np.empty((2, 4))
    eval(f"{PRODUCTS[name].numpy}(u, v, out=out)", {"np": np, "u": u, "v": v, "out": out})
    np.testing.assert_array_equal(out, loops(PRODUCTS[name].subscripts(2, 2, ((), ())), u, v))


N, K = size_symbol("N"), size_symbol("K")


@pytest.mark.parametrize(
    "name, left, right, over",
    [
        ("dot", (N, K), (N, K), ((), ())),
        ("dot", (N,), (K,), ((), ())),
        ("dot", (N, K), (Integer(1), K), ((), ())),
        ("matmul", (N, K, K), (K, K, K), ((), ())),
        ("tensordot", (N, K), (N, K), ((0,), (1,))),
    ],
)
def test_products_of_other_axes_are_refused(name, left, right, over):
    row = PRODUCTS[name]
    with pytest.raises(ShapeError):
        product_shape(row.subscripts(len(left), len(right), over), left, right)


@pytest.mark.parametrize(
    "name, left, right, over",
    [
        ("dot", 3, 2, ((), ())),
        ("dot", 0, 2, ((), ())),
        ("matmul", 1, 2, ((), ())),
        ("tensordot", 2, 2, ((0, 1), (0,))),
        ("tensordot", 2, 2, ((0, 0), (0, 1))),
        ("tensordot", 2, 2, ((2,), (0,))),
    ],
)
def test_products_of_other_ranks_are_refused(name, left, right, over):
    with pytest.raises(ShapeError):
        PRODUCTS[name].subscripts(left, right, over)


@pytest.mark.parametrize("name", FILLS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fill(name, dtype):
    row = FILLS[name]
    like = np.full((2, 3), 7.0, dtype=dtype)
    text = f"{row.numpy}(a)" if row.like else f"{row.numpy}((2, 3), dtype=a.dtype)"
    made = eval(text, {"np": np, "a": like})
    assert made.shape == (2, 3) and made.dtype == dtype and not np.shares_memory(made, like)
    if row.content is not None:
        np.testing.assert_array_equal(made, float(row.content))


def test_pick_and_one_hot_add():
    t = np.array([2, 0, 2])
    text = PICK.format(array="a", labels="t")
    names = {"np": np, "a": VALUES.copy(), "t": t, "u": np.array([10.0, 20.0, 30.0])}
    assert list(eval(text, names)) == [VALUES[n, t[n]] for n in range(3)]
    exec(f"{text} += u", names)
    for n, k in np.ndindex(3, 4):
        assert names["a"][n, k] == VALUES[n, k] + (k == t[n]) * names["u"][n]


@pytest.mark.parametrize("labels", [np.array([2, 0, 2]), np.array([3, 1, 0], np.uint8), VALUES.argmax(axis=1)])
def test_positions_are_compared_as_integers(labels):
    n, k = symbols = [Symbol(name, integer=True) for name in "nk"]
    chosen = eval(f"np.arange(4) {SAME_POSITION.operator} t[:, None]", {"np": np, "t": labels})
    assert chosen.dtype == bool
    for row, position in np.ndindex(3, 4):
        world = World({}, {str(symbols[0]): position, str(symbols[1]): int(labels[row])})
        assert chosen[row, position] == world.value(SAME_POSITION.meaning(n, k))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64])
@pytest.mark.parametrize("text, value", [("d**0.5", math.sqrt(3)), ("float(np.log(d))", math.log(3)), ("d / 2", 1.5)])
def test_a_number_takes_the_dtype_of_the_array_that_it_meets(text, value, dtype):
    number = eval(text, {"np": np, "d": 3})
    assert type(number) is float and number == pytest.approx(value, rel=1e-15)
    assert (np.ones(2, dtype) / number).dtype == dtype


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, object])
def test_a_choice_of_an_array_or_a_number_has_the_dtype_of_the_array(dtype):
    assert np.where(VALUES > 0, VALUES.astype(dtype), 0).dtype == dtype


def test_broadcast_meets_equal_axes_only():
    one = Integer(1)
    assert broadcast((N, K), (K,)) == (N, K)
    assert broadcast((N, one), (one, K)) == (N, K)
    assert broadcast((N,), ()) == (N,)
    assert broadcast() == ()
    for left, right in [
        ((N,), (K,)),
        ((N, K), (N,)),
        ((N, K), (K, N)),
        ((N,), (Integer(2),)),
        ((N,), (N + 1,)),
    ]:
        with pytest.raises(ShapeError, match="meets"):
            broadcast(left, right)


@pytest.mark.parametrize(
    "shapes", [((2, 3), (3,)), ((2, 1), (1, 3)), ((1,), (2, 3)), ((2, 3), ()), ((0, 3), (3,))]
)
def test_broadcast_is_numpys_where_it_accepts(shapes):
    ours = broadcast(*(tuple(Integer(size) for size in shape) for shape in shapes))
    assert ours == np.broadcast_shapes(*shapes)


def test_normal_axis():
    assert [normal_axis(axis, 3) for axis in (0, 2, -1, -3)] == [0, 2, 2, 0]
    for axis in (3, -4):
        with pytest.raises(ShapeError):
            normal_axis(axis, 3)


def test_log1p_and_expm1_keep_small_arguments():
    tiny = np.array([1e-20])
    assert eval(ELEMENTWISE["log1p"].numpy, {"np": np})(tiny)[0] == pytest.approx(1e-20)
    assert eval(ELEMENTWISE["expm1"].numpy, {"np": np})(tiny)[0] == pytest.approx(math.expm1(1e-20))

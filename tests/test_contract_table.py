"""The row `contract` of the table of array operations against plain loops, and what it refuses."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from codegen.array_ops import PRODUCTS, ShapeError, product_shape
from codegen.read_back import ArrayArgument, ReadBackError, read_function
from derivations.notation import axes, size_symbol, sum_, tensors
from generated._contract import contract

SIZES = {"n": 2, "g": 2, "o": 3, "c": 2, "p": 3, "q": 7, "r": 2, "t": 3, "i": 4, "j": 5, "k": 3, "s": 2}
CASES = [
    "ik, kj -> ij",
    "ik, ijk -> ij",
    "ij, ij -> i",
    "i, j -> ij",
    "isk, kj -> isj",
    "ikj, jks -> si",
    "nik, ji -> nkj",
    "gct, ngcqt -> ngq",
    "gocrt, ngcprqt -> ngopq",
    "gocrt, ngopq -> ngcprqt",
    "ngcprqt, ngopq -> gocrt",
    "ocrt, ncprqt -> nopq",
]
N, J, L = map(size_symbol, "NJL")


def loops(letters, a, b):
    operands, result = letters.split(" -> ")
    left, right = operands.split(", ")
    names = sorted({*left, *right})
    sizes = dict(zip(left, a.shape, strict=True)) | dict(zip(right, b.shape, strict=True))
    out = np.zeros([sizes[c] for c in result], a.dtype)
    for at in product(*(range(sizes[c]) for c in names)):
        here = dict(zip(names, at, strict=True))
        place = tuple(here[c] for c in result)
        out[place] += a[tuple(here[c] for c in left)] * b[tuple(here[c] for c in right)]
    return out


def arrays(letters, sizes, dtype=float):
    rng = np.random.default_rng(3)
    operands = letters.split(" -> ")[0].split(", ")
    return [rng.integers(-9, 10, [sizes[c] for c in own]).astype(dtype) for own in operands]


@pytest.mark.parametrize("letters", CASES)
@pytest.mark.parametrize("changed", [{}, {"q": 40}, {"q": 0}, {"n": 0}, {"c": 0, "k": 0}, {"o": 1, "t": 1, "i": 1}])
def test_contraction(letters, changed):
    a, b = arrays(letters, SIZES | changed)
    np.testing.assert_array_equal(contract(letters, a, b), loops(letters, a, b))


@pytest.mark.parametrize("letters", CASES)
@pytest.mark.parametrize("dtype", [np.float32, np.complex128, object])
def test_contraction_of_a_dtype(letters, dtype):
    a, b = arrays(letters, SIZES, dtype)
    found = contract(letters, a, b)
    assert found.dtype == dtype and found.flags.writeable
    assert not np.shares_memory(found, a) and not np.shares_memory(found, b)
    np.testing.assert_array_equal(found, loops(letters, a, b))


@pytest.mark.parametrize("letters", CASES)
@pytest.mark.parametrize(
    "lay",
    [
        np.asfortranarray,
        lambda x: x[..., ::-1],
        lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
        lambda x: np.broadcast_to(x[..., :1], x.shape),
    ],
)
def test_contraction_of_any_memory(letters, lay):
    a, b = map(lay, arrays(letters, SIZES))
    np.testing.assert_array_equal(contract(letters, a, b), loops(letters, a, b))


@pytest.mark.parametrize("letters", ["ii, ij -> j", "ik, kj -> i", "ik, kj -> ijm", "ik, kj -> iij"])
def test_letters_that_say_no_contraction_are_refused(letters):
    with pytest.raises(ValueError, match="contract"):
        contract(letters, np.ones((2, 2)), np.ones((2, 2)))


def test_axes_that_do_not_meet_are_refused():
    with pytest.raises(ValueError, match="an axis k of 3 meets one of 4"):
        contract("ik, kj -> ij", np.ones((2, 3)), np.ones((4, 2)))
    with pytest.raises(ValueError, match="2 axes of an array of 3"):
        contract("ik, kj -> ij", np.ones((2, 3, 1)), np.ones((3, 2)))


def test_meaning():
    row = PRODUCTS["contract"]
    subscripts = row.subscripts(2, 2, ((0, 1), (1, 2), (2, 0)))
    assert product_shape(subscripts, (N, J), (J, L)) == (L, N)
    with pytest.raises(ShapeError):
        product_shape(subscripts, (N, J), (L, J))
    for axes_ in (((0, 0), (0, 1), (1,)), ((0, 1), (1, 2), (0,)), ((0,), (0, 1), (1,)), ((0, 1), (1, 2), (0, 2, 3))):
        with pytest.raises(ShapeError):
            row.subscripts(2, 2, axes_)


def text(call, imports="from ._contract import contract\n\n\n"):
    return f"{imports}def forward(x, K):\n    y = {call}\n    return y, ()\n"


n, i, k, j = axes("n:N i:L k:J j:J")
x, K = tensors("x K")
GIVEN = {"x": ArrayArgument(x[n, i]), "K": ArrayArgument(K[k, i])}


def test_is_read_back():
    (reading,) = read_function(text('contract("ni, ki -> nk", x, K)'), "forward", GIVEN)
    content = reading.outputs[0].content
    a, b = content.indices
    (bound,) = [limit[0] for limit in content.expr.limits]
    assert content.expr == sum_(x[a, bound] * K[b, bound], bound)


@pytest.mark.parametrize(
    "call",
    [
        'contract("ni, ik -> nk", x, K)',
        'contract("ni, ki -> n", x, K)',
        'contract("gni, gki -> gnk", x[None, :, :], K[:, None, :])',
        'contract("ni,ki->nk", x, K)',
        'contract("nii, ki -> nk", x, K)',
        'contract("ni, ki -> nk -> nk", x, K)',
        "contract(x, K)",
        'contract("ni, ki -> nk", x, K, x)',
        'contract("ni, ki -> nk", x, K, out=x)',
    ],
)
def test_other_texts_are_refused(call):
    with pytest.raises(ReadBackError):
        read_function(text(call), "forward", GIVEN)


@pytest.mark.parametrize("imports", ["", "from ._windows import contract\n\n\n", "from x import contract\n\n\n"])
def test_another_contract_is_refused(imports):
    with pytest.raises(ReadBackError):
        read_function(text('contract("ni, ki -> nk", x, K)', imports), "forward", GIVEN)

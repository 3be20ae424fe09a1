"""The table of array operations, entry by entry: every spelling means what its row says."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from sympy import Symbol

from codegen.array_ops import (
    AUGMENTED,
    COMPARISONS,
    ELEMENTWISE,
)
from tests.plain_values import World

VALUES = np.array([[-2.5, -1.0, -0.0, 0.25], [0.5, 1.0, 1.5, 3.0], [-1.0, 0.5, 2.0, -0.75]])
OTHERS = np.array([[1.0, -1.0, 0.0, 0.25], [0.75, 0.5, 1.5, -2.0], [-1.0, 2.0, 0.25, -0.75]])
NEEDS_POSITIVE = ("log", "sqrt")
NEEDS_NONZERO_FIRST = ("reciprocal",)


def operands(row):
    first, second = VALUES.copy(), OTHERS.copy()
    if row.name in NEEDS_POSITIVE:
        first = np.abs(first) + 0.125
    if row.name == "log1p":
        first = np.abs(first)
    if row.name in NEEDS_NONZERO_FIRST:
        first[first == 0] = 4.0
    if row.name == "divide":
        second[second == 0] = 4.0
    if row.name == "power":
        return first, 3
    if row.name == "where":
        return first > second, first, second
    return (first, second)[: row.arity]


def spelling(row):
    names = ["u", "v", "w"][: row.arity]
    if row.numpy:
        return f"{row.numpy}({', '.join(names)})"
    return f"{row.operator}u" if row.arity == 1 else f"u {row.operator} v"


def meant(row, given):
    symbols = [Symbol(name, real=True) for name in ("u", "v", "w")[: row.arity]]
    broadcasted = np.broadcast_arrays(*given)
    result = np.empty(broadcasted[0].shape)
    for position in np.ndindex(*result.shape):
        numbers = {name: float(array[position]) for name, array in zip("uvw", broadcasted, strict=False)}
        result[position] = World({}, numbers).value(row.meaning(*symbols))
    return result


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_spelling_means_what_the_row_says(name):
    row = ELEMENTWISE[name]
    given = operands(row)
    computed = eval(spelling(row), {"np": np, **dict(zip("uvw", given, strict=False))})
    np.testing.assert_allclose(computed, meant(row, given), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("exponent", [-2, -1, 0, 1, 2])
def test_powers(exponent):
    row = ELEMENTWISE["power"]
    given = np.array([-2.0, 0.5, 3.0])
    np.testing.assert_allclose(given**exponent, meant(row, (given, exponent)), rtol=1e-14)
    np.testing.assert_allclose(np.power(given, exponent), meant(row, (given, exponent)), rtol=1e-14)


@pytest.mark.parametrize("name", [name for name, row in ELEMENTWISE.items() if row.ufunc])
def test_ufunc_writes_the_same_into_out(name):
    row = ELEMENTWISE[name]
    given = operands(row)
    out = np.empty(VALUES.shape)
    arguments = ", ".join("uvw"[: row.arity])
    eval(
        f"{row.ufunc}({arguments}, out=out)", {"np": np, "out": out, **dict(zip("uvw", given, strict=False))}
    )
    np.testing.assert_allclose(out, meant(row, given), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("name", [name for name in ELEMENTWISE if name not in COMPARISONS])
def test_float32_stays_float32(name):
    row = ELEMENTWISE[name]
    given = [
        v.astype(np.float32) if isinstance(v, np.ndarray) and v.dtype != bool else v for v in operands(row)
    ]
    assert eval(spelling(row), {"np": np, **dict(zip("uvw", given, strict=False))}).dtype == np.float32


def test_names_are_their_own_keys_and_spellings_differ():
    assert all(key == row.name for key, row in ELEMENTWISE.items())
    spellings = [(row.numpy, row.operator, row.arity) for row in ELEMENTWISE.values()]
    assert len(set(spellings)) == len(spellings)


@pytest.mark.parametrize("sign", AUGMENTED)
def test_augmented_assignment_is_its_row(sign):
    row = ELEMENTWISE[AUGMENTED[sign]]
    u, v = operands(row)
    names = {"u": u.copy(), "v": v}
    exec(f"u {sign} v", names)
    np.testing.assert_allclose(names["u"], meant(row, (u, v)), rtol=1e-14)


INFIX = [row for row in ELEMENTWISE.values() if row.operator and row.arity == 2]


@pytest.mark.parametrize(
    "loose, tight", [(a, b) for a in INFIX for b in INFIX if a.precedence < b.precedence]
)
def test_precedence_is_pythons(loose, tight):
    tree = ast.parse(f"a {loose.operator} b {tight.operator} c", mode="eval").body
    assert ast.unparse(tree).endswith(f"b {tight.operator} c")
    assert ast.unparse(tree.left) == "a"
    tree = ast.parse(f"a {tight.operator} b {loose.operator} c", mode="eval").body
    assert ast.unparse(tree.left) == f"a {tight.operator} b"


def test_negation_is_between_products_and_powers():
    negative = ELEMENTWISE["negative"].precedence
    assert ELEMENTWISE["multiply"].precedence < negative < ELEMENTWISE["power"].precedence
    assert isinstance(ast.parse("-a ** b", mode="eval").body, ast.UnaryOp)
    assert isinstance(ast.parse("-a * b", mode="eval").body, ast.BinOp)

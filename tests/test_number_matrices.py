"""Matrices of numbers: as formulas, as emitted text, and what of such text is refused."""

import pytest
from sympy import Integer

from codegen.read_back import ArrayArgument, ReadBackError, read_function
from derivations.normal_form import is_zero
from derivations.notation import axes, delta, sum_, tensors
from derivations.number_matrices import number_matrix, numbers
from derivations.text import formula

n, a, i, h = axes("n:N a:2 i:3 h:3")
x = tensors("x")
ROWS = ((1, -2, 0), (0, 4, 5))


def read(text: str, rows: str = "[[1, -2, 0], [0, 4, 5]]"):
    source = (
        "import numpy as np\nfrom ._contract import contract\n\n\ndef forward(x):\n"
        f"    B = {text.replace('ROWS', rows)}\n"
        '    y = contract("ai, ni -> na", B, x)\n    return y, (x,)\n'
    )
    (reading,) = read_function(source, "forward", {"x": ArrayArgument(x[n, i])})
    return reading.outputs[0]


def test_a_matrix_is_its_formula():
    found = number_matrix(numbers(ROWS, a, i))
    assert found is not None
    assert (found.indices, found.rows, found.divisor) == ((a, i), ROWS, 1)
    assert number_matrix(numbers(ROWS, a, i) / 6).divisor == 6
    assert number_matrix(numbers(ROWS, i, a)) is None, "the places lie outside of the axis"


@pytest.mark.parametrize(
    "e",
    [
        delta(a, 0) * delta(i, 1),
        delta(a, 0) + delta(i, 1),
        delta(a, 0) * delta(i, 1) + x[n, 0],
        delta(a, 0) * delta(i, 1) + delta(a, 1) * delta(h, 1),
        delta(a, 0) * delta(i, 1) + delta(a, i),
        delta(a, 0) * delta(i, 1) + delta(a, 1) * delta(i, 3),
        delta(n, 0) * delta(i, 1) + delta(n, 1) * delta(i, 2),
    ],
)
def test_other_formulas_are_no_matrix(e):
    assert number_matrix(e) is None


def test_a_matrix_is_printed_as_one():
    assert formula(sum_(numbers(ROWS, a, i) * x[n, i], i)) == "Σ_i x[n, i]·[[1, -2, 0], [0, 4, 5]][a, i]"


def test_text_is_read_as_the_formula():
    value = read("np.array(ROWS, dtype=x.dtype)")
    assert tuple(map(int, value.axes[1:])) == (2,)
    row, column = value.content.indices
    for place, line in enumerate(ROWS):
        expected = sum((v * x[row, k] for k, v in enumerate(line)), Integer(0))
        assert is_zero(value.content.expr.subs(column, place) - expected)
        assert not is_zero(value.content.expr.subs(column, place) - expected - x[row, 0])


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("np.array(ROWS)", "[[1, 2, 3], [4, 5, 6]]"),
        ("np.array(ROWS, dtype=np.float64)", "[[1, 2, 3], [4, 5, 6]]"),
        ("np.array(ROWS, dtype=x)", "[[1, 2, 3], [4, 5, 6]]"),
        ("np.array(ROWS, dtype=x.dtype, order='F')", "[[1, 2, 3], [4, 5, 6]]"),
        ("np.array(ROWS, dtype=x.dtype)", "[[1, 2, 3], [4, 5]]"),
        ("np.array(ROWS, dtype=x.dtype)", "[1, 2, 3]"),
        ("np.array(ROWS, dtype=x.dtype)", "[]"),
        ("np.array(ROWS, dtype=x.dtype)", "[[], []]"),
        ("np.array(ROWS, dtype=x.dtype)", "((1, 2, 3), (4, 5, 6))"),
        ("np.array(ROWS, dtype=x.dtype)", "[[1, 2, 0.5], [4, 5, 6]]"),
        ("np.array(ROWS, dtype=x.dtype)", "[[1, 2, True], [4, 5, 6]]"),
        ("np.array(ROWS, dtype=x.dtype)", f"[[1, 2, {2**24 + 1}], [4, 5, 6]]"),
        ("np.array(ROWS, dtype=x.dtype)", "[[1, 2], [4, 5]]"),
        ("np.array(ROWS, dtype=x.dtype)", "[[1, 2, len(x)], [4, 5, 6]]"),
    ],
)
def test_other_texts_are_refused(text, rows):
    with pytest.raises(ReadBackError):
        read(text, rows)

"""Exact evaluation at a point, the order of candidates for a witness, and layers in a chain."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import islice

import pytest
from sympy import Expr, Function, Integer, Max, Min, Rational, cos, exp, floor, log, pi, sinh, sqrt, tanh
from sympy import atan as arctan

from derivations.candidates import by_cost, small_sizes
from derivations.compose import compose
from derivations.definition import DefinitionError, check_layer
from derivations.evaluate import Point, evaluate
from derivations.layer import Layer
from derivations.layers.bce_loss import BCE
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.linear import LINEAR
from derivations.layers.rbf import RBF
from derivations.layers.sigmoid import SIGMOID
from derivations.notation import (
    argmax_,
    axes,
    delta,
    is_zero_at,
    labels,
    max_,
    name_of,
    positive,
    scalars,
    size_of,
    sum_,
    tensors,
)
from derivations.numbers import Undecided, Undefined, differ, is_exact, spell
from derivations.setting import setting_of
from derivations.witness import find_witness

n, i, k = axes("n:N i:d k:K")
x, w, z = tensors("x w z")
t = labels("t")
s = scalars("s")
f = Function("f")
POINT = Point(
    sizes={"N": 2, "d": 3, "K": 0},
    tensors={
        "x": {(r, c): Fraction(v) for r, row in enumerate(((0, 1, 1), (-1, 4, "1/2"))) for c, v in enumerate(row)},
        "t": {(0,): Fraction(2), (1,): Fraction(0)},
    },
    scalars={"s": Fraction(4, 9)},
    definitions={"z": ((n, i), x[n, i] ** 2 + i)},
    functions={"f": (0, 1, 1)},
)
AT = {n: 0, i: 1}

EXACT: list[tuple[Expr, object]] = [
    (sum_(x[n, i], i), 2),
    (sum_(x[n, i], n, i), "11/2"),
    (sum_(Integer(1), k), 0),
    (x[1, 2] / x[1, 0], "-1/2"),
    (sqrt(s), "2/3"),
    (s ** Rational(-3, 2), "27/8"),
    (exp(x[0, 0]) + log(x[0, 1]) + cos(x[0, 0]) + tanh(x[0, 0]), 2),
    (x[0, 0] ** 0, 1),
    (delta(i, t[1] + 1), 1),
    (x[n, t[n]], 1),
    (x[n, i + 2] + x[n, i - 2], 0),
    (z[n, i], 2),
    (z[n, i + 2], 0),
    (positive(x[1, 0]) + is_zero_at(x[0, 0]) * 10, 10),
    (max_(x[1, i], i), 4),
    (argmax_(x[0, i], i), 1),
    (x[1, argmax_(x[0, i], i)], 4),
    (Max(x[1, 0], x[0, 0]) + Min(x[1, 0], x[0, 0]), -1),
    (f(x[1, 1]) + Function("f'")(x[1, 1]) + Function("f''")(x[1, 1]), 20 + 9 + 2),
    (floor(x[1, 2]) + size_of(i), 3),
    (exp(x[0, 1]) * x[0, 0], 0),
]


@pytest.mark.parametrize(("e", "value"), EXACT)
def test_what_is_rational_is_exact(e: Expr, value: object) -> None:
    found = evaluate(e, POINT, AT)
    assert is_exact(found)
    assert found == Fraction(value)


@pytest.mark.parametrize(
    ("e", "value"),
    [
        (exp(x[0, 1]), math.e),
        (log(x[1, 1]), math.log(4)),
        (sqrt(x[1, 2]), math.sqrt(0.5)),
        (sinh(x[0, 1]), math.sinh(1)),
        (tanh(x[1, 0]), math.tanh(-1)),
        (pi + cos(x[0, 1]), math.pi + math.cos(1)),
        (x[1, 1] ** exp(x[0, 1]), 4**math.e),
    ],
)
def test_what_is_not_is_an_interval_of_200_bits(e: Expr, value: float) -> None:
    found = evaluate(e, POINT, AT)
    assert not is_exact(found)
    assert float(found.delta.b) < 1e-55
    assert not differ(found, found)
    assert differ(found, found + 2**-150)
    assert float(spell(found).removeprefix("≈ ")) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    "e", [1 / x[0, 0], log(x[0, 0]), log(x[1, 0]), sqrt(x[1, 0]), x[0, 0] ** -2, max_(w[k], k), argmax_(w[k], k)]
)
def test_what_has_no_value_says_so(e: Expr) -> None:
    with pytest.raises(Undefined):
        evaluate(e, POINT, AT)


def test_what_bits_do_not_decide_is_undecided() -> None:
    for e in (positive(exp(x[0, 1]) - exp(x[0, 2])), 1 / (exp(x[0, 1]) - exp(x[0, 2])), arctan(x[0, 1])):
        with pytest.raises(Undecided):
            evaluate(e, POINT, AT)


def test_sizes_and_values_come_smallest_first() -> None:
    sizes = list(small_sizes(["N", "d"]))
    assert sizes[:4] == [{"N": 1, "d": 1}, {"N": 1, "d": 2}, {"N": 2, "d": 1}, {"N": 1, "d": 3}]
    assert sizes.index({"N": 0, "d": 0}) > sizes.index({"N": 3, "d": 3})
    assert list(small_sizes([])) == [{}]
    assert list(islice(by_cost([3, 2]), 6)) == [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]]
    assert len(list(by_cost([3, 2, 4]))) == 24


def test_a_witness_satisfies_conditions_and_assumptions() -> None:
    rbf = find_witness(setting_of(RBF, []), s**2 + x[n, i], s + x[n, i]).witness
    assert rbf is not None
    assert Fraction(rbf.values["s"]) > 0
    assert str(rbf) == "N = 1, d = 1; x = [[0]], s = 2; at i = 0, n = 0 (counted from 0): 4 against 2"
    y = tensors("y")
    target = find_witness(setting_of(CROSS_ENTROPY, []), y[n, k], Integer(0)).witness
    assert target is not None
    assert target.values == {"y": [["1"]]}


def test_intervals_tell_apart_what_no_rational_does() -> None:
    found = find_witness(setting_of(SIGMOID, []), exp(x[n, i]), 1 + x[n, i]).witness
    assert found is not None
    assert (found.values, found.left, found.right) == ({"x": [["1"]]}, "≈ 2.718281828", "2")


# Layers in a chain ----------------------------------------------------------------------------------


def names(layer: Layer) -> list[str]:
    """The names of inputs, parameters and steps."""
    return [name_of(e) for e in (*layer.inputs, *layer.parameters, *layer.forward)]


def test_a_chain_keeps_names_and_sizes_apart() -> None:
    twice = compose("Twice", LINEAR, LINEAR)
    check_layer(twice)
    assert names(twice) == ["x", "W", "b", "W_2", "b_2", "z", "z_2"]
    assert {name: str(size) for name, size in twice.sizes.items()} == {
        "input": "d",
        "output": "d'",
        "output_2": "d''",
    }
    assert [name_of(base) for base in twice.optional] == ["b", "b_2"]
    three = compose("Three", RBF, RBF, LINEAR)
    check_layer(three)
    assert [str(h.symbol) for h in three.hyperparameters] == ["s", "s_2"]


def test_a_chain_into_a_loss_keeps_target_labels_and_assumptions() -> None:
    loss = compose("Loss", LINEAR, CROSS_ENTROPY)
    check_layer(loss)
    assert names(loss) == ["x", "W", "b", "ŷ", "logp", "loss"]
    assert str(size_of(loss.target.indices[1])) == "d'"
    assert len(loss.assumptions) == len(loss.target_as_label) == 1


def test_what_does_not_fit_is_refused() -> None:
    flat = replace(SIGMOID, inputs=(x[n],), forward={z[n]: exp(x[n])})
    with pytest.raises(DefinitionError, match="another number of axes"):
        compose("Wrong", flat, BCE)
    with pytest.raises(DefinitionError, match="has the inputs x, w"):
        compose("Wrong", SIGMOID, replace(SIGMOID, inputs=(x[n, i], w[n, i])))

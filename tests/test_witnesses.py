"""Each witness against a refuted formula, worked out again in plain Python, with fractions and by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from derivations.judge import judge_claim
from derivations.layer import REFUTED
from derivations.layers import JUDGED

Witness = Mapping[str, Any]
POLYNOMIALS = {"u²": (0, 0, 1), "u² + u": (0, 1, 1), "u³": (0, 0, 0, 1)}


@cache
def witnesses() -> dict[str, Witness]:
    """The witness of every refuted claim."""
    wrong = [(layer, claim) for layer in JUDGED for claim in layer.claims if claim.expected is REFUTED]
    return {claim.id: judge_claim(layer, claim).witness or {} for layer, claim in wrong}


def numbers(value: Any) -> Any:
    """Nested lists of fractions."""
    return list(map(numbers, value)) if isinstance(value, list) else Fraction(value)


# Document 1 -----------------------------------------------------------------------------------------


def layouts(witness: Witness) -> tuple[Fraction, Fraction]:
    """An entry of the two Jacobians of document 1: columns by input, columns by output."""
    d, d_out = witness["sizes"]["d"], witness["sizes"]["d'"]
    x = numbers(witness["values"]["x"])[witness["at"]["n"]]
    by_input = [[x[i] if q == j else Fraction(0) for i in range(d) for j in range(d_out)] for q in range(d_out)]
    by_output = [[x[i] if q == j else Fraction(0) for j in range(d_out) for i in range(d)] for q in range(d_out)]
    assert [by_input, by_output] == numbers(witness["matrices"])
    row, column = witness["at"]["row"], witness["at"]["column"]
    return by_input[row][column], by_output[row][column]


def softmax_of_indices(witness: Witness) -> tuple[float, float]:
    """Softmax, and what has the powers e^1 + … + e^K below."""
    a = [float(v) for v in numbers(witness["values"]["a"])[witness["at"]["n"]]]
    above = math.exp(a[witness["at"]["k"]])
    return above / sum(map(math.exp, a)), above / sum(math.exp(i) for i in range(1, len(a) + 1))


# Document 2's last layer ----------------------------------------------------------------------------


def outputs(witness: Witness) -> tuple[list[Fraction], list[Fraction]]:
    """l and o; l is rational because all pre-activations are equal."""
    a, o = (numbers(witness["values"][name]) for name in "ao")
    assert len(a) == witness["sizes"]["K"] == 3
    assert len(set(a)) == 1
    return [Fraction(1, 3)] * 3, o


def by_a(p: list[Fraction], o: list[Fraction], i: int) -> Fraction:
    """∂E/∂a_i: the sum over the outputs of (l_j − o_j) · l_j ([i = j] − l_i)."""
    return sum(((p[j] - o[j]) * p[j] * ((i == j) - p[i]) for j in range(3)), Fraction(0))


def last(claimed: Callable[[list[Fraction], list[Fraction], int], Fraction], by_l: bool = False) -> Any:
    """True and claimed derivative of E at the unit that the witness names; the first if it names none."""

    def sides(witness: Witness) -> tuple[Fraction, Fraction]:
        p, o = outputs(witness)
        i = int(witness["compares"].split("[")[1][0]) if "[" in witness["compares"] else 0
        return (p[i] - o[i] if by_l else by_a(p, o, i)), claimed(p, o, i)

    return sides


# Document 2's fully connected layer -----------------------------------------------------------------


class Network:
    """The layer at a witness: polynomials for f and g, and ∂E/∂d as given."""

    def __init__(self, witness: Witness) -> None:
        values = witness["values"]
        self.a, self.w, self.b, self.by_d = (numbers(values[name]) for name in ("a", "w", "b'", "∂d"))
        self.f, self.g = POLYNOMIALS[values["f(u)"]], POLYNOMIALS[values["g(u)"]]
        self.l = [self.at(self.f, u) for u in self.a]
        self.c = [sum(self.w[i][j] * self.l[i] for i in range(3)) + self.b[j] for j in range(2)]
        self.by_c = [self.by_d[j] * self.slope(self.g, self.c[j]) for j in range(2)]
        self.by_l = [sum(self.by_c[j] * self.w[i][j] for j in range(2)) for i in range(3)]

    @staticmethod
    def at(p: tuple[int, ...], u: Fraction) -> Fraction:
        """The polynomial's value."""
        return sum((c * u**k for k, c in enumerate(p)), Fraction(0))

    @staticmethod
    def slope(p: tuple[int, ...], u: Fraction) -> Fraction:
        """The polynomial's derivative."""
        return sum((k * c * u ** (k - 1) for k, c in enumerate(p) if k), Fraction(0))


def places(witness: Witness) -> list[int]:
    """The indices that the failing equality names, in their order: ∂L/∂b'[0] = ∂L/∂l[2] gives 0 and 2."""
    return [int(part[0]) for part in witness["compares"].split("[")[1:]]


def bias(witness: Witness) -> tuple[Fraction, Fraction]:
    """∂E/∂b'_j against ∂E/∂l_i."""
    j, i = places(witness)
    net = Network(witness)
    return net.by_c[j], net.by_l[i]


def without_slope(witness: Witness) -> tuple[Fraction, Fraction]:
    """∂E/∂a_i against the sum that lacks f'(a_i)."""
    i = places(witness)[0]
    net = Network(witness)
    return net.slope(net.f, net.a[i]) * net.by_l[i], net.by_l[i]


SIDES: dict[str, Callable[[Witness], tuple[Any, Any]]] = {
    "1.linear.jacobian.equal": layouts,
    "1.linear.grad.W.shape": lambda w: (w["sizes"]["d'"], w["sizes"]["N"]),
    "1.linear.delta.transposed": lambda w: (w["sizes"]["d'"], w["sizes"]["d"]),
    "1.linear.delta.middle": lambda w: (w["sizes"]["d'"], w["sizes"]["d"]),
    "1.softmax.forward": softmax_of_indices,
    "2.last.dE_dl": last(lambda p, o, i: o[i] - p[i], by_l=True),
    "2.last.chain": last(lambda p, o, i: (p[i] - o[i]) * p[i] * (1 - p[i])),
    "2.last.dE_da_1": last(lambda p, o, i: (o[i] - p[i]) * p[i] * (1 - p[i])),
    "2.last.dE_da": last(lambda p, o, i: (o[i] - p[i]) * p[0] * (1 - p[i])),
    "2.fc.dE_db": bias,
    "2.fc.dE_da": without_slope,
}


def test_every_refuted_formula_is_worked_out_here() -> None:
    parts = ("1.mse", "1.linear", "1.tanh", "1.sigmoid", "1.softmax", "1.ce", "1.logsoftmax_ce", "1.bce")
    mine = (*parts, "1.autoencoder", "2.last", "2.fc")
    assert {name for name in witnesses() if name.startswith(tuple(f"{part}." for part in mine))} == set(SIDES)


@pytest.mark.parametrize("name", SIDES)
def test_both_sides_are_what_the_witness_says(name: str) -> None:
    witness = witnesses()[name]
    left, right = SIDES[name](witness)
    assert left != right
    for value, told in ((left, witness["left"]), (right, witness["right"])):
        if told.startswith("≈"):
            assert math.isclose(value, float(told[1:]), rel_tol=1e-9)
        else:
            assert value == Fraction(told)


@pytest.mark.parametrize("name", [name for name in SIDES if name.startswith("2.")])
def test_the_steps_that_a_witness_shows_are_right(name: str) -> None:
    witness = witnesses()[name]
    steps = {key: numbers(value) for key, value in witness["steps"].items()}
    if name.startswith("2.last"):
        p, o = outputs(witness)
        assert steps["l"] == p
        assert steps["∂l"] == [p[i] - o[i] for i in range(3)]
        return
    net = Network(witness)
    known = {"l": net.l, "c": net.c, "∂b'": net.by_c, "∂c": net.by_c, "∂l": net.by_l}
    known["∂a"] = [net.slope(net.f, u) * v for u, v in zip(net.a, net.by_l, strict=True)]
    assert {"l", "c"} < set(steps)
    assert all(known[key] == value for key, value in steps.items())

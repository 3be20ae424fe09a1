"""``backproof derive``: every line that is written down has the same value, and the last one is what is emitted."""

from __future__ import annotations

import cmath
import itertools
import math
import random
from collections.abc import Mapping
from functools import cache

import pytest
from sympy import Add, Expr, Idx, Indexed, KroneckerDelta, Max, Mul, Pow, Rational, Sum, Symbol, exp, log, tanh
from sympy.core.function import AppliedUndef
from sympy.core.numbers import Exp1
from typer.testing import CliRunner

from codegen.cli import app
from codegen.selection import layer_named
from derivations.blackboard import Chain, Heading, blackboard
from derivations.derivation import derive, variants
from derivations.derivation_text import explain
from derivations.layer import Layer
from derivations.layers import JUDGED
from derivations.normal_form import is_zero
from derivations.notation import (
    argmax_over,
    axes,
    derivative,
    jacobian,
    maximum_over,
    name_of,
    positive,
    size_of,
    tensors,
)
from derivations.own_values import in_own_values, oriented
from derivations.pull_back import Step
from derivations.text import equation, formula

BY_NAME = {layer.name: layer for layer in JUDGED}
FUNCTIONS = {exp: cmath.exp, log: cmath.log, tanh: cmath.tanh}
STEP = 1e-40  # of an imaginary number: a derivative without a difference


class Numbers:
    """A layer at numbers: all that a line may read, and what the line is worth."""

    def __init__(self, layer: Layer) -> None:
        self.random = random.Random(layer.name)
        self.steps = {name_of(s.left): s for s in derive(layer).steps}
        self.values: dict[tuple[str, tuple[int, ...]], complex] = {}
        self.labels = {name_of(e): e for right in layer.target_as_label.values() for e in right.atoms(Indexed)}
        self.moved: tuple[str, tuple[int, ...]] | None = None
        lefts = (*layer.inputs, *layer.parameters, *(s.left for s in derive(layer).steps))
        self.shapes = {name_of(e): [self.size(size_of(i)) for i in e.indices if isinstance(i, Idx)] for e in lefts}
        if layer.target is not None and layer.assumptions:
            self._sum_to_one(layer.target)

    def _sum_to_one(self, target: Indexed) -> None:
        for row in range(self.size(size_of(target.indices[0]))):
            parts = [self.random.uniform(0.2, 0.8) for _ in range(self.size(size_of(target.indices[1])))]
            for at, part in enumerate(parts):
                self.values[name_of(target), (row, at)] = part / sum(parts)

    def size(self, e: Expr) -> int:
        return int(e) if e.is_Integer else {"N": 2, "K": 3, "d": 3}.get(str(e), 2)

    def any_index(self, e: Expr) -> dict[str, int]:
        return {str(i.label): self.random.randrange(self.size(size_of(i))) for i in e.atoms(Idx)}

    def entry(self, name: str, at: tuple[int, ...]) -> complex:
        shape = self.shapes.get(name, ())
        if len(shape) == len(at) and any(not 0 <= p < size for p, size in zip(at, shape, strict=True)):
            return 0j  # what lies outside reads 0
        if (name, at) not in self.values and name in self.labels:
            self.values[name, at] = self.random.randrange(3)
        elif (name, at) not in self.values and name in self.steps:
            step = self.steps[name]
            where = {str(i.label): r for i, r in zip(step.left.indices, at, strict=True) if isinstance(i, Idx)}
            moved, self.moved = self.moved, None
            self.values[name, at] = self.worth(step.right, where)
            self.moved = moved
        value = self.values.setdefault((name, at), self.random.uniform(0.2, 0.8))
        return value + STEP * 1j if self.moved == (name, at) else value

    def slope(self, e: Expr, by: Indexed, at: Mapping[str, int]) -> complex:
        """∂e/∂by with all else that e reads held where it is."""
        self.moved = name_of(by), tuple(int(self.worth(i, at).real) for i in by.indices)
        found = self.worth(e, at).imag / STEP
        self.moved = None
        return found

    def worth(self, e: Expr, at: Mapping[str, int]) -> complex:
        if isinstance(e, Idx):
            return complex(at[str(e.label)])
        if isinstance(e, Indexed):
            return self.entry(name_of(e), tuple(int(self.worth(i, at).real) for i in e.indices))
        if isinstance(e, Rational):
            return complex(e)
        if isinstance(e, Symbol):
            return complex(self.size(e) if e.is_integer else 1.3)
        if isinstance(e, Sum):
            bound = [limit[0] for limit in e.limits]
            places = itertools.product(*(range(self.size(size_of(i))) for i in bound))
            names = [str(i.label) for i in bound]
            return sum(self.worth(e.function, {**at, **dict(zip(names, p, strict=True))}) for p in places)
        if isinstance(e, (maximum_over, argmax_over)):
            index = e.args[1]
            each = [self.worth(e.args[0], {**at, str(index.label): p}) for p in range(self.size(size_of(index)))]
            place = max(range(len(each)), key=lambda p: each[p].real)
            return each[place] if isinstance(e, maximum_over) else complex(place)
        if isinstance(e, derivative):
            return self.slope(e.args[0], e.args[1], at)
        if isinstance(e, jacobian):
            above, by = e.args
            return self.slope(above if name_of(above) == name_of(by) else self.read_out(above), by, at)
        parts = [self.worth(a, at) for a in e.args]
        if isinstance(e, KroneckerDelta):
            return complex(parts[0] == parts[1])
        if isinstance(e, Max):
            return max(parts, key=lambda part: part.real)
        if isinstance(e, positive):
            return complex(parts[0].real > 0)
        if isinstance(e, AppliedUndef):
            return (cmath.cos if e.func.__name__.endswith("'") else cmath.sin)(parts[0])
        if isinstance(e, (Add, Mul)):
            return sum(parts) if isinstance(e, Add) else math.prod(parts)
        return parts[0] ** parts[1] if isinstance(e, Pow) and e.base is not Exp1 else FUNCTIONS[type(e)](parts[0])

    def read_out(self, above: Expr) -> Expr:
        """A step's own formula at given indices; what is no step is its own."""
        step = self.steps.get(name_of(above))
        if step is None:
            return above
        return step.right.xreplace(dict(zip(step.left.indices, above.indices, strict=True)))


@cache
def chains_of(name: str) -> list[Chain]:
    return chains(BY_NAME[name])


def chains(layer: Layer) -> list[Chain]:
    """The chains up to the variants, with those of the part "Together"."""
    items = list(blackboard(layer))
    heads = [(i, str(item.text[0])) for i, item in enumerate(items) if isinstance(item, Heading)]
    end = min((i for i, head in heads if head.startswith(("With ", "Without "))), default=len(items))
    return [item for item in items[:end] if isinstance(item, Chain)]


@pytest.mark.parametrize("layer", JUDGED, ids=lambda layer: layer.name)
def test_every_line_has_the_same_value(layer: Layer) -> None:
    numbers = Numbers(layer)
    compared = 0
    for chain in chains_of(layer.name):
        at = numbers.any_index(Add(chain.left, *(line.right for line in chain.lines)))
        worths = [numbers.worth(line.right, at) for line in chain.lines]
        if isinstance(chain.left, jacobian) and len(chain.lines) > 0 and chain.lines[0].rules:
            worths.append(numbers.worth(chain.left, at))
        assert all(cmath.isclose(w, worths[0], rel_tol=1e-9, abs_tol=1e-12) for w in worths), formula(chain.left)
        compared += len(worths) - 1
    assert compared >= 1


@pytest.mark.parametrize("layer", JUDGED, ids=lambda layer: layer.name)
def test_the_last_line_is_the_gradient_that_is_emitted(layer: Layer) -> None:
    derivation = derive(layer)
    told = {chain.left: chain.lines[-1].right for chain in reversed(chains_of(layer.name))}
    for gradient in derivation.gradients:
        assert is_zero(told[gradient.left] - gradient.right, derivation.meaning), formula(gradient.left)


@pytest.mark.parametrize("layer", JUDGED, ids=lambda layer: layer.name)
def test_every_step_of_every_variant_is_told(layer: Layer) -> None:
    told = explain(layer)
    for variant in variants(layer):
        for step in derive(layer, variant).steps:
            assert equation(step.left, step.right) in told
    assert all(line == line.rstrip() for line in told.splitlines())


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "Sigmoid",
            """
      = -∂(exp(-a[n, i]))/∂a[n, i]/(1 + exp(-a[n, i]))²    ((1/u)' = -u'/u²; constants drop out)
      = exp(-a[n, i])/(1 + exp(-a[n, i]))²                 (derivative of exp: (e^u)' = e^u u'; constant factor)
      = z[n, i]·(1 - z[n, i])                              (in the forward's own values)
""",
        ),
        (
            "TanH",
            """
      = 1 - tanh(a[n, i])²    (derivative of tanh: tanh' = 1 - tanh²)
      = 1 - z[n, i]²          (in the forward's own values)
""",
        ),
        (
            "Linear",
            """
W[j, i] is read by z[n, j] for every n:
    ∂z[n, j]/∂W[j, i]
      = Σ_i' x[n, i']·∂W[j, i']/∂W[j, i]    (constants drop out; term by term; constant factor)
      = Σ_i' [i = i']·x[n, i']              (entries vary independently)
      = x[n, i]                             (sifting a delta)
    ∂L/∂W[j, i]
      = Σ_n ∂L/∂z[n, j]·∂z[n, j]/∂W[j, i]    (chain rule)
      = Σ_n ∂L/∂z[n, j]·x[n, i]              (put in)
""",
        ),
        ("Softmax", "      = p[n, k]·([f = k] - p[n, f])  "),
        ("Softmax", "      = p[n, k]·(∂L/∂p[n, k] - Σ_f ∂L/∂p[n, f]·p[n, f])  "),
        ("CrossEntropyLoss", "      = exp(ŷ[n, k])/(Σ_f exp(ŷ[n, f])) - y[n, k]\n"),
        ("BCEWithLogitsLoss", "      = ŷ[n, i] - y[n, i]  "),
        ("MSELoss", "      = 2·(ŷ[n, i] - y[n, i])  "),
        ("BCELoss", "      = (ŷ[n, i] - y[n, i])/(ŷ[n, i]·(1 - ŷ[n, i]))  "),
    ],
)
def test_what_stands_on_the_blackboard(name: str, lines: str) -> None:
    assert lines in explain(BY_NAME[name])


def test_a_formula_that_is_not_that_of_the_step_is_left_alone() -> None:
    """What is shorter but not equal is never taken: e^{-a}/(1 + e^{-a}) is 1 - z, not z."""
    n, i = axes("n:N i:d")
    a, z = tensors("a z")
    steps = [Step(z[n, i], 1 / (1 + exp(-a[n, i])))]
    meaning = derive(BY_NAME["Sigmoid"]).meaning
    e = exp(-a[n, i])
    assert formula(in_own_values(e / (1 + e), steps, meaning)) == "1 - z[n, i]"
    assert in_own_values(a[n, i] ** 2 + 3, steps, meaning) == a[n, i] ** 2 + 3


def test_differences_are_turned_to_read_well() -> None:
    n, i = axes("n:N i:d")
    z, y = (t[n, i] for t in tensors("z y"))
    assert formula(oriented(-z * (z - 1))) == "z[n, i]·(1 - z[n, i])"
    assert formula(oriented((y - z) / (z * (z - 1)))) == "(z[n, i] - y[n, i])/(z[n, i]·(1 - z[n, i]))"
    assert oriented(z + y) == z + y


@pytest.mark.parametrize("layer", JUDGED, ids=lambda layer: layer.name)
def test_every_layer_is_found_by_every_name(layer: Layer) -> None:
    for name in (layer.name, layer.name.upper(), *layer.aliases):
        assert layer_named(name) is layer


def test_a_layer_that_is_only_judged_is_derived_too() -> None:
    result = CliRunner().invoke(app, ["derive", "softmax"])
    assert result.exit_code == 0
    assert result.stdout == explain(BY_NAME["Softmax"])


def test_a_name_that_comes_near_is_proposed() -> None:
    result = CliRunner().invoke(app, ["derive", "Soft-max"])
    assert result.exit_code == 2
    assert "did you mean Softmax" in result.output
    assert "there are Linear, TanH" in CliRunner().invoke(app, ["derive", "xyz"]).output

"""A definition that cannot mean anything is refused, with the layer, the formula and what to write instead."""

from dataclasses import replace

import pytest
from sympy import Function, I, Idx, IndexedBase, Integer, Piecewise, Rational, Sum, Symbol, exp, gamma, oo

from derivations.compose import compose
from derivations.definition import DefinitionError, check_layer
from derivations.layer import Assumption, Hyperparameter, Initial, Layer
from derivations.layers import LAYERS
from derivations.notation import (
    argmax_,
    axes,
    d,
    delta,
    jacobian,
    labels,
    max_,
    mean_over,
    positive,
    scalars,
    select,
    size_of,
    size_symbol,
    sum_,
    tensors,
)

n, k, j, i, q = axes("n:N k:K j:J i:d q:3")
x, W, b, z, h, y, unknown = tensors("x W b z h y unknown")
t = labels("t")
s = scalars("s")
f = Function("f")

GOOD = Layer(
    "Affine",
    forward={h[n, j]: sum_(x[n, i] * W[j, i], i), z[n, j]: h[n, j] + b[j]},
    inputs=(x[n, i],),
    parameters=(W[j, i], b[j]),
    target=y[n, k],
    target_as_label={y[n, k]: delta(k, t[n])},
    optional=(b,),
    hyperparameters=(Hyperparameter(s, default=1.0, conditions=(s > 0,), safe=(0.1, 10.0)),),
    assumptions=(Assumption(sum_(y[n, k], k), 1, example={y[n, k]: delta(k, t[n])}),),
    sizes={"inputs": size_of(i), "outputs": size_of(j)},
    initial={W: Initial(Integer(1))},
)


def with_step(right):
    """The layer with z[n, j] = right."""
    return replace(GOOD, forward={z[n, j]: right})


def named(name):
    """A tensor of any name."""
    return IndexedBase(name, real=True)


FORMULAS = {
    "an index that is not summed": (x[n, i] * W[j, i], "the index i is free on the right"),
    "an index without an axis": (b[Idx("j")], "does not count an axis from 0"),
    "an index that counts from 1": (sum_(x[n, Idx("e", (1, size_of(i)))], j), "does not count an axis from 0"),
    "an index with a name of ours": (sum_(x[n, Idx("~1", size_of(i))], Idx("~1", size_of(i))), "a name without"),
    "one index name for two axes": (b[j] + sum_(x[n, Idx("j", size_of(i))], Idx("j", size_of(i))), "j runs over"),
    "an index with the name of a size": (sum_(x[n, Idx("N", size_of(i))], Idx("N", size_of(i))), "N is an index and"),
    "a tensor that is not declared": (unknown[n], "unknown is neither an input, a parameter nor an earlier step"),
    "a scalar that is not declared": (b[j] * Symbol("c", real=True), "c is neither a hyperparameter nor the size"),
    "a size that nothing has": (b[j] * size_symbol("M"), "M is neither a hyperparameter nor the size"),
    "a step that reads itself": (z[n, j] + 1, "only defined by this step or a later one; move it up"),
    "a gradient": (d(x)[n, 0], "a gradient is derived"),
    "an axis of another tensor": (sum_(x[n, j], j), "position 2 of x has the axis d, but j in x\\[n, j\\] lies on J"),
    "too few indices": (x[n] + b[j], "has 1 indices, but x has 2 axes"),
    "too many indices": (b[n, j], "has 2 indices, but b has 1 axes"),
    "a label of another axis": (x[n, t[n]], "t\\[n\\] in x\\[n, t\\[n\\]\\] lies on K; use an index over d"),
    "a label read at another axis": (y[n, t[j]], "position 1 of t has the axis N"),
    "a label as a number": (t[n] * b[j], "the label t\\[n\\] stands where a number should"),
    "an argmax of another axis": (x[n, argmax_(b[j], j)], "lies on J; use an index over d"),
    "a tensor as an index": (x[n, x[n, 0]], "stands where an index should"),
    "half an index": (x[n, n / 2], "1/2 stands where an index should"),
    "a product of indices": (x[n, n * j], "no affine index"),
    "a position before an axis": (x[n, -1], "-1 in x\\[n, -1\\] is outside of the axis d"),
    "a delta of numbers": (delta(x[n, 0], b[j]), "stands where an index should"),
    "a part of an axis": (Sum(x[n, i], (i, 1, size_of(i) - 1)), "is not over a whole axis; write sum_"),
    "a sum to a number": (Sum(x[n, i], (i, 0, 3)), "is not over a whole axis"),
    "a maximum over no axis": (max_(x[n, 0], Symbol("e")), "needs an index of an axis"),
    "a float": (x[n, 0] * 0.5, "0.5 is a float; write a rational, such as Rational\\(1, 2\\)"),
    "a float as an exponent": (x[n, 0] ** 0.5, "0.5 is a float"),
    "a scalar as an exponent": (x[n, 0] ** s, "the exponent of .* is no rational number"),
    "a complex number": (I * x[n, 0], "ImaginaryUnit is not in the language"),
    "infinity": (x[n, 0] + oo, "Infinity is not in the language"),
    "a function of SymPy's": (gamma(x[n, 0]), "gamma is not in the language; its functions are exp log"),
    "a case": (Piecewise((x[n, 0], x[n, 0] > 0), (0, True)), "Piecewise is not in the language"),
    "a mean": (mean_over(x[n, i], i), "write sum_\\(…, i\\)/d"),
    "a choice": (select(positive(b[j]), x[n, 0], b[j]), "write c\\*u \\+ \\(1 - c\\)\\*v"),
    "a derivative": (jacobian(x[n, 0], b[j]), "jacobian is not in the language"),
    "a function of two numbers": (f(x[n, 0], b[j]), "has 2 arguments; an unspecified function has one"),
    "an unspecified sine": (Function("sin")(x[n, 0]), "sin is an unspecified function and also something else"),
    "a function and a tensor": (Function("W")(x[n, 0]), "W is an unspecified function and also something else"),
}

LAYERS_REFUSED = {
    "no step": (replace(GOOD, forward={}), "forward= holds no formula"),
    "a later step": (
        replace(GOOD, forward={h[n, j]: z[n, j], z[n, j]: b[j] + x[n, 0]}),
        "h\\[n, j\\] = z\\[n, j\\]: reads z, which is only defined by this step or a later one",
    ),
    "a position beyond an axis": (
        replace(GOOD, inputs=(x[n, q],), forward={z[n, j]: x[n, 3] * b[j]}),
        "3 in x\\[n, 3\\] is outside of the axis 3",
    ),
    "a left side with a number": (replace(GOOD, forward={z[n, 0]: b[0] + x[n, 0]}), "distinct plain indices"),
    "a left side that repeats": (replace(GOOD, forward={z[n, n]: x[n, 0]}), "distinct plain indices"),
    "a declaration that repeats": (replace(GOOD, inputs=(x[n, n],)), "x\\[n, n\\]: the declaration needs distinct"),
    "two inputs of one name": (replace(GOOD, inputs=(x[n, i], x[n, i])), "x is declared twice"),
    "a step with an input's name": (replace(GOOD, forward={x[n, i]: W[0, i]}), "x is declared twice"),
    "a tensor with a size's name": (replace(GOOD, inputs=(named("d")[n, i],)), "d is the size of an axis and also"),
    "a scalar with a size's name": (
        replace(GOOD, hyperparameters=(Hyperparameter(Symbol("d", real=True), 1.0),)),
        "d is the size of an axis and also",
    ),
    "a scalar with a tensor's name": (
        replace(GOOD, hyperparameters=(Hyperparameter(Symbol("x", real=True), 1.0),)),
        "x is a tensor and also a hyperparameter; rename one",
    ),
    "one scalar twice": (
        replace(GOOD, hyperparameters=(Hyperparameter(s, 1.0), Hyperparameter(s, 2.0))),
        "the hyperparameter s is declared twice",
    ),
    "the name of the gradient": (replace(GOOD, forward={named("δ")[n, j]: b[j]}), "δ is the name of a gradient"),
    "the name of a gradient": (replace(GOOD, inputs=(named("∂z")[n, i],)), "∂z is the name of a gradient"),
    "one size for two arguments": (
        replace(GOOD, sizes={"width": size_of(i), "depth": size_of(i), "outputs": size_of(j)}),
        "width and depth both stand for the size d",
    ),
    "an optional input": (replace(GOOD, optional=(x,)), "x is optional or initialised, but is no parameter; list it"),
    "an input that starts": (replace(GOOD, initial={x: Initial(Integer(0))}), "but is no parameter"),
    "conditions without a value": (
        replace(GOOD, hyperparameters=(Hyperparameter(s, 1.0, conditions=(s > 2, s < 1)),)),
        "no value of s satisfies s > 2 and s < 1",
    ),
    "a default that is excluded": (
        replace(GOOD, hyperparameters=(Hyperparameter(s, -1.0, conditions=(s > 0,)),)),
        "the default -1.0 of s does not satisfy s > 0",
    ),
    "a safe range that is excluded": (
        replace(GOOD, hyperparameters=(Hyperparameter(s, 1.0, conditions=(s > 0,), safe=(-1.0, 1.0)),)),
        "the safe bound -1.0 of s does not satisfy s > 0",
    ),
    "a condition on a size": (
        replace(GOOD, hyperparameters=(Hyperparameter(s, 1.0, conditions=(s > size_of(n),)),)),
        "must speak of s alone",
    ),
    "an assumption without an example": (
        replace(GOOD, assumptions=(Assumption(sum_(y[n, k], k), 1),)),
        "the example given for the assumption .* does not satisfy it",
    ),
    "an assumption with a wrong example": (
        replace(GOOD, assumptions=(Assumption(sum_(y[n, k], k), 1, example={y[n, k]: Integer(2)}),)),
        "the example given for the assumption .* does not satisfy it",
    ),
    "an assumption on an unknown tensor": (
        replace(GOOD, assumptions=(Assumption(sum_(unknown[n, k], k), 1, example={unknown[n, k]: delta(k, 0)}),)),
        "unknown is neither an input",
    ),
    "labels that count twice": (
        replace(GOOD, target_as_label={y[n, k]: 2 * delta(k, t[n])}),
        "target_as_label= needs the target and a delta",
    ),
    "labels of no target": (
        replace(GOOD, target_as_label={x[n, i]: delta(i, t[n])}),
        "target_as_label= needs the target and a delta",
    ),
}

ACCEPTED = {
    "an axis that is added": b[j],
    "positions": x[n, 0] * b[1],
    "windows": sum_(x[n, 2 * i + j - 1] * W[j, i], i),
    "a maximum and where it is": max_(x[n, i], i) + x[n, argmax_(x[n, i], i)],
    "labels": y[n, t[n]] * b[j] * delta(t[n], 0),
    "sizes and scalars": s * size_of(i) ** Rational(-1, 2) * b[j],
    "an unspecified function": f(x[n, 0]) * exp(-b[j]),
    "one name bound twice": sum_(x[n, i] * sum_(W[j, i], i), i),
}


class TestCheckLayer:
    @pytest.mark.parametrize("name", FORMULAS)
    def test_refuses_a_formula(self, name):
        right, reason = FORMULAS[name]
        with pytest.raises(DefinitionError, match=reason) as refused:
            check_layer(with_step(right))
        assert str(refused.value).startswith("Affine: z[n, j] = ")

    @pytest.mark.parametrize("name", LAYERS_REFUSED)
    def test_refuses_a_layer(self, name):
        layer, reason = LAYERS_REFUSED[name]
        with pytest.raises(DefinitionError, match=reason) as refused:
            check_layer(layer)
        assert str(refused.value).startswith("Affine: ")

    @pytest.mark.parametrize("name", ACCEPTED)
    def test_accepts_a_formula(self, name):
        check_layer(with_step(ACCEPTED[name]))

    @pytest.mark.parametrize("layer", [GOOD, *LAYERS], ids=lambda layer: layer.name)
    def test_accepts_a_layer(self, layer):
        check_layer(layer)

    def test_accepts_layers_in_a_row(self):
        linear = replace(GOOD, target=None, target_as_label={}, assumptions=(), hyperparameters=())
        check_layer(compose("Deep", linear, linear))


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({size_of(k): size_of(j) + Symbol("unheard")}, "unheard in output_sizes= is neither the size of an axis nor"),
        ({size_of(k): size_of(j) * s}, "s in output_sizes= is neither"),
        ({size_of(k): size_of(j) + 1, size_of(j): size_of(k) - 1}, "K is determined by itself"),
        ({size_of(k): size_of(k) + 1}, "K is determined by itself"),
    ],
)
def test_sizes_that_nothing_determines_are_refused(found, says):
    with pytest.raises(DefinitionError, match=says):
        check_layer(replace(GOOD, output_sizes=found))

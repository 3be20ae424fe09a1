"""More attacks on windows: sizes that others determine in claims, and layers that read one input at several places."""

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from sympy import Expr, Idx, Integer, Symbol

from codegen.pipeline import BuildError, build
from codegen.render import render_module
from derivations import evidence
from derivations.definition import DefinitionError, check_layer
from derivations.judge import judge_claim
from derivations.layer import (
    OPEN,
    PROVEN,
    REFUTED,
    Assumption,
    At,
    Claim,
    Equal,
    Hyperparameter,
    Layer,
    Matrices,
    Matrix,
    Product,
    Shape,
)
from derivations.notation import (
    as_written,
    axes,
    between,
    d,
    delta,
    jacobian,
    max_,
    positive,
    scalars,
    size_of,
    sum_,
    tensors,
)
from tests.example_pages import function
from tests.window_pages import page

n, w, q, t, p, r, i = axes("n:N w:W q:Q t:T p:P r:R i:I")
N, W, Q, T, P, R = map(size_of, (n, w, q, t, p, r))
x, y, z, K, M = tensors("x y z K M")
stride, padding = Symbol("stride", integer=True), Symbol("padding", integer=True)
STRIDE = Hyperparameter(stride, 1, (stride >= 1,))
PADDING = Hyperparameter(padding, 0, (padding >= 0,))

PADDED = Layer(
    "Padded",
    inputs=(x[n, w],),
    parameters=(K[t],),
    forward={y[n, q]: sum_(x[n, stride * q + t - padding] * K[t], t)},
    hyperparameters=(STRIDE, PADDING),
    output_sizes={Q: (W + 2 * padding - T) // stride + 1},
)

INSIDE = Layer(
    "Inside",
    inputs=(x[n, w],),
    parameters=(K[t],),
    forward={y[n, q]: sum_(x[n, stride * q + t] * K[t], t)},
    hyperparameters=(STRIDE,),
    output_sizes={Q: (W - T) // stride + 1},
)

CHAIN = Layer(
    "Chain",
    inputs=(x[n, w],),
    parameters=(K[t], M[r]),
    forward={y[n, q]: sum_(x[n, stride * q + t] * K[t], t), z[n, p]: sum_(y[n, p + r] * M[r], r)},
    hyperparameters=(STRIDE,),
    output_sizes={P: Q - R + 1, Q: (W - T) // stride + 1},
)
"""P is determined by Q, which others determine, and stands before it."""


def verdict(layer, statement, **more):
    return judge_claim(layer, Claim("claim", statement, PROVEN, **more))


def columns(layer, count: Expr):
    """The claim that the output has so many columns."""
    with as_written():
        matrix = Matrix((n,), layer.output.indices[1:], layer.output)
    return Shape(matrix, (N, count))


# What others determine is a size of no other number ------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "count"),
    [
        (PADDED, (W + 2 * padding - T) // stride + 1),
        (PADDED, (W + 2 * padding - T + stride) // stride),
        (PADDED, Q),
        (CHAIN, (W - T) // stride + 2 - R),
        (CHAIN, Q + 1 - R),
    ],
)
def test_a_shape_may_say_how_a_size_is_determined(layer, count):
    assert verdict(layer, columns(layer, count)).verdict is PROVEN


@pytest.mark.parametrize(
    "count",
    [
        (W + 2 * padding - T) // stride,
        (W + padding - T) // stride + 1,
        (W + 2 * padding) // stride - T // stride + 1,
        W + 2 * padding - T + 1,
        (W + 2 * padding - T) / stride + 1,
        W,
    ],
)
def test_a_wrong_shape_is_refuted_at_sizes_that_a_layer_has(count):
    found = verdict(PADDED, columns(PADDED, count))
    assert found.verdict is REFUTED
    sizes = found.witness["sizes"]
    room = sizes["W"] + 2 * sizes["padding"] - sizes["T"]
    assert sizes["stride"] >= 1 and sizes["padding"] >= 0 and sizes["Q"] == room // sizes["stride"] + 1


def test_a_shape_is_proven_by_both_judges(monkeypatch):
    """Were the normal form wrong about a count, the fingerprint would stop it."""
    right, wrong = (columns(PADDED, (W + 2 * padding - T + more) // stride + 1) for more in (0, 1))
    assert any(check.startswith("fingerprint: agrees") for check in verdict(PADDED, right).checks)
    monkeypatch.setattr(evidence, "is_zero", lambda *_: True)
    with pytest.raises(evidence.Disagreement, match="fingerprint"):
        verdict(PADDED, wrong)


def test_inner_sizes_of_a_product_may_be_determined():
    """The inner size is Q by name on the left and by its formula on the right; 1 + … + 1 = Q is no number of y."""
    whole = Idx("v", (W + 2 * padding - T) // stride + 1)
    with as_written():
        factors = Matrix((n,), (q,), Integer(1)), Matrix((whole,), (i,), Integer(1)), Matrix((n,), (i,), Integer(2))
    found = verdict(PADDED, Product(*factors))
    assert found.verdict is REFUTED and found.checks[0].endswith("equal for all sizes")
    assert found.witness["compares"] == "both sides" and found.witness["left"] != found.witness["right"]


AT = At({W: 4, T: 2, Q: 3})
"""Where the stride of `INSIDE` can only be 1."""


@pytest.mark.parametrize(
    "statement",
    [
        Equal(y[n, Integer(1)], x[n, Integer(1)] * K[Integer(0)] + x[n, Integer(2)] * K[Integer(1)]),
        Equal(stride * q, q),
        Equal(sum_(delta(w, stride * q + t), w), Integer(1)),
    ],
)
def test_sizes_that_are_fixed_must_fit_together(statement):
    """What is right at the document's sizes is not refuted by a stride that gives other sizes."""
    assert verdict(INSIDE, statement, at=AT).verdict is OPEN
    ones = replace(AT, values={x[n, w]: Integer(1)})
    assert verdict(INSIDE, statement, at=ones).verdict in (OPEN, PROVEN)


def test_what_is_wrong_at_fixed_sizes_is_refuted_at_what_gives_them():
    statement = Equal(y[n, Integer(1)], x[n, Integer(2)] * K[Integer(0)] + x[n, Integer(3)] * K[Integer(1)])
    found = verdict(INSIDE, statement, at=AT)
    assert found.verdict is REFUTED and found.witness["sizes"]["stride"] == 1


def test_no_sizes_fit_together():
    """A layer with W = 3, T = 2, Q = 4 does not exist, whatever the stride: nothing is said of it."""
    statement = Equal(y[n, Integer(1)], Integer(0))
    assert verdict(INSIDE, statement, at=At({W: 3, T: 2, Q: 4}, {x[n, w]: Integer(1)})).verdict is OPEN


def test_a_hypothesis_may_tie_a_size_to_what_it_determines():
    """W = T·Q needs the stride T, or T = 1 or Q ≤ 1: it is no formula of Q, since Q is on both sides."""
    total = Equal(sum_(x[n, w], w), sum_(x[n, stride * q + t], q, t))
    found = verdict(INSIDE, total, requires=(Assumption(W, T * Q),))
    assert found.verdict is OPEN and found.witness["sizes"]["W"] != found.witness["sizes"]["Q"] * stride


def test_a_size_may_be_determined_by_one_that_is():
    with as_written():
        right = Equal(d(y)[n, q], sum_(d(z)[n, p] * M[r] * delta(q, p + r), p, r))
        wrong = Equal(d(y)[n, q], sum_(d(z)[n, p] * M[r] * delta(q, p + r + 1), p, r))
    assert verdict(CHAIN, right).verdict is PROVEN
    found = verdict(CHAIN, wrong)
    assert found.verdict is REFUTED
    sizes = found.witness["sizes"]
    assert sizes["Q"] == (sizes["W"] - sizes["T"]) // sizes["stride"] + 1 and sizes["P"] == sizes["Q"] - sizes["R"] + 1


def test_matrices_of_numbers_alone_have_sizes_too():
    """An entry that names no index still stands somewhere, in a matrix of some size."""
    j = axes("j:J")[0]
    with as_written():
        ones, others = Matrix((n,), (i, j), Integer(1)), Matrix((n,), (j, i), Integer(1))
    assert verdict(PADDED, Matrices(ones, replace(ones, entry=Integer(2)))).verdict is REFUTED
    assert verdict(PADDED, Matrices(ones, replace(others, entry=Integer(2)))).verdict is REFUTED
    assert verdict(PADDED, Matrices(ones, ones)).verdict is PROVEN


@pytest.mark.parametrize(
    ("entry", "more"),
    [
        (d(x)[n, Integer(-1)], {}),
        (x[n, Integer(-1)], {}),
        (d(x)[n, Integer(4)], {"at": AT}),
        (y[n, Integer(3)], {"at": At({W: 4, T: 2, Q: 3}, {x[n, w]: Integer(1)})}),
        (jacobian(y[n, Integer(3)], K[t]), {"at": AT}),
    ],
)
def test_an_entry_that_no_axis_has_is_not_0(entry, more):
    """A definition reads 0 there; a document that counts from 1 where we count from 0 has made a slip."""
    with as_written():
        claim = Equal(entry, Integer(0))
    with pytest.raises(DefinitionError, match="outside of the axis"):
        verdict(INSIDE, claim, **more)


STRETCHED = Layer(
    "Stretched",
    inputs=(x[n, w],),
    forward={y[n, q]: sum_(delta(q, T * w + t) * x[n, w], w, t)},
    hyperparameters=(Hyperparameter(T, 2, (T >= 1,)),),
    output_sizes={Q: T * W},
)


@pytest.mark.parametrize(
    ("layer", "gradient", "right", "wrong"),
    [
        (STRETCHED, d(x)[n, w], sum_(d(y)[n, T * w + t], t), sum_(d(y)[n, T * w + t + 1], t)),
        (CHAIN, d(M)[r], sum_(d(z)[n, p] * y[n, p + r], n, p), sum_(d(z)[n, p] * y[n, p + r + 1], n, p)),
    ],
)
def test_an_entry_exists_by_what_determines_its_axis(layer, gradient, right, wrong):
    with as_written():
        claims = Equal(gradient, right), Equal(gradient, wrong)
    assert [verdict(layer, claim).verdict for claim in claims] == [PROVEN, REFUTED]


s, extra = (Symbol(name, integer=True) for name in ("s", "extra"))
low, high = scalars("low high")
TIED = {
    "at the one": (Hyperparameter(s, 1, (s >= 1, s <= 2, extra < s)), Hyperparameter(extra, 0, (extra >= 0,))),
    "at the other": (Hyperparameter(s, 1, (s >= 1, s <= 2)), Hyperparameter(extra, 0, (extra >= 0, extra < s))),
}


@pytest.mark.parametrize("hypers", TIED.values(), ids=TIED)
def test_a_condition_on_two_counts_wherever_it_stands(hypers):
    """extra is 0 or 1, though nothing but s says so."""
    layer = Layer("Tied", inputs=(x[n, w],), forward={y[n, w]: x[n, w]}, hyperparameters=hypers)
    assert verdict(layer, Equal(between(Integer(0), extra, Integer(1)), Integer(1))).verdict is OPEN
    found = verdict(layer, Equal(between(Integer(0), extra, Integer(0)), Integer(1)))
    assert found.verdict is REFUTED and found.witness["sizes"] == {"s": 2, "extra": 1}


def test_a_condition_on_two_real_numbers_is_kept_to():
    bounds = Hyperparameter(low, 0), Hyperparameter(high, 1, (high > low,))
    layer = Layer("Bounds", inputs=(x[n, w],), forward={y[n, w]: high * low * x[n, w]}, hyperparameters=bounds)
    assert verdict(layer, Equal(positive(high - low), Integer(1))).verdict is OPEN
    assert verdict(layer, Equal(positive(high - 2 * low), Integer(1))).verdict is REFUTED


# Layers ---------------------------------------------------------------------------------------------


def test_neighbours_of_one_input_are_not_centred():
    """x[w + 1] is no tensor with a mean over w + 1."""
    layer = Layer("Variation", inputs=(x[n, w],), forward={y[n]: sum_((x[n, w + 1] - x[n, w]) ** 2, w)})
    assert all(check.ok for check in build(layer).proofs)


def test_a_diagonal_is_no_read():
    square = Layer("Trace", inputs=(x[n, i, axes("i2:I")[0]],), forward={y[n, i]: x[n, i, i]})
    with pytest.raises(BuildError, match="no operation reads a diagonal"):
        build(square)


def test_a_product_with_a_sum_is_to_be_multiplied_out():
    reads = x[n, stride * (q - t) + W]
    with pytest.raises(DefinitionError, match="multiply it out"):
        check_layer(replace(INSIDE, forward={y[n, q]: sum_(reads * K[t], t)}))


def test_a_text_that_is_not_read_back_is_not_emitted():
    """A maximum of maxima over both axes of a window: its gradient needs a view of a condition."""
    two = Layer(
        "MaxBoth",
        inputs=(x[n, w, i],),
        forward={y[n, q, p]: max_(max_(x[n, q + t, p + r], t), r)},
        hyperparameters=tuple(Hyperparameter(size, 2, (size >= 1,)) for size in (T, R)),
        output_sizes={Q: W - T + 1, P: size_of(i) - R + 1},
    )
    with pytest.raises(BuildError, match="MaxBoth: its text cannot be read back"):
        build(two)


PLACED = Layer(
    "Placed",
    inputs=(x[n, w], z[n, q]),
    forward={y[n, w]: x[n, w] * sum_(delta(w, stride * q) * z[n, q], q)},
    hyperparameters=(STRIDE,),
    output_sizes={Q: (W - 1) // stride + 1},
)

PLACED_FORWARD = "Q = z.shape[1]\nreturn x * add_windows(z, (1, 0, (stride,), x.shape[1])), (x, z, stride)"
PLACED_BACKWARD = """
x, z, stride = saved
rows = (1, 0, (stride,), x.shape[1])
return delta * add_windows(z, rows), 1 * windows(delta * x, (1, 0, (stride,), (z.shape[1],)))
"""


def test_a_class_holds_an_input_to_the_size_that_others_determine():
    """The header says Q = (W - 1)//stride + 1, so an input of another Q does not fit."""
    functions = (
        function("forward", "x, z, stride", PLACED_FORWARD),
        function("backward", "saved, delta", PLACED_BACKWARD),
    )
    module = ModuleType("generated.placed")
    module.__package__ = "generated"
    exec(render_module(page(PLACED, *functions)), vars(module))
    layer = module.Placed(stride=2)
    assert layer.forward(np.ones((3, 6)), np.ones((3, 3))).sum() == 9
    for count in (1, 2, 4):
        with pytest.raises(ValueError, match=rf"z\[N, Q\] is \(3, {count}\): Q is {count}, but 3 is what follows"):
            layer.forward(np.ones((3, 6)), np.ones((3, count)))


def test_a_hypothesis_is_worked_out():
    """W = T·Q as it is typed was the size of another axis than Q·T, and ended in a traceback."""
    pool = replace(STRETCHED, forward={y[n, q]: sum_(x[n, T * q + t], t)}, output_sizes={Q: W // T})
    with as_written():
        count, needed = Equal(sum_(Integer(1), w), T * Q), Assumption(W, T * Q)
    assert verdict(pool, count, requires=(needed,)).verdict is OPEN

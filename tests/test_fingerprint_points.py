"""The fingerprint: what it assumes, draws, cannot tell, and shares with nobody."""

import ast
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sympy import (
    Abs,
    Expr,
    Float,
    Idx,
    IndexedBase,
    Integer,
    Max,
    Rational,
    Symbol,
    exp,
    gamma,
    isprime,
    log,
    sqrt,
)

from derivations.fingerprint import agree
from derivations.fingerprint.field import HALF, PRIME
from derivations.layer import Assumption, Hyperparameter, Layer
from derivations.notation import (
    as_written,
    axes,
    d,
    delta,
    is_zero_at,
    jacobian,
    labels,
    max_,
    positive,
    sum_,
)
from tests.fingerprint_layers import (
    CROSS_ENTROPY,
    PEAK,
    PLAIN,
    RBF,
    SQUARE,
    D,
    F,
    K,
    P,
    W,
    X,
    Y,
    a,
    at,
    h,
    i,
    i2,
    j,
    k,
    loss,
    lp,
    m,
    n,
    o,
    q,
    r,
    t,
    v,
    w,
    x,
    y,
    z,
)
from tests.test_fingerprint_false import FALSE

# what is assumed


def test_an_assumption_is_used_and_needed() -> None:
    free = replace(CROSS_ENTROPY, assumptions=())
    statement = d(a)[n, k], d(loss)[n] * (P - y[n, k])
    total = sum_(y[n, k], k)
    assert agree(CROSS_ENTROPY, *statement).verdict == "agree"
    assert agree(free, *statement).verdict == "differ"
    assert agree(free, *statement, (Assumption(total, Integer(1)),)).verdict == "agree"
    assert agree(free, *statement, (Assumption(2 * total + 3, Integer(5)),)).verdict == "agree"
    assert agree(free, *statement, (Assumption(total, Integer(2)),)).verdict == "differ"
    assert agree(free, d(a)[n, k], d(loss)[n] * (total * P - y[n, k])).verdict == "agree"


def test_labels_stand_for_a_one_hot_target() -> None:
    one_hot = (Assumption(y[n, k], delta(k, t[n])),)
    assert agree(CROSS_ENTROPY, loss[n], -lp[n, t[n]], one_hot).verdict == "agree"
    assert agree(CROSS_ENTROPY, loss[n], -lp[n, t[n]]).verdict == "differ"
    assert agree(CROSS_ENTROPY, sum_(y[n, k] ** 2, k), Integer(1), one_hot).verdict == "agree"
    assert agree(CROSS_ENTROPY, sum_(y[n, k] ** 2, k), Integer(1)).verdict == "differ"
    assert agree(CROSS_ENTROPY, loss[n], -lp[n, t[m]], one_hot).verdict == "differ"


def test_an_example_serves_where_an_equation_cannot_be_solved() -> None:
    unit = Assumption(sum_(x[i] ** 2, i), Integer(1), {x[i]: delta(i, 0)})
    assert agree(PLAIN, sum_(x[i] ** 2, i) * y[j], y[j], (unit,)).verdict == "agree"
    without = agree(PLAIN, sum_(x[i] ** 2, i) * y[j], y[j], (replace(unit, example={}),))
    assert (without.verdict, "assumed" in without.reason) == ("cannot", True)


def test_an_assumption_between_sizes_chooses_the_sizes() -> None:
    statement = sum_(x[i], i) * D, sum_(x[i], i) * 2 * K
    assert agree(PLAIN, *statement, (Assumption(D, 2 * K),)).verdict == "agree"
    assert agree(PLAIN, *statement).verdict == "differ"


def test_nothing_follows_from_what_cannot_be() -> None:
    assert agree(PLAIN, X, X, (Assumption(Integer(0), Integer(1)),)).verdict == "cannot"


@pytest.mark.parametrize(
    ("conditions", "left", "right"),
    [
        ((r > 0,), sqrt(r**2), r),
        ((r < 0,), sqrt(r**2), -r),
        ((r > Rational(9, 10), r < 1), Abs(r - 1), 1 - r),
        ((r > 100,), Max(r, 100), r),
    ],
)
def test_conditions_on_a_scalar_hold(conditions: tuple[Expr, ...], left: Expr, right: Expr) -> None:
    layer = replace(PLAIN, hyperparameters=(Hyperparameter(r, 1.0, conditions),))
    assert agree(layer, left * X, right * X).verdict == "agree"
    assert agree(PLAIN, left * X, right * X).verdict == "differ"


def test_a_symbol_keeps_what_it_was_declared_to_be() -> None:
    with as_written():
        root = sqrt(Symbol("c", positive=True) ** 2)
    assert agree(PLAIN, root, Symbol("c", positive=True)).verdict == "agree"


# indices, labels, steps


def test_rows_picked_by_labels_add_up_where_labels_repeat() -> None:
    embedding = Layer("Embedding", inputs=(t[n],), parameters=(W[k, i],), forward={z[n, i]: W[t[n], i]})
    assert agree(embedding, d(W)[k, i], sum_(delta(k, t[n]) * d(z)[n, i], n)).verdict == "agree"
    assert agree(embedding, d(W)[t[n], i], d(z)[n, i]).verdict == "differ"


def test_a_stride_is_an_integer_symbol() -> None:
    stride = Symbol("S", integer=True, positive=True)
    layer = Layer("Strided", inputs=(x[at],), parameters=(w[v],), forward={z[o]: sum_(w[v] * x[stride * o + v], v)})
    assert agree(layer, d(x)[at], sum_(d(z)[o] * w[at - stride * o], o)).verdict == "agree"
    assert agree(layer, d(x)[at], sum_(d(z)[o] * w[at - 2 * o], o)).verdict == "differ"


def test_many_axes() -> None:
    image, kernel, out = IndexedBase("image"), IndexedBase("kernel"), IndexedBase("out")
    batch, ch, row, col, to, down, across, top, side = axes("n:N c:C h:H w:W k:K r:R s:S p:P q:Q")
    read = image[batch, ch, 2 * top + down - 1, side + across]
    layer = Layer(
        "Convolution",
        inputs=(image[batch, ch, row, col],),
        parameters=(kernel[to, ch, down, across],),
        forward={out[batch, to, top, side]: sum_(kernel[to, ch, down, across] * read, ch, down, across)},
    )
    given = d(out)[batch, to, top, side]
    assert agree(layer, d(kernel)[to, ch, down, across], sum_(given * read, batch, top, side)).verdict == "agree"
    for shift, verdict in ((1, "agree"), (0, "differ")):
        back = sum_(given * kernel[to, ch, row - 2 * top + shift, col - side], to, top, side)
        assert agree(layer, d(image)[batch, ch, row, col], back).verdict == verdict


def test_what_does_not_depend_has_no_derivative() -> None:
    assert agree(RBF, jacobian(q[n, j], z[m, k]), Integer(0)).verdict == "agree"
    assert agree(RBF, jacobian(z[n, j], z[m, k]), delta(n, m) * delta(j, k)).verdict == "agree"
    assert agree(PLAIN, d(y)[i], Integer(0)).verdict == "agree"


def test_outside_an_axis_is_0() -> None:
    assert agree(PLAIN, x[i + D] + x[i - D] + x[Rational(1, 2) + i], Integer(0)).verdict == "agree"
    assert agree(PLAIN, d(x)[i + D], Integer(0)).verdict == "agree"
    assert agree(PLAIN, sum_(x[i - 1], i), sum_(x[i], i) - x[D - 1]).verdict == "agree"


def test_a_tensor_that_is_declared_nowhere_may_be_anything() -> None:
    assert agree(PLAIN, h[i] * X - h[i] * Y, h[i] * (X - Y)).verdict == "agree"
    assert agree(PLAIN, h[i], h[i2]).verdict == "differ"


# where there is nothing to say


@pytest.mark.parametrize(
    ("layer", "left", "right", "why"),
    [
        (CROSS_ENTROPY, d(y)[n, k], Integer(0), "differentiated"),
        (PLAIN, d(h)[i], Integer(0), "differentiated"),
        (PLAIN, gamma(X), gamma(X), "gamma"),
        (PLAIN, Float("0.1") * X, X / 10, "fraction"),
        (PLAIN, x[i, j], X, "1 axes"),
        (PLAIN, labels("c")[i] * X, X, "label c"),
        (PLAIN, x[Idx("o")], X, "no axis"),
        (PLAIN, delta(X, 1), X, "integers"),
        (PLAIN, log(-1 - X**2), 2 * log(-1 - X**2), "defined"),
        (PLAIN, sqrt(-1 - X**2), sqrt(-2 - X**2), "defined"),
        (PLAIN, 1 / (is_zero_at(X) * positive(X)), Integer(3), "defined"),
        (PLAIN, X / (F(Y) - F(Y + D - D)), Integer(3), "zoo"),
    ],
)
def test_what_cannot_be_told_is_said(layer: Layer, left: Expr, right: Expr, why: str) -> None:
    opinion = agree(layer, left, right)
    assert opinion.verdict == "cannot"
    assert why in opinion.reason, opinion.reason


def test_a_formula_that_is_defined_at_empty_axes_only_is_not_agreed_to() -> None:
    with as_written():
        nowhere = sum_(X / (Y - Y), i)
    assert agree(PLAIN, nowhere, 2 * nowhere).verdict == "cannot"


def test_points_and_sizes_without_a_value_do_not_count() -> None:
    with as_written():
        opinion = agree(PLAIN, (x[i] - x[i2]) / (x[i] - x[i2]), Integer(1))
    assert opinion.verdict == "agree"
    peak = agree(PEAK, max_(2 * x[n, k], k), 2 * z[n])
    assert (peak.verdict, "nothing compared at K = 0" in peak.reason) == ("agree", True)


def test_a_product_of_logs_in_an_exponent_is_left_to_the_balls() -> None:
    with as_written():
        opinion = agree(PLAIN, exp(log(X) * log(Y)), X ** log(Y))
    assert (opinion.verdict, opinion.method, opinion.log2_bound) == ("agree", "balls", 0)


# the field, the witness, the independence


def test_the_field_is_what_it_says() -> None:
    assert isprime(PRIME) and isprime(HALF) and PRIME == 2 * HALF + 1
    assert all(pow(prime, HALF, PRIME) == 1 for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23))


def test_the_smallest_sizes_that_show_a_difference_are_named() -> None:
    opinion = agree(SQUARE, *FALSE["transposed, both axes K"][1:])
    assert (opinion.sizes, opinion.reason) == ({"K": 2, "N": 1}, "the two sides differ at K = 2, N = 1")
    assert agree(PLAIN, *FALSE["true at 1 and 2"][1:]).sizes in [{"D": size} for size in (3, 4, 5)]


def test_opinions_do_not_depend_on_the_hash_seed() -> None:
    imports = "from derivations.fingerprint import agree\nfrom tests.test_fingerprint_false import FALSE, TRUE\n"
    program = imports + "\n".join(
        f"print(agree(*{table}[{name!r}]))"
        for table, name in (("TRUE", "rbf x"), ("TRUE", "huber"), ("FALSE", "sine of a sum"), ("TRUE", "bce"))
    )
    root = Path(__file__).parent.parent
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_the_fingerprint_shares_no_code_with_the_normal_form() -> None:
    allowed = {"derivations.layer", "derivations.notation"}
    for path in Path(agree.__code__.co_filename).parent.glob("*.py"):
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(part, ast.ImportFrom) and str(part.module).startswith("derivations"):
                assert part.module in allowed or str(part.module).startswith("derivations.fingerprint"), path.name

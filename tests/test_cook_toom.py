"""Cook–Toom: the bilinear identity, the convolution that is made of it, and what must not pass for either."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from sympy import Integer, Symbol, cos

from derivations.cook_toom import INFINITY, Transform, cook_toom, usual_points
from derivations.definition import check_layer
from derivations.derivation import Derivation, derive
from derivations.fingerprint import agree
from derivations.layer import Layer
from derivations.layers.convolution import CONV2D
from derivations.layers.winograd import WINOGRAD_CONV2D, winograd
from derivations.normal_form import is_zero
from derivations.notation import axes, delta, size_of, size_symbol, sum_, tensors
from derivations.tiles import Tiling, tilings

# The identity ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("m", "r"), [*product(range(1, 7), range(1, 7))])
def test_every_place_and_tap_meets_its_entry_alone(m: int, r: int) -> None:
    found = cook_toom(m, r)
    assert (found.m, found.r, found.products) == (m, r, m + r - 1)
    for k, t, i in product(range(m), range(r), range(m + r - 1)):
        each = zip(found.places[k], found.taps, found.image, strict=True)
        assert sum(Fraction(a * g[t] * b[i], found.divisor) for a, g, b in each) == (i == k + t)


@pytest.mark.parametrize("field", ["places", "taps", "image"])
def test_no_number_can_be_changed(field: str) -> None:
    whole = cook_toom(4, 3)
    matrix = getattr(whole, field)
    for row, column in product(range(len(matrix)), range(len(matrix[0]))):
        changed = [list(line) for line in matrix]
        changed[row][column] += 1
        with pytest.raises(ValueError, match="A G B"):
            replace(whole, **{field: tuple(map(tuple, changed))})


def test_the_divisor_cannot_be_changed() -> None:
    whole = cook_toom(2, 3)
    for divisor in (-whole.divisor, 0, 1, whole.divisor + 1):
        with pytest.raises(ValueError, match=r"divisor|A G B"):
            replace(whole, divisor=divisor)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (((0, 1), (1, 1), INFINITY), "needs 4 points"),
        (((0, 1), (1, 1), (2, 2), INFINITY), "same point"),
        (((0, 1), (1, 1), (-1, 0), INFINITY), "same point"),
    ],
)
def test_points_must_suffice_and_differ(points: tuple[tuple[int, int], ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cook_toom(2, 3, points)


def test_a_tile_needs_a_place_and_a_tap() -> None:
    for m, r in ((0, 3), (2, 0)):
        with pytest.raises(ValueError, match="at least one"):
            cook_toom(m, r)


def test_the_usual_points_all_differ() -> None:
    chosen = usual_points(30)
    assert len({Fraction(p, q) for p, q in chosen if q}) == 29
    assert chosen[-1] == INFINITY


# The layer ------------------------------------------------------------------------------------------


def _at_stride_one(rows: int) -> Layer:
    """The convolution of any stride, at stride and dilation 1 with a kernel so high."""
    ones = {Symbol(f"{name}_{side}", integer=True): Integer(1) for name in ("stride", "dilation") for side in "hw"}
    fixed = {**ones, size_symbol("R"): Integer(rows)}
    return replace(
        CONV2D,
        forward={left.xreplace(fixed): right.xreplace(fixed) for left, right in CONV2D.forward.items()},
        parameters=tuple(p.xreplace(fixed) for p in CONV2D.parameters),
    )


def _pairs(fast: Derivation, plain: Derivation):
    """What the algorithm gives beside what the definition gives: the output, then each gradient."""
    yield fast.output, fast.output, plain.steps[-1].right
    for name in "xKb":
        entry = fast.gradient(name).left
        yield entry, entry, plain.inlined(plain.gradient(name).left)


def _judged(layer: Layer, rows: int) -> dict[str, tuple[bool, str]]:
    fast, plain = derive(layer), derive(_at_stride_one(rows))
    found = {}
    for entry, left, right in _pairs(fast, plain):
        zero = is_zero(left - right, fast.meaning)
        found[str(entry.base)] = (zero, agree(layer, entry, right).verdict)
    return found


def test_the_layer_is_a_definition() -> None:
    check_layer(WINOGRAD_CONV2D)
    assert [*tilings(WINOGRAD_CONV2D.output_sizes)] == [Tiling("P", "J", 4)]


def test_two_places_a_tile_are_the_convolution() -> None:
    layer = winograd(cook_toom(2, 3))
    (_, left, right), *_ = _pairs(derive(layer), derive(_at_stride_one(3)))
    assert is_zero(left - right, derive(layer).meaning)
    assert agree(layer, left, right).verdict == "agree"


def test_the_gradients_are_those_of_the_convolution() -> None:
    fast, plain = derive(winograd(cook_toom(2, 3))), derive(_at_stride_one(3))
    for entry, left, right in _pairs(fast, plain):
        assert is_zero(left - right, fast.meaning), entry


@pytest.mark.slow
@pytest.mark.parametrize(("m", "r"), [(2, 3), (4, 3), (3, 2), (2, 5)])
def test_any_tile_is_the_convolution_forward_and_backward(m: int, r: int) -> None:
    assert _judged(winograd(cook_toom(m, r)), r) == dict.fromkeys(("y", "∂x", "∂K", "∂b"), (True, "agree"))


@pytest.mark.parametrize("short", ["P // 2", "(P + 2) // 2", "P"])
def test_tiles_that_are_not_those_of_the_axis_prove_nothing(short: str) -> None:
    """One tile too few is refuted; more of them are only not what the rule of tiles speaks of."""
    whole = winograd(cook_toom(2, 3))
    rows, tiles = size_symbol("P"), size_symbol("J")
    count = {"P // 2": rows // 2, "(P + 2) // 2": (rows + 2) // 2, "P": rows}[short]
    layer = replace(whole, output_sizes={**whole.output_sizes, tiles: count})
    assert not [*tilings(layer.output_sizes)]
    fast, plain = derive(layer), derive(_at_stride_one(3))
    assert not is_zero(fast.output - plain.steps[-1].right, fast.meaning)
    assert agree(layer, fast.output, plain.steps[-1].right).verdict == ("differ" if short == "P // 2" else "agree")


def _with_step(layer: Layer, name: str, change) -> Layer:
    steps = {left: change(right) if str(left.base) == name else right for left, right in layer.forward.items()}
    return replace(layer, forward=steps)


@pytest.mark.parametrize(("name", "old", "new"), [("V", "padding_h", "padding_w"), ("M", "padding_w", "padding_h")])
def test_a_padding_of_the_other_axis_is_refuted(name: str, old: str, new: str) -> None:
    one, other = Symbol(old, integer=True), Symbol(new, integer=True)
    layer = _with_step(winograd(cook_toom(2, 3)), name, lambda right: right.xreplace({one: other}))
    fast, plain = derive(layer), derive(_at_stride_one(3))
    assert agree(layer, fast.output, plain.steps[-1].right).verdict == "differ"
    for entry, left, right in _pairs(fast, plain):
        assert is_zero(left - right, fast.meaning) == (str(entry.base) == "∂b")


# Tiles and positions in the normal form -------------------------------------------------------------

u, v = tensors("u v")
p, q, j, k = axes("p:P q:P j:J k:4")
ROWS, TILES = size_of(p), size_of(j)
CUT = Layer("cut", inputs=(u[p], v[p, q]), forward={tensors("z")[p]: u[p]}, output_sizes={TILES: (ROWS + 3) // 4})


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (sum_(u[4 * j + k], j, k), sum_(u[p], p)),
        (sum_(delta(p, 4 * j + k) * u[4 * j + k], j, k), u[p]),
        (sum_(delta(p, 4 * j + k), j, k), Integer(1)),
        (sum_(v[4 * j + k, 4 * j + k], j, k), sum_(v[p, p], p)),
        (sum_(v[4 * j + k, p] * u[4 * j + k], j, k), sum_(v[q, p] * u[q], q)),
    ],
)
def test_a_cut_axis_is_the_whole_axis(left, right) -> None:
    assert is_zero(left - right, derive(CUT).meaning)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (4 * TILES, ROWS),
        (sum_(u[4 * j + k + 1], j, k), sum_(u[p], p)),
        (sum_(u[4 * j + k] ** 0 * cos(u[4 * j + k]), j, k), sum_(cos(u[p]), p)),
        (sum_(delta(p, 4 * j + k + 1), j, k), Integer(1)),
        (sum_(u[4 * j], j), sum_(u[p], p)),
        (sum_(u[3 * j + k], j, k), sum_(u[p], p)),
        (sum_(sum_(v[4 * j + k, q], q), j, k), sum_(v[p, p], p)),
    ],
)
def test_what_is_false_of_tiles_is_not_shown(left, right) -> None:
    assert not is_zero(left - right, derive(CUT).meaning)


a, c = axes("a:A c:A")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (delta(2 * a, 2 * c), delta(a, c)),
        (delta(2 * a, 2 * c + 1), Integer(0)),
        (delta(6 * a + 3, 4 * c), Integer(0)),
        (delta(6 * a, 4 * c), delta(3 * a, 2 * c)),
    ],
)
def test_an_equation_between_indices_is_divided(left, right) -> None:
    assert is_zero(left - right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (delta(2 * a, 2 * c + 2), delta(a, c)),
        (delta(2 * a, 3 * c + 1), Integer(0)),
        (delta(2 * a, c), delta(a, c)),
        (delta(2 * a, 2 * size_symbol("B") + 1), delta(a, size_symbol("B"))),
    ],
)
def test_an_equation_between_indices_is_not_divided_otherwise(left, right) -> None:
    assert not is_zero(left - right)


def test_what_holds_at_each_position_of_a_short_axis_holds() -> None:
    w = tensors("w")
    spread = sum((delta(k, Integer(i)) * w[Integer(i)] for i in range(4)), Integer(0))
    known = replace(derive(CUT).meaning, axes={"w": ("4",)}, forms={})
    assert is_zero(spread - w[k], known)
    assert not is_zero(spread - delta(k, Integer(3)) * w[Integer(3)] - w[k], known)


# Precision ------------------------------------------------------------------------------------------


MOST = [(2, 3), (4, 12), (6, 24)]
"""What F(m, 3) loses at most of 20,000 tiles."""


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("m", "most"), MOST)
def test_the_loss_of_precision_is_bounded(m: int, most: float, dtype: type) -> None:
    """In units of eps·(largest entry of a tile)·Σ|taps|: an error of a tile reaches places that do not read it."""
    random = np.random.default_rng(4)
    found = cook_toom(m, 3)
    image = random.standard_normal((20000, m + 2)).astype(dtype)
    kernel = random.standard_normal((20000, 3)).astype(dtype)
    loss = np.max(_losses(found, image, kernel))
    assert most / 4 < loss <= most


def test_zeros_beside_a_large_entry_are_lost() -> None:
    """What a direct sum gives exactly, 0, an algorithm gives up to the rounding of the tile: hence the switch."""
    found = cook_toom(4, 3)
    image, kernel = np.zeros((1000, 6), np.float32), np.ones((1000, 3), np.float32)
    image[:, 4:] = np.random.default_rng(5).standard_normal((1000, 2))
    assert 0 < np.max(np.abs(_by(found, image, kernel)[:, 1])) < 1e-5


def _by(algorithm: Transform, image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    dtype = image.dtype
    taps = np.array(algorithm.taps, dtype) / dtype.type(algorithm.divisor)
    products = (image @ np.array(algorithm.image, dtype).T) * (kernel @ taps.T)
    return products @ np.array(algorithm.places, dtype).T


def _losses(algorithm: Transform, image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    x, w = image.astype(np.longdouble), kernel.astype(np.longdouble)
    exact = sum(x[:, t : t + algorithm.m] * w[:, t : t + 1] for t in range(algorithm.r))
    scale = np.abs(x).max(axis=1, keepdims=True) * np.abs(w).sum(axis=1, keepdims=True)
    return np.abs(_by(algorithm, image, kernel) - exact) / (np.finfo(image.dtype).eps * scale)

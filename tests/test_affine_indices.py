"""Affine indices, bounds, integer parts: true rewrites are shown by both judges, false ones by neither."""

from __future__ import annotations

from itertools import product

import pytest
from sympy import Expr, Idx, Integer, Max, Min, Mod, Rational, Symbol, symbols

from derivations.definition import DefinitionError, check_layer
from derivations.derivation import derive, specialise, variants
from derivations.fingerprint import agree
from derivations.fingerprint.read import read_statement
from derivations.form_integers import integer_part, is_never_below, least, size_form, zero_affine
from derivations.layer import Hyperparameter, Layer
from derivations.layers.average_pooling import AVG_POOL1D, AVG_POOL2D
from derivations.layers.convolution import CONV1D, CONV2D
from derivations.layers.global_average_pooling import GLOBAL_AVG_POOL2D
from derivations.layers.max_pooling import MAX_POOL1D, MAX_POOL2D
from derivations.layers.transposed_convolution import CONV_TRANSPOSE1D
from derivations.layers.zero_padding import ZERO_PAD2D
from derivations.normal_form import Meaning, is_zero, to_form
from derivations.notation import argmax_, axes, between, d, delta, labels, max_, size_of, sum_, tensors

n, g, c, o, w, q, t = axes("n:N g:G c:C o:O w:W q:Q t:T")
x, K, b, y = tensors("x K b y")
s, p, e = symbols("stride padding dilation", integer=True)
WINDOWS = (
    CONV1D,
    CONV2D,
    CONV_TRANSPOSE1D,
    AVG_POOL1D,
    AVG_POOL2D,
    MAX_POOL1D,
    MAX_POOL2D,
    GLOBAL_AVG_POOL2D,
    ZERO_PAD2D,
)


def judged(layer: Layer, left: Expr, right: Expr) -> tuple[bool, str]:
    """What the normal form and the fingerprint say of an equality."""
    return is_zero(left - right, derive(layer).meaning), agree(layer, left, right).verdict


class TestLayers:
    @pytest.mark.parametrize("layer", WINDOWS, ids=lambda layer: layer.name)
    def test_every_derived_gradient_agrees_with_the_fingerprint_in_every_variant(self, layer):
        check_layer(layer)
        for variant in variants(layer):
            derivation = derive(layer, variant)
            given = [*layer.inputs, *derivation.parameters]
            for entry in given:
                gradient = derivation.gradient(str(entry.base.label))
                opinion = agree(specialise(layer, variant), gradient.left, derivation.inlined(gradient.right))
                assert opinion.verdict == "agree", (layer.name, gradient.left, opinion)
                assert is_zero(gradient.left - derivation.inlined(gradient.right), derivation.meaning)

    def test_integers_are_drawn_as_integers_under_their_conditions(self):
        program = read_statement(CONV_TRANSPOSE1D, CONV_TRANSPOSE1D.output, CONV_TRANSPOSE1D.output, ())
        assert program.choices["stride"] == (1, 2, 3)
        assert program.choices["output_padding"] == (0, 1, 2)
        assert set(program.facts) == {"W"}
        assert not program.scalars


def gradient(index: Expr, tap: Expr = t) -> Expr:
    """∂L/∂K of a convolution, with an index of its own for the entry of x."""
    return sum_(x[n, g, c, index] * d(y)[n, g, o, q], n, q).xreplace({t: tap})


class TestConvolution:
    HERE = s * q + e * t - p

    def test_the_gradient_of_the_kernel(self):
        assert judged(CONV1D, d(K)[g, o, c, t], gradient(self.HERE)) == (True, "agree")

    @pytest.mark.parametrize(
        "index",
        [e * q + s * t - p, s * q + e * t + p, s * q + e * t, s * q + t - p, q + e * t - p, s * q + e * t - p + 1],
        ids=["swapped", "sign of padding", "no padding", "no dilation", "no stride", "off by one"],
    )
    def test_a_wrong_index_is_refuted(self, index):
        assert judged(CONV1D, d(K)[g, o, c, t], gradient(index)) == (False, "differ")

    def test_a_swapped_index_is_refuted_in_two_dimensions(self):
        r, v = axes("r:R v:P")
        names = symbols("stride_h stride_w padding_h padding_w dilation_h dilation_w", integer=True)
        sh, sw, ph, pw, eh, ew = names
        read = x[n, g, c, sh * v + eh * r - ph, sw * q + ew * t - pw]
        right = sum_(read * d(y)[n, g, o, v, q], n, v, q)
        assert judged(CONV2D, d(K)[g, o, c, r, t], right) == (True, "agree")
        for wrong in (right.xreplace({sh: sw, sw: sh}), right.xreplace({ph: pw}), right.xreplace({ew: eh})):
            assert judged(CONV2D, d(K)[g, o, c, r, t], wrong) == (False, "differ")

    def test_a_dropped_delta_is_refuted(self):
        right = sum_(K[g, o, c, t] * d(y)[n, g, o, q], o, t, q)
        assert judged(CONV1D, d(x)[n, g, c, w], right) == (False, "differ")
        true = sum_(delta(w, self.HERE) * K[g, o, c, t] * d(y)[n, g, o, q], o, t, q)
        assert judged(CONV1D, d(x)[n, g, c, w], true) == (True, "agree")

    def test_taps_in_any_order(self):
        last = size_of(t) - 1 - t
        here = s * q + e * last - p
        right = sum_(x[n, g, c, here] * K[g, o, c, last], c, t) + b[g, o]
        assert judged(CONV1D, y[n, g, o, q], right) == (True, "agree")
        for wrong in (last + 1, last - 1, t):
            false = sum_(x[n, g, c, here] * K[g, o, c, wrong], c, t) + b[g, o]
            assert judged(CONV1D, y[n, g, o, q], false)[0] is False

    def test_a_flipped_kernel_for_stride_1(self):
        plain = Layer(
            "Plain",
            inputs=(x[n, c, w],),
            parameters=(K[o, c, t],),
            forward={y[n, o, q]: sum_(x[n, c, q + t] * K[o, c, t], c, t)},
            output_sizes={size_of(q): size_of(w) - size_of(t) + 1},
        )
        flipped = sum_(K[o, c, size_of(t) - 1 - t] * d(y)[n, o, w - size_of(t) + 1 + t], o, t)
        assert judged(plain, d(x)[n, c, w], flipped) == (True, "agree")
        for wrong in (w - size_of(t) + t, w - t, w + size_of(t) - 1 - t):
            false = sum_(K[o, c, size_of(t) - 1 - t] * d(y)[n, o, wrong], o, t)
            assert judged(plain, d(x)[n, c, w], false) == (False, "differ")

    def test_a_sum_in_two_parts(self):
        i = Symbol("padding", integer=True)
        term = x[n, g, c, self.HERE] * K[g, o, c, t]
        first = between(Integer(0), t, i) * term
        second = between(i + 1, t, size_of(t) - 1) * term
        right = sum_(first, c, t) + sum_(second, c, t) + b[g, o]
        assert judged(CONV1D, y[n, g, o, q], right) == (True, "agree")
        for low in (i, i + 2):
            wrong = sum_(first, c, t) + sum_(between(low, t, size_of(t) - 1) * term, c, t) + b[g, o]
            assert judged(CONV1D, y[n, g, o, q], wrong) == (False, "differ")


class TestPooling:
    def test_the_average_has_the_size_of_the_window_below_it(self):
        right = sum_(delta(w, s * q + t - p) * d(y)[n, c, q], q, t)
        assert judged(AVG_POOL1D, d(x)[n, c, w], right / size_of(t)) == (True, "agree")
        assert judged(AVG_POOL1D, d(x)[n, c, w], right / s) == (False, "differ")
        assert judged(AVG_POOL1D, d(x)[n, c, w], right) == (False, "differ")

    def test_the_first_maximum_wins(self):
        at = argmax_(x[n, c, s * q + e * t], t)
        right = sum_(delta(w, s * q + e * at) * d(y)[n, c, q], q)
        assert judged(MAX_POOL1D, d(x)[n, c, w], right) == (True, "agree")
        every = delta(x[n, c, s * q + e * t], y[n, c, q])
        assert judged(MAX_POOL1D, d(x)[n, c, w], sum_(delta(w, s * q + e * t) * d(y)[n, c, q], q, t))[1] == "differ"
        assert is_zero(every - 1) is False
        last = size_of(t) - 1 - argmax_(x[n, c, s * q + e * (size_of(t) - 1 - t)], t)
        wrong = sum_(delta(w, s * q + e * last) * d(y)[n, c, q], q)
        assert judged(MAX_POOL1D, d(x)[n, c, w], wrong) == (False, "differ")

    @pytest.mark.parametrize("shift", [0, 1, -1])
    def test_halves_of_positions(self, shift):
        i, a = Idx("i", 2 * size_of(q)), tensors("a")
        halved = Layer("Halved", inputs=(a[i],), forward={y[q]: (a[2 * q] + a[2 * q + 1]) / 2}, output_sizes={})
        right = Rational(1, 2) * d(y)[(i + shift) // 2]
        expected = (True, "agree") if shift == 0 else (False, "differ")
        assert judged(halved, d(a)[i], right) == expected

    def test_remainders(self):
        i, k = axes("i:H k:K")
        assert is_zero(i - 2 * (i // 2) - Mod(i, 2))
        assert is_zero((3 * i + 4) // 3 - i - 1)
        assert not is_zero((3 * i + 5) // 3 - i - 2)
        assert not is_zero((i + 1) // 2 - i // 2)
        assert is_zero(delta(k, i // 2) - delta(i, 2 * k) - delta(i, 2 * k + 1))
        assert not is_zero(delta(k, i // 2) - delta(i, 2 * k) - delta(i, 2 * k - 1))


class TestBounds:
    i, k = Idx("i", size_of(q) + size_of(t) - 1), t

    @pytest.mark.parametrize("low, high", list(product((-1, 0, 1), repeat=2)))
    def test_only_bounds_that_leave_nothing_out_are_shown(self, low, high):
        plain = Layer(
            "Plain",
            inputs=(x[self.i],),
            parameters=(K[t],),
            forward={y[q]: sum_(x[q + t] * K[t], t)},
        )
        least_tap = Max(low, self.i - (size_of(q) - 1) + low)
        last_tap = Min(size_of(t) - 1 + high, self.i + high)
        within = between(least_tap, t, last_tap)
        right = sum_(within * K[t] * d(y)[self.i - t], t)
        verdict = agree(plain, d(x)[self.i], right).verdict
        assert verdict == ("agree" if low <= 0 <= high else "differ")
        if low == high == 0:
            assert is_zero(d(x)[self.i] - right, derive(plain).meaning)
        if verdict == "differ":
            assert not is_zero(d(x)[self.i] - right, derive(plain).meaning)

    def test_what_bounds_are_seen(self):
        h = Idx("h", size_symbol_sum())
        form = to_form(size_of(h) - 1 - h, Meaning())
        assert least(form) == 0
        assert least(to_form(h - 1, Meaning())) == -1
        assert least(to_form(size_of(t) - 1, Meaning())) == -1
        assert is_never_below(to_form(size_of(t) - 1 + t, Meaning()), 0)
        assert least(to_form(p * t, Meaning())) is None

    def test_numbers_are_decided(self):
        i, k = axes("i:H k:4")
        assert zero_affine(to_form(2 * i - 2 * t + 1, Meaning())) == ()
        assert to_form(delta(k, 4 + i), Meaning()) == ()
        assert to_form(delta(2 * i, 2 * t + 2), Meaning()) == to_form(delta(i, t + 1), Meaning())
        assert integer_part(to_form(k / 4, Meaning())) == ()
        assert size_form("K + 2*P - 1") == to_form(Symbol("K", integer=True, nonnegative=True) + 2 * P - 1, Meaning())

    def test_a_label_is_a_position_in_a_reckoned_index(self):
        (z,) = (labels("z"),)
        meaning = Meaning(labels={"z": "Q"}, axes={"x": ("W",)})
        read = sum_(delta(q, z[n]) * x[2 * q + 1], q)
        assert is_zero(read - x[2 * z[n] + 1], meaning)
        assert not is_zero(read - x[2 * z[n]], meaning)


P = Symbol("P", integer=True, nonnegative=True)


def size_symbol_sum() -> Expr:
    """A size that is reckoned: P + Q."""
    return P + size_of(q)


class TestHyperparameters:
    def layer(self, *hypers: Hyperparameter) -> Layer:
        return Layer("Window", inputs=(x[w],), forward={y[q]: x[s * q]}, hyperparameters=hypers)

    def test_conditions_may_join_two(self):
        check_layer(self.layer(Hyperparameter(s, 2, (s >= 1,)), Hyperparameter(p, 1, (p >= 0, p < s))))

    @pytest.mark.parametrize(
        "hypers, reason",
        [
            ((Hyperparameter(s, Rational(3, 2), (s >= 1,)),), "is an integer, but its default is 3/2"),
            ((Hyperparameter(s, 2, (s >= 1,)), Hyperparameter(p, 2, (p < s,))), "does not satisfy"),
            ((Hyperparameter(s, p, (s >= 1,)),), "neither a number nor an earlier"),
            ((Hyperparameter(s, 1, (s >= Symbol("W", integer=True, nonnegative=True),)),), "must speak of stride"),
        ],
    )
    def test_a_bad_one_is_refused(self, hypers, reason):
        with pytest.raises(DefinitionError, match=reason):
            check_layer(self.layer(*hypers))


def test_a_maximum_of_what_lies_outside_is_that_of_zeros() -> None:
    """max over taps of a row that is read at s·q equals the maximum read there."""
    layer = Layer("Rows", inputs=(x[w, t],), forward={b[w]: max_(x[w, t], t), y[q]: b[2 * q]})
    assert is_zero(y[q] - max_(x[2 * q, t], t), derive(layer).meaning)
    assert not is_zero(y[q] - max_(x[2 * q + 1, t], t), derive(layer).meaning)

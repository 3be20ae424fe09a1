"""The normal form: what has to be shown, and what must never be. Each false one was shown once, or nearly."""

from dataclasses import replace

import pytest
from sympy import (
    Abs,
    Float,
    Function,
    Idx,
    Integer,
    Max,
    Min,
    Pow,
    Rational,
    Sum,
    Symbol,
    exp,
    log,
    sign,
    sin,
    sqrt,
    tanh,
)

from derivations.meaning import Meaning
from derivations.normal_form import is_zero, to_form
from derivations.notation import (
    argmax_,
    as_written,
    axes,
    delta,
    is_zero_at,
    labels,
    max_,
    positive,
    scalars,
    size_of,
    sum_,
    tensors,
)

n, m, o, k, j, b, c, i = axes("n:N m:N o:N k:K j:K b:K c:C i:d")
x, y, u, v, w, g, h = tensors("x y u v w g h")
t, r = labels("t r")
s, p = scalars("s p")
f = Function("f")
N, K = size_of(n), size_of(k)

KNOWN = Meaning(
    axes={"x": ("N", "K"), "y": ("N", "N"), "u": ("K",), "v": ("N",)},
    labels={"t": "K", "r": "N"},
    signs={"p": "+"},
)


def one_where(held, value):
    """``value`` where the indicator holds, else 1: defined wherever one of the two is needed."""
    return held * value + 1 - held


gap, steep, step = u[k] - u[j], u[k] + u[j], positive(u[k] + u[j])
swapped = [1 / (v[n] + sum_(read, m)) for read in (y[n, m], y[m, n])]
nothing = s**2 / (s**2 + p) + p / (s**2 + p) - 1
nothing_under_a_sum = sum_(u[k] / (1 + u[k]), k) + sum_(1 / (1 + u[k]), k) - K
softmax = exp(x[n, k]) / sum_(exp(x[n, j]), j)

TRUE = {
    "factors leave a sum": sum_(s * v[n] * u[k], k) - s * v[n] * sum_(u[k], k),
    "sums exchange": sum_(sum_(x[n, k], k), n) - sum_(sum_(x[m, j], m), j),
    "one name bound twice": sum_(u[k] * sum_(u[k], k), k) - sum_(u[j], j) ** 2,
    "a sum of products of sums": sum_(sum_(y[n, m], m) * v[n], n) - sum_(y[o, m] * v[o], o, m),
    "a delta is sifted": sum_(delta(k, j) * x[n, k], k) - x[n, j],
    "a label is sifted": sum_(delta(k, t[n]) * x[n, k] ** 2, k) - x[n, t[n]] ** 2,
    "nested labels": sum_(delta(k, t[r[n]]) * u[k], k) - u[t[r[n]]],
    "a delta renames": delta(k, j) * x[n, k] - delta(k, j) * x[n, j],
    "a delta renames what is compared": delta(k, b) * (positive(u[k] - u[j]) - positive(u[b] - u[j])) * u[k],
    "a zero is put in": is_zero_at(u[k] - v[n]) * (exp(u[k]) - exp(v[n])),
    "only zeros hold at zeros": is_zero_at(u[k]) * is_zero_at(u[k] + v[n]) * v[n],
    "the root of a square": sqrt(s**2 * p) - Abs(s) * sqrt(p),
    "halves of an exponent": (x[n, k] ** 2 * p**2) ** Rational(3, 2) - Abs(x[n, k]) ** 3 * p**3,
    "log of a product": log(p**2 * exp(s)) - 2 * log(p) - s,
    "a maximum and a minimum": Max(s, u[k]) + Min(s, u[k]) - s - u[k],
    "an absolute value": Abs(s) - Max(s, -s),
    "a sign": sign(s) * Abs(s) - s,
    "tanh by exp": tanh(s) - 1 + 2 / (exp(2 * s) + 1),
    "a constant leaves a maximum": max_(x[n, k] + v[n], k) - max_(x[n, j], j) - v[n],
    "partial fractions in a sum": nothing_under_a_sum,
    "a hidden zero is not positive": positive(nothing) + is_zero_at(nothing) - 1,
    "what an affine index means": x[n, n + 1] - sum_(delta(k, n + 1) * x[n, k], k),
    "softmax of a free class": softmax - 1 / sum_(exp(x[n, j] - x[n, k]), j),
    "affine reads of one entry": sum_(x[n, 2 * k + 1] - x[n, 2 * j + 1], k, j) + 0 * N,
    "small axes are counted out": sum_(axes("q:3")[0] * s, axes("q:3")[0]) - 3 * s,
    "a mean of nothing has no value": sum_(v[n] / N, n) - sum_(v[n], n) / N,
    "powers of what is positive": (1 + s**2) ** (2 * s) - exp(2 * s * log(1 + s**2)),
    "a high power of one factor": (2 * s) ** 500 / s**500 - 2**500,
}

FALSE = {
    "the root of a square": sqrt(s**2 * p) - s * sqrt(p),
    "a power of a power": (x[n, k] ** s) ** Rational(1, 2) - x[n, k] ** (s / 2),
    "log of a square": log(s**2) - 2 * log(s),
    "no kink": positive(s) - 1 + positive(-s),
    "a tie": Max(s, 0) - s * (positive(s) + is_zero_at(s)) - is_zero_at(s),
    "a square is not positive": positive(s**2) - 1,
    "an empty sum of squares is not positive": is_zero_at(sum_(exp(u[k]), k)),
    "an empty axis makes no mean": sum_(s / K, k) - s,
    "an empty axis makes no softmax": sum_(softmax, k) - 1,
    "an empty axis inside a full one": sum_(sum_(softmax, k), n) - N,
    "an axis between others": sum_(softmax * v[n], n, k) - sum_(v[n], n),
    "reads of a diagonal": sum_(y[n, n], n) - sum_(y[n, m], n, m) / N,
    "a summand that agrees on the diagonal": sum_(swapped[0] - swapped[1], n),
    "the same in a product": sum_(v[n] * (swapped[0] - swapped[1]), n) * s,
    "the same by exp": sum_(exp(v[n]) * (1 / (1 + sum_(exp(y[n, m]), m)) - 1 / (1 + sum_(exp(y[m, n]), m))), n),
    "sums of different axes": sum_(v[n], n) - sum_(v[m], m) * N / K,
    "a denominator that is 0 where it is not used": (
        (u[k] + u[j]) / one_where(step, steep) - step - (1 - step) * steep + is_zero_at(steep) * s
    ),
    "the same with a delta": (
        (u[k] - u[j]) / one_where(positive(gap), gap) - positive(gap) - (1 - positive(gap)) * gap + delta(k, j) * s
    ),
    "a sign under a delta": delta(k, b) * positive(u[k] - u[j]) * s,
    "an argmax of nothing that varies": u[argmax_(max_(u[j], j), k)] - u[argmax_(u[j], j)],
    "an argmax of the opposite": u[argmax_(-u[k], k)] - u[argmax_(u[k], k)],
    "a maximum of the opposite": max_(-u[k], k) + max_(u[k], k),
    "a positive multiple of a maximum": max_(s * u[k], k) - s * max_(u[k], k),
    "a function of a function's name": Function("sin")(s) - sin(s),
    "another function": f(s) - Function("g")(s),
    "two arguments": Function("f")(s, p) - Function("f")(p, s),
    "positions of other axes": delta(n, k) * x[n, k] - delta(n, k) * x[m, k],
    "outside of an axis": x[n, 2 * k - 1] - x[n, k],
    "labels of other examples": x[n, t[n]] - x[n, t[m]],
    "a part of an axis": Sum(u[k], (k, 1, K - 1)) - sum_(u[k], k),
    "an index that counts from 1": Sum(delta(k, Idx("l", (1, K))) * u[k], (k, 0, K - 1)) - u[Idx("l", (1, K))],
    "a float": v[n] ** Float("0.5") - v[n] ** Rational(1, 2),
    "an index with a name of ours": sum_(y[m, Idx("%1.0", N)], m) - sum_(y[m, m], m),
    "another": sum_(y[m, Idx("~1", N)] + y[m, Idx("~x", N)], m) - sum_(2 * y[m, m], m),
    "a division by a hidden zero": 1 / nothing - s,
    "a log of a hidden zero": log(nothing) - s,
}


class TestIsZero:
    @pytest.mark.parametrize("name", TRUE)
    def test_shows_what_is_true(self, name):
        assert is_zero(TRUE[name], KNOWN)

    @pytest.mark.parametrize("name", FALSE)
    def test_shows_nothing_false(self, name):
        assert not is_zero(FALSE[name], KNOWN)

    def test_gives_up_on_what_is_too_long(self):
        assert not is_zero((s + v[n] + 1) ** 10**9 - s, KNOWN)
        with as_written():
            long = s * Pow(2, 10**9) - s
        assert not is_zero(long, KNOWN)

    def test_takes_an_axis_that_is_declared_full(self):
        full = Symbol("C", integer=True, positive=True)
        one, other = Idx("one", full), Idx("other", full)
        assert is_zero(sum_(exp(g[one]) / sum_(exp(g[other]), other), one) - 1)
        assert is_zero(sum_(s / full, one) - s)

    def test_takes_an_axis_with_a_label_as_full(self):
        assert is_zero(sum_(delta(k, t[n]), k) - 1, KNOWN)
        assert not is_zero(sum_(delta(k, t[n]) * sum_(u[j] / K, j), n, k) - sum_(s, n), KNOWN)

    def test_counts_a_size_of_zero(self):
        nothing = Idx("c", 0)
        assert is_zero(sum_(1 / (g[nothing] - g[nothing]), nothing))

    def test_a_free_index_fills_its_axis(self):
        assert is_zero(s * u[k] - sum_(s / K, j) * u[k], KNOWN)


WITH_STEPS = replace(
    KNOWN,
    definitions={
        "g": ((n,), sum_(y[n, m] * v[m], m)),
        "h": ((n, k), 1 + g[n] * x[n, k] + sum_(x[n, j], j)),
    },
)


class TestMeaning:
    @pytest.mark.parametrize(
        ("read", "formula"),
        [
            (g[m], sum_(y[m, n] * v[n], n)),
            (sum_(g[m] * v[m], m), sum_(y[n, m] * v[n] * v[m], n, m)),
            (h[r[m], j], 1 + g[r[m]] * x[r[m], j] + sum_(x[r[m], k], k)),
            (sum_(h[n, k], k), K + g[n] * sum_(x[n, k], k) + K * sum_(x[n, k], k)),
        ],
    )
    def test_reads_a_step(self, read, formula):
        assert is_zero(read - formula, WITH_STEPS)

    @pytest.mark.parametrize(
        "wrong",
        [
            g[m] - sum_(y[m, m] * v[m], m),
            sum_(g[m] * v[m], m) - sum_(y[m, m] * v[m] ** 2, m),
            h[n, j] - 1 - g[n] * x[n, j] - sum_(x[n, j], k),
            # Outside of its axis a step reads 0, whatever its formula.
            h[n, 0] - 1 - g[n] * x[n, 0] - sum_(x[n, j], j),
            h[n, k + 1] - 1 - g[n] * x[n, k + 1] - sum_(x[n, j], j),
            h[n, c] - 1 - g[n] * x[n, c] - sum_(x[n, j], j),
            h[n] - g[n],
        ],
    )
    def test_shows_nothing_false_of_a_step(self, wrong):
        assert not is_zero(wrong, WITH_STEPS)

    def test_reads_a_sum_over_everything(self):
        total = {"total": ((Integer(0),), sum_(x[n, k], n, k))}
        meaning = replace(KNOWN, definitions=total)
        assert is_zero(tensors("total")[0] - sum_(x[m, j], j, m), meaning)


class TestRules:
    """Σ_k x[n, k] = 1, as a layer assumes of its target."""

    @staticmethod
    def knowing(*equations):
        rules = tuple((to_form(left, KNOWN), to_form(Integer(right), KNOWN)) for left, right in equations)
        return replace(KNOWN, rules=rules)

    @pytest.mark.parametrize(
        "true",
        [
            sum_(x[m, j], j) - 1,
            sum_(x[t[n], j], j) * 0 + sum_(x[r[n], j], j) - 1,
            sum_(x[m, k] * v[m] * exp(g[i]), k) - v[m] * exp(g[i]),
            sum_(x[m, k] * x[m, j], k, j) - 1,
            sum_(softmax * sum_(x[n, j], j), n) - sum_(softmax, n),
        ],
    )
    def test_are_used(self, true):
        assert is_zero(true, self.knowing((sum_(x[n, k], k), 1)))

    @pytest.mark.parametrize(
        "false",
        [
            sum_(x[n, k] * u[k], k) - u[j],
            sum_(x[n, k] * exp(x[n, k]), k) - exp(1),
            sum_(x[n, k] ** 2, k) - 1,
            sum_(x[n, n + k], k) - 1,
            sum_(x[r[n], k], n) - 1,
            sum_(y[n, k], k) - 1,
            sum_(x[n, k], n) - 1,
        ],
    )
    def test_are_used_for_nothing_else(self, false):
        assert not is_zero(false, self.knowing((sum_(x[n, k], k), 1)))

    def test_of_a_square_say_nothing_of_its_root(self):
        assert not is_zero(sum_(x[n, k], k) - 1, self.knowing((sum_(x[n, k], k) ** 2, 1)))

    def test_of_one_row_say_nothing_of_another(self):
        assert not is_zero(sum_(x[n, k], k) - 1, self.knowing((sum_(x[0, k], k), 1)))
        assert not is_zero(sum_(x[n, k], k) - 1, self.knowing((sum_(x[r[n], k], k), 1)))

    def test_exclude_the_empty_axis_that_they_contradict(self):
        softmax_sum = sum_(softmax, k) - 1
        assert not is_zero(softmax_sum, KNOWN)
        assert is_zero(softmax_sum, self.knowing((sum_(x[n, k], k), 1)))
        # Over no examples the assumption says nothing, so the classes may be none.
        assert not is_zero(sum_(s / K, k) - s, self.knowing((sum_(x[n, k], k), 1)))

    def test_that_make_a_denominator_zero_show_nothing(self):
        rest = 1 - sum_(x[n, k], k)
        divided = nothing_under_a_sum / one_where(1 - positive(s), rest)
        assert not is_zero(divided + v[n], self.knowing((sum_(x[n, k], k), 1)))

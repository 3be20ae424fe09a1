"""Attacks on what is said of integers: no judge alone believes what is false, and no rewriting changes a value."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from sympy import IndexedBase, Integer, Mod, Rational, Symbol, exp, floor, sqrt

from derivations.fingerprint import agree
from derivations.form import NotShown, add, atom_form, constant, multiply, scale
from derivations.form_indices import equal_indices
from derivations.form_integers import at_least_zero, integer_part, zero_affine
from derivations.form_sums import settle, sum_over
from derivations.layer import Hyperparameter, Layer
from derivations.normal_form import Meaning, is_zero
from derivations.notation import axes, between, delta, is_zero_at, max_, positive, size_of, sum_, tensors
from derivations.tiles import Tiling
from tests.form_values import form_value, length

i, j, h, k, p = axes("i:I j:J h:H k:K p:P")
J, H, K, P = map(size_of, (j, h, k, p))
x, u, w, y = tensors("x u w y")
s = Symbol("s", real=True)
stride, pad, free = (Symbol(name, integer=True) for name in ("stride", "pad", "free"))
LAYER = Layer(
    "Attacked",
    inputs=(x[i], u[h], w[k]),
    forward={y[i]: x[i]},
    hyperparameters=(
        Hyperparameter(s, 1.0),
        Hyperparameter(stride, 2, (stride >= 1,)),
        Hyperparameter(pad, 0, (pad >= 0,)),
        Hyperparameter(free, 0),
    ),
)
MEANING = Meaning(axes={"x": ("I",), "u": ("H",), "w": ("K",)}, signs={"stride": "+", "pad": "0", "free": "", "s": ""})

FALSE = {
    "a quotient of sizes in lowest terms": (delta(2 * J / K, 1), Integer(0)),
    "an index at a quotient": (sum_(delta(h, J / K), h), between(Integer(0), floor(J / K), H - 1)),
    "twice a rounded quotient": (delta(2 * floor(J / K) + 1, 2 * J / K), Integer(0)),
    "a quotient above, rounded before it is doubled": (floor(2 * J / K), 2 * floor(J / K)),
    "a size that a real number gives": (is_zero_at(s - J + Rational(1, 2)) * delta(J, k), Integer(0)),
    "a common factor that may be 0": (delta(pad * p, pad * j), delta(p, j)),
    "a common factor without a sign": (delta(free * p, free * j), delta(p, j)),
    "two steps that may be equal": (delta(stride * p, pad * j), delta(p, 0) * delta(j, 0)),
    "a padding is not 0": (delta(pad, 0), Integer(0)),
    "a stride is not 1": (delta(stride, 1), Integer(0)),
    "a stride is 1": (delta(stride, 1), Integer(1)),
    "a size is not 0": (delta(size_of(i), 0), Integer(0)),
    "an index beyond its axis, by padding": (u[h + pad], u[h]),
    "the last position, by a stride": (between(Integer(0), stride * h, H - 1), between(Integer(0), h, H - 1)),
    "a window that starts before its axis": (sum_(u[stride * p + k - pad], k), sum_(u[stride * p + k], k)),
    "a floor of a difference": (floor((h - k) / 2), floor(h / 2) - floor(k / 2)),
    "a floor of minus": (floor(-h / 2), -floor(h / 2)),
    "a remainder of minus": (Mod(-h, 2 * stride), Mod(h, 2 * stride)),
    "a remainder is 0 or 1": (Mod(h, stride) * (Mod(h, stride) - 1), Integer(0)),
    "bounds one too wide": (between(Integer(-1), h - k, H - 2), Integer(1)),
    "bounds that leave two": (between(k, h, k + 1), delta(h, k)),
    "a maximum beside an equality": (sum_(delta(h, 2 * p) * max_(u[h] * w[k], k), h), max_(u[2 * p] * w[k], k) + 1),
    "a maximum of a shifted row": (sum_(delta(h, p + 1) * max_(u[h] + w[k], k), h), max_(u[p + 1] + w[k], k)),
    "a maximum of two equalities": (sum_(delta(h, 2 * p) * max_(u[h] * w[k], k), h, p), sum_(max_(u[h] * w[k], k), h)),
    "a far position": (delta(k, 7), Integer(0)),
    "a far entry": (u[h + 9], Integer(0)),
    "a far bound": (between(Integer(0), h, Integer(6)), Integer(1)),
    "an entry read twice as far": (sum_(u[2 * h], h), sum_(u[h], h)),
    "an index that two equalities give": (
        sum_(delta(h, p + 1) * delta(h, 2 * k) * u[h], h),
        delta(p, 2 * k) * u[p + 1],
    ),
    "one of two solutions": (sum_(delta(2 * h, k) * w[k], h), w[k]),
    "an even position alone": (sum_(delta(k, 2 * h) * w[k], k, h), sum_(w[k], k)),
    "positive as an integer": (positive(h - k), between(k, h, H)),
}


@pytest.mark.parametrize("left, right", FALSE.values(), ids=FALSE)
def test_no_judge_believes_a_false_statement(left, right):
    assert not is_zero(left - right, MEANING)
    assert agree(LAYER, left, right).verdict != "agree"


TRUE = {
    "a common factor ≥ 1": (delta(stride * p, stride * j), delta(p, j)),
    "a rounded quotient": (Mod(i, stride) + stride * floor(i / stride), i),
    "a step put in": (sum_(delta(h, stride * p), h, p), sum_(between(Integer(0), stride * p, H - 1), p)),
    "a maximum of what lies outside": (sum_(delta(h, 2 * p) * max_(u[h] * w[k], k), h), max_(u[2 * p] * w[k], k)),
    "what a sum implies": (
        between(Integer(1), i, P) * sum_(delta(i, p + 1) * x[i], p),
        sum_(delta(i, p + 1) * x[i], p),
    ),
}


@pytest.mark.parametrize("left, right", TRUE.values(), ids=TRUE)
def test_both_judges_see_a_true_one(left, right):
    assert is_zero(left - right, MEANING)
    assert agree(LAYER, left, right).verdict == "agree"


@pytest.mark.parametrize("names", ["a b c", "a c b", "b a c", "b c a", "c a b", "c b a"])
def test_how_indices_are_called_has_no_say(names):
    """A bound that excludes part of an axis is one atom, whatever the names sort like."""
    one, two, tap = (axes(f"{name}:{size}")[0] for name, size in zip(names.split(), "HPK", strict=True))
    read = IndexedBase("u", real=True)
    shown = sum_(delta(one, two + tap) * read[one], one, tap)
    assert is_zero(shown - sum_(read[two + tap], tap), MEANING)


def test_tiles_alone_may_be_none_at_all():
    """An axis without a position has no tile: that both are empty together says nothing where one is not spoken of."""
    meaning = Meaning(axes={"u": ("H",), "w": ("K",)}, tilings=(Tiling("K", "H", 2),))
    for entry, index in ((u[h], h), (w[k], k)):
        assert not is_zero(sum_(exp(entry) / sum_(exp(entry), index), index) - 1, meaning)
    assert is_zero(sum_(w[k], k) - sum_(w[2 * h] + w[2 * h + 1], h), meaning)
    assert not is_zero(sum_(w[k], k) - sum_(w[2 * h] + w[2 * h + 2], h), meaning)


@pytest.mark.parametrize("e", [2 * J / K, sqrt(K), Integer(2) ** (1 - K)])
def test_what_is_no_integer_is_not_compared_as_one(e):
    assert not is_zero(delta(2 * e, 1), MEANING)
    assert not is_zero(delta(e, h) - delta(h, e) + delta(2 * e, 3), MEANING)


# Random forms: what is built has the value of what it is built of ------------------------------------

INDICES = [("var", name, size) for name, size in (("i", "I"), ("i2", "I"), ("h", "H"), ("k", "K"), ("a", "3"))]
SYMBOLS = [
    ("sym", name, sign)
    for name, sign in zip(("I", "H", "stride", "pad", "free"), ("0", "0", "+", "0", ""), strict=True)
]


def some_integers(random, indices):
    """A random form of integers: positions, sizes and hyperparameters, some of them multiplied."""
    terms = [constant(random.randint(-4, 4))]
    for _ in range(random.randint(1, 3)):
        factors = [atom_form(random.choice(indices))]
        factors += [atom_form(random.choice(SYMBOLS))] if random.random() < 0.3 else []
        terms.append(scale(multiply(*factors), random.choice((1, 1, -1, -1, 2, -2, 3))))
    for _ in range(random.randint(0, 2)):
        terms.append(scale(atom_form(random.choice(SYMBOLS)), random.choice((1, -1, 2, -3))))
    return add(*terms)


def some_factor(random, indices):
    """A random factor: its form as it is built, and how its value is reckoned."""
    kind, whole = random.choice("===>>>xi"), some_integers(random, indices)
    if kind == "x":
        entry = ("ten", "x", tuple(random.choice(indices) for _ in range(random.randint(1, 2))))
        return atom_form(entry), lambda known, read: form_value(atom_form(entry), known, read)
    if kind == "i":
        one, two = random.choice(indices), random.choice([*indices, ("int", 0), ("int", 2)])
        same = subtracted(one, two)
        return equal_indices(one, two), lambda known, read: int(form_value(same, known, read) == 0)
    part, by = scale(some_integers(random, indices), Fraction(1, random.choice((2, 3, 4)))), random.choice((1, -1, 2))
    rounded = random.random() < 0.25
    built = add(whole, scale(integer_part(part), by)) if rounded else whole

    def value(known, read):
        more = by * math.floor(form_value(part, known, read)) if rounded else 0
        return form_value(whole, known, read) + more

    if kind == "=":
        return zero_affine(built), lambda known, read: int(value(known, read) == 0)
    return at_least_zero(built), lambda known, read: int(value(known, read) >= 0)


def subtracted(one, two):
    """one - two, as numbers."""
    return add(*(scale(constant(e[1]) if e[0] == "int" else atom_form(e), f) for e, f in ((one, 1), (two, -1))))


def some_point(random):
    """Sizes, hyperparameters, and entries that are drawn when they are read."""
    top, entries = random.choice((1, 2, 4)), {}
    known = {name: random.randint(0, top) for name in "IHK"}
    known |= {"stride": random.randint(1, 3), "pad": random.randint(0, 3), "free": random.randint(-3, 3)}
    return known, lambda name, at: entries.setdefault((name, at), random.choice((-7, -3, 2, 5, 11)))


def check_a_random_form(seed):
    """Build a product or a sum of random factors, and compare its value with theirs at random points."""
    random = Random(seed)
    chosen = random.sample(INDICES, random.randint(1, 4))
    split = random.randint(1, len(chosen))
    outer, inner = chosen[:split], chosen[split:]
    try:
        forms, values = zip(*(some_factor(random, chosen) for _ in range(random.randint(1, 3))), strict=True)
        product_ = settle(multiply(*forms))
        found = sum_over([index[1:] for index in inner], product_) if inner else product_
    except NotShown:
        return
    for _ in range(8):
        known, read = some_point(random)
        for at in list(places(outer, known))[:4]:
            here = known | at
            wanted = Fraction(0)
            for within in places(inner, here):
                wanted += math.prod((value(here | within, read) for value in values), start=Fraction(1))
            assert form_value(found, here, read) == wanted, (seed, found, here)


def places(indices, known):
    """Every choice of positions of some indices."""
    for at in product(*(range(length(size, known)) for _, _, size in indices)):
        yield dict(zip([index[1] for index in indices], at, strict=True))


@pytest.mark.parametrize("seed", range(8))
def test_rewriting_integers_changes_no_value(seed):
    for one in range(25):
        check_a_random_form(100 * seed + one)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8, 40))
def test_rewriting_integers_changes_no_value_of_many(seed):
    for one in range(100):
        check_a_random_form(100 * seed + one)

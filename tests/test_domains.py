"""Domains of inputs: stated with the layer, used by the safety check, held by the class before it computes."""

from dataclasses import replace
from fractions import Fraction
from math import inf

import numpy as np
import pytest
from mpmath import mp
from sympy import exp, log

from codegen.intervals import FLOAT32, FLOAT64, next_to
from codegen.pipeline import BuildError, build, emit_module
from codegen.safety import check_safety
from codegen.verify_safety import STANDARD, Entries, safeties
from codegen.view import View
from derivations.compose import compose
from derivations.definition import DefinitionError, check_layer
from derivations.derivation import derive
from derivations.layer import Domain, Layer
from derivations.layers.bce_loss import BCE, y, yhat
from derivations.layers.sigmoid import SIGMOID
from derivations.notation import axes, tensors
from generated import BCELoss
from generated._arrays import Domain as Checked
from generated._arrays import Notation
from tests.reader_cases import X, text

n, i = axes("n:N i:d")
x, z = tensors("x z")
DTYPES = [(FLOAT64, np.float64), (FLOAT32, np.float32)]


REFUSED = {
    "of a step": ({tensors("loss"): Domain(0, 1)}, "loss is no input or target"),
    "of nothing": ({x: Domain(0, 1)}, "x is no input or target"),
    "empty": ({yhat: Domain(1, 1)}, "give a lower end below the upper"),
    "upside down": ({yhat: Domain(1, 0)}, "give a lower end below the upper"),
    "no number": ({yhat: Domain(float("nan"), 1)}, "give a lower end below the upper"),
    "without an end": ({yhat: Domain(-inf, inf)}, "one of them finite"),
    "other in float32": ({yhat: Domain(0, 0.1)}, "0.1, which float32 cannot hold"),
    "too large for float32": ({yhat: Domain(0, 1e39)}, "which float32 cannot hold"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_domain_that_cannot_be(case):
    domains, words = REFUSED[case]
    with pytest.raises(DefinitionError, match="BCELoss: the domain of") as refusal:
        check_layer(replace(BCE, domains=domains))
    assert words in str(refusal.value)


def test_a_domain_that_can_be():
    for domain in (Domain(0, inf), Domain(-inf, -0.5, is_open=False), Domain(-1, 1)):
        check_layer(replace(BCE, domains={yhat: domain, y: domain}))


def test_a_chain_keeps_the_domains_of_what_it_is_given():
    named = replace(BCE, domains={yhat: Domain(0, 1), y: Domain(0, 1, is_open=False)})
    assert compose("Both", SIGMOID, named).domains == {y: Domain(0, 1, is_open=False)}


@pytest.mark.parametrize("limits, dtype", DTYPES)
@pytest.mark.parametrize("end", [1.0, -1.0, 0.5, 3.0, -3.0, 1024.0, 1 - 2.0**-24, -0.75])
def test_the_next_number_of_a_type(end, limits, dtype):
    for direction in (1, -1):
        assert next_to(end, direction, limits) == np.nextafter(dtype(end), dtype(direction * 1e30))


@pytest.mark.parametrize("limits, dtype", DTYPES)
def test_what_a_domain_holds_in_floats(limits, dtype):
    entries = Entries(bound=100.0, least=1e-5)
    below = float(np.nextafter(dtype(1), dtype(0)))
    assert entries.within(Domain(0, 1), limits) == (1e-5, below)
    assert entries.within(Domain(0, 1, is_open=False), limits) == (0, 1)
    assert entries.within(Domain(0, inf), limits) == (1e-5, 100.0)
    assert entries.within(Domain(-inf, 0), limits) == (-100.0, -1e-5)
    assert entries.within(Domain(-1, 1), limits) == (-below, below)


# The safety check -----------------------------------------------------------------------------------

SAFE = ["np.log(x) + np.log1p(-x)", "x / (x * (1 - x))", "np.log(1 - x)", "1 / np.sqrt(x)"]
UNSAFE = {
    "np.log(1 - x * x)": "log",  # next to 1 the square may round to 1
    "np.log(1 - 2 * x)": "log",
    "np.log1p(-x - x * x)": "log",
    "1 / (1 - np.sqrt(x))": "divide",
    "1 / x**40": "divide",
    "np.log(x - x * x)": "log",
}


def shown(formula, domain, limits):
    ranges = {"x": STANDARD.within(domain, limits)}
    return check_safety(text(f"return {formula}", "x"), "forward", {"x": X}, ranges, limits=limits)


@pytest.mark.parametrize("limits", [FLOAT64, FLOAT32])
@pytest.mark.parametrize("formula", SAFE)
def test_safe_between_0_and_1(formula, limits):
    assert shown(formula, Domain(0, 1), limits).open == ()
    assert shown(formula, Domain(0, 1, is_open=False), limits).open


@pytest.mark.parametrize("limits", [FLOAT64, FLOAT32])
@pytest.mark.parametrize("formula", UNSAFE)
def test_unsafe_between_0_and_1(formula, limits):
    assert UNSAFE[formula] in {obligation.kind for obligation in shown(formula, Domain(0, 1), limits).open}


# Whole layers ---------------------------------------------------------------------------------------


def test_a_layer_whose_domain_holds_its_ends_is_not_emitted():
    for domains in ({}, {yhat: Domain(0, 1, is_open=False)}, {yhat: Domain(0, 2)}):
        with pytest.raises(BuildError, match="divide NOT shown"):
            build(replace(BCE, domains=domains))


def test_another_layer_with_a_domain():
    layer = Layer("LogExp", {z[n, i]: log(x[n, i]) + exp(-x[n, i])}, (x[n, i],), domains={x: Domain(0, inf)})
    built = build(layer)
    words = " ".join(built.text.split())
    assert 'Domain(0, float("inf"), is_open=True, words="above 0", remedy="clip it")' in words
    assert "those of x no nearer to 0 than" in words and "does not lie above 0" in words


def test_the_stated_range_is_as_large_as_it_says():
    """At the ends that the header states nothing overflows; a power of ten beyond, the check does not show it."""
    source = emit_module(BCE)
    assert "those of ŷ no nearer to 0 than 1e-284 and 1e-23" in " ".join(source.split())
    view = View(derive(BCE), source)
    for limits, least, beyond in ((FLOAT64, 1e-284, 1e-285), (FLOAT32, 1e-23, 1e-24)):
        for gap, is_shown in ((least, True), (beyond, False)):
            found = safeties(view, "forward", ["backward"], Entries(STANDARD.bound, gap), limits)
            assert all(safety.is_shown for _, safety in found) is is_shown
    for dtype, least in ((np.float64, 1e-284), (np.float32, 1e-23)):
        ends = np.array([[least, np.nextafter(dtype(1), dtype(0))]], dtype)
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            for target in (-1e4, 0, 1, 1e4):
                given = np.full(ends.shape, target, dtype)
                assert np.isfinite(BCELoss().forward(given, ends)).all()
                assert np.isfinite(BCELoss().backward(given, ends)).all()


# The class ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["forward", "backward"])
@pytest.mark.parametrize("wrong", [0.0, 1.0, -0.25, 1.5, np.nan, np.inf])
def test_an_entry_outside_the_domain(method, wrong):
    for dtype in (np.float64, np.float32):
        given = np.array([[0.5, 0.25], [wrong, 0.5]], dtype)
        with pytest.raises(ValueError, match="lie strictly between 0 and 1") as refusal:
            getattr(BCELoss(), method)(np.ones_like(given), given)
        assert str(refusal.value).startswith(f"BCELoss.{method}: yhat[1, 0] is {dtype(wrong)}: yhat must lie ")
        assert str(refusal.value).endswith("; clip it, or give the logits to BCEWithLogitsLoss")


def test_what_is_next_to_the_ends_is_taken():
    for dtype in (np.float64, np.float32):
        ends = np.array([[np.nextafter(dtype(1), dtype(0)), np.finfo(dtype).tiny]])
        assert np.isfinite(BCELoss().forward(np.ones_like(ends), ends)).all()
    assert BCELoss().forward(np.zeros((0, 2)), np.zeros((0, 2))).shape == (0, 2)


def test_domains_with_other_ends():
    def taken(domain, values):
        notation = Notation({"x": ("N",)}, domains={"x": Checked(*domain, words="there", remedy="move it")})
        try:
            notation.checked("here", {"x": values})
        except ValueError as error:
            return str(error)
        return ""

    assert taken((0, 1, False), [0.0, 1.0, 0.5]) == ""
    assert taken((0, 1, False), [0.0, 1.5]) == "here: x[1] is 1.5: x must lie there; move it"
    assert taken((0, inf, True), [1e300, 1e-300]) == ""
    assert taken((0, inf, True), [1, 0]) == "here: x[1] is 0.0: x must lie there; move it"
    assert taken((-inf, 0, False), [0, -3]) == ""


def probabilities():
    """Next to 0, next to 1, and between."""
    rng = np.random.default_rng(3)
    return [*(10.0 ** -rng.uniform(0, 15, 40)), *(1 - 10.0 ** -rng.uniform(0, 15, 40)), *rng.uniform(0, 1, 40)]


def test_digits_of_the_gradient():
    """Against exact fractions: no digits are lost next to 0 or 1, nor where ŷ is next to y."""

    def lost(gradient, prediction, target):
        prediction, target = Fraction(prediction), Fraction(target)
        exact = (prediction - target) / (prediction * (1 - prediction))
        return abs(Fraction(float(gradient)) - exact) * 2**53 / abs(exact) if exact else abs(Fraction(gradient))

    near = probabilities()
    for target in (0.0, 1.0, 0.5, near[0], near[50]):
        gradients = BCELoss().backward(np.full((1, len(near)), target), [near])[0]
        assert max(map(lost, gradients, near, [target] * len(near))) <= 4
    assert max(lost((1 / one - 1) / (one - 1), one, 1.0) for one in near) > 1e10


def test_digits_of_the_loss():
    """Against 40 digits: all terms have one sign for targets from 0 to 1, and log(1 − ŷ) keeps a small ŷ."""
    near = probabilities()
    for target in (0.0, 1.0, 0.5, 1 - 1e-12):
        losses = BCELoss().forward(np.full((1, len(near)), target), [near])[0]
        for loss, one in zip(losses, near, strict=True):
            with mp.workdps(40):
                exact = -(target * mp.log(one) + (1 - mp.mpf(target)) * mp.log(1 - mp.mpf(one)))
                assert abs(loss - exact) <= 4 * 2**-53 * exact

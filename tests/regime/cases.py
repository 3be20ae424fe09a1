"""The emitted functions under test, as data: adding a layer adds an oracle and an entry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from derivations.layers import rbf
from tests.regime import draws, oracles
from tests.regime.case import Case
from tests.regime.draws import exponents, normal, outlier, ties


def _root(info: np.finfo) -> float:
    """So far that products, and squares of differences, summed over a few entries, stay finite."""
    return float(np.sqrt(info.max)) / 16


def _half(info: np.finfo) -> float:
    """So far that the difference of two entries stays finite."""
    return float(info.max) / 2


def _whole(info: np.finfo) -> float:
    """Every finite float."""
    return float(info.max)


LINEAR = Case(
    "linear",
    module="linear",
    axes={"N": 0, "d": 0, "d'": 0},
    regions={
        "usual": draws.linear(normal(1)),
        "large": draws.linear(normal(1e4)),
        "exponents": draws.linear(exponents(0)),
    },
    oracle=oracles.linear,
    gradients=("x", "W", "b"),
    restrictions={"backward_delta": ("x",), "backward_update_gradient": ("W", "b")},
    affine=("x", "W", "b"),
    reach={"x": _root, "W": _root, "b": _half},
    rows=("x",),
    ulps={"exponents": (4, 4)},
)

LINEAR_WITHOUT_BIAS = replace(
    LINEAR,
    name="linear without bias",
    regions={
        "usual": draws.linear(normal(1), bias=False),
        "exponents": draws.linear(exponents(0), bias=False),
    },
    gradients=("x", "W"),
    restrictions={"backward_delta": ("x",), "backward_update_gradient": ("W",)},
    affine=("x", "W"),
    reach={"x": _root, "W": _root},
)

SMALLEST_S, LARGEST_S = rbf.RBF.hyperparameters[0].safe
"""The range of s in which the layer states that its results are finite."""

RBF = Case(
    "rbf",
    module="rbf",
    axes={"N": 0, "d": 0, "J": 1},
    regions={
        "usual": draws.rbf(normal(1)),
        "wide": draws.rbf(normal(4)),
        "narrow": draws.rbf(normal(1), s=0.25),
        "exponents": draws.rbf(exponents(3)),
        "offset 1000": draws.rbf(normal(1, offset=1e3)),
        "offset 10000": draws.rbf(normal(1, offset=1e4)),
        "one away": draws.rbf(outlier(30)),
        "one far away": draws.rbf(outlier(1e3)),
        "smallest s": draws.rbf(normal(SMALLEST_S), s=SMALLEST_S),
        "smallest s, large x": draws.rbf(normal(1e4), s=SMALLEST_S),
        "largest s": draws.rbf(normal(LARGEST_S), s=LARGEST_S),
        "largest s, usual x": draws.rbf(normal(1), s=LARGEST_S),
    },
    oracle=oracles.rbf,
    stated=oracles.rbf_about_the_mean,
    gradients=("x", "c"),
    restrictions={"backward_delta": ("x",), "backward_update_gradient": ("c",)},
    reach={"x": _root, "c": _root},
    hyperparameters={"s": (SMALLEST_S, LARGEST_S)},
    rows=("x",),
    spreads=("c",),
    # Elsewhere the errors of q count, which plain loops bound.
    ulps={"usual": (4, 4), "offset 1000": (4, 4), "offset 10000": (4, 4)},
)

CROSS_ENTROPY = Case(
    "cross entropy",
    module="cross_entropy_loss",
    axes={"N": 0, "K": 1},
    regions={
        "usual": draws.classes(normal(1)),
        "confident": draws.classes(normal(30)),
        "large": draws.classes(normal(1e4)),
        "ties": draws.classes(ties),
        "exponents": draws.classes(exponents(9)),
    },
    oracle=oracles.cross_entropy,
    definition=oracles.softmax_then_cross_entropy,
    gradients=("yhat",),
    reach={"yhat": _half},
    # A target with several classes weighs every ŷ − max ŷ, which must not overflow; a label picks one of them.
    unbounded={"yhat": _half},
    rows=("yhat",),
    ulps={"usual": (4, 4), "confident": (4, 4), "large": (4, 4), "ties": (4, 4), "exponents": (4, 4)},
)

CROSS_ENTROPY_OF_LABELS = replace(
    CROSS_ENTROPY,
    name="cross entropy of labels",
    forward="forward_labels",
    backward="backward_labels",
    regions={
        "usual": draws.labels(normal(1)),
        "confident": draws.labels(normal(30)),
        "large": draws.labels(normal(1e4)),
        "ties": draws.labels(ties),
        "exponents": draws.labels(exponents(9)),
    },
    oracle=oracles.cross_entropy_of_labels,
    definition=None,
    unbounded={"yhat": _whole},
)

BCE_WITH_LOGITS = Case(
    "bce with logits",
    module="bce_with_logits_loss",
    axes={"N": 0, "d": 0},
    regions={
        "usual": draws.bits(normal(1)),
        "confident": draws.bits(normal(30)),
        "large": draws.bits(normal(1e4)),
        "exponents": draws.bits(exponents(9)),
    },
    oracle=oracles.bce_with_logits,
    definition=oracles.sigmoid_then_bce,
    gradients=("a",),
    analytic=False,
    reach={"a": _half},
    unbounded={"a": _whole},
    rows=("a",),
    # log(1 + e^a) − y·a cancels down to |a|/64 for the targets drawn: up to 64 units of the result are lost.
    ulps={"usual": (4, 4), "confident": (64, 4), "large": (64, 4), "exponents": (64, 4)},
)

LAYERS = (LINEAR, LINEAR_WITHOUT_BIAS, RBF, CROSS_ENTROPY, CROSS_ENTROPY_OF_LABELS, BCE_WITH_LOGITS)
"""One entry a layer and way of calling it."""

CASES = tuple(variant for case in LAYERS for variant in case.variants())
"""Every pair of functions that the suite runs."""

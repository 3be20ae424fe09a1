"""The emitted losses under test, as data."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from tests.regime import draws, oracles
from tests.regime.case import Case
from tests.regime.draws import (
    between,
    bits,
    exponents,
    labels,
    near_an_end,
    near_zero,
    normal,
    positive,
    proportions,
    ties,
    together,
)
from tests.regime.reach import half, root, whole

SQUARES = {
    "usual": together(y=normal(1), yhat=normal(1)),
    "close": draws.close,
    "large": together(y=normal(1e4), yhat=normal(1e4)),
    "exponents": together(y=exponents(9), yhat=exponents(9)),
}

MSE = Case(
    "mse",
    module="mse_loss",
    axes={"N": 0, "d": 0},
    regions=SQUARES,
    oracle=oracles.squared_error,
    gradients=("yhat",),
    reach={"y": root, "yhat": root},
    unbounded={"yhat": half},
    rows=("yhat",),
    # Nothing cancels but ŷ − y, half a unit: a square loses 1.5 units of itself, a sum of four 1.5 more.
    ulps=dict.fromkeys(SQUARES, (3, 2)),
    relative=dict.fromkeys(SQUARES, (3, 2)),
)

HALF_MSE = replace(MSE, name="half mse", module="half_mse_loss", oracle=oracles.half_squared_error)

CLASSES = {
    "usual": normal(1),
    "confident": normal(30),
    "large": normal(1e4),
    "ties": ties,
    "exponents": exponents(9),
}
"""Where scores of classes come from."""

SOFTMAX_HALF_MSE = Case(
    "softmax, half mse",
    module="softmax_half_mse_loss",
    axes={"N": 0, "K": 1},
    regions={name: together(o=between(0, 1), a=entries) for name, entries in CLASSES.items()},
    oracle=oracles.softmax_then_half_squared_error,
    gradients=("a",),
    reach={"o": root, "a": half},
    unbounded={"a": whole},
    kinks=together(o=between(0, 1), a=ties),
    rows=("a",),
    # |l − o| ≤ 1 and l ≤ 1: four squares, then a sum of four products as in softmax.
    ulps=dict.fromkeys(CLASSES, (8, 8)),
)

NLL = Case(
    "nll",
    module="nll_loss",
    axes={"N": 0, "K": 0},
    regions={
        # No zeros among the usual targets: 0·NaN is NaN, though the loss does not depend on that entry.
        "usual": together(y=normal(1), yhat=normal(1)),
        "distributions": together(y=proportions, yhat=normal(30)),
        "exponents": together(y=proportions, yhat=exponents(9)),
    },
    oracle=oracles.negative_log_likelihood,
    gradients=("yhat",),
    affine=("yhat",),
    reach={"y": root, "yhat": root},
    rows=("yhat",),
    # A gradient is one product; a loss may cancel.
    relative=dict.fromkeys(("usual", "distributions", "exponents"), (inf, 1)),
)

NLL_OF_LABELS = replace(
    NLL,
    name="nll of labels",
    forward="forward_labels",
    backward="backward_labels",
    axes={"N": 0, "K": 1},
    regions={"usual": labels(normal(1)), "large": labels(normal(1e4)), "all exponents": labels(exponents(127, -126))},
    oracle=oracles.negative_log_likelihood_of_labels,
    reach={"yhat": whole},
    relative=dict.fromkeys(("usual", "large", "all exponents"), (0, 0)),
)

CROSS_ENTROPY = Case(
    "cross entropy",
    module="cross_entropy_loss",
    axes={"N": 0, "K": 1},
    regions={name: together(y=proportions, yhat=entries) for name, entries in CLASSES.items()},
    oracle=oracles.cross_entropy,
    definition=oracles.softmax_then_cross_entropy,
    gradients=("yhat",),
    reach={"yhat": half},
    # A target with several classes weighs every ŷ − max ŷ, which must not overflow; a label picks one of them.
    unbounded={"yhat": half},
    kinks=together(y=proportions, yhat=ties),
    rows=("yhat",),
    ulps=dict.fromkeys(CLASSES, (4, 4)),
)

CROSS_ENTROPY_OF_LABELS = replace(
    CROSS_ENTROPY,
    name="cross entropy of labels",
    forward="forward_labels",
    backward="backward_labels",
    regions={name: labels(entries) for name, entries in CLASSES.items()},
    oracle=oracles.cross_entropy_of_labels,
    definition=None,
    unbounded={"yhat": whole},
    kinks=labels(ties),
)

BCE = Case(
    "bce",
    module="bce_loss",
    axes={"N": 0, "d": 0},
    regions={
        "usual": together(y=bits, yhat=between(0.25, 0.75)),
        "near an end": together(y=bits, yhat=near_an_end),
        "small": together(y=bits, yhat=positive(exponents(-1, -76))),
    },
    oracle=oracles.bce,
    gradients=("yhat",),
    probabilities=("yhat",),
    reach={"yhat": lambda info: 1.0},
    rows=("yhat",),
    # Both terms have one sign: a log of 4 ulps, 1 − y, a product, a sum. A gradient is five roundings.
    ulps={"usual": (6, 4), "near an end": (6, 4), "small": (6, 4)},
    relative={"usual": (6, 4), "near an end": (6, 4), "small": (6, 4)},
)

BCE_WITH_LOGITS = Case(
    "bce with logits",
    module="bce_with_logits_loss",
    axes={"N": 0, "d": 0},
    regions={
        "usual": together(y=bits, a=normal(1)),
        "confident": together(y=bits, a=normal(30)),
        "large": together(y=bits, a=normal(1e4)),
        "exponents": together(y=bits, a=exponents(9)),
    },
    oracle=oracles.bce_with_logits,
    definition=oracles.sigmoid_then_bce,
    gradients=("a",),
    analytic=False,
    reach={"a": half},
    unbounded={"a": whole},
    kinks=together(y=bits, a=near_zero),
    rows=("a",),
    # log(1 + e^a) − y·a cancels down to |a|/64 for the targets drawn: up to 64 units of the result are lost.
    ulps={"usual": (4, 4), "confident": (64, 4), "large": (64, 4), "exponents": (64, 4)},
)

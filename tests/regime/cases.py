"""The emitted functions under test: adding a layer adds an oracle, an entry, and its name here."""

from __future__ import annotations

from tests.regime.layer_cases import (
    FULLY_CONNECTED,
    FULLY_CONNECTED_WITHOUT_BIAS,
    LINEAR,
    LINEAR_WITHOUT_BIAS,
    LOG_SOFTMAX,
    RBF,
    RELU,
    SIGMOID,
    SOFTMAX,
    TANH,
)
from tests.regime.loss_cases import (
    BCE,
    BCE_WITH_LOGITS,
    CROSS_ENTROPY,
    CROSS_ENTROPY_OF_LABELS,
    HALF_MSE,
    MSE,
    NLL,
    NLL_OF_LABELS,
    SOFTMAX_HALF_MSE,
)
from tests.regime.window_cases import WINDOW_CASES

AHEAD = (RELU, *WINDOW_CASES)
"""Cases that may stand here before their module is emitted."""

WRITTEN = (
    *(LINEAR, LINEAR_WITHOUT_BIAS, FULLY_CONNECTED, FULLY_CONNECTED_WITHOUT_BIAS),
    *(TANH, SIGMOID, RELU, SOFTMAX, LOG_SOFTMAX, RBF),
    *(MSE, HALF_MSE, SOFTMAX_HALF_MSE, NLL, NLL_OF_LABELS),
    *(CROSS_ENTROPY, CROSS_ENTROPY_OF_LABELS, BCE, BCE_WITH_LOGITS),
    *WINDOW_CASES,
)
"""One entry a layer and way of calling it."""

LAYERS = tuple(case for case in WRITTEN if case.is_generated)
"""Those whose module is there."""

CASES = tuple(variant for case in LAYERS for variant in case.variants())
"""Every pair of functions that the suite runs."""

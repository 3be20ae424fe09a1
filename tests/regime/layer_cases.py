"""The emitted layers under test, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from derivations.layers import rbf
from tests.regime import draws, oracles
from tests.regime.case import Case
from tests.regime.draws import Entries, away_from_zero, exponents, near_zero, normal, outlier, ties, together
from tests.regime.numbers import sin, tanh
from tests.regime.reach import half, root, whole

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
    reach={"x": root, "W": root, "b": half},
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
    reach={"x": root, "W": root},
)

FULLY_CONNECTED = replace(
    LINEAR,
    name="fully connected, tanh",
    module="fully_connected",
    oracle=oracles.fully_connected(oracles.tanh_by_one_exponential),
    stated=oracles.fully_connected(tanh),
    functions={"f": np.tanh, "f_prime": lambda c: 1 - np.tanh(c) ** 2},
    affine=(),
    # |z| < 1; |c| ≤ 4 and its error, 2ε|c|, are damped by f' ≤ 1, |cf'| < 1/2. The gradients sum 4 products.
    ulps={"exponents": (4, 8)},
)
"""Further functions stand in tests/test_function_arguments.py."""

FULLY_CONNECTED_WITHOUT_BIAS = replace(
    LINEAR_WITHOUT_BIAS,
    name="fully connected, sine, without bias",
    module="fully_connected",
    oracle=oracles.fully_connected(sin),
    functions={"f": np.sin, "f_prime": np.cos},
    affine=(),
    ulps={"exponents": (8, 8)},
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
    reach={"x": root, "c": root},
    hyperparameters={"s": (SMALLEST_S, LARGEST_S)},
    rows=("x",),
    spreads=("c",),
    # Elsewhere the errors of q count, which plain loops bound.
    ulps={"usual": (4, 4), "offset 1000": (4, 4), "offset 10000": (4, 4)},
)

ENTRYWISE = {
    "usual": normal(1),
    "tails": normal(8),
    "large": normal(1e4),
    "exponents": exponents(9),
    "all exponents": exponents(127, -126),
}
"""Where the entries of an activation's argument come from; the last are all exponents of float32."""


def activation(
    name: str,
    of_one_number: Callable[[Any], Any],
    digits: tuple[float, float],
    usual: Entries = ENTRYWISE["usual"],
    **known: Any,
) -> Case:
    """The case of z[n, i] = f(a[n, i]): the formula for one number, and the bounds on its relative errors.

    Where a bound is infinite, the error in ulps is held to 4.
    """
    regions = {**ENTRYWISE, "usual": usual}
    return Case(
        name,
        **{
            "module": name,
            "axes": {"N": 0, "d": 0},
            "regions": {region: together(a=entries) for region, entries in regions.items()},
            "oracle": oracles.each(of_one_number),
            "gradients": ("a",),
            "reach": {"a": whole},
            "kinks": together(a=near_zero),
            "rows": ("a",),
            "ulps": dict.fromkeys(ENTRYWISE, tuple(4 if bound == inf else bound for bound in digits)),
            "relative": dict.fromkeys(ENTRYWISE, digits),
            **known,
        },
    )


# np.tanh is good to 4 ulps. In 1 − z² what z loses counts against 1: no digit of e^{−2|a|} is left at the end.
TANH = activation(
    "tanh",
    oracles.tanh_by_one_exponential,
    (4, inf),
    definition=oracles.each(oracles.tanh_by_exponentials),
    stated=oracles.each(tanh),
)

# e^{−|a|} is good to 4 ulps; of its error 1/(1 + t) and t/(1 + t)² keep at most all, and add 1 and 2.5 ulps.
SIGMOID = activation("sigmoid", oracles.sigmoid, (5, 7), analytic=False)

# One comparison: no digit is lost.
RELU = activation(
    "relu",
    oracles.positive_part,
    (0, 0),
    usual=away_from_zero(2.0**-4),
    analytic=False,
)

SCORES = {
    "usual": together(a=normal(1)),
    "confident": together(a=normal(30)),
    "large": together(a=normal(1e4)),
    "ties": together(a=ties),
    "exponents": together(a=exponents(9)),
}
"""Scores a[n, k] of classes."""

SOFTMAX = Case(
    "softmax",
    module="softmax",
    axes={"N": 0, "K": 1},
    regions=SCORES,
    oracle=oracles.softmax,
    gradients=("a",),
    reach={"a": half},
    unbounded={"a": whole},
    kinks=together(a=ties),
    rows=("a",),
    # p ≤ 1; u e^u ≥ −1/e, so that rounding u costs less than ε. |δ| ≤ 1: four products of at most p each.
    ulps=dict.fromkeys(SCORES, (4, 8)),
    # Of p itself rounding u costs |u|ε/2, nothing where u is a small integer; exp, a sum and a division 6 at most.
    relative={"usual": (10, inf), "ties": (6, inf)},
)

LOG_SOFTMAX = replace(
    SOFTMAX,
    name="log softmax",
    module="log_softmax",
    oracle=oracles.log_softmax,
    definition=oracles.log_of_softmax,
    relative={},
    # Rounding u costs ε/2 of itself, log at most 4 ulps. Σδ ≤ 4: its rounding, and that of its product with p.
    ulps=dict.fromkeys(SCORES, (6, 16)),
)

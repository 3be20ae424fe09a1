"""How many digits survive: errors in units in the last place, against references of hundreds of bits.

Run ``python -m tests.regime.accuracy`` for the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb
from rich.console import Console
from rich.table import Table

from tests.regime.case import Case, Functions
from tests.regime.cases import LAYERS
from tests.regime.draws import exponents
from tests.regime.numbers import MANY_BITS, Arguments, as_ball, ball, cast, jacobian, lift, precision

DRAWS = 30


@dataclass(frozen=True)
class Loss:
    """The largest errors seen: absolute in units of ε·max(1, |δ|), relative in units of ε·|exact|."""

    absolute: float = 0.0
    relative: float = 0.0

    def __or__(self, other: Loss) -> Loss:
        return Loss(max(self.absolute, other.absolute), max(self.relative, other.relative))


def measure(
    case: Case, functions: Functions, region: str, dtype: Any, draws: int = DRAWS
) -> tuple[Loss, Loss]:
    """What is lost of the output and of the gradients over draws from a region."""
    forward, backward = Loss(), Loss()
    for seed in range(draws):
        arguments = cast(case.draw(seed, region=region), dtype)
        of_output, of_gradients = measure_once(case, functions, arguments, seed)
        forward, backward = forward | of_output, backward | of_gradients
    return forward, backward


def measure_once(case: Case, functions: Functions, arguments: Arguments, seed: int) -> tuple[Loss, Loss]:
    """The same for one set of arguments, with δ of all magnitudes up to 1."""
    output, saved = functions.forward(*arguments.values())
    rng = np.random.default_rng(seed)
    delta = exponents(0, -20)(rng, output.shape).astype(output.dtype)
    with precision(MANY_BITS):
        forward = loss(output, case.oracle(*lift(arguments).values()))
        backward = Loss()
        for name, gradient in zip(case.gradients, functions.backward(saved, delta), strict=True):
            slopes = jacobian(case.oracle, arguments, name).reshape(delta.size, *gradient.shape)
            weighted = (slope * ball(d) for slope, d in zip(slopes, delta.flat, strict=True))
            exact = sum(weighted, np.zeros(gradient.shape, object))
            backward = backward | loss(gradient, exact)
        return forward, backward


def loss(computed: np.ndarray, exact: Any) -> Loss:
    """The largest errors of the entries; below the smallest normal number only the absolute one counts."""
    eps, least = float(np.finfo(computed.dtype).eps), float(np.finfo(computed.dtype).smallest_normal)
    worst = Loss()
    for index in np.ndindex(computed.shape):
        truth = as_ball(exact[index])
        error, size = abs(ball(computed[index]) - truth), abs(truth)
        absolute = float((error / arb.max(size, arb(1)) / eps).mid())
        worst = worst | Loss(absolute, float((error / size / eps).mid()) if size > least else 0.0)
    return worst


def rows(cases: Sequence[Case], draws: int) -> Iterator[tuple[str, str, str, Loss, Loss]]:
    """Case, region and dtype, with what the output and the gradients lose there."""
    for case in cases:
        for region in case.regions:
            for dtype in (np.float32, np.float64):
                lost = measure(case, case.load(), region, dtype, draws)
                yield case.name, region, np.dtype(dtype).name, *lost


def report(cases: Sequence[Case] = LAYERS, draws: int = DRAWS) -> Table:
    """The table of cases, regions and dtypes."""
    table = Table(title="the largest errors, in units in the last place")
    for heading in ("functions", "region", "dtype"):
        table.add_column(heading, no_wrap=True)
    for heading in ("output\nabs.", "\nrel.", "gradients\nabs.", "\nrel."):
        table.add_column(heading, justify="right", min_width=9)
    for *where, forward, backward in rows(cases, draws):
        lost = (forward.absolute, forward.relative, backward.absolute, backward.relative)
        table.add_row(*where, *(f"{value:.3g}" for value in lost))
    return table


if __name__ == "__main__":
    Console(width=110).print(report())

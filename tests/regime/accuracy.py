"""How many digits survive: errors in units in the last place, against references of thousands of bits.

``python -m tests.regime.accuracy`` prints the page ``docs/evidence/accuracy.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from flint import arb

from tests.regime.case import Case, Functions
from tests.regime.cases import LAYERS
from tests.regime.draws import exponents
from tests.regime.numbers import MANY_BITS, Arguments, as_ball, ball, cast, jacobian, lift, precision

DRAWS = 30

PAGE = """# Accuracy

`python -m tests.regime.accuracy > docs/evidence/accuracy.md`

The largest errors of the generated functions, against balls of {bits} bits: {draws} draws a region, sizes 1 to
4, |δ| from 2⁻²⁰ to 1. In units of ε times max(1, |exact|) (**ulps**, which the tests bound), of ε times
max(1, |δ|), which is ε here (**abs.**), and of ε times |exact| (**rel.**).

A relative error of 1/ε (8.4e+06, 4.5e+15) is a 0 where the exact value is none: a loss or a gradient below ε,
beside probabilities of about 1. RBF computes |x − c|² by a product about the mean m of c, and loses
ε (|x − m|² + |c − m|²) of it: digits go where one centre lies far away.

{rows}
"""

HEADINGS = (
    *("functions", "region", "dtype"),
    *("output: ulps", "abs.", "rel.", "gradients: ulps", "abs.", "rel."),
)


@dataclass(frozen=True)
class Loss:
    """The largest errors seen, in units of ε·max(1, |exact|), of ε, and of ε·|exact|."""

    ulps: float = 0.0
    absolute: float = 0.0
    relative: float = 0.0

    def __or__(self, other: Loss) -> Loss:
        return Loss(*map(max, astuple(self), astuple(other)))


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
    """The largest errors of the entries; below the smallest normal number the relative one does not count."""
    eps, least = float(np.finfo(computed.dtype).eps), float(np.finfo(computed.dtype).smallest_normal)
    worst = Loss()
    for index in np.ndindex(computed.shape):
        truth = as_ball(exact[index])
        error, size = abs(ball(computed[index]) - truth) / eps, abs(truth)
        parts = (error / arb.max(size, arb(1)), error, error / size if size > least else arb(0))
        worst = worst | Loss(*(float(part.mid()) for part in parts))
    return worst


def rows(cases: Sequence[Case], draws: int) -> Iterator[tuple[str, str, str, Loss, Loss]]:
    """Case, region and dtype, with what the output and the gradients lose there."""
    for case in cases:
        for region in case.regions:
            for dtype in (np.float32, np.float64):
                lost = measure(case, case.load(), region, dtype, draws)
                yield case.name, region, np.dtype(dtype).name, *lost


def table(cases: Sequence[Case] = LAYERS, draws: int = DRAWS) -> list[str]:
    """The lines of the table of cases, regions and dtypes, in Markdown."""
    lines = [HEADINGS, ("---",) * 3 + ("---:",) * 6]
    for *where, forward, backward in rows(cases, draws):
        lines.append((*where, *(f"{value:.2g}" for value in (*astuple(forward), *astuple(backward)))))
    return [f"| {' | '.join(line)} |" for line in lines]


if __name__ == "__main__":
    print(PAGE.format(bits=MANY_BITS, draws=DRAWS, rows="\n".join(table())), end="")

"""How many digits survive: errors in units in the last place, against references of thousands of bits.

``python -m tests.regime.accuracy`` prints the page ``docs/evidence/accuracy.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from flint import arb

from tests.regime.case import Case, Functions
from tests.regime.cases import LAYERS
from tests.regime.draws import exponents
from tests.regime.numbers import (
    MANY_BITS,
    Arguments,
    Direction,
    as_ball,
    ball,
    cast,
    coefficients,
    jacobian,
    lift,
    precision,
)
from tests.regime.other_forms import OTHER_FORMS

DRAWS = 30

DTYPES = (np.float32, np.float64)

PAGE = """# Accuracy

`python -m tests.regime.accuracy > docs/evidence/accuracy.md`

The largest errors of the generated functions, against balls of {bits} bits: {draws} draws a region, sizes 1 to
4, |δ| from 2⁻²⁰ to 1. In units of ε times max(1, |exact|) (**ulps**, which the tests bound), of ε times
max(1, |δ|), which is ε here (**abs.**), and of ε times |exact| (**rel.**).

A relative error of 1/ε (8.4e+06, 4.5e+15) is a 0 where the exact value is none: a loss or a gradient below ε,
beside probabilities of about 1; below 2⁻¹²⁶ and 2⁻¹⁰²² it is not counted. RBF computes |x − c|² by a product about
the mean m of c, and loses ε (|x − m|² + |c − m|²) of it: digits go where one centre lies far away. Sums of products
of both signs (linear, NLL, the gradients of softmax) cancel as their terms do. tanh's gradient is at worst ten
times too large (8.5e+07): the last step of 1 − z² before 0.

{rows}

## Other forms of the same formulas

Where the table above shows digits lost that another form keeps, both were measured on the same draws; r, s and t
are as written, u is the score less the largest.

{others}
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


def measure_every_exponent(case: Case, functions: Functions, dtype: Any) -> tuple[Loss, Loss]:
    """What is lost over all exponents of a dtype, for an output each entry of which hangs on its own entry."""
    (name,) = case.gradients
    swept = every_exponent(dtype)[:, None]
    arguments = {**cast(case.draw(0, len(swept), 1), dtype), name: swept}
    output, saved = functions.forward(*arguments.values())
    (gradient,) = functions.backward(saved, np.ones_like(output))
    with precision(MANY_BITS):
        exact = case.oracle(*lift(arguments, Direction({name: np.ones(swept.shape)})).values())
        return loss(output, coefficients(exact, 0)), loss(gradient, coefficients(exact, 1))


def every_exponent(dtype: Any) -> np.ndarray:
    """A power of 2 and another number of each exponent, the subnormal ones included, of both signs."""
    info = np.finfo(dtype)
    powers = np.ldexp(1.0, np.arange(info.minexp - info.nmant, info.maxexp))
    magnitudes = np.concatenate([powers, powers * np.random.default_rng(0).uniform(1, 2, len(powers))])
    return np.concatenate([magnitudes, -magnitudes]).astype(dtype)


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


def row(
    where: Sequence[str], case: Case, functions: Functions, region: str, dtype: Any, draws: int
) -> tuple[str, ...]:
    """The cells of one line: where it was measured, and what is lost there."""
    lost = measure(case, functions, region, dtype, draws)
    return (*where, *(f"{value:.2g}" for part in lost for value in astuple(part)))


def markdown(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table whose last six columns are numbers."""
    escaped = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    rule = ("---",) * (len(headings) - 6) + ("---:",) * 6
    return [f"| {' | '.join(line)} |" for line in (headings, rule, *escaped)]


def table(cases: Sequence[Case] = LAYERS, draws: int = DRAWS) -> list[str]:
    """What every case loses in each region and dtype."""
    return markdown(
        HEADINGS,
        (
            row((case.name, region, np.dtype(dtype).name), case, case.load(), region, dtype, draws)
            for case in cases
            for region in case.regions
            for dtype in DTYPES
        ),
    )


def table_of_other_forms(draws: int = DRAWS) -> list[str]:
    """What the emitted functions lose where another form keeps digits, and what that form loses."""
    return markdown(
        ("form", *HEADINGS),
        (
            row((words, one.case.name, one.region, np.dtype(dtype).name), one.case, functions, one.region, dtype, draws)
            for one in OTHER_FORMS
            if one.case.is_generated
            for dtype in DTYPES
            for words, functions in (("emitted", one.case.load()), (one.words, one.functions))
        ),
    )


if __name__ == "__main__":
    parts = {"rows": table(), "others": table_of_other_forms()}
    print(PAGE.format(bits=MANY_BITS, draws=DRAWS, **{k: "\n".join(v) for k, v in parts.items()}), end="")

"""Layers with moving windows against torch, where it is installed: forward and gradients.

Errors are counted in the sum of the absolute values of what is added up, entry by entry: a sum that cancels has lost
what its terms have lost. Run it with torch, NumPy, pytest and hypothesis in one environment.
"""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from tests.regime.window_layers import AVERAGE, CONVOLUTION, KINDS, MAXIMUM, TRANSPOSED, Setting, restricted
from tests.regime.window_oracles import Moves
from tests.regime.window_trials import Found, Trial, integers

torch = pytest.importorskip("torch", reason="torch is no requirement of the project: this test is optional")

TOLERANCES = {np.float32: 1e-5, np.float64: 1e-13}
"""Of the sum of the absolute terms."""

each_kind = pytest.mark.parametrize("kind", [pytest.param(kind, id=name) for name, kind in KINDS.items()])
each_dtype = pytest.mark.parametrize("dtype", TOLERANCES, ids=lambda dtype: np.dtype(dtype).name)

SIDES = {1: (13,), 2: (8, 9), 3: (4, 5, 6)}


def settings_of(kind, rank: int) -> list[Setting]:
    """Some strides, paddings, dilations, groups and kernels; torch's pooling pads half a kernel at most."""
    found = set()
    for stride, padding, dilation, groups, size in product((1, 2, 3), (0, 1), (1, 2), (1, 2), (2, 3)):
        others = (1,) * (rank - 1)
        moves = Moves((stride, *others), (padding,) * rank, (*others, dilation))
        at = Setting(moves, (*(2,) * (rank - 1), size), SIDES[rank], groups, channels=3, outputs=2)
        found.add(restricted(kind, replace(at, extra=(stride - 1, *(0,) * (rank - 1)))))
    return sorted(found, key=repr)


def large(kind, rank: int) -> Setting:
    """As many channels and places as layers have."""
    moves = Moves((2,) * rank, (1,) * rank, (1,) * rank)
    sides = {1: (400,), 2: (28, 29), 3: (9, 10, 11)}[rank]
    at = Setting(moves, (3,) * rank, sides, groups=2, examples=5, channels=16, outputs=24, extra=(1,) * rank)
    return restricted(kind, at)


def normal(kind, at: Setting, dtype) -> Trial:
    """A trial on normally distributed entries."""
    rng = np.random.default_rng(at.rank)
    return Trial(kind, at, {name: rng.standard_normal(shape).astype(dtype) for name, shape in kind.shapes(at).items()})


def by_torch(trial: Trial, of=lambda array: array) -> Found:
    """The output, and the gradients by torch's own backward; where given, of a function of all arrays."""
    given = {name: torch.tensor(of(trial.joined(name)), requires_grad=True) for name in trial.arrays}
    output = called(trial, *given.values())
    output.backward(torch.tensor(of(trial.public_delta)))
    return Found(
        output.detach().numpy().reshape(trial.delta.shape),
        {name: array.grad.numpy().reshape(trial.arrays[name].shape) for name, array in given.items()},
    )


def terms_of(trial: Trial) -> Found:
    """The sums of the absolute terms; a maximum is none, and of integers δ nothing is lost: there it is 0."""
    found = by_torch(trial, lambda array: np.abs(array).astype(np.float64))
    lost = 0 if trial.kind is MAXIMUM else 1
    return Found(lost * found.output, {name: lost * gradient for name, gradient in found.gradients.items()})


def called(trial: Trial, x, K=None, b=None):
    """torch's function of the same name."""
    at, functions = trial.at, torch.nn.functional
    steps = at.steps()
    if trial.kind is CONVOLUTION:
        return getattr(functions, f"conv{at.rank}d")(x, K, b, groups=at.groups, **steps)
    if trial.kind is TRANSPOSED:
        convolve = getattr(functions, f"conv_transpose{at.rank}d")
        return convolve(x, K, b, groups=at.groups, output_padding=at.extra, **steps)
    if trial.kind is AVERAGE:
        pool, unused = getattr(functions, f"avg_pool{at.rank}d"), "dilation"
    else:
        pool, unused = getattr(functions, f"max_pool{at.rank}d"), "padding"
    return pool(x, at.taps, **{name: steps[name] for name in steps if name != unused})


def require_near(found: Found, expected: Found, terms: Found, tolerance: float) -> None:
    """Each entry within a tolerance of its terms."""
    for (name, left), (_, right), (_, total) in zip(found.items(), expected.items(), terms.items(), strict=True):
        assert left.shape == right.shape, name
        gap = np.abs(left.astype(float) - right.astype(float)) - tolerance * total
        assert np.max(gap, initial=0.0) <= 0, f"{name}: off by {np.max(gap)} more than allowed"


@each_dtype
@pytest.mark.parametrize("rank", [1, 2, 3])
@each_kind
def test_functions_and_classes(kind, rank, dtype):
    for at in (*settings_of(kind, rank), large(kind, rank)):
        trial = normal(kind, at, dtype)
        expected, terms = by_torch(trial), terms_of(trial)
        require_near(trial.by_functions(), expected, terms, TOLERANCES[dtype])
        require_near(trial.by_class(), expected, terms, TOLERANCES[dtype])


@pytest.mark.parametrize("rank", [1, 2, 3])
@each_kind
def test_plain_loops(kind, rank):
    """The loops that the other tests trust."""
    for at in settings_of(kind, rank)[:: 1 if rank < 3 else 5]:
        trial = normal(kind, at, np.float64)
        require_near(trial.by_loops(), by_torch(trial), terms_of(trial), TOLERANCES[np.float64])


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_the_first_of_several_maxima(rank):
    """Small integers tie often."""
    for at in settings_of(MAXIMUM, rank):
        trial = integers(MAXIMUM, at, rank, np.float32)
        for (_, left), (_, right) in zip(by_torch(trial).items(), trial.by_loops().items(), strict=True):
            np.testing.assert_array_equal(left, right)

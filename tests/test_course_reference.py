"""The generated layers against arrays that a course computed with code of its own.

The arrays lie outside the project, whose licence they do not share: without them these tests are skipped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from generated import cross_entropy_loss, linear

REFERENCE = Path(__file__).parents[1].parent / "shared" / "data" / "course_reference.npz"


@dataclass(frozen=True)
class Drawn:
    """What the course drew, and its own arrays, which are what later layers are given."""

    X: np.ndarray
    sign: np.ndarray
    label: np.ndarray
    weights: np.ndarray
    kernel: np.ndarray
    reference: Mapping[str, np.ndarray]


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    """The draws in the course's order."""
    if not REFERENCE.exists():
        pytest.skip(
            f"no reference arrays at {REFERENCE.relative_to(REFERENCE.parents[2])} beside the project"
        )
    random = np.random.RandomState(1)
    with np.load(REFERENCE) as arrays:
        return Drawn(
            X=random.randn(20, 10),
            sign=random.choice([-1, 1], 20),
            label=random.choice(range(10), 20),
            weights=2 * (random.rand(10, 1) - 0.5),
            kernel=0.2 * (random.rand(3, 1, 5) - 0.5),
            reference=dict(arrays),
        )


def _linear_backward(drawn: Drawn) -> tuple[np.ndarray, ...]:
    _, saved = linear.forward(drawn.X, drawn.weights.T)
    return linear.backward(saved, drawn.reference["delta_mse"])


def _cross_entropy_backward(drawn: Drawn) -> np.ndarray:
    loss, saved = cross_entropy_loss.forward_labels(drawn.label, drawn.X)
    return cross_entropy_loss.backward_labels(saved, np.ones_like(loss))


COMPUTED: Mapping[str, Callable[[Drawn], np.ndarray]] = {
    "res_lin": lambda drawn: linear.forward(drawn.X, drawn.weights.T)[0],
    "delta_lin": lambda drawn: _linear_backward(drawn)[0],
    "grad_lin": lambda drawn: _linear_backward(drawn)[1].T,
    "res_ce": lambda drawn: cross_entropy_loss.forward_labels(drawn.label, drawn.X)[0],
    "delta_ce": _cross_entropy_backward,
}
"""By the reference's name: the same array by generated code. The course's weights are the transpose of W."""


@pytest.mark.parametrize("name", COMPUTED)
def test_reference(name: str, drawn: Drawn):
    computed, reference = COMPUTED[name](drawn), drawn.reference[name]
    assert computed.shape == reference.shape
    np.testing.assert_allclose(computed, reference, rtol=0, atol=1e-12)

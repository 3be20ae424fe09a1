"""The generated layers against arrays that a course computed with code of its own.

The arrays lie outside the project, whose licence they do not share: without them these tests are skipped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import generated

REFERENCE = Path(__file__).parents[1].parent / "shared" / "data" / "course_reference.npz"

SMALL = 1e-10
"""What the course adds to its logarithms and denominators."""


@dataclass(frozen=True)
class Drawn:
    """What the course drew, and its own arrays, which are what later layers are given."""

    X: np.ndarray
    sign: np.ndarray
    label: np.ndarray
    weights: np.ndarray
    kernel: np.ndarray
    reference: Mapping[str, np.ndarray]

    @property
    def linear(self) -> Any:
        """The course's linear layer; its weights are the transpose of W."""
        layer = generated.Linear(10, 1, bias=False)
        layer.parameters["W"][...] = self.weights.T
        return layer

    @property
    def convolution(self) -> Any:
        """The course's convolution; its kernel[r, c, o] is our K[o, c, r]."""
        layer = generated.Conv1d(1, 5, 3, stride=2, bias=False)
        layer.parameters["K"][...] = self.kernel.transpose(2, 1, 0)
        return layer

    @property
    def signal(self) -> np.ndarray:
        """X as one channel."""
        return self.X[:, None, :]

    @property
    def target(self) -> np.ndarray:
        """The signs as a column."""
        return self.sign[:, None]

    @property
    def positive(self) -> np.ndarray:
        """1 where the sign is positive, else 0."""
        return (self.target > 0).astype(float)


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


def _activation(name: str) -> Callable[[Drawn], np.ndarray]:
    return lambda drawn: getattr(generated, name)().forward(drawn.reference["res_lin"])


def _delta(name: str) -> Callable[[Drawn], np.ndarray]:
    return lambda drawn: getattr(generated, name)().backward_delta(
        drawn.reference["res_lin"], drawn.reference["delta_mse"]
    )


def _weights_gradient(drawn: Drawn) -> np.ndarray:
    layer = drawn.linear
    layer.backward_update_gradient(drawn.X, drawn.reference["delta_mse"])
    return layer.gradients["W"].T


def turned(array: np.ndarray) -> np.ndarray:
    """Channels last, as the course has it, for channels first, and the other way round."""
    return array.transpose(0, 2, 1)


def _kernel_gradient(drawn: Drawn) -> np.ndarray:
    layer = drawn.convolution
    layer.backward_update_gradient(drawn.signal, turned(drawn.reference["delta_pool"]))
    return layer.gradients["K"].transpose(2, 1, 0)


COMPUTED: Mapping[str, Callable[[Drawn], np.ndarray]] = {
    "res_lin": lambda drawn: drawn.linear.forward(drawn.X),
    "res_mse": lambda drawn: generated.MSELoss().forward(drawn.target, drawn.reference["res_lin"]),
    "delta_mse": lambda drawn: generated.MSELoss().backward(drawn.target, drawn.reference["res_lin"]),
    "grad_lin": _weights_gradient,
    "delta_lin": lambda drawn: drawn.linear.backward_delta(drawn.X, drawn.reference["delta_mse"]),
    "res_tanh": _activation("TanH"),
    "delta_tanh": _delta("TanH"),
    "res_sig": _activation("Sigmoid"),
    "delta_sig": _delta("Sigmoid"),
    "res_relu": _activation("ReLU"),
    "delta_relu": _delta("ReLU"),
    "soft_lin": _activation("Softmax"),
    "res_ce": lambda drawn: generated.CrossEntropyLoss().forward(drawn.label, drawn.X),
    "delta_ce": lambda drawn: generated.CrossEntropyLoss().backward(drawn.label, drawn.X),
    "res_conv": lambda drawn: turned(drawn.convolution.forward(drawn.signal)),
    "res_pool": lambda drawn: turned(generated.MaxPool1d(2).forward(turned(drawn.reference["res_conv"]))),
    "res_flat": lambda drawn: generated.Flatten().forward(drawn.reference["res_pool"]),
    "res_linconv": lambda drawn: drawn.linear.forward(drawn.reference["res_flat"]),
    "res_mseconv": lambda drawn: generated.MSELoss().forward(drawn.target, drawn.reference["res_linconv"]),
    "delta_mseconv": lambda drawn: generated.MSELoss().backward(drawn.target, drawn.reference["res_linconv"]),
    "delta_linconv": lambda drawn: drawn.linear.backward_delta(
        drawn.reference["res_flat"], drawn.reference["delta_mseconv"]
    ),
    "delta_flat": lambda drawn: generated.Flatten().backward_delta(
        drawn.reference["res_pool"], drawn.reference["delta_linconv"]
    ),
    "delta_pool": lambda drawn: turned(
        generated.MaxPool1d(2).backward_delta(
            turned(drawn.reference["res_conv"]), turned(drawn.reference["delta_flat"])
        )
    ),
    "delta_conv": lambda drawn: turned(
        drawn.convolution.backward_delta(drawn.signal, turned(drawn.reference["delta_pool"]))
    ),
    "grad_conv": _kernel_gradient,
}
"""By the reference's name: the same array by generated classes."""


def test_count():
    """25 of the 27 arrays; the other two stand below."""
    assert len(COMPUTED) == 25
    assert not {"res_bce", "delta_bce"} & set(COMPUTED)


def test_no_array_is_left_out(drawn: Drawn):
    assert set(drawn.reference) == {*COMPUTED, "res_bce", "delta_bce"}


@pytest.mark.parametrize("name", COMPUTED)
def test_reference(name: str, drawn: Drawn):
    computed, reference = COMPUTED[name](drawn), drawn.reference[name]
    assert computed.shape == reference.shape
    np.testing.assert_allclose(computed, reference, rtol=0, atol=1e-12)


def test_the_course_from_end_to_end(drawn: Drawn):
    """Its layers one after the other, in its own layout: what goes in between is ours, not the references'."""
    convolution = generated.Conv1D(3, 1, 5, stride=2)
    convolution.parameters["K"][...] = drawn.kernel.transpose(2, 1, 0)
    layers = generated.Sequential(convolution, generated.MaxPool1D(2, 2), generated.Flatten(), drawn.linear)
    signal, loss = drawn.X[:, :, None], generated.MSELoss()
    output = layers.forward(signal)
    delta = layers.backward(signal, loss.backward(drawn.target, output))
    for computed, name in (
        (output, "res_linconv"),
        (loss.forward(drawn.target, output), "res_mseconv"),
        (delta, "delta_conv"),
        (convolution.gradients["K"].transpose(2, 1, 0), "grad_conv"),
    ):
        np.testing.assert_allclose(computed, drawn.reference[name], rtol=0, atol=1e-12, err_msg=name)


class TestTwoMistakes:
    """The other two arrays hold what two mistakes make of the formula; docs/evidence/B.md has the numbers."""

    def test_the_probabilities_are_all_1(self, drawn: Drawn):
        """A softmax over one entry: the formula has no value where the target is 0."""
        assert np.all(drawn.reference["soft_lin"] == 1)
        with pytest.raises(ValueError, match="between 0 and 1"):
            generated.BCELoss().forward(drawn.positive, drawn.reference["soft_lin"])

    def test_losses(self, drawn: Drawn):
        """−(y log(ŷ + 1e-10) − (1 − y) log(1 − ŷ + 1e-10)): the second term has the wrong sign."""
        y, p = drawn.positive, drawn.reference["soft_lin"]
        first, second = y * np.log(p + SMALL), (1 - y) * np.log(1 - p + SMALL)
        np.testing.assert_allclose(-(first - second), drawn.reference["res_bce"], rtol=0, atol=1e-12)
        right = -(first + second)
        assert np.max(np.abs(right - drawn.reference["res_bce"])) == pytest.approx(46.0517018599, abs=1e-9)

    def test_gradients(self, drawn: Drawn):
        """−(y/(ŷ + 1e-10) − (1 − y)/(1 − ŷ + 1e-10)): the signs are right, the denominators are not."""
        y, p = drawn.positive, drawn.reference["soft_lin"]
        gradient = -(y / (p + SMALL) - (1 - y) / (1 - p + SMALL))
        np.testing.assert_allclose(gradient, drawn.reference["delta_bce"], rtol=1e-12, atol=1e-12)

    def test_the_mistakes_are_the_courses(self, drawn: Drawn):
        """Where the formula has a value, ours is that of central differences; the course's form is not."""
        rng = np.random.default_rng(0)
        y, p, step = drawn.positive, rng.uniform(0.2, 0.8, (20, 1)), 2.0**-17
        loss = generated.BCELoss()
        wrong = -(y * np.log(p + SMALL) - (1 - y) * np.log(1 - p + SMALL))
        slope = (loss.forward(y, p + step) - loss.forward(y, p - step)) / (2 * step)
        np.testing.assert_allclose(loss.backward(y, p), slope, rtol=1e-8)
        np.testing.assert_allclose(loss.forward(y, p)[y == 1], wrong[y == 1], atol=1e-9)
        assert np.all(loss.forward(y, p)[y == 0] * wrong[y == 0] < 0)

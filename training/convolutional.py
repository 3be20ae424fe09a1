"""A convolutional network on digits: Conv2d → TanH → AvgPool2d → Flatten → Linear, of generated layers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from generated import AvgPool2d, Conv2d, CrossEntropyLoss, Flatten, Linear, Sequential, TanH
from training.data import CLASSES, Digits
from training.fit import Curve, fit, squares_of

KERNELS, KERNEL, POOL = 12, 5, 2


def convolutional(side: int, seed: int) -> Sequential:
    """A network for images of side × side that has learnt nothing yet; the side is even.

    Twelve kernels of 5 × 5, padded so that the image keeps its side; means of 2 × 2; ten logits.
    """
    rng = np.random.default_rng(seed)
    pooled = side // POOL
    return Sequential(
        Conv2d(1, KERNELS, KERNEL, padding=KERNEL // 2, rng=rng),
        TanH(),
        AvgPool2d(POOL),
        Flatten(),
        Linear(KERNELS * pooled**2, CLASSES, rng=rng),
    )


def train(network: Sequential, training: Digits, held_out: Digits, *, epochs: int, seed: int) -> Curve:
    """Stochastic gradient descent, batches of 16, steps that fall from 0.2 to 0; mean cross-entropy."""
    return fit(
        network,
        CrossEntropyLoss(),
        training,
        held_out,
        epochs=epochs,
        batch=16,
        gradient_step=0.2,
        falling=True,
        seed=seed,
        inputs=squares_of,
    )


def confusion(labels: NDArray[Any], guesses: NDArray[Any]) -> NDArray[np.int64]:
    """How often each digit, a row, was read as each digit, a column."""
    counts = np.zeros((CLASSES, CLASSES), dtype=np.int64)
    np.add.at(counts, (labels, guesses), 1)
    return counts

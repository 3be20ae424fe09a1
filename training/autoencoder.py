"""Document 1's autoencoder, 256-100-10-100-256, of generated layers: 10 numbers for each digit, and back.

It is trained on logits: BCEWithLogitsLoss stays finite where Sigmoid and then a logarithm would not.
Sigmoid is for showing alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generated import BCEWithLogitsLoss, Linear, Sequential, Sigmoid, TanH
from training.data import Digits
from training.fit import Curve, fit, images_of

Array = NDArray[Any]
INPUT, HIDDEN, CODE = 256, 100, 10


@dataclass(frozen=True)
class Autoencoder:
    """Two halves that share their parameters with the whole.

    Attributes
    ----------
    encoder : Sequential
        From 256 grey values to 10 numbers in (-1, 1).
    decoder : Sequential
        From 10 numbers to 256 logits.
    network : Sequential
        Both, one after the other: what is trained.
    """

    encoder: Sequential
    decoder: Sequential
    network: Sequential

    def codes(self, images: Array) -> Array:
        """The 10 numbers of each image."""
        return self.encoder.forward(images)

    def reconstructions(self, images: Array) -> Array:
        """What is left of each image after its passage through 10 numbers, in (0, 1)."""
        return Sigmoid().forward(self.network.forward(images))


def autoencoder(seed: int) -> Autoencoder:
    """An autoencoder that has learnt nothing yet."""
    rng = np.random.default_rng(seed)
    encoder = Sequential(Linear(INPUT, HIDDEN, rng=rng), TanH(), Linear(HIDDEN, CODE, rng=rng), TanH())
    decoder = Sequential(Linear(CODE, HIDDEN, rng=rng), TanH(), Linear(HIDDEN, INPUT, rng=rng))
    return Autoencoder(encoder, decoder, Sequential(*encoder, *decoder))


def train(model: Autoencoder, training: Digits, held_out: Digits, *, epochs: int, seed: int) -> Curve:
    """Stochastic gradient descent, batches of 16, steps that fall from 0.03 to 0; mean loss of a grey value."""
    return fit(
        model.network,
        BCEWithLogitsLoss(),
        training,
        held_out,
        epochs=epochs,
        batch=16,
        gradient_step=0.03,
        falling=True,
        seed=seed,
        targets=images_of,
    )


def loss_of_mean_image(training: Digits, held_out: Digits) -> float:
    """The loss of whoever answers each held-out digit with the mean of the training digits."""
    mean = training.images.mean(axis=0).clip(1e-6, 1 - 1e-6)
    logits = np.broadcast_to(np.log(mean) - np.log1p(-mean), held_out.images.shape)
    return float(BCEWithLogitsLoss().forward(held_out.images, logits).mean())


def least_loss(digits: Digits) -> float:
    """The loss of exact reconstructions: the entropy of grey values, which nothing can go below."""
    y = digits.images
    inside = y[(y > 0) & (y < 1)]
    return float(-(inside * np.log(inside) + (1 - inside) * np.log1p(-inside)).sum() / y.size)

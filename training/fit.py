"""Stochastic gradient descent over modules that speak the vocabulary of document 1."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from training.data import Digits

Array = NDArray[Any]


class Module(Protocol):
    """What is trained: a layer, or a network of them."""

    def forward(self, input: Array) -> Array: ...
    def zero_grad(self) -> None: ...
    def backward_update_gradient(self, input: Array, delta: Array) -> None: ...
    def update_parameters(self, gradient_step: float) -> None: ...


class Loss(Protocol):
    """What is made small: values, one an example or one an entry, and the gradient of their sum."""

    def forward(self, y: Array, yhat: Array) -> Array: ...
    def backward(self, y: Array, yhat: Array) -> Array: ...


@dataclass(frozen=True)
class Curve:
    """The mean loss after each epoch, that before the first one included."""

    training: tuple[float, ...]
    held_out: tuple[float, ...]


def labels_of(digits: Digits) -> Array:
    """What a classifier is to say of digits."""
    return digits.labels


def images_of(digits: Digits) -> Array:
    """Images as rows of grey values: what a dense network is shown, and what an autoencoder is to say of them."""
    return digits.images


def squares_of(digits: Digits) -> Array:
    """Images as one channel of height × width: what a convolutional network is shown."""
    return digits.images.reshape(len(digits), 1, digits.side, digits.side)


def fit(
    module: Module,
    loss: Loss,
    training: Digits,
    held_out: Digits,
    *,
    epochs: int,
    batch: int = 32,
    gradient_step: float = 0.1,
    falling: bool = False,
    seed: int = 0,
    inputs: Callable[[Digits], Array] = images_of,
    targets: Callable[[Digits], Array] = labels_of,
) -> Curve:
    """Train a module in place, and return how the loss went.

    Parameters
    ----------
    module, loss : Module, Loss
        The loss takes the module's output.
    training, held_out : Digits
        Nothing is learnt from those held out.
    epochs, batch : int
        Passes over the training digits, and how many of them go into one step. The order is drawn anew
        in every epoch; the last batch may be smaller.
    gradient_step : float
        The step along the gradient of the loss of an example, averaged over the batch.
    falling : bool
        Whether the step falls linearly, from batch to batch, towards 0 after the last one.
    seed : int
        Of the order of the examples.
    inputs : callable
        What the module is shown: `images_of` or `squares_of` the digits.
    targets : callable
        What the loss compares the output with: `labels_of` or `images_of` the digits.
    """
    rng = np.random.default_rng(seed)
    parts = (training, held_out)
    curve = [tuple(mean_loss(module, loss, part, inputs, targets) for part in parts)]
    steps, done = epochs * math.ceil(len(training) / batch), 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("training", total=epochs)
        for _ in range(epochs):
            for examples in _batches(training, batch, rng):
                left = 1 - done / steps if falling else 1.0
                _step(module, loss, inputs(examples), targets(examples), gradient_step * left)
                done += 1
            curve.append(tuple(mean_loss(module, loss, part, inputs, targets) for part in parts))
            bar.update(task, advance=1, description=f"training, loss {curve[-1][0]:.3f}")
    return Curve(*zip(*curve, strict=True))


def guesses(module: Module, digits: Digits, inputs: Callable[[Digits], Array] = images_of) -> Array:
    """Where the output is largest: what a classifier says of each digit."""
    return module.forward(inputs(digits)).argmax(axis=1)


def accuracy(module: Module, digits: Digits, inputs: Callable[[Digits], Array] = images_of) -> float:
    """The share of digits whose largest output is at their label."""
    return float((guesses(module, digits, inputs) == digits.labels).mean())


def mean_loss(
    module: Module,
    loss: Loss,
    digits: Digits,
    inputs: Callable[[Digits], Array] = images_of,
    targets: Callable[[Digits], Array] = labels_of,
) -> float:
    """The mean of all values of the loss."""
    return float(loss.forward(targets(digits), module.forward(inputs(digits))).mean())


def _step(module: Module, loss: Loss, input: Array, target: Array, gradient_step: float) -> None:
    module.zero_grad()
    module.backward_update_gradient(input, loss.backward(target, module.forward(input)))
    # The gradient is that of the sum over the batch; the step is along that of the mean.
    module.update_parameters(gradient_step / len(input))


def _batches(digits: Digits, batch: int, rng: np.random.Generator) -> Iterator[Digits]:
    order = rng.permutation(len(digits))
    for start in range(0, len(order), batch):
        yield digits[order[start : start + batch]]

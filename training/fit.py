"""Stochastic gradient descent over modules that speak the vocabulary of document 1."""

from __future__ import annotations

from collections.abc import Iterator
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
    """What is made small: one value an example, and the gradient of their sum."""

    def forward(self, y: Array, yhat: Array) -> Array: ...
    def backward(self, y: Array, yhat: Array) -> Array: ...


@dataclass(frozen=True)
class Curve:
    """The mean loss after each epoch, that before the first one included."""

    training: tuple[float, ...]
    held_out: tuple[float, ...]


def fit(
    module: Module,
    loss: Loss,
    training: Digits,
    held_out: Digits,
    *,
    epochs: int,
    batch: int = 32,
    gradient_step: float = 0.1,
    seed: int = 0,
) -> Curve:
    """Train a module in place, and return how the loss went.

    Parameters
    ----------
    module, loss : Module, Loss
        The loss takes the module's output; targets are labels.
    training, held_out : Digits
        Nothing is learnt from those held out.
    epochs, batch : int
        Passes over the training digits, and how many of them go into one step. The order is drawn anew
        in every epoch; the last batch may be smaller.
    gradient_step : float
        The step along the gradient of the batch's mean loss.
    seed : int
        Of the order of the examples.
    """
    rng = np.random.default_rng(seed)
    curve = [_mean_losses(module, loss, training, held_out)]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("training", total=epochs)
        for _ in range(epochs):
            for examples in _batches(training, batch, rng):
                _step(module, loss, examples, gradient_step)
            curve.append(_mean_losses(module, loss, training, held_out))
            bar.update(task, advance=1, description=f"training, loss {curve[-1][0]:.3f}")
    return Curve(*zip(*curve, strict=True))


def accuracy(module: Module, digits: Digits) -> float:
    """The share of digits whose largest output is at their label."""
    return float((module.forward(digits.images).argmax(axis=1) == digits.labels).mean())


def _step(module: Module, loss: Loss, examples: Digits, gradient_step: float) -> None:
    module.zero_grad()
    yhat = module.forward(examples.images)
    module.backward_update_gradient(examples.images, loss.backward(examples.labels, yhat))
    # The gradient is that of the sum over the batch; the step is along that of the mean.
    module.update_parameters(gradient_step / len(examples))


def _batches(digits: Digits, batch: int, rng: np.random.Generator) -> Iterator[Digits]:
    order = rng.permutation(len(digits))
    for start in range(0, len(order), batch):
        yield digits[order[start : start + batch]]


def _mean_losses(module: Module, loss: Loss, *parts: Digits) -> tuple[float, ...]:
    return tuple(float(loss.forward(part.labels, module.forward(part.images)).mean()) for part in parts)

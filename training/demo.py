"""``make demo``: train generated layers on handwritten digits, and draw what they learnt."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from generated import CrossEntropyLoss, Linear
from training import convolutional
from training.autoencoder import autoencoder, least_loss, loss_of_mean_image, train
from training.data import CLASSES, BadData, Digits, at_16, load, split
from training.fit import accuracy, fit, guesses, squares_of
from training.pictures import draw_classifier
from training.pictures_autoencoder import draw_autoencoder
from training.pictures_convolutional import draw_convolutional


def main(
    data: Annotated[
        Path | None, typer.Option(metavar="PATH", help="USPS digits; scikit-learn's if none are given.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the pictures go.")] = Path("demo-output"),
    epochs: Annotated[int, typer.Option(min=1, help="Of the classifier, passes over its training digits.")] = 30,
    sweeps: Annotated[int, typer.Option(min=1, help="The same of the convolutional network.")] = 20,
    passes: Annotated[int, typer.Option(min=1, help="The same of the autoencoder.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the weights and of the order of the examples.")] = 0,
) -> None:
    """Train two classifiers, linear and convolutional, and an autoencoder on digits; say how well they do, draw them.

    Example: python -m training.demo --data usps.txt
    """
    try:
        digits = load(data)
    except BadData as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None
    classify(digits, out / "digits.png", epochs=epochs, seed=seed)
    convolve(digits, out / "convolution.png", epochs=sweeps, seed=seed)
    compress(digits, out / "autoencoder.png", epochs=passes, seed=seed)


def classify(digits: Digits, picture: Path, *, epochs: int, seed: int) -> None:
    """Linear, then cross-entropy of the softmax: the plainest classifier that there is."""
    training, held_out = split(digits)
    module = Linear(digits.side**2, CLASSES, rng=np.random.default_rng(seed))
    start = time.perf_counter()
    curve = fit(module, CrossEntropyLoss(), training, held_out, epochs=epochs, seed=seed)
    seconds = time.perf_counter() - start
    reads = accuracy(module, held_out)
    _say_trained("classifier", digits, len(training), epochs, seconds)
    typer.echo(f"  held-out accuracy: {reads:.1%} of {len(held_out)} digits")
    title = f"What a linear classifier looks for: {reads:.1%} of {len(held_out)} held-out digits read right"
    draw_classifier(module.parameters["W"], digits.side, curve, title, picture)
    typer.echo(f"  picture: {picture}")


def convolve(digits: Digits, picture: Path, *, epochs: int, seed: int) -> None:
    """Convolution, tanh, means of 2 × 2, and ten logits of what is left."""
    training, held_out = split(digits)
    network = convolutional.convolutional(digits.side, seed)
    start = time.perf_counter()
    curve = convolutional.train(network, training, held_out, epochs=epochs, seed=seed)
    seconds = time.perf_counter() - start
    reads = accuracy(network, held_out, squares_of)
    _say_trained("convolutional network", digits, len(training), epochs, seconds)
    typer.echo(f"  held-out accuracy: {reads:.1%} of {len(held_out)} digits")
    layers = list(network)
    seen = layers[1].forward(layers[0].forward(squares_of(held_out)[:1]))
    draw_convolutional(
        layers[0].parameters["K"][:, 0],
        held_out.images[0].reshape(digits.side, digits.side),
        seen[0],
        convolutional.confusion(held_out.labels, guesses(network, held_out, squares_of)),
        curve,
        f"A convolutional network: {reads:.1%} of {len(held_out)} held-out digits read right",
        picture,
    )
    typer.echo(f"  picture: {picture}")


def compress(digits: Digits, picture: Path, *, epochs: int, seed: int) -> None:
    """Document 1's autoencoder: each image of 16 × 16 through 10 numbers, and back."""
    large = at_16(digits)
    training, held_out = split(large)
    model = autoencoder(seed)
    start = time.perf_counter()
    curve = train(model, training, held_out, epochs=epochs, seed=seed)
    seconds = time.perf_counter() - start
    mean, least = loss_of_mean_image(training, held_out), least_loss(held_out)
    _say_trained("autoencoder", large, len(training), epochs, seconds)
    if large is not digits:
        typer.echo(f"  images of {digits.side} × {digits.side} brought to 16 × 16 by bilinear interpolation")
    typer.echo(f"  held-out loss of a grey value: {curve.held_out[-1]:.4f} (training: {curve.training[-1]:.4f})")
    typer.echo(f"  the mean image's: {mean:.4f}; an exact copy's, which none goes below: {least:.4f}")
    draw_autoencoder(
        held_out,
        model.codes(held_out.images),
        model.reconstructions(held_out.images),
        curve,
        (("the mean image", mean), ("an exact copy", least)),
        "An image of 256 grey values through 10 numbers, and back",
        picture,
    )
    typer.echo(f"  picture: {picture}")


def _say_trained(what: str, digits: Digits, count: int, epochs: int, seconds: float) -> None:
    size = f"{digits.side} × {digits.side}"
    typer.echo(f"{what}: trained on {count} digits of {size}, epochs: {epochs}, {seconds:.1f} s")


if __name__ == "__main__":
    typer.run(main)

"""``make demo``: train generated layers on handwritten digits, and draw what they learnt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from generated import CrossEntropyLoss, Linear
from training.data import CLASSES, BadData, Digits, load, split
from training.fit import accuracy, fit
from training.pictures import draw_classifier


def main(
    data: Annotated[
        Path | None, typer.Option(metavar="PATH", help="USPS digits; scikit-learn's if none are given.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the pictures go.")] = Path("demo-output"),
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the training digits.")] = 30,
    seed: Annotated[int, typer.Option(help="Of the weights and of the order of the examples.")] = 0,
) -> None:
    """Train a linear softmax classifier on digits, say how well it reads, and draw its weights.

    Example: python -m training.demo --data usps.txt
    """
    try:
        digits = load(data)
    except BadData as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None
    classify(digits, out / "digits.png", epochs=epochs, seed=seed)


def classify(digits: Digits, picture: Path, *, epochs: int, seed: int) -> None:
    """Linear, then cross-entropy of the softmax: the plainest classifier that there is."""
    training, held_out = split(digits)
    module = Linear(digits.side**2, CLASSES, rng=np.random.default_rng(seed))
    curve = fit(module, CrossEntropyLoss(), training, held_out, epochs=epochs, seed=seed)
    reads = accuracy(module, held_out)
    typer.echo(f"trained on {len(training)} digits of {digits.side} × {digits.side}, epochs: {epochs}")
    typer.echo(f"held-out accuracy: {reads:.1%} of {len(held_out)} digits")
    title = f"What a linear classifier looks for: {reads:.1%} of {len(held_out)} held-out digits read right"
    draw_classifier(module.parameters["W"], digits.side, curve, title, picture)
    typer.echo(f"picture: {picture}")


if __name__ == "__main__":
    typer.run(main)

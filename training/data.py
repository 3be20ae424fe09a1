"""Handwritten digits: scikit-learn's own, or the USPS digits in a text file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

USPS_SIDE = 16
USPS_BRIGHTEST = 2.0
USPS_END = "-1"
CLASSES = 10


class BadData(ValueError):
    """A file that holds no digits; the message names the file, the line and what was expected."""


@dataclass(frozen=True)
class Digits:
    """Images of digits with what they show.

    Attributes
    ----------
    images : ndarray of float64, shape (N, height · width)
        Grey values in [0, 1], row by row.
    labels : ndarray of int64, shape (N,)
        The digits 0 to 9.
    side : int
        Height and width of an image.
    """

    images: NDArray[np.float64]
    labels: NDArray[np.int64]
    side: int

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, chosen: NDArray[np.int64]) -> Digits:
        return Digits(self.images[chosen], self.labels[chosen], self.side)


def load(path: Path | None = None) -> Digits:
    """The digits of a USPS text file, or scikit-learn's where there is no path."""
    return read_usps(path) if path is not None else sklearn_digits()


def sklearn_digits() -> Digits:
    """The 1797 digits of 8 × 8 that come with scikit-learn."""
    from sklearn.datasets import load_digits

    found = load_digits()
    return Digits(found.data / found.data.max(), found.target.astype(np.int64), side=8)


def at_16(digits: Digits) -> Digits:
    """Images of 8 × 8 brought to 16 × 16 by bilinear interpolation between the centres of pixels.

    Beyond the outermost centres the nearest value goes on. Images of 16 × 16 come back as they are.
    """
    if digits.side == USPS_SIDE:
        return digits
    weights = _bilinear(digits.side, USPS_SIDE)
    images = weights @ digits.images.reshape(-1, digits.side, digits.side) @ weights.T
    return Digits(images.reshape(len(digits), -1), digits.labels, USPS_SIDE)


def _bilinear(old: int, new: int) -> NDArray[np.float64]:
    """Each new pixel as a mean of the two old ones that its centre lies between; its rows sum to 1."""
    centres = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
    return np.maximum(0.0, 1 - np.abs(centres[:, None] - np.arange(old)))


def read_usps(path: Path) -> Digits:
    """Read digits of 16 × 16: a header line, then a line for each with its label and 256 values in [0, 2].

    A line that holds -1 alone may end the file.

    Raises
    ------
    BadData
        The file cannot be read, or a line is not of that form.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise BadData(f"{path} cannot be read: {reason}") from None
    rows = [(number, words) for number, line in enumerate(lines, 1) if (words := line.split())]
    if rows and rows[-1][1] == [USPS_END]:
        rows.pop()
    if len(rows) < 2:
        raise BadData(f"{path} holds no digits: a header line and a line for each digit are expected")
    if len(rows[0][1]) == 1 + USPS_SIDE**2:
        raise BadData(f"{path}, line {rows[0][0]}: a header is expected before the first digit")
    digits = [_usps_digit(words, f"{path}, line {number}") for number, words in rows[1:]]
    images = np.array([values for _, values in digits]) / USPS_BRIGHTEST
    return Digits(images, np.array([label for label, _ in digits]), USPS_SIDE)


def _usps_digit(words: list[str], place: str) -> tuple[int, NDArray[np.float64]]:
    label, *values = words
    if len(values) != USPS_SIDE**2:
        raise BadData(f"{place}: {USPS_SIDE**2} values are expected after the label, and there are {len(values)}")
    if label not in map(str, range(CLASSES)):
        raise BadData(f"{place}: the label is expected to be a digit from 0 to 9, and is {label!r}")
    try:
        image = np.array(values, dtype=np.float64)
    except ValueError as error:
        raise BadData(f"{place}: {error}") from None
    wrong = ~((image >= 0) & (image <= USPS_BRIGHTEST))
    if wrong.any():
        worst = values[int(wrong.argmax())]
        raise BadData(f"{place}: values are expected in [0, {USPS_BRIGHTEST:g}], and one is {worst}")
    return int(label), image


def split(digits: Digits, held_out: float = 0.2, seed: int = 0) -> tuple[Digits, Digits]:
    """Shuffle, then part into digits to train on and digits held out; the same for one seed."""
    order = np.random.default_rng(seed).permutation(len(digits))
    count = round(len(digits) * held_out)
    return digits[order[count:]], digits[order[:count]]

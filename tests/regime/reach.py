"""How large the entries of an argument may be, by dtype, so that no step of a formula leaves its range."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Reach = Callable[[np.finfo], float]


def root(info: np.finfo) -> float:
    """So far that products, and squares of differences, summed over a few entries, stay finite."""
    return float(np.sqrt(info.max)) / 16


def half(info: np.finfo) -> float:
    """So far that the difference of two entries stays finite."""
    return float(info.max) / 2


def whole(info: np.finfo) -> float:
    """Every finite float."""
    return float(info.max)

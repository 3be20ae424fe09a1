"""What the machine could do at best: its rates, measured, and the time that a row takes at them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.clock import seconds
from benchmarks.rows import Row

SIDE = 1024
ENTRIES = 1 << 23
TIMES = 15


def rates(dtype: str) -> dict[str, float]:
    """Multiplications and additions a second in a product of matrices, entries a second in and out of memory."""
    a, b, product = (np.ones((SIDE, SIDE), dtype) for _ in range(3))
    source, target = (np.ones(ENTRIES, dtype) for _ in range(2))
    return {
        "products": 2 * SIDE**3 / _least(lambda: np.dot(a, b, product)),
        "entries": 2 * ENTRIES / _least(lambda: np.copyto(target, source)),
    }


def limit(row: Row, rates: dict[str, float]) -> float:
    """The seconds of a row whose products run at the one rate and whose arrays move at the other."""
    return row.products / rates["products"] + row.entries / rates["entries"]


def _least(work: Callable[[], object]) -> float:
    """The time that nothing disturbed."""
    return min(seconds(work, 1) for _ in range(TIMES))

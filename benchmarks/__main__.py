"""``python -m benchmarks``: forward and backward of each layer, emitted against naive, in interleaved rounds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from benchmarks import naive
from generated import bce_with_logits_loss as bce
from generated import cross_entropy_loss as ce
from generated import linear, rbf

ROUNDS = 15
SECONDS_A_ROUND = 0.05


@dataclass(frozen=True)
class Row:
    """One piece of work, done in two ways."""

    work: str
    emitted: Callable[[], object]
    naive: Callable[[], object]


def rows(dtype: type) -> Iterator[Row]:
    """The sizes of all rows; inputs are drawn once."""
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(dtype)

    for n, d, j in ((32, 256, 100), (256, 784, 512), (4096, 1024, 1024)):
        x, w, b, delta = draw(n, d), draw(j, d), draw(j), draw(n, j)
        yield Row(
            f"linear {n} × {d} × {j}",
            lambda x=x, w=w, b=b, g=delta: linear.backward(linear.forward(x, w, b)[1], g),
            lambda x=x, w=w, b=b, g=delta: naive.linear(x, w, b, g),
        )
    for n, d, j in ((128, 32, 64), (1024, 64, 128)):
        x, c, delta = draw(n, d), draw(j, d), draw(n, j)
        yield Row(
            f"RBF {n} × {d} × {j}",
            lambda x=x, c=c, g=delta: rbf.backward(rbf.forward(x, c, 8.0)[1], g),
            lambda x=x, c=c, g=delta: naive.rbf(x, c, 8.0, g),
        )
    for n, k in ((32, 10), (256, 1000), (4096, 1000)):
        t, yhat, delta = rng.integers(0, k, n), draw(n, k), np.ones(n, dtype)
        yield Row(
            f"cross-entropy on labels {n} × {k}",
            lambda t=t, a=yhat, g=delta: ce.backward_labels(ce.forward_labels(t, a)[1], g),
            lambda t=t, a=yhat, g=delta: naive.cross_entropy(t, a, g),
        )
    for n, d in ((256, 100), (4096, 256)):
        y, a, delta = rng.random((n, d)).astype(dtype), draw(n, d), np.ones((n, d), dtype)
        yield Row(
            f"BCE with logits {n} × {d}",
            lambda y=y, a=a, g=delta: bce.backward(bce.forward(y, a)[1], g),
            lambda y=y, a=a, g=delta: naive.bce_with_logits(y, a, g),
        )


def seconds(work: Callable[[], object], times: int) -> float:
    """The time of one call, over several."""
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


def main() -> None:
    """Print a table: medians, and the median of the ratios of paired rounds with their spread."""
    table = Table("forward and backward", "dtype", "emitted", "naive", "emitted / naive", "from … to")
    with threadpool_limits(limits=1):
        for dtype in (np.float32, np.float64):
            for row in rows(dtype):
                times = max(1, int(SECONDS_A_ROUND / max(seconds(row.emitted, 1), 1e-7)))
                pairs = [(seconds(row.emitted, times), seconds(row.naive, times)) for _ in range(ROUNDS)]
                ratios = [ours / theirs for ours, theirs in pairs]
                ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
                spread = f"{min(ratios):.2f} … {max(ratios):.2f}"
                ratio = f"{statistics.median(ratios):.2f}"
                table.add_row(
                    row.work, dtype.__name__, f"{ours * 1e6:.0f} µs", f"{theirs * 1e6:.0f} µs", ratio, spread
                )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()

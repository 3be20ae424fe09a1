"""``python -m benchmarks``: forward and backward of each layer: emitted, naive, and torch where it is installed.

Each round times all of them in turn, so that whatever slows the machine down slows all of them; ratios are
those of one round, and their median is what counts.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from benchmarks import eager, naive
from generated import bce_with_logits_loss as bce
from generated import cross_entropy_loss as ce
from generated import linear, rbf, sigmoid, tanh

ROUNDS = 15
SECONDS_A_ROUND = 0.05
Work = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """One piece of work, done in several ways."""

    work: str
    emitted: Work
    others: Mapping[str, Work]


def row(work: str, module, inputs: tuple, delta, *hyper, labels: bool = False) -> Row:
    """Forward and backward of one module's plain functions, beside what goes by its name elsewhere."""
    name = module.__name__.rpartition(".")[2].removesuffix("_loss")
    suffix = "_labels" if labels else ""
    forward, backward = (getattr(module, direction + suffix) for direction in ("forward", "backward"))
    by_hand = getattr(naive, name)
    others = {"naive": lambda: by_hand(*inputs, *hyper, delta)}
    if eager.INSTALLED and hasattr(eager, name):
        others["torch"] = getattr(eager, name)(*inputs, delta)
    return Row(work, lambda: backward(forward(*inputs, *hyper)[1], delta), others)


def rows(dtype: type) -> Iterator[Row]:
    """The sizes of all rows; inputs are drawn once."""
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(dtype)

    for n, d, j in ((32, 256, 100), (256, 784, 512), (4096, 1024, 1024)):
        yield row(f"linear {n} × {d} × {j}", linear, (draw(n, d), draw(j, d), draw(j)), draw(n, j))
    for n, d in ((256, 100), (4096, 1024)):
        yield row(f"tanh {n} × {d}", tanh, (draw(n, d),), draw(n, d))
        yield row(f"sigmoid {n} × {d}", sigmoid, (draw(n, d),), draw(n, d))
    for n, d, j in ((128, 32, 64), (1024, 64, 128)):
        yield row(f"RBF {n} × {d} × {j}", rbf, (draw(n, d), draw(j, d)), draw(n, j), 8.0)
    for n, k in ((32, 10), (256, 1000), (4096, 1000)):
        inputs = rng.integers(0, k, n), draw(n, k)
        yield row(f"cross-entropy on labels {n} × {k}", ce, inputs, np.ones(n, dtype), labels=True)
    for n, d in ((256, 100), (4096, 256)):
        inputs = rng.random((n, d)).astype(dtype), draw(n, d)
        yield row(f"BCE with logits {n} × {d}", bce, inputs, np.ones((n, d), dtype))


def seconds(work: Work, times: int) -> float:
    """The time of one call, over several."""
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


def measured(each: Row) -> dict[str, list[float]]:
    """The seconds of each way in each round, the ways in turn."""
    ways = {"emitted": each.emitted, **each.others}
    times = max(1, int(SECONDS_A_ROUND / max(seconds(each.emitted, 1), 1e-7)))
    rounds = [{name: seconds(work, times) for name, work in ways.items()} for _ in range(ROUNDS)]
    return {name: [taken[name] for taken in rounds] for name in ways}


def ratios(found: Mapping[str, list[float]], other: str) -> str:
    """The median of the ratios of paired rounds, with the least and the most."""
    if other not in found:
        return "–"
    paired = [ours / theirs for ours, theirs in zip(found["emitted"], found[other], strict=True)]
    return f"{statistics.median(paired):.2f} ({min(paired):.2f} … {max(paired):.2f})"


def micro(found: Mapping[str, list[float]], name: str) -> str:
    return f"{statistics.median(found[name]) * 1e6:.0f}" if name in found else "–"


def main() -> None:
    """Print the table, and how busy the machine was."""
    names = ("emitted", "naive", "torch")
    heads = (*(f"{name} [µs]" for name in names), "emitted / naive", "emitted / torch")
    table = Table("forward and backward", "dtype", *heads)
    before = os.getloadavg()[0]
    eager.one_thread()
    with threadpool_limits(limits=1):
        for dtype in (np.float32, np.float64):
            for each in rows(dtype):
                found = measured(each)
                times = (micro(found, name) for name in names)
                table.add_row(each.work, dtype.__name__, *times, ratios(found, "naive"), ratios(found, "torch"))
    console = Console(width=140)
    console.print(table)
    after = os.getloadavg()[0]
    console.print(f"{ROUNDS} rounds, one thread; load of the machine {before:.1f} before, {after:.1f} after")


if __name__ == "__main__":
    main()

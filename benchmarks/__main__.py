"""``python -m benchmarks``: forward and backward of each layer: emitted, naive, torch and JAX.

Each round times all of them in turn, so that whatever slows the machine down slows all of them; ratios are
those of one round, and their median is what counts. torch and JAX are measured where they are installed, or in
an environment of theirs: ``python -m benchmarks --peers ENVIRONMENT/bin/python``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from collections.abc import Mapping
from contextlib import ExitStack

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.limits import limit
from benchmarks.processes import Process, start
from benchmarks.rows import ROWS, Row

SECONDS_A_ROUND = 0.05
OURS = ("emitted", "emitted, own order")
Times = Mapping[str, list[float]]


def measured(row: Row, dtype: str, processes: Mapping[str, Process], rounds: int) -> Times:
    """The seconds of each way in each round, the ways in turn."""
    ways = {way: each for each in processes.values() for way, layers in each.ways.items() if row.layer in layers}

    def seconds(way: str, times: int) -> float:
        return ways[way].ask(work=row.work, dtype=dtype, way=way, times=times)

    first = {way: seconds(way, 1) for way in ways}
    times = max(1, int(SECONDS_A_ROUND / max(first["emitted"], 1e-7)))
    each_round = [{way: seconds(way, times) for way in ways} for _ in range(rounds)]
    return {way: [found[way] for found in each_round] for way in ways}


def best_peer(found: Times) -> str | None:
    """The fastest of the frameworks."""
    peers = [way for way in found if way not in (*OURS, "naive")]
    return min(peers, key=lambda way: statistics.median(found[way]), default=None)


def ratios(found: Times, ours: str, other: str | None) -> str:
    """The median of the ratios of paired rounds, with the least and the most."""
    if ours not in found or other not in found:
        return "–"
    paired = [mine / theirs for mine, theirs in zip(found[ours], found[other], strict=True)]
    return f"{statistics.median(paired):.2f} ({min(paired):.2f} … {max(paired):.2f})"


def micro(found: Times, way: str | None) -> str:
    return f"{statistics.median(found[way]) * 1e6:.0f}" if way in found else "–"


def cells(row: Row, found: Times, rates: Mapping[str, float]) -> tuple[str, ...]:
    """What the table says of a row."""
    peer = best_peer(found)
    return (
        *(micro(found, way) for way in (*OURS, "naive")),
        f"{micro(found, peer)} {peer}" if peer else "–",
        f"{limit(row, rates) * 1e6:.0f}",
        ratios(found, "emitted", "naive"),
        *(ratios(found, ours, peer) for ours in OURS),
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--peers", default=sys.executable, help="the Python that has torch and JAX")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", help="rows whose name has this in it")
    parser.add_argument("--dtype", choices=("float32", "float64"), action="append")
    return parser.parse_args()


def main() -> None:
    """Print the table, and how busy the machine was."""
    given = arguments()
    heads = (*(f"{way} [µs]" for way in (*OURS, "naive", "best peer", "limit")), "emitted / naive")
    table = Table("forward and backward", "dtype", *heads, *(f"{ours} / best peer" for ours in OURS), box=box.MARKDOWN)
    before = os.getloadavg()[0]
    with ExitStack() as stack:
        processes = start(sys.executable, given.peers, stack)
        for dtype in given.dtype or ("float32", "float64"):
            rates = processes["NumPy"].ask(dtype=dtype)
            for row in ROWS.values():
                if given.only in row.work:
                    found = measured(row, dtype, processes, given.rounds)
                    table.add_row(row.work, dtype, *cells(row, found, rates))
    Console(width=250).print(table)
    print(f"{given.rounds} rounds, one thread; load of the machine {before:.1f} before, {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    main()

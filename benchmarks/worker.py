"""``python -m benchmarks.worker MODULE …``: a process that times its ways whenever it is asked.

It says on a line of JSON which layers each of its ways has, then answers each request on a line by a line: one
with a row by a time, one with a dtype alone by the rates of the machine.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from importlib.util import find_spec

from benchmarks.clock import seconds
from benchmarks.limits import rates
from benchmarks.rows import ROWS

NEEDED = {"eager": "torch", "compiled": "jax"}
"""What a module is left out without."""


class Worker:
    """The ways of some modules, with the arrays of one row at a time."""

    def __init__(self, modules: list[str]) -> None:
        self.ways = {}
        for name in modules:
            self.ways |= import_module(f"benchmarks.{name}").WAYS
        self._row = None
        self._works = {}

    def layers(self) -> dict[str, list[str]]:
        return {way: [*layers] for way, layers in self.ways.items()}

    def answer(self, work: str, dtype: str, way: str, times: int) -> float:
        """The time of one call of one way."""
        if self._row != (work, dtype):
            self._row, self._works = (work, dtype), {}
        if way not in self._works:
            row = ROWS[work]
            self._works[way] = self.ways[way][row.layer](row, *row.draw(dtype))
            self._works[way]()
        return seconds(self._works[way], times)


def stay_on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main(modules: list[str]) -> None:
    stay_on_one_core()
    worker = Worker([name for name in modules if find_spec(NEEDED.get(name, "numpy"))])
    print(json.dumps(worker.layers()), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(worker.answer(**request) if "work" in request else rates(**request)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

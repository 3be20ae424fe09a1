"""The processes that are timed, one a framework: idle threads of one would disturb another."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import ExitStack
from pathlib import Path

MODULES = {"NumPy": ("emitted", "naive"), "torch": ("eager",), "JAX": ("compiled",)}
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


class Process:
    """A worker, and what its ways can do."""

    def __init__(self, python: str, modules: tuple[str, ...], stack: ExitStack) -> None:
        self._running = stack.enter_context(
            subprocess.Popen(
                (python, "-m", "benchmarks.worker", *modules),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=Path(__file__).parents[1],
                env=os.environ | ONE_THREAD,
            )
        )
        stack.callback(self._running.stdin.close)
        self.ways: dict[str, list[str]] = self._read()

    def ask(self, **request: object):
        """The answer to one request."""
        print(json.dumps(request), file=self._running.stdin, flush=True)
        return self._read()

    def _read(self):
        line = self._running.stdout.readline()
        if not line:
            raise RuntimeError("a process that was timed has ended; its own message stands above")
        return json.loads(line)


def start(own_python: str, peers_python: str, stack: ExitStack) -> dict[str, Process]:
    """All processes; those of the peers in an environment of their own."""
    pythons = {"NumPy": own_python}
    return {name: Process(pythons.get(name, peers_python), modules, stack) for name, modules in MODULES.items()}

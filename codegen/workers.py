"""Work on several layers at once, a process for every core; results come in the order of the layers."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from codegen import report
from derivations.layer import Layer
from derivations.layers import JUDGED

R = TypeVar("R")


def on_each(work: Callable[[Layer], R], layers: Sequence[Layer], doing: str) -> Iterator[R]:
    """The results of a module's function on some layers, with a progress bar.

    Processes find a layer by its name, since a formula does not travel between them: layers that are not in
    the project's list, as in tests, are worked on here.
    """
    workers = min(_cores(), len(layers))
    if workers < 2 or "fork" not in multiprocessing.get_all_start_methods() or not all(one in JUDGED for one in layers):
        yield from map(work, report.progress(layers, doing))
        return
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, mp_context=fork, initializer=_end_with, initargs=(os.getpid(),)) as pool:
        # All are submitted, and so all processes started, before the bar starts a thread of its own.
        futures = [pool.submit(_on_name, work, layer.name) for layer in layers]
        for _, future in zip(report.progress(layers, doing), futures, strict=True):
            yield future.result()


def _on_name(work: Callable[[Layer], R], name: str) -> R:
    return work(next(layer for layer in JUDGED if layer.name == name))


def _end_with(parent: int) -> None:
    """End this process when its parent is gone: one that was killed cannot tell."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""How work is timed."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds(work: Callable[[], object], times: int) -> float:
    """The time of one call, over several.

    It is the time that the processor gives this process: all run on one thread, and what else the machine does
    should not count.
    """
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times

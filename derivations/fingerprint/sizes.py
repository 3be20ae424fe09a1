"""The sizes at which the fingerprint compares: all up to 2, a random sample up to 5."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from random import Random

from derivations.fingerprint.formula import Program

LARGEST = 5
VOLUME = 60
"""What the product of the sizes of a sample may be."""
Sizes = dict[str, int]


def small_sizes(program: Program, seed: bytes) -> Iterator[Sizes]:
    """All sizes up to 2, smallest first; a sample of them where there are many."""
    names = list(program.sizes)
    every = product(*(range(least, 3) for least in program.sizes.values()))
    ordered = sorted(every, key=lambda values: (sum(values), values))
    if len(ordered) > 81:
        plain = [values for values in ordered if 0 not in values]
        edges = [values for values in ordered if values.count(2) >= len(names) - 1]
        chosen = Random(seed).sample(plain, min(40, len(plain)))
        kept = {*chosen, *edges, (1,) * len(names)}
        ordered = [values for values in ordered if values in kept]
    for values in ordered:
        yield dict(zip(names, values, strict=True))


def larger_sizes(program: Program, seed: bytes) -> Iterator[Sizes]:
    """Three samples, in which each size is 3, 4 and 5 once, in random order; less where there are many."""
    names = list(program.sizes)
    order = Random(seed).sample(range(3, LARGEST + 1), 3)
    for sample in range(3 if names else 0):
        sizes = {name: order[(place + sample) % 3] for place, name in enumerate(names)}
        while math.prod(sizes.values()) > VOLUME:
            sizes[max(names, key=lambda name: sizes[name])] -= 1
        yield sizes

"""The sizes at which the fingerprint compares: all up to 2, a random sample up to 5."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from random import Random

from derivations.fingerprint_formula import Program

LARGEST = 5
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
    """Two random samples, all sizes above 2 in the first unless their product would be too large."""
    random, names = Random(seed), list(program.sizes)
    for least in (3, 1) if names else ():
        sizes = {name: random.randint(least, LARGEST) for name in names}
        while math.prod(sizes.values()) > 125:
            longest = max(names, key=lambda name: sizes[name])
            sizes[longest] -= 1
        yield sizes

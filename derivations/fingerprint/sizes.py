"""The sizes at which the fingerprint compares: all up to 2, a random sample up to 5.

Sizes that others determine, such as the number of places of a window, are worked out; integer
hyperparameters, such as a stride, are drawn beside the sizes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from random import Random

from derivations.fingerprint.formula import Program

LARGEST = 5
VOLUME = 60
"""What the product of the sizes of a sample may be."""
WHOLE_VOLUME = 1200
"""The same, with the sizes that they determine."""
MOST_ENUMERATED = 3**7
DRAWN, ATTEMPTS = 40, 2000
"""How many sizes are drawn where there are too many to list, and beside those that are where positions are reckoned:
what a window meets hangs on the sizes together, and only one draw in ten has a window that fits, two taps and a
dilation of 2. How often a draw is tried."""
FARTHEST = 30
"""The largest number in an index for which axes are made long enough."""
MIXTURE = (1, 1, 2, 2, 3, 4, 5)
Sizes = dict[str, int]
Complete = Callable[[Sizes], Sizes | None]
"""Works out what the sizes determine; None where no such layer exists."""


def small_sizes(program: Program, seed: bytes, complete: Complete) -> Iterator[Sizes]:
    """All sizes up to 2, smallest first; a sample of them where there are many, of more than 2 where very many."""
    choices = _choices(program)
    if _are_many(program):
        yield from _drawn(program, seed, complete)
        return
    every = (complete(dict(zip(choices, values, strict=True))) for values in product(*choices.values()))
    ordered = sorted((s for s in every if s is not None), key=lambda s: (sum(s.values()), tuple(s.values())))
    if len(ordered) > 81:
        plain = [s for s in ordered if 0 not in lengths(program, s)]
        edges = [s for s in ordered if lengths(program, s).count(2) >= len(lengths(program, s)) - 1]
        chosen = Random(seed).sample(plain, min(DRAWN, len(plain)))
        ordered = [s for s in ordered if s in chosen or s in edges or set(s.values()) == {1}]
    yield from ordered


def _choices(program: Program) -> dict[str, Sequence[int]]:
    return {name: program.choices.get(name, range(least, 3)) for name, least in _free(program).items()}


def _are_many(program: Program) -> bool:
    """Whether there are too many sizes up to 2 to list."""
    return math.prod(map(len, _choices(program).values())) > MOST_ENUMERATED


def larger_sizes(program: Program, seed: bytes, complete: Complete) -> Iterator[Sizes]:
    """Three samples, in which each size is 3, 4 and 5 once, in random order; less where there are many.

    Mixed ones up to 5 follow where positions are reckoned.
    """
    random = Random(seed)
    order = random.sample(range(3, LARGEST + 1), 3)
    names = [name for name in _free(program) if name not in program.choices]
    for sample in range(3 if names else 0):
        sizes = {name: order[(place + sample) % 3] for place, name in enumerate(names)}
        while math.prod(sizes.values()) > VOLUME:
            sizes[max(names, key=lambda name: sizes[name])] -= 1
        found = complete(sizes | {name: random.choice(values) for name, values in program.choices.items()})
        if found is not None:
            yield found
    if program.reckons and names and not _are_many(program):
        yield from _some(program, random, complete, DRAWN, [])


def far_sizes(program: Program, complete: Complete) -> Iterator[Sizes]:
    """Where a formula reckons with large numbers, such as x[k + 7]: each axis in turn long enough to hold them.

    The others are all 1, or 2, or as long too; of each the first that such a layer has, and that is not too many.
    """
    free = _free(program)
    names = [name for name in free if name not in program.choices]
    if not LARGEST <= program.reach <= FARTHEST:
        return
    first = {name: values[0] for name, values in program.choices.items()}
    for long in names:
        for other in (1, 2, program.reach + 2):
            found = complete(first | dict.fromkeys(names, other) | {long: program.reach + 2})
            if found is not None and math.prod(lengths(program, found)) <= WHOLE_VOLUME:
                yield found
                if other > 1:
                    break


def lengths(program: Program, sizes: Sizes) -> list[int]:
    """The lengths of axes among some sizes, hyperparameters left out."""
    return [size for name, size in sizes.items() if name not in program.choices]


def _free(program: Program) -> Sizes:
    """What no other sizes determine, with the least that it may be."""
    return {name: least for name, least in program.sizes.items() if name not in program.facts}


def _drawn(program: Program, seed: bytes, complete: Complete) -> Iterator[Sizes]:
    """All 1, each 0 in turn, and a sample of sizes up to 5."""
    random = Random(seed)
    first = {name: program.choices.get(name, (1,))[0] for name in _free(program)}
    edges = [first, *(first | {name: 0} for name, least in _free(program).items() if least == 0)]
    found = [s for s in map(complete, edges) if s is not None]
    found += _some(program, random, complete, DRAWN, found)
    yield from sorted(found, key=lambda s: (math.prod(lengths(program, s)), tuple(s.values())))


def _some(program: Program, random: Random, complete: Complete, wanted: int, known: list[Sizes]) -> list[Sizes]:
    """A sample of sizes up to 5, none of them known."""
    found: list[Sizes] = []
    for _ in range(ATTEMPTS):
        if len(found) >= wanted:
            break
        sizes = complete(_one_draw(program, random))
        counts = [] if sizes is None else lengths(program, sizes)
        if sizes is not None and 0 < math.prod(counts) <= WHOLE_VOLUME and sizes not in (*known, *found):
            found.append(sizes)
    return found


def _one_draw(program: Program, random: Random) -> Sizes:
    names = list(_free(program))
    sizes = {name: random.choice(program.choices.get(name, MIXTURE)) for name in names}
    axes = [name for name in names if name not in program.choices]
    while math.prod(sizes[name] for name in axes) > VOLUME:
        large = random.choice([name for name in axes if sizes[name] > 1])
        sizes[large] -= 1
    return sizes

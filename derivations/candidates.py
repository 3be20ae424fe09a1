"""What a search for a witness tries, in order: small sizes, small rationals, few that are not 0."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from types import MappingProxyType

REALS = tuple(map(Fraction, ("0", "1", "-1", "2", "1/2", "-2", "-1/2", "3", "1/3", "2/3", "-3", "3/2")))
"""Candidates for a real entry, by height; what a person would try."""


def small_sizes(
    names: Sequence[str], integers: Mapping[str, Sequence[int]] = MappingProxyType({})
) -> Iterator[dict[str, int]]:
    """Sizes from 1, the smallest sum first, then in the order of the names; then those with a 0.

    ``integers`` are hyperparameters that are chosen beside them, each with its candidates in their order.
    """
    most = 4 if len(names) < 4 else 3
    for low, high in ((1, most), (0, 3)):
        choices = {**{name: range(low, high) for name in names}, **integers}
        for at in by_cost([len(values) for values in choices.values()]):
            row = {name: values[k] for (name, values), k in zip(choices.items(), at, strict=True)}
            if low or any(row[name] == 0 for name in names):
                yield row


def at_random(domains: Sequence[Sequence[Fraction]], count: int) -> Iterator[list[int]]:
    """Choices at random, the same in every run: every other one among ½, ⅓ and ⅔ where these are allowed."""
    for attempt in range(count):
        random = Random(attempt)
        choice = []
        for domain in domains:
            inside = [k for k, value in enumerate(domain) if 0 < value < 1] if attempt % 2 else []
            choice.append(random.choice(inside or range(len(domain))))
        yield choice


def by_cost(lengths: Sequence[int]) -> Iterator[list[int]]:
    """All choices, the smallest sum of positions first."""
    for cost in range(sum(length - 1 for length in lengths) + 1):
        yield from _of_cost(lengths, cost)


def _of_cost(lengths: Sequence[int], cost: int) -> Iterator[list[int]]:
    if not lengths:
        if cost == 0:
            yield []
        return
    most = sum(length - 1 for length in lengths[1:])
    for first in range(max(0, cost - most), min(cost, lengths[0] - 1) + 1):
        for rest in _of_cost(lengths[1:], cost - first):
            yield [first, *rest]

"""Sizes that count tiles: J = ⌈P/m⌉ tiles of m places cover an axis of P positions, the last perhaps in part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sympy import Expr, S, Symbol, floor


@dataclass(frozen=True)
class Tiling:
    """An axis of size ``whole`` in ``tiles`` tiles of ``places`` places each: as many as it takes, no more."""

    whole: str
    tiles: str
    places: int


def tilings(output_sizes: Mapping[Symbol, Expr]) -> Iterator[Tiling]:
    """The sizes among these that are defined as ⌈size / number⌉, written (P + m - 1) // m."""
    for tiles, count in output_sizes.items():
        for whole in sorted(count.free_symbols, key=str):
            slope = count.args[0].coeff(whole) if isinstance(count, floor) else S.Zero
            places = 1 / slope
            if places.is_Integer and places > 1 and _is_size(whole) and count == (whole + places - 1) // places:
                yield Tiling(str(whole), str(tiles), int(places))


def _is_size(symbol: Expr) -> bool:
    return bool(symbol.is_integer and symbol.is_nonnegative)

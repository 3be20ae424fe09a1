"""Which layers and claims the words of a command line mean."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence

from derivations.layer import Layer
from derivations.layers import JUDGED, LAYERS


class UnknownName(ValueError):
    """Nothing is called that; the message says what comes near."""


def layers_named(names: Sequence[str]) -> list[Layer]:
    """The layers of these names or aliases, in the order of the list; all where none is named.

    Raises
    ------
    UnknownName
        Where no layer has one of the names, whatever its case and however its accents are encoded.
    """
    owner = {_plain(name): layer.name for layer in LAYERS for name in (layer.name, *layer.aliases)}
    for name in names:
        if _plain(name) not in owner:
            spelled = [name for layer in LAYERS for name in (layer.name, *layer.aliases)]
            raise UnknownName(_unknown("layer", name, spelled, "backproof list names them all"))
    wanted = [owner[_plain(name)] for name in names]
    return [layer for layer in LAYERS if layer.name in wanted or not names]


def layer_named(name: str) -> Layer:
    """The layer of this name or alias, be it one that is only judged.

    Raises
    ------
    UnknownName
        Where none is called that; the message says which come near, or else which there are.
    """
    owner = {_plain(spelled): layer for layer in JUDGED for spelled in (layer.name, *layer.aliases)}
    if _plain(name) not in owner:
        spelled = [each for layer in JUDGED for each in (layer.name, *layer.aliases)]
        known = ", ".join(layer.name for layer in JUDGED)
        raise UnknownName(_unknown("layer", name, spelled, f"there are {known}"))
    return owner[_plain(name)]


def claims_of(ids: Sequence[str]) -> list[tuple[Layer, list[str]]]:
    """Each layer with the ids of its claims that are asked for; without ids, all of both.

    What is no id itself stands for all ids that go on from it after a dot: ``1.linear``.

    Raises
    ------
    UnknownName
        Where no claim has, or goes on from, one of the ids.
    """
    known = [claim.id for layer in JUDGED for claim in layer.claims]
    wanted = [] if ids else known
    for given in ids:
        found = [given] if given in known else [each for each in known if each.startswith(f"{given}.")]
        if not found:
            raise UnknownName(_unknown("claim", given, known, "backproof prove judges them all"))
        wanted += found
    chosen = [(layer, [claim.id for claim in layer.claims if claim.id in wanted]) for layer in JUDGED]
    return [(layer, found) for layer, found in chosen if found or not ids]


def _plain(name: str) -> str:
    """A name without the accidents of typing."""
    return unicodedata.normalize("NFC", name).casefold()


def _unknown(kind: str, name: str, known: Iterable[str], remedy: str) -> str:
    spelled = {_plain(each): each for each in known}
    near = [spelled[each] for each in difflib.get_close_matches(_plain(name), list(spelled), cutoff=0.5)]
    hint = f": did you mean {' or '.join(near)}?" if near else f"; {remedy}"
    return f"There is no {kind} {name!r}{hint}"

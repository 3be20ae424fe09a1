"""What a module's docstring says of where its text is safe: written from numbers, and read back as numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Set
from dataclasses import dataclass

from codegen.intervals import Limits
from codegen.range_rules import LONGEST
from derivations.layer import Layer
from derivations.notation import name_of

_BOUNDS = re.compile(r"±1e(\d+)\s+in\s+float64\s+and\s+±1e(\d+)\s+in\s+float32")
_NEAREST = re.compile(r"no\s+nearer\s+to\s+0\s+than\s+1e-(\d+)\s+and\s+1e-(\d+)")


@dataclass(frozen=True)
class Shown:
    """Entries found to be safe: within ±10^bound, and no nearer than 10^−least to an open end at 0, if any."""

    bound: int
    least: int | None


def sentences(layer: Layer, double: Shown, single: Shown) -> tuple[str, ...]:
    """Within which entries a text is shown to be safe, in float64 and in float32."""
    asides = []
    if ending := ending_at_zero(layer):
        asides.append(f"those of {' and '.join(ending)} no nearer to 0 than 1e-{double.least} and 1e-{single.least}")
    if layer.unspecified:
        asides.append("those that the functions given return among them")
    said = (
        f"Shown safe from this text, on arrays of up to {f'{LONGEST:.0e}'.replace('+0', '')} entries: for entries",
        f"within ±1e{double.bound} in float64 and ±1e{single.bound} in float32"
        + "".join(f", {aside}" for aside in asides) + "," * bool(asides),
        "no exp, log, division or sum leaves its range.",
    )
    return (*said, "A sum or mean of all values, by reduction, is not part of this.") if layer.target else said


def read_sentences(source: str, limits: Limits) -> Shown | None:
    """What a module's docstring says of one type; None if it does not say it, or says it twice."""
    text = ast.get_docstring(ast.parse(source), clean=False) or ""
    which = 0 if limits.name == "float64" else 1
    bounds, nearest = _BOUNDS.findall(text), _NEAREST.findall(text)
    if len(bounds) != 1 or len(nearest) > 1:
        return None
    return Shown(int(bounds[0][which]), int(nearest[0][which]) if nearest else None)


def ending_at_zero(layer: Layer) -> tuple[str, ...]:
    """The arrays whose domain has an open end at 0."""
    return tuple(name_of(base) for base, one in layer.domains.items() if one.is_open and 0 in (one.low, one.high))


def sizes_with_an_entry(source: str) -> Set[str]:
    """The sizes that a module's class does not take as 0: those that its ``least={…}`` names."""
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.keyword) and node.arg == "least")
    keys = (key for node in nodes if isinstance(node.value, ast.Dict) for key in node.value.keys)
    return {str(key.value) for key in keys if isinstance(key, ast.Constant)}

"""What a mutant is, and what mutants are made of: derivations, array programs, the text of plain functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from textwrap import indent

from sympy import Expr, Indexed

from codegen.choose import Program, choose
from codegen.emit import emit_functions
from codegen.page_parts import PlainFunction
from codegen.read_text import SUPPORT
from derivations.derivation import Derivation, Variant, derive, variants
from derivations.layer import Layer
from derivations.layers import LAYERS as EMITTED

LEVELS = ("formula", "program", "text")

LEFT_OUT = (
    *("Conv2d", "Conv3d", "ConvTranspose2d", "ConvTranspose3d", "AvgPool3d", "MaxPool2d", "MaxPool3d"),
    "WinogradConv2d",
)
"""Layers that say in more letters what others say, and one that no case of tests/regime runs."""

LAYERS: Mapping[str, Layer] = {layer.name: layer for layer in EMITTED if layer.name not in LEFT_OUT}
"""The layers that are changed, by their names."""

WITH_WINDOWS = tuple(name for name, layer in LAYERS.items() if layer.output_sizes)
WITHOUT_WINDOWS = tuple(name for name in LAYERS if name not in WITH_WINDOWS)

IMPORTS = ("import numpy as np", *(f"from .{file} import {name}" for name, file in SUPPORT.items()))
"""What every text can call: a mutant may call what the right text does not."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """One change to something that was right.

    ``level`` says what was changed: a formula of the derivation, an array program (the tree that lines are
    made of), or emitted text. ``name`` is the changed tensor or function, ``where`` what was changed to what.
    The mutant itself is ``formula`` in place of ``entry`` for formulas, ``source`` for the other levels.
    """

    level: str
    kind: str
    layer: Layer
    variant: Variant
    name: str
    where: str
    source: str = ""
    entry: Indexed | None = None
    formula: Expr | None = None

    @property
    def id(self) -> str:
        """Which mutant, in one line."""
        return f"{self.level}, {self.kind}, {self.layer.name}.{self.name}: {self.where}"


def without_options(layer: Layer) -> Layer:
    """A layer whose optional parameters are there: its programs need no guards."""
    return replace(layer, optional=(), claims=())


@lru_cache(maxsize=16)
def programs_of(name: str) -> Mapping[Variant, Program]:
    """The chosen programs of a layer, by its name, of each variant."""
    return {variant: choose(derivation_of(name, variant)) for variant in variants(LAYERS[name])}


@lru_cache(maxsize=32)
def derivation_of(name: str, variant: Variant) -> Derivation:
    """The derivation of a variant of a layer, by its name."""
    return derive(LAYERS[name], variant)


@lru_cache(maxsize=16)
def original(name: str) -> str:
    """The text of a layer's plain functions."""
    programs = programs_of(name)
    return text_of(next(iter(programs.values())).plan.derivation.layer, programs)


def text_of(layer: Layer, programs: Mapping[Variant, Program]) -> str:
    """The text of the plain functions of some programs."""
    return "\n\n\n".join(["\n".join(IMPORTS), *map(_spell, emit_functions(layer, programs))]) + "\n"


def _spell(function: PlainFunction) -> str:
    return f"def {function.name}({', '.join(function.arguments)}):\n{indent(function.body, '    ')}"

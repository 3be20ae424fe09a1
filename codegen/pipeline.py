"""The whole way of one layer: derive, choose, emit, read back, prove."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codegen.choose import choose
from codegen.emit import EmissionError, emit_functions
from codegen.frame import check_frame, printed_module
from codegen.intervals import FLOAT32, FLOAT64
from codegen.positions import LoweringError
from codegen.read_back import ReadBackError
from codegen.render import render_package, render_support
from codegen.stated import sentences
from codegen.verify import Check, verify_module
from codegen.verify_safety import largest, sizes_entered
from codegen.writer import Generated, unstamped
from derivations.definition import DefinitionError, check_layer
from derivations.derivation import derive, variants
from derivations.layer import Layer

__all__ = [
    "BuildError",
    "Built",
    "Check",
    "build",
    "emit_module",
    "module_name",
    "prove_module",
    "read_back_module",
    "support_files",
]


class BuildError(ValueError):
    """A layer that cannot be emitted, or whose text was not shown to mean what was derived."""


@dataclass(frozen=True)
class Built:
    """An emitted module and what was proven of its text."""

    layer: Layer
    module_name: str
    text: str
    lines: int
    proofs: list[Check]
    seconds: float

    @property
    def name(self) -> str:
        """The name of the class."""
        return self.layer.name

    @property
    def module(self) -> str:
        """The name of the module."""
        return self.module_name

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names of the class."""
        return self.layer.aliases


def module_name(layer: Layer) -> str:
    """The module of a layer: its name in snake case: ``cross_entropy_loss``, ``tanh``, ``relu``."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z]|[A-Z]{3})|(?<=[A-Z])(?=[A-Z][a-z])", "_", layer.name)
    return parted.lower()


def build(layer: Layer) -> Built:
    """Derive, choose, emit and prove one layer.

    Raises
    ------
    BuildError
        The definition is not in the language, no array operations say it, or a proof of the text failed.
    """
    start = time.perf_counter()
    try:
        source = emit_module(layer)
    except (DefinitionError, LoweringError, EmissionError) as error:
        raise BuildError(str(error)) from error
    except ReadBackError as error:
        raise BuildError(f"{layer.name}: its text cannot be read back, so it is not emitted: {error}") from error
    proofs = prove_module(layer, source)
    failed = [c for c in proofs if not c.ok]
    if failed:
        listed = "\n".join(f"  {c.subject}: {c.statement}: {c.detail}" for c in failed)
        raise BuildError(f"{layer.name}: its text was not shown to be right, so it is not emitted:\n{listed}")
    lines = source.count("\n")
    return Built(layer, module_name(layer), source, lines, proofs, time.perf_counter() - start)


def attempt(layer: Layer) -> Built | str:
    """What was built, or why it was not. The claims are left out: SymPy evaluates what comes from a process."""
    try:
        return build(replace(layer, claims=()))
    except BuildError as error:
        return str(error)


def emit_module(layer: Layer) -> str:
    """The text of a layer's module, not yet proven."""
    check_layer(layer)
    functions = emit_functions(layer, {v: choose(derive(layer, v)) for v in variants(layer)})
    bare = printed_module(layer, functions, module_name(layer), {}, ())
    least = dict.fromkeys(sizes_entered(layer, bare), 1)
    shown = (largest(layer, bare, limits) for limits in (FLOAT64, FLOAT32))
    return printed_module(layer, functions, module_name(layer), least, sentences(layer, *shown))


def prove_module(layer: Layer, source: str) -> list[Check]:
    """The proofs of a whole module: of its plain functions, and of what stands round them."""
    proofs = verify_module(layer, source)
    if not all(c.ok for c in proofs):
        return proofs
    return [*proofs, check_frame(layer, source, module_name(layer))]


def support_files(built: Sequence[Built]) -> Mapping[str, str]:
    """What the modules of a package share: checks, bases and ``__init__.py``."""
    return {**render_support([one.name for one in built]), "__init__.py": render_package(built)}


def read_back_module(layer: Layer, path: Path) -> list[Check]:
    """The proofs of a module's text on disk, below the two lines that say what made it."""
    file = Generated.read(path)
    return prove_module(layer, unstamped(file.text) if file else "")

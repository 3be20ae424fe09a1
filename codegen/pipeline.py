"""The whole way of one layer: derive, choose, emit, read back, prove."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from codegen.choose import Program, choose
from codegen.describe import describe
from codegen.emit import EmissionError, emit_functions
from codegen.intervals import FLOAT32, FLOAT64
from codegen.page import render_module, render_package, render_support
from codegen.positions import LoweringError
from codegen.range_operations import LONGEST
from codegen.verify import Check, verify_module
from codegen.verify_safety import ending_at_zero, largest
from derivations.definition import DefinitionError, check_layer
from derivations.derivation import derive, variants
from derivations.layer import Layer
from derivations.notation import argmax_over, maximum_over, mean_over, size_of
from derivations.text import formula

__all__ = ["BuildError", "Built", "Check", "build", "emit_module", "module_name", "read_back_module", "support_files"]


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
    proofs = verify_module(layer, source)
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
    programs = {v: choose(derive(layer, v)) for v in variants(layer)}
    functions = emit_functions(layer, programs)
    page = describe(layer, functions, formula, module=module_name(layer), least=_least(programs.values()))
    return render_module(replace(page, ranges=_ranges(layer, render_module(page))))


def _ranges(layer: Layer, text: str) -> tuple[str, ...]:
    """Within which entries the text is shown to be safe, as sentences."""
    double, single = (largest(layer, text, limits) for limits in (FLOAT64, FLOAT32))
    asides = []
    if ending := ending_at_zero(layer):
        asides.append(f"those of {' and '.join(ending)} no nearer to 0 than 1e-{double.least} and 1e-{single.least}")
    if layer.unspecified:
        asides.append("those that the functions given return among them")
    return (
        f"Shown safe from this text, on axes of up to {f'{LONGEST:.0e}'.replace('+0', '')} entries: for entries",
        f"within ±1e{double.bound} in float64 and ±1e{single.bound} in float32"
        + "".join(f", {aside}" for aside in asides) + "," * bool(asides),
        "no exp, log, division or sum leaves its range.",
    )


def _least(programs: Iterable[Program]) -> Mapping[str, int]:
    """The sizes that must not be 0: axes over which a maximum or a mean is taken."""
    found: dict[str, int] = {}
    for program in programs:
        for step in program.plan.steps:
            for part in sorted(step.right.atoms(maximum_over, argmax_over, mean_over), key=str):
                found[str(size_of(part.args[1]))] = 1
    return found


def support_files(built: Sequence[Built]) -> Mapping[str, str]:
    """What the modules of a package share: checks, bases and ``__init__.py``."""
    return {**render_support(), "__init__.py": render_package(built)}


def read_back_module(layer: Layer, path: Path) -> list[Check]:
    """The proofs of a module's text on disk."""
    return verify_module(layer, path.read_text(encoding="utf-8"))

"""Which files one run of ``backproof generate`` puts into a directory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import codegen
from codegen.writer import Generated, stamp
from derivations.layer import Layer

if TYPE_CHECKING:
    from codegen.pipeline import Built
    from derivations.judge import Verdict


def home() -> Path:
    """The package ``generated`` beside this one."""
    return Path(codegen.__path__[0]).parent / "generated"


def verdicts_file(verdicts: Sequence[Verdict], directory: Path) -> Mapping[Path, str]:
    """The stamped page of all verdicts, in the package ``derivations`` beside the project's own directory."""
    from derivations.verdicts_page import verdicts_page

    path = directory.parent / "derivations" / "VERDICTS.md"
    return {path: stamp(verdicts_page(verdicts), path=path)}


def module_path(layer: Layer, directory: Path) -> Path:
    """Where the module of a layer stands."""
    from codegen.pipeline import module_name

    return directory / f"{module_name(layer)}.py"


def package_files(
    built: Sequence[Built], scope: Sequence[Layer], directory: Path, names: Collection[str] = ()
) -> Mapping[Path, str]:
    """The stamped text of every file: a module for each layer built, and what these modules share.

    Parameters
    ----------
    built : sequence of Built
        The layers to emit.
    scope : sequence of Layer
        The layers that the package offers, in order. Those not built are offered where an earlier run
        left their module.
    directory : Path
        The package's directory.
    names : collection of str
        What the package's own files are stamped with: the names given, none for all layers.
    """
    from codegen.pipeline import support_files

    offered = {one.layer.name: one for one in (*_on_disk(scope, directory), *built)}
    in_order = [offered[layer.name] for layer in scope if layer.name in offered]
    if not in_order:
        return {}
    modules = {directory / f"{one.module_name}.py": stamp(one.text, [one.layer.name]) for one in built}
    return modules | {directory / name: stamp(text, names) for name, text in support_files(in_order).items()}


def _on_disk(layers: Sequence[Layer], directory: Path) -> list[Built]:
    from codegen.pipeline import Built

    found = ((layer, Generated.read(module_path(layer, directory))) for layer in layers)
    return [
        Built(layer, file.path.stem, file.body, lines=file.body.count("\n"), proofs=[], seconds=0.0)
        for layer, file in found
        if file is not None
    ]

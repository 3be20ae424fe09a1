"""Parameters in and out of safetensors files, by the names of ``state_dict``: ``W`` or ``0.W``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

Array = NDArray[Any]


class BadWeights(ValueError):
    """A file that does not hold the parameters of a module; the message says what does not fit."""


class Module(Protocol):
    """What has parameters: a layer, or a network of them."""

    def state_dict(self) -> dict[str, Array]: ...
    def load_state_dict(self, state: Mapping[str, Array]) -> None: ...


def save_weights(module: Module, path: str | os.PathLike[str]) -> None:
    """Write the parameters of a module into a safetensors file.

    Whoever opens the path, at any moment, finds the old file or the new one, whole.

    Parameters
    ----------
    module : Module
        A generated layer, or a ``Sequential``.
    path : path
        The file; it is replaced where there is one.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(save(module.state_dict()))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load_weights(module: Module, path: str | os.PathLike[str]) -> None:
    """Read the parameters of a module from a safetensors file; all of them, or none where one does not fit.

    Parameters
    ----------
    module : Module
        A module with the parameters that the file holds: the same names, shapes and dtype.
    path : path
        The file.

    Raises
    ------
    BadWeights
        The file is no safetensors file, lacks a parameter or has one too many, or one has another shape or
        dtype than the module's.
    """
    state = _read(Path(path))
    if misfits := "; ".join(_misfits(module.state_dict(), state)):
        raise BadWeights(f"{path} does not hold the parameters of {module!r}: {misfits}")
    try:
        module.load_state_dict(state)
    except ValueError as error:
        raise BadWeights(f"{path} does not hold the parameters of {module!r}: {error}") from error


def _read(path: Path) -> dict[str, Array]:
    content = path.read_bytes()
    try:
        return load(content)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        # Not only a broken file: NumPy has not all of the format's dtypes.
        raise BadWeights(f"{path} is no safetensors file of NumPy arrays: {error}") from error


def _misfits(own: Mapping[str, Array], state: Mapping[str, Array]) -> Iterator[str]:
    """What differs in names and dtypes; a shape is refused by the module, in the words of its formula."""
    if missing := [name for name in own if name not in state]:
        yield f"it lacks {', '.join(missing)}"
    if unknown := [name for name in sorted(state) if name not in own]:
        yield f"it has {', '.join(unknown)} besides"
    for name, array in state.items():
        if name in own and array.dtype != own[name].dtype:
            yield f"{name} is {array.dtype} in the file and {own[name].dtype} in the module"

"""Put generated files on disk: whole or not at all, and never over what somebody wrote by hand.

The first two lines of a generated file are comments. Line 1 is the command that made it, line 2 a hash
of everything below::

    # backproof generate Linear
    # content: 0b0c2f8d6fd0f4a0c6c3f2f5d7a1e9b4

In a Markdown file the same stands between ``<!--`` and ``-->``.

A file whose text does not match its own hash, or that has no such lines, was written by somebody. It is
named and kept.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

COMMAND = "backproof generate"
CONTENT = "content: "
COMMENTS = {".md": ("<!-- ", " -->")}
"""How a comment begins and ends in files of a kind; elsewhere it is Python's."""
HASH_LENGTH = 32
TEMPORARY = ".backproof-tmp"

_STAMP = re.compile(rf"\A# {COMMAND}[A-Za-z0-9_ ]*\n# {CONTENT}[0-9a-f]{{{HASH_LENGTH}}}\n")

Action = Literal["written", "unchanged", "kept", "removed"]
Kind = Literal["missing", "different", "edited", "stale"]


@dataclass(frozen=True)
class Generated:
    """A file with its text: what stands on disk, or what is to stand there."""

    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> Generated | None:
        """The file as it is on disk; None if there is none. Bytes that are no UTF-8 are kept apart."""
        try:
            return cls(path, path.read_bytes().decode("utf-8", errors="backslashreplace"))
        except (FileNotFoundError, NotADirectoryError):
            return None

    @property
    def has_header(self) -> bool:
        """Whether its first line says that it was generated."""
        opening, closing = _comment(self.path)
        return self.text.startswith((f"{opening}{COMMAND}{closing}\n", f"{opening}{COMMAND} "))

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody wrote or edited it. An empty file holds nothing that could be lost."""
        if not self.text:
            return False
        opening, closing = _comment(self.path)
        content = self.text.split("\n", 2)[1:2]
        return not (self.has_header and content == [f"{opening}{CONTENT}{_hash(self.body)}{closing}"])

    @property
    def body(self) -> str:
        """What stands below the two lines of a generated file."""
        return "".join(self.text.split("\n", 2)[2:])


@dataclass(frozen=True)
class Outcome:
    """What became of one file: ``kept`` was written by hand and is left as it is."""

    path: Path
    action: Action


@dataclass(frozen=True)
class Difference:
    """One file that is not what would be emitted, with the unified diff that would make it so."""

    path: Path
    kind: Kind
    diff: str


def stamp(body: str, names: Iterable[str] = (), path: Path = Path("module.py")) -> str:
    """Put the two lines of a generated file above its body.

    Parameters
    ----------
    body : str
        The text of the module.
    names : iterable of str
        The names that were given to ``backproof generate``; none where it was called for all layers.
    path : Path
        Where the file is to stand: the end of its name tells how a comment is written.
    """
    opening, closing = _comment(path)
    lines = " ".join([COMMAND, *names]), CONTENT + _hash(body)
    return "".join(f"{opening}{line}{closing}\n" for line in lines) + body


def unstamped(text: str) -> str:
    """A module's text without its two lines, if they are such as `stamp` makes: they say nothing to Python."""
    return _STAMP.sub("", text, count=1)


def write_all(files: Mapping[Path, str], *, force: bool = False, complete: bool = False) -> list[Outcome]:
    """Write every file atomically; go on past those that were written by hand.

    Parameters
    ----------
    files : mapping of Path to str
        Stamped texts. Missing directories are made.
    force : bool
        Overwrite, and with ``complete`` remove, what was edited by hand.
    complete : bool
        Whether the files are all that their directories should hold: then a generated file that is not
        among them is removed.

    Returns
    -------
    list of Outcome
        One for each file, in the order given, then those removed or kept because nothing makes them.
    """
    outcomes = []
    with _locked(_directories(files)):
        for path, text in files.items():
            outcomes.append(Outcome(path, _write(path, text, force)))
        for stale in _stale(files) if complete else ():
            outcomes.append(Outcome(stale.path, _remove(stale, force)))
    return outcomes


def check_all(files: Mapping[Path, str], *, complete: bool = False) -> list[Difference]:
    """Compare the files with those on disk, byte for byte, and write nothing.

    Parameters
    ----------
    files : mapping of Path to str
        Stamped texts.
    complete : bool
        Whether the files are all that their directories should hold: then a generated file that is not
        among them is stale.
    """
    differences = [found for path, text in files.items() if (found := _difference(path, text))]
    for stale in _stale(files) if complete else ():
        differences.append(Difference(stale.path, "stale", _diff(stale.path, stale.text, "")))
    return differences


def _comment(path: Path) -> tuple[str, str]:
    return COMMENTS.get(path.suffix, ("# ", ""))


def _hash(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8")).hexdigest()[:HASH_LENGTH]


def _difference(path: Path, text: str) -> Difference | None:
    found = Generated.read(path)
    if found is None:
        return Difference(path, "missing", _diff(path, "", text))
    if found.text == text:
        return None
    return Difference(path, "edited" if found.is_by_hand else "different", _diff(path, found.text, text))


def _diff(path: Path, old: str, new: str) -> str:
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"{path} (on disk)", f"{path} (emitted)"
    )
    return "".join(line if line.endswith("\n") else line + "\n\\ no newline at the end\n" for line in lines)


def _write(path: Path, text: str, force: bool) -> Action:
    found = Generated.read(path)
    if found is not None and found.text == text:
        return "unchanged"
    if found is not None and found.is_by_hand and not force:
        return "kept"
    _replace(path, text)
    return "written"


def _remove(stale: Generated, force: bool) -> Action:
    if stale.is_by_hand and not force:
        return "kept"
    stale.path.unlink()
    return "removed"


def _replace(path: Path, text: str) -> None:
    """Whoever opens the path, at any moment, finds the old text or the new, whole."""
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    with temporary.open("wb") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _directories(files: Iterable[Path]) -> list[Path]:
    return sorted({path.parent for path in files})


def _stale(files: Mapping[Path, str]) -> list[Generated]:
    """Generated modules beside the files that are not among them."""
    beside = [path for directory in _directories(files) for path in sorted(directory.glob("*.py"))]
    found = [Generated.read(path) for path in beside if path not in files]
    return [file for file in found if file is not None and file.has_header]


@contextmanager
def _locked(directories: list[Path]) -> Iterator[None]:
    """Hold the directories for this process; nobody else writes there until the end or our death.

    So a temporary file found here is the leftover of a run that was killed, and is removed.
    """
    handles = []
    try:
        for directory in directories:
            directory.mkdir(parents=True, exist_ok=True)
            handles += _lock(directory)
            for leftover in directory.glob(f".*{TEMPORARY}"):
                leftover.unlink()
        yield
        for handle in handles:
            os.fsync(handle)  # the new names themselves survive a power cut
    finally:
        for handle in handles:
            os.close(handle)


def _lock(directory: Path) -> list[int]:
    """The open handle that holds the lock; none on Windows, which cannot open a directory."""
    if sys.platform == "win32":
        return []
    import fcntl

    handle = os.open(directory, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return [handle]

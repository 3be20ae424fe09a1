"""How emitted text is laid out: lines that fit, docstrings, literals. Used by the templates as filters."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence

WIDTH = 110
DOCSTRING_WIDTH = 100


def wrapped(opening: str, parts: Sequence[str], closing: str, column: int = 0) -> str:
    """``opening a, b closing`` on one line if it fits from this column on, else a line for each part."""
    line = f"{opening}{', '.join(parts)}{closing}"
    if "\n" not in line and column + len(line) <= WIDTH:
        return line
    return f"{opening}\n" + "".join(textwrap.indent(part, "    ") + ",\n" for part in parts) + closing


def imported(opening: str, names: Sequence[str]) -> str:
    """An import statement, in parentheses where it fills more than a line."""
    line = f"{opening}{', '.join(names)}"
    return line if len(line) <= WIDTH else wrapped(f"{opening}(", names, ")", WIDTH)


def docstring(text: str) -> str:
    """A docstring; the quotes of one with several lines close on their own."""
    if "\\" in text or '"""' in text or text.endswith('"'):
        raise ValueError(f"this cannot stand in a docstring as it is: {text}")
    text = text.strip("\n")
    return f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'


def filled(text: str, column: int = 0, hanging: int = 0) -> str:
    """A paragraph in lines of `DOCSTRING_WIDTH`, those after the first indented to the column."""
    lines = textwrap.wrap(
        text,
        DOCSTRING_WIDTH - column,
        subsequent_indent=" " * hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return ("\n" + " " * column).join(lines)


def quoted(text: str) -> str:
    """A string literal in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def listed(names: Sequence[str]) -> str:
    """``W``, ``W and b``, ``W, b and c``."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def shape_text(axes: Sequence[str]) -> str:
    """A tuple as Python prints it: ``(N, d)``, ``(N,)``, ``()``."""
    return f"({axes[0]},)" if len(axes) == 1 else f"({', '.join(axes)})"


def axes_explained(axes: Iterable[str]) -> str:
    """What axes are that have the entries of several: ``G·C``, or ``K…``."""
    said: dict[str, None] = {}
    for axis in axes:
        first, joint, last = axis.partition("·")
        if joint and not said:
            said[f"An axis {axis} holds the {last} entries for the first of {first}, then those for the next."] = None
        if axis.endswith("…"):
            said[f"{axis} stands for one axis or more with {axis[:-1]} entries in all, the last fastest."] = None
    return " ".join(said)


def mapping_text(entries: Mapping[str, str]) -> str:
    """A dictionary with such keys and expressions."""
    return f"{{{', '.join(f'{quoted(key)}: {value}' for key, value in entries.items())}}}"


def in_import_order(names: Iterable[str]) -> list[str]:
    """Names as import statements and ``__all__`` list them: constants, classes, functions."""
    return sorted(names, key=lambda name: (0 if name.isupper() else 1 if name[0].isupper() else 2, name))

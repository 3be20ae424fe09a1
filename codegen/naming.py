"""From the names of a formula to names that Python can read: ŷ is ``yhat``, ∂x is ``dx``, γ is ``gamma``.

A name depends on nothing but its formula's name, so that whoever emits text, in whatever order, calls the
same tensor the same. Two names that would fall together in one layer are an error, never renumbered.
"""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from derivations.notation import GRADIENT

MARKS: Mapping[str, str] = MappingProxyType(
    {
        "\u0302": "hat",
        "\u0303": "tilde",
        "\u0304": "bar",
        "\u0305": "bar",
        "\u0307": "dot",
        "\u0308": "ddot",
        "\u20d7": "vec",
        "'": "_prime",
        "\u2032": "_prime",
        "\u2019": "_prime",
        "*": "_star",
    }
)
"""What is said of a letter by a mark on it or behind it; accented letters are taken apart first."""

RESERVED = frozenset(
    {
        *keyword.kwlist,
        # what the emitted text calls something else by
        *("np", "len", "range", "self", "saved", "delta", "fresh"),
        *("forward", "saved_values", "backward", "backward_delta", "backward_update_gradient"),
        *("forward_labels", "saved_values_labels", "backward_labels"),
        *("fit", "at", "sizes"),
        *("contract", "windows", "add_windows", "sum_windows", "spread_windows", "max_windows", "spread_to_maxima"),
        # too like a digit to be read
        *("l", "I", "O"),
    }
)
"""Names that a tensor, a size or a scalar cannot have in emitted text; it gets an underscore behind."""

_GREEK = {"lamda": "lambda"}  # as Unicode spells it, and as everybody else does


def python_name(name: str, arguments: Mapping[str, str] | None = None) -> str:
    """What a tensor, a size or a scalar of a formula is called in Python.

    Parameters
    ----------
    name : str
        The formula's name: ``W``, ``ŷ``, ``∂x``, ``d'``, ``γ``, ``x₁``.
    arguments : mapping of str to str, optional
        The constructor's argument for a size, as in ``{"d'": "output"}``. It stands for a name that is not
        an identifier already.

    Raises
    ------
    ValueError
        The name holds something that has no spelling in Python.

    Examples
    --------
    >>> [python_name(name) for name in ("x", "ŷ", "∂ŷ", "d'", "γ", "λ", "saved")]
    ['x', 'yhat', 'dyhat', 'd_prime', 'gamma', 'lambda_', 'saved_']
    >>> python_name("d'", {"d'": "output"})
    'output'
    """
    spelled = "".join(_spelled(character, name) for character in unicodedata.normalize("NFKD", name))
    if not spelled.isidentifier():
        raise ValueError(f"{name!r} has no name in Python: {spelled!r} is not an identifier")
    if arguments and name in arguments and spelled != name:
        return arguments[name]
    return spelled + "_" if spelled in RESERVED else spelled


def python_names(names: Iterable[str], owner: str) -> dict[str, str]:
    """The Python names of all names in one layer, which have to differ.

    Raises
    ------
    ValueError
        Two different names have one Python name; ``owner`` says whose they are.
    """
    named: dict[str, str] = {}
    taken: dict[str, str] = {}
    for name in names:
        python = python_name(name)
        if taken.setdefault(python, name) != name:
            raise ValueError(f"{owner}: {taken[python]} and {name} are both {python} in Python: rename one")
        named[name] = python
    return named


def _spelled(character: str, name: str) -> str:
    if character == "_" or (character.isascii() and character.isalnum()):
        return character
    if character == GRADIENT:
        return "d"
    if character in MARKS:
        return MARKS[character]
    words = unicodedata.name(character, "").split()
    if words[:1] == ["GREEK"] and "LETTER" in words:
        letter = _GREEK.get(words[-1].lower(), words[-1].lower())
        return letter.capitalize() if "CAPITAL" in words else letter
    raise ValueError(f"{name!r} has no name in Python: {character!r} has no spelling there")

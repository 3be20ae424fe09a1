"""A derivation as a LaTeX document that stands on its own: amsmath, geometry, and nothing unusual."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from derivations.blackboard import Chain, Heading, Item, Words
from derivations.differentiation import Line
from derivations.latex import latex_in_order
from derivations.text import formula

PREAMBLE = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amsmath}
\usepackage[a4paper, margin=2cm]{geometry}
\setlength{\parindent}{0pt}
\allowdisplaybreaks
\begin{document}
"""
SPECIAL = str.maketrans({c: rf"\{c}" for c in "&%_#${}"} | {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"})
MATHEMATICAL = {"×": r"$\times$", "ŷ": r"$\hat{y}$", "δ": r"$\delta$", "Σ": r"$\sum$", "∂": r"$\partial$"}
LONG = 60
"""A formula of more signs than that, as plain text, has its rules on a line of their own."""


def latex_document(items: Sequence[Item]) -> str:
    """The items of a derivation as a whole document."""
    printers: Mapping[type, Callable[..., str]] = {Heading: _heading, Words: lambda w: _words(w.parts), Chain: _chain}
    body = "\n\n".join(printers[type(item)](item) for item in items)
    return f"{PREAMBLE}\n{body}\n\n\\end{{document}}\n"


def _heading(item: Heading) -> str:
    return rf"\{'sub' * (item.level - 1)}section*{{{_words(item.text)}}}"


def _words(parts: Sequence[object]) -> str:
    return "".join(_text(p) if isinstance(p, str) else f"${latex_in_order(p)}$" for p in parts)


def _text(text: str) -> str:
    text = re.sub(r'"([^"]*)"', r"``\1''", text.translate(SPECIAL))
    for sign, command in MATHEMATICAL.items():
        text = text.replace(sign, command)
    return text


def _chain(item: Chain) -> str:
    left = latex_in_order(item.left)
    rows = [row for line in item.lines for row in _rows(line)]
    first = f"{left} {rows[0]}" if len(item.lines) == 1 else f"&{left} \\\\\n{rows[0]}"
    return "\n".join([r"\begin{align*}", " \\\\\n".join([first, *rows[1:]]), r"\end{align*}"])


def _rows(line: Line) -> list[str]:
    right = f"&= {latex_in_order(line.right)}"
    if not line.rules:
        return [right]
    why = rf"\text{{({'; '.join(map(_rule, line.rules))})}}"
    return [right, rf"&\qquad {why}"] if len(formula(line.right)) > LONG else [rf"{right} \qquad {why}"]


def _rule(rule: str) -> str:
    """A rule's name; what is a formula in it, such as tanh' = 1 - tanh², is set as one."""
    name, colon, law = rule.rpartition(": ")
    law, comma, remark = law.partition(", ")
    if "=" not in law:
        return _text(rule)
    law = re.sub(r"\^\(([^)]*)\)", r"^{\1}", law).replace("²", "^2").replace("√π", r"\sqrt{\pi}")
    law = re.sub(r"\b(arctan|tanh|sinh|cosh|tan|sin|cos|log)\b", r"\\\1 ", law)
    law = re.sub(r"\b(erf|sign)\b", r"\\operatorname{\1} ", law)
    return f"{_text(name + colon)}${law}${_text(comma + remark)}"

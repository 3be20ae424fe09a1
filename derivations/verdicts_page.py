"""The page of all verdicts, as a teacher would correct the documents: Markdown with formulas in LaTeX.

A pure function from verdicts to text, the same bytes in every process. Formulas stand in ```math blocks and
between $` and `$, the spellings in which Markdown leaves LaTeX alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derivations.latex import latex_name
from derivations.layer import DEFINITION, INCOMPLETE, OPEN, PROVEN, REFUTED, Expected
from derivations.notation import GRADIENT

if TYPE_CHECKING:
    from derivations.judge import Verdict

PLACES: Mapping[str, str] = {
    "1.mse": "Document 1, MSELoss",
    "1.linear": "Document 1, Module Linéaire",
    "1.tanh": "Document 1, Tangente hyperbolique",
    "1.sigmoid": "Document 1, Sigmoide",
    "1.softmax": "Document 1, Soft-max",
    "1.ce": "Document 1, Coût Cross-Entropique",
    "1.logsoftmax_ce": "Document 1, Combinaison de Softmax et coût cross-entropique",
    "1.autoencoder": "Document 1, Se compresser",
    "1.bce": "Document 1, Coût Cross-entropique binaire",
    "2.last": "Document 2, last layer with softmax",
    "2.fc": "Document 2, fully connected layer",
    "2.avgpool": "Document 2, average pooling layer",
    "2.conv": "Document 2, convolutional layer",
}
"""Where the formulas stand, in the documents' order, by the beginning of their ids."""

INTRODUCTION = """\
# The documents' formulas, judged

Every formula of the two documents that was judged so far, as it is written there, with its verdict.

- **proven**: right, for all sizes and all values.
- **definition**: what the document takes something to be, and nothing later contradicts it.
- **refuted**: wrong as it is written. An example with small numbers shows it; below it stands what is right,
  which is proven.
- **incomplete**: right once something is added that the document does not say.

Indices count from 1, as in the documents. *L* is the loss, and $`\\partial L/\\partial z`$ the document's δ of a
layer with the output *z*. A matrix is given by its entry in brackets, followed by what counts its rows and its
columns: $`\\left[W_{j i}\\right]_{j; i}`$. A bracket that holds an equation, such as $`\\left[i = j\\right]`$, is 1
where it holds and 0 elsewhere. $`:=`$ marks a definition.
"""
ORDER = (PROVEN, DEFINITION, REFUTED, INCOMPLETE, OPEN)


def verdicts_page(verdicts: Sequence[Verdict]) -> str:
    """The page as Markdown, its formulas in the documents' order."""
    found: dict[str, list[Verdict]] = {place: [] for place in PLACES}
    for verdict in verdicts:
        found.setdefault(_place(verdict), []).append(verdict)
    sections = [_section(PLACES.get(place, place), each) for place, each in found.items() if each]
    in_order = [verdict for each in found.values() for verdict in each]
    return "\n".join([INTRODUCTION, _counts(in_order), _wrong(in_order), *sections])


def _place(verdict: Verdict) -> str:
    """The beginning of an id that says where a formula stands."""
    known = (place for place in PLACES if verdict.id.startswith(f"{place}."))
    return next(known, verdict.id.rsplit(".", 1)[0])


def _counts(verdicts: Sequence[Verdict]) -> str:
    kinds = [kind for kind in ORDER if kind is not OPEN or any(v.verdict is OPEN for v in verdicts)]
    rows = [["", *(kind.value for kind in kinds), "in all"], ["---", *("--:" for _ in kinds), "--:"]]
    documents = sorted({v.id.split(".")[0] for v in verdicts})
    for document in documents:
        rows.append(_row(f"document {document}", [v for v in verdicts if v.id.startswith(f"{document}.")], kinds))
    rows.append(_row("both", verdicts, kinds))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(name: str, verdicts: Sequence[Verdict], kinds: Sequence[Expected]) -> list[str]:
    counts = Counter(v.verdict for v in verdicts)
    return [name, *(str(counts[kind]) for kind in kinds), str(len(verdicts))]


def _wrong(verdicts: Sequence[Verdict]) -> str:
    """What has to be corrected, in short."""
    listed = [v for v in verdicts if v.verdict in (REFUTED, INCOMPLETE, OPEN)]
    lines = [f"- [{v.id}](#{_anchor(_title(v))}), {v.verdict.value}: {v.reason}" for v in listed]
    return "\n".join(["## What to correct", "", *lines, ""])


def _section(title: str, verdicts: Iterable[Verdict]) -> str:
    return "\n".join([f"## {title}", "", *map(_entry, verdicts)])


def _entry(verdict: Verdict) -> str:
    parts = [f"### {_title(verdict)}", _block(verdict.statement)]
    if verdict.reading:
        parts.append(f"Read so: {verdict.reading}.")
    if verdict.verdict in (REFUTED, INCOMPLETE, OPEN) and verdict.reason:
        parts.append(f"**What is wrong.** {verdict.reason}" if verdict.verdict is REFUTED else verdict.reason)
    if verdict.witness is not None:
        parts += _witness(verdict.witness, verdict.loss)
    if verdict.verdict is REFUTED:
        parts += ["**What should stand there:**", _block(verdict.derived)]
    if verdict.assumptions:
        parts.append(f"It rests on: {', '.join(f'`{assumption}`' for assumption in verdict.assumptions)}.")
    return "\n\n".join(parts) + "\n"


def _title(verdict: Verdict) -> str:
    return f"{verdict.id}: {verdict.verdict.value}"


def _anchor(title: str) -> str:
    """How GitHub calls a heading in a link."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _witness(witness: Mapping[str, Any], loss: str) -> list[str]:
    """The example, in an order in which a person can follow it: what is given, what follows, where it fails."""
    given = [_equation(name, v, loss) for part in ("sizes", "values") for name, v in witness[part].items()]
    steps = [_equation(name, v, loss) for name, v in witness["steps"].items()]
    follows = f" Then {_listed(steps)}." if steps else ""
    place = _listed([_position(name, at + 1) for name, at in witness["at"].items()])
    where = f"in {_math(witness['equation'])}" if witness["equation"] else f"at {place}" if place else ""
    sides = _sides(witness)
    parts = [f"**Example.** Take {_listed(given)}.{follows} {_sentence(where, sides)}"]
    if witness["matrices"]:
        left, right = map(_values, witness["matrices"])
        parts += ["The two matrices are then", _block(rf"{left} \neq {right}")]
    return parts


def _sides(witness: Mapping[str, Any]) -> str:
    left, right = (_math(_number(witness[side])) for side in ("left", "right"))
    if witness["equation"] or witness["compares"] == "both sides":
        return f"the left side is {left} and the right side {right}"
    first, second = witness["compares"].split(" against ")
    return f"{first}: {left}; {second}: {right}"


def _position(name: str, number: int) -> str:
    return f"{name} {number}" if name in ("row", "column") else _math(f"{latex_name(name)} = {number}")


def _sentence(where: str, sides: str) -> str:
    text = f"{where} {sides}." if where else f"{sides}."
    return text[0].upper() + text[1:]


def _equation(name: str, value: Any, loss: str) -> str:
    if name.startswith(GRADIENT):
        symbol = rf"\partial {loss}/\partial {latex_name(name.removeprefix(GRADIENT))}"
    else:
        symbol = name if "(" in name else latex_name(name)
    return _math(f"{symbol} = {_values(value)}")


def _values(value: Any) -> str:
    """A number, a vector in parentheses, or a matrix."""
    if not isinstance(value, list):
        return _number(str(value))
    if value and isinstance(value[0], list):
        rows = r" \\ ".join(" & ".join(map(_values, row)) for row in value)
        return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"
    return rf"\left({', '.join(map(_values, value))}\right)"


def _number(text: str) -> str:
    for plain, spelled in (("²", "^2"), ("³", "^3"), ("≈", r"\approx")):
        text = text.replace(plain, spelled)
    return text


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(texts)


def _math(latex: str) -> str:
    return f"$`{latex}`$"


def _block(latex: str) -> str:
    return f"```math\n{latex}\n```"

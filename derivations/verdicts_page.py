"""The page of all verdicts, as a teacher would correct the documents: Markdown with formulas in LaTeX.

A pure function from verdicts and their claims to text, the same bytes in every process. Formulas stand in
```math blocks and between $` and `$, the spellings in which Markdown leaves LaTeX alone; the claims' own words
have their formulas in Unicode, as they are printed everywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sympy import Expr, Idx

from derivations.evaluate import Point, evaluate
from derivations.latex import latex, latex_equation, latex_name, latex_statement
from derivations.layer import DEFINITION, INCOMPLETE, OPEN, PROVEN, REFUTED, At, Blank, Claim, Expected, Layer
from derivations.layers import JUDGED
from derivations.notation import GRADIENT, name_of, size_of
from derivations.numbers import spell
from derivations.text import equation
from derivations.verdicts_words import INTRODUCTION, PLACES

if TYPE_CHECKING:
    from derivations.judge import Verdict

Claims = Mapping[str, tuple[Layer, Claim]]
ORDER = (PROVEN, DEFINITION, REFUTED, INCOMPLETE, OPEN)


def verdicts_page(verdicts: Sequence[Verdict], layers: Sequence[Layer] = JUDGED) -> str:
    """The page as Markdown, its formulas in the documents' order; ``layers`` hold the claims that were judged."""
    claims = {claim.id: (layer, claim) for layer in layers for claim in layer.claims}
    found: dict[str, list[Verdict]] = {place: [] for place in PLACES}
    for verdict in verdicts:
        found.setdefault(_place(verdict), []).append(verdict)
    sections = [_section(PLACES.get(place, place), each, claims) for place, each in found.items() if each]
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


def _section(title: str, verdicts: Iterable[Verdict], claims: Claims) -> str:
    return "\n".join([f"## {title}", "", *(_entry(v, claims.get(v.id)) for v in verdicts)])


def _entry(verdict: Verdict, judged: tuple[Layer, Claim] | None) -> str:
    parts = [f"### {_title(verdict)}", _block(_sign(verdict, verdict.statement))]
    parts += _where(verdict, *judged) if judged else []
    if verdict.reading:
        parts.append(f"Read as: {verdict.reading}.")
    if verdict.verdict in (REFUTED, INCOMPLETE, OPEN) and verdict.reason:
        parts.append(f"**What is wrong.** {verdict.reason}" if verdict.verdict is REFUTED else verdict.reason)
    if verdict.witness is not None:
        parts += _witness(verdict.witness, verdict.loss, verdict.counted_from)
    if verdict.verdict is INCOMPLETE and judged and isinstance(judged[1].statement, Blank):
        parts += ["**What is missing:**", _block(_sign(verdict, verdict.derived))]
    if verdict.verdict is REFUTED:
        parts += ["**What should stand there:**", _block(_sign(verdict, verdict.derived))]
    spelled = _equations(*judged) if judged else {}
    parts += _rests_on(verdict.assumptions, spelled)
    return "\n\n".join(parts) + "\n"


def _sign(verdict: Verdict, statement: str) -> str:
    """The statement, in which only a definition defines anything."""
    return statement if verdict.verdict is DEFINITION else statement.replace(":=", "=")


def _where(verdict: Verdict, layer: Layer, claim: Claim) -> list[str]:
    """The numbers for which alone a formula is judged, and what a right one written for some sizes is in general."""
    if claim.at is not None and claim.at.values:
        return [f"The numbers are {_listed(_given(claim.at))}."]
    if claim.general is None or verdict.verdict is REFUTED:
        return []
    return ["In general:", _block(_sign(verdict, latex_statement(claim.general, layer.loss, layer.counted_from)))]


def _given(at: At) -> list[str]:
    """The sizes and the inputs that a document's example puts in, as equations."""
    equations = [f"{latex(size)} = {count}" for size, count in at.sizes.items()]
    for entry, formula in at.values.items():
        fixed = [i for i in entry.indices if size_of(i) in at.sizes]
        free = tuple(i for i in entry.indices if i not in fixed)
        symbol = latex(entry.base[free]) if free else latex_name(name_of(entry))
        equations.append(f"{symbol} = {_values(_numbers(formula, fixed, at, {}))}")
    return list(map(_math, equations))


def _numbers(formula: Expr, fixed: Sequence[Idx], at: At, place: Mapping[Idx, int]) -> Any:
    """A formula's values along some indices, as nested lists of numbers as text."""
    if not fixed:
        return spell(evaluate(formula, Point({}, {}), place))
    first, *others = fixed
    return [_numbers(formula, others, at, {**place, first: p}) for p in range(at.sizes[size_of(first)])]


def _equations(layer: Layer, claim: Claim) -> dict[str, str]:
    """Every equation that the claim may rest on in LaTeX, by its plain text."""
    assumed = ((a.left, a.right) for a in (*layer.assumptions, *claim.requires))
    pairs = (*assumed, *claim.declares.items())
    return {equation(left, right): latex_equation(left, right, layer.loss, layer.counted_from) for left, right in pairs}


def _rests_on(assumptions: Sequence[str], spelled: Mapping[str, str]) -> list[str]:
    """What the verdict rests on, in one sentence: all of it has to hold at once."""
    absent = [_math(latex_name(a.removeprefix("without "))) for a in assumptions if a.startswith("without ")]
    where = [_math(spelled[a]) if a in spelled else f"`{a}`" for a in assumptions if not a.startswith("without ")]
    parts = [f" {word} {' and '.join(each)}" for word, each in (("where", where), ("without", absent)) if each]
    return [f"It holds{''.join(parts)}."] if parts else []


def _title(verdict: Verdict) -> str:
    return f"{verdict.id}: {verdict.verdict.value}"


def _anchor(title: str) -> str:
    """How GitHub calls a heading in a link."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _witness(witness: Mapping[str, Any], loss: str, first: int) -> list[str]:
    """The example, in an order in which a person can follow it: what is given, what follows, where it fails."""
    given = [_equation(name, v, loss) for part in ("sizes", "values") for name, v in witness[part].items()]
    steps = [_equation(name, v, loss) for name, v in witness["steps"].items()]
    follows = f" Then {_listed(steps)}." if steps else ""
    place = _listed([_position(name, at + first) for name, at in witness["at"].items()])
    where = f"in {_math(witness['equation'])}" if witness["equation"] else f"at {place}" if place else ""
    seen = _missing(witness, place) if witness["compares"].endswith(" exists") else _sentence(where, _sides(witness))
    parts = [f"**Example.** Take {_listed(given)}.{follows} {seen}"]
    if witness["matrices"]:
        left, right = map(_values, witness["matrices"])
        parts += ["The two matrices are then", _block(rf"{left} \neq {right}")]
    return parts


def _missing(witness: Mapping[str, Any], place: str) -> str:
    """What a formula reads that does not exist."""
    return f"At {place} there is no {_math(witness['equation'])}."


def _sides(witness: Mapping[str, Any]) -> str:
    left, right = (_math(_number(witness[side])) for side in ("left", "right"))
    if witness["equation"] or witness["compares"] == "both sides":
        return f"the left side is {left} and the right side {right}"
    first, second = witness["compares"].split(" against ")
    return f"the number of {first} is {left}, and the number of {second} is {right}"


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

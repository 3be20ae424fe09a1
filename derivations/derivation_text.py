"""A derivation as a student would write it: each read, its partial derivative and rule, the chain rule.

What is said is made once, as a list of items; plain text and LaTeX are two ways to print the items.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, Indexed

from derivations.derivation import Derivation, Variant, derive, variants
from derivations.latex import latex_in_order
from derivations.layer import Layer
from derivations.notation import d, jacobian, name_of, size_of
from derivations.pull_back import Read, Step, partial_derivatives
from derivations.setting import setting_of
from derivations.text import formula


@dataclass(frozen=True)
class Heading:
    """A title, of the whole (level 1) or of a part (level 2)."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Words:
    """A sentence; what is an expression is set as a formula."""

    parts: tuple[str | Expr, ...]


@dataclass(frozen=True)
class Formula:
    """left = right on a line of its own, and by which rules."""

    left: Expr
    right: Expr
    rules: tuple[str, ...] = ()


Item = Heading | Words | Formula


def explain(layer: Layer, latex: bool = False) -> str:
    """The derivation of a layer's backward formulas, step by step.

    Parameters
    ----------
    layer : Layer
        Any layer; its optional parameters and the labels of its target are treated at the end.
    latex : bool
        A whole LaTeX document instead of plain text.
    """
    items = list(_items(layer))
    return _latex_document(items) if latex else _plain(items)


# What is said ---------------------------------------------------------------------------------------


def _items(layer: Layer) -> Iterator[Item]:
    whole, *others = (derive(layer, variant) for variant in variants(layer))
    yield Heading(layer.name, 1)
    if layer.source:
        yield Words((f"Source: {layer.source}.",))
    yield from _given(layer)
    yield Heading("Forward")
    for step in whole.steps:
        if "named sum" in step.rules:
            yield Words(("The sum inside the next formula gets a name of its own:",))
        yield Formula(step.left, step.right)
    yield Heading("Backward")
    output = d(whole.output.base)[whole.output.indices]
    yield Words(("Given is ", output, ", the gradient of a scalar L that depends on ", whole.output, " only."))
    for gradient in whole.gradients:
        yield from _gradient(whole, gradient)
    yield from _together(layer, whole)
    for other in others:
        yield from _variant(layer, whole, other)


def _given(layer: Layer) -> Iterator[Item]:
    optional = {name_of(base) for base in layer.optional}
    kinds: tuple[tuple[str, Sequence[Indexed]], ...] = (
        ("input", layer.inputs),
        ("target", () if layer.target is None else (layer.target,)),
        ("parameter", layer.parameters),
    )
    for kind, entries in kinds:
        for entry in entries:
            maybe = ", which may be absent" if name_of(entry) in optional else ""
            axes = [part for i in entry.indices for part in (" × ", size_of(i))][1:]
            yield Words((f"{kind.capitalize()} ", entry, " of shape ", *axes, f"{maybe}."))
    for hyper in layer.hyperparameters:
        conditions = " and ".join(map(str, hyper.conditions))
        yield Words(("Hyperparameter ", hyper.symbol, f" with {conditions}." if conditions else "."))
    for assumption in layer.assumptions:
        yield Words(("For every admissible target ", assumption.left, " = ", assumption.right, "."))


def _gradient(derivation: Derivation, gradient: Step) -> Iterator[Item]:
    """One gradient: every read of the tensor, then the chain rule over all of them."""
    name = name_of(gradient.left)[1:]
    yield Words(("To find ", gradient.left, ":"))
    for step in derivation.steps:
        reads = _by_entry(partial_derivatives(step.right, [name]))
        alone = ", by this occurrence alone," if len(reads) > 1 else ""
        for read in reads:
            yield Words((step.left, " reads ", read.entry, f", and there{alone}"))
            yield Formula(jacobian(step.left, read.entry), read.partial, read.rules)
    yield Words(("so by the chain rule, summed over every place that reads it,",))
    yield Formula(gradient.left, gradient.right)


def _by_entry(reads: Iterable[Read]) -> list[Read]:
    """Reads of the same entry as one, their partial derivatives added."""
    found: dict[Indexed, Read] = {}
    for read in reads:
        before = found.get(read.entry)
        if before is not None:
            rules = dict.fromkeys((*before.rules, *read.rules))
            read = replace(read, partial=before.partial + read.partial, rules=tuple(rules))
        found[read.entry] = read
    return list(found.values())


def _together(layer: Layer, derivation: Derivation) -> Iterator[Item]:
    """The gradients of inputs and parameters with all of it put in; of a loss, those of its sum."""
    setting = setting_of(layer, [layer.output])
    entries = [d(e.base)[e.indices] for e in (*layer.inputs, *layer.parameters)]
    if layer.target is None and len(derivation.steps) == 1:
        return
    yield Heading("Together")
    if layer.target is not None:
        yield Words(
            (
                "Let L be the sum of ",
                layer.output,
                f" over {_listed(layer.output)}. Then",
            )
        )
    for entry in entries:
        found = setting.derived(entry)
        if found is not None:
            yield Formula(entry, found)


def _listed(entry: Indexed) -> str:
    return " and ".join(str(i.label) for i in entry.indices)


def _variant(layer: Layer, whole: Derivation, other: Derivation) -> Iterator[Item]:
    """What is different where something optional is absent, or the target is given as labels."""
    yield Heading(_title(other.variant))
    if other.variant.as_label:
        for left, right in layer.target_as_label.items():
            yield Words(("The target is given as labels: ", left, " = ", right, "."))
    known = {(step.left, step.right) for step in (*whole.steps, *whole.gradients)}
    changed = [step for step in (*other.steps, *other.gradients) if (step.left, step.right) not in known]
    for step in changed:
        yield Formula(step.left, step.right, step.rules if step in other.gradients else ())
    if len(changed) < len(other.steps) + len(other.gradients):
        yield Words(("The other formulas stay as they are.",))


def _title(variant: Variant) -> str:
    text = str(variant).replace("labels", "with labels")
    return text[:1].upper() + text[1:]


# How it is printed ----------------------------------------------------------------------------------


def _plain(items: Sequence[Item]) -> str:
    printers: Mapping[type, Callable[..., str]] = {
        Heading: lambda h: f"{h.text}\n{'=-'[h.level - 1] * len(h.text)}",
        Words: lambda w: "".join(p if isinstance(p, str) else formula(p) for p in w.parts),
        Formula: _plain_formula,
    }
    lines: list[str] = []
    for item in items:
        lines += ["", printers[type(item)](item)] if isinstance(item, Heading) else [printers[type(item)](item)]
    return "\n".join(lines).strip() + "\n"


def _plain_formula(item: Formula) -> str:
    why = f"    ({'; '.join(item.rules)})" if item.rules else ""
    return f"    {formula(item.left)} = {formula(item.right)}{why}"


PREAMBLE = r"""\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amsmath}
\setlength{\parindent}{0pt}
\begin{document}
"""


def _latex_document(items: Sequence[Item]) -> str:
    printers: Mapping[type, Callable[..., str]] = {
        Heading: lambda h: rf"\{'sub' * (h.level - 1)}section*{{{_latex_words(h.text)}}}",
        Words: lambda w: "".join(_latex_words(p) if isinstance(p, str) else f"${latex_in_order(p)}$" for p in w.parts),
        Formula: _latex_formula,
    }
    body = "\n\n".join(printers[type(item)](item) for item in items)
    return f"{PREAMBLE}\n{body}\n\n\\end{{document}}\n"


def _latex_formula(item: Formula) -> str:
    why = rf" \qquad \text{{({'; '.join(map(_latex_rule, item.rules))})}}" if item.rules else ""
    return rf"\[ {latex_in_order(item.left)} = {latex_in_order(item.right)}{why} \]"


def _latex_words(text: str) -> str:
    for sign, command in (("&", r"\&"), ("%", r"\%"), ("_", r"\_"), ("#", r"\#"), (" × ", r" $\times$ ")):
        text = text.replace(sign, command)
    return text


def _latex_rule(rule: str) -> str:
    """A rule's name; one that is a formula, such as tanh' = 1 - tanh², is set as one."""
    if "=" not in rule and "|" not in rule:
        return _latex_words(rule)
    known = rule.replace("²", "^2").replace("√π", r"\sqrt{\pi}")
    known = re.sub(r"\b(tanh|sinh|cosh|tan|sin|cos|log|exp)\b", r"\\\1 ", known)
    return "$" + re.sub(r"\b(atan|erf|sign|at)\b", r"\\operatorname{\1} ", known) + "$"

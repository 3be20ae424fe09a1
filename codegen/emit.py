"""The plain functions of a layer as text: one function for all variants, with guards where they differ."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from sympy import Indexed

from codegen.choose import Program
from codegen.lower import lower, spelled
from codegen.page import PlainFunction
from codegen.program import sizes_read, text
from codegen.routines import Routine, Steps, routines, steps_of
from codegen.statements import Statement, lines_of, reuse_buffers
from codegen.window_text import integer_text
from derivations.derivation import Variant
from derivations.layer import Layer
from derivations.notation import name_of
from derivations.text import formula

WIDTH = 104
"""Emitted lines are indented by four and stay within 108 columns; a longer comment goes above its line."""


INDENT = "    "
KEPT = "\u00a0"
"""A space at which no line is broken."""


class EmissionError(ValueError):
    """Variants of a layer that cannot be said in one function."""


@dataclass(frozen=True)
class Body:
    """The lines of one routine in one variant."""

    routine: Routine
    lines: tuple[Statement, ...]

    @property
    def given_sizes(self) -> frozenset[str]:
        """The names of sizes that the lines and the sizes defined before them read; arguments are among them."""
        read = frozenset().union(*(sizes_read(line.node) for line in self.lines))
        read |= frozenset().union(*(e.free_symbols for _, e in self.routine.defined))
        return frozenset(spelled(str(size)) for size in read)


def emit_functions(layer: Layer, programs: Mapping[Variant, Program]) -> tuple[PlainFunction, ...]:
    """All plain functions of a layer, in order.

    Parameters
    ----------
    layer : Layer
        The definition.
    programs : mapping of Variant to Program
        The chosen program of every variant, the whole one first.

    Raises
    ------
    EmissionError
        An optional parameter changes more than lines that can be left out.
    """
    functions: list[PlainFunction] = []
    for as_label in dict.fromkeys(v.as_label for v in programs):
        group = {v: _bodies(p) for v, p in programs.items() if v.as_label == as_label}
        whole = next(iter(group.values()))
        for name in whole:
            functions.append(_function(name, layer, {v: bodies[name] for v, bodies in group.items() if name in bodies}))
    return (*functions, *_assumptions(layer))


def _bodies(program: Program) -> dict[str, Body]:
    steps = steps_of(program)
    return {r.name: Body(r, tuple(_lines(r, steps))) for r in routines(program, steps)}


def _lines(routine: Routine, steps: Steps) -> list[Statement]:
    kept = frozenset({*routine.results, *(routine.saves or ()), *routine.arguments, *(routine.saved or ())})
    return reuse_buffers(lines_of(routine.steps, steps.nodes, steps.lefts, steps.specials), kept)


def _function(name: str, layer: Layer, bodies: Mapping[Variant, Body]) -> PlainFunction:
    whole = next(body for v, body in bodies.items() if not v.absent)
    absent = {v.absent[0]: body for v, body in bodies.items() if len(v.absent) == 1}
    optional = [spelled(n) for n in absent]
    _check_mergeable(name, layer, bodies, whole)
    routine = whole.routine
    guards = [
        tuple(spelled(n) for n, body in absent.items() if line not in body.lines) for line in whole.lines
    ]
    lines: list[str] = []
    saved = _with_optional(routine.saved, optional, layer)
    if saved:
        used = frozenset().union(*(line.reads for line in whole.lines), {o for g in guards for o in g})
        used |= {array for array, _ in routine.shapes} | whole.given_sizes
        names = [n if n in used or n in routine.results else "_" for n in saved]
        lines.append(f"{_unpacked(names)} = saved")
    lines += [f"{_unpacked(axes)} = {array}.shape" for array, axes in routine.shapes]
    lines += [f"{spelled(str(size))} = {integer_text(e)}" for size, e in routine.defined]
    lines += [f"{n} = None" for n in routine.results if _only_guarded(n, whole.lines, guards)]
    lines += _guarded(whole.lines, guards)
    lines.append(_return(routine, optional, layer))
    arguments = tuple(f"{a}=None" if a in optional else a for a in routine.arguments)
    return PlainFunction(name, _required_first(arguments), "\n".join(lines), _doc(name, layer))


def _unpacked(names: Sequence[str]) -> str:
    return f"({names[0]},)" if len(names) == 1 else ", ".join(names)


def _check_mergeable(name: str, layer: Layer, bodies: Mapping[Variant, Body], whole: Body) -> None:
    for variant, body in bodies.items():
        rest = [line for line in whole.lines if line in body.lines]
        if rest != list(body.lines):
            raise EmissionError(
                f"{layer.name}.{name}: {variant} it is computed by other lines than with it; write two layers"
            )


def _only_guarded(name: str, lines: Sequence[Statement], guards: Sequence[tuple[str, ...]]) -> bool:
    mine = [g for line, g in zip(lines, guards, strict=True) if line.target == name]
    return bool(mine) and all(mine)


def _with_optional(
    names: tuple[str, ...] | None, optional: Sequence[str], layer: Layer
) -> tuple[str, ...] | None:
    """Saved names with the optional parameters among them: the backward asks whether they are there."""
    if names is None:
        return None
    order = [a for a in _forward_arguments(layer) if a in names or a in optional]
    return (*order, *(n for n in names if n not in order))


def _forward_arguments(layer: Layer) -> list[str]:
    labels = [e for right in layer.target_as_label.values() for e in right.args if isinstance(e, Indexed)]
    target = [layer.target] if layer.target is not None else []
    return [spelled(name_of(e)) for e in (*target, *labels, *layer.inputs, *layer.parameters)]


def _guarded(lines: Sequence[Statement], guards: Sequence[tuple[str, ...]]) -> list[str]:
    """Lines under what decides whether they run: settings first, then optional parameters."""
    made: list[str] = []
    previous: list[str] = []
    for line, guard in zip(lines, guards, strict=True):
        above = [line.way.code] if line.way else []
        above += [f"if {' and '.join(f'{g} is not None' for g in guard)}:"] if guard else []
        shared = next((n for n, one in enumerate(above) if previous[n : n + 1] != [one]), len(above))
        made += [f"{INDENT * depth}{above[depth]}" for depth in range(shared, len(above))]
        made += [INDENT * len(above) + part for part in _commented(line)]
        previous = above
    return made


def _commented(line: Statement) -> list[str]:
    whole = f"{line.code}  # {line.comment}"
    if len(whole) <= WIDTH and "\n" not in whole:
        return [whole]
    whole_brackets = re.sub(r"\[[^][]{,60}\]", lambda found: found[0].replace(" ", KEPT), line.comment)
    breakable = whole_brackets.replace("]·", "]· ")  # between factors a line may end too
    parts = wrap(breakable, WIDTH - 2, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    shown = (part.replace("]· ", "]·").replace(KEPT, " ") for part in parts)
    return [*(f"# {part}" for part in shown), *line.code.split("\n")]


def _return(routine: Routine, optional: Sequence[str], layer: Layer) -> str:
    saves = _with_optional(routine.saves, optional, layer)
    if saves is None:
        return f"return {', '.join(routine.results)}"
    held = f"({', '.join(saves)}{',' if len(saves) == 1 else ''})"
    line = f"return {', '.join((*routine.results, held))}"
    if len(line) <= WIDTH:
        return line
    names = wrap(f"{', '.join(saves)},", WIDTH - 4, break_long_words=False)
    return "\n".join((f"return {', '.join((*routine.results, '('))}", *(f"    {part}" for part in names), ")"))


def _required_first(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(arguments, key=lambda a: "=" in a))


def _doc(name: str, layer: Layer) -> str:
    output = formula(layer.output)
    sources = [*layer.inputs, *layer.parameters]
    inputs = [f"∂L/∂{formula(e)}" for e in layer.inputs]
    parameters = [f"∂L/∂{formula(e)}" for e in layer.parameters]
    everything = [f"∂L/∂{formula(e)}" for e in sources]
    stem = name.removesuffix("_labels")
    labels = f", the target given as labels {_label_text(layer)}" if name != stem else ""
    said = {
        "forward": f"{output}, and what the backward needs of it",
        "saved_values": "What the backward needs, without the output",
        "backward": f"{_listed(everything)} for delta = ∂L/∂{output}",
        "backward_delta": f"{_listed(inputs)} for delta = ∂L/∂{output}",
        "backward_update_gradient": f"{_listed(parameters)} for delta = ∂L/∂{output}",
    }
    return f"{said[stem]}{labels}."


def _label_text(layer: Layer) -> str:
    found = [e for right in layer.target_as_label.values() for e in right.args if isinstance(e, Indexed)]
    return _listed([formula(e) for e in found])


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _assumptions(layer: Layer) -> tuple[PlainFunction, ...]:
    made = []
    for number, assumption in enumerate(layer.assumptions, 1):
        gap = assumption.left - assumption.right
        target = layer.target
        if target is None:
            raise EmissionError(f"{layer.name}: an assumption is checked on a target, and there is none")
        order = [i for i in target.indices if i in gap.free_symbols]
        body = f"return {text(lower(gap, order))}  # {formula(gap)}"
        doc = f"How far the target is from {formula(assumption.left)} = {formula(assumption.right)}."
        made.append(PlainFunction(f"assumption_{number}", (spelled(name_of(target)),), body, doc))
    return tuple(made)


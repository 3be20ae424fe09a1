"""What the commands say: tables and colours for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from codegen.writer import Difference, Outcome
from derivations.layer import Expected, Layer
from derivations.notation import name_of

if TYPE_CHECKING:
    from codegen.pipeline import Built, Check
    from derivations.judge import Verdict

COLOURS = {
    Expected.PROVEN: "green",
    Expected.REFUTED: "red",
    Expected.INCOMPLETE: "yellow",
    Expected.DEFINITION: "cyan",
    Expected.OPEN: "magenta",
}
PIPED_WIDTH = 120


def console(*, stderr: bool = False) -> Console:
    """Standard output or error; colours and the terminal's width only on a terminal.

    Markup is off: a formula's brackets are not style.
    """
    made = Console(stderr=stderr, markup=False, highlight=False)
    if not made.is_terminal:
        made.width = PIPED_WIDTH
    return made


def progress(layers: Sequence[Layer], doing: str) -> Iterator[Layer]:
    """The layers one by one, with a bar on standard error while it is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    err = console(stderr=True)
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(doing, total=len(layers))
        for layer in layers:
            bar.update(task, description=f"{doing} {layer.name}")
            yield layer
            bar.advance(task)


def shown(path: Path) -> str:
    """A path as a person would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def is_as_expected(verdict: Verdict) -> bool:
    """Whether a claim got the verdict that stands in it; an open one never counts."""
    return verdict.verdict is verdict.expected and verdict.verdict is not Expected.OPEN


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The promised fields of ``backproof prove --json``, and no others."""
    return {
        "id": verdict.id,
        "verdict": verdict.verdict.value,
        "statement": verdict.statement,
        "derived": verdict.derived,
        "witness": verdict.witness,
        "reason": verdict.reason,
        "assumptions": list(verdict.assumptions),
        "checks": list(verdict.checks),
    }


def built_json(built: Built, verdicts: Iterable[Verdict] = ()) -> dict[str, Any]:
    """One layer of ``backproof generate --json``."""
    return {
        "layer": built.layer.name,
        "module": built.module_name,
        "lines": built.lines,
        "seconds": built.seconds,
        "proofs": [check_json(check) for check in built.proofs],
        "claims": dict(Counter(verdict.verdict.value for verdict in verdicts)),
    }


def check_json(check: Check) -> dict[str, Any]:
    """A check as an object of JSON."""
    return {"subject": check.subject, "statement": check.statement, "ok": check.ok, "detail": check.detail}


def print_json(value: Any) -> None:
    """Indented JSON; exact numbers of the witnesses as text."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def layer_table(built: Sequence[Built], verdicts: Mapping[str, Sequence[Verdict]]) -> Table:
    """Claims by verdict, emitted lines and time, a row for each layer."""
    table = _table("layer")
    for verdict in Expected:
        table.add_column(verdict.value, justify="right", header_style=COLOURS[verdict])
    table.add_column("lines", justify="right")
    table.add_column("time", justify="right")
    for one in built:
        counts = Counter(verdict.verdict for verdict in verdicts[one.layer.name])
        cells = [str(counts[verdict] or "") for verdict in Expected]
        table.add_row(one.layer.name, *cells, str(one.lines), f"{one.seconds:.1f} s")
    return table


def list_table(layers: Iterable[Layer]) -> Table:
    """What there is to generate."""
    table = _table("layer", "also called", "formula of", "parameters", "claims")
    table.columns[-1].justify = "right"
    for layer in layers:
        parameters = ", ".join(name_of(parameter) for parameter in layer.parameters)
        aliases = ", ".join(layer.aliases)
        table.add_row(layer.name, aliases, name_of(layer.output), parameters, str(len(layer.claims)))
    return table


def verdict_text(verdict: Verdict) -> Text:
    """A claim with its verdict and, unless it simply holds, what should stand there and why."""
    word = Text(f"{verdict.verdict.value:<11}", style=COLOURS[verdict.verdict])
    lines = [word + Text(f"{verdict.id}   ", style="bold") + Text(verdict.plain)]
    if not is_as_expected(verdict):
        lines.append(Text(f"  expected   {verdict.expected.value}", style="bold red"))
    if verdict.verdict is not Expected.PROVEN:
        lines += [Text(f"  {name:<11}{value}") for name, value in _evidence(verdict) if value]
    return Text("\n").join(lines)


def _evidence(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    return (("right is", verdict.plain_derived), ("witness", _witness(verdict.witness)), ("reason", verdict.reason))


def _witness(witness: Mapping[str, Any] | None) -> str:
    """``N = 1, d = 2; x = [[0, 1]]; row = 0: 0 against 1``."""
    if witness is None:
        return ""
    parts = [witness.get(kind, {}) for kind in ("sizes", "values", "at")]
    listed = "; ".join(", ".join(f"{k} = {_bare(v)}" for k, v in part.items()) for part in parts if part)
    counted = f" (counted from {witness['counted_from']})" if witness.get("at") else ""
    sides = "" if witness.get("compares", "both sides") == "both sides" else f" ({witness['compares']})"
    return f"{listed}{counted}: {witness.get('left')} against {witness.get('right')}{sides}"


def _bare(value: Any) -> str:
    return f"[{', '.join(map(_bare, value))}]" if isinstance(value, list) else str(value)


def verdict_table(verdicts: Sequence[Verdict]) -> Table:
    """Claims by verdict, a row for each part of a document, as the first two words of an id name it."""
    table = _table("formulas")
    for verdict in Expected:
        table.add_column(verdict.value, justify="right", header_style=COLOURS[verdict])
    for part in dict.fromkeys(_part(verdict) for verdict in verdicts):
        counts = Counter(verdict.verdict for verdict in verdicts if _part(verdict) == part)
        table.add_row(part, *(str(counts[verdict] or "") for verdict in Expected))
    return table


def _part(verdict: Verdict) -> str:
    return ".".join(verdict.id.split(".")[:2])


def assumption_counts(assumed: Sequence[object], never: Sequence[str]) -> str:
    """``1 assumption, 0 of them never satisfied``."""
    return f"{_plural(len(assumed), 'assumption')}, {len(never)} of them never satisfied"


def verdict_counts(verdicts: Sequence[Verdict]) -> str:
    """``12 claims: 10 proven, 2 refuted``."""
    counts = Counter(verdict.verdict for verdict in verdicts)
    each = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Expected if counts[verdict])
    return f"{_plural(len(verdicts), 'claim')}{': ' + each if each else ''}"


def check_text(check: Check) -> str:
    """A check that does not hold."""
    return f"{check.subject}: {check.statement} does not hold: {check.detail}"


def missed_text(verdict: Verdict) -> str:
    """A claim that did not get its verdict."""
    expected, judged = verdict.expected.value, verdict.verdict.value
    return f"{verdict.id}: expected {expected}, judged {judged}. {verdict.reason}".rstrip()


def outcome_counts(outcomes: Sequence[Outcome], directory: Path) -> str:
    """``generated: 3 files written, 12 unchanged``."""
    counts = Counter(outcome.action for outcome in outcomes)
    each = ", ".join(f"{count} {action}" for action, count in counts.items())
    return f"{shown(directory)}: {_plural(len(outcomes), 'file')}{': ' + each if each else ''}"


def outcome_json(outcome: Outcome) -> dict[str, str]:
    """A file that was to be written."""
    return {"path": shown(outcome.path), "action": outcome.action}


def difference_json(difference: Difference) -> dict[str, str]:
    """A file that is not what would be emitted."""
    return {"path": shown(difference.path), "kind": difference.kind, "diff": difference.diff}


def difference_text(difference: Difference) -> Text:
    """Which file differs, how, and its diff in colours."""
    means = {
        "missing": "is missing",
        "different": "is not what would be emitted",
        "edited": "was edited by hand",
        "stale": "is made by no layer any more",
    }
    colours = {"+": "green", "-": "red", "@": "cyan"}
    lines = [Text(line, style=colours.get(line[:1], "")) for line in difference.diff.splitlines()]
    title = Text(f"{shown(difference.path)} {means[difference.kind]}", style="bold")
    return Text("\n").join([title, *lines])


def _table(*columns: str) -> Table:
    table = Table(*columns, box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.columns[0].no_wrap = True
    return table


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"

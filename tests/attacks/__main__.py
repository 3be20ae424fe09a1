"""``python -m tests.attacks``: every mutant against every checker, each alone; a table, or JSON to keep."""

from __future__ import annotations

import json
from collections import Counter
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from tests.attacks.false_claims import false_claims, outcome
from tests.attacks.mutant import LAYERS
from tests.attacks.score import as_json, mutants, score, table

WIDTH = 140

Every = Annotated[int, typer.Option(min=1, help="Take every so manieth mutant and claim only.")]

Of = Annotated[list[str] | None, typer.Option("--layer", help="Change this layer only; several may be named.")]


def main(
    every: Every = 1,
    layer: Of = None,
    claims: Annotated[bool, typer.Option(help="Judge the false claims too.")] = True,
    as_text: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Score the checkers, and judge the false claims."""
    # The table is wider than a plain terminal says it is.
    console, progress = Console(width=max(WIDTH, Console().width)), Console(stderr=True)
    rows = [score(m) for m in track(mutants(tuple(layer or LAYERS))[::every], "mutants", console=progress)]
    judged = [outcome(c) for c in track(false_claims()[::every] if claims else (), "false claims", console=progress)]
    verdicts = dict(sorted(Counter(found.verdict for found in judged).items()))
    if as_text:
        typer.echo(json.dumps({**as_json(rows), "false claims": verdicts}, indent=2, ensure_ascii=False))
        return
    console.print(table(rows))
    for row in rows:
        if row.survives:
            console.print(f"survives all: {row.mutant.id}", markup=False)
    if judged:
        console.print(f"{len(judged)} false claims: {', '.join(f'{n} {verdict}' for verdict, n in verdicts.items())}")


if __name__ == "__main__":
    typer.run(main)

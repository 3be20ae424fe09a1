"""Mutants against checkers: who notices what, each checker alone, and what nobody notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rich.table import Table

from tests.attacks.checkers import CHECKERS
from tests.attacks.formula_mutants import formula_mutants
from tests.attacks.mutant import LAYERS, LEVELS, Mutant
from tests.attacks.program_mutants import program_mutants
from tests.attacks.text_mutants import text_mutants


@dataclass(frozen=True)
class Row:
    """A mutant, and what each checker made of it: killed, survived, or no opinion (None)."""

    mutant: Mutant
    killed: Mapping[str, bool | None]

    @property
    def survives(self) -> bool:
        """Whether no checker noticed."""
        return not any(self.killed.values())


@lru_cache(maxsize=2)
def mutants(names: tuple[str, ...] = tuple(LAYERS)) -> tuple[Mutant, ...]:
    """All mutants of some layers, always in the same order."""
    return (*formula_mutants(names), *program_mutants(names), *text_mutants(names))


def score(mutant: Mutant) -> Row:
    """Every checker on a mutant."""
    return Row(mutant, {name: check(mutant) for name, check in CHECKERS.items()})


def is_noticed(mutant: Mutant) -> bool:
    """Whether some checker notices; the rest is not asked."""
    return any(check(mutant) for check in CHECKERS.values())


def table(rows: Sequence[Row]) -> Table:
    """For each level and kind how many mutants there are, and how many each checker kills."""
    made = Table(title="mutants killed, each checker alone (of those it has an opinion of)")
    for heading in ("level", "kind"):
        made.add_column(heading, no_wrap=True)
    for heading in ("mutants", *CHECKERS, "survive all"):
        made.add_column(heading, justify="right")
    for level in LEVELS:
        of_level = [row for row in rows if row.mutant.level == level]
        for kind in sorted({row.mutant.kind for row in of_level}):
            made.add_row(level, kind, *_counts([row for row in of_level if row.mutant.kind == kind]))
        made.add_section()
    made.add_row("all", "", *_counts(rows))
    return made


def _counts(rows: Sequence[Row]) -> list[str]:
    cells = []
    for name in CHECKERS:
        opinions = [row.killed[name] for row in rows if row.killed[name] is not None]
        cells.append(f"{sum(map(bool, opinions))}/{len(opinions)}" if opinions else "")
    return [str(len(rows)), *cells, str(sum(row.survives for row in rows))]


def as_json(rows: Iterable[Row]) -> dict[str, Any]:
    """The counts and the survivors, as an object of JSON."""
    known = list(rows)
    per_checker = {
        name: {
            "asked": sum(row.killed[name] is not None for row in known),
            "killed": sum(bool(row.killed[name]) for row in known),
        }
        for name in CHECKERS
    }
    alone = {
        name: sorted(row.mutant.id for row in known if [n for n, k in row.killed.items() if k] == [name])
        for name in CHECKERS
    }
    return {
        "mutants": len(known),
        "levels": {level: sum(row.mutant.level == level for row in known) for level in LEVELS},
        "checkers": per_checker,
        "killed by one checker only": alone,
        "survivors": sorted(row.mutant.id for row in known if row.survives),
    }

"""A form shown to be 0 case by case: at each position of a free index on a short axis, at each tile of a cut axis."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

from derivations.form import Form, Index, NotShown, free_variables
from derivations.form_determined import determined
from derivations.form_sums import rename, settle
from derivations.form_tiles import by_tiles
from derivations.form_zero import is_zero_form
from derivations.meaning import Meaning
from derivations.tiles import Tiling

MOST_POSITIONS = 64


def is_zero_in_cases(form: Form, meaning: Meaning) -> bool:
    """Whether a form is shown to be 0: as it is, else at all positions, else with an axis cut into its tiles.

    Every case of one way must be shown; the cases of each way leave nothing out.
    """
    if is_zero_form(form, meaning.rules) or _at_positions(form, meaning):
        return True
    known = determined(form)
    if known != form and is_zero_form(known, meaning.rules):
        return True
    return any(_by_tiles(form, tiling) for tiling in meaning.tilings)


def _at_positions(form: Form, meaning: Meaning) -> bool:
    cases = positions(form)
    return cases is not None and all(is_zero_form(case, meaning.rules) for case in cases)


def _by_tiles(form: Form, tiling: Tiling) -> bool:
    """Whether nothing is left by tiles, at each position; assumptions speak of whole axes and are not used."""
    try:
        return all(not part or not any(positions(part) or (part,)) for part in by_tiles(form, tiling))
    except NotShown:
        return False


def positions(form: Form) -> Iterator[Form] | None:
    """The form with a position in place of every free index whose axis has a fixed size; None if there is none.

    [k = 0]·u₀ + [k = 1]·u₁ is u_k for k on an axis of two: only position by position does a form show it.
    """
    short = sorted(v for v in free_variables(form) if v[2].isdigit())
    if not short or prod(int(v[2]) for v in short) > MOST_POSITIONS:
        return None
    return (_at(form, short, values) for values in product(*(range(int(v[2])) for v in short)))


def _at(form: Form, short: list[Index], values: tuple[int, ...]) -> Form:
    return settle(rename(form, {v: ("int", value) for v, value in zip(short, values, strict=True)}))

"""Numbers made of sizes and integer hyperparameters, and the windows that they describe, as Python."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Integer, Mul, Symbol, floor

from codegen.naming import python_name

WINDOWED = ("windows", "sum_windows", "add_windows", "spread_windows", "max_windows", "spread_to_maxima")
"""The rows of the table that know windows."""


def integer_text(e: Expr) -> str:
    """A number made of sizes and integer hyperparameters, as Python: ``(H + 2*padding - R)//stride + 1``."""
    return _text(e)[0]


TERMS, PRODUCT, ATOM = range(3)


def _text(e: Expr) -> tuple[str, int]:
    if isinstance(e, Integer):
        return str(e), ATOM if e >= 0 else TERMS
    if isinstance(e, Symbol):
        return python_name(str(e)), ATOM
    if isinstance(e, floor):
        above, below = e.args[0].as_numer_denom()
        return f"{_within(above, PRODUCT)}//{_within(below, ATOM)}", PRODUCT
    if isinstance(e, Add):
        (sign, first), *others = sorted(map(_signed, e.args), key=_term_key)
        text = ("-" if sign < 0 else "") + _within(first, PRODUCT)
        return text + "".join(f" {'-' if s < 0 else '+'} {_within(t, PRODUCT)}" for s, t in others), TERMS
    if isinstance(e, Mul):
        sign, e = _signed(e)
        factors = e.args if isinstance(e, Mul) else (e,)
        text = "*".join(_within(f, ATOM if isinstance(f, (Add, floor)) else PRODUCT) for f in factors)
        return ("-" if sign < 0 else "") + text, TERMS if sign < 0 else PRODUCT
    raise ValueError(f"{e}: sizes are made with + - * and //")


def _signed(e: Expr) -> tuple[int, Expr]:
    return (-1, -e) if e.as_coeff_Mul()[0] < 0 else (1, e)


def _within(e: Expr, strength: int) -> str:
    text, own = _text(e)
    return text if own >= strength else f"({text})"


def _term_key(term: tuple[int, Expr]) -> tuple[bool, bool, bool, str]:
    """Terms with a plus first, sizes before scalars, numbers last."""
    sign, e = term
    return sign < 0, e.is_number, not isinstance(e, Symbol), str(e)


def window_arguments(attr: Sequence[tuple[int, tuple[int, int, int]]], texts: Sequence[str]) -> list[str]:
    """The arguments of an operation on windows: the arrays that it works on, then one tuple an axis."""
    count = sum(1 + sum(counts) for _, counts in attr)
    arguments, numbers = list(texts[:-count]), texts[-count:]
    for axis, counts in attr:
        parts, numbers = numbers[: 1 + sum(counts)], numbers[1 + sum(counts) :]
        start, *rest = parts
        spelled = [str(axis), start]
        steps, sizes, last = counts
        for count in (steps, sizes):
            group, rest = rest[:count], rest[count:]
            spelled += [f"({group[0]},)" if count == 1 else f"({', '.join(group)})"] if count else []
        arguments.append(f"({', '.join([*spelled, *rest[:last]])})")
    return arguments

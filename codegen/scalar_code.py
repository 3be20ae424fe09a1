"""Expressions of sizes and hyperparameters as Python: a parameter's bound, a condition, a size of the output."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, Float, Integer, Mul, Pow, Rational, Symbol, ceiling, floor, fraction, together
from sympy.core.relational import Relational

SUM, QUOTIENT, PRODUCT, POWER, ATOM = range(5)
"""What binds how tightly, loosest first; a whole quotient is a factor of nothing without parentheses."""


def scalar_code(expression: Expr | Relational, names: Mapping[Symbol, str]) -> str:
    """An expression without axes, or a relation between two, as Python.

    Parameters
    ----------
    expression : Expr or Relational
        Numbers and symbols under ``+ - * /``, powers with an integer exponent, square roots, and quotients
        rounded to an integer.
    names : mapping of Symbol to str
        What each symbol is called: a name, or any text that needs no parentheses round it.

    Raises
    ------
    ValueError
        Something else occurs in it.

    Examples
    --------
    >>> from sympy import sqrt
    >>> width = Symbol("d", nonnegative=True)
    >>> scalar_code(1 / sqrt(2 * width + 1), {width: "width"})
    '1 / np.sqrt(2 * width + 1)'
    """
    if isinstance(expression, Relational):
        left, right = (_code(side, names, SUM) for side in expression.args)
        return f"{left} {expression.rel_op} {right}"
    return _code(expression, names, SUM)


def _code(expression: Expr, names: Mapping[Symbol, str], within: int) -> str:
    """The text, in parentheses where it binds less tightly than what it stands in."""
    binds, text = _text(expression, names)
    return text if binds >= within else f"({text})"


def _text(expression: Expr, names: Mapping[Symbol, str]) -> tuple[int, str]:
    if isinstance(expression, Symbol) and expression in names:
        return ATOM, names[expression]
    if isinstance(expression, (Integer, Float)):
        text = str(expression) if isinstance(expression, Integer) else repr(float(expression))
        return (SUM if expression < 0 else ATOM), text
    if isinstance(expression, Add):
        return SUM, _sum(expression, names)
    if isinstance(expression, floor):
        return QUOTIENT, _quotient(expression.args[0], names)
    if isinstance(expression, ceiling):
        return SUM, f"-({_quotient(-expression.args[0], names)})"
    if expression.could_extract_minus_sign():
        return SUM, f"-{_code(-expression, names, PRODUCT)}"
    numerator, denominator = fraction(expression)
    if denominator != 1:
        return PRODUCT, f"{_code(numerator, names, PRODUCT)} / {_code(denominator, names, POWER)}"
    if isinstance(expression, Mul):
        factors = expression.as_ordered_factors()
        return PRODUCT, " * ".join(_code(factor, names, PRODUCT) for factor in factors)
    if isinstance(expression, Pow):
        base, exponent = expression.args
        if exponent == Rational(1, 2):
            return ATOM, f"np.sqrt({_code(base, names, SUM)})"
        if exponent.is_Integer:
            return POWER, f"{_code(base, names, ATOM)}**{exponent}"
    raise ValueError(f"{expression} has no text here: only + - * / //, integer powers, square roots")


def _quotient(expression: Expr, names: Mapping[Symbol, str]) -> str:
    """An expression rounded down."""
    numerator, denominator = fraction(together(expression))
    return f"{_code(numerator, names, PRODUCT)} // {_code(denominator, names, POWER)}"


def _sum(expression: Add, names: Mapping[Symbol, str]) -> str:
    # What is added goes before what is taken away.
    first, *others = sorted(map(_signed, expression.as_ordered_terms()), key=lambda term: term[0])
    text = ("-" if first[0] else "") + _code(first[1], names, PRODUCT if first[0] else QUOTIENT)
    return text + "".join(f" {'-' if minus else '+'} {_code(term, names, QUOTIENT)}" for minus, term in others)


def _signed(term: Expr) -> tuple[bool, Expr]:
    minus = bool(term.could_extract_minus_sign())
    return minus, -term if minus else term

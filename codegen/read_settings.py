"""Guards that integer hyperparameters decide: `if stride_h == 1 and stride_w == 1:`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from sympy import Integer, Symbol

from codegen.read_values import Number, Refusal

Evaluate = Callable[[ast.expr], Any]


def settings_of(test: ast.expr, evaluate: Evaluate) -> dict[Symbol, Integer] | None:
    """What holds of the hyperparameters where a guard does; None where it compares something else."""
    parts = test.values if isinstance(test, ast.BoolOp) else [test]
    found: dict[Symbol, Integer] = {}
    for part in parts:
        match part:
            case ast.Compare(left=ast.Name() as name, ops=[ast.Eq()], comparators=[ast.Constant(value=int() as value)]):
                number = evaluate(name)
            case _:
                number = None
        if not isinstance(number, Number) and part is test:
            return None
        if not (isinstance(number, Number) and _is_setting(number) and type(value) is int):
            raise Refusal("a guard on settings is `stride == 1`, an integer hyperparameter and a number", part)
        if number.expr in found:
            raise Refusal(f"{number.expr} stands twice in a guard", part)
        found[number.expr] = Integer(value)
    if isinstance(test, ast.BoolOp) and not isinstance(test.op, ast.And):
        raise Refusal("a guard on several settings holds where all of them do: `and`", test)
    return found


def _is_setting(number: Number[Any]) -> bool:
    """An integer that is no size of an axis: arrays meet by the names of those."""
    return isinstance(number.expr, Symbol) and number.is_integer and not number.expr.is_nonnegative

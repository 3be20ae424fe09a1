"""Which row of the table of operations says which function of SymPy."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sympy import Abs, atan, cos, cosh, exp, log, sign, sin, sinh, tan, tanh
from sympy.codegen.cfunctions import expm1, log1p

CALLS: Mapping[type, str] = MappingProxyType(
    {
        exp: "exp", log: "log", log1p: "log1p", expm1: "expm1", Abs: "abs", sign: "sign", tanh: "tanh",
        sinh: "sinh", cosh: "cosh", sin: "sin", cos: "cos", tan: "tan", atan: "arctan",
    }
)  # fmt: skip

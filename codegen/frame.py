"""What stands in a module beside its plain functions must be what the templates print for its layer.

The plain functions are read and proven. The rest, above all the class, runs too: its checks, its domains and
its least sizes are what the proofs rest on. So a module is printed again from the definition and from what
its text itself says, and compared outside of the functions, letter by letter.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from codegen.describe import describe
from codegen.intervals import FLOAT32, FLOAT64
from codegen.page import PlainFunction
from codegen.read_text import is_docstring
from codegen.render import render_module
from codegen.stated import read_sentences, sentences
from codegen.verify import Check
from codegen.verify_safety import sizes_entered
from derivations.layer import Layer
from derivations.text import formula

_LINE = re.compile(r"\r\n|\r|\n")


def check_frame(layer: Layer, source: str, module: str) -> Check:
    """Whether all but the plain functions is what the templates print."""
    statement = "the rest is what the templates print"
    try:
        double, single = (read_sentences(source, limits) for limits in (FLOAT64, FLOAT32))
        if double is None or single is None:
            return Check(layer.name, statement, False, "its docstring does not say once where it is safe")
        functions = [_plain(node) for node in _functions(source)]
        least = dict.fromkeys(sizes_entered(layer, source), 1)
        printed = printed_module(layer, functions, module, least, sentences(layer, double, single))
    except ValueError as error:
        return Check(layer.name, statement, False, str(error))
    expected, found = outside(printed), outside(source)
    pairs = zip([*expected, ""], [*found, ""], strict=False)
    line = next((f"{there!r} instead of {here!r}" for here, there in pairs if here != there), "a line more or less")
    return Check(layer.name, statement, found == expected, "letter by letter" if found == expected else line)


def printed_module(
    layer: Layer, functions: Sequence[PlainFunction], module: str, least: Mapping[str, int], ranges: Sequence[str]
) -> str:
    """The text of a layer's module round its plain functions."""
    return render_module(describe(layer, functions, formula, module=module, least=least, ranges=ranges))


def outside(source: str) -> list[str]:
    """The lines of a module, each plain function left out but for its place."""
    lines: list[str | None] = [*_LINE.split(source)]
    for node in _functions(source):
        lines[node.lineno - 1 : node.end_lineno] = [""] + [None] * ((node.end_lineno or 0) - node.lineno)
    return [line for line in lines if line is not None]


def _functions(source: str) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


def _plain(node: ast.FunctionDef) -> PlainFunction:
    """A function as far as the text round it depends on it: its name, its parameters, and what it names."""
    body = [statement for statement in node.body if not is_docstring(statement)]
    arguments = tuple(argument.arg for argument in node.args.args)
    return PlainFunction(node.name, arguments, "\n".join(map(ast.unparse, body)))

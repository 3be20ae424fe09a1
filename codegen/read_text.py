"""Finding a function in a module's text, and refusing every construct that the reader does not know.

The whole function is looked at, untaken branches too: a ``yield`` or an assignment to ``np`` anywhere in
it changes what all of it means.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from codegen.read_values import ReadBackError, Refusal
from codegen.window_ops import WINDOW_OPERATIONS

SUPPORT = {"contract": "_contract", **{name: row.module for name, row in WINDOW_OPERATIONS.items()}}
"""The operations of the table that are no functions of NumPy, and the support file that holds each."""

RESERVED = ("np", "len", "range", "float", *SUPPORT)
"""Names that must mean in the function what they mean to the reader."""

_MEANT = frozenset(("np", *SUPPORT))
"""Names that a module binds by one import or not at all."""

_ALLOWED = (
    *(ast.arguments, ast.arg, ast.keyword),
    *(ast.Return, ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.For),
    *(ast.Name, ast.Load, ast.Store, ast.Constant, ast.Tuple, ast.List),
    *(ast.BinOp, ast.UnaryOp, ast.Compare, ast.operator, ast.unaryop, ast.cmpop, ast.BoolOp, ast.And),
    *(ast.Call, ast.Attribute, ast.Subscript, ast.Slice),
)

_CODING = re.compile(r"^[ \t\f]*#.*?coding[:=]", re.MULTILINE)


def find_function(source: str, function: str, parameters: Sequence[str]) -> ast.FunctionDef:
    """The function of that name, if the module and the function have only constructs that are accepted.

    Raises
    ------
    ReadBackError
        If something else stands in the module or the function, or its parameters are others.
    """
    try:
        if _CODING.search("\n".join(re.split(r"\r\n|\r|\n", source)[:2])):
            raise Refusal("a coding line may make the file mean something else than this text")
        definition = _in_module(ast.parse(source), function)
        _check_signature(definition, parameters)
        _check_body(definition)
    except (SyntaxError, ValueError) as error:
        raise ReadBackError(function, getattr(error, "lineno", None) or 1, "", f"not Python: {error}") from error
    except Refusal as refusal:
        raise located(refusal, function, source) from None
    return definition


def located(refusal: Refusal, function: str, source: str, statement: ast.AST | None = None) -> ReadBackError:
    """The error that points at the line of a refusal, or else at the line of the statement."""
    line = getattr(refusal.node, "lineno", None) or getattr(statement, "lineno", None) or 1
    lines = source.splitlines()
    return ReadBackError(function, line, lines[line - 1] if line <= len(lines) else "", refusal.reason)


def is_docstring(statement: ast.stmt) -> bool:
    """Whether a statement is a string and nothing else."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _in_module(module: ast.Module, function: str) -> ast.FunctionDef:
    """The function; a module binds every name once, and nothing in it changes names from elsewhere."""
    names: list[str] = []
    for position, statement in enumerate(module.body):
        if not (position == 0 and is_docstring(statement)):
            names += _names_of(statement)
    for name in names:
        if names.count(name) > 1 or (name in RESERVED[1:] and name not in SUPPORT):
            raise Refusal(f"the module binds {name} twice, or another meaning to it")
    for node in ast.walk(module):
        if isinstance(node, ast.Global | ast.Nonlocal):
            raise Refusal("a module's functions may not assign to its names", node)
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and _is_name(node.value, "np"):
            raise Refusal("NumPy may not be changed", node)
    if "np" not in names and any(_is_name(node, "np") for node in ast.walk(module)):
        raise Refusal("the module does not say `import numpy as np`")
    for name, support in SUPPORT.items():
        if name not in names and any(_is_name(node, name) for node in ast.walk(module)):
            raise Refusal(f"the module does not say `from .{support} import {name}`")
    for statement in module.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == function:
            return statement
    raise Refusal(f"the module has no function {function}")


def _names_of(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.Import(names=[ast.alias(name="numpy", asname="np")]):
            return ["np"]
        case ast.ImportFrom(module=module, level=1, names=aliases) if module in SUPPORT.values():
            if all(alias.asname is None and SUPPORT.get(alias.name) == module for alias in aliases):
                return [alias.name for alias in aliases]
        case ast.ImportFrom(names=aliases) if all(
            alias.name != "*" and not {alias.name, alias.asname} & _MEANT for alias in aliases
        ):
            return [alias.asname or alias.name for alias in aliases]
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if name not in _MEANT:
            return [name]
    raise Refusal("a module is a docstring, `import numpy as np`, `from … import …`, functions and classes", statement)


def _check_signature(definition: ast.FunctionDef, parameters: Sequence[str]) -> None:
    spec = definition.args
    others = (definition.returns, spec.vararg, spec.kwarg, getattr(definition, "type_params", None))
    if definition.decorator_list or any(others) or spec.kwonlyargs or spec.posonlyargs:
        raise Refusal("a plain function has no decorator, annotation, * or / in its first line", definition)
    names = [parameter.arg for parameter in spec.args]
    if names != list(parameters):
        raise Refusal(f"the parameters are ({', '.join(names)}), not ({', '.join(parameters)})", definition)
    if any(parameter.annotation for parameter in spec.args) or set(names) & set(RESERVED):
        raise Refusal(f"parameters have no annotation and are not called {', '.join(RESERVED)}", definition)
    for default in spec.defaults:
        if not (isinstance(default, ast.Constant) and default.value is None):
            raise Refusal("the only default value is None, for an optional parameter", default)


def _check_body(definition: ast.FunctionDef) -> None:
    last = definition.body[-1]
    if not isinstance(last, ast.Return):
        raise Refusal("a function ends with its one return", last)
    for node in (node for statement in definition.body for node in ast.walk(statement)):
        if not isinstance(node, _ALLOWED):
            raise Refusal(f"{type(node).__name__} is not in the language", node)
        if isinstance(node, ast.Return) and node is not last:
            raise Refusal("a function has one return, its last statement", node)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in RESERVED:
            raise Refusal(f"{node.id} may not be assigned", node)


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name

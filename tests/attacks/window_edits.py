"""Edits of what emitted text says of windows: where they start, how they step, how far and along which axis they go."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from codegen.window_text import WINDOWED
from tests.attacks.edits import Edit, called, changed, put, read

OTHER_OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "windows": ("sum_windows",),
    "sum_windows": ("max_windows", "windows"),
    "max_windows": ("sum_windows", "windows"),
}
"""Those that take the same numbers."""

AXIS, START, STEPS, SIZES = range(4)
"""The parts of a tuple that describes the windows along an axis; a size may follow."""

ZERO, ONE = ast.Constant(0), ast.Constant(1)


def _described(node: ast.AST) -> Iterator[tuple[list[Any], Callable[..., ast.AST]]]:
    """The parts of each tuple of a call with windows, and the call with one part changed."""
    if isinstance(node, ast.Call) and called(node) in WINDOWED:
        for at, arg in enumerate(node.args):
            if isinstance(arg, ast.Tuple):

                def remade(part: int, new: Any, at: int = at, arg: ast.Tuple = arg) -> ast.AST:
                    return changed(node, args=put(node.args, at, changed(arg, elts=put(arg.elts, part, new))))

                yield arg.elts, remade


def _start(node: ast.AST) -> Iterator[ast.AST]:
    """One place further, one place before, to the other side, a padding lost."""
    for parts, remade in _described(node):
        start = parts[START]
        yield remade(START, ast.BinOp(start, ast.Add(), ONE))
        if not isinstance(start, ast.Constant):
            yield remade(START, _negative(start))
            yield remade(START, ZERO)
        yield remade(START, ast.BinOp(start, ast.Sub(), ONE))


def _steps(node: ast.AST) -> Iterator[ast.AST]:
    """Stride and dilation exchanged, one of them the other way, lost, or taken for both."""
    for parts, remade in _described(node):
        steps = parts[STEPS].elts
        yield remade(STEPS, _tuple(steps[::-1]))
        yield from (remade(STEPS, _tuple(put(steps, at, _negative(step)))) for at, step in enumerate(steps))
        yield from (remade(STEPS, _tuple(put(steps, at, ONE))) for at in range(len(steps)))
        yield from (remade(STEPS, _tuple([step] * len(steps))) for step in steps)


def _sizes(node: ast.AST) -> Iterator[ast.AST]:
    """Places for taps, one more or one less of either; in the adjoints the size of the image."""
    for parts, remade in _described(node):
        for part in range(SIZES, len(parts)):
            sizes = parts[part].elts if isinstance(parts[part], ast.Tuple) else None
            if sizes is None:
                yield remade(part, ast.BinOp(parts[part], ast.Add(), ONE))
                continue
            yield remade(part, _tuple(sizes[::-1]))
            for at, size in enumerate(sizes):
                yield remade(part, _tuple(put(sizes, at, ast.BinOp(size, ast.Add(), ONE))))
                yield remade(part, _tuple(put(sizes, at, ast.BinOp(size, ast.Sub(), ONE))))


def _axes(node: ast.AST) -> Iterator[ast.AST]:
    """Windows along the axis before or behind; those of two axes exchanged."""
    described = list(_described(node))
    for parts, remade in described:
        yield remade(AXIS, ast.Constant(parts[AXIS].value - 1))
        yield remade(AXIS, ast.Constant(parts[AXIS].value + 1))
    if isinstance(node, ast.Call) and len(described) == 2:
        (one, _), (other, _) = described
        exchanged = [_tuple([one[AXIS], *other[START:]]), _tuple([other[AXIS], *one[START:]])]
        yield changed(node, args=[*node.args[:-2], *exchanged])


def _operation(node: ast.AST) -> Iterator[ast.AST]:
    """Another operation on windows, its numbers as it takes them."""
    if not isinstance(node, ast.Call):
        return
    for name in OTHER_OPERATIONS.get(called(node), ()):
        yield changed(node, func=read(name))
    for parts, remade in _described(node):
        if called(node) == "spread_windows":
            yield changed(remade(SIZES, parts[-1]), func=read("windows"))
            image = [_tuple([*arg.elts[:SIZES], arg.elts[-1]]) for arg in node.args[1:]]
            yield changed(node, func=read("add_windows"), args=[node.args[0], *image])
        if called(node) == "add_windows":
            yield changed(remade(SIZES, _tuple([parts[-1], *parts[STEPS].elts[1:]])), func=read("windows"))
        if called(node) == "spread_to_maxima":
            size = ast.Subscript(ast.Attribute(node.args[1], "shape", ast.Load()), parts[AXIS], ast.Load())
            yield changed(node, func=read("spread_windows"), args=[node.args[0], _tuple([*parts, size])])


def _reversed_taps(node: ast.AST) -> Iterator[ast.AST]:
    """The taps from the last to the first: a kernel turned round, the last of equal entries taken for the first.

    What is summed over its taps, or their maximum, is the same from either end.
    """
    for parts, remade in _described(node) if called(node) in ("windows", "spread_to_maxima") else ():
        *steps, step = parts[STEPS].elts
        length = ast.BinOp(step, ast.Mult(), ast.BinOp(parts[SIZES].elts[-1], ast.Sub(), ONE))
        turned = remade(START, ast.BinOp(parts[START], ast.Add(), length))
        for others, again in _described(turned):
            if others[AXIS] is parts[AXIS]:
                yield again(STEPS, _tuple([*steps, _negative(step)]))


def _letters(node: ast.AST) -> Iterator[ast.AST]:
    """Two letters of the result or of an operand exchanged, one lost, the operands exchanged."""
    if called(node) == "contract" and isinstance(node, ast.Call):
        left, right, result = node.args[0].value.replace("->", ",").replace(" ", "").split(",")
        for one, two, out in (
            (left, right, result[:-2] + result[:-3:-1]),
            (left[:-2] + left[:-3:-1], right, result),
            (left, right[:-2] + right[:-3:-1], result),
            (left, right, result[:-1]),
            (left, right[:-1] + left[-1], result),
        ):
            yield changed(node, args=[ast.Constant(f"{one}, {two} -> {out}"), *node.args[1:]])
        yield changed(node, args=[node.args[0], *node.args[:0:-1]])


def _guard(node: ast.AST) -> Iterator[ast.AST]:
    """The special way for every setting, or the ways exchanged; another number in a guard on settings."""
    if isinstance(node, ast.If) and node.orelse:
        yield changed(node, body=node.orelse, orelse=node.body)
        yield changed(node, orelse=node.body)
        for compare in (part for part in ast.walk(node.test) if isinstance(part, ast.Compare)):
            yield changed(node, test=changed(compare, comparators=[ast.Constant(2)]))


def _no_guard(node: ast.AST) -> Iterator[ast.AST]:
    """The general way for every setting: slower where there is a special one, and not wrong."""
    if isinstance(node, ast.If) and node.orelse:
        yield changed(node, body=node.orelse)


WINDOW_EDITS: Mapping[str, Edit] = {
    "window start": _start,
    "window step": _steps,
    "window size": _sizes,
    "window axis": _axes,
    "window operation": _operation,
    "reversed taps": _reversed_taps,
    "contract letters": _letters,
    "guard": _guard,
    "no guard": _no_guard,
}
"""Kinds of edits of windows by name; a text without windows has none of them."""


def of_names(function: ast.FunctionDef) -> dict[str, Edit]:
    """Edits that need to know the names of a function: a setting or a size in place of another, a setting lost."""
    inside = {part.id for node in ast.walk(function) for part in _numbers(node) if isinstance(part, ast.Name)}
    settings = sorted(name for name in inside if name.islower())
    sizes = sorted((inside | _unpacked(function)) - {*settings, "_"}) if inside else []

    def setting(node: ast.AST) -> Iterator[ast.AST]:
        if _is_read(node, settings):
            after, *others = _after(node.id, settings) or [node.id]  # type: ignore[attr-defined]
            yield from (read(after), ONE, ZERO, *map(read, others))

    def size(node: ast.AST) -> Iterator[ast.AST]:
        if _is_read(node, sizes):
            yield from (read(other) for other in _after(node.id, sizes))  # type: ignore[attr-defined]

    def product_of_sizes(node: ast.AST) -> Iterator[ast.AST]:
        """R + T for R·T."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and _are_read(node, sizes):
            yield changed(node, op=ast.Add())

    return {"setting": setting, "size": size, "product of sizes": product_of_sizes}


def subject(kind: str, node: ast.AST) -> str:
    """What an edit of windows is about: so many of a kind are made of each operation, and of each name."""
    return (called(node) or str(getattr(node, "id", ""))) if kind in (*WINDOW_EDITS, "setting", "size") else ""


def _is_read(node: ast.AST, names: list[str]) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names


def _are_read(node: ast.BinOp, names: list[str]) -> bool:
    return _is_read(node.left, names) and _is_read(node.right, names)


def _unpacked(function: ast.FunctionDef) -> set[str]:
    """The names that are bound to the lengths of an array's axes."""
    shapes = [node for node in ast.walk(function) if isinstance(node, ast.Assign) and "shape" in ast.dump(node.value)]
    return {part.id for node in shapes for part in ast.walk(node.targets[0]) if isinstance(part, ast.Name)}


def _numbers(node: ast.AST) -> Iterator[ast.AST]:
    for parts, _ in _described(node):
        for part in parts:
            yield from ast.walk(part)


def _after(name: str, names: list[str]) -> list[str]:
    """The others, from the next one on."""
    at = names.index(name)
    return [*names[at + 1 :], *names[:at]]


def _negative(node: Any) -> Any:
    return node.operand if isinstance(node, ast.UnaryOp) else ast.UnaryOp(ast.USub(), node)


def _tuple(elements: list[Any]) -> ast.Tuple:
    return ast.Tuple(elements, ast.Load())

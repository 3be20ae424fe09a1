"""Mutants of emitted text: one edit to the syntax tree of one plain function."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from codegen.view import LABELS
from derivations.derivation import Variant
from tests.attacks.edits import Edit, called, changed, places, put, unparsed
from tests.attacks.mutant import LAYERS, Mutant, original
from tests.attacks.window_edits import WINDOW_EDITS, of_names, subject

MOST = 5
"""How many edits of one kind are made to one function."""

MOST_OF_WINDOWS = 3
"""How many edits of one kind are made to what one function calls an operation with windows, a setting or a size by."""

OTHER_CALLS: Mapping[str, tuple[str, ...]] = {
    "exp": ("expm1", "tanh"),
    "log": ("log1p",),
    "log1p": ("log",),
    "maximum": ("minimum",),
    "dot": ("add",),
}
OTHER_METHODS: Mapping[str, tuple[str, ...]] = {
    "sum": ("mean", "max"),
    "mean": ("sum", "max"),
    "max": ("min", "mean", "sum"),
}
OTHER_OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def _operator(node: ast.AST) -> Iterator[ast.AST]:
    """+ for -, · for /, and the other way round; a sign dropped."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in OTHER_OPERATORS:
        yield changed(node, op=OTHER_OPERATORS[type(node.op)]())
    if isinstance(node, ast.UnaryOp):
        yield node.operand


def _transpose(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    if isinstance(node, ast.Call) and called(node) == "dot":
        for at, arg in enumerate(node.args):
            if isinstance(arg, ast.Name):
                args = list(node.args)
                args[at] = ast.Attribute(arg, "T", ast.Load())
                yield changed(node, args=args)
        yield changed(node, args=node.args[::-1])


def _axis(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.keyword) and node.arg == "axis" and isinstance(node.value, ast.Constant):
        yield changed(node, value=ast.Constant(1 - node.value.value))


def _new_axis(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        elements = node.slice.elts
        if any(isinstance(e, ast.Constant) and e.value is None for e in elements):
            yield node.value
            yield changed(node, slice=ast.Tuple(elements[::-1], ast.Load()))


def _number(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, (ast.BinOp, ast.AugAssign, ast.Call)) and not _is_arange(node):
        for name, children in ast.iter_fields(node):
            for at, child in enumerate(children if isinstance(children, list) else [children]):
                if isinstance(child, ast.Constant) and type(child.value) is int:
                    for value in (child.value + 1, child.value - 1):
                        new = ast.Constant(value)
                        yield changed(node, **{name: _placed(children, at, new)})


def _function(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        table = OTHER_CALLS if isinstance(node.func.value, ast.Name) and node.func.value.id == "np" else OTHER_METHODS
        for name in table.get(node.func.attr, ()):
            yield changed(node, func=changed(node.func, attr=name))
        if node.func.attr == "abs":
            yield node.args[0]


def _dropped_part(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right


def _comparison(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        yield changed(node, ops=[ast.Lt()])
        yield changed(node, ops=[ast.GtE()])
    if isinstance(node, ast.Call) and called(node) == "where":
        yield changed(node, args=[node.args[0], node.args[2], node.args[1]])


def _slightly_off(node: ast.AST) -> Iterator[ast.AST]:
    """(1 + 1e-6) times a value, in whole numbers: a decimal would be refused on sight."""
    if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Tuple) and "None" not in ast.dump(node):
        larger = ast.BinOp(ast.BinOp(node.value, ast.Mult(), ast.Constant(10**6 + 1)), ast.Div(), ast.Constant(10**6))
        yield changed(node, value=larger)


def _order(node: ast.AST) -> Iterator[ast.AST]:
    """Two neighbours of a tuple change places: what is saved, what is unpacked, what is returned."""
    if isinstance(node, ast.Tuple) and not any(isinstance(e, (ast.Slice, ast.Constant, ast.Call)) for e in node.elts):
        for at in range(len(node.elts) - 1):
            elements = list(node.elts)
            elements[at : at + 2] = elements[at : at + 2][::-1]
            yield changed(node, elts=elements)


def _label(node: ast.AST) -> Iterator[ast.AST]:
    """A pick or a one-hot add goes to whole columns, or to rows by label."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) and _is_arange(node.slice.elts[0]):
        rows, label = node.slice.elts
        yield changed(node, slice=ast.Tuple([ast.Slice(), label], ast.Load()))
        yield changed(node, slice=ast.Tuple([label, rows], ast.Load()))


def _statements(body: list[ast.stmt]) -> Iterator[tuple[str, list[ast.stmt]]]:
    """A statement dropped, two neighbours exchanged, one done twice."""
    for at, statement in enumerate(body):
        if not isinstance(statement, ast.Return):
            yield "dropped statement", [*body[:at], *body[at + 1 :]] or [ast.Pass()]
        if isinstance(statement, ast.AugAssign):
            yield "repeated statement", [*body[: at + 1], statement, *body[at + 1 :]]
        if at + 1 < len(body) and not isinstance(body[at + 1], ast.Return) and _depends(body[at + 1], statement):
            yield "exchanged statements", [*body[:at], body[at + 1], statement, *body[at + 2 :]]


def _depends(later: ast.stmt, earlier: ast.stmt) -> bool:
    """Whether a statement reads a name that the one before it writes; terms may be added in any order."""
    if all(isinstance(s, ast.AugAssign) and isinstance(s.op, (ast.Add, ast.Sub)) for s in (earlier, later)):
        return False
    written = {n.id for n in ast.walk(earlier) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    written |= {k.value.id for k in ast.walk(earlier) if isinstance(k, ast.keyword) and k.arg == "out"}  # type: ignore[attr-defined]
    return any(isinstance(n, ast.Name) and n.id in written - {"_"} for n in ast.walk(later))


EDITS: Mapping[str, Edit] = {
    "operator": _operator,
    "transpose": _transpose,
    "axis": _axis,
    "new axis": _new_axis,
    "number": _number,
    "function": _function,
    "dropped part": _dropped_part,
    "comparison": _comparison,
    "factor 1 + 1e-6": _slightly_off,
    "order": _order,
    "label": _label,
}


def text_mutants(names: Sequence[str]) -> Iterator[Mutant]:
    """Every edit to every function of some layers."""
    for name in names:
        module = ast.parse(original(name)).body
        texts = [ast.unparse(statement) for statement in module]
        for at, function in enumerate(module):
            if isinstance(function, ast.FunctionDef):
                variant = Variant(as_label=function.name.endswith(LABELS))
                for kind, where, text in _edited(function):
                    source = "\n\n".join([*texts[:at], text, *texts[at + 1 :]])
                    yield Mutant("text", kind, LAYERS[name], variant, function.name, where, source)


def _edited(function: ast.FunctionDef) -> Iterator[tuple[str, str, str]]:
    """Kind, what was changed to what, and the text of the function then: each text once, some of each kind."""
    known, counts = {ast.unparse(function)}, Counter[tuple[str, str]]()
    for kind, about, where, (parent, field, value) in _edits(function):
        # A text takes long to print, and most edits are beyond the first few of their kind.
        if counts[kind, about] < (MOST_OF_WINDOWS if about else MOST):
            text = unparsed(function, parent, field, value)
            if text not in known:
                known.add(text)
                counts[kind, about] += 1
                yield kind, where, text


def _edits(function: ast.FunctionDef) -> Iterator[tuple[str, str, str, tuple[ast.AST, str, object]]]:
    """Kind, what it is about, what was changed to what, and the field that holds something else then."""
    known = {**EDITS, "name": _names(function), "wrong buffer": _buffers(function)}
    known |= {**WINDOW_EDITS, **of_names(function)}
    yield from _of_blocks(function)
    for node, place in places(function):
        for kind, edit in known.items():
            for new in edit(node):
                change = place.parent, place.field, place.holding(new)
                yield kind, subject(kind, node), _said(node, new, function), change
        yield from _of_blocks(node)


def _of_blocks(node: ast.AST) -> Iterator[tuple[str, str, str, tuple[ast.AST, str, object]]]:
    for field in ("body", "orelse"):
        block = getattr(node, field, None)
        for kind, new in _statements(block) if isinstance(block, list) else ():
            yield kind, "", _block(block, new), (node, field, new)


def _names(function: ast.FunctionDef) -> Edit:
    """A name that is read becomes the next name of the function."""
    stored = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    known = sorted({*stored, *(a.arg for a in function.args.args)} - {"saved", "_"})

    def edit(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in known and len(known) > 1:
            yield ast.Name(known[(known.index(node.id) + 1) % len(known)], node.ctx)

    return edit


def _buffers(function: ast.FunctionDef) -> Edit:
    """``out=`` goes to an argument; an augmented assignment too."""
    given = [a.arg for a in function.args.args if a.arg != "saved"]

    def edit(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.keyword) and node.arg == "out":
            yield from (changed(node, value=ast.Name(name, ast.Load())) for name in given[:2])
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and given:
            yield changed(node, target=ast.Name(given[0], ast.Store()))

    return edit


def _is_arange(node: ast.AST) -> bool:
    return called(node) == "arange"


def _placed(children: object, at: int, new: ast.AST) -> object:
    return put(children, at, new) if isinstance(children, list) else new


def _said(old: ast.AST, new: ast.AST, function: ast.FunctionDef) -> str:
    line = getattr(old, "lineno", function.lineno) - function.lineno
    return f"line {line}, {ast.unparse(old)} -> {ast.unparse(new)}".replace("\n", "; ")


def _block(old: list[ast.stmt], new: list[ast.stmt]) -> str:
    lines = [ast.unparse(s).split("\n")[0] for s in new]
    gone = [s for s in (ast.unparse(s).split("\n")[0] for s in old) if s not in lines]
    return f"without {gone[0]}" if gone else "; ".join(lines[:4])

"""From a tree of operations to statements: what is one expression, and what is built up in place.

A value is built up in place where its first operand is fresh and has its shape already: a product of
matrices to which something is added, a one-hot add, or an expression too long for a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Expr, IndexedBase

from codegen.array_ops import AUGMENTED, CALL, ELEMENTWISE, PICK, PRODUCTS
from codegen.plan import fresh_name
from codegen.program import NUMBERS, Node, needs_statements, reads, rows_of, sizes_read, text, walk
from codegen.window_text import WINDOWED, window_arguments
from derivations.number_matrices import NumberMatrix, number_matrix
from derivations.text import formula

LONGEST = 64
"""An expression with more characters is built up in place, where it can be."""

WIDEST = 84
"""A call on windows with more characters has one line for each argument."""

NOT_FRESH = ("read", "view", "windows", "number", "pick")
"""What may show memory that is not its own, or has none."""

SIGNS = {row: sign for sign, row in AUGMENTED.items()}


@dataclass(frozen=True)
class Way:
    """Where a line runs: if all of some integer hyperparameters are 1, or else if not."""

    settings: tuple[str, ...]
    holds: bool

    @property
    def code(self) -> str:
        """The line above it."""
        return f"if {' and '.join(f'{s} == 1' for s in self.settings)}:" if self.holds else "else:"


@dataclass(frozen=True)
class Statement:
    """One line: a name, what is done to it, with what, and its formula.

    ``kind`` is ``assign`` (target = value), a sign such as ``+=``, ``call`` (the ufunc of ``node`` with
    ``out=target``), or ``one_hot`` (``target[…] += value``). ``out`` is a buffer that the value may take over.
    """

    target: str
    kind: str
    node: Node
    comment: str
    labels: str = ""
    out: str = ""
    way: Way | None = None

    @property
    def code(self) -> str:
        """The line without its comment."""
        if self.kind == "one_hot":
            place = PICK.format(array=self.target, labels=self.labels)
            return _augment(place, self.node)
        if self.kind == "call":
            return f"{_with_out(self.node, self.target)}"
        if self.kind == "assign" and self.node.op in WINDOWED and len(text(self.node)) > WIDEST:
            arguments = window_arguments(self.node.attr, [text(a) for a in self.node.args])
            return "\n    ".join([f"{self.target} = {self.node.op}(", *(f"{a}," for a in arguments)]) + "\n)"
        if self.kind == "assign" and self.node.op == NUMBERS:
            rows = "".join(f"    {row},\n" for row in rows_of(self.node))
            return f"{self.target} = np.array([\n{rows}], dtype={text(self.node.args[0])}.dtype)"
        if self.kind == "assign":
            value = _with_out(self.node, self.out) if self.out else text(self.node)
            return f"{self.target} = {value}"
        return f"{self.target} {self.kind} {text(self.node)}"

    @property
    def reads(self) -> frozenset[str]:
        """The names that the line reads, its own target where it builds on it."""
        own = frozenset() if self.kind == "assign" else frozenset({self.target})
        labels = frozenset({self.labels}) if self.labels else frozenset()
        asked = frozenset(self.way.settings if self.way else ())
        return reads(self.node) | own | labels | asked


def _augment(place: str, node: Node) -> str:
    if node.op == "negative":
        return f"{place} -= {text(node.args[0])}"
    if node.op == "number" and node.attr < 0:
        return f"{place} -= {-node.attr}"
    return f"{place} += {text(node)}"


def _with_out(node: Node, out: str) -> str:
    return f"{ELEMENTWISE[node.op].ufunc}({', '.join(text(a) for a in node.args)}, out={out})"


def statements(target: str, left: Expr, node: Node) -> list[Statement]:
    """The lines that compute a value and give it a name."""
    made = list(_build(target, node))
    first = replace(made[0], comment=f"{formula(left)} = {formula(made[0].node.meaning)}")
    return [first, *made[1:]]


def windows_apart(target: str, node: Node, known: dict[Node, str], taken: set[str]) -> tuple[list[Statement], Node]:
    """Lines that name windows, what is added as windows, and numbers, where a line would say too much at once.

    ``known`` holds what has a name already; it and ``taken`` are added to.
    """
    if not any(n.op in (*WINDOWED, NUMBERS) for n in walk(node)) or len(text(node)) <= LONGEST:
        return [], node
    lines: list[Statement] = []
    numbers: dict[Expr, Expr] = {}

    def named(inner: Node, name: str) -> Node:
        if inner not in known:
            known[inner] = fresh_name(name, taken)
            taken.add(known[inner])
            said = f"numbers at [{', '.join(_labels(inner))}]" if inner.op == NUMBERS else formula(inner.meaning)
            lines.append(Statement(known[inner], "assign", inner, said))
        if inner.op == NUMBERS:
            numbers[inner.meaning] = IndexedBase(known[inner], real=True)[_matrix(inner).indices]
        return Node("read", (), inner.shape, known[inner], inner.meaning)

    def apart(inner: Node) -> Node:
        args = [apart(a) for a in inner.args]
        if inner.op in WINDOWED[2:] and args[0].op not in ("read", "view"):
            args[0] = named(args[0], f"{target}_windows")
        inner = replace(inner, args=tuple(args))
        if inner.op == NUMBERS:
            return named(inner, f"{target}_numbers")
        is_image = inner.op == "windows" and inner.args[0].op == "read"
        return named(inner, f"{inner.args[0].attr}_windows") if is_image else inner

    apart_node = replace(node, args=tuple(map(apart, node.args))) if node.op == "windows" else apart(node)
    return lines, _saying(apart_node, numbers)


def _matrix(node: Node) -> NumberMatrix:
    matrix = number_matrix(node.meaning)
    if matrix is None:
        raise ValueError(f"{node.meaning} is no matrix of numbers")
    return matrix


def _labels(node: Node) -> list[str]:
    return [str(i.label) for i in _matrix(node).indices]


def _saying(node: Node, names: Mapping[Expr, Expr]) -> Node:
    """A tree whose comments call what has a name by it."""
    if not names:
        return node
    return replace(node, args=tuple(_saying(a, names) for a in node.args), meaning=node.meaning.xreplace(dict(names)))


def _build(target: str, node: Node) -> Iterator[Statement]:
    base = _base(node)
    if base is None or not (_is_stepwise(node) or len(text(node)) > LONGEST):
        yield Statement(target, "assign", node, "")
        return
    yield from _build(target, base)
    here = Node("read", (), node.shape, target, base.meaning)
    if node.op == "one_hot_add":
        yield Statement(target, "one_hot", node.args[1], _comment("+", node.meaning), labels=str(node.attr))
    elif node.op in SIGNS:
        (other,) = [a for a in node.args if a is not base] or [base]
        yield Statement(target, SIGNS[node.op], other, _comment(ELEMENTWISE[node.op].operator, other.meaning))
    else:
        args = tuple(here if a is base else a for a in node.args)
        yield Statement(target, "call", replace(node, args=args), formula(node.meaning))


def _comment(sign: str, e: Expr) -> str:
    shown = formula(e)
    if sign == "+" and shown.startswith("-"):
        return f"- {shown[1:]}"
    sign = {"*": "·"}.get(sign, sign)
    looser = " + " in shown or " - " in shown or shown.startswith("Σ") or (sign == "/" and "·" in shown)
    return f"{sign} ({shown})" if looser and sign != "+" else f"{sign} {shown}"


def _base(node: Node) -> Node | None:
    """The operand in whose place a value can be built: fresh, and of the value's shape."""
    if node.op == "one_hot_add":
        return node.args[0]
    row = ELEMENTWISE.get(node.op)
    if row is None or not row.ufunc or (row.precedence != CALL and node.op not in SIGNS):
        return None
    candidates = node.args if node.op in ("add", "multiply", "maximum", "minimum") else node.args[:1]
    fresh = [a for a in candidates if a.shape == node.shape and a.op not in NOT_FRESH]
    return next((a for a in fresh if needs_statements(a)), fresh[0] if fresh else None)


def _is_stepwise(node: Node) -> bool:
    """Whether a value has to be, or is better, built up: one-hot adds, and terms added to a product."""
    base = _base(node)
    if base is None:
        return False
    return needs_statements(node) or base.op in (*PRODUCTS, *WINDOWED[1:], "fill") or _is_stepwise(base)


def reuse_buffers(lines: Sequence[Statement], kept: frozenset[str]) -> list[Statement]:
    """Let a call write into a buffer that nothing reads any more, where shape and kind fit."""
    made: list[Statement] = []
    shapes: dict[str, Node] = {}
    for at, line in enumerate(lines):
        later = frozenset().union(*(other.reads for other in lines[at + 1 :]))
        row = ELEMENTWISE.get(line.node.op)
        if line.kind == "assign" and row is not None and row.precedence == CALL and row.ufunc:
            dying = [n for n in _buffers_read(line.node) if n in shapes and n not in later | kept]
            fitting = [n for n in dying if shapes[n].shape == line.node.shape]
            line = replace(line, out=fitting[0]) if fitting else line
        if line.kind == "assign" and line.node.op not in ("read", "view"):
            shapes[line.target] = line.node
        made.append(line)
    return made


def _buffers_read(node: Node) -> list[str]:
    return [str(n.attr) for n in walk(node) if n.op == "read"]


def written_names(lines: Sequence[Statement]) -> tuple[str, ...]:
    """The names that lines bind, in order."""
    return tuple(dict.fromkeys(line.target for line in lines))


Specials = Mapping[str, tuple[tuple[str, ...], Node]]
"""Values that are computed otherwise where some hyperparameters, by their names in text, are 1."""


def lines_of(
    order: Sequence[str], nodes: Mapping[str, Node], lefts: Mapping[str, Expr], specials: Specials
) -> list[Statement]:
    """The lines of several values, in order."""
    lines: list[Statement] = []
    known: dict[Node, str] = {}
    trees = [nodes[name] for name in order] + [specials[name][1] for name in order if name in specials]
    taken = {*nodes, *(n for tree in trees for n in reads(tree))}
    taken |= {spelled_size for tree in trees for spelled_size in map(str, sizes_read(tree))}
    for name in order:
        if name not in specials:
            lines += _lines_of_one(name, nodes[name], lefts[name], known, taken)
            continue
        settings, node = specials[name]
        # What has a name on one way has none on the other, and none after both.
        there, here = (
            _lines_of_one(name, tree, lefts[name], dict(known), used)
            for tree, used in ((node, {*taken}), (nodes[name], {*taken}))
        )
        taken |= {line.target for line in (*there, *here)}
        lines += _on_both_ways(settings, there, here)
    return lines


def _lines_of_one(name: str, node: Node, left: Expr, known: dict[Node, str], taken: set[str]) -> list[Statement]:
    before, node = windows_apart(name, node, known, taken)
    return [*before, *statements(name, left, node)]


def _on_both_ways(settings: tuple[str, ...], there: list[Statement], here: list[Statement]) -> list[Statement]:
    """Lines for some settings and lines for all others, then those with which both end."""
    same = 0
    while same < min(len(there), len(here)) - 1 and there[-1 - same] == here[-1 - same]:
        same += 1
    apart = ((there, True), (here, False))
    ways = [replace(line, way=Way(settings, holds)) for lines, holds in apart for line in lines[: len(lines) - same]]
    return [*ways, *here[len(here) - same :]]

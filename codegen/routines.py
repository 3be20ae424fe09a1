"""Which plain functions a layer gets, and what each computes, takes and returns.

The forward computes the output; what the backward reads of it, and of the arguments, is what it saves.
Whatever else the backward needs it computes itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sympy import Expr, Idx, Indexed, IndexedBase, Symbol

from codegen.choose import Program, node_cost
from codegen.gathers import special_steps
from codegen.lower import DELTA, spelled
from codegen.plan import Plan
from codegen.positions import LoweringError
from codegen.program import Node, functions_applied, reads, sizes_read, walk
from codegen.statements import Specials
from derivations.layer import Layer
from derivations.notation import GRADIENT, d, name_of, size_of

CHEAPER = 0.75
"""``saved_values`` is worth a function of its own where it costs less than this part of the forward."""


@dataclass(frozen=True)
class Routine:
    """One plain function for one variant: steps in order, and what is returned.

    ``saved`` is None for functions of the forward, else the names that are unpacked from ``saved``.
    ``shapes`` are the arrays whose shapes are unpacked first, each with a name or "_" for every axis, and
    ``defined`` the sizes that no array has, with what they are.
    """

    name: str
    arguments: tuple[str, ...]
    steps: tuple[str, ...]
    results: tuple[str, ...]
    saves: tuple[str, ...] | None = None
    saved: tuple[str, ...] | None = None
    shapes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    defined: tuple[tuple[Symbol, Expr], ...] = ()


@dataclass(frozen=True)
class Steps:
    """The lowered steps of a program under the names of emitted text, in order."""

    nodes: Mapping[str, Node]
    lefts: Mapping[str, Indexed]
    reads: Mapping[str, frozenset[str]]
    specials: Specials = field(default_factory=dict)

    def trees(self, name: str) -> tuple[Node, ...]:
        """All that one step may be computed by."""
        return (self.nodes[name], self.specials[name][1]) if name in self.specials else (self.nodes[name],)

    def cost(self, names: Iterable[str]) -> float:
        """The cost of computing some steps."""
        return sum(node_cost(n) for name in names for n in walk(self.nodes[name]))

    def functions(self, names: Iterable[str]) -> tuple[str, ...]:
        """The functions that some steps apply and that are given as arguments, by name."""
        return tuple(sorted(frozenset().union(*(functions_applied(tree) for n in names for tree in self.trees(n)))))

    def needed(self, wanted: Iterable[str], given: Iterable[str]) -> tuple[str, ...]:
        """The steps to compute, in order, so that some are known when others are given."""
        missing, known = set(wanted), set(given)
        for name in reversed(list(self.nodes)):
            if name in missing and name not in known:
                missing |= self.reads[name]
        return tuple(n for n in self.nodes if n in missing and n not in known)


def shown_name(name: str, output: str) -> str:
    """A gradient's name in comments: δ for the output's, dx for ∂x."""
    if name == name_of(d(IndexedBase(output))):
        return DELTA
    return f"d{name.removeprefix(GRADIENT)}" if name.startswith(GRADIENT) else name


def steps_of(program: Program) -> Steps:
    """The steps of a program; gradients are named as text names them, in formulas too."""
    plan = program.plan
    nodes: dict[str, Node] = {}
    lefts: dict[str, Indexed] = {}
    read: dict[str, frozenset[str]] = {}
    specials: dict[str, tuple[tuple[str, ...], Node]] = {}
    found = special_steps(program)
    for step in plan.steps:
        name = spelled(shown_name(name_of(step.left), plan.output))
        nodes[name] = _renamed(program.nodes[name_of(step.left)], plan.output)
        lefts[name] = _shown(step.left, plan.output)
        read[name] = reads(nodes[name])
        if name_of(step.left) in found:
            special = found[name_of(step.left)]
            settings = tuple(spelled(str(s)) for s in special.settings)
            specials[name] = settings, _renamed(special.node, plan.output)
            read[name] |= reads(specials[name][1]) | frozenset(settings)
    return Steps(nodes, lefts, read, specials)


def _renamed(node: Node, output: str) -> Node:
    attr = node.attr
    if node.op == "read" and isinstance(node.meaning, Indexed):
        attr = spelled(shown_name(name_of(node.meaning), output))
    args = tuple(_renamed(a, output) for a in node.args)
    return Node(node.op, args, node.shape, attr, _shown(node.meaning, output))


def _shown(e: Expr, output: str) -> Expr:
    gradients = [r for r in e.atoms(Indexed) if name_of(r).startswith(GRADIENT)]
    if not gradients:
        return e
    return e.xreplace({r: IndexedBase(shown_name(name_of(r), output), real=True)[r.indices] for r in gradients})


def routines(program: Program, steps: Steps) -> tuple[Routine, ...]:
    """The plain functions of one variant."""
    plan = program.plan
    given = arguments(plan)
    sources = [*plan.derivation.layer.inputs, *plan.derivation.parameters]
    gradients = [spelled(f"d{name_of(e)}") for e in sources]
    inputs = gradients[: len(plan.derivation.layer.inputs)]
    output = spelled(plan.output)
    forward = steps.needed([output], given)
    backward = steps.needed(gradients, [*given, *forward, "delta"])
    shapes = _shapes(plan, steps)
    sizes = Sizes(plan.derivation.layer, shapes)
    read = frozenset().union(*(steps.reads[n] for n in backward)) | sizes.given(_sizes(backward, steps))
    asked_for = sizes.not_given(_sizes(backward, steps))
    read |= _telling(shapes, [n for n in (*given, *forward) if n in shapes], read, asked_for)
    saved = tuple(n for n in (*given, *forward) if n in read and n != "delta")
    suffix = "_labels" if plan.derivation.variant.as_label else ""
    own = tuple(n for n in given if n in shapes)
    kept = (*(n for n in saved if n in shapes), "delta")

    def routine(name: str, arguments: tuple[str, ...], names: tuple[str, ...], arrays: Sequence[str]) -> Routine:
        told, defined = sizes.known(_sizes(names, steps), arrays)
        asked = (*arguments, *steps.functions(names))
        return Routine(f"{name}{suffix}", asked, names, (), shapes=told, defined=defined)

    made = [replace(routine("forward", given, forward, own), results=(output,), saves=saved)]
    again = steps.needed(saved, given)
    if steps.cost(again) <= CHEAPER * steps.cost(forward):
        made.append(replace(routine("saved_values", given, again, own), saves=saved))
    parts: list[tuple[str, Sequence[str]]] = [("backward", gradients)]
    if plan.derivation.layer.parameters:
        parts += [("backward_delta", inputs), ("backward_update_gradient", gradients[len(inputs) :])]
    for name, wanted in parts:
        needed = steps.needed(wanted, [*saved, "delta"])
        made.append(replace(routine(name, ("saved", "delta"), needed, kept), results=tuple(wanted), saved=saved))
    return tuple(made)


def _shapes(plan: Plan, steps: Steps) -> dict[str, tuple[Expr, ...]]:
    """The shapes of all arrays of a layer, by their names in text."""
    derivation = plan.derivation
    target = [derivation.target] if derivation.target is not None else []
    entries = [*target, *derivation.layer.inputs, *derivation.parameters, *steps.lefts.values()]
    shapes = {spelled(name_of(e)): tuple(size_of(i) for i in e.indices if isinstance(i, Idx)) for e in entries}
    return shapes | {"delta": shapes[spelled(plan.output)]}


def _sizes(names: Sequence[str], steps: Steps) -> frozenset[Expr]:
    """The sizes whose values some steps read."""
    return frozenset().union(*(sizes_read(tree) for n in names for tree in steps.trees(n)))


def _telling(
    shapes: Mapping[str, tuple[Expr, ...]], known: Sequence[str], read: frozenset[str], sizes: frozenset[Expr]
) -> frozenset[str]:
    """Arrays to save for nothing but their shapes: those of the sizes that no array read anyway tells."""
    found: frozenset[str] = frozenset()
    for size in sorted(sizes, key=str):
        telling = [name for name in ("delta", *known) if size in shapes[name]]
        if telling and not (read | found | {"delta"}) & set(telling):
            found |= {telling[0]}
    return found


Unpacked = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Sizes:
    """Where the values of a layer's sizes come from: arguments, the shapes of arrays, or other sizes."""

    layer: Layer
    shapes: Mapping[str, tuple[Expr, ...]]

    def given(self, sizes: frozenset[Expr]) -> frozenset[str]:
        """The names of those sizes that are arguments."""
        return frozenset(spelled(str(s)) for s in sizes - self.not_given(sizes))

    def not_given(self, sizes: frozenset[Expr]) -> frozenset[Expr]:
        """The sizes that are no arguments."""
        return sizes - {h.symbol for h in self.layer.hyperparameters}

    def known(
        self, sizes: frozenset[Expr], arrays: Sequence[str]
    ) -> tuple[Unpacked, tuple[tuple[Symbol, Expr], ...]]:
        """The arrays whose shapes tell some sizes, and what those sizes are that no array tells."""
        defined: dict[Symbol, Expr] = {}
        told = {size for name in arrays for size in self.shapes[name]}
        missing = waiting = self.not_given(sizes)
        while waiting:
            new = {s: self.layer.output_sizes[s] for s in waiting - told if s in self.layer.output_sizes}
            defined = {**new, **defined}
            waiting = self.not_given(frozenset(e for f in new.values() for e in f.free_symbols if e.is_nonnegative))
            waiting -= missing
            missing |= waiting
        unpacked = _unpacked(missing - frozenset(defined), {n: self.shapes[n] for n in arrays})
        return unpacked, tuple(sorted(defined.items(), key=lambda d: list(self.layer.output_sizes).index(d[0])))


def _unpacked(missing: frozenset[Expr], shapes: Mapping[str, tuple[Expr, ...]]) -> Unpacked:
    """Arrays that tell some sizes, each with a name or "_" for every axis."""
    told: list[tuple[str, tuple[str, ...]]] = []
    while missing and shapes:
        array = max(shapes, key=lambda name: len(missing.intersection(shapes[name])))
        shape = shapes[array]
        if not missing.intersection(shape):
            break
        told.append((array, tuple(spelled(str(s)) if s in missing else "_" for s in shape)))
        missing -= frozenset(shape)
    if missing:
        size = min(map(str, missing))
        raise LoweringError(f"nothing tells {size}: no array has an axis of that size; make {size} a hyperparameter")
    return tuple(told)


def arguments(plan: Plan) -> tuple[str, ...]:
    """The arguments of the forward: target, inputs, parameters, hyperparameters."""
    derivation = plan.derivation
    target = [derivation.target] if derivation.target is not None else []
    entries = [*target, *derivation.layer.inputs, *derivation.parameters]
    scalars = [str(h.symbol) for h in derivation.layer.hyperparameters]
    return (*(spelled(name_of(e)) for e in entries), *map(spelled, scalars))

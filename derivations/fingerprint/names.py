"""What names mean to the fingerprint: indices and their ranges, tensors and their axes, labels, steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Idx, Indexed, KroneckerDelta, S

from derivations.fingerprint.formula import Node, OutOfReach, Tensor, node, number
from derivations.layer import Layer
from derivations.notation import GRADIENT, name_of

UNKNOWN = Node("unknown")
"""The axis of a label before anything says which it is."""


class Names:
    """The tables of one statement. ``read`` turns an expression into a node and may come back here."""

    def __init__(self, layer: Layer, read: Callable[[Any], Node]) -> None:
        self.layer = layer
        self.read = read
        self.slots: dict[Idx, int] = {}
        self.tensors: dict[str, Tensor] = {}
        self._open: list[str] = []

    @property
    def delta(self) -> str:
        """The name of the gradient of the output, which is given."""
        return GRADIENT + name_of(self.layer.output)

    def slot(self, index: Idx) -> int:
        """The slot of an index."""
        return self.slots.setdefault(index, len(self.slots))

    def range_of(self, index: Idx) -> tuple[Node, Node]:
        """The first and the last value of an index."""
        if index.lower is None or index.upper is None:
            raise OutOfReach(f"the index {index} has no axis; write it with axes('{index}:N')")
        return self.read(index.lower), self.read(index.upper)

    def ranges(self, slots: list[int]) -> tuple[tuple[int, Node, Node], ...]:
        """The ranges of several slots."""
        index_of = {slot: index for index, slot in self.slots.items()}
        return tuple((slot, *self.range_of(index_of[slot])) for slot in slots)

    def length(self, index: Idx) -> Node:
        """The size of the axis of an index."""
        lower, upper = self.range_of(index)
        if lower.payload != 0:
            raise OutOfReach(f"the axis of {index} does not start at 0")
        return node("add", (upper, number(1)))

    def tensor(self, expr: Indexed) -> Tensor:
        """The tensor that an entry belongs to; a step is read when it is first met."""
        name = name_of(expr)
        if name in self._open:
            raise OutOfReach(f"step {name} reads itself")
        if name not in self.tensors:
            self.tensors[name] = self._declare(name, expr)
        found = self.tensors[name]
        if len(expr.indices) != len(found.axes):
            raise OutOfReach(f"{expr}: {name} has {len(found.axes)} axes")
        for place, index in enumerate(expr.indices):
            self._place(found, place, index)
        return found

    def _declare(self, name: str, expr: Indexed) -> Tensor:
        layer = self.layer
        if name == self.delta:
            return Tensor(name, [self.length(index) for index in layer.output.indices])
        for entry, right in layer.steps:
            if name_of(entry) == name:
                return self._step(name, entry, right)
        axis = self._label_axis(name) if expr.is_integer else None
        targets = () if layer.target is None else (layer.target,)
        for entry in (*layer.inputs, *layer.parameters, *targets):
            if name_of(entry) == name:
                return Tensor(name, [self.length(index) for index in entry.indices], label_axis=axis)
        return Tensor(name, [None] * len(expr.indices), label_axis=axis, declared=False)

    def _step(self, name: str, entry: Indexed, right: Any) -> Tensor:
        slots = tuple(self.slot(index) for index in entry.indices)
        axes: list[Node | None] = [self.length(index) for index in entry.indices]
        self._open.append(name)
        side = self.read(right)
        self._open.remove(name)
        if any(slot not in slots for slot in side.free):
            raise OutOfReach(f"step {name} has a free index on the right that the left lacks")
        return Tensor(name, axes, slots, side)

    def _place(self, tensor: Tensor, place: int, index: Any) -> None:
        """What the index at a position says of the tensor's axis, or the axis of the label there."""
        axis = tensor.axes[place]
        if not tensor.declared and isinstance(index, Idx):
            length = self.length(index)
            if axis is not None and _spell(axis) != _spell(length):
                raise OutOfReach(f"{tensor.name} is declared nowhere and read along two different axes")
            axis = tensor.axes[place] = length
        if axis is not None:
            self.note_label(index, axis)

    def _label_axis(self, name: str) -> Node:
        for value in self.layer.target_as_label.values():
            for found in sorted(S(value).atoms(KroneckerDelta), key=str):
                for index, label in (found.args, found.args[::-1]):
                    if isinstance(index, Idx) and isinstance(label, Indexed) and name_of(label) == name:
                        return self.length(index)
        return UNKNOWN

    def note_label(self, expr: Any, axis: Node) -> None:
        """A label that stands for a position on an axis lies on it, unless the layer says otherwise."""
        if isinstance(expr, Indexed) and expr.is_integer:
            self.read(expr)
            tensor = self.tensors[name_of(expr)]
            tensor.label_axis = axis if tensor.label_axis is UNKNOWN else tensor.label_axis

    def check_labels(self) -> None:
        """Refuse labels whose axis nothing tells."""
        for tensor in self.tensors.values():
            if tensor.label_axis is UNKNOWN:
                raise OutOfReach(f"the axis that the label {tensor.name} lies on is not known")

    def differentiable(self, name: str, where: Any) -> Indexed:
        """The declaration of an input, parameter or step that a derivative is taken of or by."""
        for entry in (*self.layer.inputs, *self.layer.parameters, *self.layer.forward):
            if name_of(entry) == name and not entry.is_integer:
                return entry
        raise OutOfReach(f"{where}: {name} is no input, parameter or step that can be differentiated")


def _spell(axis: Node) -> str:
    return f"{axis.kind} {axis.payload} [{', '.join(_spell(child) for child in axis.children)}]"

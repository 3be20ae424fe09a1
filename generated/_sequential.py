# backproof generate
# content: bda3455671a4b85b82cb784c8cf7dcec
"""Layers one after the other, as one layer."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, SupportsIndex, overload

from ._arrays import Array, ArrayLike
from ._support import Loss, Module

__all__ = ["Sequential"]


class Sequential(Module):
    """Each layer takes what the one before it gives.

    Parameters
    ----------
    *modules : Module
        The layers, one or more, each with one input; a `Sequential` may be among them.

    Attributes
    ----------
    modules : tuple of Module
        The layers.

    Notes
    -----
    Each method computes from the input that it is given; nothing is kept from an earlier call. So both
    `backward_update_gradient` and `backward_delta` begin with the forward of all layers but the last.
    `backward` does what the two do, in one sweep.
    """

    def __init__(self, *modules: Module) -> None:
        for position, module in enumerate(modules):
            _check(f"Sequential: layer {position}", module)
        if not modules:
            raise ValueError("Sequential: give at least one layer: without one, nothing says what fits")
        self.modules = modules
        _check_unshared(self.gradients)

    @property
    def parameters(self) -> Mapping[str, Array]:  # type: ignore[override]
        """The parameters of all layers, ``W`` of the first as ``0.W``; the arrays are the layers' own."""
        return self._named("parameters")

    @property
    def gradients(self) -> Mapping[str, Array]:  # type: ignore[override]
        """Their gradients, by the same names."""
        return self._named("gradients")

    def __len__(self) -> int:
        return len(self.modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.modules)

    @overload
    def __getitem__(self, position: SupportsIndex) -> Module: ...
    @overload
    def __getitem__(self, position: slice) -> Sequential: ...
    def __getitem__(self, position: SupportsIndex | slice) -> Module:
        """A layer; for a slice, a `Sequential` of the same layers."""
        return Sequential(*self.modules[position]) if isinstance(position, slice) else self.modules[position]

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.modules))})"

    def forward(self, input: ArrayLike) -> Array:
        """Compute the output of the last layer.

        Parameters
        ----------
        input : array_like
            As the first layer takes it.

        Returns
        -------
        array
        """
        return self._call("forward", len(self) - 1, "forward", self._inputs("forward", input)[-1])

    def backward_update_gradient(self, input: ArrayLike, delta: ArrayLike) -> None:
        """Add the gradients of the parameters of all layers to `gradients`.

        Parameters
        ----------
        input : array_like
            What `forward` was given.
        delta : array_like
            The gradient of the final loss with respect to the output.
        """
        own = "backward_update_gradient"
        inputs, last = self._inputs(own, input), len(self) - 1
        # Nobody asks for the delta below the first layer with parameters.
        first = next((position for position, module in enumerate(self) if module.parameters), last)
        for position in range(last, first, -1):
            delta = self._call(own, position, "backward", inputs[position], delta)
        self._call(own, first, own, inputs[first], delta)

    def backward_delta(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Compute the gradient of the final loss with respect to input.

        Parameters
        ----------
        input : array_like
            What `forward` was given.
        delta : array_like
            The gradient of the final loss with respect to the output.

        Returns
        -------
        array of the shape of input
        """
        return self._swept("backward_delta", input, delta)

    def backward(self, input: ArrayLike, delta: ArrayLike) -> Array:
        """Do both in one sweep: add the gradients of the parameters, and compute that of the input.

        Parameters
        ----------
        input : array_like
            What `forward` was given.
        delta : array_like
            The gradient of the final loss with respect to the output.

        Returns
        -------
        array of the shape of input
        """
        return self._swept("backward", input, delta)

    def _swept(self, method: str, input: ArrayLike, delta: ArrayLike) -> Any:
        """The delta that the first layer gives, when each takes that of the next one."""
        for position, given in reversed(list(enumerate(self._inputs(method, input)))):
            delta = self._call(method, position, method, given, delta)
        return delta

    def _inputs(self, method: str, input: ArrayLike) -> list[ArrayLike]:
        """What each layer is given."""
        inputs = [input]
        for position in range(len(self) - 1):
            inputs.append(self._call(method, position, "forward", inputs[-1]))
        return inputs

    def _call(self, own: str, position: int, method: str, *given: ArrayLike) -> Any:
        """What a layer's method gives to a method of our own; an error says which layer."""
        try:
            return getattr(self.modules[position], method)(*given)
        except ValueError as error:
            where = f"Sequential.{own}: layer {position}, {self.modules[position]!r}"
            raise ValueError(f"{where}: {error}") from error

    def _named(self, kind: str) -> Mapping[str, Array]:
        arrays = ((position, getattr(module, kind)) for position, module in enumerate(self))
        return MappingProxyType({f"{at}.{name}": array for at, own in arrays for name, array in own.items()})

    def _text(self, name: str) -> str:
        position, _, own = name.partition(".")
        return f"{position}.{self.modules[int(position)]._text(own)}"


def _check(subject: str, module: Module) -> None:
    """Refuse what cannot stand between two layers."""
    if isinstance(module, Loss):
        raise ValueError(f"{subject} is {module!r}, a loss: give it the output of the layers, with a target")
    if not isinstance(module, Module):
        raise ValueError(f"{subject} must be a layer, such as Linear(3, 2); got {module!r}")
    forward = getattr(module, "forward", None)
    inputs = list(inspect.signature(forward).parameters) if forward else ["input"]
    if len(inputs) != 1:
        names = ", ".join(inputs)
        raise ValueError(f"{subject} is {module!r}, which takes {names}: a layer here has one input")
    methods = "forward", "backward", "backward_delta", "backward_update_gradient"
    if missing := [name for name in methods if not callable(getattr(module, name, None))]:
        raise ValueError(f"{subject} is a {type(module).__name__} without {', '.join(missing)}")


def _check_unshared(gradients: Mapping[str, Array]) -> None:
    """Refuse a layer that occurs twice: a step would be taken twice with its gradients."""
    owners: dict[int, str] = {}
    for name, gradient in gradients.items():
        first = owners.setdefault(id(gradient), name)
        if first != name:
            remedy = "make a layer of its own for each position"
            raise ValueError(f"Sequential: {first} and {name} are one and the same: {remedy}")

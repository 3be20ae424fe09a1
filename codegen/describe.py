"""From a layer to the page of its module: names, axes, constructor, conditions. No formula is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isfinite

from sympy import Expr, Idx, Indexed, KroneckerDelta, Mul, Symbol
from sympy.core.function import UndefinedFunction

from codegen import page
from codegen.defaults import complete
from codegen.entrywise import takes_any_axes
from codegen.hyper_arguments import hyper_arguments, hyper_codes
from codegen.layout import quoted, shape_text
from codegen.naming import python_name, python_names
from codegen.public_shapes import (
    axis_code,
    axis_sizes,
    constructor_sizes,
    least_followed,
    public_axes,
    shape,
    start_bound,
)
from derivations.layer import Layer
from derivations.layers import FILES
from derivations.notation import GRADIENT, name_of, size_of

Writer = Callable[[Expr], str]


def describe(
    layer: Layer,
    functions: Sequence[page.PlainFunction],
    write: Writer,
    *,
    module: str,
    definition: str = "",
    least: Mapping[str, int] | None = None,
    ranges: Sequence[str] = (),
) -> page.Page:
    """The page of a layer.

    Parameters
    ----------
    layer : Layer
        The definition.
    functions : sequence of PlainFunction
        What stands under the class, in order; ``assumption_1`` for the layer's first assumption, and so on.
    write : callable
        A formula as a comment shows it, on one line.
    module : str
        The module's name, without a suffix.
    definition : str
        The file of the definition, as the module names it; by default where the layer stands in ``derivations/layers``.
    least : mapping of str to int, optional
        Sizes with the number below which they must not fall; 1 for an axis with a maximum over it.
    ranges : sequence of str
        Sentences that say where the results are finite.

    Raises
    ------
    ValueError
        The layer lacks what a module needs, or two of its names are one in Python.
    """
    layer = complete(layer)
    _check(layer)
    is_open = takes_any_axes(layer, functions)
    target = _given(layer, layer.target, is_open, "y") if layer.target is not None else None
    inputs = [_given(layer, entry, is_open, _public(layer, entry)) for entry in layer.inputs]
    hyperparameters = hyper_arguments(layer, write)
    return page.Page(
        name=layer.name,
        module=module,
        definition=definition or FILES.get(layer.name, f"derivations/layers/{module}.py"),
        formulas=tuple(f"{write(left)} = {write(right)}" for left, right in layer.steps),
        inputs=tuple(inputs),
        output=_argument(layer, layer.output, is_open),
        functions=tuple(functions),
        target=target,
        labels=_labels(layer),
        parameters=tuple(_parameter(layer, entry, write) for entry in layer.parameters),
        sizes=constructor_sizes(layer),
        hyperparameters=hyperparameters,
        applied=_applied(layer, functions),
        assumptions=tuple(_assumption(layer, number, write) for number in range(len(layer.assumptions))),
        delta_shape=_delta_shape(layer) if target else "",
        least=tuple({**(least or {}), **least_followed(layer)}.items()),
        aliases=layer.aliases,
        source=layer.source,
        ranges=tuple(ranges),
        shape=shape(layer, hyperparameters, hyper_codes(layer)),
    )


def _check(layer: Layer) -> None:
    """What a class needs beyond a formula."""
    if layer.target is not None and (len(layer.inputs) != 1 or layer.parameters):
        raise ValueError(f"{layer.name}: a loss has one input, its prediction, and no parameters")
    target = [layer.target] if layer.target is not None else []
    entries = [*layer.inputs, *layer.parameters, *target, *layer.target_as_label.values(), *layer.forward]
    names = [name_of(_label(entry)[1] if isinstance(entry, KroneckerDelta) else entry) for entry in entries]
    scalars = [str(one.symbol) for one in layer.hyperparameters]
    scalars += [name for function in layer.unspecified for name in _and_derivative(function)]
    python_names([*names, *(GRADIENT + name for name in names), *scalars], layer.name)
    for argument, value in layer.sizes.items():
        for size in value if isinstance(value, tuple) else value.args if isinstance(value, Mul) else (value,):
            if not (isinstance(size, Symbol) or (isinstance(value, tuple) and size.is_Integer)):
                raise ValueError(f"{layer.name}: the argument {argument} fixes {value}, which is no size")
    if layer.target is not None and shape(layer, (), {}):
        raise ValueError(f"{layer.name}: the arrays of a loss have the axes of its formula, and no sizes of their own")


def _public(layer: Layer, entry: Indexed) -> str:
    """What the methods call an input: a layer's only one is ``input``, a loss's ``yhat``."""
    if layer.target is not None:
        return "yhat"
    return "input" if len(layer.inputs) == 1 else python_name(name_of(entry))


def _argument(layer: Layer, entry: Indexed, is_open: bool, public: str = "") -> page.Argument:
    return page.Argument(python_name(name_of(entry)), public_axes(layer, entry, is_open), public)


def _given(layer: Layer, entry: Indexed, is_open: bool, public: str) -> page.Argument:
    """An input or a target, with its domain."""
    domain, argument = layer.domains.get(entry.base), _argument(layer, entry, is_open, public)
    if domain is None:
        return argument
    ends = [f"{end:.17g}" if isfinite(end) else f'float("{end}")' for end in (domain.low, domain.high)]
    limits = (
        *ends,
        f"is_open={domain.is_open}",
        f"words={quoted(str(domain))}",
        f"remedy={quoted(domain.remedy)}",
    )
    return replace(argument, domain=str(domain), limits=limits)


def _label(delta: KroneckerDelta) -> tuple[Idx, Indexed]:
    """The index and the label that [k = t[n]] compares."""
    first, second = delta.args
    return (second, first) if isinstance(first, Indexed) else (first, second)


def _labels(layer: Layer) -> page.Labels | None:
    if not layer.target_as_label:
        return None
    index, label = _label(layer.target_as_label[layer.target])
    return page.Labels(python_name(name_of(label)), public_axes(layer, label), along=str(size_of(index)))


def _delta_shape(layer: Layer) -> str:
    """The output's shape, read from the prediction."""
    prediction = layer.inputs[0]
    shape, wanted = f"{python_name(name_of(prediction))}.shape", public_axes(layer, layer.output)
    axes = public_axes(layer, prediction)
    if axes[: len(wanted)] == wanted:
        return shape if axes == wanted else f"{shape}[:{len(wanted)}]"
    if missing := [axis for axis in wanted if axis not in axes]:
        raise ValueError(f"{layer.name}: the prediction has no axis of size {missing[0]}, the loss has")
    return shape_text([f"{shape}[{axes.index(axis)}]" for axis in wanted])


def _parameter(layer: Layer, entry: Indexed, write: Writer) -> page.Parameter:
    bound, code = start_bound(layer, layer.initial[entry.base].bound)
    python = python_name(name_of(entry))
    return page.Parameter(
        python,
        public_axes(layer, entry),
        sizes=tuple(axis_code(layer, sizes) for sizes in axis_sizes(layer, entry)),
        bound=code,
        start=f"{python} is 0" if bound == 0 else f"{python} uniform in ±{write(bound)}",
        flag=layer.flags.get(entry.base, python) if entry.base in layer.optional else "",
    )


def _applied(layer: Layer, functions: Sequence[page.PlainFunction]) -> tuple[page.Applied, ...]:
    """The unspecified functions, and their derivatives, that the plain functions take."""
    taken = {argument for function in functions for argument in function.arguments}
    made = []
    for function in layer.unspecified:
        named = layer.functions.get(function, ())
        for order, name in enumerate(_and_derivative(function)):
            if python_name(name) in taken:
                argument = named[order] if order < len(named) else python_name(name)
                made.append(page.Applied(python_name(name), argument, name))
    return tuple(dict.fromkeys(made))


def _and_derivative(function: UndefinedFunction) -> tuple[str, str]:
    return function.__name__, f"{function.__name__}'"


def _assumption(layer: Layer, number: int, write: Writer) -> page.Assumption:
    assumption = layer.assumptions[number]
    free = assumption.left.free_symbols | assumption.right.free_symbols
    indices = layer.target.indices if layer.target is not None else ()
    return page.Assumption(
        f"{write(assumption.left)} = {write(assumption.right)}",
        function=f"assumption_{number + 1}",
        indices=tuple(str(index) for index in indices if index in free),
    )

"""Hyperparameters as arguments of a constructor: one each, or one for several that differ by spatial axis."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Symbol
from sympy.core.relational import Relational

from codegen.layout import shape_text
from codegen.naming import python_name
from codegen.page_parts import Condition, Hyper
from codegen.public_shapes import size_codes
from codegen.scalar_code import scalar_code
from derivations.layer import Hyperparameter, Layer

Writer = Callable[[Expr], str]


def hyper_arguments(layer: Layer, write: Writer) -> tuple[Hyper, ...]:
    """The arguments that give hyperparameters, in the order in which the layer has these."""
    found = {_argument(layer, one.symbol): None for one in layer.hyperparameters}
    return tuple(_hyper(layer, argument, write) for argument in found)


def hyper_codes(layer: Layer) -> dict[Symbol, str]:
    """What each hyperparameter is inside the class: ``self.s``, or ``self.stride[0]``."""
    found = {}
    for one in layer.hyperparameters:
        argument = _argument(layer, one.symbol)
        members = layer.grouped.get(argument)
        found[one.symbol] = f"self.{argument}[{members.index(one.symbol)}]" if members else f"self.{argument}"
    return found


def _argument(layer: Layer, symbol: Symbol) -> str:
    """The argument that gives a hyperparameter."""
    groups = (argument for argument, members in layer.grouped.items() if symbol in members)
    return next(groups, python_name(str(symbol)))


def _hyper(layer: Layer, argument: str, write: Writer) -> Hyper:
    symbols = layer.grouped.get(argument, ())
    ones = [one for one in layer.hyperparameters if _argument(layer, one.symbol) == argument]
    if symbols and not all(one.symbol.is_integer for one in ones):
        raise ValueError(f"{layer.name}: {argument} stands for several hyperparameters, which must be integers")
    if symbols and tuple(one.symbol for one in ones) != symbols:
        raise ValueError(f"{layer.name}: {argument} stands for {symbols}; the hyperparameters are in another order")
    default, follows = _default(layer, ones)
    return Hyper(
        argument,
        default=default,
        is_integer=bool(ones[0].symbol.is_integer),
        conditions=tuple(made for one in ones for made in (*_conditions(layer, one, write), *_safe(layer, one))),
        members=tuple(python_name(str(symbol)) for symbol in symbols),
        follows=follows,
    )


def _default(layer: Layer, ones: list[Hyperparameter]) -> tuple[str, str]:
    """The default of an argument, and the argument whose value it takes."""
    values = [one.default for one in ones]
    others = [each.symbol for each in layer.hyperparameters]
    if any(value in others for value in values):
        source = _argument(layer, values[0])
        if tuple(values) != layer.grouped.get(source, tuple(values)[:1]):
            raise ValueError(f"{layer.name}: {values} are no hyperparameters of one argument")
        if others.index(values[-1]) > others.index(ones[0].symbol):
            raise ValueError(f"{layer.name}: {values[-1]} must come before what it is the default of")
        return "None", source
    texts = [repr(int(v) if one.symbol.is_integer else float(v)) for v, one in zip(values, ones, strict=True)]
    return (texts[0] if len(set(texts)) == 1 else shape_text(texts)), ""


def _conditions(layer: Layer, one: Hyperparameter, write: Writer) -> list[Condition]:
    return [_condition(layer, condition, write) for condition in one.conditions]


def _condition(layer: Layer, condition: Relational, write: Writer) -> Condition:
    codes = {**hyper_codes(layer), **size_codes(layer)}
    shown = [code.removeprefix("self.") for symbol, code in codes.items() if symbol in condition.free_symbols]
    left, right = condition.args
    text = f"{write(left)} {condition.rel_op} {write(right)}"
    return Condition(text, scalar_code(condition, codes), tuple(shown))


def _safe(layer: Layer, one: Hyperparameter) -> tuple[Condition, ...]:
    """The range within which the text is shown safe; no class takes a value elsewhere."""
    if one.safe is None:
        return ()
    code, (low, high) = hyper_codes(layer)[one.symbol], one.safe
    text = f"{low:g} ≤ {one.symbol} ≤ {high:g}, where results are finite"
    return (Condition(text, f"{low!r} <= {code} <= {high!r}", (code.removeprefix("self."),)),)

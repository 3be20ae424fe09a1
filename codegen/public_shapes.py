"""How the arrays of a class are laid out, where they are not axis by axis those of the formula.

Neighbouring axes that are shown as one, sizes that the constructor gets as products, and the sizes of an output
that follow from those of the input.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sympy import Expr, Idx, Indexed, Mul, Symbol, powsimp, prod

from codegen.blocks import window_sizes
from codegen.layout import listed, quoted
from codegen.naming import python_name
from codegen.page_parts import Followed, Hyper, Shape, Size
from codegen.scalar_code import scalar_code
from derivations.layer import Layer
from derivations.notation import size_of

JOINT = "·"
"""Between the sizes of the formula that one axis of an array has together."""
OPEN = "…"
"""Behind the size of what arrays show as any number of axes."""


def axis_sizes(layer: Layer, entry: Indexed) -> tuple[tuple[Expr, ...], ...]:
    """The sizes that each axis of an array has, one or more."""
    indices, groups = [*entry.indices], list[tuple[Idx, ...]]()
    joined = {group[0]: group for group in layer.joined.get(entry.base, ())}
    while indices:
        group = joined.get(indices[0], (indices[0],))
        if tuple(indices[: len(group)]) != tuple(group):
            raise ValueError(f"{layer.name}: {entry} has no neighbours {', '.join(map(str, group))} to join")
        groups.append(group)
        del indices[: len(group)]
    return tuple(tuple(map(size_of, group)) for group in groups)


def public_axes(layer: Layer, entry: Indexed, is_open: bool = False) -> tuple[str, ...]:
    """What the axes of an array are called: ``N``, ``G·C``, or ``K…`` for any axes with K entries in all."""
    names = []
    for sizes in axis_sizes(layer, entry):
        for size in sizes:
            if not (isinstance(size, Symbol) or size.is_Integer):
                raise ValueError(f"{entry}: the size {size} needs a name")
        names.append(JOINT.join(map(str, sizes)))
    if entry.base in layer.trailing or is_open:
        names[-1] += OPEN
    return tuple(names)


def is_entrywise(layer: Layer) -> bool:
    """Whether each entry of the output follows from the same entry of the inputs: then arrays of any shape will do."""
    parts = [part for step in layer.steps for part in step]
    entries = {each for part in (*layer.inputs, *parts) for each in part.atoms(Indexed)}
    same = all(each.indices == layer.output.indices for each in entries)
    # Without the entries nothing may speak of an axis: no sum, no size, no position.
    entry = Symbol("entry", real=True)
    known = {entry, *(one.symbol for one in layer.hyperparameters)}
    alone = all(part.xreplace(dict.fromkeys(entries, entry)).atoms(Idx, Symbol) <= known for part in parts)
    plain = not (layer.target or layer.parameters or layer.joined or layer.trailing or layer.output_sizes)
    if not (same and alone and plain):
        return False
    sizes = {size_of(index) for index in layer.output.indices if isinstance(index, Idx)} - known
    free = [size for size in sizes if isinstance(size, Symbol)]
    return len(free) == len(layer.output.indices) > 1


def constructor_sizes(layer: Layer) -> tuple[Size, ...]:
    """The arguments that fix sizes. One that divides others is 1 where it is not given."""
    made = []
    for argument, value in layer.sizes.items():
        several = value if isinstance(value, tuple) else ()
        name = listed([str(one) for one in several]) if several else JOINT.join(map(str, _factors(layer, value)))
        products = [each for each, product in layer.sizes.items() if isinstance(product, Mul) and value in product.args]
        made.append(Size(argument, name, len(several), "1" if products else "", int(bool(products)), tuple(products)))
    return tuple(made)


def size_codes(layer: Layer) -> dict[Expr, str]:
    """What the class knows of sizes and of products of sizes from its constructor, as Python."""
    found: dict[Expr, str] = {}
    for argument, value in layer.sizes.items():
        if isinstance(value, tuple):
            found |= {one: f"self.{argument}[{at}]" for at, one in enumerate(value)}
        else:
            found[value] = f"self.{argument}"
    for value in [value for value in found if isinstance(value, Mul)]:
        divisors, rest = _parted(layer, value)
        below = " * ".join(found[one] for one in divisors)
        found[rest] = f"{found[value]} // {below if len(divisors) == 1 else f'({below})'}"
    return found


def axis_code(layer: Layer, sizes: tuple[Expr, ...]) -> str:
    """The size of an axis of a parameter as Python."""
    codes, whole = size_codes(layer), prod(sizes)
    if whole in codes:
        return codes[whole]
    return " * ".join(str(size) if size.is_Integer else codes[size] for size in sizes)


def start_bound(layer: Layer, bound: Expr) -> tuple[Expr, str]:
    """The bound of a parameter's start, with the sizes under one root, and the same as Python."""
    # SymPy parts the root of a product of what it knows to be no less than 0.
    bare = {size: Symbol(str(size)) for size in bound.free_symbols}
    whole = short = powsimp(bound.xreplace(bare), force=True)
    positive, names = _needed(layer) | _divisors(layer), dict[Symbol, str]()
    for size, code in size_codes(layer).items():
        # A size of 0 leaves nothing to draw or nothing to scale for, but its bound is still computed.
        if size in bare:
            names[bare[size]] = code if size in positive else f"max({code}, 1)"
    for argument, value in layer.sizes.items():
        if isinstance(value, tuple) and len(value) > 1 and positive >= set(value) and set(value) <= set(bare):
            names[Symbol(argument)] = f"np.prod(self.{argument})"
            short = short.subs(prod(bare[size] for size in value), Symbol(argument))
    return whole, scalar_code(short, names)


def shape(layer: Layer, hyperparameters: tuple[Hyper, ...], codes: Mapping[Symbol, str]) -> Shape | None:
    """What the class has to know of its arrays' shapes; None where they are those of the formula.

    Parameters
    ----------
    layer : Layer
        The definition.
    hyperparameters : tuple of Hyper
        Its hyperparameters as arguments.
    codes : mapping of Symbol to str
        What each hyperparameter is called inside the class.
    """
    is_plain = all(isinstance(value, Symbol) for value in layer.sizes.values())
    block = tuple(map(str, window_sizes(layer)))
    if is_plain and not (layer.output_sizes or layer.joined or layer.trailing or layer.grouped or block):
        return None
    conditions = [condition for one in hyperparameters for condition in one.conditions]
    return Shape(
        known=tuple(_known(layer, codes)),
        read=tuple(_read(layer, hyperparameters, codes)),
        followed=tuple(_followed(layer)),
        conditions=(*_size_conditions(layer), *((one.text, one.python) for one in conditions)),
        block=block,
    )


def least_followed(layer: Layer) -> dict[str, int]:
    """The sizes of the output that could come out too small: a window has a place at least."""
    signs = {one.symbol: _signed(one.symbol, one.conditions) for one in layer.hyperparameters}
    return {str(size): 1 for size, code in layer.output_sizes.items() if not code.xreplace(signs).is_nonnegative}


def _signed(symbol: Symbol, conditions: tuple[Expr, ...]) -> Symbol:
    """The symbol with the sign that its conditions give it."""
    is_least = any(condition in (symbol >= 0, symbol >= 1, symbol > 0) for condition in conditions)
    return Symbol(f"{symbol.name} ", integer=symbol.is_integer, nonnegative=True if is_least else None)


def _divisors(layer: Layer) -> set[Expr]:
    """The sizes that are an argument of their own and a factor of another one."""
    alone = {value for value in layer.sizes.values() if isinstance(value, Symbol)}
    return {one for value in layer.sizes.values() if isinstance(value, Mul) for one in value.args} & alone


def _parted(layer: Layer, product: Mul) -> tuple[list[Expr], Expr]:
    """The factors of a product that have arguments of their own, and the one that follows from them."""
    divisors = [one for one in product.args if one in _divisors(layer)]
    rest = [one for one in product.args if one not in divisors]
    if len(rest) != 1 or not all(isinstance(one, Symbol) for one in product.args):
        raise ValueError(f"{layer.name}: {product} does not tell one size: give the others as arguments")
    return divisors, rest[0]


def _factors(layer: Layer, value: Expr) -> list[Expr]:
    """The sizes of a product, those that have arguments of their own first."""
    if not isinstance(value, Mul):
        return [value]
    divisors, rest = _parted(layer, value)
    return [*divisors, rest]


def _needed(layer: Layer) -> set[Symbol]:
    """What the sizes of the output are computed from; of the constructor's, each must be 1 or more."""
    return {symbol for size in layer.output_sizes.values() for symbol in size.free_symbols} - layer.output_sizes.keys()


def _known(layer: Layer, codes: Mapping[Symbol, str]) -> Iterator[tuple[str, str]]:
    """Sizes from the constructor that are no axis of an array."""
    axes = [sizes for entry in (*layer.inputs, *layer.parameters) for sizes in axis_sizes(layer, entry)]
    shown = {sizes[0] for sizes in axes if len(sizes) == 1}
    given = {size: code for size, code in size_codes(layer).items() if "//" not in code and isinstance(size, Symbol)}
    sizes = {size_of(i) for entry in (*layer.inputs, *layer.parameters, layer.output) for i in entry.indices}
    sizes |= _needed(layer)
    given |= {symbol: code for symbol, code in codes.items() if symbol.is_nonnegative}
    yield from ((str(size), code) for size, code in given.items() if size in sizes and size not in shown)


def _read(layer: Layer, hyperparameters: tuple[Hyper, ...], codes: Mapping[Symbol, str]) -> Iterator[str]:
    """The statements that name what the sizes of the output follow from."""
    needed = _needed(layer)
    sizes = [size_of(i) for entry in (*layer.inputs, *layer.parameters) for i in entry.indices]
    found = [size for size in dict.fromkeys(sizes) if size in needed and size not in codes]
    if missing := needed - {*found, *codes}:
        raise ValueError(f"{layer.name}: nothing tells {listed(sorted(map(str, missing)))}, which a size needs")
    yield from (f"{python_name(str(size))} = sizes[{quoted(str(size))}]" for size in found)
    names = {python_name(str(symbol)) for symbol in needed - {*found}}
    for one in hyperparameters:
        if names & one.passed.keys():
            left = [name if name in names else "_" for name in one.passed]
            yield f"{', '.join(left) if len(left) > 1 or not one.members else f'({left[0]},)'} = self.{one.python}"


def _followed(layer: Layer) -> Iterator[Followed]:
    for size, value in layer.output_sizes.items():
        names = {symbol: python_name(str(symbol)) for symbol in value.free_symbols}
        text = scalar_code(value, {symbol: str(symbol) for symbol in names})
        text = text.replace(" * ", "·").replace(" // ", "//")
        yield Followed(str(size), python_name(str(size)), scalar_code(value, names), text)


def _size_conditions(layer: Layer) -> Iterator[tuple[str, str]]:
    """A window has a tap at least along each axis, and what is divided comes out whole."""
    needed = _needed(layer)
    codes = size_codes(layer)
    for argument, value in layer.sizes.items():
        for at, one in enumerate(value if isinstance(value, tuple) else (value,)):
            if one.is_Integer:
                yield f"{argument}[{at}] == {one}", f"self.{argument}[{at}] == {one}"
            elif one in needed:
                yield f"{one} >= 1", f"{codes[one]} >= 1"
    for argument, value in layer.sizes.items():
        if isinstance(value, Mul):
            divisors, _ = _parted(layer, value)
            names = [next(name for name, size in layer.sizes.items() if size == one) for one in divisors]
            below = " * ".join(codes[one] for one in divisors)
            below = below if len(divisors) == 1 else f"({below})"
            yield f"{argument} a multiple of {' * '.join(names)}", f"self.{argument} % {below} == 0"

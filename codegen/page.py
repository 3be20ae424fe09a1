"""A page describes one generated module without a formula; the templates print it.

What a page holds is text that is ready to print: names in Python, names of axes, formulas as a comment
shows them. The plain functions come as text too; the skeleton round them stands in ``templates/``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined

from codegen import layout
from codegen.layout import in_import_order, listed, quoted, shape_text, wrapped


@dataclass(frozen=True)
class Argument:
    """An array: an input, a target, labels, or the output.

    ``python`` is its name in the plain functions, ``axes`` the names of its sizes (digits where a size is
    fixed), ``public`` the argument of the class's methods; what is no argument has none.
    """

    python: str
    axes: tuple[str, ...]
    public: str = ""

    @property
    def shape(self) -> str:
        """``(N, d)``, in the words of the formula."""
        return shape_text(self.axes)

    @property
    def gradient(self) -> str:
        """What its gradient is called."""
        return f"d{self.python}"


@dataclass(frozen=True)
class Labels(Argument):
    """Integers in place of a target: positions on the axis whose size is ``along``."""

    along: str = ""


@dataclass(frozen=True)
class Parameter(Argument):
    """An array of the layer's own.

    ``sizes`` are its axes in the constructor's words. It starts uniform in ±``bound``, an expression of
    Python; ``start`` says so to a reader. ``flag`` is the constructor's argument that leaves an optional
    parameter out, or empty.
    """

    sizes: tuple[str, ...] = ()
    bound: str = "0"
    start: str = "0"
    flag: str = ""


@dataclass(frozen=True)
class Size:
    """An argument of the constructor that fixes a size."""

    argument: str
    name: str


@dataclass(frozen=True)
class Condition:
    """What must hold of hyperparameters: as a reader sees it, in Python, and the names to show if not."""

    text: str
    python: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Hyper:
    """A hyperparameter: an argument of the constructor with a default.

    ``safe`` is the range, as text, within which the results are finite, if narrower than the conditions.
    """

    python: str
    default: str
    is_integer: bool = False
    conditions: tuple[Condition, ...] = ()
    safe: str = ""

    @property
    def type(self) -> str:
        """The type of its argument."""
        return "int" if self.is_integer else "float"


@dataclass(frozen=True)
class Assumption:
    """An equation of the target; the plain function returns left minus right over the indices."""

    text: str
    function: str
    indices: tuple[str, ...]


@dataclass(frozen=True)
class PlainFunction:
    """A function under the class: arguments as they stand in ``def``, body and docstring not indented."""

    name: str
    arguments: tuple[str, ...]
    body: str
    doc: str = ""


@dataclass(frozen=True)
class Page:
    """One module: a layer, or with a ``target`` a loss.

    ``formulas`` are the steps, the output's last; ``delta_shape`` is the shape of a loss's output, written
    in its other arrays; ``least`` are sizes with the number below which they must not fall, such as that
    of an axis over which a maximum is taken; ``ranges`` are sentences on where the results are finite.
    """

    name: str
    module: str
    definition: str
    formulas: tuple[str, ...]
    inputs: tuple[Argument, ...]
    output: Argument
    functions: tuple[PlainFunction, ...]
    target: Argument | None = None
    labels: Labels | None = None
    parameters: tuple[Parameter, ...] = ()
    sizes: tuple[Size, ...] = ()
    hyperparameters: tuple[Hyper, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    delta_shape: str = ""
    least: tuple[tuple[str, int], ...] = ()
    aliases: tuple[str, ...] = ()
    source: str = ""
    ranges: tuple[str, ...] = ()

    @property
    def given(self) -> tuple[Argument, ...]:
        """What the methods take, a loss's target first."""
        return (*((self.target,) if self.target else ()), *self.inputs)

    @property
    def flags(self) -> dict[str, list[str]]:
        """The arguments that leave optional parameters out, with the names of these."""
        flags = dict.fromkeys(parameter.flag for parameter in self.parameters if parameter.flag)
        return {flag: [one.python for one in self.parameters if one.flag == flag] for flag in flags}

    @property
    def constructor(self) -> tuple[str, ...]:
        """The arguments of the constructor, as its ``def`` lists them."""
        return (
            *(f"{size.argument}: int" for size in self.sizes),
            *(f"{one.python}: {one.type} = {one.default}" for one in self.hyperparameters),
            *(f"{flag}: bool = True" for flag in self.flags),
            *(("dtype: DTypeLike = np.float64", "rng: Seed = None") if self.parameters else ()),
            *(('reduction: str = "none"',) if self.target else ()),
        )

    @property
    def arrays(self) -> tuple[str, ...]:
        """What the plain functions call the arrays that they take."""
        return tuple(one.python for one in (*self.given, *self.parameters))

    @property
    def values(self) -> tuple[str, ...]:
        """All that a class passes to the plain ``forward``."""
        return (*self.arrays, *(f"self.{one.python}" for one in self.hyperparameters))

    @property
    def signature(self) -> tuple[str, ...]:
        """The arguments of the class's ``forward``."""
        return ("self", *(f"{one.public}: ArrayLike" for one in self.given))

    def checked(self, method: str, *extra: str, unpack: bool = True) -> str:
        """The statement in which a method has its arrays checked; ``extra`` come after the inputs."""
        names = [*(one.python for one in self.given), *extra, *(one.python for one in self.parameters)]
        passed = [f"{one.python}={one.public}" for one in self.given] + [f"{name}={name}" for name in extra]
        left = (", ".join(names) if len(names) > 1 else f"({names[0]},)") + " = " if unpack else ""
        return wrapped(f"{left}self._arrays(", [method, *passed], ")", 8)

    @property
    def notation(self) -> tuple[str, ...]:
        """The arguments of ``Notation``, which holds the words of the checks."""
        delta = None if self.target else replace(self.output, python="delta")
        named = (*self.given, *self.parameters, self.labels, delta)
        axes = [f"{quoted(one.python)}: {quoted(' '.join(one.axes))}" for one in named if one]
        parts = [wrapped("{", axes, "}", 8)]
        if self.parameters:
            parts.append(f"parameters={shape_text([quoted(one.python) for one in self.parameters])}")
        if self.least:
            parts.append(f"least={{{', '.join(f'{quoted(axis)}: {least}' for axis, least in self.least)}}}")
        if self.labels:
            parts.append(f"labels={{{quoted(self.labels.python)}: {quoted(self.labels.along)}}}")
        return tuple(parts)

    @property
    def imports(self) -> list[str]:
        """What the module takes from ``_support``."""
        used = {
            "as_array": self.labels,
            "as_dtype": self.parameters,
            "as_flag": self.flags,
            "as_integer": any(one.is_integer for one in self.hyperparameters),
            "as_number": any(not one.is_integer for one in self.hyperparameters),
            "as_size": self.sizes,
            "DTypeLike": self.parameters,
            "Loss": self.target,
            "Module": not self.target,
            "require_zero": self.assumptions,
            "Seed": self.parameters,
            "Values": self.target,
        }
        needed = [name for name, is_needed in used.items() if is_needed]
        return in_import_order(["Array", "ArrayLike", "Notation", "fresh", *needed])

    @property
    def uses_numpy(self) -> bool:
        """Whether the text of the module names NumPy."""
        bodies = "\n".join(function.body for function in self.functions)
        return bool(self.parameters) or re.search(r"\bnp\.", bodies) is not None

    def has(self, function: str) -> bool:
        """Whether a plain function of this name stands under the class."""
        return any(one.name == function for one in self.functions)


class Offered(Protocol):
    """What the package has to know of a module; a `Page` says it, and so may something smaller."""

    @property
    def name(self) -> str: ...
    @property
    def module(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


def render_module(page: Page) -> str:
    """The text of a module, from its docstring on.

    Raises
    ------
    ValueError
        The page lacks a plain function that its class calls, or names two arguments alike.
    """
    missing = [name for name in _called(page) if not page.has(name)]
    if missing:
        raise ValueError(f"{page.name}: the page has no plain function {', '.join(missing)}")
    arguments = Counter(argument.partition(":")[0] for argument in page.constructor)
    if twice := [name for name, count in arguments.items() if count > 1]:
        raise ValueError(f"{page.name}: the constructor has two arguments {', '.join(twice)}")
    template = "module.py.jinja" if page.target is None else "loss.py.jinja"
    return _environment().get_template(template).render(page=page)


def render_support() -> str:
    """The text of ``_support.py``, which every module imports."""
    return _environment().get_template("support.py.jinja").render()


def render_package(pages: Sequence[Offered]) -> str:
    """The text of ``__init__.py``: every module's class and its aliases.

    Raises
    ------
    ValueError
        Two modules offer the same name.
    """
    owners: dict[str, str] = {"Loss": "_support", "Module": "_support"}
    for page in pages:
        for name in (page.name, *page.aliases):
            if name in owners:
                raise ValueError(f"{page.name}: {name} is already offered by {owners[name]}")
            owners[name] = page.name
    template = _environment().get_template("package.py.jinja")
    modules = sorted(pages, key=lambda page: page.module)
    return template.render(pages=pages, modules=modules, names=in_import_order(owners))


def refusal(condition: Condition, owner: str) -> str:
    """The f-string that says which values break a condition."""
    shown = [f"{{{name}}}" for name in condition.names]
    if len(shown) > 1:
        shown = [f"{name} = {value}" for name, value in zip(condition.names, shown, strict=True)]
    return f'f"{owner}: {listed(condition.names)} must satisfy {condition.text}; got {", ".join(shown)}"'


def _called(page: Page) -> list[str]:
    names = ["forward", "backward"]
    if page.parameters:
        names += ["backward_delta", "backward_update_gradient"]
    if page.labels:
        names += ["forward_labels", "backward_labels"]
    return names + [assumption.function for assumption in page.assumptions]


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("codegen"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    helpers = (wrapped, quoted, listed, shape_text, layout.imported, layout.docstring, layout.filled)
    environment.filters |= {helper.__name__: helper for helper in (*helpers, refusal)}
    return environment

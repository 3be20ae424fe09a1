"""A page describes one generated module without a formula; the templates print it.

What a page holds is text that is ready to print: names in Python, names of axes, formulas as a comment
shows them. The plain functions come as text too; the skeleton round them is here and in ``templates/``.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined

WIDTH = 110
DOCSTRING_WIDTH = 100


@dataclass(frozen=True)
class Argument:
    """An array: an input, a target, labels, or the output.

    ``python`` is its name in the plain functions, ``axes`` the names of its sizes (digits where a size is
    fixed), ``public`` the argument of the class's methods; an output has none.
    """

    python: str
    axes: tuple[str, ...]
    public: str = ""


@dataclass(frozen=True)
class Labels(Argument):
    """Integers in place of a target: positions on the axis whose size is ``along``."""

    along: str = ""


@dataclass(frozen=True)
class Parameter(Argument):
    """An array of the layer's own.

    ``shape`` gives its sizes in the constructor's words. It starts uniform in ±``bound``, an expression of
    Python; ``bound_text`` is the same as a reader sees it. ``flag`` is the constructor's argument that
    leaves an optional parameter out, or empty.
    """

    shape: tuple[str, ...] = ()
    bound: str = "0"
    bound_text: str = "0"
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


@dataclass(frozen=True)
class Assumption:
    """An equation of the target; ``function(python)`` returns left minus right over ``indices``."""

    text: str
    function: str
    indices: tuple[str, ...]


@dataclass(frozen=True)
class PlainFunction:
    """A function under the class: arguments as they stand in ``def``, body not indented."""

    name: str
    arguments: tuple[str, ...]
    body: str
    doc: str = ""


@dataclass(frozen=True)
class Page:
    """One module: a layer, or with a ``target`` a loss.

    ``formulas`` are the steps, the output's last; ``delta_shape`` is the output's shape written in
    the arrays of a loss's forward; ``least`` are sizes that must not fall below a number, such as that
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
    def uses_numpy(self) -> bool:
        """Whether the text of the module names NumPy."""
        text = "\n".join([function.body for function in self.functions])
        return bool(self.parameters) or re.search(r"\bnp\.", text) is not None

    @property
    def flags(self) -> tuple[str, ...]:
        """The arguments that leave optional parameters out, each once."""
        return tuple(dict.fromkeys(parameter.flag for parameter in self.parameters if parameter.flag))

    def has(self, function: str) -> bool:
        """Whether a plain function of this name stands under the class."""
        return any(one.name == function for one in self.functions)


class Offered(Protocol):
    """What the package has to know of a module; a `Page` says it."""

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
        The page lacks a plain function that its class calls.
    """
    missing = [name for name in _called(page) if not page.has(name)]
    if missing:
        raise ValueError(f"{page.name}: the page has no plain function {', '.join(missing)}")
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
    modules = sorted(pages, key=lambda page: page.module)
    template = _environment().get_template("package.py.jinja")
    return template.render(pages=pages, modules=modules, names=in_import_order(owners))


def in_import_order(names: Iterable[str]) -> list[str]:
    """Names as import statements and ``__all__`` list them: constants, classes, functions."""
    return sorted(names, key=lambda name: (0 if name.isupper() else 1 if name[0].isupper() else 2, name))


def wrapped(opening: str, parts: Sequence[str], closing: str, indent: int = 0) -> str:
    """``opening a, b closing`` on one line if it fits, else a line for each part.

    ``indent`` is the column at which the statement begins; the first line is not indented.
    """
    line = f"{opening}{', '.join(parts)}{closing}"
    if "\n" not in line and indent + len(line) <= WIDTH:
        return line
    inner = "".join(textwrap.indent(part, " " * (indent + 4)) + ",\n" for part in parts)
    return f"{opening}\n{inner}{' ' * indent}{closing}"


def filled(text: str, indent: int = 0, hanging: int = 0) -> str:
    """A paragraph of a docstring in lines of `DOCSTRING_WIDTH`; the first line is not indented."""
    if "\\" in text or '"""' in text:
        raise ValueError(f"this cannot stand in a docstring as it is: {text}")
    lines = textwrap.wrap(
        text,
        DOCSTRING_WIDTH - indent,
        subsequent_indent=" " * hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return ("\n" + " " * indent).join(lines)


def quoted(text: str) -> str:
    """A string literal in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def listed(names: Sequence[str]) -> str:
    """``W``, ``W and b``, ``W, b and c``."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def shape_text(axes: Sequence[str]) -> str:
    """A tuple as Python prints it: ``(N, d)``, ``(N,)``, ``()``."""
    return f"({axes[0]},)" if len(axes) == 1 else f"({', '.join(axes)})"


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
    helpers = (wrapped, filled, quoted, listed, shape_text, in_import_order)
    environment.filters |= {helper.__name__: helper for helper in helpers}
    environment.globals |= {"wrapped": wrapped}
    return environment

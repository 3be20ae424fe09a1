"""The texts of a package: each page's module, what all modules share, and what the package offers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined

from codegen import layout
from codegen.layout import in_import_order, listed, quoted, shape_text, wrapped
from codegen.page import Page

MEMBERS = (
    *("parameters", "gradients", "forward", "backward", "backward_delta", "backward_update_gradient"),
    *("zero_grad", "update_parameters", "state_dict", "load_state_dict"),
)
"""What a class has beside the arguments of its constructor, which it keeps under their own names."""

SHARED = (
    *("_arrays", "_support", "_sequential", "_shaped", "_examples"),
    *("_contract", "_maxima", "_meetings", "_places", "_products", "_windows"),
)
"""The modules that all others share."""

ADAPTED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"_channels_last": {"Conv1D": "Conv1d", "MaxPool1D": "MaxPool1d"}}
)
"""Modules of classes that do in another layout what others do, with the class that each of them rests on."""


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
    arguments = Counter([*(argument.partition(":")[0] for argument in page.constructor), *MEMBERS])
    if twice := [name for name, count in arguments.items() if count > 1]:
        raise ValueError(f"{page.name}: the constructor needs another name for {', '.join(twice)}")
    template = "module.py.jinja" if page.target is None else "loss.py.jinja"
    return _environment().get_template(template).render(page=page)


def render_support(offered: Collection[str] = ()) -> dict[str, str]:
    """The texts of what every module imports, and of what rests on the classes offered, by file name."""
    environment = _environment()
    return {
        f"{name}.py": environment.get_template(f"{name.lstrip('_')}.py.jinja").render()
        for name in (*SHARED, *_adapting(offered))
    }


def render_package(pages: Sequence[Offered]) -> str:
    """The text of ``__init__.py``: every module's class and its aliases.

    Raises
    ------
    ValueError
        Two modules offer the same name.
    """
    owners: dict[str, str] = {
        **{"Loss": "_support", "Module": "_support"},
        **{"Sequential": "_sequential", "Sequentiel": "_sequential"},
    }
    adapting = _adapting({page.name for page in pages})
    owners |= {name: module for module, names in adapting.items() for name in names}
    for page in pages:
        for name in (page.name, *page.aliases):
            if name in owners:
                raise ValueError(f"{page.name}: {name} is already offered by {owners[name]}")
            owners[name] = page.name
    template = _environment().get_template("package.py.jinja")
    modules = sorted(pages, key=lambda page: page.module)
    return template.render(pages=pages, modules=modules, adapting=adapting, names=in_import_order(owners))


def _adapting(offered: Collection[str]) -> dict[str, list[str]]:
    """The modules that adapt others to another layout, where all that they rest on is offered."""
    return {module: list(names) for module, names in ADAPTED.items() if set(names.values()) <= set(offered)}


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
    environment.filters |= {helper.__name__: helper for helper in helpers}
    return environment

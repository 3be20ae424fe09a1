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
from codegen.page_parts import Applied, Argument, Assumption, Condition, Hyper, Labels, Parameter, PlainFunction, Size

__all__ = [
    "Applied",
    "Argument",
    "Assumption",
    "Condition",
    "Hyper",
    "Labels",
    "Offered",
    "Page",
    "Parameter",
    "PlainFunction",
    "Size",
    "render_module",
    "render_package",
    "render_support",
]


MEMBERS = (
    *("parameters", "gradients", "forward", "backward", "backward_delta", "backward_update_gradient"),
    *("zero_grad", "update_parameters", "state_dict", "load_state_dict"),
)
"""What a class has beside the arguments of its constructor, which it keeps under their own names."""


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
    applied: tuple[Applied, ...] = ()
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
    def domains(self) -> tuple[Argument, ...]:
        """Those given whose entries must lie in a domain."""
        return tuple(one for one in self.given if one.domain)

    @property
    def trust(self) -> str:
        """What is taken on trust of the functions that the formulas leave open."""
        names = [one.text for one in self.applied]
        kind = "is an argument: it" if len(names) == 1 else "are arguments: each"
        derived = [f"{name} is the derivative of {name[:-1]}" for name in names if name.endswith("'")]
        text = f"{listed(names)} {kind} takes an array and gives a new one of its shape and dtype, entry by entry."
        return text + (f" That {listed(derived)} is taken on trust." if derived else "")

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
            *(f"{one.argument}: Function" for one in self.applied),
            *(f"{one.python}: {one.type} = {one.default}" for one in self.hyperparameters),
            *(f"{flag}: bool = True" for flag in self.flags),
            *(("dtype: DTypeLike = np.float64", "rng: Seed = None") if self.parameters else ()),
            *(('reduction: str = "none"',) if self.target else ()),
        )

    @property
    def arrays(self) -> tuple[str, ...]:
        """What the plain functions call the arrays that they take."""
        return tuple(one.python for one in (*self.given, *self.parameters))

    def passed(self, function: str) -> tuple[str, ...]:
        """What a class passes to a plain function, argument by argument."""
        own = {one.python: f"self.{one.python}" for one in self.hyperparameters}
        own |= {one.python: f"self.{one.argument}" for one in self.applied}
        own |= {self.labels.python: self.target.python} if self.labels and self.target else {}
        plain = next(one for one in self.functions if one.name == function)
        names = [argument.partition("=")[0] for argument in plain.arguments]
        return tuple(own.get(name, name) for name in names)

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
        axes = [f"{quoted(one.python)}: {shape_text(list(map(quoted, one.axes)))}" for one in named if one]
        parts = [wrapped("{", axes, "}", 8)]
        if self.parameters:
            parts.append(f"parameters={shape_text([quoted(one.python) for one in self.parameters])}")
        if self.least:
            parts.append(f"least={{{', '.join(f'{quoted(axis)}: {least}' for axis, least in self.least)}}}")
        if self.domains:
            domains = [wrapped(f"{quoted(one.python)}: Domain(", one.limits, ")", 12) for one in self.domains]
            parts.append(wrapped("domains={", domains, "}", 8))
        if self.labels:
            parts.append(f"labels={{{quoted(self.labels.python)}: {quoted(self.labels.along)}}}")
        if self.labels and self.target:
            parts.append(f"instead={{{quoted(self.labels.python)}: {quoted(self.target.python)}}}")
        return tuple(parts)

    @property
    def imports(self) -> dict[str, list[str]]:
        """What the module takes from each of the two that all share."""
        arrays = {
            **dict.fromkeys(("Array", "ArrayLike", "Notation", "fresh"), True),
            "Arrays": self.labels or self.assumptions,
            "Function": self.applied,
            "Domain": self.domains,
            "Values": self.target,
            "as_array": self.labels,
            "require_zero": self.assumptions,
        }
        support = {
            "DTypeLike": self.parameters,
            "Loss": self.target,
            "Module": not self.target,
            "Seed": self.parameters,
            "as_dtype": self.parameters,
            "as_flag": self.flags,
            "as_function": self.applied,
            "as_generator": self.parameters,
            "as_integer": self.sizes or any(one.is_integer for one in self.hyperparameters),
            "as_number": any(not one.is_integer for one in self.hyperparameters),
        }
        return {
            "_arrays": in_import_order(name for name, is_used in arrays.items() if is_used),
            "_support": in_import_order(name for name, is_used in support.items() if is_used),
        }

    @property
    def uses_numpy(self) -> bool:
        """Whether the text of the module names NumPy."""
        conditions = [condition.python for one in self.hyperparameters for condition in one.conditions]
        text = "\n".join([*(function.body for function in self.functions), *conditions])
        return bool(self.parameters) or re.search(r"\bnp\.", text) is not None

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
    arguments = Counter([*(argument.partition(":")[0] for argument in page.constructor), *MEMBERS])
    if twice := [name for name, count in arguments.items() if count > 1]:
        raise ValueError(f"{page.name}: the constructor needs another name for {', '.join(twice)}")
    template = "module.py.jinja" if page.target is None else "loss.py.jinja"
    return _environment().get_template(template).render(page=page)


def render_support() -> dict[str, str]:
    """The texts of what every module imports, by file name."""
    environment = _environment()
    return {
        f"{name}.py": environment.get_template(f"{name.lstrip('_')}.py.jinja").render()
        for name in ("_arrays", "_support", "_sequential")
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
    for page in pages:
        for name in (page.name, *page.aliases):
            if name in owners:
                raise ValueError(f"{page.name}: {name} is already offered by {owners[name]}")
            owners[name] = page.name
    template = _environment().get_template("package.py.jinja")
    modules = sorted(pages, key=lambda page: page.module)
    return template.render(pages=pages, modules=modules, names=in_import_order(owners))


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

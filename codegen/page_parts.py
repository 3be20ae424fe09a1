"""What a page is made of: arrays, parameters, hyperparameters, equations, plain functions. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field

from codegen.layout import listed, shape_text


@dataclass(frozen=True)
class Argument:
    """An array: an input, a target, labels, or the output.

    ``python`` is its name in the plain functions, ``axes`` the names of its sizes (digits where a size is
    fixed), ``public`` the argument of the class's methods; what is no argument has none. ``domain`` says
    where its entries must lie, ``limits`` are the arguments that say it to the checks; empty if anywhere.
    """

    python: str
    axes: tuple[str, ...]
    public: str = ""
    domain: str = field(default="", kw_only=True)
    limits: tuple[str, ...] = field(default=(), kw_only=True)

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

    @property
    def addend(self) -> str:
        """What is added to its gradient, as an argument: ``W=dW``."""
        return f"{self.python}={self.gradient}"


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

    def refusal(self, owner: str) -> str:
        """The f-string that says which values break it."""
        shown = [f"{{{name}}}" for name in self.names]
        if len(shown) > 1:
            shown = [f"{name} = {value}" for name, value in zip(self.names, shown, strict=True)]
        return f'f"{owner}: {listed(self.names)} must satisfy {self.text}; got {", ".join(shown)}"'


@dataclass(frozen=True)
class Hyper:
    """A hyperparameter: an argument of the constructor with a default."""

    python: str
    default: str
    is_integer: bool = False
    conditions: tuple[Condition, ...] = ()

    @property
    def type(self) -> str:
        """The type of its argument."""
        return "int" if self.is_integer else "float"


@dataclass(frozen=True)
class Applied:
    """A function that the formulas leave open: an argument of the constructor, without a default.

    ``python`` is its name in the plain functions, ``text`` that in the formulas.
    """

    python: str
    argument: str
    text: str


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

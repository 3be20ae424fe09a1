"""What a page is made of: arrays, parameters, hyperparameters, equations, plain functions. Data only."""

from __future__ import annotations

from dataclasses import dataclass, field

from codegen.layout import listed, mapping_text, quoted, shape_text


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
    """An argument of the constructor that fixes a size, a product of sizes such as ``G·C``, or a size an axis.

    ``name`` lists several as ``R and T``; ``count`` says how many there are, 0 for one that stands alone.
    A size that ``divides`` other arguments has a ``default``: 1, which leaves them whole. It is at least ``least``.
    """

    argument: str
    name: str
    count: int = 0
    default: str = ""
    least: int = 0
    divides: tuple[str, ...] = ()

    @property
    def annotation(self) -> str:
        """The argument as ``def`` lists it."""
        kind = "Integers" if self.count else "int"
        return f"{self.argument}: {kind} = {self.default}" if self.default else f"{self.argument}: {kind}"


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
    """A hyperparameter: an argument of the constructor with a default.

    One that stands for a hyperparameter an axis has their names in the plain functions as ``members``.
    ``follows`` is the argument whose value it takes where nothing else is given.
    """

    python: str
    default: str
    is_integer: bool = False
    conditions: tuple[Condition, ...] = ()
    members: tuple[str, ...] = ()
    follows: str = ""

    @property
    def type(self) -> str:
        """The type of its argument."""
        kind = "Integers" if self.members else "int" if self.is_integer else "float"
        return f"{kind} | None" if self.follows else kind

    @property
    def passed(self) -> dict[str, str]:
        """What the class passes to plain functions, by their names."""
        own = f"self.{self.python}"
        return {name: f"{own}[{at}]" for at, name in enumerate(self.members)} or {self.python: own}


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
class Followed:
    """A size that follows from others: its name, that in Python, the expression in a class and for a reader."""

    name: str
    python: str
    code: str
    text: str


@dataclass(frozen=True)
class Shape:
    """What a class needs to know whose arrays are not axis by axis those of the formula, or whose sizes follow.

    ``known`` are the sizes that no axis of an array shows alone, as Python, ``followed`` those of the output
    that follow from what is ``read``; ``conditions`` are texts with what has to hold in Python. ``block``
    are the sizes whose product is what the windows of one example hold, where a method should go through the
    examples in blocks.
    """

    known: tuple[tuple[str, str], ...] = ()
    read: tuple[str, ...] = ()
    followed: tuple[Followed, ...] = ()
    conditions: tuple[tuple[str, str], ...] = ()
    block: tuple[str, ...] = ()

    @property
    def known_text(self) -> str:
        """The known sizes as a dictionary."""
        return mapping_text(dict(self.known))

    @property
    def followed_text(self) -> str:
        """The sizes that follow as a dictionary."""
        return mapping_text({one.name: one.python for one in self.followed})

    @property
    def required(self) -> list[str]:
        """The conditions as pairs of what an error says and what has to hold."""
        return [f"({quoted(text)}, {code})" for text, code in self.conditions]


@dataclass(frozen=True)
class PlainFunction:
    """A function under the class: arguments as they stand in ``def``, body and docstring not indented."""

    name: str
    arguments: tuple[str, ...]
    body: str
    doc: str = ""

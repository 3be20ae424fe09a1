"""Stand-ins for derivation, judge and emission, in the shapes that the command expects."""

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from typer.testing import CliRunner

from codegen import cli
from derivations.layer import PROVEN, REFUTED, Claim, Equal
from derivations.layers.cross_entropy_loss import CROSS_ENTROPY
from derivations.layers.linear import LINEAR, W

FORMULA = Equal(W, W)
LAYERS = (
    replace(LINEAR, claims=(Claim("1.linear.delta", FORMULA, PROVEN), Claim("1.linear.W", FORMULA, PROVEN))),
    replace(CROSS_ENTROPY, claims=(Claim("2.ce.delta", FORMULA, REFUTED), Claim("2.ce", FORMULA, PROVEN))),
    replace(LINEAR, name="Sigmoid", aliases=("Sigmoïde",), claims=()),
)


@dataclass(frozen=True)
class Check:
    subject: str
    statement: str
    ok: bool
    detail: str


@dataclass(frozen=True)
class Built:
    layer: object
    module_name: str
    text: str
    lines: int
    proofs: list
    seconds: float


@dataclass(frozen=True)
class Verdict:
    id: str
    verdict: object
    expected: object
    statement: str = r"\frac{\partial L}{\partial ŷ} [a = b]"
    derived: str = "δ W"
    witness: dict | None = None
    reason: str = ""
    assumptions: list = field(default_factory=list)
    checks: list = field(default_factory=lambda: ["normal form", "fingerprint"])
    plain: str = "∂L/∂ŷ[n] = [a = b]"
    plain_derived: str = "δ·W"
    reading: str = ""
    loss: str = "L"


class BuildError(Exception):
    pass


def module_name(layer):
    return layer.name.lower()


def build(layer):
    text = f'"""{layer.name}: ∂ŷ."""\n\n\nclass {layer.name}:\n    pass\n'
    return Built(layer, module_name(layer), text, text.count("\n"), [Check("forward", "z", True, "")], 0.5)


def attempt(layer):
    try:
        return cli_pipeline().build(layer)
    except BuildError as error:
        return str(error)


def cli_pipeline():
    return sys.modules["codegen.pipeline"]


def support_files(built):
    lines = [f"from .{one.module_name} import {one.layer.name} as {one.layer.name}\n" for one in built]
    return {"_support.py": "def check():\n    pass\n", "__init__.py": "".join(lines)}


def judge(layer):
    return [Verdict(claim.id, claim.expected, claim.expected) for claim in layer.claims]


def run(*arguments):
    return CliRunner().invoke(cli.app, list(map(str, arguments)))


def names_in(directory: Path):
    return sorted(path.name for path in directory.iterdir())


def offered(directory: Path):
    return [line.split()[-1] for line in (directory / "__init__.py").read_text().splitlines()[2:]]

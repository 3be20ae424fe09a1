"""What the command says and leaves behind; derivation, judge and emission are stand-ins here."""

import json
import os
import subprocess
import sys
import unicodedata
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from codegen import cli, selection
from codegen.writer import Generated, stamp
from derivations.layer import OPEN, PROVEN, REFUTED, Claim, Equal
from derivations.layers.cross_entropy import CROSS_ENTROPY
from derivations.layers.linear import LINEAR, W

FORMULA = Equal(W, W)
LAYERS = (
    replace(LINEAR, claims=(Claim("1.linear.delta", FORMULA, PROVEN), Claim("1.linear.W", FORMULA, PROVEN))),
    replace(CROSS_ENTROPY, claims=(Claim("2.ce.delta", FORMULA, REFUTED), Claim("2.ce", FORMULA, PROVEN))),
    replace(LINEAR, name="Sigmoid", aliases=("Sigmoïde",), claims=()),
)
FIELDS = ["id", "verdict", "statement", "derived", "witness", "reason", "assumptions", "checks"]


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


class BuildError(Exception):
    pass


def module_name(layer):
    return layer.name.lower()


def build(layer):
    text = f'"""{layer.name}: ∂ŷ."""\n\n\nclass {layer.name}:\n    pass\n'
    return Built(layer, module_name(layer), text, text.count("\n"), [Check("forward", "z", True, "")], 0.5)


def support_files(built):
    lines = [f"from .{one.module_name} import {one.layer.name} as {one.layer.name}\n" for one in built]
    return {"_support.py": "def check():\n    pass\n", "__init__.py": "".join(lines)}


def judge(layer):
    return [Verdict(claim.id, claim.expected, claim.expected) for claim in layer.claims]


@pytest.fixture
def fakes(monkeypatch, tmp_path):
    """The stages below the command, each to be replaced, with a package of their own to write to."""
    pipeline = SimpleNamespace(
        Built=Built,
        Check=Check,
        BuildError=BuildError,
        build=build,
        module_name=module_name,
        support_files=support_files,
        read_back_module=lambda layer, path: [Check(f"{path.name} forward", "z = …", True, "")],
    )
    judging = SimpleNamespace(judge=judge)
    telling = SimpleNamespace(explain=lambda layer, latex: f"{layer.name} in {'LaTeX' if latex else 'text'}")
    monkeypatch.setitem(sys.modules, "codegen.pipeline", pipeline)
    monkeypatch.setitem(sys.modules, "derivations.judge", judging)
    monkeypatch.setitem(sys.modules, "derivations.derivation_text", telling)
    monkeypatch.setattr(selection, "LAYERS", LAYERS)
    monkeypatch.setattr(cli, "LAYERS", LAYERS)
    monkeypatch.setattr(cli, "home", lambda: tmp_path / "home")
    monkeypatch.chdir(tmp_path)
    return SimpleNamespace(pipeline=pipeline, judging=judging, home=tmp_path / "home")


def run(*arguments):
    return CliRunner().invoke(cli.app, list(map(str, arguments)))


def names_in(directory: Path):
    return sorted(path.name for path in directory.iterdir())


def offered(directory: Path):
    return [line.split()[-1] for line in (directory / "__init__.py").read_text().splitlines()[2:]]


EVERYTHING = ["__init__.py", "_support.py", "crossentropyloss.py", "linear.py", "sigmoid.py"]


def test_generate_writes_a_package(fakes):
    result = run("generate")
    assert result.exit_code == 0, result.output
    assert names_in(fakes.home) == EVERYTHING
    assert offered(fakes.home) == ["Linear", "CrossEntropyLoss", "Sigmoid"]
    first = {path.name: path.read_text().splitlines()[0] for path in fakes.home.iterdir()}
    assert first["linear.py"] == "# backproof generate Linear"
    assert first["__init__.py"] == first["_support.py"] == "# backproof generate"
    assert not any(Generated.read(path).is_by_hand for path in fakes.home.iterdir())
    (row,) = [line.split("│") for line in result.output.splitlines() if "CrossEntropyLoss" in line]
    assert [cell.strip() for cell in row[1:-1]] == ["CrossEntropyLoss", "1", "1", "", "", "", "5", "0.5"]
    assert "home: 5 files: 5 written" in result.output
    assert "home: 5 files: 5 unchanged" in run("generate").output


def test_generate_some_keeps_the_rest_of_the_package(fakes):
    run("generate", "Linear")
    assert offered(fakes.home) == ["Linear"]
    run("generate", "Sigmoid")
    assert offered(fakes.home) == ["Linear", "Sigmoid"]
    assert run("generate").exit_code == 0
    before = {path: path.read_bytes() for path in fakes.home.iterdir()}
    assert run("generate", "Linear").exit_code == 0
    assert {path: path.read_bytes() for path in fakes.home.iterdir()} == before
    assert run("generate", "--check", "CrossEntropy").exit_code == 0
    assert run("generate", "--out", fakes.home, "Linear").exit_code == 0
    assert {path: path.read_bytes() for path in fakes.home.iterdir()} == before


def test_generate_into_another_package_writes_only_what_is_named(fakes, tmp_path):
    result = run("generate", "Sigmoid", "linear", "--out", tmp_path / "mine" / "layers")
    assert result.exit_code == 0, result.output
    assert names_in(tmp_path / "mine" / "layers") == ["__init__.py", "_support.py", "linear.py", "sigmoid.py"]
    assert offered(tmp_path / "mine" / "layers") == ["Linear", "Sigmoid"]
    first = (tmp_path / "mine" / "layers" / "__init__.py").read_text().splitlines()[0]
    assert first == "# backproof generate Linear Sigmoid"
    assert not fakes.home.exists()


def test_what_was_edited_by_hand_is_named_and_kept(fakes):
    run("generate")
    with (fakes.home / "linear.py").open("a") as file:
        file.write("# mine\n")
    (fakes.home / "sigmoid.py").write_text(stamp("old = 1\n"))
    result = run("generate")
    assert result.exit_code == 1
    assert f"{Path('home', 'linear.py')} was edited by hand and is kept" in result.output
    assert (fakes.home / "linear.py").read_text().endswith("# mine\n")
    assert "class Sigmoid" in (fakes.home / "sigmoid.py").read_text()
    assert run("generate", "--force").exit_code == 0
    assert "mine" not in (fakes.home / "linear.py").read_text()


def test_a_layer_that_is_gone_takes_its_module_along(fakes):
    run("generate")
    (fakes.home / "gone.py").write_text(stamp("gone = 1\n"))
    assert run("generate", "Linear").exit_code == 0
    assert (fakes.home / "gone.py").exists()
    result = run("generate", "--check")
    assert result.exit_code == 1
    assert "gone.py is made by no layer any more" in result.output
    assert run("generate").exit_code == 0
    assert names_in(fakes.home) == EVERYTHING


def test_check_writes_nothing_and_shows_a_diff(fakes):
    result = run("generate", "--check")
    assert result.exit_code == 1
    assert "linear.py is missing" in result.output
    assert not fakes.home.exists()

    run("generate")
    assert run("generate", "--check").exit_code == 0
    (fakes.home / "linear.py").write_text(stamp("old = 1\n"))
    result = run("generate", "--check")
    assert result.exit_code == 1
    assert f"{Path('home', 'linear.py')} is not what would be emitted" in result.output
    assert {"-old = 1", "+class Linear:"} < set(result.output.splitlines())
    assert (fakes.home / "linear.py").read_text() == stamp("old = 1\n")


def test_a_layer_whose_proof_fails_is_not_emitted_and_the_others_are(fakes):
    run("generate")
    before = (fakes.home / "linear.py").read_bytes()

    def refuse(layer):
        if layer.name == "Linear":
            raise BuildError("Linear: backward does not mean ∂x")
        return replace(build(layer), text="new = 1\n")

    fakes.pipeline.build = refuse
    result = run("generate")
    assert result.exit_code == 1
    assert "Linear: backward does not mean ∂x" in result.output
    assert (fakes.home / "linear.py").read_bytes() == before
    assert "new = 1" in (fakes.home / "sigmoid.py").read_text()
    assert offered(fakes.home) == ["Linear", "CrossEntropyLoss", "Sigmoid"]
    assert run("generate", "--check").exit_code == 1


def test_a_claim_that_misses_its_verdict_fails_the_command_but_not_the_emission(fakes):
    fakes.judging.judge = lambda layer: [
        Verdict(claim.id, REFUTED, claim.expected, reason="the sign is wrong") for claim in layer.claims
    ]
    result = run("generate", "Linear")
    assert result.exit_code == 1
    assert "1.linear.delta: expected proven, judged refuted. the sign is wrong" in result.output
    assert (fakes.home / "linear.py").exists()


def test_a_directory_that_cannot_be_written_is_named(fakes, tmp_path):
    (tmp_path / "file").write_text("")
    result = run("generate", "--out", tmp_path / "file" / "package")
    assert result.exit_code == 1
    assert str(Path("file", "package")) in result.output
    assert "Not a directory" in result.output or "File exists" in result.output


def test_generate_as_json(fakes):
    result = run("generate", "--json")
    told = json.loads(result.stdout)
    assert [layer["layer"] for layer in told["layers"]] == ["Linear", "CrossEntropyLoss", "Sigmoid"]
    assert told["layers"][1]["claims"] == {"refuted": 1, "proven": 1}
    assert {"path": str(Path("home", "linear.py")), "action": "written"} in told["files"]
    (fakes.home / "linear.py").unlink()
    (difference,) = json.loads(run("generate", "--check", "--json").stdout)["files"]
    assert (difference["path"], difference["kind"]) == (str(Path("home", "linear.py")), "missing")


def test_prove_says_what_it_judged(fakes):
    run("generate")
    result = run("prove")
    assert result.exit_code == 0, result.output
    assert r"proven     1.linear.delta   \frac{\partial L}{\partial ŷ} [a = b]" in result.output
    assert "derived    δ W" in result.output
    assert "4 claims: 3 proven, 1 refuted; 3 of 3 checks of generated modules hold" in result.output


def test_prove_as_json_has_the_promised_fields(fakes):
    run("generate")
    fakes.judging.judge = lambda layer: [
        replace(verdict, witness={"N": 1, "x": Fraction(1, 2)}) for verdict in judge(layer)
    ]
    told = json.loads(run("prove", "--json").stdout)
    assert [list(each) for each in told] == [FIELDS] * 4
    assert [each["id"] for each in told] == ["1.linear.delta", "1.linear.W", "2.ce.delta", "2.ce"]
    assert [each["verdict"] for each in told] == ["proven", "proven", "refuted", "proven"]
    assert told[0]["witness"] == {"N": 1, "x": "1/2"}
    assert "ŷ" in told[0]["statement"]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (["1.linear.W"], ["1.linear.W"]),
        (["1.linear"], ["1.linear.delta", "1.linear.W"]),
        (["2.ce"], ["2.ce"]),
        (["2.ce.delta", "1.linear.W"], ["1.linear.W", "2.ce.delta"]),
    ],
)
def test_prove_some(fakes, asked, answered):
    run("generate")
    result = run("prove", *asked, "--json")
    assert result.exit_code == 0
    assert [each["id"] for each in json.loads(result.stdout)] == answered


@pytest.mark.parametrize(("verdict", "expected"), [(REFUTED, PROVEN), (OPEN, PROVEN), (OPEN, OPEN)])
def test_prove_fails_on_an_unexpected_verdict(fakes, verdict, expected):
    run("generate")
    fakes.judging.judge = lambda layer: [Verdict(claim.id, verdict, expected) for claim in layer.claims]
    result = run("prove", "1.linear.delta")
    assert result.exit_code == 1
    assert f"expected   {expected.value}" in result.output


def test_prove_fails_where_a_module_is_missing_or_means_something_else(fakes):
    result = run("prove", "--json")
    assert result.exit_code == 1
    assert "linear.py exists does not hold: run backproof generate Linear" in result.stderr
    assert len(json.loads(result.stdout)) == 4

    run("generate")
    fakes.pipeline.read_back_module = lambda layer, path: [Check(layer.name, "dx = ∂x", False, "line 12")]
    result = run("prove")
    assert result.exit_code == 1
    assert "Linear: dx = ∂x does not hold: line 12" in result.output
    assert "0 of 3 checks" in result.output


def test_derive(fakes):
    assert run("derive", "Linear").output == "Linear in text\n"
    assert run("derive", "CrossEntropy", "--latex").output == "CrossEntropyLoss in LaTeX\n"


@pytest.mark.parametrize("spelling", ["Sigmoïde", unicodedata.normalize("NFD", "Sigmoïde"), "sigmoid"])
def test_names_are_found_however_they_are_typed(fakes, spelling):
    assert run("derive", spelling).output == "Sigmoid in text\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["generate", "Liner"], "There is no layer 'Liner': did you mean Linear?"),
        (["generate", "Linear", "Sigmoide"], "did you mean Sigmoid or Sigmoïde?"),
        (["derive", "crossentropyloss2"], "did you mean CrossEntropyLoss"),
        (["derive", "xyz"], "There is no layer 'xyz'; backproof list names them all"),
        (["prove", "1.linear.detla"], "There is no claim '1.linear.detla': did you mean 1.linear.delta"),
        (["prove", "9"], "There is no claim '9'; backproof prove judges them all"),
    ],
)
def test_an_unknown_name_is_refused_with_what_comes_near(fakes, arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not fakes.home.exists()


def test_list_names_layers_and_aliases(fakes):
    result = run("list")
    assert result.exit_code == 0
    for word in ("Linear", "CELogSoftmax", "Sigmoïde", "W, b"):
        assert word in result.output


@pytest.mark.parametrize("command", ["generate", "prove", "derive", "list"])
def test_every_command_has_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: backproof {command}" in result.output


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_accents_survive_any_pipe(encoding):
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "codegen", "derive", "Sigmoïdd-∂"]
    result = subprocess.run(command, capture_output=True, env=environment)
    assert result.returncode == 2
    assert "There is no layer 'Sigmoïdd-∂'" in result.stderr.decode("utf-8")


def test_version_is_that_of_the_distribution(monkeypatch):
    monkeypatch.setattr(cli, "version", {"backproof": "12.3"}.__getitem__)
    assert run("--version").output == "backproof 12.3\n"

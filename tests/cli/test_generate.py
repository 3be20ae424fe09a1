"""``backproof generate``: what it leaves on disk, and what it says."""

import json
from dataclasses import replace
from pathlib import Path

from codegen.writer import Generated, stamp
from derivations.layer import REFUTED
from tests.cli.stand_ins import BuildError, Verdict, build, names_in, offered, run

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
    (row,) = [line.split() for line in result.output.splitlines() if "CrossEntropyLoss" in line]
    assert row == ["CrossEntropyLoss", "1", "1", "5", "0.5", "s"]
    assert "home: 5 files: 5 written" in result.output
    assert "home: 5 files: 5 unchanged" in run("generate").output


def test_generate_writes_the_page_of_verdicts_for_the_whole_project_only(fakes, tmp_path):
    page = fakes.home.parent / "derivations" / "VERDICTS.md"
    run("generate", "Linear")
    run("generate", "--out", tmp_path / "mine")
    assert not page.exists()
    result = run("generate")
    assert "derivations: 1 file: 1 written" in result.output
    text = page.read_text()
    assert text.startswith("<!-- backproof generate -->\n")
    for each in ("1.linear.delta", "2.ce.delta"):
        assert f"### {each}: " in text
    assert run("generate", "--check").exit_code == 0
    page.write_text(text + "mine\n")
    result = run("generate", "--check")
    assert result.exit_code == 1
    assert "VERDICTS.md was edited by hand" in result.output
    assert run("generate").exit_code == 1
    assert page.read_text().endswith("mine\n")
    assert run("generate", "--force").exit_code == 0
    assert page.read_text() == text


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

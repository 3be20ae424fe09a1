"""Generated files are whole at every moment, and what somebody wrote is never lost."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codegen.writer import Generated, Outcome, check_all, stamp, write_all

ONE, TWO = "one.py", "two.py"

# Writes two files over and over, their content alternating, and says when the first round is done.
WRITER = """
import sys
from pathlib import Path
from codegen.writer import stamp, write_all

directory = Path(sys.argv[1])
texts = [stamp("x = 1\\n" * 60_000), stamp("y = 2\\n" * 90_000)]
for round in range(1_000_000):
    write_all({directory / name: texts[round % 2] for name in ("one.py", "two.py")})
    if round == 0:
        print("ready", flush=True)
"""

# Writes one file again and again, killed before its first call of a function written in C (as all are
# that touch a disk), before its second, and so on to the end; prints what it found each time.
KILLED_EVERYWHERE = """
import itertools, os, signal, sys
from pathlib import Path
from codegen.writer import stamp, write_all

path = Path(sys.argv[1]) / "one.py"
for step in itertools.count():
    path.write_text(stamp("old = 1\\n"))
    child = os.fork()
    if child == 0:
        left = step

        def count(frame, event, function):
            global left
            left -= event == "c_call"
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(count)
        write_all({path: stamp("new = 1\\n" * 9)})
        sys.setprofile(None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    found = path.read_text()
    print({stamp("old = 1\\n"): "old", stamp("new = 1\\n" * 9): "new"}.get(found, "torn"))
    if status == 0:
        break
"""


def files_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_stamped_text_names_its_command_and_is_whole():
    text = stamp("x = 1\n", ["Linear", "TanH"])
    assert text.splitlines()[0] == "# backproof generate Linear TanH"
    assert stamp("x = 1\n").splitlines()[0] == "# backproof generate"
    file = Generated(Path(ONE), text)
    assert not file.is_by_hand
    assert file.body == "x = 1\n"


def test_a_page_is_stamped_in_its_own_comments(tmp_path):
    path = tmp_path / "PAGE.md"
    text = stamp("# Title\n", path=path)
    assert text.splitlines()[0] == "<!-- backproof generate -->"
    assert text.splitlines()[1].startswith("<!-- content: ")
    assert not Generated(path, text).is_by_hand
    assert Generated(path, text).body == "# Title\n"
    assert Generated(path, text + "mine\n").is_by_hand
    assert Generated(path, stamp("# Title\n")).is_by_hand
    assert Generated(tmp_path / ONE, text).is_by_hand
    write_all({path: text})
    path.write_text(text + "mine\n")
    (outcome,) = write_all({path: stamp("# New\n", path=path)})
    assert outcome.action == "kept"


@pytest.mark.parametrize(
    "edited",
    [
        stamp("x = 1\n").replace("x = 1", "x = 2"),
        stamp("x = 1\n") + "# a note\n",
        stamp("x = 1\n").replace("\n", "\r\n"),
        "".join(stamp("x = 1\n").splitlines(keepends=True)[1:]),
        "# backproof generate\n",
        "# backproof generate\nx = 1\n",
        "x = 1\n",
        "\n",
    ],
)
def test_any_edit_is_seen(edited):
    assert Generated(Path(ONE), edited).is_by_hand


def test_an_empty_file_holds_nothing_to_lose(tmp_path):
    (tmp_path / "__init__.py").touch()
    (outcome,) = write_all({tmp_path / "__init__.py": stamp("x = 1\n")})
    assert outcome.action == "written"


def test_write_then_nothing_to_do(tmp_path):
    files = {tmp_path / "package" / name: stamp(f"name = {name!r}\n") for name in (ONE, TWO)}
    assert [outcome.action for outcome in write_all(files)] == ["written", "written"]
    assert {path: path.read_bytes().decode() for path in files} == files
    before = [path.stat().st_mtime_ns for path in files]
    assert [outcome.action for outcome in write_all(files)] == ["unchanged", "unchanged"]
    assert [path.stat().st_mtime_ns for path in files] == before
    assert check_all(files, complete=True) == []


def test_formulas_are_written_as_utf8_whatever_the_locale(tmp_path):
    body = "# ∂ŷ = σ(a)·δ, Sigmoïde\n"
    code = (
        "import sys; from pathlib import Path; from codegen.writer import stamp, write_all; "
        f"write_all({{Path(sys.argv[1]): stamp({body!a})}})"
    )
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path / ONE)], check=True, env=environment)
    assert (tmp_path / ONE).read_bytes() == stamp(body).encode("utf-8")


def test_an_old_generated_file_is_replaced(tmp_path):
    (tmp_path / ONE).write_text(stamp("x = 1\n"))
    (outcome,) = write_all({tmp_path / ONE: stamp("x = 2\n")})
    assert outcome.action == "written"
    assert Generated.read(tmp_path / ONE).body == "x = 2\n"


@pytest.mark.parametrize("by_hand", [stamp("x = 1\n") + "# mine\n", "mine = 1\n", "café".encode("latin-1")])
def test_what_somebody_wrote_is_kept_and_the_others_are_written(tmp_path, by_hand):
    by_hand = by_hand if isinstance(by_hand, bytes) else by_hand.encode()
    (tmp_path / ONE).write_bytes(by_hand)
    files = {tmp_path / ONE: stamp("x = 2\n"), tmp_path / TWO: stamp("y = 2\n")}
    assert write_all(files) == [Outcome(tmp_path / ONE, "kept"), Outcome(tmp_path / TWO, "written")]
    assert (tmp_path / ONE).read_bytes() == by_hand
    (difference,) = check_all(files)
    assert (difference.path, difference.kind) == (tmp_path / ONE, "edited")

    assert [outcome.action for outcome in write_all(files, force=True)] == ["written", "unchanged"]
    assert (tmp_path / ONE).read_text() == files[tmp_path / ONE]


def test_check_names_what_differs_and_writes_nothing(tmp_path):
    (tmp_path / ONE).write_text(stamp("x = 1\n"))
    (tmp_path / "old.py").write_text(stamp("z = 1\n"))
    (tmp_path / "mine.py").write_text("import this\n")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    files = {tmp_path / ONE: stamp("x = 2\n"), tmp_path / TWO: stamp("y = 2\n")}

    found = {difference.path.name: difference for difference in check_all(files, complete=True)}
    assert {name: difference.kind for name, difference in found.items()} == {
        ONE: "different",
        TWO: "missing",
        "old.py": "stale",
    }
    assert {"-x = 1", "+x = 2"} < set(found[ONE].diff.splitlines())
    assert "+y = 2\n" in found[TWO].diff
    assert "-z = 1\n" in found["old.py"].diff
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert {difference.kind for difference in check_all(files)} == {"different", "missing"}


def test_only_a_complete_run_removes_what_nothing_makes_any_more(tmp_path):
    (tmp_path / "old.py").write_text(stamp("z = 1\n"))
    (tmp_path / "old_but_mine.py").write_text(stamp("z = 1\n") + "# mine\n")
    (tmp_path / "mine.py").write_text("import this\n")
    files = {tmp_path / ONE: stamp("x = 1\n")}
    write_all(files)
    assert files_in(tmp_path) == ["mine.py", "old.py", "old_but_mine.py", ONE]

    outcomes = write_all(files, complete=True)
    assert outcomes[1:] == [
        Outcome(tmp_path / "old.py", "removed"),
        Outcome(tmp_path / "old_but_mine.py", "kept"),
    ]
    assert files_in(tmp_path) == ["mine.py", "old_but_mine.py", ONE]

    write_all(files, complete=True, force=True)
    assert files_in(tmp_path) == ["mine.py", ONE]


def test_leftovers_of_a_killed_run_are_cleared(tmp_path):
    (tmp_path / f".{ONE}.backproof-tmp").write_text("half of a mod")
    write_all({tmp_path / TWO: stamp("y = 2\n")})
    assert files_in(tmp_path) == [TWO]


def test_killed_before_any_call_leaves_the_old_file_or_the_new(tmp_path):
    command = [sys.executable, "-c", KILLED_EVERYWHERE, str(tmp_path)]
    seen = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert set(seen) == {"old", "new"}
    assert seen == sorted(seen, reverse=True)
    assert files_in(tmp_path) == [ONE]


def test_killed_at_random_moments_leaves_whole_files(tmp_path):
    random_ = random.Random(0)
    leftovers = 0
    for _ in range(200):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(random_.uniform(0, 0.03))
        process.kill()
        process.wait()
        process.stdout.close()
        for name in (ONE, TWO):
            file = Generated.read(tmp_path / name)
            assert file.text.endswith(("x = 1\n", "y = 2\n"))
            assert not file.is_by_hand
        leftovers += len(list(tmp_path.glob(".*")))
        write_all({tmp_path / "three.py": stamp("z = 3\n")})
        assert files_in(tmp_path) == [ONE, "three.py", TWO]
        if leftovers > 1:
            return
    pytest.fail("hardly a run was killed while it wrote: the test has shown nothing")


def test_two_runs_at_once_do_not_disturb_each_other(tmp_path):
    command = [sys.executable, "-c", WRITER.replace("1_000_000", "15"), str(tmp_path)]
    runs = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [run.wait() for run in runs] == [0, 0]
    assert files_in(tmp_path) == [ONE, TWO]

"""An unchanged class is read and not graded again; what has changed is graded; an interrupted run goes on."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import kept
from autograder.grading import Grader
from autograder.kept import KeptResults, NotKept
from autograder.lab import load_lab
from autograder.results import CheckResult, Result
from autograder.submission import Cell
from tests.conftest import ROOT, notebook

CELLS = [Cell(1, "x = 1")]
PASSED = CheckResult("a", "A claim.", 2, 2.0, "passed")
RESULT = Result("", "gan", "", "", 2.0, "graded", receipt={"seed": "5"}, checks=[PASSED])


@pytest.fixture
def store(tmp_path: Path) -> KeptResults:
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "gan.py").write_text("answer = 1")
    kept.checks_hash.cache_clear()
    return KeptResults(tmp_path / "kept", tmp_path / "solutions")


def test_what_was_put_is_got_and_nothing_else(store: KeptResults) -> None:
    assert store.get("no such key") is None
    store.put("key", RESULT)
    assert store.get("key") == RESULT
    (store.folder / "key.json").write_text('{"checks": 3')
    assert store.get("key") is None


def test_what_hangs_on_the_moment_is_graded_again(store: KeptResults, graded_by: Grader) -> None:
    by, lab = replace(graded_by, kept=store), load_lab("gan")
    for source, kept_ones in (
        ("import os\nos._exit(0)", 0),
        ("def Generator(*sizes):\n    while True: pass", 0),
        ("x = 1", 1),
    ):
        by.grade_cells(lab, [Cell(1, source)])
        assert len(list(store.folder.glob("*.json"))) == kept_ones, source


def test_a_key_hangs_on_all_that_decides_a_verdict(store: KeptResults, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {store.key("gan", CELLS, "cpu", 5)}
    assert keys == {store.key("gan", list(CELLS), "cpu", 5)}
    keys |= {store.key("gan", [Cell(1, "x = 2")], "cpu", 5), store.key("dcgan", CELLS, "cpu", 5)}
    keys |= {store.key("gan", CELLS, "cuda", 5), store.key("gan", CELLS, "cpu", 6)}
    (store.solutions / "gan.py").write_text("answer = 2")  # a changed answer
    kept.checks_hash.cache_clear()
    keys.add(store.key("gan", CELLS, "cpu", 5))
    monkeypatch.setattr(kept, "DATA_UTILS", store.folder)  # changed data_utils
    kept.checks_hash.cache_clear()
    keys.add(store.key("gan", CELLS, "cpu", 5))
    monkeypatch.setattr(kept, "checks_hash", lambda lab, solutions: "another rule")
    keys.add(store.key("gan", CELLS, "cpu", 5))
    monkeypatch.setattr(kept, "version", lambda package: "99.0")  # another torch
    keys.add(store.key("gan", CELLS, "cpu", 5))
    assert len(keys) == 9


def test_a_folder_keeps_its_seed(store: KeptResults) -> None:
    seed = store.seed()
    assert seed > 0
    assert store.seed() == seed
    (store.folder / "seed.json").write_text('"0"')
    assert type(store.seed()) is int
    assert store.seed() > 0


def test_a_seed_that_cannot_be_read_is_not_replaced(store: KeptResults) -> None:
    (store.folder / "seed.json").mkdir(parents=True)  # what stands for a file of somebody else's
    with pytest.raises(NotKept, match=r"seed.json cannot be read: Is a directory. Give --no-cache to grade"):
        store.seed()


def test_where_nothing_can_be_written_the_first_look_tells_it_and_grading_does_not_fail(store: KeptResults) -> None:
    store.folder.write_text("a file, where the folder should be")
    with pytest.raises(NotKept, match="Give --no-cache to grade without keeping results"):
        store.seed()
    store.put("key", RESULT)
    store.put_answers("gan", "cpu", 5, {})
    assert store.get("key") is None


def test_results_can_be_read_by_those_who_share_the_folder(store: KeptResults) -> None:
    store.put("key", RESULT)
    beside = store.folder / "beside"
    beside.touch()
    assert (store.folder / "key.json").stat().st_mode == beside.stat().st_mode


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course without answers, so that nothing is made anew, and three submissions."""
    for kind in ("autograder", "data_utils"):
        shutil.copytree(ROOT / kind, tmp_path / kind, ignore=shutil.ignore_patterns("__pycache__"))
    for student, source in (("ann", "x = 1"), ("ben", "x = 2"), ("cem", "while True: pass")):
        path = tmp_path / "submitted" / student / "gan" / "gan.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(notebook(source))
    return tmp_path


def start(course: Path, *words: str) -> subprocess.Popen[str]:
    line = [
        sys.executable,
        "-m",
        "autograder",
        "grade",
        "submitted",
        "--json",
        "-",
        "--jobs",
        "1",
        "--timeout",
        "4",
        *words,
    ]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(line, cwd=course, text=True, preexec_fn=_heed_interrupts, **pipes)


def _heed_interrupts() -> None:
    """A shell's background job ignores Ctrl-C, and so do its children, unless they are told otherwise."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def messages(process: subprocess.Popen[str]) -> dict[str, str]:
    printed, errors = process.communicate(timeout=200)
    assert process.returncode == 0, errors
    return {result["student"]: result["message"] for result in json.loads(printed)["results"]}


def test_an_interrupted_run_goes_on_where_it_was(course: Path) -> None:
    process = start(course)  # ann and ben are done in a second, cem takes four
    results = course / ".autograder"
    patience = time.monotonic() + 120
    while len(list(results.glob("????????????????*.json"))) < 2 and time.monotonic() < patience:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted: 2 of 3 were graded; the same command goes on from there." in " ".join(errors.split())
    for path in results.glob("????????????????*.json"):  # marked, so that it shows which are read
        path.write_text(path.read_text().replace('"message": ""', '"message": "read"', 1))
    graded = "Cell 1 did not finish"
    again = messages(start(course))
    assert (again["ann"], again["ben"], again["cem"][: len(graded)]) == ("read", "read", graded)
    assert set(messages(start(course, "--no-cache")).values()) == {"", again["cem"]}


def test_an_unchanged_class_is_graded_without_loading_torch(course: Path) -> None:
    shutil.rmtree(course / "submitted" / "cem")  # a time-out is not kept
    messages(start(course))
    (course / "torch.py").write_text("raise ImportError('torch was loaded')")
    assert messages(start(course)) == {"ann": "", "ben": ""}

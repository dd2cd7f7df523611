"""The command line: what it prints, writes and exits with, as people use it."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from autograder import facts
from autograder.__main__ import main
from tests.conftest import ROOT, notebook

Answer = tuple[int, str, str]


@pytest.fixture
def autograder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Answer]:
    """Run a command from the repository's root. Returns its exit status, output and errors."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("autograder.__main__.FOLDER", tmp_path / "kept")

    def run(*words: object) -> Answer:
        try:
            status = main([str(word) for word in words])
        except SystemExit as wrong_usage:
            status = int(str(wrong_usage.code))
        return status, *capsys.readouterr()

    return run


def test_grade_gives_every_path_a_row_and_exits_with_0(autograder: Callable[..., Answer], tmp_path: Path) -> None:
    for student, text in (("ann", notebook("x = 1")), ("ben", ""), ("cem", notebook("import os", "while True: pass"))):
        path = tmp_path / "class" / student / "gan" / "gan.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    table = tmp_path / "scores.csv"
    status, printed, _ = autograder("grade", tmp_path / "class", "--json", "-", "--csv", table, "--timeout", 3)
    assert status == 0
    document = json.loads(printed)
    assert document["environment"]["device"] in ("cpu", "cuda")
    assert document["environment"]["seed"] > 0
    rows = {r["student"]: r for r in document["results"]}
    assert {name: (r["status"], r["score"]) for name, r in rows.items()} == {
        "ann": ("graded", 0),
        "ben": ("unreadable", 0),
        "cem": ("graded", 0),
    }
    assert rows["ben"]["message"] == "The file is empty; submit the saved notebook."
    told = rows["cem"]["checks"][0]["message"]  # all cells together have half of a submission's time
    assert told.startswith("Generator is not defined. Cell 2 did not finish: no answer within 1.")
    assert [row["student"] for row in csv.DictReader(table.read_text().splitlines())] == ["ann", "ben", "cem"]


def test_one_submission_prints_its_feedback_and_a_receipt(autograder: Callable[..., Answer], tmp_path: Path) -> None:
    alone = tmp_path / "mine.py"
    alone.write_text("import torch\n")
    status, printed, _ = autograder("grade", alone, "--lab", "gan", "--seed", 5)
    assert status == 0
    assert printed.startswith("mine, gan: 0 of 70 points\n\nNOT ATTEMPTED  generator_maps_noise_to_images   0/3\n")
    assert "Generator is not defined." in printed
    assert "seed 5; sandbox: " in printed


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("grade", "nowhere"), "autograder: nowhere does not exist."),
        (("grade", "solutions/gan.py", "--lab", "gna"), "autograder: there is no lab 'gna'; the labs are: "),
        (("grade", "solutions/gan.py", "--jobs", "0"), "'0' is not a whole number of 1 or more"),
        (("grade", "solutions/gan.py", "--seed", "-5"), "'-5' is not a whole number from 0 to 2147483647"),
        (("grade", "solutions/gan.py", "--seed", "99999999999"), "is not a whole number from 0 to 2147483647"),
        (("grade", "solutions/gan.py", "--json", "-", "--csv", "-"), "cannot both go to standard output"),
        (("grade", "solutions/gan.py", "--csv", "no/where.csv"), "no/where.csv cannot be written: its folder does not"),
        (("grade", "solutions/gan.py", "--timeout", "soon"), "'soon' is not a number of seconds above 0"),
        (("build", "gna"), "autograder: there is no lab 'gna'; the labs are: "),
        (("grade",), "the following arguments are required: PATH"),
        (("mark", "x"), "invalid choice: 'mark'"),
    ],
)
def test_wrong_usage_is_told_and_exits_with_2(
    autograder: Callable[..., Answer], words: tuple[str, ...], told: str
) -> None:
    status, _, errors = autograder(*words)
    assert status == 2
    assert told in errors.replace("\n", " ")


def test_a_lab_without_a_table_is_graded_and_its_mistakes_have_no_names(
    autograder: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(facts, "table_path", lambda lab: tmp_path / f"{lab}.json")
    facts.load_table.cache_clear()
    wrong = tmp_path / "gan.py"
    wrong.write_text((ROOT / "solutions" / "gan.py").read_text().replace("nn.Tanh()", "nn.Sigmoid()", 1))
    status, printed, _ = autograder("grade", wrong, "--no-cache", "--json", "-")
    (result,) = json.loads(printed)["results"]
    assert (status, {check["mistake"] for check in result["checks"]}) == (0, {None})
    assert 0 < result["score"] < 70
    status, _, errors = autograder("grade", wrong, "--no-cache", "--seed", 0)
    facts.load_table.cache_clear()
    assert status == 2
    assert "make it with `python -m autograder build gan`." in " ".join(errors.split())


def test_ctrl_c_before_the_first_submission_is_told(
    autograder: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("autograder.__main__.grader", interrupted)
    assert autograder("grade", "solutions/gan.py") == (130, "", "autograder: interrupted\n")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_a_device_that_is_not_there_is_told(autograder: Callable[..., Answer]) -> None:
    status, _, errors = autograder("grade", "solutions/gan.py", "--device", "cuda")
    assert status == 2
    told = "autograder: This machine has no CUDA device that torch can use; grade with --device cpu or auto."
    assert " ".join(errors.split()) == told


def test_labs_are_listed_with_their_points(autograder: Callable[..., Answer]) -> None:
    status, printed, _ = autograder("labs")
    assert status == 0
    assert "GAN: fully connected networks" in printed
    assert "70" in printed
    rows = [line for line in printed.splitlines() if "optional" in line]
    assert any("DCGAN at 64x64" in row and "100" in row for row in rows)
    assert not any("fully connected networks" in row for row in rows)


def test_an_answer_that_fails_a_check_is_told_and_nothing_is_graded(tmp_path: Path) -> None:
    for kind in ("autograder", "data_utils", "solutions"):
        shutil.copytree(ROOT / kind, tmp_path / kind, ignore=shutil.ignore_patterns("__pycache__"))
    answer = tmp_path / "solutions" / "gan.py"
    answer.write_text(answer.read_text().replace("lr=2e-4", "lr=2e-3", 1))
    (tmp_path / "gan.py").write_text("x = 1")
    line = [sys.executable, "-m", "autograder", "grade", "gan.py", "--seed", "7", "--no-cache", "--json", "out.json"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=200)
    assert done.returncode == 3
    told = " ".join(done.stderr.split())
    begun = "autograder: the reference answer of gan does not pass optimizers_are_adam_at_2e_4 with seed 7: "
    assert told.startswith(begun)
    assert told.endswith("Nothing was graded. Mend solutions/gan.py or the check, or give another --seed.")
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("present", "seed", "told"),
    [
        (("solutions/gan/gan.ipynb",), 9, ""),
        ((), 0, "No answer of gan is in solutions: all is graded with the shipped figures of seed 0"),
    ],
    ids=["the built notebook alone", "no answer"],
)
def test_the_classs_seed_needs_an_answer_and_its_absence_is_told(
    present: tuple[str, ...], seed: int, told: str, tmp_path: Path
) -> None:
    for path in present:
        (tmp_path / path).parent.mkdir(parents=True)
        shutil.copy(ROOT / path, tmp_path / path)
    (tmp_path / "gan.py").write_text("x = 1")
    line = [sys.executable, "-m", "autograder", "grade", "gan.py", "--seed", "9", "--no-cache", "--json", "-"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=200)
    assert json.loads(done.stdout)["environment"]["seed"] == seed
    assert told in " ".join(done.stderr.split())
    assert bool(told) == ("shipped figures" in done.stderr)

"""docs/adding_a_lab.md, followed to the letter by someone who has nothing else: its blocks are a lab."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.test_doors import command

PAGE = (ROOT / "docs" / "adding_a_lab.md").read_text()
FILES = dict(re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
(COMMANDS,) = re.findall(r"```shell\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with the page's files in it, and no other change."""
    folder = tmp_path_factory.mktemp("course")
    for kind in ("autograder", "data_utils", "solutions", "assignments"):
        shutil.copytree(ROOT / kind, folder / kind, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / file, folder / file)
    for path, text in FILES.items():
        (folder / path).write_text(text)
    return folder


def test_the_page_holds_the_three_files_of_a_lab() -> None:
    assert sorted(FILES) == ["autograder/labs/toy.py", "solutions/toy.py", "solutions/toy_variants.py"]


def test_the_pages_commands_build_list_and_grade_the_lab(course: Path) -> None:
    printed = {line: command(sys.executable, *line.split()[1:], cwd=course) for line in COMMANDS.splitlines()}
    built, listed, graded, checked = printed.values()
    assert [line.split("/", 1)[-1] for line in built.splitlines()[:2]] == [
        "toy/toy.ipynb",
        "toy/toy.ipynb",
    ], built
    assert "A score of four numbers" in listed
    assert "10/10" in graded
    assert "0/10" in graded
    assert checked == ""


def test_the_toy_labs_mistake_is_named(course: Path) -> None:
    path = course / "handed_in" / "toy.py"
    path.parent.mkdir()
    path.write_text(FILES["solutions/toy.py"].replace("nn.LeakyReLU(0.2)", "nn.ReLU()"))
    words = ("-m", "autograder", "grade", path, "--json", "-", "--seed", 7)
    (result,) = json.loads(command(sys.executable, *words, cwd=course))["results"]
    assert [(check["earned"], check["mistake"]) for check in result["checks"]] == [(4, None), (0, "scorer_with_relu")]

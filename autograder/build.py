"""Builds a lab's two notebooks and its table of facts from the text file that a person edits.

    solutions/<lab>.py --> solutions/<lab>/<lab>.ipynb      nbgrader's source: answers and marking schemes in it
                       --> assignments/<lab>/<lab>.ipynb    the release, by nbgrader's own preprocessors
                       --> autograder/labs/<lab>.json       the facts of seed 0, from the answer and its known mistakes

A code cell that calls `check("...")` becomes a test cell with that check's points; one named `name="..."` an answer
cell; a text cell with `question="..."` and `points=...` a task that a person grades, with its marking scheme.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbgrader import preprocessors
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.errors import AutograderError
from autograder.facts import NoFacts, load_table, table_path, table_text
from autograder.grading import Grader
from autograder.lab import Lab, load_lab
from autograder.sandbox.process import ForkServer
from autograder.submission import Submission
from autograder.variants import load_variants

CHECK = re.compile(r'check\("(\w+)"\)')
RELEASING = (
    preprocessors.LockCells,
    preprocessors.ClearSolutions,
    preprocessors.ClearOutput,
    preprocessors.CheckCellMetadata,
    preprocessors.ClearHiddenTests,
    preprocessors.ClearMarkScheme,
    preprocessors.ComputeChecksums,
    preprocessors.CheckCellMetadata,
)


class BadSource(AutograderError):
    """A lab's text file breaks a rule of this format. The message says where and what to do."""


def source_notebook(lab: Lab, text: str) -> Any:
    """nbgrader's source notebook from the text file of a lab. Errors: `BadSource`."""
    notebook = jupytext.reads(text, fmt="py:percent")
    for number, cell in enumerate(notebook.cells):
        cell.metadata = _metadata(lab, cell, number)
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id", f"cell-{number}")
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata = nbformat.from_dict({"kernelspec": kernel})
    _require_all_checks(lab, notebook)
    return notebook


def _metadata(lab: Lab, cell: Any, number: int) -> Any:
    given, called = cell.metadata, CHECK.fullmatch(cell.source.strip())
    if called:
        return _graded(called.group(1), locked=True, grade=True, points=_points(lab, called.group(1), number))
    if "name" in given:
        return _graded(given["name"], solution=True)
    if "question" in given:
        return _graded(f"question_{given['question']}", locked=True, task=True, points=int(given["points"]))
    if "BEGIN SOLUTION" in cell.source:
        raise BadSource(f'{lab.name}: cell {number + 1} holds an answer and has no name; begin it with # %% name="..."')
    return nbformat.from_dict({})


def _graded(grade_id: str, **given: Any) -> Any:
    flags = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}
    return nbformat.from_dict({"nbgrader": {**flags, "grade_id": grade_id, **given}})


def _points(lab: Lab, check_id: str, number: int) -> int:
    try:
        return lab[check_id].points
    except KeyError as unknown:
        raise BadSource(f"{lab.name}: cell {number + 1}: {unknown.args[0]}") from None


def _require_all_checks(lab: Lab, notebook: Any) -> None:
    found = [match.group(1) for cell in notebook.cells if (match := CHECK.fullmatch(cell.source.strip()))]
    wanted = [check.id for check in lab.checks]
    if sorted(found) != sorted(wanted):
        off = set(wanted).symmetric_difference(found) or {name for name in found if found.count(name) > 1}
        raise BadSource(f"{lab.name}: every check needs one check cell; look at {', '.join(sorted(off))}")


def release_notebook(source: Any, config: Config) -> Any:
    """The students' notebook: what nbgrader's own preprocessors leave of the source notebook."""
    notebook: Any = nbformat.from_dict(source)
    resources: dict[str, Any] = {"nbgrader": {}}
    for kind in RELEASING:
        notebook, resources = kind(config=config).preprocess(notebook, resources)
    return notebook


def as_text(notebook: Any) -> str:
    """A notebook as nbgrader writes it."""
    text: str = nbformat.writes(notebook, version=4)
    return text + "\n"


def nbgrader_config(root: Path) -> Config:
    """The repository's own nbgrader settings."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()


def sources_hash(lab: Lab, root: Path) -> str:
    """What a table of facts depends on and a lab has for itself: the answer's code, the known mistakes, the rules; not
    the prose, nor `main`. Where a change of the engine changes facts, delete the tables and build them anew."""
    solutions = root / "solutions"
    cells, _ = Submission(solutions / f"{lab.name}.py", "answer", lab.name).read()
    given = tuple(f"def {name}(" for name in lab.training_functions)  # these never run while grading
    texts = [cell.source.strip() for cell in cells if not cell.source.strip().startswith(given)]
    texts += [repr(variant) for variant in load_variants(lab.name, solutions) if not variant.is_right]
    texts.append((root / "autograder" / "labs" / f"{lab.name}.py").read_text())
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def make_table(lab: Lab, root: Path, told: Callable[[str], None] = lambda line: None) -> str:
    """The text of a lab's table of facts for seed 0: runs the answer and every known mistake in sandboxes."""
    made_from = sources_hash(lab, root)  # before the work: an edit in the meantime must leave the table stale
    cells, _ = Submission(root / "solutions" / f"{lab.name}.py", "answer", lab.name).read()
    with ForkServer() as server:
        grader = Grader(server)
        answers = grader.facts_of(lab, cells)
        wrong = [variant for variant in load_variants(lab.name, root / "solutions") if not variant.is_right]
        mistakes: dict[str, dict[str, Any]] = {}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            all_facts = pool.map(lambda variant: grader.failed_facts(lab, variant.cells(cells), answers), wrong)
            for number, (variant, facts) in enumerate(zip(wrong, all_facts, strict=True), start=1):
                told(f"{lab.name}: known mistake {number} of {len(wrong)}")
                mistakes[variant.name] = {"sentence": variant.sentence, "facts": facts}
    return table_text(made_from, answers, mistakes)


def stale(lab_name: str, root: Path) -> list[Path]:
    """The built files of a lab that are missing or not what its sources give."""
    lab = load_lab(lab_name)
    made = _notebooks(lab, root)
    old = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    try:
        fresh = load_table(lab_name).made_from == sources_hash(lab, root)
    except NoFacts:
        fresh = False
    return old if fresh else [*old, table_path(lab_name)]


def _notebooks(lab: Lab, root: Path) -> dict[Path, str]:
    text = (root / "solutions" / f"{lab.name}.py").read_text()
    source = source_notebook(lab, text)
    folders = {"solutions": source, "assignments": release_notebook(source, nbgrader_config(root))}
    return {root / name / lab.name / f"{lab.name}.ipynb": as_text(nb) for name, nb in folders.items()}


def build(lab_name: str, root: Path, told: Callable[[str], None] = lambda line: None) -> list[Path]:
    """Write what is stale of a lab. Returns the files written."""
    lab = load_lab(lab_name)
    made: dict[Path, str] = _notebooks(lab, root)
    written = stale(lab_name, root)
    for path in written:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path] if path in made else make_table(lab, root, told))
    load_table.cache_clear()
    return written

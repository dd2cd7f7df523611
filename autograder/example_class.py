"""Makes up a class: submissions in nbgrader's layout, right, unusual, wrong, half-done and broken."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError
from autograder.lab import lab_names, load_lab
from autograder.submission import Cell, Submission
from autograder.variants import Variant, load_variants

# Every dozen students: one in four is right, one in six leaves TODOs open, one in six hands in something broken.
KINDS = tuple(
    "answer wrong half_done wrong right broken wrong right two_wrong half_done wrong broken".split()  # noqa: SIM905
)
MARKERS = ("BEGIN SOLUTION", "END SOLUTION")


class NoSolutions(AutograderError):
    """The class is made from the reference answers, and they are not there."""


def write_class(folder: Path, students: int, seed: int, root: Path, kinds: Sequence[str] = KINDS) -> int:
    """Write `folder/<student>/<lab>/<lab>.ipynb` for every lab that is not optional. Returns how many students.

    `kinds`: what the first students hand in, and again those after them. Errors: `NoSolutions`.
    """
    required = [name for name in lab_names() if not load_lab(name).optional]
    labs = [name for name in required if (root / "solutions" / f"{name}.py").exists()]
    if not labs:
        raise NoSolutions("the made-up class is made from solutions/<lab>.py, and there is none here")
    for lab in labs:
        answer, _ = Submission(root / "solutions" / f"{lab}.py", "answer", lab).read()
        variants = load_variants(lab, root / "solutions")
        release = (root / "assignments" / lab / f"{lab}.ipynb").read_text()
        for number in range(students):
            draw = random.Random(f"{seed} {lab} {number}")  # noqa: S311 - a made-up class, no secret
            text = _submission(kinds[number % len(kinds)], release, answer, variants, draw)
            path = folder / f"student-{number + 1:03d}" / lab / f"{lab}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return students


def _submission(
    kind: str, release: str, answer: Sequence[Cell], variants: Sequence[Variant], draw: random.Random
) -> str:
    right = [variant for variant in variants if variant.is_right]
    wrong = [variant for variant in variants if not variant.is_right]
    if kind == "right" and right:
        return notebook_with(release, draw.choice(right).cells(answer))
    if kind in ("wrong", "two_wrong") and wrong:
        return notebook_with(release, _with_mistakes(answer, wrong, 2 if kind == "two_wrong" else 1, draw))
    if kind == "half_done":
        todo = sum("BEGIN SOLUTION" in cell.source for cell in answer)
        return notebook_with(release, answer, open_from=draw.randint(min(1, todo - 1), todo - 1))
    if kind == "broken":
        return draw.choice(BROKEN)(notebook_with(release, answer))
    return notebook_with(release, answer)


def _with_mistakes(
    answer: Sequence[Cell], wrong: Sequence[Variant], number: int, draw: random.Random
) -> Sequence[Cell]:
    """The answer with one mistake, or with two that touch different cells."""
    first = draw.choice(wrong)
    cells = first.cells(answer)
    if number == 2:
        for second in draw.sample(list(wrong), len(wrong)):
            changed = second.cells(answer)
            apart = all(a == b or b == c for a, b, c in zip(cells, answer, changed, strict=True))
            if apart:
                return [c if a == b else a for a, b, c in zip(cells, answer, changed, strict=True)]
    return cells


def notebook_with(release: str, cells: Sequence[Cell], open_from: int | None = None) -> str:
    """The released notebook with these cells' code filled in; from the answer number `open_from` on it stays open."""
    notebook = json.loads(release)
    answered = 0
    for cell in cells:
        if "BEGIN SOLUTION" in cell.source:
            answered += 1
            if open_from is not None and answered > open_from:
                continue
        notebook["cells"][cell.number - 1]["source"] = without_markers(cell.source)
    return json.dumps(notebook, indent=1)


def without_markers(source: str) -> str:
    """An answer as a student would have written it: without the lines that mark where it begins and ends."""
    lines = source.strip("\n").split("\n")
    return "\n".join(line for line in lines if not any(marker in line for marker in MARKERS))


def _edited(edit: Callable[[list[dict[str, Any]]], None]) -> Callable[[str], str]:
    def broken(text: str) -> str:
        notebook = json.loads(text)
        edit(notebook["cells"])
        return json.dumps(notebook, indent=1)

    return broken


def _code(source: str) -> dict[str, Any]:
    rest: dict[str, Any] = {"metadata": {}, "outputs": [], "execution_count": None, "id": "extra"}
    return {"cell_type": "code", "source": source, **rest}


def _syntax_error(cells: list[dict[str, Any]]) -> None:
    classes = [cell for cell in cells if "super().__init__()" in cell["source"]]
    for cell in classes[-1:]:
        cell["source"] = cell["source"].replace("super().__init__()", "super().__init__(", 1)


BROKEN: tuple[Callable[[str], str], ...] = (
    lambda text: text[: len(text) // 2],  # JSON cut in half
    lambda text: "",
    _edited(_syntax_error),
    _edited(lambda cells: cells.append(_code("while True:\n    pass"))),
    _edited(lambda cells: cells.insert(3, _code("import sys\nsys.exit()"))),
)

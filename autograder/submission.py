"""Finds submissions and reads them as data: nothing in them is imported, run or trusted."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.errors import AutograderError

MAX_FILE = 32 * 2**20  # bytes of a submission: a notebook with many pictures has a few millions
MAX_CELLS = 2_000
SUFFIXES = (".ipynb", ".py")
LINK = "The file or its folder is a symbolic link; submit the notebook itself."
DEEPEST = 20  # folders between the one that is graded and a submission
LONGEST_CHECK_CELL = 200  # characters
CHECK_CELL = re.compile(r'check\(\s*(["\']\w*["\']\s*)?\)(\s*;)?')  # a notebook's own check cell, wherever it stands
PERCENT = re.compile(r"^# %%.*$", re.MULTILINE)  # where the percent format begins a cell


class Unreadable(AutograderError):
    """A file is no submission. The message is a sentence for the person who reads the row."""


@dataclass(frozen=True)
class Cell:
    """A code cell of the student's: its place in the notebook, counted from 1, and its text."""

    number: int
    source: str


@dataclass(frozen=True)
class Submission:
    """A file to grade. `problem` says why it cannot be read, before anyone has tried, or is empty."""

    path: Path
    student: str
    lab: str
    problem: str = ""

    def read(self) -> tuple[list[Cell], str]:
        """The code cells, without check cells, and the file's SHA-256. Errors: `Unreadable`."""
        if self.problem:
            raise Unreadable(self.problem)
        data = read_bytes(self.path)
        sha256 = hashlib.sha256(data).hexdigest()
        return (_script(data) if self.path.suffix == ".py" else notebook_cells(data)), sha256


def read_bytes(path: Path) -> bytes:
    """A submitted file, where it is one and not too large. Errors: `Unreadable`."""
    if path.is_symlink():
        raise Unreadable(LINK)
    try:
        if not path.is_file():  # a folder; or a pipe, which would be waited for
            raise Unreadable("The file is a folder, a pipe or a device; submit the notebook itself.")
        size = path.stat().st_size
        if size > MAX_FILE:
            raise Unreadable(f"The file has {size:,} bytes; at most {MAX_FILE:,} are read. Clear its outputs.")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"The file cannot be read: {error.strerror}.") from None


def _script(data: bytes) -> list[Cell]:
    try:
        text = _plain(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("The file is not text in UTF-8.") from None
    headers = ["", *PERCENT.findall(text)]
    parts = [part.strip("\n") for part in PERCENT.split(text)]
    if not _has_code(parts[0]):  # what stands above the first header
        headers, parts = headers[1:], parts[1:]
    if len(parts) > MAX_CELLS:
        raise Unreadable(f"The file has {len(parts):,} cells; at most {MAX_CELLS:,} are read.")
    code = [Cell(n, part) for n, part in enumerate(parts, start=1) if "[markdown]" not in headers[n - 1]]
    return [cell for cell in code if _has_code(cell.source) and not _is_check_cell(cell.source)]


def _plain(source: str) -> str:
    """Source with the line ends of every system as \\n, which a file can be written with."""
    return encodable(re.sub(r"\r\n?", "\n", source))


def encodable(text: str) -> str:
    """A text without halves of characters, which JSON can hold and no file can be written with."""
    return text.encode(errors="replace").decode()


def _is_check_cell(source: str) -> bool:
    stripped = source.strip()
    return len(stripped) <= LONGEST_CHECK_CELL and CHECK_CELL.fullmatch(stripped) is not None


def _has_code(source: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in source.splitlines())


def notebook_cells(data: bytes) -> list[Cell]:
    """The code cells of a notebook, without check cells. Errors: `Unreadable`, whatever the bytes are."""
    if not data.strip():
        raise Unreadable("The file is empty; submit the saved notebook.")
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else "not a whole notebook"
        raise Unreadable(f"The file is {what}: it could not be read as JSON. Save it again and resubmit.") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise Unreadable("The file is JSON but not a notebook of format 4: it has no list of cells.")
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"The notebook has {len(cells):,} cells; at most {MAX_CELLS:,} are read.")
    numbered = ((number, cell) for number, cell in enumerate(cells, start=1) if isinstance(cell, dict))
    found = (Cell(number, _source(cell)) for number, cell in numbered if cell.get("cell_type") == "code")
    return [cell for cell in found if cell.source.strip() and not _is_check_cell(cell.source)]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    lines = source if isinstance(source, list) else [source]
    return _plain("".join(line for line in lines if isinstance(line, str)))


def find(path: Path, labs: Sequence[str], lab: str | None = None) -> list[Submission]:
    """The submissions at a path: a notebook, a `.py` file, or a folder with `<student>/<lab>/<lab>.ipynb` at any depth.

    A lab's folder without its file still gives a row, which says what is missing; so does one that lies inside a
    student's folder, where anybody could put it. Errors: `Unreadable` where the path is nothing of these.
    """
    if not path.exists():
        raise Unreadable(f"{path} does not exist.")
    if path.is_dir():
        found = sorted(_in_folder(path, labs, lab), key=lambda s: (s.student, s.lab, len(s.path.parts)))
        if not found:
            raise Unreadable(f"{path} holds no <student>/<lab>/<lab>.ipynb or .py; the labs are {', '.join(labs)}.")
        nearest = {(s.student, s.lab): s.path for s in reversed(found)}
        return [_unless_deeper(submission, nearest[submission.student, submission.lab]) for submission in found]
    return [_of_file(path, labs, lab)]


def _unless_deeper(submission: Submission, nearest: Path) -> Submission:
    if submission.problem or len(submission.path.parts) == len(nearest.parts):
        return submission
    return replace(submission, problem=f"A submission of the same student and lab lies nearer the top: {nearest}.")


def _of_file(path: Path, labs: Sequence[str], lab: str | None) -> Submission:
    name = lab or path.stem
    folder = path.resolve().parent
    student = folder.parent.name if folder.name == name else folder.name if path.stem == name else path.stem
    if path.suffix not in SUFFIXES:
        return Submission(path, student, name, f"The file ends in {path.suffix!r}; expected .ipynb or .py.")
    if name not in labs:
        problem = f"No lab is called {name!r}; the labs are {', '.join(labs)}. Name it with --lab."
        return Submission(path, student, name, problem)
    return Submission(path, student, name)


def _in_folder(folder: Path, labs: Sequence[str], lab: str | None) -> Iterator[Submission]:
    wanted = [lab] if lab else list(labs)
    for path, problem in _folders_below(folder):
        if path.name not in wanted:
            if problem:
                yield Submission(path, path.name, lab or "", problem)
            elif path.is_symlink() and path.name not in labs:
                held = (name for name in wanted if os.path.isdir(path / name))
                yield from (Submission(path / name, path.name, name, LINK) for name in held)
            continue
        parts = path.relative_to(folder).parts
        student, file = path.absolute().parent.name, path / f"{path.name}{SUFFIXES[0]}"
        above = [folder.joinpath(*parts[:n]) for n in range(1, len(parts) - 1)]
        try:
            if path.is_symlink():  # perhaps to a neighbour's work
                yield Submission(file, student, path.name, LINK)
            elif owner := next((upper for upper in above if _is_students(upper, labs)), None):
                told = f"It lies inside the folder of {owner.name}, who may have put it there."
                yield Submission(file, student, path.name, told)
            elif (present := _present(path)) is not None:
                yield Submission(present, student, path.name)
            elif not _holds_labs(path, labs):
                others = ", ".join(sorted(entry.name for entry in path.iterdir())[:5]) or "nothing"
                yield Submission(file, student, path.name, f"{file.name} is missing; the folder holds {others}.")
        except OSError as error:
            yield Submission(file, student, path.name, _closed(error))


def _folders_below(folder: Path, depth: int = DEEPEST) -> Iterator[tuple[Path, str]]:
    """The folders below this one, each with why it cannot be read, or "". Hidden ones are left out, and so is what lies
    too deep for any submission; links are not followed."""
    with os.scandir(folder) as entries:
        found = sorted(Path(entry) for entry in entries if _is_folder(entry) and not entry.name.startswith("."))
    for path in found:
        try:
            below = list(_folders_below(path, depth - 1)) if depth and not path.is_symlink() else []
        except OSError as error:
            yield path, _closed(error)
            continue
        yield path, ""
        yield from below


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False) or (entry.is_symlink() and os.path.isdir(entry))


def _closed(error: OSError) -> str:
    return f"The folder cannot be read: {error.strerror}."


def _present(folder: Path) -> Path | None:
    files = [folder / f"{folder.name}{suffix}" for suffix in SUFFIXES]
    return next((file for file in files if file.exists() or file.is_symlink()), None)


def _is_students(folder: Path, labs: Sequence[str]) -> bool:
    """Whether a folder has a submission of its own, so that what lies deeper in it is nobody else's."""
    return any(_present(folder / name) is not None for name in labs)


def _holds_labs(folder: Path, labs: Sequence[str]) -> bool:
    """Whether a folder named like a lab is no submission but holds some, as `submitted/gan/alice/gan` would."""
    return any(entry.is_dir() and any((entry / name).is_dir() for name in labs) for entry in folder.iterdir())


def answer_path(lab: str, solutions: Path) -> Path:
    """Where a lab's answer is: the text file, or the notebook that is built from it, as in a course of nbgrader's."""
    text = solutions / f"{lab}.py"
    return text if text.exists() else solutions / lab / f"{lab}.ipynb"

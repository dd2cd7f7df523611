"""What `nbgrader autograde` runs in place of a kernel: the sandboxed grader, whose points it writes as cell outputs.

nbgrader reads a test cell's score from its outputs (section "Autograde" of its documentation, and `determine_grade`
in its utils.py): text on stderr or an error gives 0, an `execute_result` its number, and no output full marks. So
every test cell gets its feedback on stdout and, last, one plain float.

nbgrader takes one submission after the other, and about as long for its own work on one as it takes to grade it. So a
submission, and the one after it, are graded from the moment that nbgrader opens it.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import glob
import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import pass_context
from nbconvert.exporters import NotebookExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbgrader import utils
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Unicode
from traitlets.log import get_logger

from autograder.errors import AutograderError
from autograder.feedback import feedback
from autograder.grading import Grader, grader
from autograder.kept import FOLDER, KeptResults
from autograder.lab import UnknownLab, load_lab
from autograder.results import Result
from autograder.sandbox.isolation import Limits
from autograder.submission import LINK, Cell, Unreadable, encodable, notebook_cells, read_bytes

IN_HAND = 2  # submissions: the one that nbgrader has open, and the next
RELEASES, SOLUTIONS = Path("assignments"), Path("solutions")  # nbgrader runs in the course's folder
KEPT_PICTURES = ("image/png", "image/jpeg")
KEPT_DATA = (*KEPT_PICTURES, "text/plain")  # no HTML, SVG or JavaScript of a student's in a grader's browser


class TolerantExporter(NotebookExporter):  # type: ignore[misc]
    """Reads a submission; where it is no whole notebook, what can be read of it, with a cell that says so.

    So such a student gets a row and the points of every other door, and the others are graded.
    """

    def __init__(self, parent: Any = None, **options: Any) -> None:
        super().__init__(parent=parent, **options)
        if isinstance(parent, Autograde):
            own = {name: getattr(parent.coursedir, name) for name in CourseDirectory.class_trait_names(config=True)}
            parent.coursedir = CourseDirectory(parent=parent, **own)
            self._left_out = parent.coursedir.ignore
            parent.pre_convert_hook = self._leave_links_out

    def _leave_links_out(self, notebooks: Sequence[str], **of: Any) -> None:
        """Have nbgrader copy no link from beside a notebook, perhaps to an answer, and no pipe."""
        beside = (Path(top, name) for top, _, names in os.walk(Path(notebooks[0]).parent) for name in names)
        names = [glob.escape(path.name) for path in beside if path.is_symlink() or not path.is_file()]
        self.parent.coursedir.ignore = [*self._left_out, *names]

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> Any:
        path, of, told = Path(filename), resources["nbgrader"], "The file is no valid notebook; its code was kept."
        cells: list[Cell] = []
        try:
            data = _read(path)
            cells = notebook_cells(data)
            self._begin(cells, path, of)
        except Unreadable as problem:
            told = str(problem)
        else:
            with contextlib.suppress(Exception):  # nbformat raises anything at all on a malformed file
                notebook = nbformat.from_dict(_encodable(nbformat.reads(data.decode("utf-8-sig"), as_version=4)))
                nbformat.validate(notebook)
                return self.from_notebook_node(notebook, resources, **options)
        self.log.warning("%s: %s", of["student"], told)
        return self.from_notebook_node(_mended(cells, told, of["notebook"]), resources, **options)

    def _begin(self, cells: Sequence[Cell], path: Path, of: Mapping[str, str]) -> None:
        """Begin to grade a submission, and the one after it, which nbgrader has not opened yet."""
        course = CourseDirectory(parent=self)
        if path != _submitted(course, of):
            return  # nbgrader opens it once more as its own copy, and all of this is under way
        with contextlib.suppress(UnknownLab):  # told when its turn comes
            ahead = SandboxedGrades(parent=self).ahead(of["notebook"])
            ahead.begin(cells)
            following = self._after(path, course, of["assignment"])
            with contextlib.suppress(Unreadable):
                if following is not None:
                    ahead.begin(notebook_cells(_read(following)))

    def _after(self, path: Path, course: CourseDirectory, assignment: str) -> Path | None:
        """The submission that nbgrader goes on with; None where it is the last, or the next may be skipped."""
        folders = sorted(glob.glob(course.format_path(course.submitted_directory, course.student_id, assignment)))
        if str(path.parent) not in folders[:-1]:
            return None
        following = folders[folders.index(str(path.parent)) + 1]
        pattern = course.format_path(course.submitted_directory, "(?P<student>.*)", re.escape(assignment), escape=True)
        student = re.fullmatch(pattern, following)
        graded = student and course.format_path(course.autograded_directory, student["student"], assignment)
        forced = any(self.config[section].get("force") for section in ("BaseConverter", "Autograde"))
        return None if not graded or (Path(graded).exists() and not forced) else Path(following) / path.name


@pass_context  # type: ignore[untyped-decorator]
def safe_markdown(context: Mapping[str, Any], source: str) -> str:
    """A cell's text as HTML, in which a student's own HTML is shown and not obeyed."""
    attachments = context.get("cell", {}).get("attachments", {})
    pictures = {name: _pictures(kinds) for name, kinds in attachments.items()}
    renderer = IPythonRenderer(escape=True, allow_harmful_protocols=False, attachments=pictures)
    return str(MarkdownWithMath(renderer=renderer).render(source))


def _pictures(data: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: data[kind] for kind in KEPT_PICTURES if kind in data}


def _encodable(part: Any) -> Any:
    """A notebook, or a part of one, that a file can be written with."""
    if isinstance(part, str):
        return encodable(part)
    if isinstance(part, Mapping):
        return {_encodable(key): _encodable(value) for key, value in part.items()}
    return [_encodable(item) for item in part] if isinstance(part, list) else part


def _read(path: Path) -> bytes:
    """A submitted file. Errors: `Unreadable`, also where its folder is a link, perhaps to a neighbour's work."""
    if path.parent.is_symlink():
        raise Unreadable(LINK)
    return read_bytes(path)


def _submitted(course: CourseDirectory, of: Mapping[str, str]) -> Path:
    """Where a student's own file is."""
    folder = course.format_path(course.submitted_directory, of["student"], of["assignment"])
    return Path(folder) / f"{of['notebook']}.ipynb"


def _mended(cells: Sequence[Cell], told: str, name: str) -> Any:
    """A notebook of a submission's code cells and the release's graded cells, which tells why it was needed."""
    notebook = nbformat.read(RELEASES / name / f"{name}.ipynb", as_version=4)
    graded = [cell for cell in notebook.cells if utils.is_grade(cell) or utils.is_task(cell)]
    note = nbformat.v4.new_markdown_cell(f"**This submission could not be read as it is.** {told}")
    notebook.cells = [note, *(nbformat.v4.new_code_cell(cell.source) for cell in cells), *graded]
    return notebook


class KeepFigures(NbGraderPreprocessor):  # type: ignore[misc]
    """Clears the outputs of test cells, and keeps of all others what a person who grades wants to see."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        if cell.cell_type == "code":
            cell.outputs = [] if utils.is_grade(cell) else [kept for o in cell.outputs if (kept := _kept(o))]
            cell.execution_count = None
        return cell, resources


def _kept(output: Any) -> Any:
    if output.output_type in ("stream", "error"):
        return output
    data = {kind: value for kind, value in output.get("data", {}).items() if kind in KEPT_DATA}
    return nbformat.v4.new_output("display_data", data=data) if data else None


class MissingIsolation(AutograderError):
    """This machine does not give the sandbox a protection that the configuration asks for."""


class Ahead:
    """Grades one lab's submissions beside nbgrader's own work. There is one for all students of a run."""

    def __init__(self, lab: str, device: str, timeout_s: float, require_isolation: bool) -> None:
        self._lab = load_lab(lab)
        self._pool = ThreadPoolExecutor(IN_HAND)
        self._grader = self._pool.submit(_started, lab, device, timeout_s, require_isolation)
        self._begun: dict[tuple[Cell, ...], Future[Result]] = {}

    def begin(self, cells: Sequence[Cell]) -> None:
        """Begin to grade these cells, unless that is under way."""
        if tuple(cells) not in self._begun:
            self._begun[tuple(cells)] = self._pool.submit(self._graded, cells)

    def result(self, cells: Sequence[Cell]) -> Result:
        """The result for these cells. Errors: `MissingIsolation`, `CannotGrade`."""
        self.begin(cells)
        for caution in self._grader.result().cautions:
            _tell_once(caution)
        return self._begun.pop(tuple(cells)).result()

    def _graded(self, cells: Sequence[Cell]) -> Result:
        return self._grader.result().grade_cells(self._lab, cells)


_ahead = functools.cache(Ahead)


def _started(lab: str, device: str, timeout_s: float, require_isolation: bool) -> Grader:
    """A grader that ends with nbgrader's process. Errors: `MissingIsolation`, `CannotGrade`, `NotKept`."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    limits, kept = Limits(submission_s=timeout_s), KeptResults(FOLDER, SOLUTIONS)
    made = stack.enter_context(grader([lab], device=device, limits=limits, solutions=SOLUTIONS, kept=kept))
    get_logger().info("Grading %s with seed %s", lab, made.seed)
    if require_isolation and made.missing_protections:
        asked = "SandboxedGrades.require_isolation asks for all of them"
        raise MissingIsolation(f"The sandbox lacks {', '.join(made.missing_protections)}; {asked}.")
    return made


@functools.cache
def _tell_once(message: str) -> None:
    get_logger().warning(message)


class SandboxedGrades(NbGraderPreprocessor):  # type: ignore[misc]
    """Grades a submission in the sandbox and writes feedback and points into its test cells."""

    device = Unicode("auto", help="Where submissions run: auto, cpu or cuda.").tag(config=True)
    timeout = Float(120.0, help="Seconds for one submission.").tag(config=True)
    require_isolation = Bool(False, help="Refuse to grade where a protection is missing.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        name = resources["nbgrader"]["notebook"]  # the lab by whose rules it is graded
        cells: list[Cell] = []
        with contextlib.suppress(Unreadable):  # told in the notebook already
            cells = notebook_cells(_read(_submitted(CourseDirectory(parent=self), resources["nbgrader"])))
        result = self.ahead(name).result(cells)
        if result.message:
            self.log.warning("%s, %s: %s", resources["nbgrader"]["student"], name, result.message)
        for check in result.ungradable:
            told = "%s, %s: %s could not be checked, through no fault of the submission's: %s"
            self.log.error(told, resources["nbgrader"]["student"], name, check.id, check.message)
        for cell in nb.cells:
            if cell.cell_type == "code" and utils.is_grade(cell):
                cell.outputs = _outputs(cell.metadata.nbgrader["grade_id"], result)
                cell.execution_count = 1
        return nb, resources

    def ahead(self, lab: str) -> Ahead:
        """What grades this lab's submissions in this run. Errors: `UnknownLab`."""
        return _ahead(lab, self.device, self.timeout, self.require_isolation)


def _outputs(check_id: str, result: Result) -> list[Any]:
    found = next((check for check in result.checks if check.id == check_id), None)
    earned, told = (0.0, f"There is no check {check_id!r}.") if found is None else (found.earned, feedback(found))
    points = nbformat.v4.new_output("execute_result", data={"text/plain": repr(float(earned))}, execution_count=1)
    return [nbformat.v4.new_output("stream", name="stdout", text=told + "\n"), points]

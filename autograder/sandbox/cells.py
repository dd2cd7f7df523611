"""Runs a submission's cells one by one in a namespace, as IPython would, and says where an error stands."""

from __future__ import annotations

import ast
import linecache
import re
import traceback
import types
from collections.abc import Callable, Collection
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

CELL = "<cell {}>"  # the file name under which a cell is compiled: tracebacks show it
MAX_MESSAGE = 2_000  # characters of an exception's message that are reported
BODY_MAGICS = ("capture", "prun", "time", "timeit")  # cell magics whose body is Python and runs


class Shell:
    """Stands where IPython's shell stands in a notebook: timing magics run their code, every other does nothing."""

    def __init__(self, execute: Callable[[str], None]) -> None:
        self._execute = execute

    def run_line_magic(self, name: str, line: str, *rest: object) -> None:
        if name in ("prun", "time", "timeit"):
            self._execute(line)

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        if name in BODY_MAGICS:
            self._execute(body)

    def system(self, command: str) -> None:
        """A shell line (`!pip install ...`): nothing runs while grading."""

    def getoutput(self, command: str) -> list[str]:
        return []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: None


class EmptyFunctions(ast.NodeTransformer):
    """Leaves the functions of these names with no body, so that calling them while grading does nothing."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = names

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        if node.name in self.names:
            node.body = [ast.copy_location(ast.Pass(), node.body[0])]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        return node


class Cells:
    """The cells of one submission and the namespace that they share."""

    def __init__(self, idle: Collection[str] = ()) -> None:
        self.namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
        self.idle = idle
        self._shell = Shell(self._execute_text)
        self._name = CELL.format("?")
        self.namespace["get_ipython"] = lambda: self._shell

    def run(self, number: int, source: str) -> None:
        """Execute the cell `number`. Errors: whatever the cell raises, `SyntaxError` included."""
        self._name = CELL.format(number)
        self._execute_text(source)

    def _execute_text(self, source: str) -> None:
        python = _as_python(source, self._name)
        linecache.cache[self._name] = (len(python), None, python.splitlines(keepends=True), self._name)
        tree = ast.fix_missing_locations(EmptyFunctions(self.idle).visit(ast.parse(python, self._name)))
        exec(compile(tree, self._name, "exec"), self.namespace)  # noqa: S102 - this is what a sandbox is for


def _as_python(source: str, name: str) -> str:
    """The cell without IPython's own syntax. Most cells have none, and the transformation costs milliseconds."""
    try:
        ast.parse(source, name)
    except (SyntaxError, ValueError):
        return str(TransformerManager().transform_cell(source))
    return source if source.endswith("\n") else f"{source}\n"


def _is_students(filename: str) -> bool:
    return filename.startswith("<cell ") or "ipykernel_" in filename or filename.startswith("<ipython-input")


def describe(error: BaseException) -> dict[str, Any]:
    """An exception as plain data: its type, message, and the frames that stand in the student's own cells."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_students(frame.filename)]
    places = [(frame.filename, frame.lineno or 0, frame.line or "") for frame in frames][-5:]
    if isinstance(error, SyntaxError) and _is_students(error.filename or ""):
        places.append((str(error.filename), error.lineno or 0, (error.text or "").strip()))
    return {
        "type": type(error).__name__[:200],
        "message": _message(error),
        "frames": [list(place) for place in places],
        "innermost": bool(frames) and _innermost(error.__traceback__) == frames[-1].filename,
        "todo": _todo_above(frames[-1].filename, frames[-1].lineno or 0) if frames else "",
    }


def _todo_above(filename: str, line: int) -> str:
    """The nearest comment at or above this line that is a TODO, such as "TODO 3", or nothing."""
    for above in range(line, 0, -1):
        found = re.search(r"#\s*(TODO \d+)", linecache.getline(filename, above))
        if found:
            return found.group(1)
    return ""


def _message(error: BaseException) -> str:
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:  # the student's own __str__ may raise anything  # noqa: BLE001
        text = "(its message could not be shown)"
    return text[:MAX_MESSAGE]


def _innermost(trace: types.TracebackType | None) -> str:
    filename = ""
    while trace is not None:
        filename, trace = trace.tb_frame.f_code.co_filename, trace.tb_next
    return filename

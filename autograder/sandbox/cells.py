"""Runs a submission's cells one by one in a namespace, as IPython would, and says where an error stands."""

from __future__ import annotations

import ast
import asyncio
import errno
import inspect
import io
import linecache
import re
import signal
import traceback
import types
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager
from IPython.display import display

from autograder.sandbox.definitions import is_definition
from autograder.sandbox.shell import BODY_MAGICS, Shell

CELL = "<cell {}>"  # the file name under which a cell is compiled: tracebacks show it
MAGIC = ", a magic>"  # ends the name of what a magic of the cell runs
MAX_MESSAGE = 2_000  # characters of an exception's message that are reported
BODY_MAGIC = re.compile(rf"\A(\s*)%%(?:{'|'.join(BODY_MAGICS)})\b.*")


class TimeUp(BaseException):
    """A cell's time is over. No `Exception`, so that what a training loop catches does not hold it up."""


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
    """The cells of one submission and the namespace that they share: that of `module`, which is their `__main__`."""

    def __init__(self, idle: Collection[str] = ()) -> None:
        self.module = types.ModuleType("__main__")
        self.namespace: dict[str, Any] = vars(self.module)
        self.shell = Shell(self._execute_text)
        self.idle = idle
        self._name = CELL.format("?")
        self.namespace |= {
            "__builtins__": __builtins__,
            "display": display,
            "get_ipython": lambda: self.shell,
            "input": lambda prompt="": "",
        }

    def run(self, number: int, source: str, seconds: float | None = None) -> None:
        """Execute the cell `number`, statement by statement: one that raises does not keep the next from running.

        After so many seconds the running statement is ended, and of the others only definitions run.
        Errors: the first that a statement raises; `SyntaxError` where nothing could run.
        """
        self._name = CELL.format(number)
        statements = iter(self._statements(source))
        problems: list[BaseException] = []
        try:
            with _at_most(seconds):
                self._execute(statements, problems)
        except TimeUp:
            self._execute((node for node in statements if is_definition(node, self.namespace)), problems)
        if problems:
            raise problems[0]

    def _execute_text(self, source: str) -> None:
        """Execute what a magic was given, whose lines are not the cell's."""
        name, self._name = self._name, f"{self._name.removesuffix(MAGIC).removesuffix('>')}{MAGIC}"
        problems: list[BaseException] = []
        try:
            self._execute(self._statements(source), problems)
        finally:
            self._name = name
        if problems:
            raise problems[0]

    def _statements(self, source: str) -> list[ast.stmt]:
        python = _as_python(source, self._name)
        lines = io.StringIO(python, newline=None).readlines()
        linecache.cache[self._name] = (len(python), None, lines, self._name)
        tree = ast.parse(python, self._name)
        EmptyFunctions(self.idle).visit(tree)
        return ast.fix_missing_locations(tree).body

    def _execute(self, statements: Iterable[ast.stmt], problems: list[BaseException]) -> None:
        """Run these statements; note what they raise. A `raise` of the cell's own ends it, and so does `sys.exit`."""
        for statement in statements:
            try:
                self._execute_one(statement)
            except TimeUp:
                raise
            except BaseException as problem:  # student code may raise anything  # noqa: BLE001
                problems.append(problem)
                if isinstance(statement, ast.Raise) or not isinstance(problem, Exception):
                    return

    def _execute_one(self, statement: ast.stmt) -> None:
        module = ast.Module([statement], type_ignores=[])
        code = compile(module, self._name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        awaited = eval(code, self.namespace)  # noqa: S307 - this is what a sandbox is for
        if inspect.iscoroutine(awaited):  # where the statement awaits something
            self._loop.run_until_complete(awaited)

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.new_event_loop()


@contextmanager
def _at_most(seconds: float | None) -> Iterator[None]:
    """Raise `TimeUp` in whatever runs here after so many seconds; at once where there are none."""

    def end(*_: object) -> None:
        raise TimeUp

    if seconds is None:
        yield
        return
    if seconds <= 0:
        raise TimeUp
    signal.signal(signal.SIGALRM, end)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _as_python(source: str, name: str) -> str:
    """The cell without IPython's own syntax. Most cells have none, and the transformation costs milliseconds."""
    while BODY_MAGIC.match(source):
        source = BODY_MAGIC.sub(r"\1", source)  # its line stays, so that those of the body keep their numbers
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
    if isinstance(error, BlockingIOError) and error.errno == errno.EAGAIN:
        text += ": no programs can be started while grading"
    return text[:MAX_MESSAGE]


def _innermost(trace: types.TracebackType | None) -> str:
    filename = ""
    while trace is not None:
        filename, trace = trace.tb_frame.f_code.co_filename, trace.tb_next
    return filename

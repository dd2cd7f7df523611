"""One submission in its sandbox: runs its cells, passes questions on, and survives what they do to it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Self

from autograder.judging import Crashed, NoSandbox, TimedOut
from autograder.lab import Lab
from autograder.sandbox.isolation import Limits
from autograder.sandbox.process import ForkServer, ForkServerFailed, Sandbox, SandboxGone, SandboxTimeout
from autograder.student import where
from autograder.submission import Cell
from autograder.wire import Handle

MAX_SOURCE = 500_000  # characters of a cell: the notebooks' longest has 2,000
LATE_S = 1.0  # seconds for a cell where the cells' time is used up, and for one that has used up its own before
ANY_OF_IT = "the submission"
GRACE_S = 5.0  # seconds after a cell's time in which its sandbox is to end the cell by itself


class Session:
    """Answers a check's questions from a sandbox. Where the sandbox dies, the next question gets a new one; a function
    that once stalled is not called again.

    All cells together may take half of the submission's time, so that there is some for the questions. Of a cell whose
    time is over only the definitions run, and so where it killed or stalled its sandbox; where it does so again, it
    is skipped.
    """

    def __init__(self, server: ForkServer, lab: Lab, cells: Sequence[Cell], device: str, limits: Limits) -> None:
        self._server, self._lab, self._cells, self._limits = server, lab, cells, limits
        self._device = device
        self.problems: dict[int, str] = {}  # by cell: what kept it, or one of its statements, from running to its end
        self.left_out: set[int] = set()  # cells of which not all could run in their time
        self._broke: Counter[int] = Counter()  # by cell: how many sandboxes it has ended
        self._cells_s = limits.submission_s / 2  # seconds that are left for cells
        self._stalled: dict[str, str] = {}  # by name: the sentence that told it
        self._sandbox: Sandbox | None = None
        self._deadline: float | None = None  # from the first sandbox on: the wait for one is not the submission's

    def respond(self, question: dict[str, Any]) -> dict[str, Any]:
        """The sandbox's reply. Errors: `TimedOut`, `Crashed`, `NoSandbox`."""
        name = _asked(question.get("target"))
        if name in self._stalled:
            raise TimedOut(self._stalled[name])
        try:
            sandbox = self._ready()
            return sandbox.ask(question, self._seconds(self._limits.question_s))
        except SandboxTimeout as late:
            self.close()
            self._seconds(1)  # where all time is used up, that is what to tell
            told = f"{name} gave {late}."
            if name != ANY_OF_IT:
                self._stalled[name] = told
            raise TimedOut(told) from None
        except SandboxGone as gone:
            self.close()
            raise Crashed(f"While {name} ran, {gone}.") from None
        except ForkServerFailed as failed:
            raise NoSandbox(str(failed)) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def why_undefined(self, name: str) -> str:
        """What went wrong in the cell that would define this name, else in any cell, as sentences, or nothing.

        Where that is a missing name in its turn, the first problem of all is told before it: it may be the root.
        """
        if not self.problems:
            return ""
        sources = {cell.number: cell.source for cell in self._cells}
        first = min(self.problems)
        defining = (n for n in self.problems if f"def {name}" in sources[n] or f"class {name}" in sources[n])
        number = next(defining, first)
        root = [self.problems[first]] if number != first and "stopped with NameError" in self.problems[number] else []
        return " ".join([*root, self.problems[number]])

    def _seconds(self, at_most: float) -> float:
        left = self._limits.submission_s if self._deadline is None else self._deadline - time.monotonic()
        if left <= 0:
            raise TimedOut(f"The submission used up its {self._limits.submission_s:g} seconds.")
        return min(at_most, left)

    def _ready(self) -> Sandbox:
        while self._sandbox is None:
            self._sandbox = Sandbox(self._server, self._device, self._lab.training_functions, self._limits)
            self._deadline = self._deadline or time.monotonic() + self._limits.submission_s
            if not self._run_cells(self._sandbox):
                self.close()
        return self._sandbox

    def _run_cells(self, sandbox: Sandbox) -> bool:
        """Run all cells. False: one ended the sandbox."""
        for cell in self._cells:
            if len(cell.source) > MAX_SOURCE:
                told = f"it has {len(cell.source):,} characters; at most {MAX_SOURCE:,} are run"
                self.problems[cell.number] = f"Cell {cell.number} was left out: {told}."
            elif self._broke[cell.number] < 2 and not self._run_cell(sandbox, cell):
                return False
        return True

    def _run_cell(self, sandbox: Sandbox, cell: Cell) -> bool:
        """Run one cell, and note what kept it from its end. False: it ended the sandbox."""
        seconds, started, problems, alive = self._time_for(cell), time.monotonic(), [], True
        question = {"op": "run", "number": cell.number, "source": cell.source, "seconds": seconds}
        try:
            raised = sandbox.ask(question, self._seconds(seconds + GRACE_S)).get("raised")
            if isinstance(raised, dict):
                problems.append(_cell_problem(cell.number, raised))
        except SandboxTimeout:
            alive = False
        except SandboxGone as gone:
            alive = False
            problems.append(f"Cell {cell.number} did not finish: {gone}.")
        took = time.monotonic() - started
        if took >= seconds > 0:
            problems.append(f"Cell {cell.number} did not finish: no answer within {seconds:.3g} seconds.")
        self._note(cell.number, problems, took, alive, took < seconds)
        return alive

    def _note(self, number: int, problems: Sequence[str], took: float, alive: bool, in_time: bool) -> None:
        self._cells_s -= took
        self._broke[number] += not alive
        if not (alive and in_time):
            self.left_out.add(number)
        if problems:
            self.problems.setdefault(number, " ".join(problems))  # of the first sandbox: later ones run less

    def _time_for(self, cell: Cell) -> float:
        """The seconds in which all of a cell may run; afterwards, its definitions."""
        if self._broke[cell.number]:
            return 0
        if cell.number in self.left_out:
            return max(0, min(LATE_S, self._cells_s))
        return min(self._limits.cell_s, max(LATE_S, self._cells_s))

    def close(self) -> None:
        """End the sandbox, if there is one."""
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.close()


def _asked(target: Any) -> str:
    """Whom a question is for: a function or class of the student's, also where it is one of its objects."""
    if isinstance(target, Handle) and target.number >= 0:  # not an object of ours
        return target.type_name
    return target if isinstance(target, str) else ANY_OF_IT


def _cell_problem(number: int, raised: dict[str, Any]) -> str:
    message = str(raised.get("message", ""))
    return f"Cell {number} stopped with {raised.get('type')}{': ' if message else ''}{message}{where(raised)}."

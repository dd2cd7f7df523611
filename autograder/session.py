"""One submission in its sandbox: runs its cells, passes questions on, and survives what they do to it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Self

from autograder.judging import Crashed, NoSandbox, TimedOut
from autograder.lab import Lab
from autograder.sandbox.isolation import Limits
from autograder.sandbox.process import ForkServer, ForkServerFailed, Sandbox, SandboxGone, SandboxTimeout
from autograder.student import where
from autograder.submission import Cell

MAX_SOURCE = 500_000  # characters of a cell: the notebooks' longest has 2,000


class Session:
    """Answers a check's questions from a sandbox. Where the sandbox dies, the next question gets a new one, in which
    a cell that killed or stalled the last one is left out; a function that once stalled is not called again."""

    def __init__(self, server: ForkServer, lab: Lab, cells: Sequence[Cell], device: str, limits: Limits) -> None:
        self._server, self._lab, self._cells, self._limits = server, lab, cells, limits
        self._device = device
        self.problems: dict[int, str] = {}  # by cell: why it did not run to its end
        self.left_out: set[int] = set()  # cells that ended or stalled their sandbox
        self._stalled: dict[str, str] = {}  # by name: the sentence that told it
        self._sandbox: Sandbox | None = None
        self._deadline: float | None = None  # from the first sandbox on: the wait for one is not the submission's

    def respond(self, question: dict[str, Any]) -> dict[str, Any]:
        """The sandbox's reply. Errors: `TimedOut`, `Crashed`, `NoSandbox`."""
        target = question.get("target")
        name = target if isinstance(target, str) else "the submission"
        if name in self._stalled:
            raise TimedOut(self._stalled[name])
        try:
            sandbox = self._ready()
            return sandbox.ask(question, self._seconds(self._limits.question_s))
        except SandboxTimeout as late:
            self.close()
            self._seconds(1)  # where all time is used up, that is what to tell
            self._stalled[name] = f"{name} gave {late}."
            raise TimedOut(self._stalled[name]) from None
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
        """What went wrong in the cell that would define this name, else in any cell, as a sentence, or nothing."""
        sources = {cell.number: cell.source for cell in self._cells}
        defining = [n for n in self.problems if f"def {name}" in sources[n] or f"class {name}" in sources[n]]
        return next((self.problems[n] for n in [*defining, *sorted(self.problems)]), "")

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
        """Run all cells that are not left out. False: one ended the sandbox and is left out from now on."""
        for cell in self._cells:
            if cell.number in self.left_out:
                continue
            if len(cell.source) > MAX_SOURCE:
                told = f"it has {len(cell.source):,} characters; at most {MAX_SOURCE:,} are run"
                self.problems[cell.number] = f"Cell {cell.number} was left out: {told}."
                continue
            question = {"op": "run", "number": cell.number, "source": cell.source}
            try:
                reply = sandbox.ask(question, self._seconds(self._limits.cell_s))
            except (SandboxGone, SandboxTimeout) as problem:
                self.left_out.add(cell.number)
                self.problems[cell.number] = f"Cell {cell.number} did not finish: {problem}."
                return False
            raised = reply.get("raised")
            if isinstance(raised, dict):
                self.problems[cell.number] = _cell_problem(cell.number, raised)
        return True

    def close(self) -> None:
        """End the sandbox, if there is one."""
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is not None:
            sandbox.close()


def _cell_problem(number: int, raised: dict[str, Any]) -> str:
    message = str(raised.get("message", ""))
    return f"Cell {number} stopped with {raised.get('type')}{': ' if message else ''}{message}{where(raised)}."

"""Grades submissions: the one way from a file to a `Result`, whichever door it comes through."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from autograder.errors import UNGRADABLE, AutograderError
from autograder.evidence import Answers
from autograder.facts import SHIPPED_SEED, Mistake, NoFacts, load_table
from autograder.judging import Verdict, judge
from autograder.kept import OF_THE_MOMENT, KeptResults, drawn_seed
from autograder.lab import Check, Lab, load_lab
from autograder.results import Report, Result
from autograder.sandbox.isolation import LAYERS, Limits
from autograder.sandbox.process import ForkServer
from autograder.session import Session
from autograder.student import Student
from autograder.submission import Cell, Submission, Unreadable, answer_path
from autograder.wire import printable

MAX_PROBLEMS, MAX_PROBLEM = 10, 2_000  # cells whose problems are told, and characters of each
SHIPPED_FIGURES = "all is graded with the shipped figures of seed 0, which students have too."


class CannotGrade(AutograderError):
    """Nothing can be graded as it was asked for. The message is a sentence that says why, and what to do."""


class NoSuchDevice(CannotGrade):
    """This machine does not have the device that was asked for."""


class AnswerFails(AutograderError):
    """The reference answer does not pass a check: a fault of ours, and nothing can be graded."""

    status = UNGRADABLE

    def __init__(self, lab: str, seed: int, device: str, verdict: Verdict) -> None:
        told = f"the reference answer of {lab} does not pass {verdict.check.id} with seed {seed}: {verdict.message}"
        otherwise = "give another --seed" if device == "cpu" else "give --device cpu or another --seed"
        advice = f"Mend solutions/{lab}.py or the check, or {otherwise}."
        if verdict.status in OF_THE_MOMENT:
            advice = "The same command may pass when the machine has less to do."
        super().__init__(f"{told} Nothing was graded. {advice}")


@dataclass
class Grader:
    """Grades any number of submissions with one seed and one fork server. Used as a context; safe in threads."""

    server: ForkServer
    seed: int = SHIPPED_SEED
    device: str = "cpu"
    limits: Limits = field(default_factory=Limits)
    isolation: Sequence[str] = ()
    answers: dict[str, Answers] = field(default_factory=dict)
    kept: KeptResults | None = None
    cautions: list[str] = field(default_factory=list)  # what whoever grades is to be told once, as sentences

    def prepare(self, labs: Iterable[str], solutions: Path) -> None:
        """Make the reference answers' facts for this grader's seed. Where one is not in `solutions`: seed 0's."""
        present = {name: answer_path(name, solutions) for name in labs}
        missing = [name for name, path in present.items() if not path.exists()]
        if missing:
            self.seed = SHIPPED_SEED
            self.cautions.append(f"No answer of {', '.join(missing)} is in {solutions}: {SHIPPED_FIGURES}")
        with ThreadPoolExecutor(default_jobs()) as pool:
            self.answers |= zip(present, pool.map(self._facts_of_answer, present, present.values()), strict=True)

    def _facts_of_answer(self, name: str, path: Path) -> Answers:
        if self.seed == SHIPPED_SEED:
            return load_table(name).answers
        if self.kept and (known := self.kept.answers(name, self.device, self.seed)):
            return known
        facts = self.facts_of(load_lab(name), Submission(path, "answer", name).read()[0])
        if self.kept:
            self.kept.put_answers(name, self.device, self.seed, facts)
        return facts

    def facts_of(self, lab: Lab, cells: Sequence[Cell]) -> Answers:
        """What checks compare with the reference answer: its facts by check, for this grader's seed.

        Errors: `AnswerFails`, so that no class is graded by a check that the answer itself does not pass.
        """
        with Session(self.server, lab, cells, self.device, Limits()) as session:  # not held to a student's --timeout
            verdicts = self._verdicts(session, lab.checks, None, self.seed)
        for verdict in verdicts:
            if verdict.status != "passed":
                raise AnswerFails(lab.name, self.seed, self.device, verdict)
        evidence = {verdict.check.id: verdict.evidence for verdict in verdicts}
        return {name: {what: e.facts[what] for what in e.of_answer} for name, e in evidence.items() if e.of_answer}

    def failed_facts(self, lab: Lab, cells: Sequence[Cell], answers: Answers) -> Answers:
        """The facts of a known mistake, by check, of the checks that it fails."""
        with self._session(lab, cells) as session:
            verdicts = self._verdicts(session, lab.checks, answers, self.seed)
        return {verdict.check.id: verdict.evidence.facts for verdict in verdicts if verdict.status == "failed"}

    def grade(self, submission: Submission) -> Result:
        """The result for one submission: never an exception because of what is in it."""
        started = time.monotonic()
        try:
            cells, sha256 = submission.read()
        except Unreadable as problem:
            return _unreadable(submission, str(problem))
        result = self.grade_cells(load_lab(submission.lab), cells)
        result.student, result.path = _name(submission.student), _name(submission.path)
        result.sha256 = sha256
        result.seconds = round(time.monotonic() - started, 3)
        return result

    def grade_cells(self, lab: Lab, cells: Sequence[Cell]) -> Result:
        """The result for these code cells, without a student's name or a path: a kept one, where there is one."""
        key = self.kept.key(lab.name, cells, self.device, self.seed) if self.kept else ""
        if self.kept and (known := self.kept.get(key)):
            return known
        result, lasting = self.judged(lab, cells)
        if self.kept and lasting:
            self.kept.put(key, result)
        return result

    def judged(self, lab: Lab, cells: Sequence[Cell]) -> tuple[Result, bool]:
        """The result, and whether it would come out the same at another moment."""
        with self._session(lab, cells) as session:
            verdicts = self._verdicts(session, lab.checks, self.answers[lab.name], self.seed)
            problems = _told(session.problems)
            failed = [verdict for verdict in verdicts if verdict.status == "failed" and verdict.evidence.facts]
            mistakes = self._mistakes(session, lab, failed)
        checks = [verdict.as_result(mistakes.get(verdict.check.id)) for verdict in verdicts]
        receipt = {key: str(value) for key, value in self.environment().items()}
        result = Result("", lab.name, "", "", lab.max_score, "graded", problems, receipt=receipt, checks=checks)
        return result, not session.left_out and not any(check.status in OF_THE_MOMENT for check in checks)

    def _session(self, lab: Lab, cells: Sequence[Cell]) -> Session:
        return Session(self.server, lab, cells, self.device, self.limits)

    def _verdicts(self, session: Session, checks: Sequence[Check], answers: Answers | None, seed: int) -> list[Verdict]:
        """Judge a session's cells by these checks."""
        return list(judge(checks, Student(session.respond, seed, self.device), answers, session.why_undefined))

    def _mistakes(self, session: Session, lab: Lab, failed: Sequence[Verdict]) -> dict[str, Mistake]:
        """By check that failed: the known mistake that gives the same facts for the shipped seed."""
        try:
            table = load_table(lab.name)
        except NoFacts:  # a lab that is being written; `build --check` tells
            return {}
        if failed and self.seed != SHIPPED_SEED and table.mistakes:
            checks = [verdict.check for verdict in failed]
            failed = self._verdicts(session, checks, table.answers, SHIPPED_SEED)
        found = {v.check.id: table.explanation(v.check.id, v.evidence) for v in failed if v.status == "failed"}
        return {check_id: mistake for check_id, mistake in found.items() if mistake is not None}

    def environment(self) -> dict[str, Any]:
        """What a reader needs to replay the run."""
        return {
            "autograder": version("gan-labs"),
            "torch": version("torch"),
            "device": self.device,
            "isolation": ", ".join(self.isolation) or "none",
            "seed": self.seed,
        }

    def grade_all(
        self,
        submissions: Sequence[Submission],
        jobs: int,
        told: Callable[[Result], None] = lambda result: None,
    ) -> Report:
        """Grade a class, `jobs` submissions at a time; results stand in the order of the submissions."""
        pool = ThreadPoolExecutor(jobs)
        try:
            futures = [pool.submit(self.grade, submission) for submission in submissions]
            for future in as_completed(futures):
                told(future.result())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # those in hand end with the fork server
        return Report(self.environment(), [future.result() for future in futures])

    @property
    def missing_protections(self) -> list[str]:
        """The layers of the sandbox that this machine does not give."""
        return [name for name in LAYERS if name not in self.isolation]


def default_jobs() -> int:
    """How many submissions to grade at a time: one a core, as far as each can have the memory that it may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    places = int(psutil.virtual_memory().available) // (Limits().memory_mb * 2**20)
    return max(1, min(cores, places))


def _unreadable(submission: Submission, problem: str) -> Result:
    try:
        most = load_lab(submission.lab).max_score
    except LookupError:
        most = 0.0
    student, lab, path = (_name(text) for text in (submission.student, submission.lab, submission.path))
    return Result(student, lab, path, "", most, "unreadable", printable(problem))


def _name(text: str | Path) -> str:
    """A student's name for a file or folder on one line, whatever it is made of."""
    return " ".join(printable(str(text)).split())


def _told(problems: Mapping[int, str]) -> str:
    """What went wrong in a submission's cells, as far as anybody reads on."""
    told = [problems[number][:MAX_PROBLEM] for number in sorted(problems)]
    rest = len(told) - MAX_PROBLEMS
    return " ".join([*told[:MAX_PROBLEMS], *([f"So it is with {rest} more cells."] if rest > 0 else [])])


@contextmanager
def grader(
    labs: Iterable[str],
    seed: int | None = None,
    device: str = "auto",
    limits: Limits | None = None,
    solutions: Path = Path("solutions"),
    kept: KeptResults | None = None,
) -> Iterator[Grader]:
    """A grader for these labs, ready to use. `seed` None takes that of `kept`, or draws one; `device` is auto, cpu or
    cuda."""
    limits = limits or Limits()
    with ForkServer() as server:
        if seed is None:
            seed = kept.seed() if kept else drawn_seed()
        if device == "cuda" and server.device != "cuda":
            raise NoSuchDevice("This machine has no CUDA device that torch can use; grade with --device cpu or auto.")
        device = server.device if device == "auto" else device
        made = Grader(server, seed, device, limits, server.isolation, kept=kept)
        if made.missing_protections:
            made.cautions.append(f"This machine does not give the sandbox: {', '.join(made.missing_protections)}.")
        made.prepare(labs, solutions)
        yield made

"""Runs a lab's checks on one stand-in and turns what they find into results. No process is started here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from autograder.errors import UNGRADABLE, AutograderError
from autograder.evidence import Answers, Evidence, Failure
from autograder.facts import Mistake
from autograder.lab import Check
from autograder.results import CheckResult, CheckStatus
from autograder.student import NotAttempted, NotDefined, Student

TAMPERED = "The submission answers for torch itself: a Linear layer of ours gave there what no Linear layer gives."


class TimedOut(Exception):
    """The submission did not answer in its time. The message is a sentence."""


class Crashed(Exception):
    """The submission's process ended while it was asked. The message is a sentence."""


class NoSandbox(AutograderError):
    """No sandbox can be had any more, so that nothing can be judged. The message says what is known."""

    status = UNGRADABLE


@dataclass
class Verdict:
    """A check's outcome with the evidence behind it."""

    check: Check
    status: CheckStatus
    message: str
    hint: str
    evidence: Evidence

    def as_result(self, mistake: Mistake | None = None) -> CheckResult:
        """The result to report. Where a known mistake explains the failure, its sentence stands as the hint."""
        check, earned = self.check, float(self.check.points) if self.status == "passed" else 0.0
        hint, name = (self.hint, None) if mistake is None else (mistake.sentence, mistake.id)
        return CheckResult(check.id, check.claim, check.points, earned, self.status, self.message, hint, name)


def judge_check(
    check: Check, student: Student, answers: Answers | None, why_undefined: Callable[[str], str]
) -> Verdict:
    """Run one check. `answers` None: record facts, compare with none. `why_undefined`: what went wrong where a name
    is missing, as a sentence, or nothing."""
    known = None if answers is None else answers.get(check.id, {})
    evidence = Evidence(answers=known)
    student.begin(evidence)
    status, message, hint = _outcome(check, student, why_undefined)
    return Verdict(check, status, message, hint, evidence)


def _outcome(check: Check, student: Student, why_undefined: Callable[[str], str]) -> tuple[CheckStatus, str, str]:
    try:
        check.run(student)
    except NotAttempted as todo:
        return "not_attempted", str(todo), ""
    except NotDefined as missing:
        why = why_undefined(str(missing))
        message = f"{missing} is not defined. {why}".strip()
        return ("failed" if why else "not_attempted"), message, ""
    except Failure as failure:
        student.evidence.failures.append(failure)
    except TimedOut as late:
        return "timed_out", str(late), ""
    except Crashed as crash:
        return "crashed", str(crash), ""
    except NoSandbox:
        raise
    except Exception as error:  # a fault of a check must not end the class  # noqa: BLE001
        if not _torch_is_intact(student):
            return "failed", TAMPERED, ""
        return "ungradable", f"The check itself failed with {type(error).__name__}: {error}", ""
    if student.evidence.failures:
        first = student.evidence.failures[0]
        return "failed", first.message, first.hint
    return "passed", "", ""


def _torch_is_intact(student: Student) -> bool:
    """Whether a layer of ours computes what it must. Errors: `NoSandbox`, which is no fault of the submission's."""
    try:
        return student.torch_is_intact()
    except NoSandbox:
        raise
    except Exception:  # whatever the answers are made of  # noqa: BLE001
        return False


def judge(
    checks: Iterable[Check],
    student: Student,
    answers: Answers | None,
    why_undefined: Callable[[str], str] = lambda name: "",
) -> Iterator[Verdict]:
    """Run checks in their order. One that needs a check that has not passed is not run."""
    statuses: dict[str, CheckStatus] = {}
    for check in checks:
        blockers = {needed: statuses[needed] for needed in check.needs if statuses.get(needed, "passed") != "passed"}
        if blockers and answers is not None:
            verdict = not_run(check, blockers)
        else:
            verdict = judge_check(check, student, answers, why_undefined)
        statuses[check.id] = verdict.status
        yield verdict


def not_run(check: Check, blockers: Mapping[str, CheckStatus]) -> Verdict:
    """The outcome of a check that builds on these, of which none has passed."""
    untouched = all(status == "not_attempted" for status in blockers.values())
    names, told = " and ".join(blockers), "been attempted" if untouched else "passed"
    message = f"This check builds on {names}, which {'has' if len(blockers) == 1 else 'have'} not {told}."
    return Verdict(check, "not_attempted" if untouched else "not_run", message, "", Evidence())

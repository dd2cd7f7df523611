"""Check cells: the same checks, run at once in the student's own kernel. For learning; no grade comes from here."""

from __future__ import annotations

import contextlib
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograder.facts import SHIPPED_SEED, FactTable, load_table
from autograder.feedback import feedback, score_sheet
from autograder.judging import Verdict, judge
from autograder.lab import Check, Lab, load_lab
from autograder.results import CheckResult
from autograder.student import Student


class CheckFailed(Exception):
    """A check did not pass, while nbgrader validates. Shown as the feedback alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:  # IPython's hook
        return str(self).splitlines()


def checks(lab_name: str) -> Callable[..., float]:
    """The function that a lab's check cells call: `check("name of a check")` prints feedback, `check()` what all checks
    give and its sum; both return the points earned.

    While nbgrader validates, a check that does not pass raises `CheckFailed`, so that its feedback is shown there.
    In the grader's sandbox it does nothing: checks run outside of it.
    """
    lab = load_lab(lab_name)

    def check(check_id: str = "") -> float:
        """Run one check, or all, on what this notebook has defined so far, print the feedback, return the points."""
        if "AUTOGRADER_SANDBOX" in os.environ:
            return 0.0
        if not check_id:
            return _check_all(lab)
        (result,) = check_namespace(lab, [lab[check_id]], _namespace())
        if os.environ.get("NBGRADER_VALIDATING") and result.status != "passed":
            raise CheckFailed(feedback(result))
        print(feedback(result))
        return result.earned

    return check


def _check_all(lab: Lab) -> float:
    if "NBGRADER_EXECUTION" in os.environ:  # nbgrader runs every check's own cell
        return 0.0
    results = check_namespace(lab, lab.checks, _namespace())
    print(score_sheet(results))
    return sum(result.earned for result in results)


def check_namespace(lab: Lab, wanted: Sequence[Check], namespace: dict[str, Any]) -> list[CheckResult]:
    """The results of these checks on live definitions, with the facts of seed 0."""
    from autograder.sandbox.respondent import Respondent

    table = load_table(lab.name)
    student = Student(Respondent(namespace).answer, SHIPPED_SEED)
    with _quiet(), _same_random_numbers_afterwards():
        needed = [lab[name] for check in wanted for name in check.needs]
        verdicts = judge(dict.fromkeys([*needed, *wanted]), student, table.answers)
        found = {verdict.check: verdict for verdict in verdicts}
    return [_as_result(found[check], table) for check in wanted]


def _as_result(verdict: Verdict, table: FactTable) -> CheckResult:
    mistake = table.explanation(verdict.check.id, verdict.evidence) if verdict.status == "failed" else None
    return verdict.as_result(mistake)


def _namespace() -> dict[str, Any]:
    """What the student has defined: the kernel's namespace, or that of a plain script."""
    from IPython import get_ipython

    shell = get_ipython()
    namespace: dict[str, Any] = shell.user_ns if shell is not None else vars(sys.modules["__main__"])
    return namespace


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Drop what the student's code prints while it is checked, and its warnings: the feedback stands alone."""
    with open(os.devnull, "w") as nothing, contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(nothing))
        stack.enter_context(contextlib.redirect_stderr(nothing))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _same_random_numbers_afterwards() -> Iterator[None]:
    """A check must not change what a later cell draws: give all three generators their state back."""
    import numpy as np
    import torch

    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])

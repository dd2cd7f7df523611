"""A lab's rules stand in order, with claims, points and needs, and a check runs only on what it needs."""

from __future__ import annotations

import pytest

from autograder.evidence import Failure
from autograder.judging import TAMPERED, judge
from autograder.lab import Lab, UnknownLab, load_lab
from autograder.sandbox.respondent import Respondent
from autograder.student import Student

toy = Lab("toy", "A toy")


@toy.check(points=2)
def answer_is_42(student: Student) -> None:
    """answer() returns 42."""
    student.expect_close("answer()", student.answer(), 42.0, atol=0.0, hint="Think deeply.")


@toy.check(points=3, needs=[answer_is_42])
def answer_is_even(student: Student) -> None:
    """answer() is even."""
    if student.answer() % 2:
        raise Failure("answer() is odd.")


@toy.check(points=1)
def grader_is_without_fault(student: Student) -> None:
    """Never happens."""
    raise ZeroDivisionError("ours")


def outcome(reply: dict[str, object]) -> list[tuple[str, str]]:
    honest = Respondent({})  # torch itself answers as it should
    student = Student(lambda question: reply if question.get("target") == "answer" else honest.answer(question), seed=1)
    return [(verdict.status, verdict.message) for verdict in judge(toy.checks, student, answers={})]


FAULT = ("ungradable", "The check itself failed with ZeroDivisionError: ours")


def test_a_lab_adds_up_and_names_its_checks() -> None:
    assert toy.max_score == 6
    assert toy["answer_is_even"].claim == "answer() is even."
    assert toy["answer_is_even"].needs == ("answer_is_42",)
    with pytest.raises(KeyError, match="its checks are: answer_is_42, answer_is_even, grader_is_without_fault"):
        toy["answer_is_odd"]
    with pytest.raises(UnknownLab, match="there is no lab 'toy'; the labs are: "):
        load_lab("toy")


def test_what_passes_what_fails_and_what_is_then_not_run() -> None:
    assert outcome({"value": 42.0}) == [("passed", ""), ("passed", ""), FAULT]
    not_run = ("not_run", "This check builds on answer_is_42, which has not passed.")
    assert outcome({"value": 41.0}) == [("failed", "answer(): 41; expected 42 (within 0)."), not_run, FAULT]


def test_where_torch_itself_is_changed_a_fault_is_the_submissions() -> None:
    student = Student(lambda question: {"value": 42.0}, seed=1)
    *_, verdict = judge(toy.checks, student, answers={})
    assert (verdict.status, verdict.message) == ("failed", TAMPERED)


def test_what_is_missing_or_open_is_not_attempted() -> None:
    after = ("not_attempted", "This check builds on answer_is_42, which has not been attempted.")
    assert outcome({"missing": "answer"}) == [("not_attempted", "answer is not defined."), after, FAULT]
    frame = ["<cell 3>", 2, "raise NotImplementedError  # delete"]
    raised = {"type": "NotImplementedError", "message": "", "frames": [frame], "innermost": True, "todo": "TODO 1"}
    assert outcome({"raised": raised}) == [("not_attempted", "TODO 1 is still open (cell 3, line 2)."), after, FAULT]


def test_an_exception_is_told_with_its_call_and_place() -> None:
    raised = {"type": "TypeError", "message": "no", "frames": [["<cell 3>", 2, "return 1 + ''"]], "innermost": True}
    state, message = outcome({"raised": raised})[0]
    assert (state, message) == ("failed", "answer() raised TypeError: no (cell 3, line 2: `return 1 + ''`).")


@pytest.mark.parametrize("frames", [None, 5, [], [7], [["x"]], [[None, {}, []]], "text"])
def test_a_malformed_description_of_an_exception_is_still_a_failure(frames: object) -> None:
    assert outcome({"raised": {"type": 7, "frames": frames}})[0][0] == "failed"


def test_a_shared_check_has_the_labs_own_points_and_claim() -> None:
    own = Lab("own", "Own", points={"shared": 5}, claims={"shared": "Said otherwise."})

    @own.check(points=2)
    def shared(student: Student) -> None:
        """Said once."""

    assert [(check.points, check.claim) for check in own.checks] == [(5, "Said otherwise.")]

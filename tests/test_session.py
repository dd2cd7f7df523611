"""A submission's own faults cost it what they must and nothing more, and are told in a sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from autograder.example_class import without_markers
from autograder.grading import Grader
from autograder.judging import NoSandbox, judge_check
from autograder.lab import Check, load_lab
from autograder.results import Result
from autograder.sandbox.isolation import Limits
from autograder.student import Student
from autograder.submission import Cell

Grade = Callable[[Sequence[Cell]], Result]


def with_cell(cells: Sequence[Cell], source: str, place: int = 1) -> list[Cell]:
    return [*cells[:place], Cell(900, source), *cells[place:]]


def edited(cells: Sequence[Cell], old: str, new: str) -> list[Cell]:
    assert sum(cell.source.count(old) for cell in cells) == 1
    return [replace(cell, source=cell.source.replace(old, new)) for cell in cells]


def status(result: Result, check_id: str) -> tuple[str, str]:
    check = next(check for check in result.checks if check.id == check_id)
    return check.status, check.message


def test_the_answer_as_a_student_would_write_it_scores_everything(grade: Grade, gan_answer: list[Cell]) -> None:
    result = grade([replace(cell, source=without_markers(cell.source)) for cell in gan_answer])
    assert (result.score, result.max_score, result.message) == (70.0, 70.0, "")


def test_no_cells_at_all_are_not_attempted(grade: Grade) -> None:
    result = grade([])
    assert result.score == 0
    assert {check.status for check in result.checks} == {"not_attempted"}
    assert status(result, "generator_maps_noise_to_images")[1] == "Generator is not defined."


def test_of_many_cells_that_stop_the_first_ten_are_told(grade: Grade) -> None:
    result = grade([Cell(number, f"raise ValueError('{'long ' * 1000}')") for number in range(1, 31)])
    assert [word for word in result.message.split() if word.isdecimal()] == [*(str(n) for n in range(1, 11)), "20"]
    assert result.message.endswith("So it is with 20 more cells.")
    assert len(result.message) < 21_000


def test_a_syntax_error_is_named_and_other_cells_are_graded(grade: Grade, gan_answer: list[Cell]) -> None:
    broken = edited(gan_answer, "class Discriminator(nn.Module):", "class Discriminator(nn.Module:")
    number = next(cell.number for cell in broken if "class Discriminator(" in cell.source)
    result = grade(broken)
    place = f"(cell {number}, line 1: `class Discriminator(nn.Module:`)"
    told = f"Cell {number} stopped with SyntaxError: invalid syntax {place}."
    assert result.message == told
    expected = ("failed", f"Discriminator is not defined. {told}")
    assert status(result, "discriminator_maps_images_to_probabilities") == expected
    assert status(result, "generator_computes_its_layers") == ("passed", "")
    assert status(result, "discriminator_loss_adds_both_terms") == ("passed", "")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("while True:\n    pass", "Cell 900 did not finish: no answer within 3 seconds."),
        ("import os\nos._exit(0)", "Cell 900 did not finish: the submission's process ended."),
        ("import sys\nsys.exit()", "Cell 900 stopped with SystemExit (cell 900, line 2: `sys.exit()`)."),
        ("print(undefined_name)", "Cell 900 stopped with NameError: name 'undefined_name' is not defined"),
    ],
)
def test_a_bad_cell_costs_nothing_else(grade: Grade, gan_answer: list[Cell], source: str, told: str) -> None:
    result = grade(with_cell(gan_answer, source))
    assert result.score == 70
    assert result.message.startswith(told)


def test_what_the_machine_lacks_costs_nothing_beside_it(grade: Grade, gan_answer: list[Cell]) -> None:
    lacking = "from google.colab import drive\ndrive.mount('/content/drive')\n"
    number = next(cell.number for cell in gan_answer if "class Generator(" in cell.source)
    result = grade(edited(gan_answer, "class Generator(", f"{lacking}class Generator("))
    told = f"Cell {number} stopped with ModuleNotFoundError: No module named 'google.colab' (cell {number}, line 1: "
    assert result.message == f"{told}`from google.colab import drive`)."
    assert result.score == 70


def test_where_a_name_is_missing_the_first_problem_is_told_first(grade: Grade, gan_answer: list[Cell]) -> None:
    result = grade([Cell(1, "from torchh import nn"), *gan_answer[2:]])
    told = status(result, "generator_maps_noise_to_images")[1]
    assert told.startswith(
        "Generator is not defined. Cell 1 stopped with ModuleNotFoundError: No module named 'torchh'"
    )
    assert "stopped with NameError: name 'nn' is not defined" in told


def one_cell(cells: Sequence[Cell], loop: str) -> Cell:
    """The answer as a script of one cell with a loop of its own at its end."""
    source = "\n\n".join(cell.source for cell in cells if "main(" not in cell.source)
    return Cell(1, f'{source}\n\nif __name__ == "__main__":\n    {loop}')


@pytest.mark.parametrize("loop", ["while True: pass", "while True:\n        try: 1 / 0\n        except: pass"])
def test_a_script_that_trains_at_its_end_is_graded(grade: Grade, gan_answer: list[Cell], loop: str) -> None:
    result = grade([one_cell(gan_answer, loop)])
    assert (result.score, result.message) == (70, "Cell 1 did not finish: no answer within 3 seconds.")


def test_a_cell_that_kills_its_process_keeps_its_definitions(grade: Grade, gan_answer: list[Cell]) -> None:
    result = grade([one_cell(gan_answer, "os._exit(0)")])
    assert (result.score, result.message) == (70, "Cell 1 did not finish: the submission's process ended.")


def test_cells_that_last_leave_time_for_the_questions(graded_by: Grader, gan_answer: list[Cell]) -> None:
    hasty = replace(graded_by, limits=Limits(cell_s=3, question_s=3, submission_s=24))
    training = [Cell(900 + n, "while True: pass") for n in range(8)]
    started = time.monotonic()
    result = hasty.grade_cells(load_lab("gan"), [*gan_answer, *training])
    assert result.score == 70
    assert "Cell 907 did not finish: no answer within 1 seconds." in result.message
    assert time.monotonic() - started < 22


@pytest.mark.parametrize("line_end", ["\r\n", "\r", "\f\n"])
def test_lines_end_as_python_says(grade: Grade, gan_answer: list[Cell], line_end: str) -> None:
    assert grade([replace(cell, source=cell.source.replace("\n", line_end)) for cell in gan_answer]).score == 70


def test_cells_out_of_order_lose_what_they_fail_to_define(grade: Grade, gan_answer: list[Cell]) -> None:
    result = grade([*gan_answer[1:], gan_answer[0]])  # imports last
    assert result.score < 70
    assert "is not defined" in status(result, "generator_maps_noise_to_images")[1]


def test_a_function_that_stalls_is_waited_for_once(grade: Grade, gan_answer: list[Cell]) -> None:
    result = grade(with_cell(gan_answer, "def train_generator(*arguments):\n    while True: pass", len(gan_answer)))
    late = [check.id for check in result.checks if check.status == "timed_out"]
    assert "generator_loss_is_non_saturating" in late
    assert status(result, "generator_loss_is_non_saturating")[1] == ("train_generator gave no answer within 3 seconds.")
    assert status(result, "discriminator_loss_adds_both_terms")[0] == "passed"


def test_a_network_that_stalls_costs_its_own_checks(grade: Grade, gan_answer: list[Cell]) -> None:
    endless = "def forward(self, x):\n        while True: pass\n        h = self.fc1(x)"
    result = grade(edited(gan_answer, "def forward(self, x):\n        h = self.fc1(x)", endless))
    late = [check.id for check in result.checks if check.status == "timed_out"]
    assert status(result, late[0])[1] == "Discriminator gave no answer within 3 seconds."
    passed = {check.id for check in result.checks if check.status == "passed"}
    assert {
        "generator_computes_its_layers",
        "generator_update_follows_its_loss",
        "optimizers_are_adam_at_2e_4",
    } < passed


def test_a_function_that_kills_its_process_crashes_its_own_checks(grade: Grade, gan_answer: list[Cell]) -> None:
    result = grade(with_cell(gan_answer, "def build_optimizers(G, D):\n    import os; os._exit(1)", len(gan_answer)))
    assert status(result, "optimizers_are_adam_at_2e_4") == (
        "crashed",
        "While build_optimizers ran, the submission's process ended.",
    )
    assert status(result, "models_are_built_for_mnist")[0] == "passed"


def test_training_in_a_cell_of_ones_own_does_not_run(grade: Grade, gan_answer: list[Cell]) -> None:
    result = grade(with_cell(gan_answer, "losses = main(num_epoch=10**9)", len(gan_answer)))
    assert (result.score, result.message) == (70.0, "")


def test_an_open_todo_is_named_with_its_place(grade: Grade, gan_answer: list[Cell]) -> None:
    stub = "self.fc2 = None\n        raise NotImplementedError  # delete this line when your answer stands here"
    open_todo = edited(gan_answer, "self.fc2 = nn.Sequential(nn.Linear(hidden_dim, hidden_dim), nn.ReLU())", stub)
    number = next(cell.number for cell in open_todo if "class Generator" in cell.source)
    expected = ("not_attempted", f"TODO 2 is still open (cell {number}, line 13).")
    assert status(grade(open_todo), "generator_maps_noise_to_images") == expected


def test_a_not_implemented_error_of_torchs_own_is_a_failure(grade: Grade, gan_answer: list[Cell]) -> None:
    no_forward = edited(gan_answer, "def forward(self, z):", "def foward(self, z):")
    state, told = status(grade(no_forward), "generator_maps_noise_to_images")
    assert state == "failed"
    assert told.startswith("Generator(100, 256, 784)(tensor of shape (2, 100)) raised NotImplementedError: Module")


def test_where_no_sandbox_is_left_to_ask_there_is_no_verdict() -> None:
    def respond(question: dict[str, Any]) -> dict[str, Any]:
        raise NoSandbox("the process that forks sandboxes has ended")

    def faulty(student: Student) -> None:
        raise KeyError("pid")

    check = Check("faulty", "A claim.", 1, (), faulty)
    with pytest.raises(NoSandbox):
        judge_check(check, Student(respond, seed=1), {}, lambda name: "")

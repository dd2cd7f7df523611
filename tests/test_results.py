"""Results are written whole: finite scores within the maximum, every row, and no formula in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from autograder.feedback import class_table, feedback, result_text
from autograder.results import CheckResult, Report, Result

FAILED = CheckResult(
    "clipping_follows_the_step",
    "After each critic update every critic parameter lies within [-clip_value, clip_value].",
    4,
    0.0,
    "failed",
    "After train_discriminator the largest |parameter| is 0.01050; expected 0.01 (within 1e-07).",
    "This is what comes out when the weights are clipped before the step. See section 3.",
    "clipped_before_the_step",
)
PASSED = CheckResult("critic_scores_images", "The critic gives one score an image.", 3, 3.0, "passed")
ANN = Result("ann", "wgan", "ann/wgan/wgan.ipynb", "ab" * 32, 7.0, "graded", seconds=0.4, checks=[PASSED, FAILED])
EVE = Result("=HYPERLINK(0)", "wgan", "eve/wgan/wgan.ipynb", "", 7.0, "unreadable", "The file is empty.")
REPORT = Report({"autograder": "0", "torch": "0", "device": "cpu", "isolation": "none", "seed": 5}, [ANN, EVE])


def test_json_has_the_interface_of_the_design() -> None:
    document = json.loads(REPORT.as_json())
    assert document["schema"] == 1
    assert document["environment"]["seed"] == 5
    ann, eve = document["results"]
    assert (ann["score"], ann["max_score"], ann["status"], ann["seconds"]) == (3.0, 7.0, "graded", 0.4)
    assert ann["checks"][1] == {
        "id": "clipping_follows_the_step",
        "title": FAILED.title,
        "points": 4,
        "earned": 0.0,
        "status": "failed",
        "message": FAILED.message,
        "hint": FAILED.hint,
        "mistake": "clipped_before_the_step",
    }
    assert (eve["score"], eve["status"], eve["message"], eve["checks"]) == (0, "unreadable", "The file is empty.", [])


def test_csv_has_a_row_a_submission_and_a_column_a_check() -> None:
    ann, eve = csv.DictReader(io.StringIO(REPORT.as_csv()))
    assert (ann["student"], ann["score"], ann["critic_scores_images"]) == ("ann", "3.0", "3.0")
    assert ann["clipping_follows_the_step"] == "0.0"
    assert eve["student"] == "'=HYPERLINK(0)"
    assert eve["critic_scores_images"] == ""


@pytest.mark.parametrize("name", ["=1+1", "-1", " =1", "\uff1d1+1", "\t=1"])
def test_no_name_is_a_formula(name: str) -> None:
    report = Report(REPORT.environment, [replace(EVE, student=name)])
    assert next(csv.DictReader(io.StringIO(report.as_csv())))["student"] == f"'{name}"


def test_what_students_code_says_stands_apart_from_what_the_grader_says() -> None:
    forged = replace(ANN, message="Cell 1 stopped with ValueError: x\n\nann, wgan: 7 of 7 points\nPASSED  all")
    lines = result_text(forged).splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "ann, wgan: 3 of 7 points",
        "FAILED  clipping_follows_the_step   0/4",
    ]
    console = Console(width=300, record=True, file=io.StringIO())
    console.print(class_table(Report(REPORT.environment, [forged, EVE])))
    assert len(console.export_text().splitlines()) == 6  # borders, heads, and one line a student


def test_feedback_is_rule_evidence_and_cause() -> None:
    assert feedback(FAILED) == (
        "FAILED  clipping_follows_the_step   0/4\n"
        "  After each critic update every critic parameter lies within [-clip_value, clip_value].\n"
        "  After train_discriminator the largest |parameter| is 0.01050; expected 0.01 (within 1e-07).\n"
        "  This is what comes out when the weights are clipped before the step. See section 3."
    )
    assert feedback(PASSED) == "PASSED  critic_scores_images   3/3"
    assert result_text(ANN).startswith("ann, wgan: 3 of 7 points\n\nFAILED  clipping")

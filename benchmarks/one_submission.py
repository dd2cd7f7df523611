"""Where the time of one submission goes: reading it, starting its sandbox, its cells, each check, and the end.

    python -m benchmarks.one_submission gan dcgan wgan --times 15

Grades the reference answer again and again, one at a time, and prints the median of each part in milliseconds, the
shortest beside it: on a shared machine the shortest says more.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from autograder.grading import Grader, grader
from autograder.judging import judge
from autograder.lab import Lab, load_lab
from autograder.sandbox.process import Sandbox
from autograder.session import Session
from autograder.student import Student
from autograder.submission import Submission, answer_path
from benchmarks.accuracy import SOLUTIONS

CHECKS = "all checks"


class Times:
    """Milliseconds by part, in the order in which the parts come."""

    def __init__(self) -> None:
        self.of: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.of[name].append(1000 * (time.perf_counter() - started))


def grade_once(by: Grader, lab: Lab, times: Times) -> None:
    """Grade the lab's answer as `Grader.judged` does, with a look at the clock between its parts."""
    with times.part("read"):
        cells, _ = Submission(answer_path(lab.name, SOLUTIONS), "answer", lab.name).read()
    with times.part("start and end of an empty sandbox"), Sandbox(by.server, by.device, (), by.limits):
        pass
    with times.part("the whole submission"), Session(by.server, lab, cells, by.device, by.limits) as session:
        student = Student(session.respond, by.seed, by.device)
        with times.part("start and cells"):
            student.torch_is_intact()  # the first question starts the sandbox
        verdicts = judge(lab.checks, student, by.answers[lab.name], session.why_undefined)
        with times.part(CHECKS):
            for check in lab.checks:
                with times.part(check.id):
                    verdict = next(verdicts)
                assert verdict.status == "passed", verdict


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labs", nargs="*", default=["gan", "dcgan", "wgan"])
    parser.add_argument("--times", type=int, default=15)
    arguments = parser.parse_args()
    with grader(arguments.labs, seed=0, device="cpu", solutions=SOLUTIONS) as by:
        for lab in map(load_lab, arguments.labs):
            times = Times()
            for _ in range(arguments.times):
                grade_once(by, lab, times)
            print(f"{lab.name}: median and shortest of {arguments.times}, in milliseconds")
            for name, found in sorted(times.of.items(), key=lambda item: -statistics.median(item[1])):
                print(f"{statistics.median(found):8.1f} {min(found):8.1f}  {name}")


if __name__ == "__main__":
    main()

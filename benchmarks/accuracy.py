"""The accuracy of the grader: what of the banks is caught, named, wrongly named, and what right answers lose.

    python -m benchmarks.accuracy gan dcgan wgan --seeds 200 --pairs 50

Grades every known mistake and unusual right answer of a lab's bank through the sandbox, with a seed of its own each;
then pairs of mistakes drawn at random, which must lose what the worse of the two loses and must not be named as a
third; then the reference answer with so many seeds, and every right answer with a twentieth of them; then the short
training run of every unusual right answer with all of them.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console

from autograder.grading import AnswerFails, Grader, grader
from autograder.judging import judge
from autograder.lab import lab_names, load_lab
from autograder.results import Result
from autograder.sandbox.isolation import Limits
from autograder.session import Session
from autograder.student import Student
from autograder.submission import Cell, Submission
from autograder.variants import BadEdit, Variant, load_variants

SOLUTIONS = Path(__file__).resolve().parents[1] / "solutions"
LONG_S = 3600.0  # for the short training runs of one right answer with all seeds
DRAWS = 20  # of a pair, before the search for one whose edits fit together is given up

console = Console()


@dataclass
class Row:
    """What was found of one lab. Every list holds sentences, one a case that is not as it should be."""

    lab: str
    wrong: int = 0
    caught: int = 0
    pairs: int = 0
    right: int = 0
    seeds: int = 0
    unnamed: list[str] = field(default_factory=list)
    wrongly_named: list[str] = field(default_factory=list)
    other_losses: list[str] = field(default_factory=list)
    bad_pairs: list[str] = field(default_factory=list)
    wronged: list[str] = field(default_factory=list)


FIGURES: dict[str, Callable[[Row], int]] = {
    "known mistakes": lambda row: row.wrong,
    "caught": lambda row: row.caught,
    "named": lambda row: row.wrong - len(row.unnamed),
    "wrongly named": lambda row: len(row.wrongly_named),
    "that lose other checks than stated": lambda row: len(row.other_losses),
    "pairs of mistakes": lambda row: row.pairs,
    "that lose too little or are wrongly named": lambda row: len(row.bad_pairs),
    "unusual right answers": lambda row: row.right,
    "seeds for the answer and all short trainings": lambda row: row.seeds,
    "checks that a right answer lost": lambda row: len(row.wronged),
}


def lost(result: Result) -> set[str]:
    """The checks that did not pass."""
    return {check.id for check in result.checks if check.status != "passed"}


def names(result: Result) -> set[str]:
    """The known mistakes that the result names."""
    return {check.mistake for check in result.checks if check.mistake}


def in_threads(work: Callable[[int], None], items: Iterable[int]) -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(work, items))


class Bank:
    """One lab's bank, with the means to grade it."""

    def __init__(self, lab: str, base: Grader) -> None:
        self.lab, self.base = load_lab(lab), base
        self.answer = Submission(SOLUTIONS / f"{lab}.py", "answer", lab).read()[0]
        self.variants = load_variants(lab, SOLUTIONS)
        self.row = Row(lab)

    def with_seed(self, seed: int) -> Grader:
        made = replace(self.base, seed=seed, answers={})
        made.prepare([self.lab.name], SOLUTIONS)
        return made

    def graded(self, by: Grader, cells: Sequence[Cell]) -> Result:
        return by.grade_cells(self.lab, cells)

    def wrong_ones(self, seed: int) -> None:
        """Every known mistake: the checks that it fails, and the name that it gets."""
        by, wrong = self.with_seed(seed), [variant for variant in self.variants if not variant.is_right]
        self.row.wrong = len(wrong)

        def one(place: int) -> None:
            variant = wrong[place]
            result = self.graded(by, variant.cells(self.answer))
            self.row.caught += bool(lost(result))
            if variant.name not in names(result):
                self.row.unnamed.append(f"{variant.name} is not named")
            if names(result) - {variant.name}:
                self.row.wrongly_named.append(f"{variant.name} is named {', '.join(names(result))}")
            if lost(result) - set(variant.sometimes) != set(variant.fails):
                self.row.other_losses.append(f"{variant.name} loses {sorted(lost(result))}, not {variant.fails}")

        in_threads(one, range(len(wrong)))

    def pairs(self, count: int, seed: int) -> None:
        """Two mistakes at once."""
        by = self.with_seed(seed)
        drawn = list(self._draw(count, random.Random(seed)))
        self.row.pairs = len(drawn)

        def one(place: int) -> None:
            first, second, cells = drawn[place]
            result = self.graded(by, cells)
            gone = sum(check.points - check.earned for check in result.checks)
            worse = max(sum(self.lab[check].points for check in variant.fails) for variant in (first, second))
            told = f"{first.name} with {second.name}"
            if gone < worse:
                self.row.bad_pairs.append(f"{told} loses {gone:g}, the worse of them {worse:g}")
            if names(result) - {first.name, second.name}:
                self.row.bad_pairs.append(f"{told} is named {', '.join(names(result))}")

        in_threads(one, range(len(drawn)))

    def _draw(self, count: int, chance: random.Random) -> Iterator[tuple[Variant, Variant, list[Cell]]]:
        wrong = [variant for variant in self.variants if not variant.is_right]
        for _ in range(count):
            for _ in range(DRAWS):
                first, second = chance.sample(wrong, 2)
                try:
                    both, in_turn = second.cells(first.cells(self.answer)), first.cells(second.cells(self.answer))
                except BadEdit:  # both change the same lines
                    continue
                if both == in_turn:  # else one changes what the other has made, and may take it back
                    yield first, second, both
                    break

    def right_ones(self, seeds: int) -> None:
        """The answer with every seed, and the unusual right answers with a twentieth of them."""
        right = [variant for variant in self.variants if variant.is_right]
        self.row.right, self.row.seeds = len(right), seeds

        def one(seed: int) -> None:
            try:
                by = self.with_seed(seed)
            except AnswerFails as told:
                self.row.wronged.append(str(told))
                return
            for variant in right if seed % 20 == 1 else []:
                for check in self.graded(by, variant.cells(self.answer)).checks:
                    if check.status != "passed":
                        self.row.wronged.append(f"{variant.name}, seed {seed}, {check.id}: {check.message}")

        in_threads(one, range(1, seeds + 1))

    def short_trainings(self, seeds: int) -> None:
        """The short training run of every unusual right answer with every seed."""
        right = [variant for variant in self.variants if variant.is_right]
        checks = [check for check in self.lab.checks if check.id.startswith("short_training")]
        limits = Limits(submission_s=LONG_S)

        def one(place: int) -> None:
            cells = right[place].cells(self.answer)
            with Session(self.base.server, self.lab, cells, self.base.device, limits) as session:
                for seed in range(1, seeds + 1):
                    for verdict in judge(checks, Student(session.respond, seed, self.base.device), None):
                        if verdict.status != "passed":
                            told = f"{right[place].name}, seed {seed}, {verdict.check.id}: {verdict.message}"
                            self.row.wronged.append(told)

        in_threads(one, range(len(right)))


def measured(bank: Bank, seeds: int, pairs: int, seed: int) -> Row:
    """Grade one bank and print what is not as it should be."""
    started = time.perf_counter()
    bank.wrong_ones(seed)
    bank.pairs(pairs, seed)
    bank.right_ones(seeds)
    bank.short_trainings(seeds)
    row = bank.row
    for told in (row.unnamed, row.wrongly_named, row.other_losses, row.bad_pairs, row.wronged):
        for line in told:
            console.print(f"{row.lab}: {line}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{row.lab}: {time.perf_counter() - started:.0f} s", highlight=False)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labs", nargs="*", default=lab_names())
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--pairs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=11, help="of the grading of mistakes, and of the pairs drawn")
    arguments = parser.parse_args()
    with grader([], seed=0, device="cpu") as base:
        rows = [measured(Bank(name, base), arguments.seeds, arguments.pairs, arguments.seed) for name in arguments.labs]
    lines = [["", *(row.lab for row in rows)], ["---"] * (1 + len(rows))]
    lines += [[what, *(str(figure(row)) for row in rows)] for what, figure in FIGURES.items()]
    for line in lines:
        print(f"| {' | '.join(line)} |")
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")


if __name__ == "__main__":
    main()

"""How often the short training check fails an answer that is right, over many seeds: it must never.

    python benchmarks/short_training.py dcgan wgan --seeds 200

Runs that one check of each lab on the reference answer, and on every unusual right answer whose networks, weights or
optimizers differ from it (with fewer seeds: a tenth), in this process and without a sandbox: all of it is our own code.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from autograder.judging import judge_check
from autograder.lab import Lab, load_lab
from autograder.sandbox.respondent import Respondent
from autograder.student import Student
from autograder.submission import Cell, Submission
from autograder.variants import load_variants

ROOT = Path(__file__).resolve().parents[1]


def namespace(cells: Sequence[Cell]) -> dict[str, Any]:
    """What these cells define, without the data that they load."""
    names: dict[str, Any] = {}
    for cell in cells:
        if "load_digits(" not in cell.source:
            lines = (line for line in cell.source.splitlines() if not line.startswith(("%", "!")))
            exec(compile("\n".join(lines), f"<cell {cell.number}>", "exec"), names)
    return names


def failures(lab: Lab, cells: Sequence[Cell], seeds: range) -> list[int]:
    """The seeds at which the lab's training check fails these cells."""
    names = namespace(cells)
    check = next(check for check in lab.checks if check.id.startswith("short_training"))
    failed = []
    for seed in seeds:
        verdict = judge_check(check, Student(Respondent(names).answer, seed), None, lambda name: "")
        if verdict.status != "passed":
            failed.append(seed)
            print(f"{lab.name}, seed {seed}: {verdict.message}")
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labs", nargs="+")
    parser.add_argument("--seeds", type=int, default=200)
    arguments = parser.parse_args()
    os.environ["NBGRADER_EXECUTION"] = os.environ["AUTOGRADER_SANDBOX"] = "benchmark"
    torch.set_num_threads(1)  # as in a sandbox
    for name in arguments.labs:
        lab = load_lab(name)
        answer = Submission(ROOT / "solutions" / f"{name}.py", "answer", name).read()[0]
        kinds = [("the answer", answer, arguments.seeds)]
        right = [variant for variant in load_variants(name, ROOT / "solutions") if variant.is_right]
        kinds += [(variant.name, variant.cells(answer), max(1, arguments.seeds // 10)) for variant in right]
        for what, cells, seeds in kinds:
            started = time.perf_counter()
            failed = failures(lab, cells, range(seeds))
            seconds = (time.perf_counter() - started) / seeds
            print(f"{name}: {what} fails at {len(failed)} of {seeds} seeds, {seconds:.2f} s each", flush=True)


if __name__ == "__main__":
    main()

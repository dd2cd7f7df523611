"""A class graded on a cluster has the results that it has at home, also when a worker is killed in mid-class."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from distributed import LocalCluster

from tests.conftest import ROOT, notebook


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course without answers and eight submissions: right parts, nothing, a wrong one, and one that ends itself."""
    for kind in ("autograder", "data_utils"):
        shutil.copytree(ROOT / kind, tmp_path / kind, ignore=shutil.ignore_patterns("__pycache__"))
    generator = "class Generator(torch.nn.Module):\n    def __init__(self, i, h, o):\n        super().__init__()"
    sources = [
        f"import torch\n{generator}",
        "x = 1",
        "import os; os._exit(1)",
        "def build_models(device):\n    return 1",
    ] * 2
    for number, source in enumerate(sources):
        path = tmp_path / "submitted" / f"student{number}" / "gan" / "gan.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(notebook(source, f"number = {number}"))
    return tmp_path


@pytest.fixture
def cluster() -> Iterator[LocalCluster]:
    """Two workers with a thread each."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as started:
        yield started


def grade(course: Path, *words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "autograder", "grade", "submitted", "--no-cache", "--seed", "0", *words]
    return subprocess.run(line, cwd=course, text=True, capture_output=True, timeout=300)


def results(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [{**result, "seconds": 0} for result in json.loads(done.stdout)["results"]]


def a_worker_with_a_fork_server(*workers: int) -> psutil.Process:
    """One of the worker processes, once it grades: its fork server, which a keeper started, has loaded torch and
    forked."""
    for _ in range(3000):
        for process in map(psutil.Process, workers):
            for below in process.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    if below.memory_info().rss > 300 * 2**20 and below.children():
                        return process
        time.sleep(0.02)
    raise TimeoutError("no worker has begun to grade within a minute")


def test_a_cluster_grades_as_one_machine_does_and_loses_nothing_with_a_worker(
    course: Path, cluster: LocalCluster
) -> None:
    at_home = results(grade(course, "--json", "-"))
    assert len(at_home) == 8

    def kill() -> None:
        victim = a_worker_with_a_fork_server(*(worker.pid for worker in cluster.workers.values()))
        killed.append(victim.pid)
        os.kill(victim.pid, signal.SIGKILL)

    killed: list[int] = []
    thread = threading.Thread(target=kill)
    thread.start()
    assert results(grade(course, "--json", "-", "--scheduler", cluster.scheduler_address)) == at_home
    thread.join()
    assert killed


def test_a_scheduler_that_ends_in_mid_class_is_told(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in course.glob("submitted/*/gan/gan.ipynb"):
        path.write_text(notebook("import time; time.sleep(3)"))
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "2s")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    written = course / "scheduler.json"
    quiet: dict[str, Any] = {"cwd": course, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen(
        ["dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", written],
        **quiet,
    )
    worker = subprocess.Popen(["dask", "worker", "--scheduler-file", written, "--nthreads", "1", "--no-nanny"], **quiet)
    try:
        for _ in range(300):
            if written.exists():
                break
            time.sleep(0.1)
        address = json.loads(written.read_text())["address"]

        def kill() -> None:
            a_worker_with_a_fork_server(worker.pid)
            scheduler.kill()

        thread = threading.Thread(target=kill)
        thread.start()
        done = grade(course, "--scheduler", address)
        thread.join()
    finally:
        scheduler.kill()
        worker.kill()
    assert done.returncode == 3
    told = f"The scheduler at {address} ended before the class was graded. Start it and its workers again"
    assert told in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("--scheduler", "tcp://127.0.0.1:1"),
            "start one with `dask scheduler`, and give the address that it prints.",
        ),
        (
            ("--scheduler", "tcp://127.0.0.1:1", "--jobs", "2"),
            "--jobs does not go with --scheduler: `dask worker --nthreads N` says how many.",
        ),
    ],
)
def test_a_cluster_that_is_not_there_is_told(
    course: Path, words: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "2s")
    done = grade(course, *words)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())


def test_a_worker_with_other_code_is_refused(course: Path, cluster: LocalCluster) -> None:
    with (course / "autograder" / "labs" / "gan.py").open("a") as rules:
        rules.write("# another rule\n")
    done = grade(course, "--scheduler", cluster.scheduler_address)
    assert done.returncode == 2
    assert "has another version of autograder's code; give all machines the same one." in " ".join(done.stderr.split())

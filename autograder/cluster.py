"""Grading on a dask.distributed cluster, where one machine is not enough.

Each worker has a fork server of its own and grades what it is sent: code cells, as text. The answers' facts go to the
workers, the answers do not. Whatever a worker had in hand when it ended is graded by another one.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from importlib.metadata import version

from distributed import Client, KilledWorker, Worker, WorkerPlugin, get_worker

from autograder.errors import UNGRADABLE
from autograder.grading import CannotGrade, Grader
from autograder.kept import code_hash
from autograder.lab import Lab, load_lab
from autograder.results import Result
from autograder.sandbox.process import ForkServer
from autograder.submission import Cell

WAIT_S = 30.0  # for the scheduler, and for a first worker
IN_HAND = 2  # submissions sent to each of the workers' threads, so that none waits for the next


class ClusterFailed(CannotGrade):
    """The cluster cannot grade. The message is a sentence that says what to do."""


class SchedulerEnded(ClusterFailed):
    """The scheduler ended in mid-class."""

    status = UNGRADABLE

    def __init__(self, address: str) -> None:
        what_to_do = "Start it and its workers again, then give the same command: results that were kept are read."
        super().__init__(f"The scheduler at {address} ended before the class was graded. {what_to_do}")


def _own_code() -> dict[str, str]:
    return {"autograder's code": code_hash(), "torch": version("torch")}


class GradesOnWorker(WorkerPlugin):  # type: ignore[misc]
    """Gives a worker a grader like the one at home, with a fork server of its own."""

    def __init__(self, like: Grader) -> None:
        self.name = f"autograder-{uuid.uuid4()}"  # two people may grade on one cluster
        self.seed, self.device, self.limits, self.answers = like.seed, like.device, like.limits, like.answers
        self.code = _own_code()
        self.grader: Grader | None = None

    def setup(self, worker: Worker) -> None:
        """Errors: `ClusterFailed`, where the worker would grade by other rules."""
        for what, here in _own_code().items():
            if here != self.code[what]:
                raise ClusterFailed(f"{worker.address} has another version of {what}; give all machines the same one.")
        server = ForkServer()
        if self.device == "cuda" != server.device:
            server.close()
            raise ClusterFailed(f"{worker.address} has no CUDA device that torch can use; grade with --device cpu.")
        self.grader = Grader(server, self.seed, self.device, self.limits, server.isolation, dict(self.answers))

    def teardown(self, worker: Worker) -> None:
        if self.grader is not None:
            self.grader.server.close()


def _grader_of(worker: Worker, plugin: str) -> Grader:
    grader: Grader = worker.plugins[plugin].grader
    return grader


def _judged_there(plugin: str, lab: str, cells: Sequence[Cell]) -> tuple[Result, bool]:
    return _grader_of(get_worker(), plugin).judged(load_lab(lab), cells)


def _isolation_there(plugin: str, dask_worker: Worker) -> Sequence[str]:
    return _grader_of(dask_worker, plugin).isolation


@dataclass
class ClusterGrader(Grader):
    """A grader whose submissions are judged by a cluster's workers; the rest of the work is done at home."""

    client: Client | None = None
    plugin: str = ""

    def judged(self, lab: Lab, cells: Sequence[Cell]) -> tuple[Result, bool]:
        assert self.client is not None
        future = self.client.submit(_judged_there, self.plugin, lab.name, list(cells), pure=False)
        try:
            judged: tuple[Result, bool] = future.result()
        except KilledWorker:  # dask gives a task up that three workers did not survive
            return super().judged(lab, cells)
        except CancelledError:
            raise SchedulerEnded(self.client.scheduler.address) from None
        return judged


@contextmanager
def on_cluster(home: Grader, address: str) -> Iterator[tuple[ClusterGrader, int]]:
    """The grader at home, with the workers of this scheduler as its hands, and how many submissions to have in hand.

    Errors: `ClusterFailed`, where there is no scheduler, no worker, or one that would grade by other rules.
    """
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # what it logs is told in a sentence of ours
    try:
        client = Client(address, timeout=WAIT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        told = f"No scheduler answers at {address!r} ({error})"
        raise ClusterFailed(f"{told}: start one with `dask scheduler`, and give the address that it prints.") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WAIT_S)
        except TimeoutError:
            told = f"The scheduler at {address} has no worker: start some with `dask worker {address}`"
            raise ClusterFailed(f"{told} in a folder with this autograder.") from None
        plugin = GradesOnWorker(home)
        try:
            client.register_plugin(plugin)
        except Exception as error:  # what a worker raises comes back as it was raised there  # noqa: BLE001
            raise ClusterFailed(f"The workers of {address} cannot grade: {error}") from None
        try:
            layers = client.run(_isolation_there, plugin.name, on_error="ignore").values()
            common = [layer for layer in home.isolation if all(layer in there for there in layers)]
            if lacking := [layer for layer in home.isolation if layer not in common]:
                home.cautions.append(f"A worker of the cluster does not give the sandbox: {', '.join(lacking)}.")
            own = {field.name: getattr(home, field.name) for field in fields(home)} | {"isolation": common}
            grader = ClusterGrader(**own, client=client, plugin=plugin.name)
            yield grader, IN_HAND * sum(client.nthreads().values())
        finally:
            with suppress(OSError):  # no scheduler is left; its workers end by themselves
                client.unregister_worker_plugin(plugin.name)  # which ends the workers' fork servers

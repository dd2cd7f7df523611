"""The fork server: a process that has torch loaded and forks a sandbox for each submission, in milliseconds.

It holds no answer and no file of the course, because a fork can read all that its parent had in memory. It never
touches CUDA, which does not survive a fork. `python -m autograder.sandbox.server FD` runs its keeper, which forks it.
It speaks to its grader over that socket, one JSON message at a time, and ends with it: a sandbox outlives neither. Its
first message, sent before it loads anything, tells what a sandbox finds on this machine: the layers in force, and the
device.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

from autograder import wire
from autograder.sandbox.isolation import MAX_MESSAGE, PRIVATE_FILES, Limits, fork_apart, isolate, separate
from autograder.sandbox.keeper import delete, keep

if TYPE_CHECKING:
    from autograder.sandbox.cells import Cells

# What the notebooks import: loaded once here, so that no submission waits for it.
PRELOADED = (
    "autograder.sandbox.cells",
    "autograder.sandbox.respondent",
    "autograder.notebook",
    "matplotlib.pyplot",
    "torchvision.datasets",
    "torchvision.transforms",
    "torchvision.utils",
    "torch.utils.tensorboard",
    "torch._dynamo",
    "tqdm.auto",
    "IPython.display",
    "data_utils.digits",
    "data_utils.pictures",
    "data_utils.report",
    "data_utils.training_run",
)
GPUS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")  # what CUDA's drivers (Linux, WSL) and ROCm's go through


def load_libraries() -> None:
    """Import what submissions use and take one optimizer step, whose first run imports more. No autograd: it
    would start threads, which a fork loses. Not Adam's: it counts the GPUs, after which no fork can use one."""
    import torch

    import data_utils
    from autograder.lab import lab_names, load_lab

    torch.set_num_threads(1)
    for name in PRELOADED:
        importlib.import_module(name)
    data_utils.offline_digit_arrays()  # made once here, not once a submission
    for name in lab_names():
        load_lab(name)  # a notebook's first cell asks for its check function
    parameter = torch.nn.Parameter(torch.zeros(1))
    parameter.grad = torch.ones(1)
    torch.optim.SGD([parameter], lr=0.1).step()
    gc.collect()
    gc.freeze()


def _nowhere(descriptor: int) -> TextIO:
    return open(descriptor, "w", encoding="utf-8", errors="replace")


def _temporary_files_in(folder: str) -> None:
    os.environ["TMPDIR"] = tempfile.tempdir = folder  # `tempfile` looks at the variable only once


def _shut_in(
    channel: socket.socket, folder: str, apart: bool, limits: Limits, device: str
) -> tuple[socket.socket, list[str]]:
    """Leave a sandbox nothing but its channel and its folder. Returns the channel and the layers in force."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.dup2(channel.fileno(), 3)
    os.closerange(4, 4096)
    connection = socket.socket(fileno=3)
    channel.detach()
    sys.stdin, sys.stdout, sys.stderr = open(0), _nowhere(1), _nowhere(2)  # noqa: SIM115
    layers = separate(folder, limits) if apart else []
    os.chdir(folder)
    os.environ.update({"HOME": folder, "USER": "student"})
    _temporary_files_in(folder)
    return connection, layers + isolate(folder, limits, device, PRIVATE_FILES in layers)


def _become_probe(channel: socket.socket, folder: str, apart: bool) -> None:
    connection, layers = _shut_in(channel, folder, apart, Limits(), "auto")
    connection.sendall(wire.encode({"isolation": layers, "device": _best_device()}))


def _become_sandbox(channel: socket.socket, folder: str, apart: bool, job: dict[str, Any]) -> None:
    """What a sandbox does, from its birth to its end: shut itself in, then answer until the channel closes."""
    from autograder.sandbox.cells import Cells
    from autograder.sandbox.respondent import Respondent

    connection, layers = _shut_in(channel, folder, apart, Limits(**job["limits"]), job["device"])
    connection.sendall(wire.encode({"isolation": layers}))
    cells = Cells(idle=job["idle"])
    _as_in_a_notebook(cells)
    respondent = Respondent(cells.namespace, job["device"], cells.run)
    with contextlib.suppress(wire.Closed, wire.BrokenFrame, OSError):
        while True:
            connection.sendall(_reply(respondent.answer, wire.receive(connection, trusted=True)))


def _as_in_a_notebook(cells: Cells) -> None:
    """What `pickle`, `argparse`, an import of a file beside the notebook, and IPython's own functions look at."""
    import IPython

    sys.modules["__main__"] = cells.module
    sys.argv = [""]
    sys.path.insert(0, "")
    IPython.get_ipython = IPython.core.getipython.get_ipython = lambda: cells.shell


def _best_device() -> str:
    if not any(os.path.exists(path) for path in GPUS):
        return "cpu"  # without a second's import of torch
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _reply(answer: Callable[[dict[str, Any]], dict[str, Any]], question: dict[str, Any]) -> bytes:
    reply = answer(question)
    try:
        return wire.encode(reply)
    except (TypeError, ValueError) as error:
        return wire.encode({"raised": {"type": type(error).__name__, "message": str(error), "frames": []}})


class Server:
    """Forks sandboxes and ends them for one grader. `folder`: where they have theirs; `apart`: in own namespaces."""

    def __init__(self, control: socket.socket, folder: str, apart: bool) -> None:
        self.control = control
        self.folder = folder
        self.apart = apart
        self.children: dict[int, str] = {}  # the folders of the sandboxes that there are, by process

    def serve(self) -> None:
        try:
            while True:
                text, descriptors, _, _ = socket.recv_fds(self.control, MAX_MESSAGE, 1)
                if not text:
                    return
                reply = self.handle(json.loads(text), descriptors)
                self.control.send(json.dumps(reply).encode())
        finally:
            for pid in list(self.children):
                self.end(pid)

    def handle(self, message: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        if message["op"] == "end":
            return self.end(message["pid"])
        return self.start(socket.socket(fileno=descriptors[0]), partial(_become_sandbox, job=message))

    def start(self, channel: socket.socket, become: Callable[..., None]) -> dict[str, Any]:
        """Fork a process and have it `become` what it is to be."""
        folder = tempfile.mkdtemp(prefix="submission-", dir=self.folder)
        pid = fork_apart() if self.apart else os.fork()
        if pid == 0:
            try:
                self.control.close()
                become(channel, folder=folder, apart=self.apart)
            finally:
                os._exit(0)
        channel.close()  # the grader sees the end of the channel when the sandbox ends
        self.children[pid] = folder
        return {"pid": pid, "folder": folder}

    def surroundings(self) -> dict[str, Any]:
        """What an empty sandbox finds: the layers in force, and the best device, `cuda` or `cpu`."""
        with contextlib.suppress(OSError):
            return self._probed()
        self.apart = False
        return self._probed()

    def _probed(self) -> dict[str, Any]:
        ours, probes = socket.socketpair()
        with ours:
            pid = self.start(probes, _become_probe)["pid"]
            found: dict[str, Any] = wire.receive(ours)
            self.end(pid)
        return found

    def end(self, pid: int) -> dict[str, Any]:
        """End a sandbox and all it has started, and delete its folder."""
        for kill in (os.killpg, os.kill):  # its group, and itself where it has not made one yet
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        delete(self.children.pop(pid))
        return {"ended": pid}


def _serve(control: socket.socket, folder: str, apart: bool) -> None:
    try:
        server = Server(control, folder, apart)
        control.send(json.dumps(server.surroundings()).encode())
        _temporary_files_in(folder)  # what the libraries leave lying goes with the sandboxes
        load_libraries()
        server.serve()
    except Exception:
        traceback.print_exc()  # the grader tells the last lines
        raise


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    keep(partial(_serve, control), control)


if __name__ == "__main__":
    main()

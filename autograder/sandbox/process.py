"""The grader's side of the sandbox: start the fork server, have it fork sandboxes, ask them, end them."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from autograder import wire
from autograder.errors import UNGRADABLE, AutograderError
from autograder.sandbox.isolation import MAX_MESSAGE, Limits

START_S = 120.0  # seconds the fork server may take to import everything, on a cold and busy machine
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH")


class SandboxGone(Exception):
    """The sandbox process ended, or sent what is no reply, while a question was open."""


class SandboxTimeout(Exception):
    """A question was not answered in its time."""


class ForkServerFailed(AutograderError):
    """The fork server could not be started, or has died: nothing can be graded."""

    status = UNGRADABLE


class _UntilDeadline:
    """A socket whose every wait ends at one moment, however slowly the bytes drip in."""

    def __init__(self, channel: socket.socket, seconds: float) -> None:
        self._channel = channel
        self._deadline = time.monotonic() + seconds

    def _wait_at_most(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._channel.settimeout(left)

    def recv_into(self, buffer: memoryview, nbytes: int = 0, /) -> int:
        self._wait_at_most()
        return self._channel.recv_into(buffer, nbytes)

    def sendall(self, data: bytes, /) -> None:
        self._wait_at_most()
        self._channel.sendall(data)


class Sandbox:
    """One forked process with one submission in it. Used as a context: at its end process and folder are gone."""

    def __init__(self, server: ForkServer, device: str, idle: Sequence[str], limits: Limits) -> None:
        self._server = server
        self._channel, childs_end = socket.socketpair()
        job = {
            "op": "start",
            "limits": limits.as_dict(),
            "device": device,
            "idle": list(idle),
        }
        try:
            started = server.request(job, childs_end)
            self._pid: int | None = started["pid"]
            self.folder: str = started["folder"]
            hello = self._exchange(None, START_S)
        except BaseException:
            self.close()
            raise
        finally:
            childs_end.close()
        self.isolation: list[str] = hello["isolation"]

    def ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The reply to a question. Errors: `SandboxGone`, `SandboxTimeout`."""
        reply = self._exchange(question, seconds)
        if not isinstance(reply, dict):
            raise SandboxGone("the submission's process sent something that is not a reply")
        return reply

    def _exchange(self, question: dict[str, Any] | None, seconds: float) -> Any:
        connection = _UntilDeadline(self._channel, seconds)
        try:
            if question is not None:
                connection.sendall(wire.encode(question))
            return wire.receive(connection)
        except TimeoutError:
            raise SandboxTimeout(f"no answer within {seconds:.3g} seconds") from None
        except wire.BrokenFrame as broken:
            raise SandboxGone(f"the submission's process sent something that is not a reply: {broken}") from None
        except (wire.Closed, OSError):
            if self._server.closed:  # with which every sandbox ends: no fault of the submission's
                raise ForkServerFailed("the process that forks sandboxes was ended") from None
            raise SandboxGone("the submission's process ended") from None

    def close(self) -> None:
        """End the process with all it has started; its folder goes with it."""
        self._channel.close()
        pid, self._pid = getattr(self, "_pid", None), None
        if pid:
            self._server.request({"op": "end", "pid": pid})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _environment() -> dict[str, str]:
    """What the fork server, and every sandbox, finds in its environment: nothing of the grader's own."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | {
        "HOME": os.path.expanduser("~"),  # where the libraries keep what they cache; a sandbox has its own
        "TMPDIR": tempfile.gettempdir(),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "OMP_NUM_THREADS": "1",
        # Memory that is freed stays with the process: glibc would give large arrays back and fault them in anew.
        "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
        "MALLOC_TRIM_THRESHOLD_": str(512 * 2**20),
        # And all of it, Python's objects too, lies in large pages: a fork has a third of the page table to copy.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "PYTHONMALLOC": "malloc",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "TORCHDYNAMO_DISABLE": "1",  # torch.compile would start a compiler: a network is to compute without
        "NBGRADER_EXECUTION": "autograde",
        "AUTOGRADER_SANDBOX": "1",
    }


class ForkServer:
    """The process that forks sandboxes. Safe to use from several threads; ended by `close`, or with this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control, servers_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "autograder.sandbox.server", str(servers_end.fileno())],
            pass_fds=[servers_end.fileno()],
            env=_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        servers_end.close()
        self._control.settimeout(START_S)
        self._surroundings: dict[str, Any] = {}
        self._used = False
        self._told = ""  # of its end, where it ended by itself
        self.closed = False

    @property
    def isolation(self) -> list[str]:
        """The layers that a sandbox on this machine has in force. Errors: `ForkServerFailed`."""
        return list(self._heard()["isolation"])

    @property
    def device(self) -> str:
        """The best device that a sandbox finds: `cuda` or `cpu`. Errors: `ForkServerFailed`."""
        return str(self._heard()["device"])

    def _heard(self) -> dict[str, Any]:
        """The server's first message, which comes before it has loaded its libraries."""
        with self._lock:
            try:
                self._surroundings = self._surroundings or self._reply()
            except (OSError, json.JSONDecodeError):
                raise ForkServerFailed(self._last_words()) from None
            return self._surroundings

    def request(self, message: dict[str, Any], channel: socket.socket | None = None) -> dict[str, Any]:
        """Send the server one message, with a channel's file descriptor where it needs one, and return its reply."""
        self._heard()
        with self._lock:
            self._used = True
            try:
                descriptors = [channel.fileno()] if channel is not None else []
                socket.send_fds(self._control, [json.dumps(message).encode()], descriptors)
                return self._reply()
            except (OSError, json.JSONDecodeError):
                raise ForkServerFailed(self._last_words()) from None

    def _reply(self) -> dict[str, Any]:
        reply: dict[str, Any] = json.loads(self._control.recv(MAX_MESSAGE))
        return reply

    def _last_words(self) -> str:
        """Why there is no server any more: the same to all who ask."""
        if not self._told:
            self._process.terminate()  # the keeper then clears up; killed, it would leave the sandboxes' folder
            _, errors = self._process.communicate()
            lines = errors.decode(errors="replace").strip().splitlines()[-3:] or ["it printed nothing"]
            self._told = "the process that forks sandboxes has ended; its last lines: " + " / ".join(lines)
        return self._told

    def close(self) -> None:
        """End the server and every sandbox that it still has."""
        self.closed = True
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10 if self._used else 0)  # one that was never asked has nothing to end
        self._process.terminate()
        self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

"""The keeper: a trusted process between the fork server and one sandbox.

It makes the namespaces that the sandbox is born into, where the sandbox can neither see nor signal it; it kills the
sandbox with all that it has started, and deletes its folder, also when the server or the grader is killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
from collections.abc import Callable

from autograder.sandbox.isolation import PRIVATE_FILES, Limits, end_with_parent, isolate_keeper, unmount

WAKING = {signal.SIGTERM, signal.SIGCHLD}  # the server wants an end, or is gone; the sandbox has ended


def keep(folder: str, limits: Limits, channel: socket.socket, sandbox: Callable[[list[str]], None]) -> None:
    """Run `sandbox`, told the layers in force, as a child until it ends or the end is asked for; then clear up."""
    signal.pthread_sigmask(signal.SIG_BLOCK, WAKING)
    layers = isolate_keeper(folder, limits)
    try:
        with contextlib.suppress(OSError, AttributeError):  # not Linux
            end_with_parent(signal.SIGTERM)
        child = os.fork()
        if child == 0:
            try:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, WAKING)
                sandbox(layers)
            finally:
                os._exit(0)  # clearing up is the keeper's
        channel.close()  # the grader sees the end of the channel when the sandbox ends
        signal.sigwait(WAKING)
        _end(child)
    finally:
        if PRIVATE_FILES in layers:
            unmount(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _end(child: int) -> None:
    for kill in (os.killpg, os.kill):  # its group, and itself where it has not made one yet
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

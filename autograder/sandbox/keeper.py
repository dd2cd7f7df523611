"""The keeper: a small trusted process above the fork server.

It gives the server what the sandboxes' namespaces need, and when the server has ended, however it did, it deletes the
folder of all sandboxes. The server ends with its grader, and every sandbox with the server.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable

from autograder.sandbox.isolation import end_with_parent, own_processes

WAKING = {signal.SIGTERM, signal.SIGCHLD}  # the grader wants an end now; the server has ended, or only been stopped
RUNNING = (0, 0)  # what waitpid says of a process that has not ended
NOT_HERE = (OSError, AttributeError)  # what a machine without namespaces, or another system than Linux, gives


def keep(serve: Callable[[str, bool], None], control: socket.socket) -> None:
    """Run `serve` in a child, to which `control` is left, until it ends or an end is asked for; then clear up.

    `serve` is told the folder in which sandboxes have theirs, and whether it can `fork_apart`.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, WAKING)
    folder = tempfile.mkdtemp(prefix="submissions-")
    try:
        apart = False
        with contextlib.suppress(*NOT_HERE):
            own_processes()
            apart = True
        server = os.fork()
        if server == 0:
            status = 1
            try:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, WAKING)
                with contextlib.suppress(*NOT_HERE):
                    end_with_parent(signal.SIGKILL)
                serve(folder, apart)
                status = 0
            finally:
                os._exit(status)
        control.close()  # the grader sees the end of the channel when the server ends
        while signal.sigwait(WAKING) == signal.SIGCHLD:
            if os.waitpid(server, os.WNOHANG) != RUNNING:
                return
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)
    finally:
        delete(folder)


def delete(folder: str) -> None:
    """Delete a folder and what is in it, also where a submission has nested it deeper than Python can follow."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        subprocess.run(["rm", "-rf", "--", folder], check=False)

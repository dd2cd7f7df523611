"""What keeps a sandbox process to itself, in layers that need no root. Each is skipped, and not listed, where it fails.

    keeper (trusted)     waits, then clears up; makes the namespaces of users and processes that the server needs
      `- fork server     (trusted) has torch loaded
           `- sandbox    process 1 of its namespace, private file system; resource limits, no new privileges, Landlock,
                         system call filter

How each was chosen. `resource` and `os` of the standard library carry the limits and the process group. pyseccomp, a
thin wrapper of the system's own libseccomp, makes the filter. Namespaces, mounts and prctl have no module in Python
3.11 (`os.unshare` came with 3.12), so `ctypes` calls the C library; the `landlock` package knows no network and no
scopes (rules of version 4 and 6), so Landlock is called too. bubblewrap and nsjail start a program, and so would pay
for the import of torch with every submission, where a fork pays milliseconds.

Sources: the manual pages unshare(2), mount(2), mount_setattr(2), prctl(2), setrlimit(2), pid_namespaces(7), seccomp(2),
landlock(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import os
import resource
import signal
import struct
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.sandbox.landlock import restrict_files
from autograder.sandbox.system_calls import filter_system_calls

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = (
    *(0x20000, 0x08000000, 0x10000000),
    *(0x20000000, 0x40000000),
)
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000
MOUNT_SETATTR, MOUNT_ATTR_RDONLY, AT_FDCWD, AT_RECURSIVE = 442, 1, -100, 0x8000  # since kernel 5.12
FIRST_REAL_USER = 0x40000000  # real users of sandboxes started by root: far from those of any machine
MAX_MESSAGE = 65_536  # bytes of one message between the grader and the fork server
Layer = tuple[str, Callable[[], None]]

# The names that results carry in `environment.isolation`.
NAMESPACES, PRIVATE_FILES = "own processes, network and IPC", "private file system"
GROUP, LIMITS, NO_PRIVILEGES = "process group", "resource limits", "no new privileges"
LANDLOCK, FILTER = "Landlock", "system call filter"
LAYERS = (NAMESPACES, PRIVATE_FILES, GROUP, LIMITS, NO_PRIVILEGES, LANDLOCK, FILTER)


LEAST_CPU_S = 120  # processor seconds of a sandbox, where the submission's time is shorter


@dataclass(frozen=True)
class Limits:
    """What one sandbox may use. Times are enforced by the grader; the kernel ends a process that has computed for as
    long as the whole submission may take, or for `LEAST_CPU_S`."""

    cell_s: float = 10.0  # wall-clock seconds for one cell
    question_s: float = 10.0  # wall-clock seconds for one question
    submission_s: float = 120.0  # wall-clock seconds for the whole submission
    memory_mb: int = 2048  # memory beyond what the fork server has loaded
    folder_mb: int = 256  # all that it writes, where the machine gives it a file system of its own
    file_mb: int = 64  # size of any file that it writes
    open_files: int = 256
    processes: int = 128  # processes and threads

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def end_with_parent(how: signal.Signals) -> None:
    """Have the kernel send this signal when the parent ends, however it ends. After changes of user, which undo it."""
    _checked(_libc().prctl(PR_SET_PDEATHSIG, how, 0, 0, 0))


def _own_namespaces(kinds: int) -> None:
    """Enter a namespace of users, in which this process is who it was, and with its rights others of these kinds."""
    user, group = os.geteuid(), os.getegid()
    _checked(_libc().unshare(CLONE_NEWUSER | kinds))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def own_processes() -> None:
    """The next child is process 1 of a namespace that dies with it, and can `fork_apart`. Errors: `OSError`."""
    if os.geteuid() == 0:  # the kernel counts no processes of a real user root
        os.setresuid(FIRST_REAL_USER + os.getpid(), 0, 0)
    _own_namespaces(CLONE_NEWPID)


def fork_apart() -> int:
    """Fork a child that is process 1 of a namespace of its own, from a process that is one too. Errors: `OSError`,
    before anything is changed."""
    home = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def come_home() -> None:
        _checked(_libc().setns(home, CLONE_NEWPID))  # else no further child could have a namespace

    child = -1
    try:
        come_home()  # nothing yet, but where it is refused it would be refused afterwards too
        _checked(_libc().unshare(CLONE_NEWPID))
        child = os.fork()
    finally:
        if child:
            come_home()
        os.close(home)
    return child


def _mount(kind: bytes, target: bytes, flags: int, data: bytes | None = None) -> None:
    _checked(_libc().mount(b"none", target, kind, flags, data))


def _private_files(folder: str, limits: Limits) -> None:
    """A file system in memory, of limited size, that nobody else sees and that goes with its last process. All others
    are read-only: Landlock lets through a change of a file's rights, owner and times."""
    _mount(b"none", b"/", MS_REC | MS_PRIVATE)
    read_only = struct.pack("=4Q", MOUNT_ATTR_RDONLY, 0, 0, 0)
    _checked(_libc().syscall(MOUNT_SETATTR, AT_FDCWD, b"/", AT_RECURSIVE, read_only, len(read_only)))
    size = f"size={limits.folder_mb}m,nr_inodes=10000,mode=0700"
    _mount(b"tmpfs", folder.encode(), MS_NOSUID | MS_NODEV | MS_NOEXEC, size.encode())


def _no_new_privileges() -> None:
    """Also: end with the fork server, and be no target for a debugger."""
    _checked(_libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _checked(_libc().prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
    end_with_parent(signal.SIGKILL)


def _memory_in_use() -> int:
    """Bytes of address space that this process, a copy of the fork server, has already."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmSize:"))


def _resource_limits(limits: Limits, device: str) -> None:
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: max(LEAST_CPU_S, math.ceil(limits.submission_s)),
        resource.RLIMIT_FSIZE: limits.file_mb * 2**20,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: limits.processes,
    }
    if device == "cpu":  # CUDA reserves far more address space than it uses
        bounds[resource.RLIMIT_AS] = _memory_in_use() + limits.memory_mb * 2**20
    for which, bound in bounds.items():
        resource.setrlimit(which, (bound, bound))


def _in_force(layers: Iterable[Layer]) -> list[str]:
    names = []
    for name, layer in layers:
        with contextlib.suppress(OSError, AttributeError, ValueError):
            layer()
            names.append(name)
    return names


def separate(folder: str, limits: Limits) -> list[str]:
    """Give a child of `fork_apart` namespaces and a file system of its own: no interface but a loopback that is down.
    Returns the names of the layers in force."""
    own = _in_force([(NAMESPACES, lambda: _own_namespaces(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS))])
    # Without a namespace of its own a mount would be the whole machine's.
    return own + _in_force([(PRIVATE_FILES, lambda: _private_files(folder, limits))] if own else [])


def isolate(folder: str, limits: Limits, device: str, private_files: bool) -> list[str]:
    """Confine this process to `folder` and to its limits. Returns the names of the layers that are in force.

    `private_files`: whether all files but those of `folder` are read-only already.
    """
    return _in_force(
        [
            (GROUP, os.setsid),
            (LIMITS, lambda: _resource_limits(limits, device)),
            (NO_PRIVILEGES, _no_new_privileges),
            (LANDLOCK, lambda: restrict_files(folder, device)),
            (FILTER, lambda: filter_system_calls(private_files)),
        ]
    )

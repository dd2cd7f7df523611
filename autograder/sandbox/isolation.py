"""What keeps a sandbox process to itself, in layers that need no root. Each is skipped, and not listed, where it fails.

`resource` and `os` of the standard library carry the limits and the process group. Landlock, unshare and prctl
have no module there before Python 3.12, so `ctypes` calls the C library for these. Sources: the kernel's
Documentation/userspace-api/landlock.rst, and the manual pages prctl(2), unshare(2), setrlimit(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys
import sysconfig
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_VERSION_FLAG, LANDLOCK_PATH_BENEATH = 1, 1
READ = 0b1101  # execute, read a file, read a directory
ON_A_FILE = 0b100_0000_0000_0111  # the rights that a rule on a single file may name: execute, write, read, truncate
READABLE = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/zero")
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
GPU_PATHS = ("/dev", "/sys", "/proc")  # CUDA's driver reads all of these


MAX_MESSAGE = 65_536  # bytes of one message between the grader and the fork server


@dataclass(frozen=True)
class Limits:
    """What one sandbox may use. Times are enforced by the grader (wall clock) and by the kernel (`cpu_s`)."""

    cell_s: float = 10.0  # wall-clock seconds for one cell
    question_s: float = 10.0  # wall-clock seconds for one question
    submission_s: float = 120.0  # wall-clock seconds for the whole submission
    cpu_s: int = 120  # processor seconds of one sandbox process
    memory_mb: int = 2048  # memory beyond what the fork server has loaded
    file_mb: int = 64  # size of any file that it writes
    open_files: int = 256
    processes: int = 512  # processes and threads of this user; the kernel does not hold root to it

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _own_group() -> None:
    os.setsid()


def _no_new_privileges() -> None:
    """Also: end with the fork server, and be no target for a debugger. After the namespaces, which undo these two."""
    libc = _libc()
    _checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _checked(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    _checked(libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))


def _memory_in_use() -> int:
    """Bytes that RLIMIT_DATA counts already: the fork server's private writable memory."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))


def _resource_limits(limits: Limits, device: str) -> None:
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_FSIZE: limits.file_mb * 2**20,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: limits.processes,
    }
    if device == "cpu":  # CUDA reserves far more address space than it uses
        bounds[resource.RLIMIT_DATA] = _memory_in_use() + limits.memory_mb * 2**20
    for which, bound in bounds.items():
        resource.setrlimit(which, (bound, bound))


def _no_network() -> None:
    """A network namespace of its own holds no interface but a loopback that is down."""
    user, group = os.getuid(), os.getgid()
    _checked(_libc().unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def _allow(ruleset: int, path: str, rights: int) -> None:
    libc = _libc()
    with contextlib.suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            allowed = rights if os.path.isdir(path) else rights & ON_A_FILE
            rule = struct.pack("=QI", allowed, descriptor)
            _checked(libc.syscall(LANDLOCK_ADD_RULE, ruleset, LANDLOCK_PATH_BENEATH, rule, 0))
        finally:
            os.close(descriptor)


def readable_paths() -> set[str]:
    """What a sandbox may read beside its own folder: Python, its packages, the system's libraries, and our two."""
    package = Path(__file__).resolve().parents[1]
    python = {sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")}
    return {*READABLE, *python, str(package), str(package.parent / "data_utils")}


def _landlock(folder: str, device: str) -> None:
    libc = _libc()
    version = _checked(libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_VERSION_FLAG))
    files = (1 << (13 if version == 1 else 14 if version == 2 else 15 if version < 5 else 16)) - 1
    network = 0b11 if version >= 4 else 0  # bind and connect a TCP port
    scope = 0b11 if version >= 6 else 0  # abstract sockets and signals stay inside
    attribute = struct.pack("=QQQ", files, network, scope)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = _checked(libc.syscall(LANDLOCK_CREATE_RULESET, attribute, len(attribute), 0))
    try:
        for path in readable_paths():
            _allow(ruleset, path, READ & files)
        for path in (*DEVICES, folder, *(GPU_PATHS if device != "cpu" else ())):
            _allow(ruleset, path, files)
        _checked(libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def isolate(folder: str, limits: Limits, device: str) -> list[str]:
    """Confine this process to `folder` and to its limits. Returns the names of the layers that are in force."""
    layers: Iterable[tuple[str, Callable[[], None]]] = (
        ("process group", _own_group),
        ("resource limits", lambda: _resource_limits(limits, device)),
        ("no network", _no_network),
        ("no new privileges", _no_new_privileges),
        ("Landlock", lambda: _landlock(folder, device)),
    )
    in_force = []
    for name, layer in layers:
        with contextlib.suppress(OSError, AttributeError, ValueError):
            layer()
            in_force.append(name)
    return in_force

"""Landlock: which files a sandbox may read and write, and that it reaches no port, socket or process outside.

Source: the kernel's Documentation/userspace-api/landlock.rst; the numbers are those of its uapi header.
"""

from __future__ import annotations

import contextlib
import ctypes
import glob
import os
import struct
import sys
import sysconfig
from pathlib import Path
from typing import Any

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # system calls, the same on every architecture since 5.13
VERSION_FLAG, PATH_BENEATH = 1, 1
READ = 0b1101  # execute, read a file, read a directory
LIST = 0b1000  # read a directory
ON_A_FILE = 0b1100_0000_0000_0111  # what a rule on a single file may name: execute, write, read, truncate, ioctl
READABLE = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/zero")
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
GPU_DEVICES = ("/dev/nvidia*", "/dev/dxg", "/dev/kfd", "/dev/dri")  # CUDA's on Linux and on WSL; ROCm's
GPU_READS = ("/sys", "/proc")  # what their libraries look into


def _call(number: int, *arguments: Any) -> int:
    result: int = ctypes.CDLL(None, use_errno=True).syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _allow(ruleset: int, path: str, rights: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            allowed = rights if os.path.isdir(path) else rights & ON_A_FILE
            _call(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=QI", allowed, descriptor), 0)
        finally:
            os.close(descriptor)


def _allow_gpus(ruleset: int, files: int) -> None:
    _allow(ruleset, "/dev", LIST & files)
    for path in GPU_READS:
        _allow(ruleset, path, READ & files)
    for path in (found for pattern in GPU_DEVICES for found in glob.glob(pattern)):
        _allow(ruleset, path, files)


def readable_paths() -> set[str]:
    """What a sandbox may read beside its own folder: Python, its packages, the system's libraries, and our two."""
    package = Path(__file__).resolve().parents[1]
    python = {sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")}
    return {*READABLE, *python, str(package), str(package.parent / "data_utils")}


def restrict_files(folder: str, device: str) -> None:
    """Allow this process to read the system's libraries and to write in `folder`, and no more, from now on.

    Errors: `OSError` where the kernel has no Landlock.
    """
    version = _call(CREATE_RULESET, None, 0, VERSION_FLAG)
    files = (1 << (13 if version == 1 else 14 if version == 2 else 15 if version < 5 else 16)) - 1
    network = 0b11 if version >= 4 else 0  # bind and connect a TCP port
    scope = 0b11 if version >= 6 else 0  # abstract sockets and signals stay inside
    attribute = struct.pack("=QQQ", files, network, scope)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = _call(CREATE_RULESET, attribute, len(attribute), 0)
    try:
        for path in readable_paths():
            _allow(ruleset, path, READ & files)
        for path in (*DEVICES, folder):
            _allow(ruleset, path, files)
        if device != "cpu":
            _allow_gpus(ruleset, files)
        _call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)

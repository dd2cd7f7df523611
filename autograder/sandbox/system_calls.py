"""The system calls that no lab needs, refused by the kernel: what Landlock and the namespaces leave open.

A list of what is refused, not of what is allowed: PyTorch and CUDA use calls that differ with their versions. Calls
that this machine's kernel or libseccomp does not know are left out. Source: seccomp(2), seccomp_rule_add(3).
"""

from __future__ import annotations

import errno
import socket
from typing import Any

CLONE_THREAD = 0x10000
KIND_OF_SOCKET = 0xF  # the bits of socketpair's second argument that are not flags
OTHER_SOCKETS = (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_RDM, socket.SOCK_SEQPACKET)

# No second process: one is enough for every lab, and it is what makes the limits on memory and time bind.
NEW_PROCESSES = ("fork", "vfork")
# A connection to a socket with a path is a way out that Landlock does not close. `socketpair` stays, for asyncio.
SOCKETS = ("socket", "connect", "bind", "listen", "accept", "accept4")
# Memory that RLIMIT_AS does not count until it is mapped.
UNCOUNTED_MEMORY = ("memfd_create", "memfd_secret", "shmget", "shmat", "msgget", "semget", "mq_open")
OTHER_PROCESSES = ("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "kcmp")
GETTING_AWAY = ("execve", "execveat", "setsid", "setpgid", "unshare", "setns", "personality", "chroot", "pivot_root")
USERS = ("setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups")
MOUNTS = (
    *("mount", "umount", "umount2", "mount_setattr", "move_mount", "open_tree"),
    *("fsopen", "fsconfig", "fsmount", "fspick", "open_by_handle_at", "name_to_handle_at", "quotactl"),
)
KERNEL = (  # large parts of the kernel that a lab never enters, each with a history of errors
    *("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("keyctl", "add_key", "request_key", "fanotify_init", "init_module", "finit_module", "delete_module"),
    *("kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "acct", "syslog", "iopl", "ioperm"),
    *("settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "sethostname", "setdomainname", "vhangup"),
)
WATCHING = ("inotify_init", "inotify_init1", "inotify_add_watch")  # tells when a neighbour's file is read
# What Landlock lets through of every file that the grader's user owns; refused where the files are not read-only.
RIGHTS_OF_FILES = (
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat"),
    *("utime", "utimes", "utimensat", "futimesat"),
    *("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"),
)
REFUSED = (
    *SOCKETS,
    *UNCOUNTED_MEMORY,
    *OTHER_PROCESSES,
    *GETTING_AWAY,
    *USERS,
    *MOUNTS,
    *KERNEL,
    *WATCHING,
)

try:
    import pyseccomp  # finds the system's libseccomp when it is imported, which takes a process of its own
except (ImportError, OSError, RuntimeError, AttributeError):  # not Linux, or no libseccomp
    pyseccomp = None


def _refuse(rules: Any, error: int, name: str, *arguments: Any) -> None:
    try:
        rules.add_rule(pyseccomp.ERRNO(error), name, *arguments)
    except (OSError, ValueError):  # a call that this architecture or this libseccomp does not have
        return


def filter_system_calls(private_files: bool) -> None:
    """Have the kernel refuse these calls of this process and its threads from now on.

    `private_files`: all files that are not the submission's are read-only, so that it may change rights and times.
    Errors: `OSError` where the machine has no libseccomp or no seccomp.
    """
    if pyseccomp is None:
        raise OSError(errno.ENOSYS, "libseccomp is not installed")
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in NEW_PROCESSES:
        _refuse(rules, errno.EAGAIN, name)  # what a limit on processes gives
    threads_only = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_THREAD, 0)
    _refuse(rules, errno.EAGAIN, "clone", threads_only)
    _refuse(rules, errno.ENOSYS, "clone3")  # its flags cannot be looked at; the C library then takes clone
    for kind in OTHER_SOCKETS:
        _refuse(rules, errno.EPERM, "socketpair", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, KIND_OF_SOCKET, kind))
    for name in REFUSED if private_files else (*REFUSED, *RIGHTS_OF_FILES):
        _refuse(rules, errno.EPERM, name)
    rules.load()

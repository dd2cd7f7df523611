"""A machine that gives less (a container without user namespaces, an older kernel) grades all the same, and says so.

Such a machine is made by a filter of system calls around the grader, which its sandboxes inherit.
"""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pyseccomp = pytest.importorskip("pyseccomp", reason="needs libseccomp, to take protections away", exc_type=ImportError)
LANDLOCK_CREATE_RULESET = 444
WITHOUT_NAMESPACES = {"unshare": errno.EPERM}
WITHOUT_A_WAY_BACK = {"setns": errno.EPERM}  # to the fork server's own namespace, for the next child
MOUNT_SETATTR = 442
WITHOUT_READ_ONLY_FILES = {MOUNT_SETATTR: errno.ENOSYS}
WITHOUT_LANDLOCK = {LANDLOCK_CREATE_RULESET: errno.ENOSYS}
WITHOUT_A_FILTER = {"seccomp": errno.ENOSYS}  # libseccomp then tries prctl, which says EINVAL where there is none


def on_a_machine(
    refused: dict[str | int, int], *words: str, submission: Path = ROOT / "solutions" / "gan.py"
) -> subprocess.CompletedProcess[str]:
    """Run the grader where these system calls end with these errors."""

    def take_away() -> None:
        rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        for call, error in refused.items():
            rules.add_rule(pyseccomp.ERRNO(error), call)
        if "seccomp" in refused:
            rules.add_rule(pyseccomp.ERRNO(errno.EINVAL), "prctl", pyseccomp.Arg(0, pyseccomp.EQ, 22))  # PR_SET_SECCOMP
        rules.load()

    line = [sys.executable, "-m", "autograder", "grade", str(submission), "--no-cache", *words]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=300, preexec_fn=take_away)


@pytest.mark.parametrize(
    ("refused", "missing"),
    [
        (WITHOUT_NAMESPACES, "own processes, network and IPC, private file system"),
        (WITHOUT_A_WAY_BACK, "own processes, network and IPC, private file system"),
        (WITHOUT_LANDLOCK | WITHOUT_A_FILTER, "Landlock, system call filter"),
    ],
    ids=["no namespaces", "no way back", "an older kernel"],
)
def test_what_is_missing_is_told_once_and_the_rest_works(refused: dict[str | int, int], missing: str) -> None:
    done = on_a_machine(refused, "--json", "-")
    report = json.loads(done.stdout)
    assert [result["score"] for result in report["results"]] == [70.0]
    told = " ".join(done.stderr.split())
    assert told.count(f"This machine does not give the sandbox: {missing}.") == 1
    assert "process group" in report["environment"]["isolation"]
    assert missing not in report["environment"]["isolation"]


@pytest.mark.parametrize("refused", [WITHOUT_NAMESPACES, WITHOUT_READ_ONLY_FILES])
def test_files_that_cannot_be_made_read_only_keep_their_rights(refused: dict[str | int, int], tmp_path: Path) -> None:
    neighbours = tmp_path / "neighbours"
    neighbours.write_text("work")
    submission = tmp_path / "gan.py"
    submission.write_text(f"import os\nos.chmod({str(neighbours)!r}, 0)")
    done = on_a_machine(refused, "--json", "-", submission=submission)
    (result,) = json.loads(done.stdout)["results"]
    assert "PermissionError: [Errno 1] Operation not permitted" in result["message"]
    assert neighbours.stat().st_mode & 0o777 != 0


def test_require_isolation_refuses_to_grade(tmp_path: Path) -> None:
    scores = tmp_path / "scores.csv"
    done = on_a_machine(WITHOUT_NAMESPACES, "--require-isolation", "--csv", str(scores))
    assert done.returncode == 2
    assert "Nothing was graded, because --require-isolation asks for all of them." in " ".join(done.stdout.split())
    assert not scores.exists()

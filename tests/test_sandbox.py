"""What a sandbox lets through and what it does not, asked from inside with real student code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from autograder.sandbox.isolation import FILTER, LANDLOCK, LIMITS, NAMESPACES, PRIVATE_FILES, Limits
from autograder.sandbox.process import ForkServer, ForkServerFailed, Sandbox, SandboxGone, SandboxTimeout
from tests.conftest import ROOT

Run = Callable[[str], dict[str, Any]]
NO_PROGRAMS = "BlockingIOError: [Errno 11] Resource temporarily unavailable: no programs can be started while grading"


@pytest.fixture
def sandbox(server: ForkServer) -> Iterator[Sandbox]:
    with Sandbox(server, "cpu", ["main"], Limits(memory_mb=256, file_mb=1)) as started:
        yield started


@pytest.fixture
def run(sandbox: Sandbox) -> Run:
    return lambda source: sandbox.ask({"op": "run", "number": 3, "source": source}, 10)


def raised(reply: dict[str, Any]) -> str:
    return f"{reply['raised']['type']}: {reply['raised']['message']}"


def needs(sandbox: Sandbox, layer: str) -> None:
    if layer not in sandbox.isolation:
        pytest.skip(f"this machine does not give the layer {layer!r}")


def test_a_cell_runs_and_its_names_can_be_called(sandbox: Sandbox, run: Run) -> None:
    assert run("def double(x):\n    return 2 * x") == {"value": None}
    assert sandbox.ask({"op": "call", "target": "double", "args": [21]}, 5) == {"value": 42}
    assert sandbox.ask({"op": "call", "target": "treble"}, 5) == {"missing": "treble"}


def test_an_error_is_told_by_cell_line_and_text(run: Run) -> None:
    reply = run("x = 1\ny = x / 0\n")
    assert raised(reply) == "ZeroDivisionError: division by zero"
    assert reply["raised"]["frames"] == [["<cell 3>", 2, "y = x / 0"]]
    reply = run("x = 1\ny = (x\n")
    assert raised(reply) == "SyntaxError: '(' was never closed"
    assert reply["raised"]["frames"] == [["<cell 3>", 2, "y = (x"]]


def test_magics_shell_lines_and_main_do_no_harm(sandbox: Sandbox, run: Run) -> None:
    assert run("%matplotlib inline\n!touch /tmp/made_by_a_shell_line\n%time a = 5\nfiles = !ls") == {"value": None}
    assert run("%%time\nb = 6") == {"value": None}
    assert run("%%bash\nexit 1") == {"value": None}
    assert run("def main(num_epoch=30):\n    raise RuntimeError('trained')\nmain()\nc = main") == {"value": None}
    assert not Path("/tmp/made_by_a_shell_line").exists()
    assert run("d = (a, b, files)") == {"value": None}


@pytest.mark.parametrize(
    "fails",
    [
        "from google.colab import drive",
        "os.makedirs('/content/logs')",
        "subprocess.run(['nvidia-smi'])",
        "os.chdir('/content')",
        "datasets.MNIST('/content', download=True)",
        "matplotlib.use('TkAgg')",
    ],
)
def test_a_statement_that_fails_is_told_and_the_next_one_runs(run: Run, fails: str) -> None:
    head = "import os, subprocess, matplotlib\nfrom torchvision import datasets\n"
    reply = run(f"{head}{fails}\nprint(undefined_name)\ndef kept(): pass")
    assert reply["raised"]["frames"] == [["<cell 3>", 3, fails]]
    assert run("kept()") == {"value": None}


def test_what_a_notebook_has_is_there(run: Run) -> None:
    assert run("import sys\nassert sys.argv == [''] and input('name? ') == ''") == {"value": None}
    assert run("sys.stdout.buffer.write(b'x')\nsys.stdout.reconfigure(encoding='utf-8')") == {"value": None}
    assert run("display(1, 'two')") == {"value": None}
    assert run("import argparse\nargparse.ArgumentParser().parse_args()") == {"value": None}
    source = "from IPython import get_ipython\nget_ipython().run_line_magic('matplotlib', 'inline')"
    assert run(f"{source}\nimport matplotlib.pyplot as plt\nplt.ion()") == {"value": None}


def test_a_raise_of_the_cells_own_ends_it(run: Run) -> None:
    assert raised(run("raise NotImplementedError\ndef beyond(): pass")) == "NotImplementedError: "
    assert raised(run("beyond()")).startswith("NameError")


def test_a_cell_may_await(run: Run) -> None:
    source = "import asyncio\nasync def three():\n    await asyncio.sleep(0)\n    return 3\nx = await three()\n"
    assert run(f"{source}assert x == 3") == {"value": None}


def test_a_class_of_the_notebooks_can_be_pickled(run: Run) -> None:
    source = "import torch\nclass Net(torch.nn.Linear): pass\ntorch.save(Net(1, 1), 'net.pt')\n"
    assert run(f"{source}assert isinstance(torch.load('net.pt', weights_only=False), Net)") == {"value": None}


def test_a_compiled_network_computes_without_a_compiler(run: Run) -> None:
    source = "import torch\nG = torch.nn.Linear(2, 3)\nG.compile()\nz = torch.ones(4, 2)\n"
    assert run(f"{source}assert torch.equal(torch.compile(G)(z), G(z))") == {"value": None}


def test_a_file_written_by_a_cell_can_be_imported(run: Run) -> None:
    assert run("%%writefile parts/nets.py\nsize = 5") == {"value": None}
    assert run("%%writefile -a parts/nets.py\nsize = 6") == {"value": None}
    assert run("from parts.nets import size\nassert size == 6") == {"value": None}


@pytest.mark.parametrize("magic", ["%timeit -n 10 -r 3 f()", "%timeit -n10 f()", "%prun -s cumulative -q f()"])
def test_options_of_timing_magics_are_taken(run: Run, magic: str) -> None:
    assert run(f"called = []\ndef f(): called.append(1)\n{magic}\nassert called") == {"value": None}


def test_lines_are_counted_in_the_cell_and_in_a_magic_apart(run: Run) -> None:
    assert run("z = 1\ny = z / 0\n%time a = 5")["raised"]["frames"] == [["<cell 3>", 2, "y = z / 0"]]
    frames = run("z = 0\n%time y = 1 / z")["raised"]["frames"]
    assert [frame[:2] for frame in frames] == [["<cell 3>", 2], ["<cell 3, a magic>", 1]]
    for head in ("%%time\n\n", "\n%%capture out\n", "%%time\n%%capture\n"):
        assert run(f"{head}y = 1 / 0\n")["raised"]["frames"] == [["<cell 3>", 3, "y = 1 / 0"]]


LOOP = "while True:\n    pass\n"


def test_a_loop_that_lasts_ends_with_its_time_and_definitions_after_it_run(sandbox: Sandbox) -> None:
    source = f"import torch\na = int('1')\n{LOOP}def late(): return a, b\nb = torch.pi\nc = int('3')\n{LOOP}"
    assert sandbox.ask({"op": "run", "number": 1, "source": source, "seconds": 0.2}, 5) == {"value": None}
    assert sandbox.ask({"op": "call", "target": "late"}, 5) == {"value": (1, pytest.approx(3.14159))}
    assert sandbox.ask({"op": "call", "target": "c"}, 5) == {"missing": "c"}


def test_without_time_only_definitions_run(sandbox: Sandbox) -> None:
    source = f"import torch\nd = torch.device('cpu')\n{LOOP}\ntry:\n    import math\nexcept ImportError:\n    pass\n"
    source += "def f(): return math.e\nif __name__ == '__main__':\n    while True: pass"
    assert sandbox.ask({"op": "run", "number": 1, "source": source, "seconds": 0}, 5) == {"value": None}
    assert sandbox.ask({"op": "call", "target": "f"}, 5) == {"value": pytest.approx(2.71828)}


def test_sys_exit_ends_its_cell_alone(run: Run) -> None:
    assert raised(run("import sys\nsys.exit('enough')")) == "SystemExit: enough"
    assert run("x = 1") == {"value": None}


def test_the_working_folder_is_private_and_gone_afterwards(server: ForkServer) -> None:
    with Sandbox(server, "cpu", [], Limits()) as sandbox:
        source = "import os, pathlib\nassert os.listdir() == []\npathlib.Path('note.txt').write_text('kept here')"
        assert sandbox.ask({"op": "run", "number": 1, "source": source}, 10) == {"value": None}
        needs(sandbox, PRIVATE_FILES)
        assert os.listdir(sandbox.folder) == []  # nobody else sees it
    assert not Path(sandbox.folder).exists()


def test_temporary_files_lie_in_the_working_folder(run: Run) -> None:
    assert run("import os, tempfile\nassert os.path.dirname(tempfile.mkdtemp()) == os.getcwd()") == {"value": None}
    assert run("with tempfile.NamedTemporaryFile() as log:\n    log.write(b'x')") == {"value": None}


def test_the_whole_folder_is_limited_not_only_each_file(server: ForkServer) -> None:
    with Sandbox(server, "cpu", [], Limits(folder_mb=2, file_mb=1)) as sandbox:
        needs(sandbox, PRIVATE_FILES)
        fill = "for i in range(5):\n    with open(f'part{i}', 'wb') as part: part.write(bytes(900_000))"
        told = raised(sandbox.ask({"op": "run", "number": 1, "source": fill}, 10))
        assert told == "OSError: [Errno 28] No space left on device"


def test_the_answers_and_the_home_folder_cannot_be_read(sandbox: Sandbox, run: Run) -> None:
    needs(sandbox, LANDLOCK)
    for path in (ROOT / "solutions" / "gan.py", ROOT / "pyproject.toml", Path("/etc/passwd"), Path.home() / ".bashrc"):
        assert raised(run(f"open({str(path)!r})")).startswith("PermissionError"), path
    assert raised(run(f"import os\nos.listdir({str(ROOT)!r})")).startswith("PermissionError")
    assert "Error: " in raised(run("open('/tmp/written_outside', 'w')"))
    assert not Path("/tmp/written_outside").exists()


@pytest.mark.parametrize("change", ["chmod({}, 0)", "utime({})", "chown({}, -1, -1)", "setxattr({}, 'user.a', b'1')"])
def test_rights_owners_and_times_are_changed_in_the_working_folder_alone(run: Run, change: str) -> None:
    assert "Error: " in raised(run(f"import os\nos.{change.format('os.__file__')}"))
    assert "Error: " in raised(run(f"os.{change.format(repr(str(ROOT)))}"))


def test_own_files_can_be_copied_with_their_rights(sandbox: Sandbox, run: Run) -> None:
    needs(sandbox, PRIVATE_FILES)
    source = "import os, shutil\nopen('a', 'w').close()\nos.chmod('a', 0o600)\nshutil.copy2('a', 'b')"
    assert run(source) == {"value": None}


def test_where_a_gpu_is_used_no_other_device_and_no_process_can_be_written(server: ForkServer) -> None:
    with Sandbox(server, "cuda", ["main"], Limits()) as sandbox:
        needs(sandbox, LANDLOCK)
        places = ("/dev/shm/hostile", "/dev/tty", "/dev/full", "/proc/self/comm", "/proc/sys/kernel/core_pattern")
        for place in places:
            source = f"open({place!r}, 'w')"
            assert "Error: " in raised(sandbox.ask({"op": "run", "number": 1, "source": source}, 10)), place


def test_there_is_no_network_and_no_socket_with_a_path(sandbox: Sandbox, run: Run) -> None:
    if FILTER not in sandbox.isolation and NAMESPACES not in sandbox.isolation:
        pytest.skip("this machine gives neither a filter nor namespaces")
    assert "Error" in raised(run("import socket\nsocket.create_connection(('127.0.0.1', 9), timeout=2)"))
    needs(sandbox, FILTER)
    assert raised(run("socket.socket(socket.AF_UNIX)")) == "PermissionError: [Errno 1] Operation not permitted"
    assert raised(run("socket.socketpair(type=socket.SOCK_DGRAM)")).startswith("PermissionError")
    assert run("import asyncio\nasyncio.run(asyncio.sleep(0))") == {"value": None}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("os.fork()", NO_PROGRAMS),
        ("import subprocess\nsubprocess.run(['true'])", NO_PROGRAMS),
        ("os.execv('/bin/true', ['true'])", "PermissionError: [Errno 1] Operation not permitted"),
        ("os.setresuid(0, 0, 0)", "PermissionError: [Errno 1] Operation not permitted"),
        ("os.setpgid(0, 0)", "PermissionError: [Errno 1] Operation not permitted"),
        ("import ctypes\nassert ctypes.CDLL(None).inotify_init() >= 0, 'refused'", "AssertionError: refused"),
        ("os.memfd_create('hidden')", "PermissionError: [Errno 1] Operation not permitted"),
    ],
)
def test_calls_that_no_lab_needs_are_refused(sandbox: Sandbox, run: Run, source: str, told: str) -> None:
    needs(sandbox, FILTER)
    assert raised(run(f"import os\n{source}")) == told


def test_the_fork_server_has_not_touched_cuda(run: Run) -> None:
    assert run("import torch\nassert not torch.cuda._is_in_bad_fork()") == {"value": None}


def test_threads_work_and_are_counted(server: ForkServer) -> None:
    with Sandbox(server, "cpu", [], Limits(processes=20)) as sandbox:
        needs(sandbox, LIMITS)
        start = "import threading, time\nthreads = [threading.Thread(target=time.sleep, args=(9,), daemon=True)"
        start += " for _ in range({n})]\nfor thread in threads:\n    thread.start()"
        assert sandbox.ask({"op": "run", "number": 1, "source": start.format(n=5)}, 10) == {"value": None}
        told = raised(sandbox.ask({"op": "run", "number": 1, "source": start.format(n=50)}, 10))
        assert told == "RuntimeError: can't start new thread"


def test_the_environment_holds_no_secret(server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PASSWORD", "hunter2")
    with Sandbox(server, "cpu", [], Limits()) as sandbox:
        source = "import os\nassert 'COURSE_PASSWORD' not in os.environ, 'leaked'"
        assert sandbox.ask({"op": "run", "number": 1, "source": source}, 10) == {"value": None}


def test_no_process_outside_can_be_seen_or_signalled(sandbox: Sandbox, run: Run) -> None:
    needs(sandbox, NAMESPACES)
    assert run("import os\nassert (os.getpid(), os.getppid()) == (1, 0)") == {"value": None}
    for target in (os.getpid(), -1):
        assert raised(run(f"os.kill({target}, 9)")).startswith("ProcessLookupError"), target


def test_memory_files_and_output_are_limited(run: Run) -> None:
    assert raised(run("block = bytearray(600 * 2**20)")).startswith("MemoryError")
    assert (
        raised(run("import mmap\nshared = mmap.mmap(-1, 600 * 2**20)")) == "OSError: [Errno 12] Cannot allocate memory"
    )
    assert raised(run("f = open('big', 'wb')\nf.write(bytes(3 * 2**20))\nf.flush()")).startswith("OSError")
    assert run("for _ in range(200):\n    print('x' * 100_000)") == {"value": None}


def test_an_endless_loop_is_a_timeout_and_nothing_of_it_is_left(server: ForkServer) -> None:
    with Sandbox(server, "cpu", [], Limits()) as sandbox:
        loop = "import threading\nthreading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()\nwhile True: pass"
        with pytest.raises(SandboxTimeout, match="no answer within 1 seconds"):
            sandbox.ask({"op": "run", "number": 1, "source": loop}, 1)
        (fork_server,) = psutil.Process(server._process.pid).children()
        (loop_process,) = fork_server.children()
    assert not loop_process.is_running()
    assert fork_server.is_running()


@pytest.mark.parametrize("killed", ["the grader", "the keeper", "the fork server"])
def test_nothing_is_left_behind_where_this_is_killed(killed: str) -> None:
    """The grader is a process of its own here, with a sandbox in an endless loop."""
    source = (
        "import sys; from autograder.sandbox.isolation import Limits\n"
        "from autograder.sandbox.process import ForkServer, Sandbox\n"
        "server = ForkServer(); sandbox = Sandbox(server, 'cpu', [], Limits())\n"
        "print(server._process.pid, sandbox.folder, flush=True)\n"
        "sandbox.ask({'op': 'run', 'number': 1, 'source': 'while True: pass'}, 600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", source], cwd=ROOT, stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout
        keeper, folder = grader.stdout.readline().split()
        processes = [psutil.Process(int(keeper)), *psutil.Process(int(keeper)).children(recursive=True)]
        assert len(processes) == 3  # the fork server and the sandbox below it
        victims = {
            "the grader": psutil.Process(grader.pid),
            "the keeper": processes[0],
            "the fork server": processes[1],
        }
        victims[killed].kill()
        _, alive = psutil.wait_procs(processes, timeout=20)
        grader.kill()
    assert not alive
    if killed == "the keeper":  # which would have deleted it
        shutil.rmtree(Path(folder).parent)
    assert not Path(folder).exists()


@pytest.mark.parametrize("end", ["os._exit(0)", "os.abort()", "import ctypes; ctypes.string_at(0)"])
def test_a_process_that_ends_is_gone_and_the_server_goes_on(server: ForkServer, end: str) -> None:
    with Sandbox(server, "cpu", [], Limits()) as sandbox, pytest.raises(SandboxGone, match="process ended"):
        sandbox.ask({"op": "run", "number": 1, "source": f"import os\n{end}"}, 10)
    with Sandbox(server, "cpu", [], Limits()) as sandbox:
        assert sandbox.ask({"op": "run", "number": 1, "source": "x = 1"}, 10) == {"value": None}


def test_bytes_that_are_no_reply_end_the_sandbox_and_nothing_else(server: ForkServer) -> None:
    forged = "import os, time\nos.write(3, b'\\xff' * 64)\ntime.sleep(5)"
    with Sandbox(server, "cpu", [], Limits()) as sandbox, pytest.raises(SandboxGone, match="not a reply"):
        sandbox.ask({"op": "run", "number": 1, "source": forged}, 3)


def test_grading_leaves_no_file_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ForkServer() as server, Sandbox(server, "cpu", [], Limits()) as sandbox:
        assert sandbox.ask({"op": "run", "number": 1, "source": "import matplotlib.pyplot"}, 10) == {"value": None}
    assert list(tmp_path.iterdir()) == []


def test_a_fork_server_that_dies_leaves_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ForkServer() as server:
        sandbox = Sandbox(server, "cpu", [], Limits())
        for number in range(500):  # much to delete, so that a keeper that is killed would not be through with it
            (Path(sandbox.folder).parent / f"{number}").touch()
        sandbox._channel.close()
        psutil.Process(server._process.pid).children()[0].kill()
        with pytest.raises(ForkServerFailed):
            Sandbox(server, "cpu", [], Limits())
    assert list(tmp_path.iterdir()) == []


def test_a_dead_fork_server_is_told_with_its_last_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    server = ForkServer()
    server._process.kill()
    server._process.wait()
    for _ in range(2):  # whoever asks next is told the same
        with pytest.raises(ForkServerFailed, match="the process that forks sandboxes has ended"):
            Sandbox(server, "cpu", [], Limits())
    server.close()


def test_a_fork_server_that_is_stopped_for_a_while_goes_on(sandbox: Sandbox, server: ForkServer, run: Run) -> None:
    (fork_server,) = psutil.Process(server._process.pid).children()
    fork_server.suspend()
    fork_server.resume()
    assert run("x = 1") == {"value": None}
    with Sandbox(server, "cpu", [], Limits()) as another:
        assert another.ask({"op": "run", "number": 1, "source": "x = 1"}, 10) == {"value": None}

"""Hostile submissions for the GAN lab: what each tries, and what must come of it.

They stand among the tests, and not in the lab's bank under `solutions/`, because they hold no answer and are no
mistakes: none of them may reach a table of figures or a made-up class.

One that forges or steals is added to the untouched skeleton, whose honest score is 0; one that harms to the reference
answer, so that what it breaks shows. A theft that works raises `Stolen`, which no feedback may then hold.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from autograder.example_class import notebook_with
from autograder.submission import Cell
from tests.conftest import ROOT

Notebook = dict[str, Any]
STOLEN = "class Stolen(Exception): pass\n"
FIND_RESPONDENT = (
    "import gc\nfrom autograder.sandbox.respondent import Respondent\n"
    "mine = next(o for o in gc.get_objects() if isinstance(o, Respondent))\n"
)
FRAME = (
    "import os, struct, json\n"
    "def frame(message, arrays=b''):\n"
    "    text = message if isinstance(message, bytes) else json.dumps(message).encode()\n"
    "    return struct.pack('>II', len(text), len(arrays)) + text + arrays\n"
)
NAMES = "Generator Discriminator train_discriminator train_generator build_models build_optimizers".split()  # noqa: SIM905
ENDLESS = "did not finish: no answer within"
ENDED = "the submission's process ended"
NO_REPLY = "sent something that is not a reply"


@dataclass(frozen=True)
class Hostile:
    """One hostile submission. `source` is a cell of its own, first or last in the notebook.

    `score` is what it must have, of 70; None where that hangs on when a thread of its own strikes. `told` must stand in
    its feedback. `beside` are files next to the notebook; `edit` changes the notebook, `written` what is written of it.
    """

    name: str
    tries: str
    source: str = ""
    base: Literal["skeleton", "answer"] = "skeleton"
    place: Literal["first", "last"] = "last"
    score: float | None = 0.0
    told: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)
    edit: Callable[[Notebook], None] = lambda notebook: None
    written: Callable[[Path, str], None] = lambda path, text: (path.write_text(text), None)[1]

    def write(self, folder: Path, bases: Mapping[str, str]) -> Path:
        """Write the submission as `folder/gan/gan.ipynb`; `bases` are the texts of the notebooks that it adds to."""
        notebook = json.loads(bases[self.base])
        if self.source:
            cell = code(self.source)
            notebook["cells"].insert(0 if self.place == "first" else len(notebook["cells"]), cell)
        self.edit(notebook)
        path = folder / "gan" / "gan.ipynb"
        path.parent.mkdir(parents=True)
        for name, text in self.beside.items():
            (path.parent / name).write_text(text)
        self.written(path, json.dumps(notebook))
        return path


def base_notebooks(gan_answer: Sequence[Cell]) -> dict[str, str]:
    """The notebooks that hostile submissions add to, by name: the untouched skeleton, and the reference answer."""
    release = (ROOT / "assignments" / "gan" / "gan.ipynb").read_text()
    return {"skeleton": release, "answer": notebook_with(release, gan_answer)}


def code(source: str, **ours: Any) -> dict[str, Any]:
    """A code cell; `ours` is its nbgrader metadata."""
    metadata = {"nbgrader": {"schema_version": 3, "locked": True, "task": False, **ours}} if ours else {}
    return {
        "cell_type": "code",
        "id": f"hostile-{zlib.crc32(source.encode())}",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def _checks(notebook: Notebook) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]


def _with_checks(change: Callable[[dict[str, Any]], None]) -> Callable[[Notebook], None]:
    def edit(notebook: Notebook) -> None:
        for cell in _checks(notebook):
            change(cell)

    return edit


def _all_points(cell: dict[str, Any]) -> None:
    points = cell["metadata"]["nbgrader"]["points"]
    data = {"text/plain": str(points)}
    cell["outputs"] = [{"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}]
    cell["source"] = str(points)


def _forged_frame(message: str, arrays: str = "b''", times: int = 1) -> str:
    return f"{FRAME}os.write(3, frame({message}, {arrays}) * {times})"


FORGING = [
    Hostile(
        "comparisons_patched",
        "torch's comparisons say yes to everything",
        "import torch\nfor name in ('equal', 'allclose', 'isclose', 'eq'):\n"
        "    setattr(torch, name, lambda *a, **k: True)",
    ),
    Hostile(
        "builtins_patched",
        "abs, max, all, isinstance and float of Python say what pleases",
        "import builtins\nbuiltins.all = builtins.any = lambda items: True\nbuiltins.abs = lambda x: 0\n"
        "builtins.max = lambda *a, **k: 0",
        score=0,
    ),
    Hostile(
        "float_that_equals_everything",
        "losses are floats whose comparisons always hold",
        "class Yes(float):\n    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda s, o: True\n"
        "    __sub__ = __rsub__ = __abs__ = lambda s, *o: Yes(0)\n    __hash__ = float.__hash__\n"
        "def train_discriminator(*a, **k): return Yes(0)\ntrain_generator = train_discriminator",
        told="expected",
    ),
    Hostile(
        "tensor_that_equals_everything",
        "networks return tensors of a subclass that takes over torch's functions",
        "import torch\nclass Any(torch.Tensor):\n    @classmethod\n"
        "    def __torch_function__(cls, func, types, args=(), kwargs=None): return torch.zeros(2, 784)\n"
        "class Generator(torch.nn.Module):\n    def __init__(self, *a): super().__init__()\n"
        "    def forward(self, z): return torch.zeros(2, 784).as_subclass(Any)\nDiscriminator = Generator",
    ),
    Hostile(
        "array_that_equals_everything",
        "networks return NumPy arrays of a subclass with comparisons of its own",
        "import numpy as np\nclass Yes(np.ndarray):\n    def __array_ufunc__(self, *a, **k): return True\n"
        "class Generator:\n    def __init__(self, *a): pass\n"
        "    def __call__(self, z): return np.zeros((2, 784)).view(Yes)\nDiscriminator = Generator",
    ),
    Hostile(
        "ast_transformer",
        "five lines that give full marks in stock nbgrader: an AST transformer empties every later cell",
        "import ast\nclass Empty(ast.NodeTransformer):\n"
        "    def visit(self, node): return ast.parse('') if isinstance(node, ast.Module) else node\n"
        "get_ipython().ast_transformers.append(Empty())",
        place="first",
    ),
    Hostile(
        "input_transformer",
        "IPython's input transformers rewrite every later cell",
        "ip = get_ipython()\nip.input_transformers_cleanup.append(lambda lines: ['70\\n'])\n"
        "ip.run_cell = lambda *a, **k: 70.0",
        place="first",
    ),
    Hostile(
        "ipython_patched",
        "IPython's transformer class, which the sandbox uses, rewrites every cell",
        "from IPython.core import inputtransformer2\n"
        "inputtransformer2.TransformerManager.transform_cell = lambda s, c: 'x = 1'",
        place="first",
    ),
    Hostile(
        "grader_modules_replaced",
        "sys.modules holds modules of its own in place of the grader's",
        "import sys, types\nfor name in list(sys.modules):\n"
        "    if name.startswith('autograder'): sys.modules[name] = types.ModuleType(name)",
    ),
    Hostile(
        "numpy_replaced",
        "sys.modules holds an empty numpy",
        "import sys, types\nsys.modules['numpy'] = types.ModuleType('numpy')",
    ),
    Hostile(
        "import_hook",
        "a finder first in sys.meta_path invents every module",
        "import sys, types\nclass Finder:\n    def find_spec(self, *a): raise ImportError\n"
        "sys.meta_path.insert(0, Finder())",
    ),
    Hostile(
        "result_patched",
        "the class of results says 70",
        "import autograder.results as r\nr.Result.score = property(lambda self: 70.0)\n"
        "r.CheckResult.earned = 5.0\nimport autograder.judging as j\nj.judge_check = lambda *a: None",
    ),
    Hostile(
        "respondent_answers_nothing",
        "the object that answers questions is found by the garbage collector and made to answer 0",
        FIND_RESPONDENT + "mine.answer = lambda question: {'value': 0.0}",
        told="expected",
    ),
    Hostile(
        "respondent_answers_true",
        "every operation answers True",
        FIND_RESPONDENT + "for name in mine._ops:\n    mine._ops[name] = lambda **k: True",
    ),
    Hostile(
        "respondent_answers_an_object",
        "every operation answers an object that does not exist",
        "from autograder.wire import Handle\n"
        + FIND_RESPONDENT
        + "mine.answer = lambda q: {'value': Handle(10**9, 'Linear')}",
    ),
    Hostile(
        "respondent_answers_nan",
        "every number is NaN",
        "import numpy as np\n" + FIND_RESPONDENT + "mine.answer = lambda q: {'value': np.full((2, 784), np.nan)}",
    ),
    Hostile(
        "respondent_answers_nested_lists",
        "every answer is a list of lists of dictionaries",
        FIND_RESPONDENT + "mine.answer = lambda q: {'value': [[{'a': ({'b': None},)}]]}",
    ),
    Hostile(
        "respondent_answers_text",
        "every answer is text, also where the reply names an exception",
        FIND_RESPONDENT + "mine.answer = lambda q: {'raised': 'nothing', 'missing': [], 'value': 'full marks'}",
    ),
    Hostile(
        "respondent_names_its_score",
        "replies carry results of their own",
        FIND_RESPONDENT + "mine.answer = lambda q: {'score': 70.0, 'status': 'passed', 'checks': [], 'earned': 70}",
    ),
    Hostile(
        "respondent_through_frames",
        "the frames above the cell lead to the loop that answers",
        "import sys\nframe = sys._getframe()\nwhile frame:\n    for name, value in list(frame.f_locals.items()):\n"
        "        if type(value).__name__ == 'Respondent': value.answer = lambda q: {'value': True}\n"
        "    frame = frame.f_back",
    ),
    Hostile(
        "replies_ahead_of_questions",
        "a thousand replies wait in the channel before they are asked for",
        _forged_frame("{'dict': {'value': 0.5}}", times=1000),
    ),
    Hostile(
        "reply_of_a_broken_frame",
        "bytes that are no frame",
        "import os\nos.write(3, b'\\x00\\x00\\x00\\x04\\x00\\x00\\x00\\x00{[}]')",
        told=NO_REPLY,
    ),
    Hostile(
        "reply_of_four_gigabytes",
        "a frame that announces four gigabytes",
        "import os\nos.write(3, b'\\xff' * 8)",
        told=NO_REPLY,
    ),
    Hostile(
        "reply_nested_deeply",
        "a frame nested 100,000 levels deep",
        _forged_frame("b'[' * 100000"),
        told=NO_REPLY,
    ),
    Hostile(
        "reply_with_a_negative_shape",
        "an array of shape (-1, 10**9)",
        _forged_frame("{'dict': {'value': {'array': ['float32', [-1, 10**9]]}}}", "b'1234'"),
        told=NO_REPLY,
    ),
    Hostile(
        "reply_with_an_object_array",
        "an array of Python objects, which NumPy would unpickle",
        _forged_frame("{'dict': {'value': {'array': ['object', [1]]}}}", "b'12345678'"),
        told=NO_REPLY,
    ),
    Hostile(
        "reply_past_the_end",
        "an array that reaches past its frame",
        _forged_frame("{'dict': {'value': {'array': ['float64', [10**6]]}}}", "b'12345678'"),
        told=NO_REPLY,
    ),
    Hostile(
        "reply_of_few_bytes_for_many_arrays",
        "ten thousand arrays that all lie in the same 16 MB",
        _forged_frame("{'list': [{'array': ['uint8', [2**24]]}] * 10_000}", "bytes(2**24)"),
        told=NO_REPLY,
    ),
    Hostile(
        "cell_of_blanks",
        "a line so long that a pattern would try its every blank",
        "check('a')" + 300_000 * " " + "z",
        told="SyntaxError",
    ),
    Hostile(
        "reply_that_is_a_number",
        "a reply that is no dictionary",
        _forged_frame("70.0"),
        told=NO_REPLY,
    ),
    Hostile(
        "reply_of_huge_numbers",
        "integers of 4,000 digits",
        _forged_frame("b'{\"dict\": {\"value\": ' + b'9' * 4000 + b'}}'", times=40),
    ),
    Hostile(
        "profiler_changes_returns",
        "a trace function rewrites local variables",
        "import sys\ndef trace(frame, event, arg):\n    frame.f_locals['score'] = 70\n    return trace\n"
        "sys.settrace(trace)\nsys.setprofile(trace)",
    ),
    Hostile(
        "modules_forward_patched",
        "every torch.nn.Module, the grader's small networks included, returns a constant",
        "import torch\ntorch.nn.Module.__call__ = lambda self, x: torch.full((len(x), 1), 0.5)",
    ),
    Hostile(
        "optimizers_patched",
        "torch's own optimizers are replaced",
        "import torch\nclass Fake:\n    param_groups = []\n    def __init__(self, *a, **k): pass\n"
        "    def step(self): pass\n    def zero_grad(self): pass\ntorch.optim.SGD = torch.optim.Adam = Fake",
    ),
    Hostile(
        "descriptors",
        "names of the lab are objects whose every attribute and call gives itself",
        "class All:\n    def __getattr__(self, name): return self\n    def __call__(self, *a, **k): return self\n"
        "    def __iter__(self): return iter([self, self])\n    def __len__(self): return 2\n"
        f"{' = '.join(NAMES)} = All()",
    ),
    Hostile(
        "spoofed_types",
        "objects say that they are tensors and floats",
        "import torch\nclass Fake:\n    __class__ = property(lambda self: float)\n"
        "    def __float__(self): return 1.3862943611198906\n"
        "def train_discriminator(*a): return Fake()\ntrain_generator = train_discriminator",
    ),
    Hostile(
        "seed_0_by_heart",
        "the shipped figures are read from the package and given back",
        "import json, autograder, pathlib, torch\n"
        "table = json.loads((pathlib.Path(autograder.__file__).parent / 'labs' / 'gan.json').read_text())['answers']\n"
        "figures = next(iter(table['generator_computes_its_layers'].values()))\n"
        "class Generator(torch.nn.Module):\n    def __init__(self, i=100, h=256, o=784):\n"
        "        super().__init__()\n        self.o = o\n        self.l = torch.nn.Sequential(torch.nn.Linear(i, h), "
        "torch.nn.Linear(h, h), torch.nn.Linear(h, o))\n"
        "    def forward(self, z):\n        images = torch.zeros(len(z), self.o)\n"
        "        images[:2, ::56] = torch.tensor(figures).reshape(2, -1)[:, :images[:, ::56].shape[1]]\n"
        "        return images",
        score=7,  # its layers and its shape are right, which two checks ask for; what it computes is not
        told="are off",
    ),
    Hostile(
        "at_exit",
        "results are written when the process ends",
        "import atexit\natexit.register(lambda: open('results.json', 'w').write('{\"score\": 70}'))",
    ),
    Hostile(
        "results_written",
        "files of results lie in the working folder",
        "import json\nfor name in ('results.json', 'report.xml', 'scores.csv'):\n"
        "    open(name, 'w').write(json.dumps({'score': 70}))",
    ),
    Hostile(
        "environment_changed",
        "the variables that say who runs the notebook are changed",
        "import os\nos.environ['NBGRADER_EXECUTION'] = ''\nos.environ.pop('AUTOGRADER_SANDBOX', None)",
    ),
    Hostile(
        "conftest_beside",
        "a conftest.py beside the notebook makes every test pass",
        beside={
            "conftest.py": "import pytest\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item):\n"
            "    outcome = yield\n    outcome.get_result().outcome = 'passed'\n",
            "pytest.ini": "[pytest]\naddopts = -p conftest\n",
        },
    ),
    Hostile(
        "modules_beside",
        "modules beside the notebook shadow torch, numpy, autograder and sitecustomize",
        beside={f"{name}.py": "raise SystemExit('shadowed')" for name in ("torch", "numpy", "autograder", "json")}
        | {"sitecustomize.py": "import os; os._exit(0)"},
    ),
    Hostile(
        "nbgrader_config_beside",
        "a configuration of nbgrader's beside the notebook",
        beside={"nbgrader_config.py": "c = get_config()\nc.Autograde.autograde_preprocessors = []\n"},
    ),
    Hostile(
        "check_cells_edited",
        "check cells hold a number and an output with all their points",
        edit=_with_checks(_all_points),
    ),
    Hostile(
        "check_cells_emptied",
        "check cells hold nothing, which gives full marks in stock nbgrader",
        edit=_with_checks(lambda cell: cell.update(source="", outputs=[])),
    ),
    Hostile(
        "check_cells_deleted",
        "there are no check cells",
        edit=lambda notebook: notebook.update(cells=[c for c in notebook["cells"] if c not in _checks(notebook)]),
    ),
    Hostile(
        "check_cells_doubled",
        "every check cell stands twice, once with all its points",
        edit=lambda notebook: notebook["cells"].extend(
            code("70", grade=True, solution=False, grade_id=c["metadata"]["nbgrader"]["grade_id"], points=70)
            for c in _checks(notebook)
        ),
    ),
    Hostile(
        "points_raised",
        "each check says that it is worth 1,000 points",
        edit=_with_checks(lambda cell: cell["metadata"]["nbgrader"].update(points=1000)),
    ),
    Hostile(
        "answer_marked_as_check",
        "a cell of one's own carries a check's identifier",
        edit=lambda notebook: notebook["cells"].append(
            code("6.0", grade=True, solution=True, grade_id="generator_computes_its_layers", points=6)
        ),
    ),
    Hostile(
        "metadata_of_wrong_kinds",
        "nbgrader's metadata are numbers and lists",
        edit=lambda notebook: [c.update(metadata={"nbgrader": [1, {}]}) for c in notebook["cells"]] and None,
    ),
]


def _steal(*attempts: str) -> str:
    """A cell that raises Stolen where one of these expressions gives anything, and tells how they ended otherwise."""
    lines = [STOLEN + "import os, glob, pathlib, ctypes, socket, sys\nended = []"]
    for attempt in attempts:
        lines.append(f"try:\n    found = {attempt}\nexcept (OSError, StopIteration) as error:\n    found = None")
        lines.append("    ended.append(type(error).__name__)\nif found: raise Stolen(str(found)[:200])")
    return "\n".join(lines)


STEALING = [
    Hostile("the_answers", "the answers are read", _steal(f"open({str(ROOT / 'solutions' / 'gan.py')!r}).read()")),
    Hostile(
        "the_built_answers",
        "the answers are read from the notebook",
        _steal(f"open({str(ROOT / 'solutions' / 'gan' / 'gan.ipynb')!r}).read()"),
    ),
    Hostile("the_folder_of_answers", "folders are listed", _steal(f"os.listdir({str(ROOT / 'solutions')!r})")),
    Hostile("the_repository", "the course's folder is listed", _steal(f"os.listdir({str(ROOT)!r})")),
    Hostile(
        "the_gradebook",
        "the gradebook is looked for everywhere",
        _steal(
            "[p for top in ('/home', '/root', '/tmp', '/work', '/srv', '/var') "
            "for p in glob.glob(top + '/**/gradebook.db', recursive=True)]"
        ),
    ),
    Hostile(
        "other_submissions",
        "the notebooks of others are looked for",
        _steal("[p for p in pathlib.Path('..').rglob('*.ipynb')]", "os.listdir('..')", "os.listdir('/tmp')"),
    ),
    Hostile("the_home_folder", "the home folder is listed", _steal("os.listdir('/root') + os.listdir('/home')")),
    Hostile(
        "keys_and_passwords",
        "files of the system are read",
        _steal("open('/etc/passwd').read()", "open('/etc/shadow').read()", "os.listdir('/etc')"),
    ),
    Hostile(
        "the_graders_environment",
        "the environment of other processes is read",
        _steal(*(f"open('/proc/{who}/environ', 'rb').read()" for who in ("1", "self", "thread-self", "2"))),
    ),
    Hostile(
        "the_graders_memory",
        "memory of other processes is opened",
        _steal(*(f"open('/proc/{who}/mem', 'rb').read(1)" for who in ("1", "self")), "os.listdir('/proc')"),
    ),
    Hostile(
        "memory_through_ptrace",
        "the parent is traced, and its memory read with process_vm_readv",
        _steal(
            "ctypes.CDLL(None).ptrace(16, os.getppid() or 2, 0, 0) == 0",
            "ctypes.CDLL(None).process_vm_readv(os.getppid() or 2, None, 0, None, 0, 0) == 0",
        ),
    ),
    Hostile(
        "symbolic_link",
        "a symbolic link in the working folder leads to the answers",
        _steal(f"(os.symlink({str(ROOT / 'solutions' / 'gan.py')!r}, 'link'), open('link').read())[1]"),
    ),
    Hostile(
        "hard_link",
        "a hard link in the working folder is the file of answers",
        _steal(f"(os.link({str(ROOT / 'solutions' / 'gan.py')!r}, 'hard'), open('hard').read())[1]"),
    ),
    Hostile(
        "inherited_descriptors",
        "what the grader had open is read",
        _steal(
            "[n for n in range(4, 256) if pathlib.os.fstat(n)]",
            "[os.pread(n, 100, 0) for n in range(4, 256) if not ctypes.CDLL(None).fcntl(n, 1) < 0]",
        ),
    ),
    Hostile(
        "answers_in_memory",
        "the process's own memory, a copy of the fork server's, is searched for answers",
        STOLEN + "import gc\nmark = 'BEGIN ' + 'SOLUTION'\n"
        "texts = [t for o in gc.get_objects() if isinstance(o, (dict, list, tuple)) for t in "
        "(list(o.values()) if isinstance(o, dict) else o) if type(t) is str]\n"
        "if any(mark in t and 'Linear' in t for t in texts): raise Stolen\n"
        "if any(name.startswith('solutions') for name in __import__('sys').modules): raise Stolen",
    ),
    Hostile(
        "secrets_in_the_environment",
        "variables of the grader are read",
        _steal("[k for k in os.environ if any(w in k for w in ('TOKEN', 'SECRET', 'PASSWORD', 'KEY', 'SSH'))]"),
    ),
    Hostile(
        "a_server_on_this_machine",
        "sockets are opened to servers on this machine",
        _steal(
            "socket.create_connection(('127.0.0.1', 22), 1)",
            "socket.create_connection(('127.0.0.1', 8888), 1)",
            "socket.socket(socket.AF_UNIX).connect('/run/docker.sock') is None",
            "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        ),
    ),
    Hostile(
        "writing_outside",
        "files are written wherever they may be",
        _steal(
            *(f"open({place!r}, 'w')" for place in ("/tmp/hostile", "/var/tmp/hostile", "/dev/shm/hostile")),
            f"open({str(ROOT / 'hostile')!r}, 'w')",
            f"open({str(ROOT / 'autograder' / 'labs' / 'gan.json')!r}, 'a')",
            "open('../hostile', 'w')",
        ),
    ),
    Hostile(
        "packages_changed",
        "files of the installed packages are written",
        _steal(
            "open(os.path.join(os.path.dirname(os.__file__), 'hostile.py'), 'w')",
            "os.chmod(os.__file__, 0o777) is None",
        ),
    ),
    Hostile(
        "rights_of_files_changed",
        "files of whoever grades, and of neighbours, are given other rights, times and owners",
        _steal(
            *(
                f"os.{change} is None"
                for path in (ROOT / "solutions" / "gan.py", ROOT, Path.home(), Path("/tmp"))
                for change in (f"chmod({str(path)!r}, 0o755)", f"utime({str(path)!r})", f"chown({str(path)!r}, -1, -1)")
            )
        ),
    ),
    Hostile(
        "more_rights",
        "limits are raised, users changed, namespaces left, files mounted",
        _steal(
            "ctypes.CDLL(None).mount(b'none', b'/', b'tmpfs', 0, None) == 0",
            "ctypes.CDLL(None).unshare(0x10000000) == 0",
            "ctypes.CDLL(None).setns(3, 0) == 0",
            "os.setresuid(0, 0, 0) is None",
            "ctypes.CDLL(None).prctl(1, 0) == 0 and ctypes.CDLL(None).chroot(b'.') == 0",
        ),
    ),
]


def _in_function(name: str, body: str) -> str:
    return f"import os, time, signal, ctypes, sys, threading\ndef {name}(*arguments):\n    {body}"


def _harm(name: str, tries: str, source: str, told: str = "", score: float | None = 70, **rest: Any) -> Hostile:
    prelude = "import os, sys, time, signal, ctypes, threading, gc\n"
    return Hostile(name, tries, prelude + source, base="answer", score=score, told=told, **rest)


HARMING = [
    _harm("endless_loop", "a cell never ends", "while True: pass", ENDLESS),
    _harm("long_sleep", "a cell sleeps for a day", "time.sleep(86_400)", ENDLESS),
    _harm(
        "endless_function",
        "a function never ends",
        _in_function("train_generator", "while True: pass"),
        "train_generator gave no answer within",
        score=47,
    ),
    _harm(
        "signals_ignored",
        "signals are ignored and the cell never ends",
        "for n in range(1, 32):\n    if n not in (9, 19): signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
        ENDLESS,
    ),
    _harm(
        "memory_in_lists",
        "lists fill the memory",
        "x = [bytes(2**27) for _ in range(64)]",
        "MemoryError",
    ),
    _harm("memory_in_tensors", "a tensor of a terabyte", "import torch\nx = torch.ones(2**38)", "RuntimeError"),
    _harm(
        "memory_shared",
        "memory that is shared with nobody, which some limits do not count",
        "import mmap\nx = [mmap.mmap(-1, 2**30) for _ in range(64)]",
        "OSError",
    ),
    _harm("fork_bomb", "processes make processes", "while True: os.fork()", "BlockingIOError"),
    _harm(
        "thread_bomb",
        "threads without end",
        "while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "can't start new thread",
        score=70,
    ),
    _harm("output_flood", "a gigabyte is printed", "for _ in range(1000): print('x' * 1_000_000)"),
    _harm(
        "errors_flood",
        "a gigabyte goes to the standard error, also past Python",
        "for _ in range(1000): sys.stderr.write('x' * 1_000_000)\nfor _ in range(1000): os.write(2, b'x' * 1_000_000)",
    ),
    _harm(
        "disk_filled",
        "files fill the disk",
        "n = 0\nwhile True:\n    open(f'f{n}', 'wb').write(bytes(2**25)); n += 1",
        "No space left on device",
    ),
    _harm(
        "inodes_filled",
        "a million empty files",
        "for n in range(10**6): open(f'f{n}', 'w').close()",
        "No space left on device",
    ),
    _harm(
        "file_of_a_terabyte", "a file of a terabyte with a hole", "f = open('f', 'wb'); f.truncate(2**40)", "OSError"
    ),
    _harm(
        "deep_folders",
        "folders a thousand levels deep, which are hard to delete",
        "for _ in range(1000):\n    os.mkdir('d' * 100); os.chdir('d' * 100)",
        score=70,
    ),
    _harm(
        "folder_without_rights",
        "a folder that may not be read or deleted",
        "os.makedirs('a/b'); open('a/b/c', 'w').close(); os.chmod('a/b', 0); os.chmod('a', 0); os.chmod('.', 0)",
    ),
    _harm(
        "kills_its_parent",
        "the parent, the group and everyone else are killed",
        "for target in (os.getppid(), -1, 2, 0):\n    try: os.kill(target, 9)\n    except OSError: pass\n"
        "try: os.killpg(os.getpgid(0), 15)\nexcept OSError: pass",
        score=70,
    ),
    _harm("segfault", "the process reads address 0", "ctypes.string_at(0)", ENDED),
    _harm("abort", "the process aborts", "os.abort()", ENDED),
    _harm("quick_exit", "the process ends with status 0", "os._exit(0)", ENDED),
    _harm("system_exit", "sys.exit in a cell", "sys.exit(0)", "SystemExit"),
    _harm(
        "deep_recursion",
        "a recursion without end, with Python's limit lifted",
        "sys.setrecursionlimit(10**9)\ndef f(): return f()\nf()",
        score=70,
    ),
    _harm(
        "deep_recursion_in_c",
        "a recursion through the interpreter's own functions",
        "sys.setrecursionlimit(10**9)\nx = []\nfor _ in range(10**6): x = [x]\nrepr(x)",
        score=70,
    ),
    _harm(
        "threads_outlive_their_cell",
        "a thread writes into the channel after its cell has ended",
        "def flood():\n    time.sleep(0.2)\n    while True: os.write(3, b'0')\n"
        "threading.Thread(target=flood, daemon=True).start()",
        NO_REPLY,
        score=None,
    ),
    _harm(
        "busy_threads",
        "threads compute on for ever",
        "for _ in range(4): threading.Thread(target=lambda: [0 for _ in iter(int, 1)], daemon=True).start()",
        score=None,
    ),
    _harm(
        "zombies",
        "children end and are not waited for",
        "for _ in range(1000):\n    if os.fork() == 0: os._exit(0)",
        "BlockingIOError",
    ),
    _harm(
        "daemon",
        "a process leaves its group and stays",
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(600)",
        "BlockingIOError",
    ),
    _harm("channel_closed", "the channel is closed", "os.close(3)", ENDED),
    _harm(
        "channel_drips",
        "a reply comes one byte at a time",
        "os.write(3, bytes([0, 16, 0, 0, 0, 0, 0, 0]))\nwhile True:\n    os.write(3, b'0'); time.sleep(0.1)",
        ENDLESS,
    ),
    _harm("everything_deleted", "everything is deleted", "import shutil\nshutil.rmtree('/', ignore_errors=True)"),
    _harm(
        "limits_lifted",
        "the process's own limits are lifted",
        "import resource\nfor which in (resource.RLIMIT_AS, resource.RLIMIT_CPU):\n"
        "    resource.setrlimit(which, (resource.RLIM_INFINITY,) * 2)",
        "Error: ",
    ),
    _harm(
        "stopped",
        "the process stops itself",
        "os.kill(os.getpid(), signal.SIGSTOP)\nsignal.raise_signal(signal.SIGSTOP)",
        score=70,
    ),
    _harm(
        "exception_without_end",
        "an exception whose text never ends",
        "class Endless(Exception):\n    def __str__(self):\n        while True: pass\nraise Endless",
        ENDLESS,
    ),
    _harm(
        "exception_of_a_hundred_megabytes",
        "an exception with a text of a hundred megabytes",
        "raise ValueError('x' * 10**8)",
        "ValueError",
    ),
    _harm(
        "exception_that_lies",
        "an exception that imitates an open TODO",
        "class NotImplementedError(Exception): pass\nraise NotImplementedError  # delete this line",
        "NotImplementedError",
    ),
    _harm(
        "endless_finalizer",
        "an object's finalizer never ends",
        "class Last:\n    def __del__(self):\n        while True: pass\nlast = Last()\ndel last",
        ENDLESS,
    ),
    _harm(
        "returns_a_huge_list",
        "a function returns a list of ten million numbers",
        _in_function("train_generator", "return [0.0] * 10**7"),
        "expected",
        score=47,
    ),
    _harm(
        "returns_a_nested_list",
        "a function returns a list nested without end",
        _in_function("train_generator", "x = []\n    x.append(x)\n    return x"),
        "expected",
        score=47,
    ),
    _harm(
        "returns_a_huge_tensor",
        "a network returns what would be half a gigabyte, of a few bytes of memory",
        "class Generator(Generator):\n    def forward(self, z): return torch.zeros(1).expand(2**27)",
        "an array of 536,870,912 bytes is too large to send",
        score=54,
    ),
    _harm(
        "returns_a_huge_text",
        "a function returns a text of a hundred megabytes",
        _in_function("train_generator", "return 'x' * 10**8"),
        "expected",
        score=47,
    ),
    _harm(
        "markup_in_messages",
        "messages hold escape sequences, terminal markup and HTML",
        "raise ValueError('\\x1b[2J[bold red]<script>alert(1)</script>[/bold red] [link=file:///]=cmd()')",
        "ValueError",
    ),
    _harm(
        "text_of_lone_surrogates",
        "messages hold half characters",
        "raise ValueError('\\ud800 \\udfff \\0')",
        "ValueError",
    ),
]


def _link_to_answers(path: Path, text: str) -> None:
    path.symlink_to(ROOT / "solutions" / "gan" / "gan.ipynb")


def _huge(path: Path, text: str) -> None:
    with path.open("w") as file:
        file.truncate(2**33)


def _many_cells(notebook: Notebook) -> None:
    notebook["cells"] = [code("x = 1")] * 200_000


def _big_outputs(notebook: Notebook) -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": "x" * 40_000_000}
    notebook["cells"].append({**code("x = 1"), "outputs": [stream]})


FILES = [
    Hostile("link_to_the_answers", "the submission is a symbolic link to the answers", written=_link_to_answers),
    Hostile("file_of_eight_gigabytes", "the file has eight gigabytes, with a hole", written=_huge, told="bytes"),
    Hostile("many_cells", "the notebook has 200,000 cells", edit=_many_cells, told="cells"),
    Hostile("outputs_of_megabytes", "its outputs have forty megabytes", edit=_big_outputs, told="bytes"),
    Hostile(
        "nested_json",
        "the file is a list nested 100,000 levels deep",
        written=lambda path, text: (path.write_text("[" * 100_000 + "]" * 100_000), None)[1],
        told="nested too deeply",
    ),
    Hostile(
        "json_of_other_kinds",
        "cells are numbers, sources are dictionaries",
        edit=lambda notebook: notebook["cells"].extend([1, None, [], {"cell_type": "code", "source": {"a": 1}}]),
    ),
    Hostile(
        "folder_in_its_place",
        "the notebook is a folder",
        written=lambda path, text: path.mkdir(),
        told="submit the notebook itself",
    ),
    Hostile(
        "pipe_in_its_place",
        "the notebook is a named pipe, which nobody writes to",
        written=lambda path, text: os.mkfifo(path),
        told="submit the notebook itself",
    ),
    Hostile(
        "invalid_text",
        "the file is no text",
        written=lambda path, text: (path.write_bytes(bytes(range(256)) * 100), None)[1],
        told="could not be read as JSON",
    ),
    Hostile(
        "huge_integer",
        "a number of five million digits",
        written=lambda path, text: (path.write_text('{"cells": [' + "9" * 5_000_000 + "]}"), None)[1],
        told="could not be read as JSON",
    ),
    Hostile(
        "source_of_megabytes",
        "a cell of ten million characters",
        "x = [" + "0," * 5_000_000 + "]",
        base="answer",
        score=70,
    ),
    Hostile(
        "source_nested",
        "a cell of a hundred thousand brackets, which end Python's compiler",
        "x = " + "(" * 100_000 + ")" * 100_000,
        base="answer",
        score=70,
    ),
    Hostile(
        "source_of_null_characters",
        "a cell of null characters",
        "x = 1\0\n\0",
        base="answer",
        score=70,
        told="Cell",
    ),
]

HOSTILE = [*FORGING, *STEALING, *HARMING, *FILES]

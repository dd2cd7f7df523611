"""What `import data_utils` brings, and what it leaves alone."""

import subprocess
import sys

import pytest

import data_utils


def test_every_public_name_is_there_and_listed():
    assert all(callable(getattr(data_utils, name)) for name in data_utils.__all__)
    assert dir(data_utils) == sorted(data_utils.__all__)


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(AttributeError) as caught:
        data_utils.load_digit  # noqa: B018
    assert str(caught.value) == (
        f"module 'data_utils' has no attribute 'load_digit'; it has {', '.join(data_utils.__all__)}."
    )


def test_offline_digit_arrays_need_no_torch_and_the_import_needs_nothing_heavy():
    program = (
        "import sys, data_utils; heavy = {'torch', 'torchvision', 'numpy', 'sklearn', 'matplotlib'};"
        "print(heavy & set(sys.modules)); data_utils.offline_digit_arrays();"
        "print({'torch', 'torchvision', 'autograder'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\nset()\n"

"""Whatever bytes come over the channel or lie in a file: plain data, or the one error that says what they are not.

`make fuzz` searches for minutes; `make test` for seconds, always the same cases.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder import wire
from autograder.facts import load_table
from autograder.judging import judge
from autograder.lab import load_lab
from autograder.results import Report, Result
from autograder.sandbox.respondent import Respondent
from autograder.student import Student
from autograder.submission import Cell, Submission, Unreadable, notebook_cells

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
settings.register_profile(
    "fuzz",
    max_examples=EXAMPLES,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("fuzz")

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
numbers = st.integers(-3, 2**40)
tagged = st.recursive(
    json_values | st.fixed_dictionaries({"array": st.tuples(st.sampled_from(wire.DTYPES), st.lists(numbers))}),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"list": st.lists(inner, max_size=4)}),
        st.fixed_dictionaries({"tuple": st.lists(inner, max_size=4)}),
        st.fixed_dictionaries({"dict": st.dictionaries(st.text(max_size=8), inner, max_size=4)}),
        st.fixed_dictionaries({"object": st.tuples(numbers, st.text(max_size=8))}),
    ),
    max_leaves=20,
)
arrays = st.builds(
    lambda shape, value, dtype: np.full(shape, value).astype(dtype),
    st.lists(st.integers(0, 3), max_size=3),
    st.sampled_from([0.0, 1.0, -1e30, float("nan"), float("inf")]),
    st.sampled_from(["float32", "float64", "bool"]),
)
replies = st.recursive(
    st.one_of(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        arrays,
        st.builds(wire.Handle, st.integers(-2, 10**9), st.text(max_size=8)),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(
            st.sampled_from(["name", "shape", "value", "grad", "groups", "options", "x"]), inner, max_size=4
        ),
    ),
    max_leaves=8,
)


def is_plain(value: Any) -> bool:
    """Made of the kinds that the channel carries, and of no other."""
    if isinstance(value, list | tuple):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(item) for key, item in value.items())
    return value is None or type(value) in (bool, int, float, str, np.ndarray, wire.Handle)


def decoded(text: bytes, data: bytes) -> Any:
    try:
        return wire.decode(text, data)
    except wire.BrokenFrame:
        return None


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_any_bytes_are_plain_data_or_a_broken_frame(text: bytes, data: bytes) -> None:
    assert is_plain(decoded(text, data))


@given(tagged, st.binary(max_size=40))
def test_any_tagged_json_is_plain_data_or_a_broken_frame(document: Any, data: bytes) -> None:
    value = decoded(json.dumps(document).encode(), data)
    assert is_plain(value)
    json.dumps(str(value), ensure_ascii=False).encode()  # no half characters


@given(st.binary(max_size=60), st.booleans())
def test_any_stream_ends_in_a_message_a_broken_frame_or_its_end(stream: bytes, sized: bool) -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(struct.pack(">II", len(stream), 0) + stream if sized else stream)
        there.shutdown(socket.SHUT_WR)
        try:
            assert is_plain(wire.receive(here))
        except (wire.BrokenFrame, wire.Closed):
            return


def cells_of(data: bytes) -> list[Cell]:
    try:
        return notebook_cells(data)
    except Unreadable:
        return []


@given(st.binary(max_size=200))
def test_any_file_is_cells_or_unreadable(data: bytes) -> None:
    assert cells_of(data) == []


@given(st.dictionaries(st.sampled_from(["cells", "metadata", "nbformat"]), json_values), json_values, json_values)
def test_any_json_is_cells_or_unreadable(document: dict[str, Any], source: Any, metadata: Any) -> None:
    cell = {"cell_type": "code", "source": source, "metadata": metadata}
    for cells in (document.get("cells"), [cell, document]):
        found = cells_of(json.dumps({**document, "cells": cells}).encode())
        assert all(isinstance(one.source, str) and one.source.strip() for one in found)


@given(st.text(max_size=300))
def test_any_text_is_a_script_or_unreadable(text: str) -> None:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"fuzz-{os.getpid()}.py"
    path.write_bytes(text.encode(errors="surrogatepass"))
    try:
        assert all(cell.source.strip() for cell in Submission(path, "s", "gan").read()[0])
    except Unreadable:
        return
    finally:
        path.unlink()


def answering(names: dict[str, Any], forge: Callable[[int], bool], forged: Any) -> Callable[[Any], Mapping[str, Any]]:
    """The honest answer of these names, but for the questions that are answered with `forged`."""
    honest, asked = Respondent(dict(names)), iter(range(10**9))

    def respond(question: dict[str, Any]) -> dict[str, Any]:
        reply = honest.answer(question)
        return {"value": forged} if forge(next(asked)) else reply

    return respond


@settings(max_examples=max(4, EXAMPLES // 6))
@given(forged=replies, first=st.integers(0, 60), every=st.sampled_from([1, 2, 3, 7, 1000]))
def test_no_forged_reply_earns_what_honest_ones_do_not(forged: Any, first: int, every: int) -> None:
    """Of a submission that defines nothing; and a report of it can always be written."""
    lab = load_lab("gan")
    student = Student(answering({}, lambda n: n >= first and n % every == 0, forged), 11)  # type: ignore[arg-type]
    verdicts = list(judge(lab.checks, student, load_table("gan").answers))
    assert [verdict.status for verdict in verdicts if verdict.status == "passed"] == []
    result = Result("m", "gan", "", "", lab.max_score, "graded", checks=[v.as_result() for v in verdicts])
    document = json.loads(Report({}, [result, replace(result, checks=[])]).as_json())
    assert document["results"][0]["score"] == 0

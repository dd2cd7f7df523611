"""The channel carries plain data and arrays, bounded, and nothing that comes over it can do more than break a frame."""

from __future__ import annotations

import json
import pickle
import socket

import numpy as np
import pytest

from autograder import wire
from autograder.wire import BrokenFrame, Closed, Handle, decode, encode, receive


def over_a_socket(frame: bytes) -> object:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(frame)
        there.shutdown(socket.SHUT_WR)
        return receive(here)


@pytest.mark.parametrize(
    "message",
    [
        None,
        True,
        -3,
        2.5,
        "ein Satz, 一句话",
        [1, [2.0, "three"]],
        (1, (2,)),
        {"op": "call", "args": [(1, 2), {"deep": [None]}]},
        Handle(7, "Generator"),
    ],
)
def test_plain_values_arrive_as_they_were(message: object) -> None:
    assert over_a_socket(encode(message)) == message


def test_arrays_arrive_with_dtype_and_shape() -> None:
    arrays = [np.arange(6, dtype=np.float32).reshape(2, 3), np.array(2.5), np.zeros((0, 4), np.uint8), np.array([True])]
    for sent, got in zip(arrays, over_a_socket(encode(arrays)), strict=True):  # type: ignore[call-overload]
        assert got.dtype == sent.dtype
        assert got.shape == sent.shape
        assert np.array_equal(got, sent)


def test_objects_and_foreign_dtypes_are_refused_before_they_are_sent() -> None:
    with pytest.raises(TypeError, match="a object cannot be sent"):
        encode(object())
    with pytest.raises(TypeError, match="an array of dtype object cannot be sent; allowed: bool, uint8"):
        encode(np.array([object()]))
    with pytest.raises(TypeError, match="a Sneaky cannot be sent"):
        encode(type("Sneaky", (float,), {})(1.0))


def frame(document: object, arrays: bytes = b"") -> bytes:
    text = json.dumps(document).encode()
    return wire.LENGTHS.pack(len(text), len(arrays)) + text + arrays


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([1, 2], "a bare list"),
        ({"array": ["float32", [2]]}, "past the end"),
        ({"array": ["float32", [-1]]}, "natural numbers"),
        ({"array": ["float32", [2**20, 2**20, 2**20]]}, "past the end"),
        ({"array": ["object", [1]]}, "is not allowed"),
        ({"array": ["float32", [1] * 9]}, "is not allowed"),
        ({"list": [{"array": ["float32", [1]]}] * 2}, "past the end"),  # the same bytes twice
        ({"array": ["uint8", [3]]}, "not those that the text mentions"),
        ({"pickle": "gASVAAAA"}, "unknown tag"),
        ({"a": 1, "b": 2}, "too many values"),
        ({"object": ["seven", "G"]}, "malformed"),
    ],
)
def test_a_malformed_frame_is_broken_and_nothing_else(document: object, told: str) -> None:
    with pytest.raises(BrokenFrame, match=told):
        over_a_socket(frame(document, b"\0" * 4))


def test_texts_from_a_sandbox_are_printable_and_short_and_those_to_it_are_kept() -> None:
    text = "no-break\N{NO-BREAK SPACE}space, \r\n, \x0c, \x1b[2J"
    sent = encode({text: text}), encode("x" * 20_000)
    assert [decode(frame[8:], b"", trusted=True) for frame in sent] == [{text: text}, "x" * 20_000]
    clean = "no-break\ufffdspace, \ufffd\n, \ufffd, \ufffd[2J"
    assert [decode(frame[8:], b"") for frame in sent] == [{clean: clean}, "x" * 10_000]


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"9" * 10_000, pickle.dumps({"value": 1})])
def test_text_that_is_no_json_is_a_broken_frame(text: bytes) -> None:
    with pytest.raises(BrokenFrame):
        decode(text, b"")


def test_lengths_beyond_the_limits_are_refused_before_anything_is_read() -> None:
    with pytest.raises(BrokenFrame, match="larger than allowed"):
        over_a_socket(wire.LENGTHS.pack(wire.MAX_TEXT + 1, 0))
    with pytest.raises(BrokenFrame, match="larger than allowed"):
        over_a_socket(wire.LENGTHS.pack(2, 2**32 - 1))


def test_a_frame_cut_short_is_a_closed_channel() -> None:
    with pytest.raises(Closed):
        over_a_socket(encode("whole")[:-1])

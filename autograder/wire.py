"""How questions and replies travel between the grader and a sandbox: JSON and raw array bytes, never pickle.

A frame is two big-endian 32-bit lengths, then a JSON text, then the bytes of all arrays it mentions. Every length
is bounded before anything is read, and a frame that breaks a rule raises `BrokenFrame`, whatever is in it. The arrays
lie one after another, in the order in which the text mentions them, so that no few bytes stand for many arrays.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

LENGTHS = struct.Struct(">II")
MAX_TEXT = 4 * 2**20  # bytes of JSON in a frame
MAX_ARRAYS = 256 * 2**20  # bytes of arrays in a frame: a class's largest network is 27 MB
MAX_STRING = 10_000  # characters of one text in a reply
DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")


class BrokenFrame(Exception):
    """What came over the channel is not a frame of this format."""


class Closed(Exception):
    """The other end of the channel is gone."""


class Connection(Protocol):
    """The two methods of a socket that frames need."""

    def recv_into(self, buffer: memoryview, nbytes: int = 0, /) -> int: ...

    def sendall(self, data: bytes, /) -> None: ...


@dataclass(frozen=True)
class Handle:
    """An object that stays on the other side: its number there, and the name of its type."""

    number: int
    type_name: str = ""


def _pack(value: Any, blobs: list[bytes]) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if type(value) in (int, float):
        return value
    if isinstance(value, np.ndarray):
        if value.dtype.name not in DTYPES:
            raise TypeError(f"an array of dtype {value.dtype} cannot be sent; allowed: {', '.join(DTYPES)}")
        blobs.append(np.ascontiguousarray(value).tobytes())
        return {"array": [value.dtype.name, list(value.shape)]}
    for kind in (list, tuple):
        if type(value) is kind:
            return {kind.__name__: [_pack(item, blobs) for item in value]}
    if type(value) is dict and all(isinstance(key, str) for key in value):
        return {"dict": {key: _pack(item, blobs) for key, item in value.items()}}
    if isinstance(value, Handle):
        return {"object": [value.number, value.type_name]}
    raise TypeError(f"a {type(value).__name__} cannot be sent")


def encode(message: Any) -> bytes:
    """The frame of a message. Errors: `TypeError` for what is not plain data, `ValueError` for what is too large."""
    blobs: list[bytes] = []
    text = json.dumps(_pack(message, blobs)).encode()
    arrays = b"".join(blobs)
    if len(text) > MAX_TEXT or len(arrays) > MAX_ARRAYS:
        raise ValueError(f"a message of {len(text)} bytes of text and {len(arrays)} of arrays is too large to send")
    return LENGTHS.pack(len(text), len(arrays)) + text + arrays


def printable(text: str) -> str:
    """The text without what could steer a terminal or break a file: control characters and halves of characters."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


class _Unpacked:
    """Unpacks one frame. `trusted`: its texts are kept as they are; else they are cut, and made printable."""

    def __init__(self, arrays: bytes, trusted: bool) -> None:
        self._arrays, self._trusted, self._at = arrays, trusted, 0

    def message(self, value: Any) -> Any:
        message = self._value(value)
        if self._at != len(self._arrays):
            raise BrokenFrame("the bytes of the arrays are not those that the text mentions")
        return message

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if not isinstance(value, dict):
            if isinstance(value, list):
                raise BrokenFrame("a bare list stands where a tagged value belongs")
            return value
        ((tag, content),) = value.items()
        if tag == "array":
            return self._array(*content)
        if tag == "list":
            return [self._value(item) for item in content]
        if tag == "tuple":
            return tuple(self._value(item) for item in content)
        if tag == "dict":
            return {self._text(key): self._value(item) for key, item in content.items()}
        if tag == "object":
            number, type_name = content
            if type(number) is not int or not isinstance(type_name, str):
                raise BrokenFrame("an object's handle is malformed")
            return Handle(number, self._text(type_name[:200]))
        raise BrokenFrame(f"unknown tag {tag!r:.50}")

    def _text(self, text: str) -> str:
        return text if self._trusted else printable(text[:MAX_STRING])

    def _array(self, dtype_name: Any, shape: Any) -> np.ndarray[Any, Any]:
        if dtype_name not in DTYPES or len(shape) > 8:
            raise BrokenFrame(f"an array of dtype {dtype_name!r:.50} and {len(shape)} dimensions is not allowed")
        if not all(type(n) is int and 0 <= n <= MAX_ARRAYS for n in shape):
            raise BrokenFrame("an array's shape is not made of natural numbers")
        count, dtype = math.prod(shape), np.dtype(dtype_name)
        start, self._at = self._at, self._at + count * dtype.itemsize
        if self._at > len(self._arrays):
            raise BrokenFrame("an array reaches past the end of its frame")
        return np.frombuffer(self._arrays, dtype=dtype, count=count, offset=start).reshape(shape).copy()


def decode(text: bytes, arrays: bytes, trusted: bool = False) -> Any:
    """The message of a frame's two parts. Errors: `BrokenFrame`, and nothing else, whatever the bytes are."""
    try:
        return _Unpacked(arrays, trusted).message(json.loads(text))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, MemoryError) as error:
        raise BrokenFrame(f"{type(error).__name__}: {error}"[:200]) from None


def _receive(connection: Connection, size: int) -> bytes:
    buffer = bytearray(size)
    view, got = memoryview(buffer), 0
    while got < size:
        received = connection.recv_into(view[got:], size - got)
        if received == 0:
            raise Closed
        got += received
    return bytes(buffer)


def receive(connection: Connection, trusted: bool = False) -> Any:
    """The next message; `trusted`: from the grader, whose texts are kept as they are.

    Errors: `Closed`, `BrokenFrame`, and what the connection raises (a time-out).
    """
    text_size, arrays_size = LENGTHS.unpack(_receive(connection, LENGTHS.size))
    if text_size > MAX_TEXT or arrays_size > MAX_ARRAYS:
        raise BrokenFrame(f"a frame of {text_size} + {arrays_size} bytes is larger than allowed")
    return decode(_receive(connection, text_size), _receive(connection, arrays_size), trusted)

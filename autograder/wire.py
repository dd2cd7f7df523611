"""How questions and replies travel between the grader and a sandbox: JSON and raw array bytes, never pickle.

A frame is two big-endian 32-bit lengths, then a JSON text, then the bytes of all arrays it mentions. Every length
is bounded before anything is read, and a frame that breaks a rule raises `BrokenFrame`, whatever is in it.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

LENGTHS = struct.Struct(">II")
MAX_TEXT = 4 * 2**20  # bytes of JSON in a frame
MAX_ARRAYS = 256 * 2**20  # bytes of arrays in a frame: a class's largest network is 27 MB
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


def _pack(value: Any, blobs: list[bytes], at: list[int]) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if type(value) in (int, float):
        return value
    if isinstance(value, np.ndarray):
        if value.dtype.name not in DTYPES:
            raise TypeError(f"an array of dtype {value.dtype} cannot be sent; allowed: {', '.join(DTYPES)}")
        data = np.ascontiguousarray(value).tobytes()
        blobs.append(data)
        start, at[0] = at[0], at[0] + len(data)
        return {"array": [value.dtype.name, list(value.shape), start]}
    for kind in (list, tuple):
        if type(value) is kind:
            return {kind.__name__: [_pack(item, blobs, at) for item in value]}
    if type(value) is dict and all(isinstance(key, str) for key in value):
        return {"dict": {key: _pack(item, blobs, at) for key, item in value.items()}}
    if isinstance(value, Handle):
        return {"object": [value.number, value.type_name]}
    raise TypeError(f"a {type(value).__name__} cannot be sent")


def encode(message: Any) -> bytes:
    """The frame of a message. Errors: `TypeError` for what is not plain data, `ValueError` for what is too large."""
    blobs: list[bytes] = []
    text = json.dumps(_pack(message, blobs, [0])).encode()
    arrays = b"".join(blobs)
    if len(text) > MAX_TEXT or len(arrays) > MAX_ARRAYS:
        raise ValueError(f"a message of {len(text)} bytes of text and {len(arrays)} of arrays is too large to send")
    return LENGTHS.pack(len(text), len(arrays)) + text + arrays


def _array(spec: Any, arrays: bytes) -> np.ndarray[Any, Any]:
    dtype_name, shape, start = spec
    if dtype_name not in DTYPES or len(shape) > 8:
        raise BrokenFrame(f"an array of dtype {dtype_name!r:.50} and {len(shape)} dimensions is not allowed")
    if not all(type(n) is int and 0 <= n <= MAX_ARRAYS for n in [*shape, start]):
        raise BrokenFrame("an array's shape or place is not made of natural numbers")
    count, dtype = 1, np.dtype(dtype_name)
    for n in shape:
        count *= n
    if start + count * dtype.itemsize > len(arrays):
        raise BrokenFrame("an array reaches past the end of its frame")
    return np.frombuffer(arrays, dtype=dtype, count=count, offset=start).reshape(shape).copy()


def printable(text: str) -> str:
    """The text without what could steer a terminal or break a file: control characters and halves of characters."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def _unpack(value: Any, arrays: bytes) -> Any:
    if isinstance(value, str):
        return printable(value)
    if not isinstance(value, dict):
        if isinstance(value, list):
            raise BrokenFrame("a bare list stands where a tagged value belongs")
        return value
    ((tag, content),) = value.items()
    if tag == "array":
        return _array(content, arrays)
    if tag == "list":
        return [_unpack(item, arrays) for item in content]
    if tag == "tuple":
        return tuple(_unpack(item, arrays) for item in content)
    if tag == "dict":
        return {printable(key): _unpack(item, arrays) for key, item in content.items()}
    if tag == "object":
        number, type_name = content
        if type(number) is not int or not isinstance(type_name, str):
            raise BrokenFrame("an object's handle is malformed")
        return Handle(number, printable(type_name[:200]))
    raise BrokenFrame(f"unknown tag {tag!r:.50}")


def decode(text: bytes, arrays: bytes) -> Any:
    """The message of a frame's two parts. Errors: `BrokenFrame`, and nothing else, whatever the bytes are."""
    try:
        return _unpack(json.loads(text), arrays)
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


def receive(connection: Connection) -> Any:
    """The next message. Errors: `Closed`, `BrokenFrame`, and what the connection raises (a time-out)."""
    text_size, arrays_size = LENGTHS.unpack(_receive(connection, LENGTHS.size))
    if text_size > MAX_TEXT or arrays_size > MAX_ARRAYS:
        raise BrokenFrame(f"a frame of {text_size} + {arrays_size} bytes is larger than allowed")
    return decode(_receive(connection, text_size), _receive(connection, arrays_size))

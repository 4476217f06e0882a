"""Observations cross to the judge as they are; whatever else comes is a WireError, soon and in little memory."""

import base64
import copy
import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forwardpass.check import wire
from forwardpass.check.observation import Observation, Raised
from forwardpass.check.wire import MAX_ITEMS, WireError, decode, decode_plain, encode, encode_plain

from .plain_values import identical, values

texts = st.text(max_size=8)
many_texts = st.lists(texts, max_size=3).map(tuple)
observations = st.builds(
    Observation,
    value=values,
    raised=st.none() | st.builds(Raised, kinds=many_texts, text=texts, line=texts),
    attempted=st.booleans(),
    refusal=texts,
    changed=many_texts,
    labels=many_texts,
    warned=many_texts,
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
kinds = st.sampled_from(["array", "scalar", "int", "float", "complex", "bytes", "dict", "list", "tuple"])
plain_likes = st.recursive(
    json_values, lambda inner: st.tuples(kinds, inner) | st.lists(inner, max_size=4), max_leaves=12
)


def message(value: Any = None, **others: Any) -> bytes:
    """One observation, with parts that need not be what they should be."""
    [good] = json.loads(encode([Observation()]))
    return json.dumps([{**good, "value": value, **others}]).encode()


def array(dtype: Any = "<f8", shape: Any = (1,), content: Any = "AAAAAAAAAAA=") -> bytes:
    return message(["array", [dtype, shape, content]])


@given(values)
@settings(deadline=None, derandomize=True)
def test_plain_data_survives(value: Any) -> None:
    assert identical(decode_plain(json.loads(json.dumps(encode_plain(value)))), value)


@given(st.lists(observations, max_size=3))
@settings(deadline=None, derandomize=True)
def test_observations_survive(seen: list[Observation]) -> None:
    back = decode(encode(seen))
    assert all(identical(after.value, before.value) for after, before in zip(back, seen, strict=True))
    assert [{**vars(one), "value": None} for one in back] == [{**vars(one), "value": None} for one in seen]


def test_bytes_come_back_as_the_same_bytes() -> None:
    for seen in (Observation(value=[1.5, {"a": (np.ones(3), b"x")}]), Observation(refusal="no", labels=("x",))):
        assert encode(decode(encode([seen]))) == encode([seen])


@given(st.binary(max_size=200))
@settings(deadline=None, derandomize=True)
def test_random_bytes_are_refused(hostile: bytes) -> None:
    assert decodes_or_refuses(hostile) in (None, [])


@given(json_values)
@settings(deadline=None, derandomize=True)
def test_random_json_is_refused(hostile: Any) -> None:
    assert decodes_or_refuses(json.dumps(hostile).encode()) in (None, [])


@given(plain_likes)
@settings(deadline=None, derandomize=True, max_examples=300)
def test_random_content_is_plain_or_refused(hostile: Any) -> None:
    decodes_or_refuses(message(hostile))


@given(st.data())
@settings(deadline=None, derandomize=True, max_examples=300)
def test_a_changed_message_is_understood_or_refused(data: st.DataObject) -> None:
    whole = json.loads(encode(data.draw(st.lists(observations, min_size=1, max_size=2))))
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places(whole)))
        holder[key] = data.draw(st.just(copy.deepcopy(whole)) | plain_likes | st.sampled_from(["<f8", "|O", -1, 2**70]))
    decodes_or_refuses(json.dumps(whole).encode())


@given(observations, st.integers(0, 400), st.integers(0, 20), st.binary(max_size=6))
@settings(deadline=None, derandomize=True)
def test_changed_bytes_are_understood_or_refused(seen: Observation, start: int, length: int, new: bytes) -> None:
    good = encode([seen])
    decodes_or_refuses(good[:start] + new + good[start + length :])


def decodes_or_refuses(hostile: bytes) -> list[Observation] | None:
    """What was understood, which must be plain enough to send again; any error but WireError is one of the test."""
    try:
        found = decode(hostile)
    except WireError:
        return None
    encode(found)
    return found


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a message: what holds it, and its key or index."""
    found = []
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found += [(value, key), *places(value[key])]
    return found


def nested(levels: int) -> Any:
    value: Any = None
    for _ in range(levels):
        value = ["list", [value]]
    return value


HOSTILE = {
    "nothing": b"",
    "a text instead of a list": b'""',
    "an object instead of a list": b"{}",
    "a pickle": b"\x80\x04N.",
    "an object of Python": array("|O"),
    "a time": array("<M8[s]"),
    "a record": array([["a", "<f8"]]),
    "another machine's numbers": array(">f8"),
    "a shape that is a number": array(shape=1),
    "a shape that is a text": array(shape=""),
    "a shape of true": array(shape=[True]),
    "a negative shape": array(shape=[-1, -1]),
    "a shape with too many numbers": array(shape=[2]),
    "a shape with too few": array(shape=[0]),
    "a shape that has no end": array(shape=[10**18, 0], content=""),
    "a shape beyond any integer": array(shape=[10**30, 0], content=""),
    "a shape with many axes": array(shape=[1] * 65),
    "a shape of long numbers": array(shape=[10**4000] * 2_000),
    "content that is not base64": array(content="AAAAAAAAAA*="),
    "content that is cut short": array(content="AAAAAAAAAA"),
    "content that is no text": array(content=[0] * 8),
    "a truth of two": array("|b1", [1], "Ag=="),
    "an unknown kind": message(["set", []]),
    "a kind that is a list": message([[], []]),
    "a float of JSON": message(1.5),
    "an integer of JSON": message(7),
    "three parts": message(["int", "0x1", "0x2"]),
    "a number that is no text": message(["int", 7]),
    "a long number": message(["int", "0x" + "f" * 4000]),
    "a float that overflows": message(["float", "0x1p99999"]),
    "half a complex number": message(["complex", []]),
    "bytes that are not ASCII": message(["bytes", "é"]),
    "a key that is an array": message(["dict", [[["array", ["<f8", [0], ""]], None]]]),
    "a key that is a list": message(["dict", [[["list", []], None]]]),
    "items without keys": message(["dict", [[None]]]),
    "a list of no list": message(["list", None]),
    "deeper than an answer may be": message(nested(21)),
    "deeper than a message may be": message(nested(200)),
    "deeper than JSON may be": b"[" * 100_000,
    "an integer that JSON can't read": b"[" + b"9" * 10_000 + b"]",
    "not attempted by number": message(attempted=1),
    "a refusal that is none": message(refusal=None),
    "a raised text": message(raised="ValueError"),
    "raised without kinds": message(raised={"text": "", "line": ""}),
    "labels by text": message(labels="xy"),
    "warnings that are numbers": message(warned=[1]),
    "more": json.dumps([{}]).encode(),
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_observation_is_refused_at_once(hostile: bytes) -> None:
    start = time.process_time()
    with pytest.raises(WireError):
        decode(hostile)
    assert time.process_time() - start < 0.5


MB = 2**20
FULL: dict[str, Callable[[], bytes]] = {
    "lists": lambda: b"[" + b"[]," * (16 * MB) + b"0]",
    "objects": lambda: b"[" + b'{"a":0},' * (6 * MB) + b"0]",
    "nested": lambda: b"[" * (48 * MB),
    "zeros": lambda: b"[" + b"0," * (24 * MB) + b"0]",
    "as many items as allowed": lambda: b"[" + b'{"a":0},' * (MAX_ITEMS - 1) + b"0]",
    "a long text": lambda: message("x" * (47 * MB)),
    "escapes": lambda: message("\x00" * (7 * MB)),
    "a long integer": lambda: b"[" + b"9" * (48 * MB - 2) + b"]",
    "a long float": lambda: b"[" + b"9" * (48 * MB - 4) + b".0]",
    "a long hexadecimal": lambda: message(["float", "0x" + "f" * (47 * MB)]),
    "a large array": lambda: array("|u1", [36 * MB], base64.b64encode(bytes(36 * MB)).decode()),
    "too long": lambda: b" " * (48 * MB + 1),
}


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
@pytest.mark.parametrize("name", FULL)
def test_the_largest_messages_take_bounded_time_and_memory(name: str) -> None:
    code = (
        "import re, sys, time; from forwardpass.check.wire import WireError, decode\n"
        "def peak(): return int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024\n"
        "hostile = sys.stdin.buffer.read(); start = time.process_time()\n"
        "before = peak()\n"
        "try: decode(hostile)\n"
        "except WireError: pass\n"
        "print(time.process_time() - start, peak() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], input=FULL[name](), capture_output=True, timeout=120)
    assert done.stderr == b""
    seconds, memory = map(float, done.stdout.split())
    assert seconds < 5
    assert memory < 400  # MB


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (np.zeros(wire.MAX_BYTES // 8 + 1000), "your answer is larger than 32 MB"),
        (b"x" * (wire.MAX_BYTES + 1000), "your answer is larger than 32 MB"),
        (
            [0.5] * (MAX_ITEMS // 3 + 1),
            "your answer has more than 166666 parts: put numbers into an array, not into a list",
        ),
        ([1, (10**4010,)], "your answer holds a whole number of more than 4000 digits"),
    ],
    ids=["array", "bytes", "list", "number"],
)
def test_an_answer_that_is_too_large_says_so(value: Any, sentence: str) -> None:
    seen = [Observation(value=1, labels=("x",)), Observation(value=value, labels=("x",)), Observation(value=2)]
    assert decode(encode(seen)) == [seen[0], Observation(refusal=sentence, labels=("x",)), seen[2]]


def test_answers_are_too_large_together_when_each_is_not() -> None:
    half = Observation(value=np.zeros(wire.MAX_BYTES // 2 // 8))
    refusals = [one.refusal for one in decode(encode([half, half, half]))]
    assert refusals == ["", "your answer is larger than 32 MB", "your answer is larger than 32 MB"]


def test_the_largest_answers_are_small_enough() -> None:
    for value in (np.arange(wire.MAX_BYTES // 8 - 1000), [0.5] * (MAX_ITEMS // 3 - 10), 10**4000, -(10**4000)):
        [back] = decode(encode([Observation(value=value)]))
        assert identical(back.value, value)


def test_texts_are_cut_and_made_printable() -> None:
    [back] = decode(message(refusal="\ud800" + "x" * 5000))
    assert back.refusal == "\\ud800" + "x" * (wire.MAX_TEXT - 1)

"""Writes tests/data/bad/: one small safetensors file for each rule of the format, broken.

Beside each file NAME stands NAME.error, a part of the message that it must give.
Run from the repository root: python3 tests/reference/make_bad.py
"""
import json
import struct
from pathlib import Path

OUT = Path("tests/data/bad")


def tensor(shape, begin, end, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def packed(header, data=b"", length=None):
    if not isinstance(header, bytes):
        header = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


GOOD = {"a": tensor([2], 0, 8)}
DATA = struct.pack("<2f", 1, 2)


def one(value, data=DATA):
    return packed({"a": value}, data)


CASES = {
    "empty": (b"", "too short"),
    "seven-bytes": (b"\x02\0\0\0\0\0\0", "too short"),
    "header-huge": (packed(b"{}", length=100_000_001), "more than 100000000"),
    "header-length-all-ones": (packed(b"{}", length=2**64 - 1), "more than 100000000"),
    "header-past-end": (packed(b"{}", length=3), "cut short"),
    "header-empty": (packed(b""), "not a JSON object"),
    "header-array": (packed(b"[1]"), "not a JSON object"),
    "header-leading-space": (packed(b" {}"), "not a JSON object"),
    "header-broken": (packed(b'{"a":'), "not valid JSON"),
    "header-trailing": (packed(b"{} {}"), "not valid JSON"),
    "header-not-utf8": (packed(b'{"\xff":1}'), "not valid JSON"),
    "header-deep": (packed(b'{"a":' + b"[" * 3000), "not valid JSON"),
    "name-twice": (packed(b'{"a":%s,"a":%s}' % ((json.dumps(GOOD["a"]).encode(),) * 2),
                          DATA), "duplicate"),
    "name-nul": (packed(b'{"a\\u0000":%s}' % json.dumps(GOOD["a"]).encode(), DATA),
                 "NUL"),
    "name-empty": (packed({"": GOOD["a"]}, DATA), "0 bytes long"),
    "name-long": (packed({"n" * 600: GOOD["a"]}, DATA), "600 bytes long"),
    "tensor-number": (one(5), 'tensor "a": is an integer'),
    "key-missing": (one({"dtype": "F32", "shape": [2]}), "must have dtype"),
    "key-extra": (one({**GOOD["a"], "x": 1}), "nothing else"),
    "dtype-number": (one(tensor([2], 0, 8, 32)), "dtype is an integer"),
    "dtype-unknown": (one(tensor([2], 0, 8, "F8_E4M3")), "dtype F8_E4M3"),
    "dtype-u64": (one(tensor([1], 0, 8, "U64")), "convert it to F32"),
    "shape-text": (one(tensor("2", 0, 8)), "shape is a text"),
    "shape-negative": (one(tensor([-2], 0, 8)), "dimension 1"),
    "shape-real": (one(tensor([1, 2.0], 0, 8)), "dimension 2"),
    "shape-dimension-large": (one(tensor([2**31], 0, 8)), "dimension 1"),
    "shape-overflow": (one(tensor([2**31 - 1] * 3, 0, 8)), "too large to count"),
    "shape-bytes-overflow": (one(tensor([2**31 - 1, 2**31 - 1, 4], 0, 8, "I64")),
                             "too large to count"),
    "shape-rank-4": (one(tensor([2, 1, 1, 1], 0, 8)), "4 dimensions"),
    "shape-not-offsets": (one(tensor([3], 0, 8)), "takes 12 bytes"),
    "offsets-one": (one({**GOOD["a"], "data_offsets": [0]}), "pair"),
    "offsets-text": (one(tensor([2], "0", 8)), "pair"),
    "offsets-negative": (one(tensor([2], -8, 0)), "pair"),
    "offsets-beyond-64-bits": (one(tensor([2], 0, 2**64)), "not valid JSON"),
    "offsets-reversed": (one(tensor([2], 8, 0)), "after their end"),
    "layout-gap": (packed({"a": GOOD["a"], "b": tensor([1], 12, 16)}, DATA * 2), "gap"),
    "layout-gap-at-start": (one(tensor([1], 4, 8)), "gap"),
    "layout-overlap": (packed({"a": GOOD["a"], "b": tensor([2], 4, 12)},
                              DATA + DATA[:4]), "overlap"),
    "layout-past-end": (one(tensor([4], 0, 16)), "cut short"),
    "layout-left-over": (one(GOOD["a"], DATA + b"1234"), "4 bytes after"),
    "metadata-text": (packed({"__metadata__": "x", **GOOD}, DATA), "__metadata__ is"),
    "metadata-number": (packed({"__metadata__": {"k": 5}, **GOOD}, DATA),
                        '__metadata__ "k"'),
    "i64-large": (one(tensor([1], 0, 8, "I64"), struct.pack("<q", 2**31)),
                  "does not fit"),
    "name-with-escape": (packed({"a\x1b[31m": 5}), "tensor \"a\ufffd[31m\""),
}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, (data, error) in CASES.items():
        (OUT / f"safetensors-{name}").write_bytes(data)
        (OUT / f"safetensors-{name}.error").write_text(error + "\n", encoding="utf-8")


main()

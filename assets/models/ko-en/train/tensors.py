"""safetensors, written and read by hand."""

import json
import os
import struct

import numpy as np

TYPES = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2")}


def save(path, arrays, dtype="F32", metadata=None):
    """Writes {name: array} in name order, offsets contiguous from 0."""
    header, blobs, at = {}, [], 0
    if metadata:
        header["__metadata__"] = metadata
    for name in sorted(arrays):
        data = np.ascontiguousarray(arrays[name], dtype=TYPES[dtype]).tobytes()
        header[name] = {"dtype": dtype, "shape": list(arrays[name].shape),
                        "data_offsets": [at, at + len(data)]}
        blobs.append(data)
        at += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".tmp", "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))
    os.replace(path + ".tmp", path)


def load(path):
    """Reads a file and checks its offsets."""
    with open(path, "rb") as f:
        size = struct.unpack("<Q", f.read(8))[0]
        header = json.loads(f.read(size))
        body = f.read()
    header.pop("__metadata__", None)
    out, at = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        dtype = TYPES[entry["dtype"]]
        count = int(np.prod(entry["shape"])) if entry["shape"] else 1
        assert begin == at and end - begin == count * dtype.itemsize, name
        out[name] = np.frombuffer(body[begin:end], dtype).reshape(entry["shape"]).copy()
        at = end
    assert at == len(body), "bytes after the last tensor"
    return out

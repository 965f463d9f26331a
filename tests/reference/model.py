"""Opens a model folder of the families `transformer` and `rnn` and names its weights canonically."""
import json
import math
from pathlib import Path

import torch

import tensorfile

OUTSIDE = ("src_embedding.weight", "tgt_embedding.weight", "shared_embedding.weight",
           "src_position.weight", "tgt_position.weight", "generator.weight",
           "generator.bias")


class Model:
    """config: the parsed config.json; weights: canonical name -> tensor."""

    def __init__(self, config, weights):
        self.config, self.weights = config, weights

    def get(self, name):
        return self.weights.get(name)

    def to(self, dtype):
        return Model(self.config, {n: w.to(dtype) for n, w in self.weights.items()})

    def embedding(self, side):
        own = self.get(f"{side}_embedding.weight")
        return own if own is not None else self.weights["shared_embedding.weight"]

    def generator(self):
        own = self.get("generator.weight")
        return own if own is not None else self.embedding("tgt")


def common_prefix(names):
    for name in names:
        for first in ("encoder.layers.0.", "encoder.rnn."):
            if first in name:
                return name[:name.find(first)]
    raise ValueError("no encoder.layers.0 and no encoder.rnn among the tensors")


def canonical(stored, renames):
    prefix = common_prefix(stored)
    weights = {}
    for name, tensor in stored.items():
        short = name[len(prefix):] if name.startswith(prefix) else name
        if short.startswith(("encoder.", "decoder.")) or short in OUTSIDE:
            weights[short] = tensor.float()
    for name, other in renames.items():
        weights[name] = stored[other].float()
    return weights


def open_folder(folder):
    folder = Path(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    stored, _ = tensorfile.read(folder / "model.safetensors")
    return Model(config, canonical(stored, config.get("names", {})))


def sinusoids(count, width):
    """The paper's section 3.5, interleaved, in double; angles by Python's own libm."""
    table = torch.empty(count, width, dtype=torch.float64)
    for position in range(count):
        for column in range(width):
            angle = position / 10000.0 ** (2 * (column // 2) / width)
            table[position, column] = math.sin(angle) if column % 2 == 0 \
                else math.cos(angle)
    return table

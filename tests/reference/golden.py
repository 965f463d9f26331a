#!/usr/bin/env python3
"""Regenerates the golden data of the C tests; see README.md beside this file."""
import json
import sys

import torch

import beam
import cases
import embedded
import gradients
import make_bytelevel
import ops
import rnn
import tensorfile
import whatifs
import witness
from golden_file import write_golden
from model import open_folder
from paths import GOLDEN, MODELS


def write_model(name, c):
    folder = MODELS / name
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(cases.config(c), indent=2) + "\n"
    (folder / "config.json").write_text(text, encoding="utf-8")
    tensors = cases.weights(c)
    tensorfile.write(folder / "model.safetensors",
                     cases.renamed(tensors) if c["rename"] else tensors)
    return folder


def sharpness(stages):
    """(mean largest attention weight of rows with a choice, mean largest probability)"""
    rows = [value[..., 1:, :].max(-1).values.mean() for name, value in stages.items()
            if name.endswith(".weights") and value.shape[-2] > 1]
    attention = torch.stack(rows).mean().item() if rows else 1.0
    return attention, stages["probabilities"].max(-1).values.mean().item()


def make(seed, name):
    torch.manual_seed(seed)
    c = cases.case(name)
    model = open_folder(write_model(name, c))
    source = cases.ids(c["source"], c["src_vocab"])
    target = cases.ids(c["target"], c["tgt_vocab"])
    stages, found = witness.check(model, source, target)
    write_golden(GOLDEN / f"{name}.safetensors", stages, source, target, c["keep"])
    gaps = "  ".join(f"{n} {v:.1e}" for n, v in found.items())
    print(f"{name:9s} {len(stages):3d} stages  {gaps}  "
          "largest weight %.2f, probability %.2f" % sharpness(stages))


def main():
    torch.set_num_threads(1)
    for seed, name in enumerate(cases.CASES, 1):
        make(seed, name)
    whatifs.main()
    beam.main()
    ops.main()
    rnn.main()
    make_bytelevel.main()
    embedded.main()
    gradients.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())

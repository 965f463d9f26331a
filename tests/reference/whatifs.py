#!/usr/bin/env python3
"""Golden data of the what-ifs: passes of random models with parts removed.

The pass below is written for this: it asks at every part whether the part is there. It
knows nothing of plans and their rewriting. With nothing removed it must equal stages.py,
which is checked against torch's own modules; every pass is repeated in double.
"""
import math
import sys

import torch
import torch.nn.functional as F

import tensorfile
from golden_file import joined
from model import open_folder, sinusoids
from paths import GOLDEN, MODELS
from stages import run as run_intact
from witness import difference

# Cases are separated by ";", the what-ifs of one case by a space.
BOTH = """
    no-position; no-position@encoder; no-position@decoder; no-scale; no-mask;
    no-residual; no-residual@encoder.0.self_attn; no-residual@decoder.0.ffn;
    no-norm; no-norm@decoder.1; no-ffn; no-ffn@encoder.0.ffn; linear-ffn;
    same-qkv; same-qkv@decoder.0.cross_attn;
    uniform-attention; uniform-attention@decoder.1.cross_attn:2;
    ablate@encoder.0.self_attn:1; ablate@decoder.1.cross_attn;
    softmax-temperature=0.5; softmax-temperature=3@decoder;
    no-mask uniform-attention; no-residual no-norm@decoder;
    ablate@decoder.0.self_attn:2 softmax-temperature=0.5;
    uniform-attention@encoder.0.self_attn:1 uniform-attention@encoder.0.self_attn:2;
    softmax-temperature=2 softmax-temperature=0.5@decoder.1
        uniform-attention@decoder.1.cross_attn:3;
    no-position@decoder same-qkv@decoder linear-ffn@encoder.0"""
CASES = {"post": BOTH + "; no-embedding-scale; no-embedding-scale@decoder", "pre": BOTH}

TOLERANCE = 1e-5


class Part:
    """One what-if: its name, value and place, taken apart."""

    def __init__(self, text):
        text, _, place = text.partition("@")
        self.name, _, value = text.partition("=")
        self.value = float(value) if value else None
        place, _, head = place.partition(":")
        self.head = int(head) if head else None
        self.place = tuple(place.split(".")) if place else ()

    def reaches(self, where):
        """where: ("encoder", "0", "self_attn") of a block, ("encoder",) of its input."""
        return self.place == where[:len(self.place)]


class Removed:
    """The what-ifs of one pass."""

    def __init__(self, case):
        self.parts = [Part(text) for text in case.split()]

    def has(self, name, *where):
        return any(p.name == name and p.reaches(where) for p in self.parts)

    def heads(self, name, count, *where):
        """For each head whether it is meant."""
        found = [p for p in self.parts if p.name == name and p.reaches(where)]
        return [any(p.head in (None, h) for p in found) for h in range(1, count + 1)]

    def value(self, name, default, *where):
        """The value of the nearest place."""
        found = [p for p in self.parts if p.name == name and p.reaches(where)]
        return max(found, key=lambda p: len(p.place)).value if found else default


class Pass:
    def __init__(self, model, removed):
        self.model, self.removed, self.kept = model, removed, {}

    def linear(self, x, name):
        weights = self.model.weights[name + "weight"]
        return F.linear(x, weights, self.model.get(name + "bias"))

    def norm(self, x, name, *where):
        if self.removed.has("no-norm", *where):
            return x
        gamma, beta = self.model.weights[name + ".weight"], self.model.get(name + ".bias")
        return F.layer_norm(x, x.shape[-1:], gamma, beta,
                            self.model.config["layer_norm_eps"])

    def embed(self, side, stack, ids):
        config = self.model.config
        x = self.model.embedding(side)[torch.tensor(ids)]
        if config["scale_embedding"]:
            unscaled = self.removed.has("no-embedding-scale", stack)
            x = x * (1 if unscaled else math.sqrt(config["d_model"]))
        if self.removed.has("no-position", stack):
            return x
        if config["position"] == "learned":
            return x + self.model.weights[f"{side}_position.weight"][:len(ids)]
        return x + sinusoids(len(ids), config["d_model"]).float().to(x.dtype)

    def project(self, x, name, which, where):
        d = self.model.config["d_model"]
        if self.removed.has("same-qkv", *where):
            return x
        bias = self.model.get(name + ".in_proj_bias")
        rows = slice(which * d, (which + 1) * d)
        return F.linear(x, self.model.weights[name + ".in_proj_weight"][rows],
                        None if bias is None else bias[rows])

    def weights_of_head(self, q, k, causal, uniform, where):
        """Attention weights of one head; q [m, d_k], k [n, d_k]."""
        seen = torch.ones(len(q), len(k), dtype=torch.bool)
        if causal and not self.removed.has("no-mask", *where):
            seen = seen.tril()
        if uniform:
            return seen.to(q.dtype) / seen.sum(1, keepdim=True)
        scores = q @ k.T
        if not self.removed.has("no-scale", *where):
            scores = scores / math.sqrt(q.shape[1])
        scores = scores / self.removed.value("softmax-temperature", 1.0, *where)
        return scores.masked_fill(~seen, -math.inf).softmax(-1)

    def attention(self, x, memory, name, causal, where):
        count = self.model.config["nhead"]
        q, k, v = (self.project(source, name, i, where).chunk(count, 1)
                   for i, source in enumerate((x, memory, memory)))
        uniform = self.removed.heads("uniform-attention", count, *where)
        ablated = self.removed.heads("ablate", count, *where)
        maps = [self.weights_of_head(q[h], k[h], causal, uniform[h], where)
                for h in range(count)]
        self.kept[".".join(where) + ".weights"] = torch.stack(maps)
        context = [torch.zeros_like(q[h]) if ablated[h] else maps[h] @ v[h]
                   for h in range(count)]
        return self.linear(torch.cat(context, 1), name + ".out_proj.")

    def feed_forward(self, x, name, where):
        if self.removed.has("no-ffn", *where):
            return torch.zeros_like(x)
        hidden = self.linear(x, name + ".linear1.")
        if not self.removed.has("linear-ffn", *where):
            hidden = getattr(F, self.model.config["activation"])(hidden)
        return self.linear(hidden, name + ".linear2.")

    def sublayer(self, x, run, norm, where):
        first = self.model.config["norm_first"]
        y = run(self.norm(x, norm, *where) if first else x)
        if not self.removed.has("no-residual", *where):
            y = x + y
        return y if first else self.norm(y, norm, *where)

    def layer(self, x, stack, index, memory):
        weight, where = f"{stack}.layers.{index}", (stack, str(index))
        def itself(y):
            return self.attention(y, y, weight + ".self_attn", stack == "decoder",
                                  where + ("self_attn",))
        def across(y):
            return self.attention(y, memory, weight + ".multihead_attn", False,
                                  where + ("cross_attn",))
        def ffn(y):
            return self.feed_forward(y, weight, where + ("ffn",))
        steps = [("self_attn", itself), ("cross_attn", across), ("ffn", ffn)]
        if stack == "encoder":
            del steps[1]
        for number, (block, run) in enumerate(steps, 1):
            x = self.sublayer(x, run, f"{weight}.norm{number}", where + (block,))
        return x

    def stack(self, x, name, memory=None):
        for index in range(self.model.config[f"num_{name}_layers"]):
            x = self.layer(x, name, index, memory)
        if self.model.get(f"{name}.norm.weight") is not None:
            x = self.norm(x, f"{name}.norm", name)
        self.kept[f"{name}.output"] = x
        return x

    def run(self, source, target):
        memory = self.stack(self.embed("src", "encoder", source), "encoder")
        bos = self.model.config["bos_token_id"]
        x = self.stack(self.embed("tgt", "decoder", [bos] + target), "decoder", memory)
        self.kept["logits"] = F.linear(x, self.model.generator(),
                                       self.model.get("generator.bias"))
        return self.kept


def stored(config):
    """The stages that are stored of each case; encoder.output is an alias."""
    last = config["num_encoder_layers"] - 1
    return ("encoder.output", f"encoder.{last}.self_attn.weights",
            "decoder.0.self_attn.weights", "decoder.1.cross_attn.weights", "logits")


def check_intact(model, source, target):
    stages = run_intact(model, source, target)
    mine = Pass(model, Removed("")).run(source, target)
    for name, value in mine.items():
        if name in stages:
            assert difference(value, stages[name]) <= TOLERANCE, name
    return mine


def check_case(model, case, source, target, intact):
    """(what is stored, single to double), or a failure: too far, or nothing removed.

    Without norms numbers grow and single precision loses digits, so the pass in double
    is stored, rounded.
    """
    double = Pass(model.to(torch.float64), Removed(case)).run(source, target)
    single = Pass(model, Removed(case)).run(source, target)
    names = stored(model.config)
    gap = max(difference(single[name], double[name]) for name in names)
    assert gap <= TOLERANCE, f"{case}: double differs by {gap:.3g}"
    change = difference(single["logits"], intact["logits"])
    assert change > 1e-3, f"{case}: changes the logits by {change:.3g} only"
    return {name: double[name].float() for name in names}, gap


def make(name):
    model = open_folder(MODELS / name)
    _, metadata = tensorfile.read(GOLDEN / f"{name}.safetensors")
    source, target = [[int(i) for i in metadata[side].split(",")]
                      for side in ("src_ids", "tgt_ids")]
    intact = check_intact(model, source, target)
    cases = [" ".join(case.split()) for case in CASES[name].split(";")]
    tensors, worst = {}, 0
    for number, case in enumerate(cases):
        values, gap = check_case(model, case, source, target, intact)
        worst = max(worst, gap)
        tensors.update((f"{number}:{stage}", value) for stage, value in values.items())
    tensorfile.write(GOLDEN / f"whatifs-{name}.safetensors", tensors,
                     {"src_ids": joined(source), "tgt_ids": joined(target),
                      "cases": ";".join(cases)})
    print(f"whatifs   {name}: {len(cases)} cases, single to double {worst:.1e}")


@torch.no_grad()
def main():
    torch.set_num_threads(1)
    for name in CASES:
        make(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())

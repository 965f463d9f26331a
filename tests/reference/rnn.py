#!/usr/bin/env python3
"""Golden data of the family `rnn`: random models, a pass of each, gradients, what-ifs, and
how far a state reaches through time.

Stages are computed step by step with plain operations; torch.nn.RNN, given the same
weights, must come to the same states, and the same pass in double to the same numbers.
"""
import json
import math
import sys

import torch
import torch.nn.functional as F

import tensorfile
from golden_file import joined, write_golden
from model import open_folder
from paths import GOLDEN, MODELS
from stages import Stages, linear
from witness import difference

# layers, d_model, hidden_size (None: d_model), attention; tied: no generator of its own
CASES = {
    "rnn-plain": dict(layers=1, d=8, hidden=None, attention=False, source=7, target=5),
    "rnn-wide": dict(layers=2, d=5, hidden=9, attention=False, source=6, target=4,
                     generator=True, generator_bias=True),
    "rnn-attention": dict(layers=1, d=10, hidden=None, attention=True, source=6,
                          target=7),
    "rnn-deep": dict(layers=2, d=7, hidden=11, attention=True, source=5, target=4,
                     generator=True, biases=False, shared=True, tgt_vocab=23),
    "rnn-one": dict(layers=1, d=3, hidden=3, attention=True, source=1, target=0),
}
DEFAULTS = dict(generator=False, generator_bias=False, biases=True, shared=False,
                src_vocab=23, tgt_vocab=29)

WHATIFS = """uniform-attention; uniform-attention@decoder.attn:1; ablate@decoder.attn;
    ablate@decoder.attn:1; ablate@decoder; softmax-temperature=0.25;
    softmax-temperature=3@decoder.attn"""
STORED = ("decoder.attn.weights", "decoder.attn.context", "logits")
TOLERANCE = 1e-5


# ---- the models ----

def config(c):
    keys = dict(model_type="rnn", d_model=c["d"], num_encoder_layers=c["layers"],
                num_decoder_layers=c["layers"], attention=c["attention"],
                max_positions=32, src_vocab_size=c["src_vocab"],
                tgt_vocab_size=c["tgt_vocab"], pad_token_id=0, bos_token_id=1,
                eos_token_id=2)
    if c["hidden"]:
        keys["hidden_size"] = c["hidden"]
    return keys


def weights(c):
    d, h = c["d"], c["hidden"] or c["d"]
    def matrix(rows, columns, size=1.2):
        return torch.randn(rows, columns) * size / math.sqrt(columns)
    if c["shared"]:
        result = {"shared_embedding.weight": matrix(c["src_vocab"], d, 2)}
    else:
        result = {"src_embedding.weight": matrix(c["src_vocab"], d, 2),
                  "tgt_embedding.weight": matrix(c["tgt_vocab"], d, 2)}
    for stack in ("encoder", "decoder"):
        for k in range(c["layers"]):
            result[f"{stack}.rnn.weight_ih_l{k}"] = matrix(h, d if k == 0 else h)
            result[f"{stack}.rnn.weight_hh_l{k}"] = matrix(h, h)
            if c["biases"]:
                result[f"{stack}.rnn.bias_ih_l{k}"] = torch.randn(h) * 0.2
                result[f"{stack}.rnn.bias_hh_l{k}"] = torch.randn(h) * 0.2
    if c["attention"]:
        result["decoder.attn.weight"] = matrix(h, 2 * h, 1.5)
        if c["biases"]:
            result["decoder.attn.bias"] = torch.randn(h) * 0.2
    if c["generator"]:
        result["generator.weight"] = matrix(c["tgt_vocab"], h)
    if c["generator_bias"]:
        result["generator.bias"] = torch.randn(c["tgt_vocab"]) * 0.3
    return result


def write_model(name, c):
    folder = MODELS / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config(c), indent=2) + "\n",
                                        encoding="utf-8")
    tensorfile.write(folder / "model.safetensors", weights(c))
    return folder


# ---- a pass ----

def read(model, out, stack, layer, x, start):
    """h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh), row by row from `start`."""
    name = f"{stack}.rnn."
    def named(part):
        return model.get(f"{name}{part}_l{layer}")
    a = out.keep(f"{stack}.{layer}.incoming", F.linear(x, named("weight_ih"),
                                                       named("bias_ih")))
    rows, h = [], torch.zeros_like(a[0]) if start is None else start
    for row in a:
        h = torch.tanh(row + F.linear(h, named("weight_hh"), named("bias_hh")))
        rows.append(h)
    return out.keep(f"{stack}.{layer}.hidden", torch.stack(rows))


def embed(model, out, side, ids):
    tokens = out.keep(f"{side}.tokens", torch.tensor(ids, dtype=torch.int32))
    return out.keep(f"{side}.embedding", model.embedding(side)[tokens.long()])


def attend(model, out, h, memory, removed):
    """What-ifs come as (temperature, uniform, ablated)."""
    temperature, uniform, ablated = removed
    scores = out.keep("decoder.attn.scores", h @ memory.T)
    shares = (scores / temperature).softmax(-1)
    if uniform:
        shares = torch.full_like(scores, 1 / scores.shape[1])
    shares = out.keep("decoder.attn.weights", shares)
    context = shares @ memory
    if ablated:
        context = torch.zeros_like(context)
    out.keep("decoder.attn.context", context)
    both = out.keep("decoder.attn.concat", torch.cat([context, h], 1))
    blend = out.keep("decoder.attn.blend", linear(model, both, "decoder.attn."))
    return out.keep("decoder.attn.output", torch.tanh(blend))


def run(model, source, target, removed=(1.0, False, False)):
    out, last = Stages(), []
    layers = range(model.config["num_encoder_layers"])
    x = embed(model, out, "src", source)
    for k in layers:
        x = read(model, out, "encoder", k, x, None)
        last.append(x[-1])
    memory = x
    x = embed(model, out, "tgt", [model.config["bos_token_id"]] + target)
    for k in layers:
        x = read(model, out, "decoder", k, x, last[k])
    if model.config["attention"]:
        x = attend(model, out, x, memory, removed)
    logits = F.linear(x, model.generator(), model.get("generator.bias"))
    out.keep("probabilities", out.keep("logits", logits).softmax(-1))
    return out


# ---- the second witness ----

def module(model, stack):
    c = model.config
    net = torch.nn.RNN(c["d_model"], c.get("hidden_size", c["d_model"]),
                       c["num_encoder_layers"],
                       bias=model.get(f"{stack}.rnn.bias_ih_l0") is not None)
    prefix = f"{stack}.rnn."
    net.load_state_dict({n[len(prefix):]: w for n, w in model.weights.items()
                         if n.startswith(prefix)})
    return net


def check(model, stages):
    """The largest difference to torch.nn.RNN, and to the pass in double."""
    last = model.config["num_encoder_layers"] - 1
    memory, state = module(model, "encoder")(stages["src.embedding"])
    states, _ = module(model, "decoder")(stages["tgt.embedding"], state)
    gaps = [difference(stages[f"encoder.{last}.hidden"], memory),
            difference(stages[f"decoder.{last}.hidden"], states)]
    double = run(model.to(torch.float64), stages["src.tokens"].tolist(),
                 stages["tgt.tokens"].tolist()[1:])
    gaps += [difference(stages[name], double[name]) for name in stages]
    assert max(gaps) <= TOLERANCE, f"differs by {max(gaps):.3g}"
    return max(gaps)


# ---- what else is stored ----

def leaves(model):
    double = model.to(torch.float64)
    for name in double.weights:
        double.weights[name] = double.weights[name].detach().requires_grad_()
    return double


def gradients(name, model, source, target):
    double = leaves(model)
    stages = run(double, source, target)
    for value in stages.values():
        if value.requires_grad:
            value.retain_grad()
    right = torch.tensor(target + [model.config["eos_token_id"]])
    loss = F.cross_entropy(stages["logits"], right)
    assert loss > 1, f"{name}: the loss is {loss:.3g} only"
    loss.backward()
    found = {"loss": loss.detach().reshape(1)}
    found.update((n, v.grad) for n, v in stages.items()
                 if v.requires_grad and v.grad is not None)
    found.update(("weight." + n, w.grad) for n, w in double.weights.items()
                 if w.grad is not None)
    write_golden(GOLDEN / f"gradients-{name}.safetensors", found, source, target)


def removal(case):
    """What the case removes, as `attend` takes it."""
    what = case.partition("@")[0]
    key, _, value = what.partition("=")
    return (float(value) if key == "softmax-temperature" else 1.0,
            key == "uniform-attention", key == "ablate")


def whatifs(name, model, source, target, intact):
    cases = [" ".join(case.split()) for case in WHATIFS.split(";")]
    tensors = {}
    for number, case in enumerate(cases):
        found = run(model.to(torch.float64), source, target, removal(case))
        assert difference(found["logits"].float(), intact["logits"]) > 1e-3, case
        tensors.update((f"{number}:{s}", found[s].float()) for s in STORED)
    tensorfile.write(GOLDEN / f"whatifs-{name}.safetensors", tensors,
                     {"src_ids": joined(source), "tgt_ids": joined(target),
                      "cases": ";".join(cases)})


def influences(model, source, target):
    """Of each layer the Frobenius norms of d h_T / d h_t, for every t, by autograd: the
    layer is computed again from each of its states."""
    double, found = model.to(torch.float64), {}
    stages = run(double, source, target)
    for name in [n for n in stages if n.endswith(".hidden")]:
        stack, layer, _ = name.split(".")
        prefix = f"{stack}.rnn."
        w = double.weights[f"{prefix}weight_hh_l{layer}"]
        bias = double.get(f"{prefix}bias_hh_l{layer}")
        a, h = stages[f"{stack}.{layer}.incoming"], stages[name]
        def onward(start, t):
            for row in a[t + 1:]:
                start = torch.tanh(row + F.linear(start, w, bias))
            return start
        norms = [torch.autograd.functional.jacobian(lambda s: onward(s, t), h[t]).norm()
                 for t in range(len(h))]
        found[name] = torch.stack(norms)
    return found


def make(seed, name):
    torch.manual_seed(seed)
    c = {**DEFAULTS, **CASES[name]}
    model = open_folder(write_model(name, c))
    source = torch.randint(3, c["src_vocab"], (c["source"],)).tolist()
    target = torch.randint(3, c["tgt_vocab"], (c["target"],)).tolist()
    with torch.no_grad():
        stages = run(model, source, target)
        gap = check(model, stages)
    write_golden(GOLDEN / f"{name}.safetensors", stages, source, target)
    gradients(name, model, source, target)
    if name == "rnn-attention":
        with torch.no_grad():
            whatifs(name, model, source, target, stages)
    write_golden(GOLDEN / f"influence-{name}.safetensors",
                 influences(model, source, target), source, target)
    print(f"{name:13s} {len(stages):2d} stages  torch.nn.RNN, double {gap:.1e}")


def main():
    torch.set_num_threads(1)
    for seed, name in enumerate(CASES, 1):
        make(seed, name)
    return 0


if __name__ == "__main__":
    sys.exit(main())

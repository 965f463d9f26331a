"""First witness: every stage of the forward pass by plain functional operations.

The stage ids and their order are the contract; values keep the dtype of the weights.
"""
import math

import torch
import torch.nn.functional as F

from model import sinusoids


class Stages(dict):
    """stage id -> tensor, in computation order."""

    def keep(self, name, value):
        assert name not in self, name
        self[name] = value
        return value


def has(model, part):
    """A part that the model was not trained without."""
    return model.config.get(part, True)


def linear(model, x, name):
    return F.linear(x, model.weights[name + "weight"], model.get(name + "bias"))


def norm(model, x, name):
    return F.layer_norm(x, x.shape[-1:], model.weights[name + ".weight"],
                        model.get(name + ".bias"), model.config["layer_norm_eps"])


def position_rows(model, side, count, dtype):
    if model.config["position"] == "learned":
        return model.weights[f"{side}_position.weight"][:count]
    return sinusoids(count, model.config["d_model"]).to(torch.float32).to(dtype)


def embed(model, out, side, ids):
    tokens = out.keep(f"{side}.tokens", torch.tensor(ids, dtype=torch.int32))
    x = out.keep(f"{side}.embedding", model.embedding(side)[tokens.long()])
    if model.config["scale_embedding"]:
        x = out.keep(f"{side}.embedding_scaled", x * math.sqrt(model.config["d_model"]))
    if model.config["position"] == "none":
        return x
    position = out.keep(f"{side}.position", position_rows(model, side, len(ids), x.dtype))
    return out.keep(f"{side}.input", x + position)


def split(x, heads):
    """[n, d] -> [head, n, d / heads]."""
    return x.reshape(x.shape[0], heads, -1).transpose(0, 1).contiguous()


def attention(model, out, place, weight, x, memory, causal):
    d, heads = model.config["d_model"], model.config["nhead"]
    w = model.weights[weight + ".in_proj_weight"].chunk(3)
    bias = model.get(weight + ".in_proj_bias")
    b = (None,) * 3 if bias is None else bias.chunk(3)
    parts = [out.keep(f"{place}.{letter}", F.linear(source, w[i], b[i]))
             for i, (letter, source) in enumerate(zip("qkv", (x, memory, memory)))]
    q, k, v = [out.keep(f"{place}.{letter}_heads", split(part, heads))
               for letter, part in zip("qkv", parts)]
    scores = out.keep(f"{place}.scores", q @ k.transpose(1, 2))
    if has(model, "scale_attention"):
        scores = out.keep(f"{place}.scaled", scores / math.sqrt(d // heads))
    if causal and has(model, "causal_mask"):
        later = torch.ones(scores.shape[1:], dtype=torch.bool).triu(1)
        scores = out.keep(f"{place}.masked", scores.masked_fill(later, -math.inf))
    weights = out.keep(f"{place}.weights", scores.softmax(-1))
    context = out.keep(f"{place}.context", weights @ v)
    concat = out.keep(f"{place}.concat", context.transpose(0, 1).reshape(-1, d))
    return out.keep(f"{place}.output", linear(model, concat, weight + ".out_proj."))


def feed_forward(model, out, place, weight, x):
    hidden = out.keep(f"{place}.ffn.hidden", linear(model, x, weight + ".linear1."))
    activate = {"relu": F.relu, "gelu": F.gelu}[model.config["activation"]]
    hidden = out.keep(f"{place}.ffn.activation", activate(hidden))
    return out.keep(f"{place}.ffn.output", linear(model, hidden, weight + ".linear2."))


def sublayer(model, out, place, weight, number, x, run):
    """normK and residualK around run(), in the wiring the model asks for."""
    def normed(value):
        if not has(model, "norm"):
            return value
        return out.keep(f"{place}.norm{number}",
                        norm(model, value, f"{weight}.norm{number}"))
    def added(value):
        if not has(model, "residual"):
            return value
        return out.keep(f"{place}.residual{number}", x + value)
    if model.config["norm_first"]:
        return added(run(normed(x)))
    return normed(added(run(x)))


def layer(model, out, stack, index, x, memory):
    place, weight = f"{stack}.{index}", f"{stack}.layers.{index}"
    def self_attention(y):
        return attention(model, out, f"{place}.self_attn", f"{weight}.self_attn", y, y,
                         stack == "decoder")
    def cross_attention(y):
        return attention(model, out, f"{place}.cross_attn", f"{weight}.multihead_attn",
                         y, memory, False)
    def ffn(y):
        return feed_forward(model, out, place, weight, y)
    steps = [self_attention, ffn]
    if stack == "decoder":
        steps.insert(1, cross_attention)
    for number, run in enumerate(steps, 1):
        x = sublayer(model, out, place, weight, number, x, run)
    return x


def stack(model, out, name, x, memory=None):
    for index in range(model.config[f"num_{name}_layers"]):
        x = layer(model, out, name, index, x, memory)
    if model.get(f"{name}.norm.weight") is not None:
        x = out.keep(f"{name}.norm", norm(model, x, f"{name}.norm"))
    return x


def encode(model, out, source):
    return stack(model, out, "encoder", embed(model, out, "src", source))


def decode(model, out, memory, target):
    """target: ids without bos; returns the decoder's output, before the generator."""
    ids = [model.config["bos_token_id"]] + target
    x = stack(model, out, "decoder", embed(model, out, "tgt", ids), memory)
    logits = F.linear(x, model.generator(), model.get("generator.bias"))
    out.keep("probabilities", out.keep("logits", logits).softmax(-1))
    return x


def run(model, source, target):
    out = Stages()
    decode(model, out, encode(model, out, source), target)
    return out

"""The random models of the golden data: one row per case.

A row starts from DEFAULTS. `final_norm`, `biases`, `generator`, `generator_bias`,
`shared` and `rename` say which tensors the file has; the rest is config.json.
"""
import itertools
import math

import torch

DEFAULTS = dict(
    d_model=32, nhead=4, dim_feedforward=128, encoder_layers=2, decoder_layers=2,
    activation="relu", norm_first=False, layer_norm_eps=1e-5, scale_embedding=True,
    position="sinusoidal", max_positions=64, src_vocab=37, tgt_vocab=41,
    source=7, target=5, final_norm=False, biases=True, generator=False,
    generator_bias=False, shared=False, rename=False, keep=None,
    table_scale=1.0, without={})

CASES = {
    "post": dict(),
    "pre": dict(d_model=24, nhead=3, dim_feedforward=40, encoder_layers=1,
                activation="gelu", norm_first=True, final_norm=True, shared=True,
                src_vocab=31, tgt_vocab=31, scale_embedding=False, position="learned",
                max_positions=20, source=5, target=7),
    "one": dict(d_model=10, nhead=1, dim_feedforward=7, encoder_layers=1,
                decoder_layers=1, activation="gelu", generator=True,
                generator_bias=True, src_vocab=11, tgt_vocab=13, source=1, target=0),
    "nobias": dict(d_model=18, nhead=2, dim_feedforward=29, biases=False,
                   final_norm=True, layer_norm_eps=1e-3, source=9, target=4),
    "long": dict(d_model=20, nhead=5, dim_feedforward=33, encoder_layers=1,
                 decoder_layers=1, max_positions=128, source=40, target=90,
                 keep=(".weights", "encoder.0.norm2", "logits")),
    "prefixed": dict(d_model=16, nhead=2, dim_feedforward=27, encoder_layers=1,
                     src_vocab=23, tgt_vocab=23, rename=True, source=6, target=6),
    "deep": dict(d_model=12, nhead=2, dim_feedforward=19, encoder_layers=3,
                 decoder_layers=1, norm_first=True, generator_bias=True, source=8,
                 target=3, table_scale=0.4),
    # trained without parts: their stages and weights are absent
    "bare": dict(d_model=12, nhead=3, dim_feedforward=17, encoder_layers=1,
                 decoder_layers=1, source=6, target=4,
                 without=dict(norm=False, scale_attention=False), table_scale=0.1),
    "blind": dict(d_model=16, nhead=2, dim_feedforward=21, encoder_layers=1, source=5,
                  target=6, position="none",
                  without=dict(residual=False, causal_mask=False)),
}

RENAMED = {"src_embedding.weight": "emb.src", "tgt_embedding.weight": "emb.tgt"}


def case(name):
    return {**DEFAULTS, **CASES[name]}


def config(c):
    sizes = dict(src_vocab_size=c["src_vocab"], tgt_vocab_size=c["tgt_vocab"])
    if c["rename"]:
        sizes = dict(vocab_size=c["src_vocab"])
    result = dict(
        model_type="transformer", d_model=c["d_model"], nhead=c["nhead"],
        num_encoder_layers=c["encoder_layers"], num_decoder_layers=c["decoder_layers"],
        dim_feedforward=c["dim_feedforward"], activation=c["activation"],
        norm_first=c["norm_first"], layer_norm_eps=c["layer_norm_eps"],
        scale_embedding=c["scale_embedding"], position=c["position"],
        max_positions=c["max_positions"], **sizes, pad_token_id=0, bos_token_id=1,
        eos_token_id=2, source_eos=True, **c["without"])
    if c["rename"]:
        result["names"] = RENAMED
    return result


def xavier(out, into):
    """Half as wide again as Xavier's uniform range, so that attention is not flat."""
    return (torch.rand(out, into) * 2 - 1) * 1.5 * math.sqrt(6 / (out + into))


def attention_weights(d, name):
    return {f"{name}.in_proj_weight": torch.cat([xavier(d, d) * 1.3, xavier(d, d) * 1.3,
                                                 xavier(d, d)]),
            f"{name}.in_proj_bias": torch.randn(3 * d) * 0.2,
            f"{name}.out_proj.weight": xavier(d, d),
            f"{name}.out_proj.bias": torch.randn(d) * 0.2}


def norm_weights(d, name):
    return {f"{name}.weight": 1 + 0.3 * torch.randn(d),
            f"{name}.bias": 0.2 * torch.randn(d)}


def layer_weights(c, stack, name):
    d, hidden = c["d_model"], c["dim_feedforward"]
    result = attention_weights(d, f"{name}.self_attn")
    if stack == "decoder":
        result.update(attention_weights(d, f"{name}.multihead_attn"))
    result.update({f"{name}.linear1.weight": xavier(hidden, d),
                   f"{name}.linear1.bias": torch.randn(hidden) * 0.2,
                   f"{name}.linear2.weight": xavier(d, hidden),
                   f"{name}.linear2.bias": torch.randn(d) * 0.2})
    for number in range(1, 4 if stack == "decoder" else 3):
        result.update(norm_weights(d, f"{name}.norm{number}"))
    return result


def outside_weights(c):
    d = c["d_model"]
    def table(rows):
        return torch.randn(rows, d) * c["table_scale"] / math.sqrt(d)
    if c["shared"]:
        result = {"shared_embedding.weight": table(c["src_vocab"])}
    else:
        result = {"src_embedding.weight": table(c["src_vocab"]),
                  "tgt_embedding.weight": table(c["tgt_vocab"])}
    if c["position"] == "learned":
        result["src_position.weight"] = table(c["max_positions"])
        result["tgt_position.weight"] = table(c["max_positions"])
    if c["generator"]:
        result["generator.weight"] = xavier(c["tgt_vocab"], d)
    if c["generator_bias"]:
        result["generator.bias"] = torch.randn(c["tgt_vocab"]) * 0.3
    return result


def weights(c):
    result = outside_weights(c)
    for stack in ("encoder", "decoder"):
        for index in range(c[f"{stack}_layers"]):
            result.update(layer_weights(c, stack, f"{stack}.layers.{index}"))
        if c["final_norm"]:
            result.update(norm_weights(c["d_model"], f"{stack}.norm"))
    if not c["without"].get("norm", True):
        result = {n: w for n, w in result.items() if ".norm" not in n}
    if not c["biases"]:
        result = {n: w for n, w in result.items() if not n.endswith("bias")}
    return result


def renamed(tensors):
    """As from a student's training script: other names, a stray tensor, short floats.

    The stray one has three bytes and stands first, so every other one is misaligned.
    """
    result = {"model.steps_seen": torch.tensor([3, 1, 4], dtype=torch.uint8)}
    short = itertools.cycle([torch.bfloat16, torch.float16])
    for name, value in tensors.items():
        if value.dim() == 2:
            value = value.to(next(short))
        result[RENAMED.get(name, "model." + name)] = value
    return result


def ids(count, vocabulary):
    """Random words, never pad, bos or eos."""
    return torch.randint(3, vocabulary, (count,)).tolist()

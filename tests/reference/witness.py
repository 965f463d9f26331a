"""Second witness: torch's own TransformerEncoder and TransformerDecoder.

Their submodules' outputs are caught by hooks and compared with the stages. Gradients stay
on: without them torch 1.13 takes a fused path that skips the submodules.
"""
import torch
from torch import nn

from stages import Stages, decode, encode

TOLERANCE = 1e-5

PARTS_OF_OURS = ("residual", "norm", "causal_mask", "scale_attention")
PARTS = {"self_attn": "self_attn.output", "multihead_attn": "cross_attn.output",
         "linear1": "ffn.hidden", "linear2": "ffn.output"}


def build(config, has_norm):
    options = dict(d_model=config["d_model"], nhead=config["nhead"],
                   dim_feedforward=config["dim_feedforward"], dropout=0.0,
                   activation=config["activation"], batch_first=True,
                   layer_norm_eps=config["layer_norm_eps"],
                   norm_first=config["norm_first"])
    def final():
        return nn.LayerNorm(config["d_model"], config["layer_norm_eps"]) \
            if has_norm else None
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(**options),
                                    config["num_encoder_layers"], final())
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(**options),
                                    config["num_decoder_layers"], final())
    return nn.ModuleDict({"encoder": encoder, "decoder": decoder})


def load(pair, model):
    """Strict but for biases: one that the model does not have is zero."""
    state = {}
    for name, value in pair.state_dict().items():
        own = model.get(name)
        assert own is not None or name.endswith("bias"), name
        state[name] = torch.zeros_like(value) if own is None else own
    pair.load_state_dict(state)
    known = {n for n in model.weights if n.startswith(("encoder.", "decoder."))}
    assert known <= set(state), known - set(state)


def stage_of(module_name):
    """encoder.layers.0.linear1 -> encoder.0.ffn.hidden, or None if it is no stage."""
    words = module_name.split(".")
    if module_name in ("encoder.norm", "decoder.norm"):
        return module_name
    if len(words) != 4:
        return None
    part = PARTS.get(words[3], words[3] if words[3].startswith("norm") else None)
    return f"{words[0]}.{words[2]}.{part}" if part else None


def watch(pair, seen):
    for name, module in pair.named_modules():
        stage = stage_of(name)
        if stage:
            def hook(_module, _inputs, output, stage=stage):
                seen[stage] = (output[0] if isinstance(output, tuple) else output)[0]
            module.register_forward_hook(hook)


def difference(a, b):
    """max |a - b| / max(1, max |b|); equal infinities count 0, a NaN anywhere is one."""
    a, b = a.double(), b.double()
    assert a.shape == b.shape, (a.shape, b.shape)
    gap = torch.where(a == b, torch.zeros_like(a), (a - b).abs())
    assert not gap.isnan().any(), "a NaN on one side"
    finite = b[b.isfinite()].abs()
    return gap.max().item() / max(1.0, finite.max().item() if finite.numel() else 1.0)


def modules(model, stages):
    """(worst difference at a hook, torch's encoder output, torch's decoder output)"""
    pair = build(model.config, model.get("encoder.norm.weight") is not None).eval()
    load(pair, model)
    seen = {}
    watch(pair, seen)
    target = stages["tgt.input"]
    mask = nn.Transformer.generate_square_subsequent_mask(len(target))
    memory = pair["encoder"](stages["src.input"][None])
    result = pair["decoder"](target[None], memory, tgt_mask=mask)[0]
    worst = max(difference(stages[stage], value) for stage, value in seen.items())
    expected = set(stage for stage in stages if stage.endswith(tuple(PARTS.values())))
    assert expected <= set(seen), expected - set(seen)
    return worst, memory[0], result


def check(model, source, target):
    """Both witnesses and a pass in double; returns (stages, differences), or fails."""
    stages = Stages()
    memory = encode(model, stages, source)
    result = decode(model, stages, memory, target)
    found = {}
    if not any(model.config.get(part) is False for part in PARTS_OF_OURS) and \
            model.config["position"] != "none":  # torch's modules have all parts
        worst, their_memory, their_result = modules(model, stages)
        found = {"hooked": worst, "encoder": difference(memory, their_memory),
                 "decoder": difference(result, their_result)}
    precise = Stages()
    double = model.to(torch.float64)
    decode(double, precise, encode(double, precise, source), target)
    found["double"] = max(difference(stages[name], precise[name]) for name in stages)
    for name, value in found.items():
        assert value <= TOLERANCE, f"{name}: the witnesses differ by {value:.3g}"
    return Stages((n, v.detach()) for n, v in stages.items()), found

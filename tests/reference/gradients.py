"""Gradients of the loss with respect to every stage and weight, by torch's autograd in
double: what `trace --gradients` must give. The loss is the mean cross-entropy over the
decoder's rows, whose right tokens are the target and eos."""
import torch
import torch.nn.functional as F

import cases
from golden_file import write_golden
import stages as forward
from model import open_folder, sinusoids
from paths import EMBEDDED, GOLDEN, MODELS
from stages import run

# The random models whose gradients are stored.
PASSES = ["post", "pre", "deep", "nobias", "one"]


def leaves(model):
    """The model in double, its weights leaves that gather gradients."""
    double = model.to(torch.float64)
    for name in double.weights:
        double.weights[name] = double.weights[name].detach().requires_grad_()
    return double


def precise_positions(model, side, count, dtype):
    """As stages.position_rows, but sinusoids stay in double, as all of this pass does."""
    if model.config["position"] == "learned":
        return model.weights[f"{side}_position.weight"][:count]
    return sinusoids(count, model.config["d_model"])


def gradients(model, source, target):
    double = leaves(model)
    stages = run(double, source, target)
    for value in stages.values():
        if value.dtype == torch.float64 and value.requires_grad:
            value.retain_grad()
    right = torch.tensor(target + [model.config["eos_token_id"]])
    loss = F.cross_entropy(stages["logits"], right)
    loss.backward()
    found = {"loss": loss.detach().reshape(1)}
    for name, value in stages.items():
        if value.requires_grad and value.grad is not None:
            found[name] = value.grad
    for name, value in double.weights.items():
        if value.grad is not None:
            found["weight." + name] = value.grad
    return found


def make(name, folder, source, target):
    found = gradients(open_folder(folder), source, target)
    write_golden(GOLDEN / f"gradients-{name}.safetensors", found, source, target, None)
    print(f"gradients-{name}  {len(found)} tensors  loss {found['loss'].item():.4f}")


def main():
    rounded, forward.position_rows = forward.position_rows, precise_positions
    for seed, name in enumerate(cases.CASES, 1):
        if name not in PASSES:
            continue
        c = cases.case(name)
        torch.manual_seed(seed)
        cases.weights(c)
        source = cases.ids(c["source"], c["src_vocab"])
        target = cases.ids(c["target"], c["tgt_vocab"])
        make(name, MODELS / name, source, target)
    # the embedded model, with words that it does not expect
    make("embedded", EMBEDDED, [5, 9, 40, 7, 2], [11, 200, 31, 6])
    forward.position_rows = rounded


if __name__ == "__main__":
    main()

"""Ten steps of AdamW on two small batches in turn, by torch in double: what the trainer
must do from the same weights. The key's biases are left out when weights are compared,
since their gradient is nothing but rounding.

The loss is the cross-entropy, the mean over all rows of the batch, maybe smoothed, and
penalties on attention as in the recipe of the embedded model."""
import random

import torch
import torch.nn.functional as F

import rnn
import stages as forward
import tensorfile
from gradients import leaves, precise_positions
from model import open_folder
from paths import GOLDEN, MODELS

# name of the model: smoothing, weight of the entropy, apart
CASES = {"pre": (0.0, 0.0, 0.0), "nobias": (0.1, 0.0, 0.0), "deep": (0.0, 0.3, 2.0),
         "one": (0.2, 0.5, 1.0), "rnn-wide": (0.0, 0.0, 0.0),
         "rnn-attention": (0.1, 0.4, 1.0), "rnn-deep": (0.0, 0.0, 0.0)}
STEPS, RATE = 10, 1e-3
LENGTHS = [[(4, 3), (1, 1), (7, 5)], [(2, 6), (5, 4), (3, 1), (6, 7)]]


def draw(model, lengths, rng):
    """Sentences of random ids: source with eos, target without bos and eos."""
    c = model.config
    return [([rng.randrange(3, c["src_vocab_size"]) for _ in range(s)] + [c["eos_token_id"]],
             [rng.randrange(3, c["tgt_vocab_size"]) for _ in range(t)]) for s, t in lengths]


def entropies(a):
    """-sum a log(a + 1e-9) of each row."""
    return -(a * torch.log(a + 1e-9)).sum(-1).reshape(-1)


def overlaps(a):
    heads = a.shape[0]
    both = (a.sum(0) ** 2 - (a ** 2).sum(0)).sum(-1)
    return both / max(1, heads * (heads - 1))


def mean_of(passes, ending, stack, measure):
    """The mean over the layers of the mean over all rows of the batch."""
    layers = [n for n in passes[0] if n.startswith(stack) and n.endswith(ending)]
    rows = [torch.cat([measure(p[n]) for p in passes]).mean() for n in layers]
    return sum(rows) / len(rows)


def is_rnn(model):
    return model.config["model_type"] == "rnn"


def losses(model, batch, smoothing, entropy, apart):
    """(cross-entropy, what is minimised)."""
    run = rnn.run if is_rnn(model) else forward.run
    passes = [run(model, source, target) for source, target in batch]
    logits = torch.cat([p["logits"] for p in passes])
    right = torch.tensor([i for _, t in batch for i in t + [model.config["eos_token_id"]]])
    loss = F.cross_entropy(logits, right, label_smoothing=smoothing)
    if not entropy:
        return loss, loss
    if is_rnn(model):
        press = mean_of(passes, "attn.weights", "decoder", entropies)
        return loss, loss + entropy * press
    press = mean_of(passes, "self_attn.weights", "encoder", entropies) + \
        mean_of(passes, "cross_attn.weights", "decoder", entropies)
    if model.config["nhead"] > 1:
        press = press + apart * mean_of(passes, "self_attn.weights", "encoder", overlaps)
    return loss, loss + entropy * press


def train(model, batches, smoothing, entropy, apart):
    optimiser = torch.optim.AdamW(model.weights.values(), lr=RATE, betas=(0.9, 0.98),
                                  eps=1e-9, weight_decay=0.01)
    seen = []
    for step in range(STEPS):
        loss, whole = losses(model, batches[step % 2], smoothing, entropy, apart)
        seen.append(loss.item())
        optimiser.zero_grad()
        whole.backward()
        torch.nn.utils.clip_grad_norm_(model.weights.values(), 1.0)
        optimiser.step()
    return torch.tensor(seen)


def written(batches):
    """sentences "5,2:7,3" joined by ";", batches by "/"."""
    def one(pair):
        return ":".join(",".join(map(str, ids)) for ids in pair)
    return "/".join(";".join(one(p) for p in batch) for batch in batches)


def make(name, options):
    model = leaves(open_folder(MODELS / name))
    rng = random.Random(name)
    batches = [draw(model, lengths, rng) for lengths in LENGTHS]
    seen = train(model, batches, *options)
    found = {n: w.detach().float() for n, w in model.weights.items()}
    metadata = {"batches": written(batches), "rate": str(RATE), "smoothing": str(options[0]),
                "entropy": str(options[1]), "apart": str(options[2])}
    tensorfile.write(GOLDEN / f"training-{name}.safetensors",
                     {"losses": seen.float(), **found}, metadata)
    print(f"training-{name}  losses {seen[0]:.4f} … {seen[-1]:.4f}")


def main():
    rounded, forward.position_rows = forward.position_rows, precise_positions
    for name, options in CASES.items():
        make(name, options)
    forward.position_rows = rounded


if __name__ == "__main__":
    main()

"""Trains one seed; a small penalty on attention entropy, late in the run, makes maps crisp."""

import math
import os
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

import tensors
from bpe import BOS, EOS, PAD
from model import Translator, greedy, pad

RECIPE = {"batch": 128, "steps": 30000, "warmup": 400, "peak": 4e-3, "clip": 1.0,
          # the penalty on attention entropy grows from 0 to its size between these steps
          # (apart: times this, also on encoder heads of a layer that look at the same place)
          "penalty": 0.010, "apart": 1.0, "penalty_from": 12000, "penalty_full": 18000}
CHECKPOINTS = (0, 100, 400, 1500)


def encode_pairs(records, source, target):
    """(source, target, all right targets) as ids."""
    def ids(text):
        return [BOS] + target.encode(text) + [EOS]
    return [(source.encode(r.ko) + [EOS], ids(r.en), [ids(a) for a in r.answers or [r.en]])
            for r in records]


def batches(pairs, size, rng):
    """Endless batches of sentences of about the same length."""
    while True:
        order = list(range(len(pairs)))
        rng.shuffle(order)
        chunk = size * 64
        for start in range(0, len(order) - chunk + 1, chunk):
            part = sorted(order[start:start + chunk],
                          key=lambda i: (len(pairs[i][1]), len(pairs[i][0])))
            groups = [part[i:i + size] for i in range(0, chunk, size)]
            rng.shuffle(groups)
            for group in groups:
                yield pad([pairs[i][0] for i in group]), pad([pairs[i][1] for i in group])


def entropy(weights, rows):
    """Mean entropy in nats over the rows (a mask) of attention weights."""
    h = -(weights * torch.log(weights + 1e-9)).sum(-1)
    keep = rows[:, None, :].expand_as(h)
    return h[keep].mean()


def overlap(weights, rows):
    """Mean product of two different heads' weights on the same key: 1 if all heads agree."""
    heads = weights.shape[1]
    both = (weights.sum(1) ** 2 - (weights ** 2).sum(1)).sum(-1)
    return both[rows].mean() / (heads * (heads - 1))


def rate(step, recipe):
    """Warm-up, then cosine to 1 %."""
    if step < recipe["warmup"]:
        return recipe["peak"] * (step + 1) / recipe["warmup"]
    part = (step - recipe["warmup"]) / (recipe["steps"] - recipe["warmup"])
    return recipe["peak"] * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * part)))


def penalty(step, recipe):
    begin, full = recipe["penalty_from"], recipe["penalty_full"]
    return recipe["penalty"] * min(1.0, max(0.0, (step - begin) / (full - begin)))


def losses(model, source, target, penalised):
    """(cross-entropy, mean entropy, mean overlap) of one batch."""
    logits, enc, _, cross = model(source, target[:, :-1])
    gold = target[:, 1:]
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), gold.reshape(-1),
                           ignore_index=PAD)
    if not penalised:
        return loss, 0.0, 0.0
    spread = sum(entropy(w, source != PAD) for w in enc) / len(enc) + \
        sum(entropy(w, gold != PAD) for w in cross) / len(cross)
    return loss, spread, sum(overlap(w, source != PAD) for w in enc) / len(enc)


@torch.no_grad()
def evaluate(model, pairs, count=500):
    """(loss, exact match) on the first `count` pairs."""
    total, right, part = 0.0, 0, pairs[:count]
    for start in range(0, len(part), 250):
        group = part[start:start + 250]
        loss, _, _ = losses(model, pad([p[0] for p in group]), pad([p[1] for p in group]), False)
        total += float(loss) * len(group)
        out = greedy(model, [p[0] for p in group])
        right += sum(o in [t[1:-1] for t in p[2]] for o, p in zip(out, group))
    return total / len(part), right / len(part)


def weights_of(model, decimals=None):
    arrays = {k: v.detach().numpy().copy() for k, v in model.state_dict().items()}
    if decimals is not None:
        arrays = {k: np.round(v.astype(np.float64), decimals).astype(np.float32) + 0.0
                  for k, v in arrays.items()}
    return arrays


def load_into(model, arrays):
    state = {k: torch.from_numpy(v.astype(np.float32)) for k, v in arrays.items()}
    model.load_state_dict(state)


class Journal:
    """loss.tsv and train.log of one run."""

    def __init__(self, out, held):
        self.held, self.begin, self.mean = held, time.time(), None
        self.log = open(os.path.join(out, "train.log"), "w", encoding="utf-8")
        self.table = open(os.path.join(out, "loss.tsv"), "w", encoding="utf-8")
        self.table.write("step\ttrain_loss\theld_out_loss\theld_out_exact_match\t"
                         "attention_entropy_bits\n")

    def note(self, step, model, loss, spread, last):
        """Every 50 steps a row; held-out figures now and then."""
        self.mean = loss if self.mean is None else 0.98 * self.mean + 0.02 * loss
        if step % 50:
            return
        check = step in CHECKPOINTS or step % 1000 == 0 or step == last
        held = ["%.4f" % x for x in evaluate(model, self.held)] if check else ["", ""]
        row = [str(step), "%.4f" % self.mean] + held + ["%.3f" % (spread / 2 / math.log(2))]
        self.table.write("\t".join(row) + "\n")
        if check:
            self.log.write("step %5s  loss %s  held-out loss %s  exact %s  entropy %s bits" %
                           tuple(row) + "  %4.0f s\n" % (time.time() - self.begin))
            self.log.flush()

    def close(self, model):
        self.log.write("rounded to two decimals: held-out loss %.4f exact %.4f\n"
                       % evaluate(model, self.held, 2000))
        self.log.close()
        self.table.close()


def train(seed, sizes, pairs, held, out, recipe=RECIPE):
    """Trains and writes model.safetensors (rounded), checkpoints, loss.tsv and train.log."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    os.makedirs(os.path.join(out, "checkpoints"), exist_ok=True)
    model = Translator(sizes)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.98), eps=1e-9,
                                  weight_decay=0.01)
    supply = batches(pairs, recipe["batch"], random.Random(seed))
    journal, last = Journal(out, held), recipe["steps"]
    for step in range(last + 1):
        if step in CHECKPOINTS:
            tensors.save(os.path.join(out, "checkpoints", "step-%04d.safetensors" % step),
                         weights_of(model), "F16")
        source, target = next(supply)
        weight = penalty(step, recipe)
        loss, spread, alike = losses(model, source, target, weight > 0 or step % 50 == 0)
        journal.note(step, model, float(loss), float(spread), last)
        if step == last:
            break
        for group in optimiser.param_groups:
            group["lr"] = rate(step, recipe)
        optimiser.zero_grad()
        (loss + weight * (spread + recipe["apart"] * alike) if weight else loss).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), recipe["clip"])
        optimiser.step()
    tensors.save(os.path.join(out, "model.safetensors"), weights_of(model, 2))
    load_into(model, weights_of(model, 2))
    journal.close(model)

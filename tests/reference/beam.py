#!/usr/bin/env python3
"""Golden data of beam search: the best outputs of random models, with their scores."""
import itertools
import sys

import torch

from model import open_folder
from paths import GOLDEN, MODELS
from stages import Stages, decode, encode

MODEL_NAMES = ("post", "pre", "one", "nobias")
SOURCES = ((5, 9, 3, 2), (7, 4, 4, 10, 8, 2))
PREFIXES = ((), (6,), (3, 9, 5))
ENDS = ((2,), (2, 7, 4))
DIVISORS = (("penalty", 0.6), ("penalty", 2.0), ("power", 0.0), ("power", 1.0))
BEAMS = (1, 2, 4)
MOST = 6         # tokens that are chosen, the one that ends it among them
MARGIN = 1e-3    # a narrower win may fall to another order of summation: left out


def divided(score, length, kind, a):
    return score / (((5 + length) / 6) ** a if kind == "penalty" else length ** a)


class Narrow(Exception):
    pass


def best(ranked, count):
    """The first `count`; raises Narrow where another order would be almost as good."""
    ranked = sorted(ranked, key=lambda one: -one[0])
    for one, other in itertools.pairwise(ranked[:count + 1]):
        if one[0] - other[0] < MARGIN:
            raise Narrow
    return ranked[:count]


class Search:
    def __init__(self, model, source):
        self.model, self.memory = model.to(torch.float64), None
        self.memory = encode(self.model, Stages(), list(source))
        self.known = {}

    @torch.no_grad()
    def logs(self, ids):
        """log p of every token after the ids, by a whole pass over them."""
        if ids not in self.known:
            out = Stages()
            decode(self.model, out, self.memory, list(ids))
            self.known[ids] = out["logits"][-1].double().log_softmax(-1).tolist()
        return self.known[ids]

    def beam(self, prefix, ends, width):
        """All finished outputs of a search that never stops early: score, ids, length."""
        alive, done = [(0.0, prefix)], []
        for length in range(1, MOST + 1):
            more = [(score + p, (*ids, token)) for score, ids in alive
                    for token, p in enumerate(self.logs(ids))]
            alive = []
            for score, ids in best(more, width):
                if ids[-1] in ends:
                    done.append((score, ids[:-1], length))
                elif length == MOST:
                    done.append((score, ids, length))
                else:
                    alive.append((score, ids))
        return done

    def row(self, prefix, ends, width, kind, a):
        done = [(divided(score, length, kind, a), score, ids)
                for score, ids, length in self.beam(prefix, ends, width)]
        return best(done, width)


def joined(ids):
    return ",".join(map(str, ids)) or "-"


def lines():
    for name in MODEL_NAMES:
        model = open_folder(MODELS / name)
        for source in SOURCES:
            search = Search(model, source)
            for prefix, ends, width, (kind, a) in itertools.product(
                    PREFIXES, ENDS, BEAMS, DIVISORS):
                try:
                    found = search.row(prefix, ends, width, kind, a)
                except Narrow:
                    continue
                outputs = " ".join(f"{joined(ids)}:{score:.7f}:{scaled:.7f}"
                                   for scaled, score, ids in found)
                yield "\t".join((name, joined(source), joined(prefix), joined(ends),
                                 str(width), kind, str(a), outputs))


def main():
    text = "\n".join(("model\tsource\tprefix\tends\tbeam\tdivisor\ta\toutputs", *lines()))
    (GOLDEN / "beam.tsv").write_text(text + "\n", encoding="utf-8")
    print(f"beam      {text.count(chr(10))} searches")
    return 0


if __name__ == "__main__":
    sys.exit(main())

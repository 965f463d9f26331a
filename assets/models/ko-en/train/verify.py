"""Checks the shipped files from outside: nothing of the recipe is imported.

    python3 train/verify.py [--folder DIR] [--model FILE] [--quick]

Re-reads every file, tokenizes with a plain BPE written here, runs the real torch.nn.Transformer
layers, and prints what README.md states.
"""

import argparse
import collections
import json
import math
import os
import struct
import time

import torch
import torch.nn as nn

HERE = os.path.dirname(os.path.abspath(__file__))
PAIRS = ["배가 빠르다", "배가 맛있다", "배를 먹었다", "배를 탔다", "눈이 온다", "눈이 아프다",
         "차를 마신다", "차를 운전한다", "밤이 깊다", "밤을 구웠다", "말이 달린다", "말을 믿었다",
         "다리를 건넜다", "다리가 아프다", "사과를 먹었다", "사과를 받았다", "은행에 갔다", "은행이 맛있다"]
SWAPS = ["민수가 현우를 만났다", "현우가 민수를 만났다", "작은 고양이가 큰 개를 봤다",
         "큰 고양이가 작은 개를 봤다", "학교에 나는 간다"]
UNKNOWN = ["펭귄을 봤다", "펭귄이 사과를 먹는다", "기린은 학교에 갔다", "나는 펭귄에게 책을 줬다",
           "도마뱀이 온다", "햄버거를 먹고 싶다", "작은 펭귄이 잔다", "민수는 펭귄이다"]

ARITHMETIC = ["갔 간 본 봤", "봤 본 간 갔", "갔 간 온 왔", "볼 본 간 갈", "만났 만난 본 봤", "샀 산 탄 탔",
              "탔 탄 쓴 썼"]


# ---- files ---------------------------------------------------------------


def read_safetensors(path):
    with open(path, "rb") as f:
        raw = f.read()
    size = struct.unpack("<Q", raw[:8])[0]
    assert (8 + size) % 8 == 0, "header is not padded to 8"
    header, at, out = json.loads(raw[8:8 + size]), 0, {}
    header.pop("__metadata__", None)
    kinds = {"F32": (torch.float32, 4), "F16": (torch.float16, 2)}
    for name, entry in sorted(header.items(), key=lambda e: e[1]["data_offsets"]):
        dtype, width = kinds[entry["dtype"]]
        begin, end = entry["data_offsets"]
        assert begin == at and end - begin == width * math.prod(entry["shape"]), name
        data = bytearray(raw[8 + size + begin:8 + size + end])
        out[name] = torch.frombuffer(data, dtype=dtype).reshape(entry["shape"]).float()
        at = end
    assert 8 + size + at == len(raw), "bytes after the last tensor"
    return out


class Bpe:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
        self.vocab = data["model"]["vocab"]
        self.rank = {tuple(m.split(" ")): i for i, m in enumerate(data["model"]["merges"])}
        self.pieces = {i: p for p, i in self.vocab.items()}
        assert sorted(self.pieces) == list(range(len(self.vocab))), "ids are not 0..n-1"
        assert all(a + b in self.vocab for a, b in self.rank), "a merge makes no piece"

    def word(self, text):
        symbols = []
        for ch in text:
            ch = ch if ch in self.vocab else "<unk>"
            if not (ch == "<unk>" and symbols and symbols[-1] == "<unk>"):
                symbols.append(ch)
        while True:
            pairs = [(self.rank.get(p, 10 ** 9), i) for i, p in
                     enumerate(zip(symbols, symbols[1:]))]
            if not pairs or min(pairs)[0] == 10 ** 9:
                return symbols
            i = min(pairs)[1]
            symbols[i:i + 2] = [symbols[i] + symbols[i + 1]]

    def encode(self, text):
        """(ids, word number of each id)."""
        ids, owner = [], []
        for n, word in enumerate(text.split()):
            pieces = []
            for k, part in enumerate(("▁" + word).split("<unk>")):
                pieces += ["<unk>"] * (k > 0) + (self.word(part) if part else [])
            ids += [self.vocab[p] for p in pieces]
            owner += [n] * len(pieces)
        return ids, owner

    def decode(self, ids):
        return "".join(self.pieces[i] for i in ids).replace("▁", " ").strip()


def read_table(path):
    with open(path, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f]
    assert all(len(r) == len(rows[0]) for r in rows), path
    return rows[1:]


# ---- the model, from torch's own layers -----------------------------------------


class Machine:
    def __init__(self, folder, weights):
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as f:
            self.config = c = json.load(f)
        self.source = Bpe(os.path.join(folder, "source_tokenizer.json"))
        self.target = Bpe(os.path.join(folder, "target_tokenizer.json"))
        options = dict(dropout=0.0, activation=c["activation"], batch_first=True,
                       norm_first=c["norm_first"], layer_norm_eps=c["layer_norm_eps"])
        sizes = (c["d_model"], c["nhead"], c["dim_feedforward"])
        self.net = nn.Transformer(
            c["d_model"], c["nhead"], batch_first=True, dropout=0.0,
            custom_encoder=nn.TransformerEncoder(nn.TransformerEncoderLayer(*sizes, **options),
                                                 c["num_encoder_layers"]),
            custom_decoder=nn.TransformerDecoder(nn.TransformerDecoderLayer(*sizes, **options),
                                                 c["num_decoder_layers"]))
        self.tables = {}
        self.load(weights)
        self.net.train()        # dropout is 0; the evaluation fast path would hide the weights
        self.maps = {}
        for part in ("encoder", "decoder"):
            for i, layer in enumerate(getattr(self.net, part).layers):
                self.watch(layer.self_attn, "%s.%d.self" % (part, i))
                if part == "decoder":
                    self.watch(layer.multihead_attn, "%s.%d.cross" % (part, i))
        d = c["d_model"]
        pos = torch.arange(c["max_positions"]).double()[:, None]
        angle = pos / 10000.0 ** (torch.arange(0, d, 2).double() / d)
        self.position = torch.stack([angle.sin(), angle.cos()], -1).reshape(-1, d).float()

    def load(self, weights):
        weights = dict(weights)
        self.tables = {k: weights.pop(k + "_embedding.weight") for k in ("src", "tgt")}
        self.net.load_state_dict(weights, strict=True)

    def watch(self, attention, name):
        plain = attention.forward

        def forward(*args, **kwargs):
            kwargs.update(need_weights=True, average_attn_weights=False)
            out, weights = plain(*args, **kwargs)
            self.maps[name] = weights
            return out, weights
        attention.forward = forward

    def embed(self, side, ids):
        d = self.config["d_model"]
        return self.tables[side][ids] * math.sqrt(d) + self.position[:ids.shape[1]]

    def encode(self, source):
        mask = source == self.config["pad_token_id"]
        return self.net.encoder(self.embed("src", source), src_key_padding_mask=mask), mask

    def decode(self, memory, mask, target):
        n = target.shape[1]
        causal = torch.full((n, n), float("-inf")).triu(1)
        x = self.net.decoder(self.embed("tgt", target), memory, tgt_mask=causal,
                             memory_key_padding_mask=mask)
        return x @ self.tables["tgt"].T

    def pad(self, rows):
        width = max(map(len, rows))
        return torch.tensor([r + [self.config["pad_token_id"]] * (width - len(r)) for r in rows])

    @torch.no_grad()
    def translate(self, texts, size=250):
        c, answers = self.config, [None] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), size):
            part = order[start:start + size]
            rows = [self.source.encode(texts[i])[0] + [c["eos_token_id"]] for i in part]
            memory, mask = self.encode(self.pad(rows))
            out = torch.full((len(part), 1), c["bos_token_id"])
            done = torch.zeros(len(part), dtype=torch.bool)
            for _ in range(40):
                token = self.decode(memory, mask, out)[:, -1].argmax(-1)
                token[done] = c["pad_token_id"]
                out = torch.cat([out, token[:, None]], 1)
                done |= token == c["eos_token_id"]
                if done.all():
                    break
            for i, row in zip(part, out[:, 1:].tolist()):
                answers[i] = self.target.decode(t for t in row if t not in
                                                (c["eos_token_id"], c["pad_token_id"]))
        return answers


# ---- measures -----------------------------------------------------------------


def score(machine, rows):
    """(exact match, {kind: (right, all)}, wrong rows)."""
    answers = machine.translate([r[0] for r in rows])
    kinds, wrong = collections.defaultdict(lambda: [0, 0]), []
    for (source, gold, kind), answer in zip(rows, answers):
        right = answer in gold.split(" || ")
        kinds[kind][0] += right
        kinds[kind][1] += 1
        if not right:
            wrong.append((source, gold, answer))
    return 1 - len(wrong) / len(rows), kinds, wrong


def print_score(name, machine, rows, show=6):
    exact, kinds, wrong = score(machine, rows)
    print("%s: exact match %.4f (%d of %d)" % (name, exact, len(rows) - len(wrong), len(rows)))
    print("  " + "  ".join("%s %.3f (%d)" % (k, r / n, n) for k, (r, n) in sorted(kinds.items())))
    for source, gold, answer in wrong[:show]:
        print("  wrong: %s | %s | %s" % (source, gold, answer))


@torch.no_grad()
def forced(machine, source, target):
    """Source pieces and owners, target pieces and owners, attention maps of one sentence and its
    first answer."""
    c = machine.config
    ids, owner = machine.source.encode(source)
    out, words = machine.target.encode(target.split(" || ")[0])
    memory, mask = machine.encode(torch.tensor([ids + [c["eos_token_id"]]]))
    machine.decode(memory, mask, torch.tensor([[c["bos_token_id"]] + out]))
    maps = {k: v[0] for k, v in machine.maps.items()}
    return ids, owner, out, words, maps


def by_word(row, owner):
    """Attention summed per source word; the last entry is <eos>."""
    total = [0.0] * (owner[-1] + 2)
    for weight, word in zip(row.tolist(), owner + [owner[-1] + 1]):
        total[word] += weight
    return total


def alignment(machine, rows, links):
    """Share of content words whose strongest source word is the right one, per layer and head."""
    hits, count = collections.Counter(), 0
    depth = machine.config["num_decoder_layers"]
    for (source, target, _), (line,) in zip(rows, links):
        _, owner, _, words, maps = forced(machine, source, target)
        gold = collections.defaultdict(set)
        for pair in line.split():
            english, korean = map(int, pair.split("-"))
            gold[english - 1].add(korean - 1)
        for word, right in gold.items():
            r = words.index(word)
            count += 1
            for i in range(depth):
                cross = maps["decoder.%d.cross" % i]
                for name, row in [("mean", cross[:, r].mean(0))] + \
                        [(h + 1, cross[h, r]) for h in range(cross.shape[0])]:
                    total = by_word(row, owner)
                    hits[i, name] += total.index(max(total)) in right
    return {k: v / count for k, v in hits.items()}, count


def relations(machine, classes, ids, owner):
    """{relation: set of (query, key)} between the pieces of a source sentence."""
    n = len(ids)
    cls = [classes.get(machine.source.pieces[i], "") for i in ids] + ["eos"]
    verb = owner.index(owner[-1])
    out = collections.defaultdict(set)
    for q in range(n + 1):
        out["itself"].add((q, q))
        out["piece before"].add((q, q - 1))
        out["piece after"].add((q, q + 1))
        out["first"].add((q, 0))
        out["<eos>"].add((q, n))
        out["the last word"].update((q, k) for k in range(verb, n) if q < verb)
    for q in range(n):
        for k in range(n):
            same = owner[q] == owner[k]
            if same and cls[q] == "noun" and cls[k] == "particle":
                out["noun to its particle"].add((q, k))
                out["predicate to object"].update(
                    (v, q) for v in range(verb, n) if machine.source.pieces[ids[k]] in "을를")
            if same and cls[q] == "particle" and cls[k] == "noun":
                out["particle to its noun"].add((q, k))
            if cls[k] == "particle" and not same:
                out["another word's particle"].add((q, k))
            if abs(owner[q] - owner[k]) == 1:
                out["word before" if owner[k] < owner[q] else "word after"].add((q, k))
    return out


def source_heads(machine, classes, rows):
    """Where the strongest link of each row goes, per encoder head."""
    tally = collections.defaultdict(collections.Counter)
    mass = collections.defaultdict(float)
    seen, total = collections.Counter(), 0
    for source, target, _ in rows:
        ids, owner, _, _, maps = forced(machine, source, target)
        related = relations(machine, classes, ids, owner)
        total += len(ids) + 1
        for r, pairs in related.items():
            seen[r] += len({q for q, _ in pairs})
        for i in range(machine.config["num_encoder_layers"]):
            for h, weights in enumerate(maps["encoder.%d.self" % i]):
                best = weights.argmax(-1).tolist()
                mass[i, h] += float(-(weights * (weights + 1e-9).log2()).sum())
                for r, pairs in related.items():
                    tally[i, h][r] += sum((q, k) in pairs for q, k in enumerate(best))
    return tally, seen, total, mass


def print_source_heads(machine, classes, rows):
    tally, seen, total, mass = source_heads(machine, classes, rows)
    print("encoder heads: share of rows (that could) whose strongest link is ...; entropy in bits")
    for (i, h), counts in sorted(tally.items()):
        best = sorted(((counts[r] / max(1, seen[r]), r) for r in counts), reverse=True)[:5]
        print("  encoder.%d.self_attn:%d  %.2f bits  " % (i, h + 1, mass[i, h] / total) +
              ", ".join("%s %.2f" % (r, share) for share, r in best))


def print_target_heads(machine, classes, rows):
    tally, total = collections.defaultdict(collections.Counter), 0
    bits = collections.defaultdict(float)
    for source, target, _ in rows:
        ids, owner, out, words, maps = forced(machine, source, target)
        n, verb = len(ids), owner.index(owner[-1])
        total += len(out) + 1
        for name, layer in maps.items():
            if not name.startswith("decoder"):
                continue
            for h, weights in enumerate(layer):
                bits[name, h] += float(-(weights * (weights + 1e-9).log2()).sum())
                for q, k in enumerate(weights.argmax(-1).tolist()):
                    for what in target_what(name, classes, machine, ids, n, verb, q, k):
                        tally[name, h][what] += 1
    print("decoder heads: share of rows whose strongest link is ...; entropy in bits")
    for (name, h), counts in sorted(tally.items()):
        print("  %s:%d  %.2f bits  " % (name.replace("self", "self_attn").replace(
            "cross", "cross_attn"), h + 1, bits[name, h] / total) +
            ", ".join("%s %.2f" % (w, c / total) for w, c in counts.most_common(4)))


def target_what(name, classes, machine, ids, n, verb, q, k):
    if name.endswith("self"):
        yield {0: "itself", 1: "piece before", 2: "two before"}.get(q - k, "earlier")
        if k == 0:
            yield "<bos>"
        return
    cls = "<eos>" if k == n else classes.get(machine.source.pieces[ids[k]], "other")
    yield cls if k == n or k < verb else "predicate: " + cls


def ablations(machine, weights, rows):
    """Exact match with each head's context set to 0, all kinds and homographs."""
    plain, usual = dict(weights), machine.translate(PAIRS)
    width = machine.config["d_model"] // machine.config["nhead"]
    for name in sorted(k for k in weights if k.endswith("out_proj.weight")):
        line = []
        for h in range(machine.config["nhead"]):
            changed = dict(plain)
            matrix = plain[name].clone()
            matrix[:, h * width:(h + 1) * width] = 0
            changed[name] = matrix
            machine.load(changed)
            exact, kinds, _ = score(machine, rows)
            homograph = kinds["homograph"]
            line.append("%d: %.3f/%.3f" % (h + 1, exact, homograph[0] / max(1, homograph[1])))
            lost = ["%s -> %s" % (t, a) for t, a, b in zip(PAIRS, machine.translate(PAIRS), usual)
                    if a != b]
            if name.startswith("encoder") and lost:
                line.append("(" + "; ".join(lost) + ")")
        print("  %-42s %s" % (name.replace(".out_proj.weight", "").replace("layers.", ""),
                              "  ".join(line)), flush=True)
    machine.load(plain)


def print_arithmetic(machine):
    """Past minus present plus another present: is the other past the nearest?"""
    table, vocab = machine.tables["src"], machine.source.vocab
    unit = table / table.norm(dim=1, keepdim=True).clamp_min(1e-9)
    for line in ARITHMETIC:
        a, b, c, want = line.split()
        if not all("▁" + w in vocab for w in (a, b, c, want)):
            print("  %s: a piece is missing" % " ".join((a, b, c, want)))
            continue
        v = table[vocab["▁" + a]] - table[vocab["▁" + b]] + table[vocab["▁" + c]]
        near = (unit @ (v / v.norm())).topk(5)
        print("  ▁%s - ▁%s + ▁%s ~ ▁%s ?  %s" % (a, b, c, want, " ".join(
            "%s %.2f" % (machine.source.pieces[int(i)], x) for x, i in zip(*near))))


def print_sizes(folder):
    total = 0
    for root, _, names in os.walk(folder):
        inside = os.path.relpath(root, folder).split(os.sep)
        if "work" in inside or "__pycache__" in inside:
            continue
        for name in sorted(names):
            size = os.path.getsize(os.path.join(root, name))
            total += size
            if root == folder or "checkpoints" in root:
                print("  %-28s %8d" % (os.path.relpath(os.path.join(root, name), folder), size))
    print("  all files %d" % total)


def check_rounding(weights):
    worst = max(float((w.double() * 100 - (w.double() * 100).round()).abs().max())
                for w in weights.values())
    same = all(torch.equal((w.double() * 100).round().div(100).float(), w)
               for w in weights.values())
    print("two decimals: %s (largest |100 w - round| %.1e)" % ("yes" if same else "NO", worst))


def report(folder, path, quick=False):
    """Everything; quick: no ablations, 300 sentences for the maps."""
    weights = read_safetensors(path)
    machine = Machine(folder, weights)
    print("parameters %d in %d tensors, source pieces %d, target pieces %d" % (
        sum(w.numel() for w in weights.values()), len(weights), len(machine.source.vocab),
        len(machine.target.vocab)))
    check_rounding(weights)
    exam, second = (read_table(os.path.join(folder, n + ".tsv")) for n in ("exam", "second"))
    links = read_table(os.path.join(folder, "exam_links.tsv"))
    classes = {}
    for side, piece, cls, _, _ in read_table(os.path.join(folder, "lexicon.tsv")):
        if side == "source":
            classes.setdefault(piece, cls)
    print_score("exam.tsv", machine, exam, 12)
    print_score("second.tsv", machine, second)
    print_score("examples.tsv", machine, read_table(os.path.join(folder, "examples.tsv")), 60)
    few = 300 if quick else 1000
    shares, count = alignment(machine, exam[:few], links[:few])
    print("alignment, %d content words: " % count + "  ".join(
        "decoder.%d %s %.3f" % (i, n, v) for (i, n), v in sorted(shares.items(), key=str)))
    print_source_heads(machine, classes, exam[:300])
    print_target_heads(machine, classes, exam[:300])
    print("vector arithmetic on source embeddings, nearest by cosine:")
    print_arithmetic(machine)
    print("unknown words:")
    for text, answer in zip(UNKNOWN, machine.translate(UNKNOWN)):
        print("  %s -> %s -> %s" % (text, " ".join(machine.source.pieces[i] for i in
                                                   machine.source.encode(text)[0]), answer))
    if not quick:
        print("one head off: exact match all/homographs, on the first 600 of exam.tsv")
        ablations(machine, weights, exam[:600])
        print_without_positions(machine, exam[:600])
        print_checkpoints(folder, machine, exam[:500])
        machine.load(weights)


def print_without_positions(machine, rows):
    """The exam without positions, in the encoder only and everywhere; sentences and their swaps."""
    embed, table, flat = machine.embed, machine.position, torch.zeros_like(machine.position)

    def without(sides):
        def changed(side, ids):
            machine.position = flat if side in sides else table
            out = embed(side, ids)
            machine.position = table
            return out
        return changed
    for label, sides in (("encoder only", ("src",)), ("everywhere", ("src", "tgt"))):
        machine.embed = without(sides)
        print_score("no positions, " + label, machine, rows, 0)
        if sides == ("src",):
            for text, answer in zip(SWAPS, machine.translate(SWAPS)):
                print("  %s -> %s" % (text, answer))
    machine.embed = embed


def print_checkpoints(folder, machine, rows):
    directory = os.path.join(folder, "checkpoints")
    for name in sorted(os.listdir(directory)) if os.path.isdir(directory) else ():
        machine.load(read_safetensors(os.path.join(directory, name)))
        print("checkpoint %s: exact match %.3f on 500 sentences" % (name, score(machine, rows)[0]))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", default=os.path.dirname(HERE))
    parser.add_argument("--model")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    begin = time.time()
    report(options.folder, options.model or os.path.join(options.folder, "model.safetensors"),
           options.quick)
    if not options.quick:
        print("sizes in bytes:")
        print_sizes(options.folder)
    print("%.0f s" % (time.time() - begin))


if __name__ == "__main__":
    main()

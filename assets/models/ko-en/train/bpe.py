"""Byte-pair encoding: training inside morphs, encoding, and the tokenizer.json layout.

Merges are counted once per word *type* and only inside a morph (the grammar knows where a noun
ends and its particle begins), so that particles and endings stay pieces of their own.  Encoding
is the ordinary algorithm: lowest rank first, leftmost, on whole words.
"""

import collections
import json
import os

SPECIALS = ["<pad>", "<bos>", "<eos>", "<unk>"]
PAD, BOS, EOS, UNK = range(4)
MARK = "▁"




def merge_once(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def learn(words, banned=()):
    """Merges that make every morph of every word one piece, without the banned pairs.

    words: a set of tuples of morph texts, the first one beginning with the mark.
    """
    weight = collections.Counter(m for word in words for m in word)
    parts = [list(m) for m in sorted(weight)]
    weights = [weight["".join(p)] for p in parts]
    merges = []
    while True:
        pairs = collections.Counter()
        for symbols, w in zip(parts, weights):
            for pair in zip(symbols, symbols[1:]):
                if pair not in banned:
                    pairs[pair] += w
        if not pairs:
            return merges
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        parts = [merge_once(p, best) for p in parts]


def crossing(tokenizer, word):
    """The merge by which plain BPE joins two morphs of the word (None: it does not)."""
    cuts, at = set(), 0
    for morph in word[:-1]:
        at += len(morph)
        cuts.add(at)
    for pair, start in tokenizer.steps("".join(word)):
        if start + len(pair[0]) in cuts:
            return pair
    return None


def learn_until_clean(words, log, anywhere=False):
    """Learns merges until plain BPE cuts every word at its morphs.

    A merge that joins two morphs is banned (the morph that needs it must be built another way);
    a word that is still cut elsewhere, or that is also a morph, becomes one piece.  Only merges at
    the start of a word are banned, or all (anywhere)."""
    words, banned = set(words), set()
    single = {w[0] for w in words if len(w) == 1}
    single |= {"".join(w) for w in words if len(w) > 1 and "".join(w) in single}
    words = {("".join(w),) if "".join(w) in single else w for w in words}
    for attempt in range(20):
        tokenizer = Tokenizer(learn(words, banned), alphabet(words))
        wrong = [w for w in sorted(words) if tuple(tokenizer.word("".join(w))) != w]
        if not wrong:
            return tokenizer
        new = {crossing(tokenizer, w) for w in wrong} - {None} - banned
        morphs = {m for w in words for m in w}
        new = {p for p in new if "".join(p) not in morphs and (anywhere or p[0].startswith(MARK))}
        if attempt < 2 and new:
            banned |= new
            log("bpe: banned merges " + " ".join("+".join(p) for p in sorted(new)))
            continue
        log("bpe: made whole: " + " ".join("|".join(w) for w in wrong))
        banned = {p for p in banned if not any("".join(p) in "".join(w) for w in wrong)}
        words = {("".join(w),) if w in wrong else w for w in words}
    raise RuntimeError("the merges do not settle")


def alphabet(words):
    return sorted({ch for word in words for morph in word for ch in morph})


class Tokenizer:
    def __init__(self, merges, letters):
        self.merges = [tuple(m) for m in merges]
        self.rank = {m: i for i, m in enumerate(self.merges)}
        self.letters = list(letters)
        pieces = SPECIALS + self.letters
        for a, b in self.merges:
            if a + b not in pieces:
                pieces.append(a + b)
        self.pieces = pieces
        self.vocab = {p: i for i, p in enumerate(pieces)}
        self.known = set(self.letters)
        self.cache = {}

    def word(self, text):
        """Pieces of one word with its mark; characters that are not known fuse into <unk>."""
        symbols = []
        for ch in text:
            ch = ch if ch in self.known else "<unk>"
            if ch == "<unk>" and symbols and symbols[-1] == ch:
                continue
            symbols.append(ch)
        for _ in self.merging(symbols):
            pass
        return symbols

    def merging(self, symbols):
        """Merges in place, lowest rank first, leftmost; yields the place of every merge."""
        while len(symbols) > 1:
            ranks = [self.rank.get(p, 1 << 30) for p in zip(symbols, symbols[1:])]
            best = min(ranks)
            if best == 1 << 30:
                return
            i = ranks.index(best)
            yield i
            symbols[i:i + 2] = [symbols[i] + symbols[i + 1]]

    def steps(self, text):
        """(pair, offset) of each merge of a word."""
        symbols = list(text)
        for i in self.merging(symbols):
            yield (symbols[i], symbols[i + 1]), sum(map(len, symbols[:i]))

    def encode_word(self, text):
        if text not in self.cache:
            self.cache[text] = [self.vocab[p] for p in self.word(text)]
        return self.cache[text]

    def encode(self, text):
        """Ids of a text; <unk> written in the text is the special token."""
        ids = []
        for word in text.split():
            if "<unk>" in word:
                before, _, after = (MARK + word).partition("<unk>")
                ids += self.encode_word(before) + [UNK] + (self.encode_word(after) if after else [])
            else:
                ids += self.encode_word(MARK + word)
        return ids

    def decode(self, ids):
        return "".join(self.pieces[i] for i in ids).replace(MARK, " ").strip()

    def save(self, path):
        mark = {"type": "Metaspace", "replacement": MARK, "add_prefix_space": True,
                "prepend_scheme": "always"}
        model = {"type": "BPE", "dropout": None, "unk_token": "<unk>",
                 "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": True,
                 "byte_fallback": False, "vocab": self.vocab,
                 "merges": [a + " " + b for a, b in self.merges]}
        added = [{"id": i, "content": s, "single_word": False, "lstrip": False, "rstrip": False,
                  "normalized": False, "special": True} for i, s in enumerate(SPECIALS)]
        data = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
                "normalizer": {"type": "NFC"}, "pre_tokenizer": mark, "post_processor": None,
                "decoder": dict(mark), "model": model}
        with open(path + ".tmp", "w", encoding="utf-8") as f:
            json.dump(data, f, ensure_ascii=False, indent=0)
            f.write("\n")
        os.replace(path + ".tmp", path)


def load(path):
    with open(path, encoding="utf-8") as f:
        model = json.load(f)["model"]
    merges = [tuple(m.split(" ")) for m in model["merges"]]
    made = {a + b for a, b in merges}
    letters = [p for p in model["vocab"] if len(p) == 1 and p not in made]
    tokenizer = Tokenizer(merges, letters)
    assert tokenizer.vocab == model["vocab"], "vocabulary order"
    return tokenizer

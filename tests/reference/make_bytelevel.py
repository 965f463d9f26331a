#!/usr/bin/env python3
"""Learns a small byte-level tokenizer.json and writes its golden ids.

Writes tests/data/models/bytelevel/tokenizer.json and tests/data/golden/bytelevel.tsv.
"""
import json
import sys
from collections import Counter

from bpe import merge_all
from bytelevel import LETTERS, as_letters, pieces, split
from bytelevel_text import CORPUS, SAMPLES
from golden_file import escape
from paths import GOLDEN, MODELS

MERGES = 300
END = "<|endoftext|>"


def count_pairs(words):
    pairs = Counter()
    for word, count in words.items():
        for pair in zip(word, word[1:]):
            pairs[pair] += count
    return pairs


def learn(text):
    """The most frequent pair again and again; among equals the smallest in code order."""
    words = Counter(tuple(as_letters(word)) for word in split(text))
    merges = []
    while len(merges) < MERGES:
        pairs = count_pairs(words)
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        assert pairs[best] > 1, f"the text is too short for {MERGES} merges"
        merges.append(best)
        joined = Counter()
        for word, count in words.items():
            joined[tuple(merge_all(list(word), {best: 0}))] += count
        words = joined
    return merges


def vocabulary(merges):
    letters = [letter for _, letter in sorted(LETTERS.items(), key=lambda item: item[1])]
    pieces_of_all = letters + [a + b for a, b in merges] + [END]
    return {piece: i for i, piece in enumerate(pieces_of_all)}


def document(vocab, merges):
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
             "use_regex": True}
    special = {"id": vocab[END], "content": END, "single_word": False, "lstrip": False,
               "rstrip": False, "normalized": False, "special": True}
    return {"version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [special], "normalizer": None, "pre_tokenizer": level,
            "post_processor": level, "decoder": level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None,
                      "continuing_subword_prefix": "", "end_of_word_suffix": "",
                      "fuse_unk": False, "byte_fallback": False, "vocab": vocab,
                      "merges": [" ".join(pair) for pair in merges]}}


def write_tokenizer(vocab, merges):
    path = MODELS / "bytelevel/tokenizer.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document(vocab, merges), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def decoded(found):
    bytes_of = {letter: byte for byte, letter in LETTERS.items()}
    return bytes(bytes_of[letter] for piece in found for letter in piece).decode("utf-8")


def row(text, vocab, ranks):
    found = pieces(text, ranks)
    assert decoded(found) == text
    return escape(text) + "\t" + " ".join(str(vocab[piece]) for piece in found)


def main():
    merges = learn(CORPUS)
    vocab, ranks = vocabulary(merges), {pair: i for i, pair in enumerate(merges)}
    assert len(vocab) == 256 + MERGES + 1, "two merges made the same piece"
    write_tokenizer(vocab, merges)
    rows = ["text\tids"] + [row(text, vocab, ranks) for text in SAMPLES]
    (GOLDEN / "bytelevel.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"bytelevel {len(vocab)} pieces, {len(SAMPLES)} texts")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Byte-level BPE as GPT-2 has it: bytes as letters, its split pattern, ranked merges.

The pattern

    's|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+

is followed here by hand, because Python's re does not know \\p{L}.
"""
import unicodedata

from bpe import merge_all

CONTRACTIONS = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")
SPACES = set("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") \
    | set(map(chr, range(0x2000, 0x200b)))


def alphabet():
    """byte -> letter: printable Latin-1 stands for itself, the rest from U+0100 on."""
    plain = [*range(0x21, 0x7f), *range(0xa1, 0xad), *range(0xae, 0x100)]
    letters = {byte: chr(byte) for byte in plain}
    others = [byte for byte in range(256) if byte not in letters]
    letters.update({byte: chr(0x100 + i) for i, byte in enumerate(others)})
    return letters


LETTERS = alphabet()


def as_letters(text):
    return "".join(LETTERS[byte] for byte in text.encode("utf-8"))


def kind(letter):
    if letter in SPACES:
        return "space"
    return {"L": "letter", "N": "number"}.get(unicodedata.category(letter)[0], "other")


def run_end(text, at, wanted):
    while at < len(text) and kind(text[at]) == wanted:
        at += 1
    return at


def next_end(text, at):
    """Where the match that starts at `at` ends; alternatives in the pattern's order."""
    for contraction in CONTRACTIONS:
        if text.startswith(contraction, at):
            return at + len(contraction)
    start = at + 1 if text[at] == " " and at + 1 < len(text) else at
    if kind(text[start]) != "space":
        return run_end(text, start, kind(text[start]))
    end = run_end(text, at, "space")
    if end < len(text) and end - at > 1:        # \s+(?!\S) leaves one space to the word
        return end - 1
    return end


def split(text):
    result, at = [], 0
    while at < len(text):
        end = next_end(text, at)
        result.append(text[at:end])
        at = end
    return result


def pieces(text, ranks):
    return [piece for word in split(text)
            for piece in merge_all(list(as_letters(word)), ranks)]

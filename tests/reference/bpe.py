"""Plain byte-pair encoding as tokenizer.json describes it: NFC, Metaspace, merges."""
import json
import re
import unicodedata
from pathlib import Path


def normalise(rule, text):
    kind = rule["type"] if rule else None
    if kind == "Sequence":
        for part in rule["normalizers"]:
            text = normalise(part, text)
    elif kind in ("NFC", "NFD", "NFKC", "NFKD"):
        text = unicodedata.normalize(kind, text)
    elif kind == "Replace":
        pattern = rule["pattern"]
        found = pattern.get("Regex") or re.escape(pattern["String"])
        text = re.sub(found, lambda _: rule["content"], text)
    elif kind == "Strip":
        text = text.lstrip() if rule.get("strip_left", True) else text
        text = text.rstrip() if rule.get("strip_right", True) else text
    elif kind is not None:
        raise ValueError(f"normalizer {kind} is not supported")
    return text


def metaspace(rule, text):
    """Spaces become marks, one more stands in front; a word starts at each mark."""
    mark = rule.get("replacement", "▁")
    scheme = rule.get("prepend_scheme",
                      "always" if rule.get("add_prefix_space", True) else "never")
    text = text.replace(" ", mark)
    if text and scheme != "never" and not text.startswith(mark):
        text = mark + text
    if rule.get("split", True) is False:
        return [text] if text else []
    return re.findall(f"{mark}[^{mark}]*|[^{mark}]+", text)


def pair_of(merge):
    return tuple(merge.split(" ")) if isinstance(merge, str) else tuple(merge)


def merge_once(pieces, ranks):
    """Joins the leftmost pair of lowest rank; None when no pair has a rank."""
    best = min(range(len(pieces) - 1), default=None,
               key=lambda i: ranks.get((pieces[i], pieces[i + 1]), len(ranks)))
    if best is None or (pieces[best], pieces[best + 1]) not in ranks:
        return None
    return pieces[:best] + [pieces[best] + pieces[best + 1]] + pieces[best + 2:]


def merge_all(pieces, ranks):
    while pieces is not None:
        done, pieces = pieces, merge_once(pieces, ranks)
    return done


class Tokenizer:
    def __init__(self, path):
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        model = data["model"]
        self.normalizer, self.pre = data.get("normalizer"), data.get("pre_tokenizer")
        self.vocabulary = model["vocab"]
        self.ranks = {pair_of(m): r for r, m in enumerate(model["merges"])}
        self.unknown, self.fuse = model.get("unk_token"), model.get("fuse_unk", False)
        assert model["type"] == "BPE" and self.pre["type"] == "Metaspace"
        assert not model.get("byte_fallback")
        added = data.get("added_tokens", [])
        self.special = {t["id"] for t in added if t.get("special")}
        self.texts = {i: t for t, i in self.vocabulary.items()}
        self.texts.update({t["id"]: t["content"] for t in added})
        self.ids = {t: i for i, t in self.texts.items()}

    def known(self, letters):
        """Letters outside the vocabulary become <unk>, a run of them one if fused."""
        result = []
        for letter in letters:
            if letter in self.vocabulary:
                result.append(letter)
            elif self.unknown and not (self.fuse and result[-1:] == [self.unknown]):
                result.append(self.unknown)
        return result

    def pieces(self, text):
        result = []
        for word in metaspace(self.pre, normalise(self.normalizer, text)):
            result += merge_all(self.known(word), self.ranks)
        return result

    def encode(self, text):
        return [self.ids[piece] for piece in self.pieces(text)]

    def decode(self, ids):
        text = "".join(self.texts[i] for i in ids if i not in self.special)
        return text.replace(self.pre.get("replacement", "▁"), " ").lstrip(" ")

#!/usr/bin/env python3
"""Golden data of the embedded model: five whole passes and the tokens of many sentences.

Usage: embedded.py [MODEL_FOLDER [OUTPUT_FOLDER]]
"""
import csv
import sys
import unicodedata
from pathlib import Path

import torch

import witness
from bpe import Tokenizer
from golden_file import escape, write_golden
from model import open_folder
from paths import EMBEDDED, GOLDEN
from stages import Stages, decode, encode

SENTENCES = ("나는 학교에 간다", "개가 고양이를 쫓는다",
             "나는 어제 친구와 함께 영화관에서 정말 재미있는 액션 영화를 봤다",
             "배를 먹었다", "눈이 온다")

TRICKY = ("", " ", "   ", "나는  학교에   간다", " 나는 간다", "나는 간다 ", "나는학교에간다",
          unicodedata.normalize("NFD", "나는 학교에 간다"),
          unicodedata.normalize("NFD", "고양이") + "가 온다", "꿻뷁이 쀍다",
          "나는 뷁에 간다", "나는 🎬를 봤다", "👩‍💻가 온다", "🇰🇷", "I go to school",
          "나는 school에 간다", "나는 PyTorch를 봤다", "123", "나는 3번 봤다.", "나는 간다!",
          "나는 간다?", "ㅋㅋㅋ", "ㄱ", "가", "학교", "▁나는", "나는▁간다", "나는\u3000간다",
          "나는\u00a0간다", "학교學校", "ＡＢＣ", "e\u0301", "é", "…", "'", "\"", "<", "unk")


TRICKY_ENGLISH = ("", "I go to school", "i Go TO school", "I  go", "I go.", "xyzzy",
                  "I saw 영화", "schoolschool", "🎬")

MARGIN = 1e-3    # a narrower win may fall to another order of summation: not checked


class Translator:
    def __init__(self, folder):
        self.model = open_folder(folder)
        self.source = Tokenizer(folder / "source_tokenizer.json")
        self.target = Tokenizer(folder / "target_tokenizer.json")

    def source_ids(self, text):
        config = self.model.config
        end = [config["eos_token_id"]] if config.get("source_eos", True) else []
        return self.source.encode(text) + end

    def knows(self, ids):
        unknown = self.source.unknown
        return bool(ids) and self.source.ids.get(unknown) not in ids

    def limit(self, source):
        return min(self.model.config["max_positions"], 2 * len(source) + 10)

    @torch.no_grad()
    def greedy(self, source):
        """(target ids without bos and eos, the narrowest win of a largest logit).

        Stops at min(max_positions, 2 source + 10) target ids; source counts its eos.
        """
        config = self.model.config
        memory = encode(self.model, Stages(), source)
        target, margin = [], float("inf")
        while len(target) < self.limit(source):
            out = Stages()
            decode(self.model, out, memory, target)
            (first, second), (best, _) = [t.tolist() for t in out["logits"][-1].topk(2)]
            margin = min(margin, first - second)
            if best == config["eos_token_id"]:
                break
            target.append(best)
        return target, margin


def write_pass(translator, number, text, folder):
    source = translator.source_ids(text)
    target, _ = translator.greedy(source)
    prediction = translator.target.decode(target)
    stages, found = witness.check(translator.model, source, target)
    write_golden(folder / f"embedded-{number}.safetensors", stages, source, target,
                 extra={"text": text, "prediction": prediction})
    gaps = "  ".join(f"{n} {v:.1e}" for n, v in found.items())
    print(f"embedded-{number} {len(stages)} stages  {gaps}  {text} -> {prediction}")


def first_column(path, count):
    """`count` sentences spread evenly over a table whose Korean column has Hangul."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                if row and not row[0].startswith("#")]
    texts = [next((cell for cell in row if has_hangul(cell)), None) for row in rows]
    texts = list(dict.fromkeys(text for text in texts if text))
    return texts[::max(1, len(texts) // count)][:count]


def has_hangul(text):
    return any("가" <= letter <= "힣" for letter in text)


def sure_prediction(translator, text):
    """The translation; "" if a word is unknown, a choice was close or no end came."""
    if not translator.knows(translator.source.encode(text)):
        return ""
    source = translator.source_ids(text)
    target, margin = translator.greedy(source)
    if margin <= MARGIN or len(target) == translator.limit(source):
        return ""
    return translator.target.decode(target)


def token_row(side, tokenizer, text, prediction):
    pieces, ids = tokenizer.pieces(text), map(str, tokenizer.encode(text))
    return "\t".join([side, escape(text), escape(" ".join(pieces)), " ".join(ids),
                      escape(prediction)])


def write_tokens(translator, model_folder, folder):
    texts = list(SENTENCES) + first_column(model_folder / "examples.tsv", 30) \
        + first_column(model_folder / "exam.tsv", 30)
    texts = list(dict.fromkeys(texts)) + list(TRICKY)
    rows = ["side\ttext\tpieces\tids\tprediction"]
    english = dict.fromkeys(TRICKY_ENGLISH)
    for text in texts:
        prediction = sure_prediction(translator, text)
        rows.append(token_row("source", translator.source, text, prediction))
        english[prediction] = None
    rows += [token_row("target", translator.target, text, "") for text in english]
    (folder / "tokens.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"tokens    {len(texts)} source and {len(english)} target sentences")


def main(model_folder=EMBEDDED, folder=GOLDEN):
    if not (model_folder / "model.safetensors").exists():
        print(f"embedded  skipped: {model_folder.name} is not there")
        return 0
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    translator = Translator(model_folder)
    for number, text in enumerate(SENTENCES, 1):
        write_pass(translator, number, text, folder)
    write_tokens(translator, model_folder, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))

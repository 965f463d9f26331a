"""The corpus of the embedded model, and the files of its folder. Python's standard library only.

    python3 train/run.py --data DIR               corpus, tokenizers, exams, gloss and lexicon
    python3 train/run.py --install DIR TRAINED    copies them and what `stepformer train` made of
                                                  them into the model folder

`make model` does both, with the training between.
"""

import argparse
import json
import os
import shutil
import struct

import bpe
import corpus
import tables

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.dirname(HERE)
PAIRS, BUILTIN = 600000, 13000      # sentences of pairs.tsv, and of them in pairs.tsv.gz
WORD_SEED, TRAIN_SEED, EXAM_SEED, SECOND_SEED = 11, 101, 201, 301
EXAM_SIZE = 2000
OF_DATA = ("exam.tsv", "exam_links.tsv", "second.tsv", "second_links.tsv", "gloss.tsv",
           "lexicon.tsv", "examples.tsv", "pairs.tsv.gz")
OF_TRAINING = ("config.json", "model.safetensors", "source_tokenizer.json",
               "target_tokenizer.json", "loss.tsv", "train.log")
CHECKPOINTS = (0, 100, 400, 1500, 4500, 15000)


def exam_draws(letters):
    """The exam and the second set, without a string in common, as they are drawn."""
    exam = corpus.exam_draws(EXAM_SEED, EXAM_SIZE, letters)
    return exam, corpus.exam_draws(SECOND_SEED, EXAM_SIZE, letters,
                                   {corpus.plain(d.sentence.korean()) for d in exam})


def draw_exams(source):
    return [[d.canonical() for d in draws] for draws in exam_draws(source.letters)]


def make_data(out):
    """Tokenizers, exams, gloss and lexicon."""
    korean, english, glosses = corpus.word_types(WORD_SEED, 60000)
    source = bpe.learn_until_clean(korean, print)
    target = bpe.learn_until_clean(corpus.split_suffixes(english), print, anywhere=True)
    source.save(os.path.join(out, "source_tokenizer.json"))
    target.save(os.path.join(out, "target_tokenizer.json"))
    exam, second = exams = draw_exams(source)
    tables.write_exam(out, "exam", exam)
    tables.write_exam(out, "second", second)
    tables.write_gloss(os.path.join(out, "gloss.tsv"), source, glosses)
    tables.write_lexicon(os.path.join(out, "lexicon.tsv"), source, target, glosses)
    tables.write_examples(os.path.join(out, "examples.tsv"))
    print("pieces: %d source, %d target" % (len(source.pieces), len(target.pieces)))
    return source, exams


def make_pairs(out, source, exams, count):
    """pairs.tsv, which `stepformer train --pairs` reads, and the part of it that ships."""
    asked = {corpus.plain(r.ko) for exam in exams for r in exam}
    records = corpus.training(TRAIN_SEED, count, source.letters, asked)
    tables.write_text(os.path.join(out, "pairs.tsv"), tables.pairs_text(records))
    tables.write_packed(os.path.join(out, "pairs.tsv.gz"), tables.pairs_text(records[:BUILTIN]))
    print("pairs.tsv: %d sentences; pairs.tsv.gz: the first %d, %d bytes" % (
        len(records), min(BUILTIN, len(records)),
        os.path.getsize(os.path.join(out, "pairs.tsv.gz"))))
    write_separation(os.path.join(out, "separation.log"), records, exams)


def halved(path):
    """The bytes of an F32 safetensors file as F16."""
    with open(path, "rb") as f:
        size, = struct.unpack("<Q", f.read(8))
        header, raw = json.loads(f.read(size)), f.read()
    assert all(entry["dtype"] == "F32" for entry in header.values()), path
    for entry in header.values():
        entry["dtype"] = "F16"
        entry["data_offsets"] = [at // 2 for at in entry["data_offsets"]]
    count = len(raw) // 4
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + \
        struct.pack("<%de" % count, *struct.unpack("<%df" % count, raw))


def install(data, trained):
    """Brings the files of a corpus and of a training into the model folder."""
    os.makedirs(os.path.join(FOLDER, "checkpoints"), exist_ok=True)
    for folder, names in ((data, OF_DATA), (trained, OF_TRAINING)):
        for name in names:
            shutil.copyfile(os.path.join(folder, name), os.path.join(FOLDER, name))
    shutil.copyfile(os.path.join(data, "separation.log"), os.path.join(HERE, "separation.log"))
    for step in CHECKPOINTS:
        name = os.path.join("checkpoints", "step-%04d.safetensors" % step)
        with open(os.path.join(FOLDER, name), "wb") as f:
            f.write(halved(os.path.join(trained, name)))


def write_separation(path, records, exams):
    lines = corpus.separation(records, list(zip(("exam.tsv", "second.tsv"), exams)))
    tables.write_text(path, "".join(x + "\n" for x in lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=PAIRS, help="of pairs.tsv")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", metavar="DIR")
    what.add_argument("--install", nargs=2, metavar=("DIR", "TRAINED"))
    options = parser.parse_args()
    if options.data:
        os.makedirs(options.data, exist_ok=True)
        make_pairs(options.data, *make_data(options.data), options.sentences)
    else:
        install(*options.install)


if __name__ == "__main__":
    main()

"""The whole recipe: corpus, tokenizers, training, and the files of the model folder.

    python3 train/run.py                  train the chosen seed and write every file
    python3 train/run.py --data DIR       corpus, tokenizers, exams, gloss and lexicon into a
                                          folder; needs Python's standard library only
    python3 train/run.py --seeds 1,2,3    train candidates into --work and print how they compare
    python3 train/run.py --seed 3 --train     train one seed into --work
    python3 train/run.py --seed 3 --install   copy the files of a trained candidate
    python3 train/run.py --check              count what exams and training share
"""

import argparse
import json
import os
import shutil

import bpe
import corpus
import tables

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.dirname(HERE)
CHOSEN_SEED = 4
SENTENCES = 600000
PAIRS, BUILTIN = 200000, 13000      # sentences of pairs.tsv, and of them in pairs.tsv.gz
WORD_SEED, TRAIN_SEED, EXAM_SEED, SECOND_SEED = 11, 101, 201, 301
EXAM_SIZE = 2000


def sizes_for(source, target):
    return {"model_type": "transformer", "d_model": 32, "nhead": 4, "num_encoder_layers": 2,
            "num_decoder_layers": 2, "dim_feedforward": 128, "activation": "relu",
            "norm_first": False, "layer_norm_eps": 1e-5, "scale_embedding": True,
            "position": "sinusoidal", "max_positions": 64, "src_vocab_size": len(source.pieces),
            "tgt_vocab_size": len(target.pieces), "bos_token_id": bpe.BOS,
            "eos_token_id": bpe.EOS, "pad_token_id": bpe.PAD, "source_eos": True}


def exam_draws(letters):
    """The exam and the second set, without a string in common, as they are drawn."""
    exam = corpus.exam_draws(EXAM_SEED, EXAM_SIZE, letters)
    return exam, corpus.exam_draws(SECOND_SEED, EXAM_SIZE, letters,
                                   {corpus.plain(d.sentence.korean()) for d in exam})


def draw_exams(source):
    return [[d.canonical() for d in draws] for draws in exam_draws(source.letters)]


def make_data(out):
    """Tokenizers, config, exams, gloss and lexicon."""
    korean, english, glosses = corpus.word_types(WORD_SEED, 60000)
    source = bpe.learn_until_clean(korean, print)
    target = bpe.learn_until_clean(corpus.split_suffixes(english), print, anywhere=True)
    source.save(os.path.join(out, "source_tokenizer.json"))
    target.save(os.path.join(out, "target_tokenizer.json"))
    tables.write_text(os.path.join(out, "config.json"),
                      json.dumps(sizes_for(source, target), indent=2) + "\n")
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


def load_data(out):
    source = bpe.load(os.path.join(out, "source_tokenizer.json"))
    target = bpe.load(os.path.join(out, "target_tokenizer.json"))
    with open(os.path.join(out, "config.json"), encoding="utf-8") as f:
        return source, target, json.load(f)


def train_seed(seed, work):
    import train
    source, target, sizes = load_data(FOLDER)
    # a development set of its own: neither exam decides anything during training
    held = train.encode_pairs(corpus.exam(401, 2000, source.letters), source, target)
    pairs = train.encode_pairs(corpus.training(TRAIN_SEED, SENTENCES, source.letters), source,
                               target)
    print("seed %d: %d sentences" % (seed, len(pairs)), flush=True)
    train.train(seed, sizes, pairs, held, os.path.join(work, "seed-%d" % seed))


def install(seed, work):
    """Moves the files of a trained seed into the model folder."""
    folder = os.path.join(work, "seed-%d" % seed)
    os.makedirs(os.path.join(FOLDER, "checkpoints"), exist_ok=True)
    names = ["model.safetensors", "loss.tsv", "train.log"] + \
        ["checkpoints/" + n for n in sorted(os.listdir(os.path.join(folder, "checkpoints")))]
    for name in names:
        shutil.copyfile(os.path.join(folder, name), os.path.join(FOLDER, name + ".tmp"))
        os.replace(os.path.join(FOLDER, name + ".tmp"), os.path.join(FOLDER, name))


def write_separation(path, records, exams):
    lines = corpus.separation(records, list(zip(("exam.tsv", "second.tsv"), exams)))
    tables.write_text(path, "".join(x + "\n" for x in lines))


def check():
    """Writes train/separation.log: what the exams share with the training sentences."""
    source, _, _ = load_data(FOLDER)
    write_separation(os.path.join(HERE, "separation.log"),
                     corpus.training(TRAIN_SEED, SENTENCES, source.letters), draw_exams(source))


def compare(seeds, work):
    import verify
    for seed in seeds:
        path = os.path.join(work, "seed-%d" % seed, "model.safetensors")
        print("\n== seed %d" % seed)
        verify.report(FOLDER, path, quick=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", default=os.path.join(HERE, "work"))
    parser.add_argument("--data", metavar="DIR")
    parser.add_argument("--sentences", type=int, default=PAIRS, help="of pairs.tsv")
    parser.add_argument("--seeds", default="")
    parser.add_argument("--seed", type=int, default=CHOSEN_SEED)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--install", action="store_true")
    options = parser.parse_args()
    seeds = [int(s) for s in options.seeds.split(",") if s]
    whole = not (options.data or seeds or options.train or options.install or
                 options.check)
    if options.data:
        os.makedirs(options.data, exist_ok=True)
        make_pairs(options.data, *make_data(options.data), options.sentences)
    if whole:
        make_data(FOLDER)
    if seeds:
        for seed in seeds:
            if not os.path.exists(os.path.join(options.work, "seed-%d" % seed,
                                               "model.safetensors")):
                train_seed(seed, options.work)
        compare(seeds, options.work)
    if options.train or whole:
        train_seed(options.seed, options.work)
    if options.check or whole:
        check()
    if options.install or whole:
        import verify
        install(options.seed, options.work)
        verify.report(FOLDER, os.path.join(FOLDER, "model.safetensors"))


if __name__ == "__main__":
    main()

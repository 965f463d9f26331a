"""Proves a folder that run.py --data has written; needs Python's standard library only.

    python3 train/check.py DIR [--draws 30000]

Prints one line for each claim and ends with 1 when one is false: the answers of the exams are what
the grammar says, all of them and no other; nothing of an exam is trained on; how much is open, and
how often it is said the canonical way; and the sentences that the lessons rely on are canonical.
"""

import argparse
import collections
import difflib
import gzip
import itertools
import os
import random
import sys

import bpe
import corpus
import grammar
import lexicon
import run
import tables
from chance import CANONICAL, Chance, readings
from words import NOUNS

LEAST_OPEN = 0.10       # share of sentences with several right answers
SHARE_WITHIN = 0.02     # of 2/3
MOST_DRAWS = 3000       # of one sentence until each of its answers has come up
MOST_TRIES = 300000     # until the grammar says a given sentence
MOST_IDLE = 300         # without coming nearer to it, for each word that is right, then anew
SLACK = 0.05            # by which a change may be less like it and be kept


class Claims:
    def __init__(self):
        self.failed = 0

    def say(self, true, text, *values):
        self.failed += not true
        print(("ok   " if true else "FAIL ") + text % values, flush=True)


def read(path):
    with open(path, encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f]
    return rows[0], rows[1:]


# ---- the exams: drawn again and again, never by the lists that made them ------------------------


def drawn_answers(draw, wanted):
    """English of the draw, decided by chance until all wanted have come up or it takes too long."""
    chance, seen = Chance(7), set()
    for _ in range(MOST_DRAWS):
        chance.again(draw.mark)
        sentence = grammar.sentence(chance)
        if sentence is not None:
            assert sentence.korean() == draw.sentence.korean()
            seen.add(sentence.english)
        if not chance.made or seen >= wanted:
            break
    for _ in range(20 * bool(chance.made)):
        chance.again(draw.mark)
        sentence = grammar.sentence(chance)
        seen |= {sentence.english} if sentence is not None else set()
    return seen


def check_exam(claims, name, rows, draws):
    same = len(rows) == len(draws) and all(
        r[0] == d.sentence.korean() + d.dot for r, d in zip(rows, draws))
    claims.say(same, "%s: %d sentences, those that its seed draws", name, len(rows))
    unlisted = missed = 0
    for row, draw in zip(rows, draws):
        listed = row[1].split(" || ")
        seen = drawn_answers(draw, set(listed))
        unlisted += len(seen - set(listed))
        missed += len(set(listed) - seen)
        if len(set(listed)) != len(listed) or (len(listed) > 1) != (row[2] == "ambiguous"):
            claims.say(False, "%s: %s", name, row)
    count = sum(len(r[1].split(" || ")) for r in rows)
    claims.say(missed == 0, "%s: each of its %d answers was drawn from the grammar (%d were not)",
               name, count, missed)
    claims.say(unlisted == 0, "%s: no draw gave an answer that is not listed (%d did)", name,
               unlisted)
    first = sum(r[1].split(" || ")[0] == readings(grammar.sentence, d.mark, 16)[0].english
                for r, d in zip(rows, draws))
    claims.say(first == len(rows), "%s: the canonical answer is the first of all", name)
    share = sum(r[2] == "ambiguous" for r in rows) / len(rows)
    most = max(len(r[1].split(" || ")) for r in rows)
    claims.say(share >= LEAST_OPEN, "%s: %.3f of the sentences are ambiguous; %d answers at most",
               name, share, most)


def check_links(claims, folder, name, rows):
    _, links = read(os.path.join(folder, name.replace(".tsv", "_links.tsv")))
    fine = len(links) == len(rows)
    for (ko, en, _), (line,) in zip(rows, links):
        for pair in line.split():
            e, k = map(int, pair.split("-"))
            fine = fine and 1 <= e <= len(en.split(" || ")[0].replace("?", " ?").split()) and \
                1 <= k <= len(ko.split())
    claims.say(fine, "%s: its links lie inside the first answers", name)


# ---- the training sentences --------------------------------------------------------------------


def check_pairs(claims, pairs, exams):
    sources = {corpus.plain(r[0]) for r in pairs}
    for name, rows in exams:
        shared = sum(corpus.plain(r[0]) in sources for r in rows)
        claims.say(shared == 0, "%s: %d of its sentences are in pairs.tsv", name, shared)
    reserved = sum(ko in sources for ko in corpus.RESERVED)
    claims.say(reserved == 0, "pairs.tsv: holds %d of the %d reserved sentences", reserved,
               len(corpus.RESERVED))
    share = sum(r[2] == "ambiguous" for r in pairs) / len(pairs)
    claims.say(share >= LEAST_OPEN, "pairs.tsv: %d sentences, %d different, %.3f ambiguous",
               len(pairs), len(sources), share)
    several = collections.defaultdict(set)
    for r in pairs:
        several[r[0].rstrip(".")].add(r[1])
    count = collections.Counter(r[2] != "ambiguous" for r in pairs
                                if len(several[r[0].rstrip(".")]) > 1)
    claims.say(count[True] == 0, "pairs.tsv: %d lines share their source with another target, all "
               "ambiguous but %d", sum(count.values()), count[True])


def check_synonyms(claims, pairs):
    counts = collections.Counter()
    korean = {noun.en: noun.ko for noun in NOUNS}
    for source, target, _ in pairs:
        text = " %s " % target.replace("?", " ").replace("'s", " ")
        for first, others in lexicon.SYNONYMS.items():
            if korean.get(first, "") in source:     # to phone has no synonym
                said = text.replace(" department store ", " ")
                counts[first, True] += " %s " % first in said
                counts[first, False] += any(" %s " % o in text for o in others)
    shares = {w: counts[w, True] / (counts[w, True] + counts[w, False]) for w in lexicon.SYNONYMS}
    print("     " + "  ".join("%s %.3f (%d)" % (w, s, counts[w, True] + counts[w, False])
                              for w, s in shares.items()))
    right = sum(counts[w, True] for w in shares)
    whole = right + sum(counts[w, False] for w in shares)
    claims.say(abs(right / whole - CANONICAL) < SHARE_WITHIN,
               "pairs.tsv: the canonical of two synonyms is written %.3f of %d times",
               right / whole, whole)


def check_shares(claims, letters, count):
    """Of the decisions of the training draws."""
    made = collections.Counter()
    for draw in itertools.islice(corpus.stream(run.TRAIN_SEED, letters, 0.06), count):
        for label, which, _ in draw.made:
            made[label, which == 0] += 1
    for label in sorted({k[0] for k in made}):
        whole = made[label, True] + made[label, False]
        share = made[label, True] / whole
        claims.say(abs(share - CANONICAL) < 2 * SHARE_WITHIN,
                   "%s is canonical in %.3f of %d decisions", label, share, whole)


def check_collisions(count, letters):
    """How often two draws say the same Korean and neither knows the other's English: what is open
    without the grammar's knowing it."""
    known, met, strange = {}, 0, []
    chance = Chance(5)
    for _ in range(count):
        mark = chance.mark()
        sentence = grammar.sentence(chance)
        if sentence is None:
            continue
        text = sentence.korean()
        if text in known:
            met += 1
            if sentence.english != known[text]:
                found = readings(grammar.sentence, mark, 64) or []
                if known[text] not in [s.english for s in found]:
                    strange.append((text, known[text], sentence.english))
        known.setdefault(text, sentence.english)
    print("     %d draws met a Korean sentence again %d times; %d times with an English that is "
          "no answer" % (count, met, len(strange)))
    for row in strange[:10]:
        print("     " + " | ".join(row))


# ---- the sentences of the lessons ----------------------------------------------------------------


def beginning(text, length):
    """What all forms of a stem of this length begin with: a consonant, of longer stems its vowel
    too."""
    return (ord(text[0]) - 0xAC00) // (588 if length == 1 else 28)


class Memory(Chance):
    """Chance that throws the same number at the same place of the grammar as it did before, so that
    one thing of a sentence can be thrown again and the others stay; it prefers the words of a
    given sentence. All of random.Random goes through random()."""

    def __init__(self, seed, text):
        super().__init__(seed)
        self.text, self.kept, self.used, self.met, self.fixed = text, {}, {}, {}, []

    def random(self):
        place, frame = [], sys._getframe(1)
        while frame.f_code.co_name != "play":
            place.append(frame.f_lineno)
            frame = frame.f_back
        place = tuple(place)
        self.met[place] = self.met.get(place, 0) + 1
        place += (-self.met[place],)
        self.used[place] = self.kept[place] if place in self.kept else super().random()
        return self.used[place]

    def play(self, kept):
        """(sentence, the numbers by their places)."""
        self.kept, self.used, self.met, self.made, self.fakes = kept, {}, {}, [], []
        return grammar.sentence(self), self.used

    def suits(self, option):
        """Whether a word of the lexicon stands in the sentence, or could in one of its forms."""
        ko = option[0] if isinstance(option, tuple) else getattr(option, "ko", None)
        if not hasattr(option, "stem"):
            return isinstance(ko, str) and ko != "" and ko in self.text
        return any(beginning(w, len(ko)) == beginning(ko, len(ko)) for w in self.text.split())

    def choice(self, options):
        return super().choice([o for o in options if self.suits(o)] or options)

    def choices(self, options, weights):
        fits = [k for k, o in enumerate(options) if self.suits(o)] or range(len(options))
        return super().choices([options[k] for k in fits], [weights[k] for k in fits])


def likeness(sentence, text):
    if sentence is None:
        return 0.0
    said = sentence.korean()
    shared = len(set(said.split()) & set(text.split()))
    return shared + difflib.SequenceMatcher(None, said, text, False).ratio() + (said == text)


def changed(kept, dice):
    """Without one or two of the numbers, which are thrown anew."""
    gone = dice.sample(sorted(kept), dice.choice([1, 1, 2, 3]))
    return {place: number for place, number in kept.items() if place not in gone}


def say(text):
    """The canonical English that the grammar gives for a sentence, None when it does not come to
    it: what is about as like the sentence or more is kept, and changed again."""
    dice, memory = random.Random(3), Memory(3, text)
    best, kept, idle = 0.0, {}, 0
    for _ in range(MOST_TRIES):
        if idle > MOST_IDLE * (1 + best):
            best, kept, idle = 0.0, {}, 0
        sentence, used = memory.play(changed(kept, dice) if len(kept) > 3 else {})
        like = likeness(sentence, text)
        if sentence is not None and sentence.korean() == text:
            return sentence.english
        idle = 0 if like > best else idle + 1
        best = max(best, like)
        if like >= best - SLACK:
            kept = used
    return None


def check_lessons(claims):
    rows, right = corpus.ROADMAP + [row[:2] for row in tables.EXTRA], 0
    for ko, en in rows:
        said = say(ko)
        right += said == en
        if said != en:
            claims.say(False, "%s: the grammar says %s, not %s", ko, said, en)
    claims.say(right == len(rows), "%d of %d sentences of the lessons and examples are canonical "
               "in the grammar, word for word", right, len(rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--draws", type=int, default=30000)
    options = parser.parse_args()
    claims, path = Claims(), lambda name: os.path.join(options.folder, name)
    letters = bpe.load(path("source_tokenizer.json")).letters
    _, pairs = read(path("pairs.tsv"))
    exams = [(name, read(path(name))[1]) for name in ("exam.tsv", "second.tsv")]
    check_pairs(claims, pairs, exams)
    check_synonyms(claims, pairs)
    with gzip.open(path("pairs.tsv.gz"), "rt", encoding="utf-8") as f:
        part = f.read()
    with open(path("pairs.tsv"), encoding="utf-8") as f:
        claims.say(f.read(len(part)) == part, "pairs.tsv.gz: the first %d sentences, %d bytes",
                   part.count("\n") - 1, os.path.getsize(path("pairs.tsv.gz")))
    check_shares(claims, letters, options.draws)
    draws = run.exam_draws(letters)
    for (name, rows), drawn in zip(exams, draws):
        check_exam(claims, name, rows, drawn)
        check_links(claims, options.folder, name, rows)
    claims.say(not {corpus.plain(r[0]) for r in exams[0][1]} &
               {corpus.plain(r[0]) for r in exams[1][1]}, "the two exams share no sentence")
    check_collisions(2 * options.draws, letters)
    check_lessons(claims)
    sys.exit(1 if claims.failed else 0)


if __name__ == "__main__":
    main()

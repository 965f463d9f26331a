"""Sentences for training and for the exams, and the rule that keeps them apart."""

import hashlib
import itertools

import bpe
import grammar
from chance import Chance, another, readings
from words import SENSES, Noun

HELD_PER_MILLE = 30
MOST_ANSWERS = 16   # a sentence with more right answers is left out of the exams
ROADMAP = [
    ("나는 학교에 간다", "I go to school"), ("학교에 나는 간다", "I go to school"),
    ("개가 고양이를 쫓는다", "the dog chases the cat"),
    ("고양이가 개를 쫓는다", "the cat chases the dog"),
    ("나는 어제 친구와 함께 영화관에서 정말 재미있는 액션 영화를 봤다",
     "I watched a really fun action movie at the cinema with a friend yesterday"),
    ("배를 먹었다", "I ate a pear"), ("배를 탔다", "I took a ship"),
    ("눈이 온다", "it snows"), ("눈이 아프다", "my eye hurts"),
    ("차를 마신다", "I drink tea"), ("차를 운전한다", "I drive a car"),
    ("민수가 현우를 만났다", "Minsu met Hyunwoo"), ("현우가 민수를 만났다", "Hyunwoo met Minsu"),
    ("작은 고양이가 큰 개를 봤다", "the small cat saw the big dog"),
    ("큰 개가 작은 고양이를 봤다", "the big dog saw the small cat"),
    ("큰 고양이가 작은 개를 봤다", "the big cat saw the small dog"),
    ("배가 빠르다", "the ship is fast"), ("배가 맛있다", "the pear is delicious"),
] + [(" ".join(p) + " 만났다", "I met a friend yesterday")
     for p in itertools.permutations(["나는", "어제", "친구를"])]
RESERVED = {ko for ko, _ in ROADMAP}
TAUGHT = {("나", "가", "학교"), ("개", "쫓", "고양이"), ("고양이", "쫓", "개"), ("나", "만나", "친구"),
          ("나", "보", "영화"), ("민수", "만나", "현우"), ("현우", "만나", "민수"),
          ("고양이", "보", "개"), ("개", "보", "고양이")}


def bucket(text):
    return int(hashlib.md5(text.encode()).hexdigest()[:8], 16) % 1000


def held_out(sentence):
    """True, False or None (reserved: neither trained on nor drawn for an exam).

    Without a homograph, a whole (subject, verb, object) combination is held out in every tense
    and order; other sentences are held out by their string."""
    text = plain(sentence.korean())
    if text in RESERVED:
        return None
    key = sentence.triple
    if key and not sentence.homograph:
        return key not in TAUGHT and bucket("/".join(key)) < HELD_PER_MILLE
    return bucket(text) < HELD_PER_MILLE


class Fakes:
    """Unknown nouns: syllables that the tokenizer lacks, that it has, or both."""

    def __init__(self, letters, rng):
        self.rng = rng
        hangul = [chr(c) for c in range(0xAC00, 0xD7A4)]
        have = set(letters)
        self.known = sorted(set("".join(SENSES)) & have)
        self.alien = [c for c in hangul if c not in have]

    def noun(self):
        pools = self.rng.choices(["aa", "a", "aaa", "kk", "kkk", "ka", "ak"],
                                 [20, 8, 12, 20, 14, 13, 13])[0]
        return Noun("".join(self.rng.choice(self.alien if p == "a" else self.known)
                            for p in pools), "<unk>", "unk")


class Record:
    """What is kept of a sentence: text, translation, kind, links of the content words, and, for
    an exam, every right answer, the canonical one first."""

    __slots__ = ("ko", "en", "kind", "links", "triple", "answers")

    def __init__(self, sentence, dot, unknown, answers, several):
        self.ko = sentence.korean() + dot
        self.en = sentence.english
        # only these are held out whole
        self.triple = None if sentence.homograph else sentence.triple
        self.answers = answers
        self.kind = "ambiguous" if several else "unknown" if unknown else sentence.kind()
        english = [t for t in sentence.tokens if t[0] != "?"]
        self.links = [(i, t[1].index) for i, t in enumerate(english)
                      if t[2] and t[1] is not None and t[1].index >= 0]


class Draw:
    """One sentence as it came out, and what is needed to say it again."""

    def __init__(self, sentence, mark, dot, unknown, made):
        self.sentence, self.mark, self.dot, self.unknown = sentence, mark, dot, unknown
        self.made = made
        self.held = held_out(sentence)

    def readings(self):
        """Every right translation, the canonical one first; None when there are too many."""
        if not self.made:
            return [self.sentence]
        return readings(grammar.sentence, self.mark, MOST_ANSWERS)

    def several(self):
        """Whether there is more than one right translation."""
        return bool(self.made) and another(grammar.sentence, self.mark, self.made) is not None

    def drawn(self):
        """The Record of how it came out."""
        return Record(self.sentence, self.dot, self.unknown, None, self.several())

    def canonical(self):
        """The Record with all answers, of which the first is its translation."""
        found = self.readings()
        return Record(found[0], self.dot, self.unknown, [s.english for s in found],
                      len(found) > 1)


def stream(seed, letters=None, fake_rate=0.0):
    """Endless Draws: each Korean string once when it says one thing, and as often as it is drawn
    when its English is open, so that the shares of its answers are those of the grammar."""
    rng = Chance(seed)
    fakes = Fakes(letters, rng) if letters else None
    seen = set()
    while True:
        wanted = fakes is not None and rng.random() < fake_rate * 1.6
        fake = fakes.noun() if wanted else None
        rng.fakes = [fake] if fake else []
        mark = rng.mark()
        sentence = grammar.sentence(rng)
        used = fake is not None and sentence is not None and not rng.fakes and any(
            m[1] == "unknown" for w in sentence.words for m in w.morphs)
        if sentence is None or "<unk>'s" in sentence.english:
            continue
        text = sentence.korean()
        if text in seen and not rng.made:
            continue
        seen.add(text)
        dot = "." if not sentence.mark and rng.random() < 0.15 else ""
        yield Draw(sentence, mark, dot, used, list(rng.made))


def training(seed, count, letters, avoid=()):
    """Sentences that are not held out; nor, should the grammar come to one by another way, any in
    `avoid`."""
    out = []
    for draw in stream(seed, letters, 0.06):
        if draw.held is False and plain(draw.sentence.korean()) not in avoid:
            out.append(draw.drawn())
            if len(out) == count:
                return out


def exam(seed, count, letters, avoid=()):
    """Held-out sentences with all their answers; none of them twice, none in `avoid`."""
    return [draw.canonical() for draw in exam_draws(seed, count, letters, avoid)]


def exam_draws(seed, count, letters, avoid=()):
    """The Draws of an exam."""
    out, taken = [], set(avoid)
    for draw in stream(seed, letters, 0.03):
        text = plain(draw.sentence.korean())
        if not draw.held or text in taken or "<unk>?" in draw.sentence.english or \
                draw.readings() is None:
            continue
        taken.add(text)
        out.append(draw)
        if len(out) == count:
            return out


def plain(text):
    return text.strip(".?")


def separation(records, exams):
    """Lines that state how far apart the training sentences and the exams are."""
    strings = {plain(r.ko) for r in records}
    triples = {r.triple for r in records if r.triple}
    yield "training: %d sentences, %d different, %d triples" % (
        len(records), len({r.ko for r in records}), len(triples))
    for name, exam_records in exams:
        yield "%s: %d sentences, strings in training %d, triples %d of which in training %d" % (
            name, len(exam_records), sum(plain(r.ko) in strings for r in exam_records),
            len({r.triple for r in exam_records if r.triple}),
            sum(r.triple in triples for r in exam_records if r.triple))
    first, second = ({plain(r.ko) for r in e} for _, e in exams)
    yield "strings in both exams: %d" % len(first & second)
    yield "reserved strings in training: %d of %d" % (len(RESERVED & strings), len(RESERVED))
    for subject, verb, key in sorted(TAUGHT):
        count = sum(r.triple is not None and r.triple[1:] == (verb, key) for r in records)
        yield "taught in other sentences: %s + %s-: %d" % (key, verb, count)


def word_types(seed, count):
    """Korean and English word types as tuples of morphs, and all morphs with class and gloss."""
    korean, english, glosses = set(), set(), {}
    for i, draw in enumerate(stream(seed)):
        if i == count:
            break
        sentence = draw.sentence
        for word in sentence.words:
            add_word(word, korean, glosses)
        mark = sentence.mark
        if mark:
            korean.add(tuple(bpe.MARK * (k == 0) + m[0]
                             for k, m in enumerate(sentence.words[-1].morphs)) + (mark,))
        english.update(english_types(sentence.english))
    return korean | {("▁다", ".")}, english, glosses


def add_word(word, korean, glosses):
    parts = tuple(bpe.MARK * (k == 0) + m[0] for k, m in enumerate(word.morphs))
    korean.add(parts)
    for part, (_, cls, gloss) in zip(parts, word.morphs):
        senses = glosses.setdefault(part, {})
        senses[cls, gloss] = senses.get((cls, gloss), 0) + 1


def english_types(text):
    for word in text.replace("?", " ?").split():
        if word == "?":
            yield ("▁I", "?")
        elif word.endswith("'s"):
            yield (bpe.MARK + word[:-2], "'s")
        else:
            yield (bpe.MARK + word,)


def split_suffixes(types):
    """Regular -s, -ed and -ing as pieces of their own where the stem is a word too."""
    whole = {t[0] for t in types if len(t) == 1}
    out = set()
    for t in types:
        word, rest = t[0], t[1:]
        for suffix in ("s", "ed", "ing"):
            stem = word[:-len(suffix)]
            if word.endswith(suffix) and stem in whole and len(stem) > 3:
                word, rest = stem, (suffix,) + rest
                break
        out.add((word,) + rest)
    return out

"""Putting a sentence together: Korean order (or a scrambled one), English order by slot."""

from english import finish
from words import HOMOGRAPHS

ORDER = ["topic", "time", "why", "with", "place", "from", "dative", "by", "object", "to",
         "adverb"]
AFTER = ["object", "dative", "from", "to", "place", "with", "by", "adverb", "time"]


COMPANY_FIRST = ["object", "dative", "from", "to", "with", "place", "by", "adverb", "time"]


class Sentence:
    """Korean words in order, English tokens, kind, and what the held-out rule looks at."""

    def __init__(self, chunks, predicate, english, spec, frame, triple, nouns, scrambled):
        self.words = [w for c in chunks for w in c.ko] + predicate
        for i, word in enumerate(self.words):
            word.index = i
        self.spec, self.frame, self.triple = spec, frame, triple
        self.scrambled = scrambled
        self.homograph = any(n in HOMOGRAPHS for n in nouns)
        self.mark = "?" if spec.question else ""
        self.english, self.tokens = finish(english)

    def korean(self):
        return " ".join(w.text() for w in self.words) + self.mark

    def kind(self):
        spec = self.spec
        if self.homograph:
            return "homograph"
        if self.frame not in ("plain", "motion"):
            return self.frame
        if spec.question:
            return "question"
        if spec.neg or spec.absent:
            return "negation"
        if spec.mood == "prog":
            return "progressive"
        if spec.mood:
            return "modal"
        if self.scrambled:
            return "scrambled"
        return "long" if len(self.words) > 6 else self.frame


def korean_order(rng, chunks, fixed):
    """Canonical order, or (38 %) a random one; chunks in `fixed` stay before the predicate."""
    free = [c for c in chunks if c.slot not in fixed]
    rank = {slot: i for i, slot in enumerate(ORDER)}
    free.sort(key=lambda c: rank.get(c.slot, rank["adverb"] - 0.5))
    canonical = list(free)
    if rng.random() < 0.4:
        rng.shuffle(free)
    return free + [c for c in chunks if c.slot in fixed], free != canonical


def shorten(rng, ordered):
    """What is often left out: 함께 where no person follows, the particle of an object."""
    for chunk, after in zip(ordered, ordered[1:] + [None]):
        if chunk.slot == "with" and rng.random() < 0.35 and not (after and after.animate):
            chunk.ko.pop()
    last = ordered[-1] if ordered else None
    if last and last.slot == "object" and last.ko[-1].morphs[-1][0] in ("을", "를") and \
            not last.animate and last.ko[-1].morphs[0][1] == "noun" and rng.random() < 0.05:
        last.ko[-1].morphs.pop()


def adverbials(rng, chunks, spec):
    """English tokens of what stands before and after the clause; company and place change
    places freely, and in a statement yesterday may also come first."""
    slots = {c.slot for c in chunks if not c.wh}
    after = rng.open("order", [AFTER, COMPANY_FIRST]) if {"place", "with"} <= slots else AFTER
    leads = [c for c in chunks if c.leads and not spec.question]
    before = leads if leads and rng.open("order", [False, True]) else []
    tail = [t for slot in after for c in chunks if c.slot == slot and not c.wh and
            c not in before for t in c.en]
    return [t for c in before for t in c.en], tail


def compose(rng, chunks, ko_words, subject, parts, spec, frame, triple, nouns, fixed=()):
    """The sentence from chunks, the Korean predicate and the English (auxiliaries, rest)."""
    auxiliaries, rest = parts
    wh = [c for c in chunks if c.wh]
    mid = [t for c in chunks if c.slot == "mid" for t in c.en]
    last = [i for i, t in enumerate(rest) if t[2]]
    at = last[0] if last else len(rest)
    rest = rest[:at] + mid + rest[at:]
    core = auxiliaries[:1] + subject + auxiliaries[1:] + rest if spec.invert \
        else subject + auxiliaries + rest
    front, tail = adverbials(rng, chunks, spec)
    english = [t for c in wh for t in c.en] + front + core + tail
    if spec.question:
        english.append(("?", None, False))
    ordered, scrambled = korean_order(rng, chunks, fixed)
    shorten(rng, ordered)
    return Sentence(ordered, ko_words, english, spec, frame, triple, nouns, scrambled)

"""Chunks of a sentence (subject, time, place, companion, adverb) and random choices.

A chunk is Korean words with their particle, and the English tokens of the same thing.
"""

import lexicon
from english import words
from hangul import particle
from phrases import (NAMES, PERSONS, PRONOUNS, Phrase, Spec, Word, joined, noun_phrase, pronoun)
from words import ADVERBS, PLACES, TIMES, names


class Chunk:
    def __init__(self, slot, ko, en, wh=None):
        self.slot, self.ko, self.en, self.wh = slot, ko, en, wh
        self.animate = slot in ("topic", "dative")
        self.leads = False      # whether it may also open the English clause


# ---- random choices --------------------------------------------------------


def pick(rng, **weights):
    return rng.choices(list(weights), list(weights.values()))[0]


def draw_spec(rng, verb=True, stative=False):
    spec = Spec(pick(rng, present=40, past=35, future=15, will=10),
                pick(rng, plain=47, polite=28, formal=17, casual=8))
    spec.question = spec.invert = rng.random() < 0.17
    spec.loose = rng.random() < 0.25
    if not verb:
        spec.neg = pick(rng, no=84, an=6, ji=10)
    else:
        spec.mood = pick(rng, no=68, prog=0 if stative else 10, want=9, can=9, must=4)
        draw_negation(rng, spec)
    spec.neg = "" if spec.neg == "no" else spec.neg
    spec.mood = "" if spec.mood == "no" else spec.mood
    return spec


def draw_negation(rng, spec):
    """Negation and tense that fit the mood."""
    mood = spec.mood
    if mood == "no":
        spec.neg = pick(rng, no=78, an=8, ji=8, mot=4, jimot=2)
        if "mot" in spec.neg and spec.time == "future":
            spec.tense = "past"
    elif mood in ("prog", "want"):
        spec.tense = pick(rng, present=70, past=30)
        spec.neg = pick(rng, no=90, ji=10)
    elif mood == "can":
        spec.tense = pick(rng, present=65, past=25, future=10)
        spec.absent = rng.random() < 0.4
    else:
        spec.tense = pick(rng, present=75, past=25)


def subject_phrase(rng, choices, rich=1.0, senses=()):
    """A random subject out of noun senses; persons may be pronouns, names or two people."""
    human = any("per" in n.classes for n in choices)
    roll = rng.random()
    if human and roll < 0.3:
        return pronoun(rng.choice(PRONOUNS))
    if human and roll < 0.45:
        return noun_phrase(rng.choice(NAMES), "subject", rng)
    if human and roll < 0.49:
        first, second = rng.sample(NAMES + PERSONS, 2)
        return joined(noun_phrase(first, "subject", rng, 0.3), noun_phrase(second, "subject", rng,
                                                                          0.3))
    pool = [n for n in choices if "nam" not in n.classes] or choices
    return noun_phrase(rng.choice(pool), "subject", rng, rich, senses)


UNSAID = [PRONOUNS[0], PRONOUNS[3], PRONOUNS[4], PRONOUNS[5]]


def dropped(rng, spec):
    """The subject that nobody says: you in questions, I or another in statements (싶다 is said
    of oneself)."""
    rows = [PRONOUNS[2]] if spec.question else UNSAID
    row = rng.open("subject", [r for r in rows if spec.mood != "want" or r[4] != "3"])
    return Phrase([], [(row[1], None, False)], None, row[4], "-", (row[1], row[2], row[3]))


def topic_chunk(rng, phrase, name=None):
    return Chunk("topic", phrase.take(name or pick(rng, topic=58, subject=42)), [])


def time_chunk(rng, spec):
    fits = [t for t in TIMES if spec.time in t[2] and ("prog" not in t[2] or spec.mood in
                                                       ("prog", "", "want"))]
    ko, en, _, noun = rng.choice(fits if rng.random() < 0.8 else TIMES)
    made = time_words(ko, en, noun)
    if rng.random() < 0.06 and not noun:
        made[-1].morphs.append(particle(made[-1].text(), "topic"))
    chunk = Chunk("time", made, tokens_by_last(en, made))
    chunk.leads = not noun
    return chunk


def time_words(ko, en, noun):
    """'아침에' is the noun and a particle; '다음 주에' is two words."""
    parts = ko.split()
    made = [Word([(p, "determiner", "next")]) for p in parts[:-1]]
    core = en.split()[-1]
    morphs = [(noun, "time", core if len(parts) == 1 else "week"), particle(noun, "to")] \
        if noun else [(parts[-1], "time", en)]
    return made + [Word(morphs)]


FUNCTION = {"in", "the", "at", "on", "every"}


def tokens_by_last(en, made):
    """English time words; 'next' belongs to the first Korean word, the rest to the last."""
    return [(w, made[0] if w == "next" else made[-1], w not in FUNCTION) for w in en.split()]


def place_en(phrase, direction):
    """'to school', 'in the park', 'at home'."""
    word, noun = phrase.ko[-1], phrase.noun
    plain = len(phrase.ko) == 1 and len(phrase.en) <= 2
    if plain and noun.en in lexicon.PLACE_FORMS and direction in ("to", "at"):
        text = lexicon.PLACE_FORMS[noun.en][direction == "at"]
        return [(w, word, w in (noun.en, "home")) for w in text.split()]
    prep = direction
    if direction == "at" and noun.classes & lexicon.IN_CLASSES:
        prep = "in"
    en = phrase.en
    if plain and noun.en in lexicon.PLACE_FORMS:
        en = words(noun.en, word)
    return [(prep, word, False)] + en


def place_chunk(rng, slot, name, direction, rich=0.6, pool=PLACES):
    noun = rng.choice(pool)
    phrase = noun_phrase(noun, "object", rng, rich)
    en = place_en(phrase, direction)
    return Chunk(slot, phrase.take(name), en), noun


def companion_chunk(rng):
    noun = rng.choice(NAMES + PERSONS)
    phrase = pronoun(rng.choice(PRONOUNS)) if rng.random() < 0.15 else \
        noun_phrase(noun, "object", rng, 0.6)
    en = phrase.object_en()
    ko = phrase.take(pick(rng, **{"with": 85, "with2": 15}))
    together = Word([(pick(rng, 함께=70, 같이=30), "adverb", "together")])
    return Chunk("with", ko + [together], [("with", ko[-1], False)] + en)


def adverb_chunk(rng, companion, stative):
    fits = [a for a in ADVERBS if not (companion and a[0] == "같이") and
            not (stative and a[3] != "any")]
    ko, en, where, _ = rng.choice(fits)
    word = Word([(ko, "adverb", en)])
    name = rng.open("synonym", names(en))
    return Chunk("mid" if where == "mid" else "adverb", [word], words(name, word))

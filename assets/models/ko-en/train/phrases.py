"""Noun phrases and predicates, Korean and English at once."""

import lexicon
from english import words
from hangul import (DA, SPECIAL, Stem, conjugate, ending, final_of, particle)
from words import COMPOUNDS, DESCRIBE, PRONOUNS, by_class, names

NAMES = by_class("nam")
PERSONS = by_class("per")
ISSDA = Stem("있", "exist", "be/have")
EOPDA = Stem("없", "exist", "not be/have")
ANH_VERB, ANH_ADJ = Stem("않", "verb", "not"), Stem("않", "exist", "not")
SIP, HADA, ANI = Stem("싶", "exist", "want"), Stem("하", "verb", "do"), Stem("아니", "adjective",
                                                                           "not be")


class Word:
    """A Korean word (between spaces): its morphs; index is set when the sentence is complete."""

    def __init__(self, morphs):
        self.morphs, self.index = list(morphs), -1

    def text(self):
        return "".join(m[0] for m in self.morphs)


class Phrase:
    """A noun phrase: Korean words (the last takes the particle), English tokens, and who it is."""

    def __init__(self, ko, en, noun=None, person="3", key="", forms=None):
        self.ko, self.en, self.noun, self.person = ko, en, noun, person
        self.key, self.forms = key, forms
        self.animate = noun is None or noun.animate or "nam" in noun.classes

    def take(self, name):
        """Adds a particle and returns the words."""
        head = self.ko[-1]
        stem = head.morphs[0][0]
        if (stem, name) in SPECIAL and len(head.morphs) == 1:
            new, part = SPECIAL[stem, name]
            head.morphs = [(new, "pronoun", head.morphs[0][2]), (part, "particle", "(subject)")]
        else:
            part = particle(head.text(), name)
            if part[0] == "이랑":       # 이 + 랑, so that 고양이랑 is cut before 랑
                head.morphs.append(("이", "particle", "(linking)"))
                part = ("랑",) + part[1:]
            head.morphs.append(part)
        return self.ko

    def object_en(self):
        if self.forms:
            return [(self.forms[1], self.ko[-1], False)]
        return self.en


def pronoun(row):
    ko, i, me, my, person = row
    word = Word([(ko, "pronoun", i)])
    return Phrase([word], [(i, word, False)], None, person, ko, (i, me, my))


def noun_word(noun):
    return Word([(noun.ko, "unknown" if "unk" in noun.classes else "noun", noun.en)])


def degree(rng, chance):
    """A degree adverb as (Korean words, English tokens), or nothing."""
    if rng.random() >= chance:
        return [], []
    ko, en = rng.choice(list(lexicon.DEGREES.items()))
    word = Word([(ko, "adverb", en)])
    return [word], words(en, word)


def describing(noun, rng, chance):
    """(Korean, English, adjective) of what stands before the noun: an adjective, with or without
    a degree adverb, or nothing."""
    if noun not in DESCRIBE or rng.random() >= chance:
        return [], [], None
    adjective = rng.choice(DESCRIBE[noun])
    if adjective.ko == "새롭" and rng.random() < 0.7:
        word = Word([("새", "determiner", "new")])
        return [word], words("new", word), adjective
    ko, en = degree(rng, 0.3 if adjective.en != "fun" else 0.5)
    word = Word(adjective.stem.adnominal())
    name = rng.open("synonym", names(adjective.en))
    return ko + [word], en + words(name, word), adjective


def compounding(noun, rng, chance):
    if noun not in COMPOUNDS or rng.random() >= chance:
        return [], []
    ko, en = rng.choice(COMPOUNDS[noun])
    word = Word([(ko, "noun", en)])
    return [word], words(en, word)


OWNERS = [("내", "my"), ("나의", "my"), ("너의", "your"), ("우리", "our"), ("그의", "his"),
          ("그녀의", "her"), ("그들의", "their")]


def owner(rng):
    """A possessive: (Korean words, English tokens)."""
    if rng.random() < 0.65:
        ko, en = rng.choice(OWNERS)
        morphs = [(ko.rstrip("의"), "pronoun", en if ko in ("내", "우리") else ko_gloss(ko))]
        if ko.endswith("의"):
            morphs.append(particle(ko, "of"))
        word = Word(morphs)
        return [word], words(en, word, False)
    noun = rng.choice(NAMES + PERSONS[:4])
    word = Word([(noun.ko, "noun", noun.en), particle(noun.ko, "of")])
    head = [] if noun.bare else [("the", word, False)]
    name = rng.open("synonym", names(noun.en))
    return [word], head + [(name + "'s", word, True)]


def ko_gloss(ko):
    return {row[0]: row[1] for row in PRONOUNS}[ko.rstrip("의")]


def determiner(noun, role, word):
    """The article of a bare noun: a fixed rule, so that English is never a guess."""
    if noun.bare:
        return []
    if "unk" in noun.classes:
        return [("the", word, False)]
    if role == "subject" or noun.classes & {"pla", "sun", "sky", "wth", "nig", "lig", "ins2", "def"}:
        return [("the", word, False)]
    if noun.animate and noun.en != "friend":
        return [("the", word, False)]
    return [("a", word, False)]


def disguise(noun, rng):
    """Sometimes an unknown noun in the place of a known one: rng.fakes holds at most one."""
    fakes = getattr(rng, "fakes", None)
    if fakes and rng.random() < 0.6:
        return fakes.pop()
    return noun


def settle(rng, senses, adjective, compound, many):
    """One of the senses that what stands before the noun leaves open."""
    fits = [s for s in senses if (adjective is None or adjective in DESCRIBE.get(s, ())) and
            (not compound or compound in [ko for ko, _ in COMPOUNDS.get(s, ())]) and
            (not many or s.animate)]
    return rng.open("sense", fits)


def noun_phrase(noun, role, rng, rich=1.0, senses=()):
    """Article or determiner, adjective, compound, noun; role is subject or object; senses are
    those between which the sentence leaves it open."""
    known, noun = noun, disguise(noun, rng)
    senses = senses if len(senses) > 1 and noun is known else ()
    if senses:      # what stands before the noun may be of any of them
        known = noun = rng.choice(senses)
    word = noun_word(noun)
    if noun.classes & {"nam", "nam2"}:
        return Phrase([word], [(noun.en, word, True)], noun, "3", noun.ko)
    front_ko, front_en = [], None
    many = known.animate and noun is known and rng.random() < 0.1 * rich
    roll = rng.random() / max(rich, 1e-9)
    if roll < 0.07:
        ko, en = rng.choice([("이", "these" if many else "this"), ("그", "those" if many else "that")])
        det = Word([(ko, "determiner", {"이": "this", "그": "that"}[ko])])
        front_ko, front_en = [det], [(en, det, False)]
    elif roll < 0.15:
        front_ko, front_en = owner(rng)
    adj_ko, adj_en, adjective = describing(known, rng, 0.16 * rich)
    com_ko, com_en = compounding(noun, rng, 0.3 * rich)
    if senses:
        noun = settle(rng, senses, adjective, com_ko and com_ko[0].text(), many)
        word.morphs = noun_word(noun).morphs
    english = rng.open("synonym", names(noun.en))
    if front_en is None:
        front_en = determiner(noun, "subject" if many else role, word)
    if many:
        word.morphs.append(("들", "suffix", "(plural)"))
    name = words(noun.plural(english) if many else english, word)
    phrase = Phrase(front_ko + adj_ko + com_ko + [word], front_en + adj_en + com_en + name, noun,
                    "p" if many else "3", noun.ko)
    phrase.name = english
    phrase.animate = phrase.animate or any(s.animate for s in senses)
    return phrase


def joined(first, second):
    """N and N."""
    first.take("with")
    word = first.ko[-1]
    return Phrase(first.ko + second.ko, first.en + [("and", word, False)] + second.en, None, "p",
                  first.key + "+" + second.key)


# ---- predicates ------------------------------------------------------------


class Spec:
    """What a predicate says: tense, style, negation, mood, question."""

    def __init__(self, tense="present", style="plain", neg="", mood="", question=False,
                 loose=False):
        self.tense, self.style, self.neg, self.mood = tense, style, neg, mood
        self.question, self.loose, self.invert = question, loose, question
        self.absent = False

    @property
    def time(self):
        return "future" if self.tense == "will" else self.tense

    @property
    def negated(self):
        return bool(self.neg) or self.absent

    def finite(self, stem):
        return [Word(w) for w in conjugate(stem, self.tense, self.style, self.question,
                                           self.loose)]


def not_tokens(word):
    return [("not", word, False)]


def korean_predicate(stem, spec, person):
    """(words, links): links names the Korean word of the main verb, the auxiliary and the not."""
    links = {"not": []}
    front = []
    if spec.neg in ("an", "mot"):
        front = [Word([("안", "adverb", "not")] if spec.neg == "an" else [("못", "adverb", "cannot")])]
        links["not"] = not_tokens(front[0])
    if front and stem.hada and stem.kind == "verb" and stem.ko not in ("좋아하", "싫어하"):
        front = [Word([(stem.ko[:-1], "verb-stem", stem.gloss)])] + front
        stem = Stem("하", "verb", "do")
    chain, last = auxiliary(stem, spec, person, links)
    tail = spec.finite(last) if last else spec.finite(stem)
    body = chain + tail
    if spec.neg in ("ji", "jimot"):
        links["not"] = not_tokens(tail[0])
    hada_split = len(front) == 2
    links["main"] = front[0] if hada_split else body[0]
    links.setdefault("aux", front[-1] if spec.neg == "mot" else tail[0])
    return front + body, links


def auxiliary(stem, spec, person, links):
    """The words before the finite one, and the stem that is finite (None: the verb itself)."""
    chain, last = [], None
    if spec.mood == "prog":
        chain, last = [Word(stem.bare() + [ending("고", "-ing/and")])], ISSDA
    elif spec.mood == "want" and person == "3" and not spec.loose:
        chain = [Word(stem.bare() + [ending("고", "-ing/and")]),
                 Word(SIP.bare() + [ending("어", "(linking)")])]
        links["aux"], last = chain[1], HADA
    elif spec.mood == "want":
        chain, last = [Word(stem.bare() + [ending("고", "-ing/and")])], SIP
    elif spec.mood == "can":
        chain = [Word(stem.future()), Word([("수", "noun", "ability")])]
        last = EOPDA if spec.absent else ISSDA
        links["not"] = []
    elif spec.mood == "must":
        text, tail = stem.infinitive()
        chain, last = [Word(stem.morphs(text) + [ending(tail + "야", "must")])], HADA
    if spec.neg == "ji":
        base = last or stem
        chain.append(Word(base.bare() + [ending("지", "(negated)")]))
        last = ANH_VERB if base.kind == "verb" else ANH_ADJ
    elif spec.neg == "jimot":
        chain, last = [Word(stem.bare() + [ending("지", "(negated)")])], Stem("못하", "verb", "cannot")
    return chain, last


def be_predicate(phrase, spec):
    """Copula after a noun phrase: (words, links)."""
    if spec.neg:
        phrase.take("subject")
        tail = spec.finite(ANI)
        if spec.style == "polite" and spec.tense == "present":
            tail = [Word([("아니", "adjective-stem", "not be"), ending("에요", "(polite)")])]
        if spec.style == "casual" and spec.tense == "present":
            tail = [Word([("아니", "adjective-stem", "not be"), ending("야", "be (casual)")])]
        return tail, {"aux": tail[0], "not": not_tokens(tail[0])}
    head = phrase.ko[-1]
    closed = bool(final_of(head.text()))
    tail = copula(spec, closed)
    head.morphs += tail[0]
    extra = [Word(w) for w in tail[1:]]
    return extra, {"aux": head, "not": []}


def copula(spec, closed):
    """Morphs of 이다 after a noun, as a list of words."""
    be, query = ending("이", "be"), spec.question
    if spec.time == "future":
        return [[ending("일", "be (future)")]] + conjugate(ISSDA, "future", spec.style, query)[1:]
    if spec.tense == "past":
        was = ending("이었" if closed else "였", "was")
        return [[was] + {"plain": [ending("니", "(question)")] if query else [DA],
                         "polite": [ending("어요", "(polite)")],
                         "casual": [ending("어", "(casual)")],
                         "formal": [ending("습니까" if query else "습니다", "(formal)")]}[spec.style]]
    if spec.style == "polite":
        return [[ending("이에요" if closed else "예요", "be (polite)")]]
    if spec.style == "casual":
        return [([be] if closed else []) + [ending("야", "be (casual)")]]
    if spec.style == "formal":
        return [[ending("입니까" if query else "입니다", "be (formal)")]]
    if query:
        return [([be] if closed else []) + [ending("니", "(question)")]]
    return [[be, DA]] if closed or spec.loose else [[DA]]

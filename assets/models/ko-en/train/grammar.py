"""Sentence frames: random Korean sentences with their English translation; where the Korean leaves
it open, rng.open() decides how English says it (chance.py).

sentence(rng) returns a Sentence or None (a draw that the grammar refuses).  Every frame fills
chunks; assemble.py puts them in Korean order (or scrambled) before the predicate, and in English
order by slot.
"""

import lexicon
from assemble import compose
from chunks import (Chunk, adverb_chunk, companion_chunk, draw_spec, dropped, pick, place_chunk,
                    subject_phrase, time_chunk, topic_chunk)
from english import HAVE, EnVerb, be, lexical, with_mood, words
from hangul import Stem, particle
from phrases import (EOPDA, ISSDA, NAMES, PERSONS, PRONOUNS, Phrase, Spec, Word, be_predicate,
                     degree, joined, korean_predicate, not_tokens, noun_phrase, noun_word, owner,
                     pronoun)
from words import (ADJECTIVES, ADVERBS, HOMOGRAPHS, NOUNS, OPEN, SENSES, VERBS, by_class, names)

HAVERS = [n for n in NOUNS if len(SENSES[n.ko]) == 1 and
          (n.classes & {"thi", "kin", "mon", "veh", "ani", "tas"} or
           n.ko in ("친구", "질문", "시험", "수업", "꿈", "집", "약"))] + list(OPEN["possession"])
LOCATED = {"thi", "per", "ani", "veh", "pla2", "foo", "liq"}
SURFACES = {"위": by_class("fur") + [SENSES["상자"][0]], "아래": by_class("fur") + [SENSES["나무"][0]]}
NEAR = by_class("bui") + by_class("fur") + [SENSES[k][0] for k in ("문", "창문", "나무", "학교",
                                                                  "가게", "역")]
INSIDE = [SENSES[k][0] for k in ("가방", "상자", "방", "병", "컵")]


def circumstances(rng, spec, verb, chunks):
    """Optional time, place, companion, instrument and adverb."""
    human = "per" in verb.subject_spec
    if rng.random() < 0.32:
        chunks.append(time_chunk(rng, spec))
    companion = human and "stat" not in verb.flags and verb.frame in "tmi" and rng.random() < 0.12
    if companion:
        chunks.append(companion_chunk(rng))
    if verb.frame in "tdp" and "stat" not in verb.flags and rng.random() < 0.17:
        chunks.append(place_chunk(rng, "place", "at", "at")[0])
    if verb.tools and rng.random() < 0.2:
        tool = noun_phrase(rng.choice(verb.tools), "object", rng, 0.5)
        en = [("with", tool.ko[-1], False)] + tool.en
        chunks.append(Chunk("by", tool.take("by"), en))
    if rng.random() < 0.2:
        chunks.append(adverb_chunk(rng, companion, "stat" in verb.flags))


def verb_english(verb, spec, person, links, extra=None):
    """(auxiliaries, rest) of a verb predicate."""
    en = extra or verb.en
    if spec.mood:
        if spec.mood == "can" and spec.absent:
            links["not"] = not_tokens(links["aux"])
        return with_mood(en, spec, person, links)
    if "mot" in spec.neg:
        links["aux"] = links["not"][0][1]
        shadow = Spec(spec.tense, mood="can")
        shadow.absent, shadow.invert = True, spec.invert
        return with_mood(en, shadow, person, links)
    return lexical(en, spec.time, person, spec.negated, spec.invert, links)


def wh_word(ko, part, en, slot):
    """A question word as a chunk."""
    morphs = [(ko, "question-word", en)]
    if part:
        morphs.append(particle(ko, part))
    word = Word(morphs)
    return Chunk(slot, [word], [(en, word, True)], wh=en)


def ask(rng, verb, chunks):
    """Turns a question into a wh-question: replaces or adds one chunk."""
    options = ["when", "why"]
    if verb.frame in "td" and any(c.slot == "object" for c in chunks):
        options += ["what", "what", "who"]
    options += ["where", "where"] if verb.frame in "mt" else []
    kind = rng.choice(options)
    if kind in ("what", "who"):
        chunks[:] = [c for c in chunks if c.slot != "object"]
        chunks.append(wh_word("무엇" if kind == "what" else "누구", "object", kind, "object"))
    elif kind == "where":
        slot, part = ("to", "to") if verb.frame == "m" else ("place", "at")
        chunks[:] = [c for c in chunks if c.slot != slot]
        chunks.append(wh_word("어디", part, "where", slot))
    elif kind == "when":
        chunks[:] = [c for c in chunks if c.slot != "time"]
        chunks.append(wh_word("언제", None, "when", "time"))
    else:
        chunks.append(wh_word("왜", None, "why", "why"))
    return kind


# ---- frames ----------------------------------------------------------------


def choose_subject(rng, verb, spec, rich=1.0):
    """(phrase, chunk list): a subject said, dropped, or asked for."""
    if "per" in verb.subject_spec and "said" not in verb.flags and rng.random() < 0.22:
        return dropped(rng, spec), []
    if spec.question and "per" in verb.subject_spec and rng.random() < 0.08:
        word = Word([("누", "question-word", "who"), ("가", "particle", "(subject)")])
        spec.invert = False
        return Phrase([word], [("who", word, True)], None, "3", "누"), [Chunk("topic", [word], [])]
    phrase = subject_phrase(rng, verb.subjects, rich)
    return phrase, [topic_chunk(rng, phrase, "topic" if "said" in verb.flags else None)]


def argument(rng, verb, noun, subject):
    """The object phrase with its English (reflexive possessive for parts of the body)."""
    if "nam" not in noun.classes and noun.animate and rng.random() < 0.06:
        return pronoun(rng.choice(PRONOUNS))
    phrase = noun_phrase(noun, "object", rng, 1.2, verb.open.get(noun, ()))
    if "bod" in phrase.noun.classes and phrase.en[0][0] == "a" and len(phrase.en) == 2:
        phrase.en[0] = (subject.forms[2] if subject.forms else "the", subject.ko[-1]
                        if subject.ko and subject.forms else phrase.ko[-1], False)
    elif noun.classes & {"per", "nam"} and rng.random() < 0.04:
        other = rng.choice(NAMES + PERSONS)
        if other is not noun:
            return joined(phrase, noun_phrase(other, "object", rng, 0.3))
    return phrase


def verbal(rng, verb):
    """Frames t, d, m, i, g, p."""
    spec = draw_spec(rng, True, "stat" in verb.flags)
    if "adj" in verb.flags:
        spec.mood, spec.neg, spec.absent = "", "" if "mot" in spec.neg else spec.neg, False
    subject, chunks = choose_subject(rng, verb, spec)
    nouns, key, fixed = [], "", ()
    key, nouns, fixed = add_argument(rng, verb, subject, chunks)
    circumstances(rng, spec, verb, chunks)
    asked = ""
    if spec.question and subject.key != "누" and rng.random() < 0.3:
        asked = ask(rng, verb, chunks)
    ko, links = korean_predicate(verb.stem, spec, subject.person)
    parts = verb_english(verb, spec, subject.person, links)
    if subject.noun is not None:
        nouns.append(subject.noun.ko)
    triple = (subject.key, verb.ko, key) if key and asked not in ("what", "who") else None
    if asked in ("what", "who"):
        nouns = [] if verb.ko != "쓰" else ["쓰"]
        if len({v.en.base for v in VERBS if v.ko == verb.ko and v.frame in "td"}) > 1:
            return None
    return compose(rng, chunks, ko, subject.en, parts, spec,
                   frame_of(verb, subject, key, asked), triple, nouns, fixed)


def frame_of(verb, subject, key, asked):
    if asked or subject.key == "누":
        return "wh-question"
    if verb.frame == "t" and key in ANIMATE and (subject.key in ANIMATE):
        return "roles"
    return {"d": "dative", "m": "motion"}.get(verb.frame, "plain")


OBJECTLESS = {"eat", "drink", "see", "read", "learn", "hear", "like", "love", "wait for", "find",
              "remember", "trust", "know", "meet", "help", "drive", "start", "forget", "wash"}
ANIMATE = {n.ko for n in NOUNS if n.animate or "nam" in n.classes}


def add_argument(rng, verb, subject, chunks):
    """Adds the object, place or person of the verb; returns (key, nouns, fixed slots)."""
    if verb.frame == "i":
        return add_location(rng, verb, chunks), [], ()
    if verb.frame == "m":
        return add_way(rng, verb, chunks), [], ()
    if verb.frame == "t" and verb.en.base in OBJECTLESS and rng.random() < 0.05:
        return "", [], ()
    noun = rng.choice([n for n in verb.arguments if n is not subject.noun] or verb.arguments)
    phrase = argument(rng, verb, noun, subject)
    # a pronoun or an unknown word may stand for the noun that was drawn
    nouns = ([phrase.noun.ko] if phrase.noun else []) + (["쓰"] if verb.ko == "쓰" else [])
    en = phrase.object_en()
    if verb.frame == "g":
        chunks.append(Chunk("object", phrase.take("subject"), en))
        return phrase.key, nouns, ("object",)
    if verb.frame == "p":
        name, prep = verb.flags[0], verb.flags[1:2]
        ko = phrase.take(name + "2" if rng.random() < 0.2 else name)
        chunks.append(Chunk("object", ko, [(p, ko[-1], False) for p in prep] + en))
        return phrase.key, nouns, ("object",) if name == "with" else ()
    if rng.random() < (0.04 if verb.frame == "t" else 0):
        extra = rng.choice(verb.arguments)
        if extra is not noun and phrase.forms is None and "bod" not in extra.classes:
            phrase = joined(phrase, noun_phrase(extra, "object", rng, 0.3))
            nouns.append(extra.ko)
            en = phrase.en
    chunks.append(Chunk("object", phrase.take("object"), en))
    chunks[-1].animate = phrase.animate
    if verb.frame == "d":
        person = rng.choice([n for n in NAMES + PERSONS if n is not subject.noun])
        to = pronoun(rng.choice(PRONOUNS)) if rng.random() < 0.2 else \
            noun_phrase(person, "object", rng, 0.8)
        en = to.object_en()
        ko = to.take(pick(rng, dative=75, dative2=25))
        chunks.append(Chunk("dative", ko, [("to", ko[-1], False)] + en))
    return phrase.key, nouns, ()


def add_location(rng, verb, chunks):
    """Where an intransitive verb happens (not always said)."""
    if rng.random() < 0.6 or not {"loc", "loc2"} & set(verb.flags):
        return ""
    if "loc2" in verb.flags and verb.ko == "앉" and rng.random() < 0.5:
        noun = rng.choice(by_class("fur"))
        phrase = noun_phrase(noun, "subject", rng, 0.6)
        en = [("on", phrase.ko[-1], False)] + phrase.en
        chunks.append(Chunk("place", phrase.take("to"), en))
        return noun.ko
    name = pick(rng, to=60, at=40) if "loc2" in verb.flags else "at"
    chunk, noun = place_chunk(rng, "place", name, "at")
    chunks.append(chunk)
    return noun.ko


def add_way(rng, verb, chunks):
    """Where a verb of motion leads, where from, and by what."""
    key = ""
    if rng.random() < 0.9:
        direction = "at" if "at" in verb.flags else "to"
        chunk, noun = place_chunk(rng, "to", "to" if direction == "at" or rng.random() < 0.85
                                  else "by", direction)
        chunks.append(chunk)
        key = noun.ko
    if rng.random() < (0.1 if key else 0.6):
        chunks.append(place_chunk(rng, "from", "at", "from")[0])
    if rng.random() < 0.12 and "달려" not in verb.ko:
        noun = rng.choice(by_class("veh"))
        word = noun_word(noun)
        phrase = Phrase([word], [("by", word, False)] +
                        words(rng.open("synonym", names(noun.en)), word))
        chunks.append(Chunk("by", phrase.take("by"), phrase.en))
    return key


HURT = EnVerb("hurt", "hurt", "hurting")


def adjectival(rng, adjective):
    """The dog is big; my eye hurts; it is cold."""
    spec = draw_spec(rng, verb=False)
    noun = rng.choice(adjective.nouns)
    body = "bod" in noun.classes
    chunks, nouns = [], [noun.ko]
    if body:
        subject = body_subject(rng, noun, spec, chunks)
    elif rng.random() < (0.25 if {"feel", "weather"} & set(adjective.flags) else 0.07):
        subject, nouns = unsaid(rng, adjective, spec), []
    elif "per" in noun.classes and rng.random() < 0.5:
        subject = subject_phrase(rng, [noun])
        nouns = []
        chunks = [topic_chunk(rng, subject)]
    else:
        subject = noun_phrase(noun, "subject", rng, 0.5, adjective.open.get(noun, ()))
        chunks = [topic_chunk(rng, subject)]
    if rng.random() < 0.2:
        chunks.append(time_chunk(rng, spec))
    ko, en = degree(rng, 0.25)
    if rng.random() < 0.1 and not ko:
        word = Word([("항상", "adverb", "always")])
        chunks.append(Chunk("mid", [word], words("always", word)))
    pred, links = korean_predicate(adjective.stem, spec, subject.person)
    if "verb" in adjective.flags:
        parts = lexical(HURT, spec.time, "3", spec.negated, spec.invert, links)
        if ko:
            en, parts = [], (parts[0], parts[1] + words("a lot", ko[0]))
            if ko[0].text() != "많이":
                ko = [Word([("많이", "adverb", "a lot")])]
                parts = (parts[0], parts[1][:-2] + words("a lot", ko[0]))
    else:
        first, rest = be(spec.time, subject.person, spec.negated, links)
        name = rng.open("synonym", names(adjective.en))
        parts = first, rest + en + words(name, links["main"])
    chunks += [Chunk("degree", ko, [])] if ko else []
    frame = "body" if body else "weather" if noun.ko == "날씨" or not subject.ko and \
        "weather" in adjective.flags else "adjective"
    return compose(rng, chunks, pred, subject.en, parts, spec, frame, None, nouns, ("degree",))


def unsaid(rng, adjective, spec):
    if adjective.spec.split()[0] in ("per", "ani") or "feel" in adjective.flags:
        return dropped(rng, spec)
    return Phrase([], [("it", None, False)])


def body_subject(rng, noun, spec, chunks):
    """'민수는 눈이' -> Minsu's eye; unsaid owners are you in questions, I or another
    in statements."""
    word = noun_word(noun)
    part = Phrase([word], [], noun)
    if rng.random() < 0.45:
        row = PRONOUNS[2] if spec.question else \
            rng.open("subject", [PRONOUNS[0], PRONOUNS[4], PRONOUNS[5]])
        front = [(row[3], None, False)]
    elif rng.random() < 0.4:
        row = rng.choice(PRONOUNS)
        holder = pronoun(row)
        chunks.append(topic_chunk(rng, holder, "topic"))
        front = [(row[3], holder.ko[-1], False)]
    elif rng.random() < 0.35:
        ko, front = owner(rng)
        part = Phrase(ko + [word], [], noun)
    else:
        person = rng.choice(NAMES + PERSONS)
        holder = noun_phrase(person, "subject", rng, 0)
        chunks.append(topic_chunk(rng, holder, "topic"))
        *det, (name, link, _) = holder.en
        front = det + [(name + "'s", link, True)]
    part.en = front + words(noun.en, word)
    chunks.append(Chunk("object", part.take("subject" if chunks or rng.random() < 0.8
                                            else "topic"), []))
    return part


def hungry(rng):
    """배가 고프다: the stomach that is not translated."""
    spec = draw_spec(rng, verb=False)
    if rng.random() < 0.4:
        subject, chunks = dropped(rng, spec), []
    else:
        subject = subject_phrase(rng, PERSONS)
        chunks = [topic_chunk(rng, subject, "topic")]
    if rng.random() < 0.25:
        chunks.append(time_chunk(rng, spec))
    chunks.append(Chunk("object", [Word([("배", "noun", "stomach"), particle("배", "subject")])],
                        []))
    ko, en = degree(rng, 0.25)
    chunks += [Chunk("degree", ko, [])] if ko else []
    pred, links = korean_predicate(Stem("고프", "adjective", "hungry"), spec, subject.person)
    first, rest = be(spec.time, subject.person, spec.negated, links)
    parts = first, rest + en + words("hungry", links["main"])
    return compose(rng, chunks, pred, subject.en, parts, spec, "body", None, ["배"], ("degree",))


def copular(rng, only=None):
    """X is a Y."""
    spec = draw_spec(rng, verb=False)
    if spec.neg:
        spec.neg = "an"
    if only or rng.random() < 0.3:
        subject, noun = this_or_that(rng, only)
    else:
        noun = rng.choice([n for n in PERSONS if n.en != "person" and "kin" not in n.classes])
        subject = dropped(rng, spec) if rng.random() < 0.15 else subject_phrase(rng, PERSONS)
    phrase = noun_phrase(noun, "object", rng, 0.8, OPEN["copula"].get(noun, ()))
    if phrase.person == "p" or noun is subject.noun:
        return None
    if phrase.en[0][0] == "the":
        phrase.en[0] = ("a", phrase.en[0][1], False)
    if subject.person == "p":
        if phrase.en[0][0] != "a":
            return None
        said = len(phrase.name.split())
        phrase.en = phrase.en[1:-said] + words(phrase.noun.plural(phrase.name), phrase.ko[-1])
    chunks = [topic_chunk(rng, subject)] if subject.ko else []
    tail, links = be_predicate(phrase, spec)
    if spec.neg and spec.loose:
        spec.loose = False
    first, rest = be(spec.time, subject.person, bool(spec.neg), links)
    parts = first, rest + phrase.en
    triple = (subject.key, "이", noun.ko)
    return compose(rng, chunks, phrase.ko + tail, subject.en, parts, spec, "copula", triple,
                   [noun.ko])


def this_or_that(rng, only=None):
    ko, en = rng.choice([("이것", "this"), ("그것", "that")])
    word = Word([(ko, "pronoun", en)])
    pool = only or with_open({"thi", "foo", "ani"}, "copula")
    return Phrase([word], [(en, word, False)], None, "3", ko), rng.choice(pool)


def where_phrase(rng):
    """A place with 에: 'at school', 'on the desk'."""
    if rng.random() < 0.5:
        return place_chunk(rng, "place", "to", "at", 0.5)[0]
    name = rng.choice(list(lexicon.POSITIONS))
    pool = SURFACES.get(name) or (INSIDE if name == "안" else NEAR)
    noun = rng.choice(pool)
    phrase = noun_phrase(noun, "subject", rng, 0.4)
    word = Word([(name, "noun", lexicon.POSITIONS[name]), particle(name, "to")])
    en = words(lexicon.POSITIONS[name], word, False)
    return Chunk("place", phrase.ko + [word], en + phrase.en)


def exist_words(spec):
    """있다 or 없다 (or 있지 않다) with the links of its English."""
    spec.absent = spec.neg != ""
    tail = spec.finite(EOPDA if spec.absent else ISSDA)
    spec.neg = ""
    return tail, {"aux": tail[0], "main": tail[0], "not": not_tokens(tail[0])}


def with_open(classes, frame):
    """Nouns of some classes with one sense, and those whose sense the frame knows or leaves open."""
    return [n for n in NOUNS if n.classes & classes and len(SENSES[n.ko]) == 1] + list(OPEN[frame])


def existence(rng, only=None):
    """There is a cat at home."""
    spec = draw_spec(rng, verb=False)
    noun = rng.choice(only or with_open(LOCATED, "existence"))
    phrase = noun_phrase(noun, "object", rng, 0.7, OPEN["existence"].get(noun, ()))
    if phrase.en[0][0] == "the":
        phrase.en = [] + phrase.en[1:] if phrase.person == "p" else \
            [("a", phrase.en[0][1], False)] + phrase.en[1:]
    pred, links = exist_words(spec)
    links["not"] = []
    first, rest = be(spec.time, phrase.person, False, links)
    if spec.absent:
        if phrase.en[0][0] not in ("a",) and not phrase.noun.bare and phrase.person != "p":
            return None
        bare = phrase.en[1:] if phrase.en[0][0] == "a" else phrase.en
        phrase.en = [("no", links["aux"], False)] + bare
    chunks = [Chunk("topic", phrase.take("subject"), [])]
    if rng.random() < 0.85:
        chunks.insert(0, where_phrase(rng))
    there = [("there", links["aux"], False)]
    parts = first, rest + phrase.en
    sentence = compose(rng, chunks, pred, there, parts, spec, "existence", None, [noun.ko])
    return sentence


def located(rng, only=None):
    """Minsu is at home."""
    spec = draw_spec(rng, verb=False)
    noun = rng.choice(only or with_open(LOCATED, "located"))
    subject = subject_phrase(rng, [noun], senses=OPEN["located"].get(noun, ()))
    named = subject.forms is not None or subject.noun in NAMES
    chunks = [topic_chunk(rng, subject, None if named else "topic"), where_phrase(rng)]
    if rng.random() < 0.25:
        chunks.append(time_chunk(rng, spec))
    pred, links = exist_words(spec)
    first, rest = be(spec.time, subject.person, spec.absent, links)
    return compose(rng, chunks, pred, subject.en, (first, rest), spec, "existence", None,
                   [noun.ko])


def possession(rng, only=None):
    """I have a dog."""
    spec = draw_spec(rng, verb=False)
    subject = subject_phrase(rng, PERSONS, 0.5)
    noun = rng.choice([n for n in only or HAVERS if n is not subject.noun])
    thing = noun_phrase(noun, "object", rng, 0.7, OPEN["possession"].get(noun, ()))
    if thing.en[0][0] == "the":
        thing.en = thing.en[1:] if thing.person == "p" else \
            [("a", thing.en[0][1], False)] + thing.en[1:]
    en = thing.en
    chunks = [topic_chunk(rng, subject, "topic"), Chunk("object", thing.take("subject"), en)]
    pred, links = exist_words(spec)
    parts = lexical(HAVE, spec.time, subject.person, spec.absent, spec.invert, links)
    triple = (subject.key, "있", noun.ko)
    return compose(rng, chunks, pred, subject.en, parts, spec, "existence", triple, [noun.ko])


RAINS = {"비": EnVerb("rain", "rained", "raining"), "눈": EnVerb("snow", "snowed", "snowing")}
OM = Stem("오", "verb", "come")


def weather(rng):
    """It rains, it snows: the noun is the English verb."""
    spec = draw_spec(rng)
    if spec.mood not in ("", "prog") or "mot" in spec.neg:
        spec.mood, spec.neg, spec.absent = "", "", False
    ko = rng.choice(["비", "눈"])
    word = Word([(ko, "noun", "rain" if ko == "비" else "snow")])
    phrase = Phrase([word], [])
    chunks = []
    if rng.random() < 0.4:
        chunks.append(time_chunk(rng, spec))
    if rng.random() < 0.4:
        chunks.append(place_chunk(rng, "place", pick(rng, at=40, to=60), "at", 0)[0])
    if rng.random() < 0.2:
        adverb = rng.choice([a for a in ADVERBS if a[0] in ("많이", "자주", "다시", "아직", "가끔")])
        made = Word([(adverb[0], "adverb", adverb[1])])
        chunks.append(Chunk("mid" if adverb[2] == "mid" else "adverb", [made],
                            words(rng.open("synonym", names(adverb[1])), made)))
    chunks.append(Chunk("topic", phrase.take("subject"), []))
    pred, links = korean_predicate(OM, spec, "3")
    links["main"] = word
    it = [("it", None, False)]
    if spec.mood:
        parts = with_mood(RAINS[ko], spec, "3", links)
    else:
        parts = lexical(RAINS[ko], spec.time, "3", spec.negated, spec.invert, links)
    return compose(rng, chunks, pred, it, parts, spec, "weather", None, [ko])


VERB_WEIGHT = [{"t": 1.0, "d": 1.3, "m": 3.0, "i": 0.8, "g": 2.0, "p": 1.5}[v.frame] *
               len(v.arguments or v.subjects) ** 0.5 for v in VERBS]
AMBIGUOUS = [v for v in VERBS if v.frame in "ti" and
             any(n.ko in HOMOGRAPHS for n in v.arguments + v.subjects)]


def homographic(rng):
    """A short sentence about a word with two meanings, as object or subject."""
    adjectives = [a for a in ADJECTIVES if any(n.ko in HOMOGRAPHS for n in a.nouns)]
    chosen = rng.choice(AMBIGUOUS + adjectives)
    keep = chosen.arguments if hasattr(chosen, "arguments") and chosen.arguments else None
    name = "arguments" if keep else "subjects" if hasattr(chosen, "subjects") else "nouns"
    full = getattr(chosen, name)
    only = [n for n in full if n.ko in HOMOGRAPHS]
    return narrowed(rng, chosen, name, only) if only else None


def narrowed(rng, chosen, name, only):
    """A sentence with a verb or adjective that takes only some of its nouns."""
    full = getattr(chosen, name)
    setattr(chosen, name, only)
    try:
        return adjectival(rng, chosen) if name == "nouns" else verbal(rng, chosen)
    finally:
        setattr(chosen, name, full)


OPEN_WORDS = [w for w in VERBS + ADJECTIVES if any(len(s) > 1 for s in w.open.values())]


def uncertain(rng):
    """A word of whose meanings the sentence decides none."""
    frame = pick(rng, existence=30, possession=15, located=10, copula=10, word=35)
    if frame == "word":
        chosen = rng.choice(OPEN_WORDS)
        only = [n for n, senses in chosen.open.items() if len(senses) > 1]
        return narrowed(rng, chosen, "arguments" if chosen in VERBS else "nouns", only)
    only = [n for n, senses in OPEN[frame].items() if len(senses) > 1]
    return {"existence": existence, "possession": possession, "located": located,
            "copula": copular}[frame](rng, only)


FRAMES = {"verbal": 66, "adjectival": 10, "copular": 4, "existence": 4, "located": 3,
          "possession": 3, "weather": 2, "hungry": 0.7, "homographic": 9, "hurting": 2.5,
          "uncertain": 4}


# where one Korean verb has several English ones, an unknown object gets this one
PLAIN_SENSE = {"보": "see", "쓰": "use", "타": "take", "하": "do", "치": "play", "부르": "call",
               "가르치": "teach", "팔": "sell"}


def sentence(rng):
    """One random sentence, or None."""
    name = rng.choices(list(FRAMES), list(FRAMES.values()))[0]
    if name == "verbal":
        verb = rng.choices(VERBS, VERB_WEIGHT)[0]
        if PLAIN_SENSE.get(verb.ko, verb.en.base) != verb.en.base:
            rng.fakes = []
        return verbal(rng, verb)
    if name in ("homographic", "uncertain"):
        rng.fakes = []
    if name == "hurting":
        return adjectival(rng, next(a for a in ADJECTIVES if "verb" in a.flags))
    if name == "adjectival":
        return adjectival(rng, rng.choice(ADJECTIVES))
    return {"copular": copular, "existence": existence, "located": located,
            "possession": possession, "weather": weather, "hungry": hungry,
            "homographic": homographic, "uncertain": uncertain}[name](rng)

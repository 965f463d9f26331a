"""The lexicon as objects, and the tables of which words go together."""

import lexicon
from english import EnVerb
from hangul import Stem


def names(en):
    """A word and its synonyms, the canonical one first."""
    return [en] + lexicon.SYNONYMS.get(en, [])


class Noun:
    def __init__(self, ko, en, classes):
        self.ko, self.classes = ko, set(classes.split())
        self.bare = en.startswith("*") or "nam" in self.classes
        self.en = en.lstrip("*")
        self.animate = bool({"per", "ani"} & self.classes)

    def plural(self, name=None):
        """Of one of its names; the canonical one by default."""
        name = name or self.en
        last = name.split()[-1]
        if last == "<unk>":
            return last
        if last in lexicon.PLURALS:
            return name[:-len(last)] + lexicon.PLURALS[last]
        return name + ("es" if last.endswith(("s", "sh", "ch", "x")) else "s")


class Verb:
    def __init__(self, ko, en, frame, subjects, arguments, flags):
        self.ko, self.frame, self.flags = ko, frame, flags.split()
        self.en = EnVerb(*en.split(","))
        kind = "adjective" if "adj" in self.flags else "verb"
        self.stem = Stem(ko, kind, self.en.base, lexicon.IRREGULAR.get(ko, ""))
        self.subject_spec, self.argument_spec = subjects, arguments
        self.subjects, self.arguments, self.open = [], [], {}
        tools = [f[5:] for f in self.flags if f.startswith("tool:")] + \
            [f for f in self.flags if f in SENSES and "tool:" in flags]
        self.tools = [SENSES[t][0] for t in tools]


class Adjective:
    def __init__(self, ko, en, spec, flags):
        self.ko, self.en, self.spec, self.flags = ko, en, spec, flags.split()
        kind = "exist" if ko.endswith("있") else "adjective"
        self.stem = Stem(ko, kind, en, lexicon.IRREGULAR.get(ko, ""))
        self.nouns, self.open = [], {}


def rows(table):
    return [line.split("|") for line in table.strip().splitlines()]


NOUNS = [Noun(*row) for row in rows(lexicon.NOUNS)]
SENSES = {}
for _noun in NOUNS:
    SENSES.setdefault(_noun.ko, []).append(_noun)
HOMOGRAPHS = {ko for ko, senses in SENSES.items() if len(senses) > 1} | {"쓰"}


def by_class(name):
    return [n for n in NOUNS if name in n.classes]


def named(token):
    """A token of an argument column as a list of noun senses."""
    if ":" in token:
        return senses_of(token)[:1]
    if token in SENSES:
        return SENSES[token][:1]
    found = by_class(token)
    if not found:
        raise ValueError("unknown word or class in the lexicon: " + token)
    return found


def senses_of(token):
    """The noun senses of 'noun:en' or 'noun:en/en'."""
    ko, english = token.split(":")
    return [next(n for n in SENSES[ko] if n.en == en.replace("_", " "))
            for en in english.split("/")]


def openings(spec):
    """{canonical sense: all senses} of the words of a column that leave it open."""
    found = [senses_of(token) for token in spec.split() if ":" in token]
    return {senses[0]: senses for senses in found}


def accept(spec, taken):
    """Noun senses of a column; a Korean noun that `taken` has already keeps its first sense.

    Words written with their sense win over classes."""
    tokens = sorted(spec.split(), key=lambda t: (":" not in t, t not in SENSES))
    out = []
    for token in tokens:
        for noun in named(token):
            if taken.setdefault(noun.ko, noun) is noun and noun not in out:
                out.append(noun)
    return out


VERBS = [Verb(*row) for row in rows(lexicon.VERBS)]
ADJECTIVES = [Adjective(*row) for row in rows(lexicon.ADJECTIVES)]


def link_verbs():
    """Fills the argument lists so that (verb, noun) has one English whatever the frame."""
    owner, sense = {}, {}
    for verb in VERBS:
        group = "t" if verb.frame in "td" else verb.frame
        verb.subjects = accept(verb.subject_spec, sense.setdefault((verb.ko, "s", group), {}))
        found = accept(verb.argument_spec, sense.setdefault((verb.ko, "o", group), {}))
        for noun in found:
            first = owner.setdefault((verb.ko, group, noun.ko), verb.en.base)
            if first == verb.en.base:
                verb.arguments.append(noun)
        verb.open = openings(verb.argument_spec)


def link_adjectives():
    sense = {}
    for adjective in ADJECTIVES:
        taken = sense.setdefault(adjective.ko, {})
        before = set(taken)
        adjective.nouns = [n for n in accept(adjective.spec, taken) if n.ko not in before]
        adjective.open = openings(adjective.spec)


link_verbs()
link_adjectives()
DESCRIBE = {}       # noun sense -> adjectives that may stand before it
for _adjective in ADJECTIVES:
    if not {"feel", "verb", "weather"} & set(_adjective.flags):
        for _noun in _adjective.nouns:
            for _sense in _adjective.open.get(_noun, [_noun]):
                DESCRIBE.setdefault(_sense, []).append(_adjective)
COMPOUNDS = {}      # noun sense -> (Korean, English) nouns that may stand before it
for _ko, _en, _spec in rows(lexicon.COMPOUNDS):
    for _noun in accept(_spec, {}):
        COMPOUNDS.setdefault(_noun, []).append((_ko, _en))
TIMES = [(ko, en, when.split(), topic) for ko, en, when, topic in rows(lexicon.TIMES)]
ADVERBS = [(ko, en) + tuple(place.split()) for ko, en, place in rows(lexicon.ADVERBS)]
PRONOUNS = rows(lexicon.PRONOUNS)
PLACES = by_class("pla")
OPEN = {frame: openings(spec) for frame, spec in lexicon.OPEN.items()}

"""The English half of a predicate: auxiliaries, negation, inversion.

An English token is (text, link, content): link is the Korean word it comes from (or None) and
content says whether it is a content word, whose alignment is measured.
"""

IS = {"1": "am", "2": "are", "3": "is", "p": "are"}
WAS = {"1": "was", "2": "were", "3": "was", "p": "were"}


def third(base):
    """go -> goes, carry -> carries; only the first word of a phrasal verb changes."""
    head, _, rest = base.partition(" ")
    if head == "have":
        head = "has"
    elif head.endswith(("s", "sh", "ch", "x", "o")):
        head += "es"
    elif head.endswith("y") and head[-2] not in "aeou":
        head = head[:-1] + "ies"
    else:
        head += "s"
    return head + (" " + rest if rest else "")


class EnVerb:
    def __init__(self, base, past, ing):
        self.base, self.past, self.ing = base, past, ing

    def finite(self, tense, person):
        if tense == "past":
            return self.past
        return third(self.base) if person == "3" else self.base


HAVE = EnVerb("have", "had", "having")
WANT = EnVerb("want", "wanted", "wanting")
DO = EnVerb("do", "did", "doing")


def words(text, link, content=True):
    """A phrase as tokens that share one link."""
    return [(w, link, content) for w in text.split()]


def lexical(verb, tense, person, negated, invert, links):
    """(auxiliaries, rest) of a verb that needs do-support."""
    head = links["main"]
    if tense == "future":
        return [("will", head, False)], links["not"] * negated + words(verb.base, head)
    if negated or invert:
        return [(DO.finite(tense, person), head, False)], \
            links["not"] * negated + words(verb.base, head)
    return [], words(verb.finite(tense, person), head)


def be(tense, person, negated, links):
    """(auxiliaries, rest) of the verb be."""
    link = links["aux"]
    if tense == "future":
        return [("will", link, False)], links["not"] * negated + [("be", link, False)]
    form = WAS[person] if tense == "past" else IS[person]
    return [(form, link, False)], links["not"] * negated


def with_mood(verb, spec, person, links):
    """(auxiliaries, rest) of a verb under a mood; rest ends with the main verb."""
    head, aux = links["main"], links["aux"]
    base = words(verb.base, head)
    if spec.mood == "prog":
        first, rest = be(spec.time, person, spec.negated, links)
        return first, rest + words(verb.ing, head)
    if spec.mood == "want":
        first, rest = lexical(WANT, spec.time, person, spec.negated, spec.invert,
                              {"main": aux, "not": links["not"]})
        rest = [(w, link, False) for w, link, _ in rest]
        return first, rest + [("to", aux, False)] + base
    if spec.mood == "must":
        if spec.time == "past":
            first, rest = lexical(HAVE, "past", person, False, spec.invert,
                                  {"main": aux, "not": []})
            return first, [(w, link, False) for w, link, _ in rest] + \
                [("to", aux, False)] + base
        return [("must", aux, False)], base
    negation = links["not"] * spec.negated
    if spec.time == "future":
        return [("will", aux, False)], negation + words("be able to", aux, False) + base
    modal = "could" if spec.time == "past" else "can"
    if spec.negated and modal == "can" and not spec.invert:
        return [("cannot", aux, False)], base
    return [(modal, aux, False)], negation + base


def finish(tokens):
    """Settles a/an and joins the tokens; returns (text, tokens)."""
    out = []
    for i, (text, link, content) in enumerate(tokens):
        if text == "a" and i + 1 < len(tokens) and tokens[i + 1][0][0] in "aeiouAEIOU":
            text = "an"
        out.append((text, link, content))
    return " ".join(t[0] for t in out).replace(" ?", "?"), out

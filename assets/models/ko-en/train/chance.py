"""Two kinds of chance: what a sentence says, and how English says what its Korean leaves open.

The first is random.Random itself.  The second goes through open(): options of which the first is
canonical.  It is drawn two times in three, the others share the rest, out of a generator of its
own, so that one draw of the first kind can be said again in every other way (readings).
"""

import random

CANONICAL = 2 / 3


class Chance(random.Random):
    def __init__(self, seed):
        super().__init__(seed)
        self.coin = random.Random("open %s" % seed)
        self.fakes = []     # unknown nouns that wait to be used
        self.made = []      # (label, which, of how many): the decisions since the last mark
        self.fixed = None   # decisions laid down; canonical where they end

    def open(self, label, options):
        """One of the options between which nothing in the Korean decides."""
        count, at = len(options), len(self.made)
        if count == 1:
            return options[0]
        if self.fixed is not None:
            which = self.fixed[at] if at < len(self.fixed) else 0
        elif self.coin.random() < CANONICAL:
            which = 0
        else:
            which = self.coin.randrange(1, count)
        self.made.append((label, which, count))
        return options[which]

    def mark(self):
        """Begins a sentence; with the result it can be said again."""
        self.made = []
        return self.getstate(), list(self.fakes)

    def again(self, mark, fixed=None):
        """Back to the mark, with decisions laid down (None: drawn)."""
        self.setstate(mark[0])
        self.fakes, self.made, self.fixed = list(mark[1]), [], fixed


def readings(build, mark, most):
    """Every sentence with another English that build(chance) makes of one draw, the canonical
    one first; None when there are more than `most`, or the canonical one is refused."""
    chance, found, waiting = Chance(0), {}, [[]]
    while waiting:
        fixed = waiting.pop(0)
        chance.again(mark, fixed)
        sentence = build(chance)
        for at in range(len(fixed), len(chance.made)):
            before = [which for _, which, _ in chance.made[:at]]
            waiting += [before + [k] for k in range(1, chance.made[at][2])]
        if sentence is not None:
            found.setdefault(sentence.english, sentence)
        if not found or len(found) > most or len(waiting) > 8 * most:
            return None
    out = list(found.values())
    for other in out[1:]:
        if other.korean() != out[0].korean():
            raise AssertionError("two sentences: %s, %s" % (out[0].korean(), other.korean()))
    return out


def another(build, mark, made):
    """A sentence of the same draw with another English, one decision changed; None: there is none
    (a decision may be about words that were replaced)."""
    chance, taken = Chance(0), [which for _, which, _ in made]
    chance.again(mark, taken)
    english = build(chance).english
    for at, (_, which, count) in enumerate(made):
        for other in range(count):
            if other != which:
                chance.again(mark, taken[:at] + [other])
                sentence = build(chance)
                if sentence is not None and sentence.english != english:
                    return sentence
    return None

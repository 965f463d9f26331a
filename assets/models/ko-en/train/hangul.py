"""Hangul: jamo arithmetic, particles, conjugation and romanisation.

A word is a list of morphs.  A morph is (text, class, gloss), for instance
("갔", "verb-stem", "go (past)").  The boundaries between morphs are what the
tokenizer is asked to keep, so every function here returns morphs.
"""

BASE = 0xAC00
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ["", "ㄱ", "ㄲ", "ㄳ", "ㄴ", "ㄵ", "ㄶ", "ㄷ", "ㄹ", "ㄺ", "ㄻ", "ㄼ", "ㄽ",
          "ㄾ", "ㄿ", "ㅀ", "ㅁ", "ㅂ", "ㅄ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ",
          "ㅍ", "ㅎ"]


def split(syllable):
    """One syllable as (initial number, vowel, final)."""
    n = ord(syllable) - BASE
    return n // 588, VOWELS[n // 28 % 21], FINALS[n % 28]


def join(initial, vowel, final=""):
    return chr(BASE + initial * 588 + VOWELS.index(vowel) * 28 + FINALS.index(final))


def final_of(text):
    return split(text[-1])[2]


def with_final(text, final):
    initial, vowel, _ = split(text[-1])
    return text[:-1] + join(initial, vowel, final)


# ---- particles -----------------------------------------------------------

PARTICLES = {  # name: (after a consonant, after a vowel, gloss)
    "topic": ("은", "는", "(topic)"), "subject": ("이", "가", "(subject)"),
    "object": ("을", "를", "(object)"), "with": ("과", "와", "with/and"),
    "to": ("에", "에", "to/at"), "at": ("에서", "에서", "at/from"),
    "dative": ("에게", "에게", "to (person)"), "dative2": ("한테", "한테", "to (person)"),
    "with2": ("이랑", "랑", "with/and"), "by": ("으로", "로", "by/with"),
    "of": ("의", "의", "of"),
}
SPECIAL = {("나", "subject"): ("내", "가"), ("저", "subject"): ("제", "가"),
           ("너", "subject"): ("네", "가"), ("누구", "subject"): ("누", "가")}


def particle(noun, name):
    """The morph of a particle after a noun."""
    closed, open_, gloss = PARTICLES[name]
    last = final_of(noun)
    vowel = not last or (name == "by" and last == "ㄹ")
    return (open_ if vowel else closed, "particle", gloss)


# ---- conjugation ---------------------------------------------------------

BRIGHT = "ㅏㅗㅑ"
FUSED = {"ㅏ": "ㅏ", "ㅓ": "ㅓ", "ㅐ": "ㅐ", "ㅔ": "ㅔ", "ㅕ": "ㅕ", "ㅗ": "ㅘ", "ㅜ": "ㅝ",
         "ㅣ": "ㅕ", "ㅚ": "ㅙ"}


class Stem:
    """A verb or adjective stem: dictionary form without 다.

    kind: 'verb', 'adjective' or 'exist' (있다, 없다 and what is made of them);
    irregular: '' or one of ㅂ ㄷ ㅎ 르.
    """

    def __init__(self, ko, kind, gloss, irregular=""):
        self.ko, self.kind, self.gloss, self.irregular = ko, kind, gloss, irregular
        self.cls = "verb-stem" if kind == "verb" else "adjective-stem"
        self.hada = len(ko) > 1 and ko.endswith("하")

    def morphs(self, text, extra=""):
        """The stem part `text`, 하- split off: 공부했 is 공부 + 했."""
        gloss = self.gloss + extra
        if self.hada:
            return [(self.ko[:-1], self.cls, self.gloss),
                    (text[len(self.ko) - 1:], "verb-stem", "do" + extra)]
        return [(text, self.cls, gloss)]

    def bare(self):
        return self.morphs(self.ko)

    def infinitive(self):
        """The 아/어 form: (fused text, "") or (stem, "아"/"어")."""
        ko, last = self.ko, self.ko[-1]
        initial, vowel, final = split(last)
        if last == "하":
            return ko[:-1] + "해", ""
        if self.irregular == "ㅂ":
            return ko[:-1] + join(initial, vowel) + ("와" if ko == "돕" else "워"), ""
        if self.irregular == "ㄷ":
            return with_final(ko, "ㄹ"), "아" if vowel in BRIGHT else "어"
        if self.irregular == "ㅎ":
            return ko[:-1] + join(initial, "ㅒ" if vowel == "ㅑ" else "ㅐ"), ""
        if self.irregular == "르":
            bright = split(ko[-2])[1] in BRIGHT
            return with_final(ko[:-1], "ㄹ") + ("라" if bright else "러"), ""
        if final:
            return ko, "아" if vowel in BRIGHT else "어"
        if vowel == "ㅡ":
            bright = len(ko) > 1 and split(ko[-2])[1] in BRIGHT
            return ko[:-1] + join(initial, "ㅏ" if bright else "ㅓ"), ""
        if vowel in FUSED:
            return ko[:-1] + join(initial, FUSED[vowel]), ""
        return ko, "어"

    def close(self, final, ending):
        """Stem before -ㄴ, -ㄹ, -ㅂ: the consonant joins an open syllable, else `ending`."""
        ko = self.ko
        last = final_of(ko)
        if self.irregular == "ㅂ" and final != "ㅂ":
            open_ = ko[:-1] + with_final(ko, "")[-1] + "우"
            return self.morphs(with_final(open_, final))
        if self.irregular == "ㅎ" and final != "ㅂ":
            return self.morphs(with_final(ko, final))
        if self.irregular == "ㄷ" and final != "ㅂ":
            return self.morphs(with_final(ko, "ㄹ")) + [ending]
        if not last or last == "ㄹ":
            return self.morphs(with_final(ko, final))
        return self.morphs(ko) + [ending]

    def past(self):
        text, tail = self.infinitive()
        if tail:
            return self.morphs(text) + [("았" if tail == "아" else "었", "ending", "(past)")]
        return self.morphs(with_final(text, "ㅆ"), " (past)")

    def polite(self):
        text, tail = self.infinitive()
        return self.morphs(text) + [(tail + "요", "ending", "(polite)")]

    def casual(self):
        text, tail = self.infinitive()
        return self.morphs(text) + ([(tail, "ending", "(casual)")] if tail else [])

    def adnominal(self):
        if self.kind == "exist":
            return self.bare() + [("는", "ending", "(modifier)")]
        return self.close("ㄴ", ("은", "ending", "(modifier)"))

    def future(self):
        return self.close("ㄹ", ("을", "ending", "(future)"))


def ending(text, gloss):
    return (text, "ending", gloss)


DA = ending("다", "(statement)")
ENDINGS = {  # (style, question) after 았/었/겠
    ("plain", False): [DA], ("plain", True): [ending("니", "(question)")],
    ("polite", False): [ending("어요", "(polite)")],
    ("polite", True): [ending("어요", "(polite)")],
    ("casual", False): [ending("어", "(casual)")], ("casual", True): [ending("어", "(casual)")],
    ("formal", False): [ending("습니다", "(formal)")],
    ("formal", True): [ending("습니까", "(formal question)")]}
THING = {  # the word after -ㄹ in the future
    ("plain", False): [("것", "noun", "thing"), ending("이", "be"), DA],
    ("plain", True): [("거", "noun", "thing"), ending("니", "(question)")],
    ("polite", False): [("거", "noun", "thing"), ending("예요", "be (polite)")],
    ("polite", True): [("거", "noun", "thing"), ending("예요", "be (polite)")],
    ("casual", False): [("거", "noun", "thing"), ending("야", "be (casual)")],
    ("casual", True): [("거", "noun", "thing"), ending("야", "be (casual)")],
    ("formal", False): [("것", "noun", "thing"), ending("입니다", "be (formal)")],
    ("formal", True): [("것", "noun", "thing"), ending("입니까", "be (formal question)")]}


def present(stem, style, question, loose=False):
    if style == "polite":
        return stem.polite()
    if style == "casual":
        return stem.casual()
    if style == "formal":
        tail = "까" if question else "다"
        gloss = "(formal question)" if question else "(formal)"
        if final_of(stem.ko) not in ("", "ㄹ"):
            return stem.bare() + [ending("습니" + tail, gloss)]
        return stem.close("ㅂ", DA) + [ending("니" + tail, gloss)]
    if question and not loose:
        dropped = with_final(stem.ko, "") if final_of(stem.ko) == "ㄹ" else stem.ko
        return stem.morphs(dropped) + [ending("니", "(question)")]
    if stem.kind != "verb":
        return stem.bare() + [DA]
    if final_of(stem.ko) not in ("", "ㄹ"):
        return stem.bare() + [ending("는다", "(statement)")]
    return stem.close("ㄴ", DA) + [DA]


def conjugate(stem, tense, style, question, loose=False):
    """The finite form as a list of words (two in the -ㄹ 것이다 future).

    tense: present, past, future (-ㄹ 것이다) or will (-겠-); loose: a plain
    question keeps the statement's ending, only the mark tells (간다?).
    """
    if tense == "present":
        return [present(stem, style, question, loose)]
    key = (style, question and not (loose and style == "plain"))
    if tense == "past":
        return [stem.past() + ENDINGS[key]]
    if tense == "will":
        return [stem.bare() + [ending("겠", "will")] + ENDINGS[key]]
    return [stem.future(), list(THING[key])]


# ---- romanisation (Revised Romanisation, inside one piece) ------------------

INITIAL_R = "g kk n d tt r m b pp s ss - j jj ch k t p h".split()
VOWEL_R = ("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i").split()
FINAL_R = {"": "", "ㄱ": "k", "ㄲ": "k", "ㄳ": "k", "ㄴ": "n", "ㄵ": "n", "ㄶ": "n", "ㄷ": "t",
           "ㄹ": "l", "ㄺ": "k", "ㄻ": "m", "ㄼ": "l", "ㅀ": "l", "ㅁ": "m", "ㅂ": "p", "ㅄ": "p",
           "ㅅ": "t", "ㅆ": "t", "ㅇ": "ng", "ㅈ": "t", "ㅊ": "t", "ㅋ": "k", "ㅌ": "t", "ㅍ": "p",
           "ㅎ": "t", "ㄽ": "l", "ㄾ": "l", "ㄿ": "p"}
LINK = {"ㄱ": "g", "ㄲ": "kk", "ㄴ": "n", "ㄷ": "d", "ㄹ": "r", "ㅁ": "m", "ㅂ": "b", "ㅅ": "s",
        "ㅆ": "ss", "ㅈ": "j", "ㅊ": "ch", "ㅋ": "k", "ㅌ": "t", "ㅍ": "p", "ㅎ": "", "ㅀ": "r",
        "ㄶ": "n", "ㄺ": "lg", "ㄼ": "lb", "ㄻ": "lm", "ㅄ": "ps", "ㄵ": "nj"}
NASAL = {"k": "ng", "t": "n", "p": "m"}


def romanise(text):
    """Revised Romanisation with linking and nasalisation inside the text."""
    out, final = [], ""
    for ch in text + "\0":
        hangul = "가" <= ch <= "힣"
        initial, vowel, new = split(ch) if hangul else (None, None, "")
        start = INITIAL_R[initial] if hangul else ""
        tail = FINAL_R[final]
        if hangul and start == "-":
            tail, start = LINK.get(final, tail) if final != "ㅇ" else "ng", ""
        elif hangul and start in ("n", "m") and tail in NASAL:
            tail = NASAL[tail]
        elif hangul and start == "r" and final == "ㄹ":
            start = "l"
        elif hangul and final in ("ㅎ", "ㄶ", "ㅀ") and start in ("g", "d", "j"):
            tail = FINAL_R[final] if final != "ㅎ" else ""
            start = {"g": "k", "d": "t", "j": "ch"}[start]
        out.append(tail + (start + VOWEL_R[VOWELS.index(vowel)] if hangul else ch.strip("\0▁")))
        final = new
    return "".join(out)

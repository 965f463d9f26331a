"""The text tables beside the model: exams, gloss, lexicon, examples."""

import gzip
import os

import corpus
from hangul import romanise
from words import ADJECTIVES, HOMOGRAPHS, SENSES, VERBS, names

EXTRA = [
    ("민수는 책을 읽어요", "Minsu reads a book", "object"),
    ("지영은 커피를 마신다", "Jiyoung drinks coffee", "object"),
    ("고양이가 물고기를 먹었다", "the cat ate the fish", "roles"),
    ("아이가 개를 따라간다", "the child follows the dog", "roles"),
    ("저는 매일 학교에 가요", "I go to school every day", "time"),
    ("우리는 내일 바다에 갈 것이다", "we will go to the sea tomorrow", "future"),
    ("민수는 지영에게 꽃을 줬다", "Minsu gave a flower to Jiyoung", "dative"),
    ("나는 할머니에게 편지를 썼다", "I wrote a letter to the grandmother", "dative"),
    ("나는 개가 있다", "I have a dog", "possession"),
    ("방에 고양이가 있어요", "there is a cat in the room", "existence"),
    ("책이 책상 위에 있다", "there is a book on the desk", "existence"),
    ("민수는 집에 없다", "Minsu is not at home", "existence"),
    ("민수는 학생이다", "Minsu is a student", "copula"),
    ("그녀는 의사가 아닙니다", "she is not a doctor", "copula"),
    ("이것은 내 가방이에요", "this is my bag", "copula"),
    ("나는 영화를 안 봤다", "I did not watch a movie", "negation"),
    ("현우는 김치를 먹지 않는다", "Hyunwoo does not eat kimchi", "negation"),
    ("나는 수영할 수 없다", "I cannot swim", "modal"),
    ("나는 피아노를 배우고 싶다", "I want to learn the piano", "modal"),
    ("민수는 집에 가야 한다", "Minsu must go home", "modal"),
    ("아기가 자고 있다", "the baby is sleeping", "progressive"),
    ("지영은 노래를 부르고 있어요", "Jiyoung is singing a song", "progressive"),
    ("어디에 가요?", "where do you go?", "question"),
    ("무엇을 먹었어요?", "what did you eat?", "question"),
    ("누가 문을 열었어요?", "who opened the door?", "question"),
    ("너는 음악을 좋아하니?", "do you like music?", "question"),
    ("오늘은 날씨가 좋다", "the weather is good today", "weather"),
    ("서울에 비가 왔어요", "it rained in Seoul", "weather"),
    ("내일 눈이 올 것이다", "it will snow tomorrow", "weather"),
    ("머리가 아파요", "my head hurts", "body"),
    ("배가 고파요", "I am hungry", "body"),
    ("밤이 깊다", "the night is deep", "homograph"),
    ("밤을 구웠다", "I roasted a chestnut", "homograph"),
    ("말이 달린다", "the horse runs", "homograph"),
    ("그 말을 믿어요", "I trust that word", "homograph"),
    ("다리를 건넜다", "I crossed a bridge", "homograph"),
    ("다리가 길다", "my leg is long", "homograph"),
    ("사과를 먹어요", "I eat an apple", "homograph"),
    ("사과를 받았다", "I received an apology", "homograph"),
    ("책을 어제 민수가 읽었다", "Minsu read a book yesterday", "scrambled"),
    ("공원에서 친구와 함께 놀았다", "I played in the park with a friend", "companion"),
    ("버스로 학교에 가요", "I go to school by bus", "instrument"),
    ("칼로 빵을 잘랐다", "I cut bread with a knife", "instrument"),
    ("작은 새가 높은 산을 봤다", "the small bird saw the high mountain", "adjective"),
    ("그 영화는 정말 재미있다", "that movie is really fun", "adjective"),
]


def write_text(path, text):
    with open(path + ".tmp", "w", encoding="utf-8") as f:
        f.write(text)
    os.replace(path + ".tmp", path)


def write_rows(path, header, rows):
    write_text(path, "".join("\t".join(r) + "\n" for r in [header] + list(rows)))


def write_exam(folder, name, records):
    """NAME.tsv with every right answer, and NAME_links.tsv with the gold alignment of the first
    (words counted from 1)."""
    write_rows(os.path.join(folder, name + ".tsv"), ("source", "target", "kind"),
               [(r.ko, " || ".join(r.answers), r.kind) for r in records])
    write_rows(os.path.join(folder, name + "_links.tsv"), ("english-korean",),
               [(" ".join("%d-%d" % (e + 1, k + 1) for e, k in r.links),) for r in records])


def pairs_text(records):
    return "".join("\t".join(row) + "\n" for row in [("source", "target", "kind")] +
                   [(r.ko, r.en, r.kind) for r in records])


def write_packed(path, text):
    """By gzip, the same bytes for the same text."""
    with open(path + ".tmp", "wb") as f:
        with gzip.GzipFile("", "wb", 9, f, mtime=0) as packed:
            packed.write(text.encode())
    os.replace(path + ".tmp", path)


def write_examples(path):
    rows = [(ko, en, "long" if "영화관" in ko else "order" if "어제" in ko else "first")
            for ko, en in corpus.ROADMAP]
    write_rows(path, ("source", "target", "kind"), rows + EXTRA)


def gloss_of(piece, glosses):
    """The senses of a piece, most frequent first."""
    senses = glosses.get(piece)
    if not senses:
        return "(syllables)"
    seen = []
    for (_, gloss), _ in sorted(senses.items(), key=lambda item: -item[1]):
        if gloss not in seen:
            seen.append(gloss)
    return " / ".join(seen[:4])


def write_gloss(path, source, glosses):
    special = {"<pad>": "(padding)", "<bos>": "(begin)", "<eos>": "(end)", "<unk>": "(unknown)",
               "▁": "(word start)", "?": "?", ".": "."}
    rows = []
    for piece in source.pieces:
        gloss = special.get(piece) or gloss_of(piece, glosses)
        roman = piece if piece in special and piece != "▁" else romanise(piece.strip("▁"))
        rows.append((piece, gloss, roman or "-"))
    write_rows(path, ("piece", "gloss", "romanisation"), rows)


def english_classes():
    """{English word: class} for the target side, inflected forms included."""
    out = {}
    for senses in SENSES.values():
        for noun in senses:
            for name in names(noun.en):
                for word in name.split() + noun.plural(name).split():
                    out.setdefault(word, set()).add("noun")
    for verb in VERBS:
        for form in (verb.en.base, verb.en.past, verb.en.ing, verb.en.finite("present", "3")):
            out.setdefault(form.split()[0], set()).add("verb")
    for adjective in ADJECTIVES:
        for name in names(adjective.en):
            out.setdefault(name, set()).add("adjective")
    fixed = {"pronoun": "I you he she we they me him her us them it this that there",
             "determiner": "a an the no my your his our their these those",
             "auxiliary": "do does did will would can could cannot must am is are was were be able "
                          "want wants wanted have has had",
             "preposition": "to at in on by with from of under next front behind",
             "adverb": "not quickly slowly quietly hard well again alone early late together soon "
                       "often frequently always sometimes already still usually really very too slightly",
             "time": "yesterday today tomorrow now every day morning afternoon evening night "
                     "weekend Monday Friday Saturday Sunday spring summer autumn winter last year "
                     "week",
             "question-word": "who what where when why", "conjunction": "and"}
    for cls, words in fixed.items():
        for word in words.split():
            out.setdefault(word, set()).add(cls)
    return out


def write_lexicon(path, source, target, glosses):
    """side, piece, class, homograph senses, English: one row per piece that means something."""
    rows = []
    for piece in source.pieces:
        senses = glosses.get(piece, {})
        by_class = {}
        for (cls, gloss), count in sorted(senses.items(), key=lambda item: -item[1]):
            by_class.setdefault(cls, []).append(gloss)
        for cls, found in by_class.items():
            found = list(dict.fromkeys(found))
            word = piece.strip("▁")
            marked = word in HOMOGRAPHS and cls == "noun" and len(SENSES.get(word, ())) > 1
            senses_text = " / ".join(n.en for n in SENSES[word]) if marked else "-"
            rows.append(("source", piece, cls, senses_text, " / ".join(found[:4])))
    english = english_classes()
    for piece in target.pieces:
        if piece in ("s", "ed", "ing", "'s", "?"):
            rows.append(("target", piece, "mark" if piece == "?" else "suffix", "-", piece))
        for cls in sorted(english.get(piece[1:], ())) if piece.startswith("▁") else ():
            rows.append(("target", piece, cls, "-", piece[1:]))
    write_rows(path, ("side", "piece", "class", "senses", "english"), rows)

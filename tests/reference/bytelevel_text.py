"""The text that the byte-level tokenizer learns from, and the texts it is tried on."""

CORPUS = """\
The reader looks at the first word and asks the other words what they know about it.
Each word answers with a number, and the numbers are turned into shares that add to one.
The share of the first word is large when the two words belong together, and small when
they don't. It's the same for the second word, the third word and all the words after.
We're looking at a small machine that reads a sentence and writes another sentence. It's
slow when we walk through it step by step, but that's the point: we've all the time.
I'm reading the numbers in the table. You're reading the names of the rows and columns.
She'll open the first number, he'd open the last one, and they've seen the same thing.
A table with 12 rows and 12 columns has 144 numbers; with 100 rows and 100 columns it has
10000 numbers. In 2017 the paper said that attention is all you need. In 2018 and 2019 the
machines were larger. The first one had 6 layers, the next had 12 layers, then 24 and 48.
What is a layer? A layer is attention and then a feed forward network. What is attention?
Attention is a weighted mean of values. What is a weight?
A weight is a share between 0 and 1.
The cat sees the dog. The dog sees the cat. 
The dog chases the cat; the cat chases the bird!
"Where is the bird?" asks the teacher. "The bird is on the tree," answers the student.
The teacher writes the sentence on the board and the student reads the sentence aloud.
When the student doesn't know a word, the student looks at the words beside it.
The machine does the same: it looks at every word of the sentence, and weighs them all.
First it makes a query, a key and a value for every word. Then it compares the query with
every key, divides the scores by a number, and turns the scores into weights.
Then it adds the values, each multiplied by the weight of its word. There's nothing else.
Several heads work side by side, and each head may look at something different.
One head looks at the next word, another head looks at the word before, a third head looks
at the first word. Together they see more than one head would see alone.
나는 학교에 간다. 너는 학교에 간다. 우리는 학교에서 책을 읽는다.
나는 어제 친구를 만났다. 친구는 어제 영화를 봤다. 우리는 오늘 영화를 본다.
고양이가 개를 본다. 개가 고양이를 본다. 고양이는 작다. 개는 크다.
단어는 숫자가 된다. 숫자는 벡터가 된다. 벡터는 다시 단어가 된다.
선생님은 학생에게 질문을 한다. 학생은 선생님에게 대답을 한다.
학생은 학교에서 책을 읽고 선생님은 칠판에 문장을 쓴다. 나는 친구와 함께 학교에 갔다.
고양이가 나무에 있다. 새가 나무에 있다. 고양이가 새를 쫓는다. 개가 고양이를 쫓는다.
for row in rows:
    for column in columns:
        total = total + row[column] * weight[column]
    return total / len(rows)
"""

SAMPLES = (
    "", " ", "  ", "   ", "a", " a", "  a", "a ", "a  ", "the", " the", "the the", "The",
    "THE CAT", "the first word and the last word", "It's", "it's the dog's", "don't",
    "we've they'll I'm you're he'd", "IT'S", "'s", " 's", "''s", "'", "rock'n'roll",
    "they’re", "can'thave", "'stop", "'really", "12", "2017", " 144", "3.14", "1,000,000",
    "abc123def", "x2", "Ⅷ", "½", "²", "１２", "٣", "!", " !", "!!!", "Wait... what?!",
    "\"Where is the bird?\"", "a-b_c", "(a)", "50%", "$5.00", "e-mail@example.org",
    "나는 학교에 간다", "나는  학교에   간다", "고양이", "꿻뷁", "안녕하세요",
    "\u1112\u1161\u11ab\u1100\u1173\u11af", "ㄱㄴㄷ ㅏㅑ", "나는 school에 간다", "개와 cat과 2마리",
    "🙂", " 🙂", "👩‍💻", "🇰🇷", "A🙂B", "👍🏽!", "é", "e\u0301", "naïve café", "Ünïcödé",
    "日本語", "学校へ行く", "Привет", "ไทย", "हिन्दी",
    "\n", "\n\n", "a\nb", "a\n\nb", "a \nb", "a\n b", "  a\n  b\n", "\ta", "a\tb",
    "a\r\nb",
    "a\n\n\n", "line one\nline two\n", "\u00a0", "a\u00a0b", "a\u3000b", "\u3000a",
    "a \u3000 b", "\u2003x", "\u200bx", "a\u2028b", "\ufeffa", "\x01", "a\x7fb",
    "\\n", "back\\slash", "a|b", "#hash", "# not a comment", "<br>", "…", "—", "“quoted”",
    "for row in rows:\n    return total", "        deep", "~`^", "©®™", "x=y+1", "ÿ",
    "\u0100", "weighted mean of values", "attentionattention",
    "aaaaaaaaaaaaaaaa", "     ", "a     b",
)

#!/bin/bash
# Lessons as a learner and as a teacher use them: the shipped ones are linted and read as
# plain text; one of one's own is written from the README, found, linted and walked; what is
# wrong in a file is told with its place.
# Usage: tests/end/lessons.sh PROGRAM
set -u
root=$PWD
program=$(realpath "$1")
[ -x "$program" ] || { echo "not ok lessons: there is no $1"; exit 1; }
export STEPFORMER_DATA=${STEPFORMER_DATA:-$PWD/assets}
. tests/end/command-lib
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
shipped=$root/lessons/05-self-attention
cd "$folder" || exit 1
export XDG_DATA_HOME=$folder/data XDG_STATE_HOME=$folder/state
export XDG_CACHE_HOME=$folder/cache
unset STEPFORMER_NO_CACHE

run() { # arguments…
    LC_ALL=C.UTF-8 timeout 300 "$program" "$@" <&- >out 2>err
    status=$?
}

good() { # name, text, arguments…
    local name=$1 part=$2
    shift 2
    run "$@"
    if [ $status != 0 ]; then bad "$name" "status $status: $(cat err)"
    elif [ -s err ]; then bad "$name" "on standard error: $(cat err)"
    elif ! grep -qF -- "$part" out; then bad "$name" "no \"$part\" in $(head -c 200 out)"
    elif ! is_safe out; then bad "$name" "unsafe output"
    else ok "$name"; fi
}

# ---- the shipped lessons ----

good 'lint: the shipped lesson' ' claims: ok' lint "$shipped"
if grep -q 'note:' out; then bad 'lint: no ground rule is broken' "$(cat out)"
else ok 'lint: no ground rule is broken'; fi
kept() { find "$XDG_CACHE_HOME" -type f -exec stat -c '%n %i' {} + 2>/dev/null | sort; }
before=$(kept)
if [ -n "$before" ]; then ok 'lint: exams are kept'
else bad 'lint: exams are kept' "nothing in $XDG_CACHE_HOME"; fi
good 'lint: again, from the cache' ' claims: ok' lint "$shipped"
if [ "$(kept)" = "$before" ]; then ok 'lint: no exam is sat again'
else bad 'lint: no exam is sat again' "$(kept)"; fi
good 'lessons: lists it' '05-self-attention' lessons
good 'plain: Korean' '맞힌 비율이 100.0%에서' walk --plain 05-self-attention --lang ko
good 'plain: English' 'Measured: 2.00 times' walk --plain 5 --lang en
if grep -q '–' out; then bad 'plain: every value is resolved' "$(grep '–' out)"
else ok 'plain: every value is resolved'; fi

good 'plain: on another sentence' 'while it read 물을 마신다' walk --plain 5 --lang en --text '물을 마신다'
fails 'walk: a lesson has its own what-ifs' 2 'its own what-ifs' walk 5 --what-if no-scale --keys ''
fails 'walk: no such lesson' 2 'there is no lesson' walk 77 --text '물을 마신다' --keys ''

# ---- one that uses every fence, view and function ----

everything=$root/tests/data/lessons/everything
good 'everything: lint' ' claims: ok' lint "$everything/ko.md" "$everything/en.md"
for language in ko en; do
    good "everything: plain ($language)" '12 / 12' walk --plain everything --lessons "$root/tests/data/lessons" --lang $language
    if grep -q '–' out; then bad "everything: resolved ($language)" "$(grep '–' out)"
    else ok "everything: resolved ($language)"; fi
    for size in 80x24 60x20; do
        good "everything: walk ($language, $size)" '1/12' walk everything --lessons "$root/tests/data/lessons" --lang $language --size $size --keys '' --dump -
    done
done

# ---- one of one's own ----

mkdir -p own/20-mine "$XDG_DATA_HOME/stepformer/lessons/21-home"
lesson() { # file, language; the text of the scene on standard input
    printf -- '---\nid: 20-mine\npart: 20\ntitle: %s\nminutes: 5\ntext: 나는 학교에 간다\n---\n\n## S\n\n' \
        "$2" >"$1"
    cat >>"$1"
}
body='```compute
q = [["질의", 3, 0]]
k = [["가", 3, 3], ["나", 0, 4]]
s = dot(q, k)
```

The score is {{s[1,1]}}.

```assert
s ~ [[9, 0]]
```
'
lesson own/20-mine/ko.md 나의 <<<"$body"
lesson own/20-mine/en.md Mine <<<"$body"
cp own/20-mine/en.md "$XDG_DATA_HOME/stepformer/lessons/21-home/"
good 'own: lint' '2 claims: ok' lint own/20-mine/ko.md own/20-mine/en.md
good 'own: is listed with its folder' 'own/20-mine' lessons --lessons own
good 'own: in the data folder' '21-home' lessons
good 'own: walks by number' 'The score is 9.' walk 20 --lessons own --lang en --keys '' --dump -
good 'own: as plain text' 'The score is 9.' walk --plain 20-mine --lessons own --lang en
fails 'own: a folder that is not there' 1 'there is no such folder' lessons --lessons nowhere

# ---- what is wrong, where ----

faulty() { # name, place and message, the text of the scene
    lesson bad.md Bad <<<"$3"
    run lint bad.md
    if [ $status != 1 ]; then bad "$1" "status $status"
    elif ! grep -qF -- "bad.md:$2" out; then bad "$1" "$(cat out)"
    elif ! is_safe out; then bad "$1" "unsafe output"
    else ok "$1"; fi
}

four() { # the place of the right choice, text of the right one: four questions
    local i k out=''
    for i in 1 2 3 4; do
        out+=$'\n```predict\n? q\n'
        for k in 1 2 3; do
            if [ $k = "${1:$((i - 1)):1}" ]; then out+="- ${2:-yes} | 1 == 1"$'\n'
            else out+="- nay | 1 == 2"$'\n'; fi
        done
        out+=$'```\n'
    done
    printf '%s' "$out"
}
faulty 'lint: one place is right too often' '1: choice 2 is right in 3 of 4' "$(four 2232)"
faulty 'lint: the longest is right too often' '1: the right choice is the longest in 4 of 4' "$(four 1231 'of course')"
faulty 'lint: the answer stands above' '14:1: the right answer stands in the title' $'A heavy cat.\n\n```predict\n? q\n- cat | 1 == 1\n- dog | 1 == 2\n```'
faulty 'lint: a value that other sentences lack' "11:3: on the sentence \"물을 마신다\" a value" "{{encoder.0.self_attn.weights[1,'▁학교',1]}}"
faulty 'lint: a question that other sentences leave open' '12:1: on the sentence "학교" not exactly' $'```predict\n? q\n- a | rows(src.input) > 2\n- b | rows(src.input) < 2\n```'
faulty 'lint: a recall of nothing' '12:1: from: there is no scene 5/99' $'```recall\nfrom: 5/99\ntext: 물\n? q\n- a | 1 == 1\n- b | 1 == 2\n```'
faulty 'lint: a recall of what comes later' '12:1: from: 21/1 is not earlier' $'```recall\nfrom: 21/1\ntext: 물\n? q\n- a | 1 == 1\n- b | 1 == 2\n```'
faulty 'lint: a mistake that is right' '13:1: the mistake "4" comes to' $'```fill\n? q | 2 + 2\nwrong = 4 : no\n```'
lesson bad.md Bad <<<$'```compute\nx = softmax(1)\n```\n\n{{x[1,1]}}\n\n## T\n\n{{sum(x)}}\n\n## U\n\n{{x[1,2]}}'
run lint bad.md
equal 'lint: a line that scenes share is told once' "$(grep -c 'bad.md:[0-9]' out)" 1
faulty 'lint: a fill without a format' '12:1: the question of a fill' $'```fill\n? q\n```'
mkdir -p own/glossary && printf '## score | 점수\n\nscene: 21/1\n\nText.\n' >own/glossary/en.md
run lint own/20-mine/en.md
if [ $status = 1 ] && grep -q 'en.md:9: "score" is used before scene 21/1' out; then ok 'lint: a term before its scene'
else bad 'lint: a term before its scene' "$(cat out)"; fi
rm -r own/glossary
good 'lint: the glossary' ': ok' lint "$root/lessons/glossary"
if cmp -s <(grep '^scene' "$root/lessons/glossary/ko.md") <(grep '^scene' "$root/lessons/glossary/en.md")
then ok 'glossary: one in two languages'
else bad 'glossary: one in two languages' 'other scenes'; fi
good 'help: the glossary' '내적 (dot product)  5/1' help glossary --lang ko

faulty 'lint: a typed number' '11:10: a typed number' 'It takes 28 steps.'
faulty 'lint: an unknown stage' '11:3: encoder.9.x: there is no such' '{{encoder.9.x[1,1]}}'
faulty 'lint: a claim that does not hold' '12:1: the claim' $'```assert\n1 + 1 == 3\n```'
faulty 'lint: two right choices' '12:1: of the choices' $'```predict\n? q\n- a | 1 == 1\n- b | 2 == 2\n```'
faulty 'lint: a wrong function' '12:5: dott: there is no such function' $'```compute\ns = dott([[1]], [[1]])\n```'
faulty 'lint: a wrong what-if' '13:1: what-if no-sun' $'```stage\nfocus: src.input\nwhat-if: no-sun\n```'
faulty 'lint: an open value' '11:1: a value begins here' '{{s[1,1]'
faulty 'lint: HTML' '11:1: HTML' '<b>x</b>'
faulty 'lint: a control character' '11:2: a control character' $'a\033]0;x\007'
faulty 'lint: too large a matrix' '12:5: s would have more' $'```compute\ns = sinusoid(9000, 9000)\n```'
lesson own/20-mine/en.md Mine <<<"${body/0, 4/0, 5}"
run lint own/20-mine
if [ $status = 1 ] && grep -q 'computes something else' out; then ok 'lint: the languages differ'
else bad 'lint: the languages differ' "$(cat out)"; fi
mkdir -p broken/22-bad && cp bad.md broken/22-bad/ko.md && echo '{{' >>broken/22-bad/ko.md
fails 'walk: a lesson that cannot be read' 1 'ko.md:14:1: a value begins here' \
    walk --plain 22 --lessons broken

# Keys from a script meet nothing of earlier runs, and leave nothing.
XDG_CACHE_HOME=$folder/scripted XDG_STATE_HOME=$folder/scripted \
    good 'script: the exam is held' '99.' walk 5 --lang en --keys '>*10 s wait:exam' --dump -
if [ -e scripted ]; then bad 'script: leaves nothing' "$(find scripted)"
else ok 'script: leaves nothing'; fi

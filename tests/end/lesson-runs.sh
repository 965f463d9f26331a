#!/bin/bash
# A teacher's lesson with runs of its own: checked, told, and walked in a real terminal.
# Usage: tests/end/lesson-runs.sh PROGRAM. Prints "ok NAME" and "not ok NAME" lines.
set -u
. tests/end/tmux-lib
export XDG_DATA_HOME=$folder/none XDG_STATE_HOME=$folder/state

front() { # id, title
    printf -- '---\nid: %s\npart: 30\ntitle: %s\nminutes: 5\n' "$1" "$2"
    printf -- 'text: 나는 학교에 간다\n---\n\n'
}

# The body, the same in both languages: what differs is what is said.
body() { # what-if of the run
    cat <<END
## A

\`\`\`run
Blind: what-if=$1
Early: model=ko-en@400
Dog: text='개가 고양이를 쫓는다'; what-if=no-scale
\`\`\`

{{Dog.text}}: {{Dog.encoder.0.norm1['개',1]:.4}} {{Early.exam(intact).sentences}}

\`\`\`stage
focus: Dog.encoder.0.self_attn.scaled[1,'고양이','개']
\`\`\`

\`\`\`assert
max(Blind.src.input - src.embedding_scaled) == 0
max(Early.encoder.1.norm2 - encoder.1.norm2) > 0.01
\`\`\`

## B

\`\`\`stage
focus: Blind.encoder.1.norm2
text: 물을 마신다
pinned: yes
\`\`\`

{{text}} {{Blind.text}}

\`\`\`predict
? Which?
- one | src.input['물',1] == src.input[1,1] and rows(Early.src.input) > 2
- other | rows(Early.src.input) < 3
\`\`\`
END
}

lesson=$folder/lessons/30-runs
mkdir -p "$lesson"
{ front 30-runs Runs; body no-position; } >"$lesson/en.md"
{ front 30-runs 실행; body no-position; } >"$lesson/ko.md"

lint() { "$program" lint "$@" 2>&1; }
has() { # name, text, what was written
    case $3 in *"$2"*) ok "$1" ;; *) not_ok "$1" "'$2' is not in: $3" ;; esac
}

has 'lint finds no fault' ': ok' "$(lint "$lesson")"

{ front 30-runs 실행; body no-mask; } >"$lesson/ko.md"
has 'lint compares the runs of two languages' 'the scene runs something else' \
    "$(lint "$lesson")"
{ front 30-runs 실행; body no-position; } >"$lesson/ko.md"

wrong=$folder/wrong.md
{ front 30-runs W; body no-position | sed '/^pinned/d'; } >"$wrong"
has 'without pinned foreign sentences are tried' 'not exactly one choice' "$(lint "$wrong")"
fault() { # name, what is put into the line of Early, place and text
    { front wrong W; body no-position | sed "s|^Early: .*|$2|"; } >"$wrong"
    has "$1" "wrong.md:$3" "$(lint "$wrong")"
}
fault 'an unknown key' "Early: modle=ko-en@400" '13:8: a run knows'
fault 'an unknown model' "Early: model=ko-fr" '13:14: model ko-fr: there is no such folder'
fault 'a repeated name' "Blind: model=ko-en@400" '13:1: Blind is the name of a run'
fault 'an unknown what-if' "Early: what-if=no-thing" '13:16: '

told=$("$program" walk --plain 30 --lessons "$folder/lessons" --lang en)
has 'the runs are told' 'Run Early: “나는 학교에 간다” · ko-en@400' "$told"
has 'the run of a picture is told' 'Run Blind: “물을 마신다” · no-position' "$told"
has 'a run stands in prose' '개가 고양이를 쫓는다: ' "$told"

start_shell LC_ALL=C.UTF-8 "XDG_STATE_HOME=$folder/state" "XDG_DATA_HOME=$folder/none"
keys "'$program' walk 30 --lessons '$folder/lessons' --lang en" Enter
expect 'the picture tells its run' 'Dog: “개가 고양이를 쫓는다” · no-scale'
expect 'what is off is on the badge' 'what-if: no-scale'
cell=$(screen | grep -oE '\[[0-9]+,[0-9]+,[0-9]+\] = [-0-9.]+' | head -n 1)
[ -n "$cell" ] && ok 'the number is open' || not_ok 'the number is open' "$(screen)"
keys Tab Enter
expect 'the walk is on that run' '개가 고양이를 쫓는다 → '
expect 'with its what-if' 'no-scale'
expect 'at that stage' '[scaled scores]'
expect 'and that number' "$cell"
keys Escape
expect 'back in the lesson' 'Dog: “개가'
keys b
expect 'b shows the run intact' 'before'
missing 'without the badge' 'no-scale'
keys '>'
expect 'a pinned scene' '물을 마신다 물을 마신다'
keys e
expect 'another sentence' '물을 마신다'
keys C-u '개가 잔다' Enter
expect 'stays elsewhere' 'This scene keeps its own sentence'
expect 'the scene keeps its own' '물을 마신다 물을 마신다'
keys '<'
expect 'the other scene reads the new one' '개가 잔다'
expect 'and the run keeps its text' 'Dog: “개가 고양이를 쫓는다”'
keys q
expect 'the shell is back' 'ready>'
exit $bad

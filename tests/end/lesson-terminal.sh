#!/bin/bash
# A lesson in a real terminal (tmux), from home to its end, as a learner walks it.
# Usage: tests/end/lesson-terminal.sh PROGRAM. Prints "ok NAME" and "not ok NAME" lines.
set -u
. tests/end/tmux-lib
export XDG_DATA_HOME=$folder/none XDG_STATE_HOME=$folder/state

start_shell LC_ALL=C.UTF-8 "XDG_STATE_HOME=$folder/state" "XDG_DATA_HOME=$folder/none"
keys "'$program' --lang en" Enter
expect 'home opens' 'The mathematics of self-attention'
keys Down Down Enter
expect 'the lesson opens' 'What you will learn'
keys Tab Enter
expect 'the free walk opens' ' / 118'
expect 'the free walk opens on the cell' 'encoder.1.self_attn.weights'
keys Escape
expect 'a step back leads to the lesson' 'What you will learn'
keys Tab '>'
expect 'the next scene asks' 'What is the dot product'
keys 2
expect 'an answer is judged at once' 'Right.'
for scene in 3 4 5 6 7 8 9 10 11; do
    keys '>'
    expect "scene $scene" " $scene/12 "
    keys s
done
expect 'the exam runs live' '93.3%'
keys '>'
expect 'the last scene' 'What you take with you'
tm resize-window -t walk -x 60 -y 20
expect 'a smaller screen shows one pane' 'Space picture'
keys Tab
expect 'and the other' 'the number opened'
tm resize-window -t walk -x 80 -y 24
keys l
expect 'the language changes in place' '정리'
keys l '<' '<' q
expect 'the shell is back' 'ready>'
keys "clear; '$program' --lang en" Enter
expect 'home remembers' '12/12'
tm resize-window -t walk -x 60 -y 20
keys Down Down r
expect 'one key: the text' '1/12  What you will learn'
keys Space
expect 'one key: the picture' 'A[3,3,4]'
keys PageDown
expect 'one key: the question' '? What is the dot product'
keys Space
expect 'one key: the answer' '✓2 0'
missing 'one key: not what follows the picture' 'Same side 9'
keys PageDown
expect 'one key: the picture again' 'cos 0.71'
keys Space
expect 'one key: the rest' 'Same side 9'
keys PageUp
expect 'one key back' 'cos 0.71'
keys PageUp PageUp
expect 'one key back to the scene before' 'A[3,3,4]'
keys '>' '>' '>' '>' '>' '>' '>' '>' '>' '>' '>'
expect 'the last scene again' ' 12/12 '
for press in 1 2 3 4 5 6 7 8; do
    keys Space
    sleep 0.2
done
expect 'the end leads home, where Space opens nothing' 'That was the end of the lesson.'
keys Enter
expect 'but Enter does' '1/12  What you will learn'
keys Escape
expect 'home again' '12/12'
keys q
expect 'the shell again' 'ready>'
missing 'nothing is left on the screen' 'self-attention'

# A calculation of one's own: a wrong number and a right one, and the wrong one again.
mkdir -p "$folder/own/20-sum"
cat >"$folder/own/20-sum/en.md" <<'END'
---
id: 20-sum
part: 20
title: Sums
minutes: 5
text: 물을 마신다
---

## One

```fill
show: last
? Three times two plus four | 3 * 2 + 4:.1
= times: {{3 * 2}}
= plus: {{3 * 2}} + {{4}}
wrong 1 = 3 * 6 : First times, then plus.
```

```fill
? A half less one | 1 / 2 - 1:.2
```

Both are done.

## Two

b

## Three

c
END
keys "clear; '$program' walk 20 --lessons '$folder/own' --lang en" Enter
expect 'a calculation waits' 'Type the number'
keys 1 9 BSpace 8 Enter
expect 'a wrong number is judged' 'went off in step 1. First times, then plus.'
keys - . 5 Enter
expect 'a right number is judged' 'your answer -.5 · result -0.50'
expect 'and what follows is shown' 'Both are done.'
keys '>' '>'
expect 'the wrong one comes back' 'You had this wrong in scene 1'
keys q
expect 'the shell is back again' 'ready>'
keys "clear; '$program' walk 20 --lessons '$folder/own' --lang en" Enter
expect 'the lesson opens anew' 'Type the number'
keys '>' '>'
expect 'it is still to be asked' 'You had this wrong in scene 1'
keys 1 0 Enter
expect 'and is right now' 'your answer 10 · result 10.0'
keys q
exit $bad

#!/bin/bash
# The program in a real terminal (tmux): walks the sentence, types another one in Korean,
# follows a new size, is stopped and continued, and gives the shell its screen back.
# Usage: tests/end/terminal.sh PROGRAM. Prints "ok NAME" and "not ok NAME" lines.
set -u
. tests/end/tmux-lib

start_shell LC_ALL=C # a locale that is not UTF-8
keys "echo before-the-walk; stty -g > $folder/before" Enter
expect shell-answers before-the-walk
keys "'$program' walk --lang en '나는 학교에 간다'" Enter
expect opens 'src.tokens'
expect draws-hangul-in-the-c-locale '나는 학교에 간다'
keys Space
expect steps-forward 'src.embedding'
keys p
expect steps-back 'src.tokens'
keys N
expect jumps-by-part 'encoder.0.self_attn.q'
keys Enter Down Right Enter
expect opens-a-number 'Q[2,17] ='
keys Enter
expect descends 'src.input'
keys BSpace
expect comes-back 'encoder.0.self_attn.q'
keys l
expect changes-the-language '배정밀도'
keys l
tm resize-window -t walk -x 60 -y 20
expect follows-a-smaller-size 'Backspace back'
tm resize-window -t walk -x 200 -y 60
expect follows-a-larger-size 'made of X'
tm resize-window -t walk -x 80 -y 24
keys e
expect editor 'your sentence'
keys -l '개가 고양이를 쫓는다'
expect types-korean '▁고양이'
keys Enter
expect translates 'the dog chases the cat'
keys C-z
expect stops 'Stopped'
keys fg Enter
expect continues 'the dog chases the cat'
keys q
expect gives-the-screen-back 'before-the-walk'
missing leaves-nothing 'the dog chases the cat'
keys "stty -g > $folder/after; echo after-the-walk" Enter
expect shell-works-again after-the-walk
if cmp -s "$folder/before" "$folder/after"; then
    ok terminal-modes-restored
else
    not_ok terminal-modes-restored "stty differs"
fi
keys "clear; '$program' walk --lang en" Enter
expect opens-again 'src.tokens'
keys C-c
expect interrupt-restores 'ready>'
missing interrupt-leaves-nothing 'src.tokens'
keys "TERM=dumb '$program' walk" Enter
expect refuses-a-dumb-terminal 'walk --plain'
exit $bad

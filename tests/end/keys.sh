#!/bin/bash
# Keys as terminals of all kinds send them, byte by byte, to the program in a real terminal
# (tmux): both forms of the cursor keys, modifiers, a paste, what nobody asked for, and
# emoji that are typed. Usage: tests/end/keys.sh PROGRAM. Prints "ok NAME" and "not ok NAME"
# lines.
set -u
. tests/end/tmux-lib

# Sends the bytes as they are; "$@" goes to paste-buffer.
send() { # bytes
    local bytes=$1
    shift
    tm set-buffer -b keys -- "$bytes"
    tm paste-buffer -b keys -t walk "$@"
}

leads() { # name, bytes, text
    send "$2"
    expect "$1" "$3"
}

# Nothing happens: the screen stays, and so it does when an escape would have been over.
ignored() { # name, bytes
    local before
    before=$(screen)
    send "$2"
    sleep 0.3
    if [ "$(screen)" = "$before" ]; then
        ok "$1 does nothing"
    else
        not_ok "$1 does nothing" "the screen is another one"
        screen | sed 's/^/     /'
    fi
}

start_shell LC_ALL=C.UTF-8
for term in tmux-256color vt100; do
    keys "clear; TERM=$term '$program' walk --lang en '나는 학교에 간다'" Enter
    expect "$term: opens" src.tokens
    leads "$term: ESC [ C" $'\e[C' src.embedding
    leads "$term: ESC O D" $'\eOD' src.tokens
    leads "$term: with Ctrl" $'\e[1;5C' src.embedding
    leads "$term: with Alt" $'\e[1;3D' src.tokens
    leads "$term: PgDn" $'\e[6~' src.embedding
    leads "$term: PgUp" $'\e[5~' src.tokens
    leads "$term: Shift-Tab, Tab" $'\e[Z\t' src.tokens
    leads "$term: F1" $'\eOP' 'help: every key'
    leads "$term: Esc" $'\e' src.tokens
    ignored "$term: Alt and a letter" $'\eb\eq\e가'
    ignored "$term: a key that is none" $'\e[99~\e[1;5X\eOz'
    ignored "$term: the focus" $'\e[I\e[O'
    ignored "$term: the mouse" $'\e[<0;10;20M\e[<0;10;20m\e[M !!\e[32;10;20M'
    ignored "$term: answers of the terminal" \
        $'\e[?62;1c\e]11;rgb:0000/0000/0000\e\\\eP1+r544e\e\\\e[24;80R\e[0n'
    keys q
    expect "$term: quits" 'ready>'
done

keys "clear; '$program' walk --lang en" Enter
expect 'opens' src.tokens
keys e
expect 'the editor' 'your sentence'
send $'학교 👨\u200d👩\u200d👧x👩\u200d❤\ufe0f\u200d💋\u200d👨y'
expect 'emoji are drawn without a joiner' '학교 ? x� y'
keys BSpace BSpace BSpace
expect 'and erased as a whole' 'reads 3 pieces'
missing 'nothing is left of them' '학교 ? x'
keys C-u
send $'나는 간다\e[Aq' -p
expect 'a paste is text' '나는 간다�[Aq'
keys Escape
expect 'Esc leaves the editor' src.tokens
keys q
expect 'quits' 'ready>'
exit $bad

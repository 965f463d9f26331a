#!/bin/bash
# The walk on every kind of terminal, in every locale, and without colours: it opens, steps,
# ends with status 0 and gives the terminal back. What cannot show screens is refused in
# one line. Usage: tests/end/terminals.sh PROGRAM. Prints "ok NAME" and "not ok NAME" lines.
set -u
. tests/end/tmux-lib

# Runs one walk in the shell and tells how it ended: "end-N-STATUS-same" when the modes of
# the terminal are what they were.
cat >"$folder/run" <<'END'
n=$1
shift
stty -g >before
echo "mark-$n"
env "$@"
echo "end-$n-$?-$(stty -g | cmp -s - before && echo same)"
END

# One control sequence that sets a colour: 30-38, 40-48, 90-97 or 100-107.
color=$'\e\\[([0-9;:]*[;:])?(3[0-8]|4[0-8]|9[0-7]|10[0-7])([;:][0-9;:]*)?m'
number=0

# The pane's bytes go through a process of tmux, which may be late.
arrives() { # text
    local i
    for i in $(seq 200); do
        grep -qF -- "$1" "$raw" && return 0
        sleep 0.05
    done
    return 1
}

# Opens, steps and quits; the raw bytes are in $raw. False when something does not come.
walks() { # VARIABLE=VALUE…
    number=$((number + 1))
    raw=$folder/raw-$number
    tm pipe-pane -t walk "cat >$raw"
    keys "clear; sh run $number $* stepformer walk" Enter
    comes src.tokens || { problem="does not open"; return 1; }
    keys Space
    comes src.embedding || { problem="does not step"; return 1; }
    shown=$(screen)
    keys q
    comes "end-$number-0-same" || { problem="does not end well"; return 1; }
    comes 'ready>' || { problem="gives no prompt"; return 1; }
    tm pipe-pane -t walk
    arrives "end-$number-0" || { problem="the raw output is not there"; return 1; }
    problem="leaves the terminal changed"
    [ "$(pane alternate_on)$(pane cursor_flag)$(pane keypad_cursor_flag)" = 010 ]
}

# Where the terminal has a second screen, the first one comes back as it was.
restored() { # TERM
    case $1 in
    linux | vt100 | no-such*) return 0 ;;
    esac
    problem="the screen is not restored"
    screen | grep -q "^mark-$number" && ! screen | grep -q src.embedding
}

# A poor terminal gets only ASCII; on any other one Hangul is drawn.
readable() { # TERM
    case $1 in
    linux | vt100 | no-such*)
        problem="bytes that are not ASCII are sent"
        ! LC_ALL=C grep -q $'[\x80-\xff]' "$raw" && grep -q naneun <<<"$shown"
        ;;
    *)
        problem="Hangul is not drawn"
        grep -q 나는 <<<"$shown"
        ;;
    esac
}

# A type that is not known is taken as the nearest one, which is said before and inside.
noted() { # TERM
    case $1 in
    xterm-new) nearest=xterm-256color ;;
    no-such-terminal) nearest=vt100 ;;
    *) return 0 ;;
    esac
    problem="nothing is said of $nearest"
    [ "$(grep -cF "TERM=$1 -> $nearest" "$raw")" -ge 2 ]
}

colored() { LC_ALL=C grep -qE "$color" "$raw"; }

works() { # TERM, VARIABLE=VALUE…
    local name="$1 $2" has_colors=yes
    case "$name" in
    vt100* | no-such* | *NO_COLOR*) has_colors=no ;;
    esac
    if ! walks "TERM=$1" "$2" || ! noted "$1" || ! restored "$1" || ! readable "$1"; then
        not_ok "$name" "$problem"
        screen | sed 's/^/     /'
    elif [ $has_colors = yes ] && ! colored; then
        not_ok "$name" "there are no colours"
    elif [ $has_colors = no ] && colored; then
        not_ok "$name" "colours are sent"
    else
        ok "$name"
    fi
}

# One line on standard error that names what works there, and status 1.
refused() { # TERM
    number=$((number + 1))
    keys "clear; sh run $number TERM=$1 stepformer walk 2>err" Enter
    if ! comes "end-$number-1-same"; then
        not_ok "TERM=$1 is refused" "does not end with status 1"
    elif [ "$(wc -l <"$folder/err")" != 1 ] ||
        ! grep -q '^stepformer: .*walk --plain' "$folder/err"; then
        not_ok "TERM=$1 is refused" "$(cat "$folder/err")"
    else
        ok "TERM=$1 is refused"
    fi
}

mkdir "$folder/bin"
ln -s "$program" "$folder/bin/stepformer"
start_shell -u LC_ALL -u LC_CTYPE -u LANG -u NO_COLOR -u COLORTERM \
    "-C $folder" "PATH=$folder/bin:\$PATH"
for term in xterm-256color xterm screen tmux-256color linux vt100; do
    for setting in LANG=C LANG=C.UTF-8 LC_ALL=ko_KR.UTF-8 NO_COLOR=1; do
        works $term $setting
    done
done

# Exact colours where COLORTERM tells of them, the palette elsewhere, and none on request.
exact() { # TERM, exact|palette|none, VARIABLE=VALUE…
    local term=$1 wanted=$2 name="colours of $*" is=no palette=no
    shift 2
    if ! walks "TERM=$term" LANG=C.UTF-8 "$@"; then
        not_ok "$name" "$problem"
        return
    fi
    LC_ALL=C grep -q $'\e\\[[0-9;]*48;2;[0-9]*;[0-9]*;[0-9]*' "$raw" && is=yes
    LC_ALL=C grep -q '[34]8;5;' "$raw" && palette=yes
    case $is-$palette-$wanted in
    yes-no-exact | no-yes-palette | no-no-none) ok "$name" ;;
    *) not_ok "$name" "exact $is, palette $palette" ;;
    esac
}
for term in xterm-256color tmux-256color screen-256color foot xterm-kitty; do
    exact $term exact COLORTERM=truecolor TMUX=some
done
exact xterm exact COLORTERM=24bit
exact xterm-256color palette
exact foot palette
exact screen-256color palette COLORTERM=truecolor TMUX=
exact xterm-256color none COLORTERM=truecolor NO_COLOR=1
exact vt100 none COLORTERM=truecolor
refused dumb
for setting in LANG=C LANG=C.UTF-8 NO_COLOR=1; do
    works xterm-new $setting
    works no-such-terminal $setting
done
refused ''

# Where ambiguous characters take two columns, none of them is drawn.
frame=$("$program" walk --lang ko --ambiguous-width 2 --keys 'Right Enter' --dump -)
if ! grep -q src.embedding <<<"$frame" ||
    LC_ALL=C.UTF-8 grep -q '[│─┌┐└┘▁▔√×→█…·ΣΔγβ÷≤°]' <<<"$frame"; then
    not_ok "ambiguous width 2" "ambiguous characters are drawn: $frame"
else
    ok "ambiguous width 2"
fi
exit $bad

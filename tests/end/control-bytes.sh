#!/bin/bash
# No command writes a byte that a terminal could take for a command, whatever it reads: the
# inputs of the fuzz corpora and the broken files of the tests, each in the place where the
# program would read it.
# Usage: tests/end/control-bytes.sh PROGRAM
set -u
program=$(realpath "$1")
[ -x "$program" ] || { echo "not ok control-bytes: there is no $1"; exit 1; }
export STEPFORMER_DATA=${STEPFORMER_DATA:-$PWD/assets}
export LC_ALL=C
unset LANG LC_MESSAGES STEPFORMER_NO_CACHE
corpus=$PWD/tests/fuzz/corpus data=$PWD/tests/data
library=$PWD/tests/end/command-lib
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
. "$library"
cd "$folder" || exit 1
export XDG_STATE_HOME=$folder/state XDG_CACHE_HOME=$folder/cache

# As is_safe, and nothing that hides: marks of direction (U+061C, U+200B, U+200E, U+200F,
# U+2028 to U+202E, U+2060 to U+206F), U+00AD and U+FEFF.
is_clean() { # file
    is_safe "$1" && ! LC_ALL=C grep -qE \
        $'\xd8\x9c|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xc2\xad|\xef\xbb\xbf' "$1"
}

status=0
run() { # arguments…: what it wrote is added to `all`
    timeout 60 "$program" "$@" </dev/null >>all 2>&1
    status=$?
    if [ $status -gt 2 ]; then echo "$(basename "$file"): status $status" >>crashed; fi
}

# The text of a file as an argument: there are no bytes 0 in those.
argument() { tr -d '\0' <"$file"; }

weights() {
    cp -f "$file" m/model.safetensors
    run predict --model m --ids 3,4
}
config() {
    cp -f "$file" m/config.json
    run model --model m
}
tokenizer() {
    cp -f "$file" m/tokenizer.json
    run tokens 'a 나' --model m
}
setting() { run model --model "random:$(argument)"; }
lesson() {
    cp -f "$file" lessons/20-try/en.md
    run lessons --lessons lessons
    run walk --plain 20-try --lessons lessons
}
reading() {
    printf -- '---\nid: 20-try\ntitle: T\ntext: 나\n---\n\n## S\n\n' >lessons/20-try/en.md
    cat "$file" >>lessons/20-try/en.md
    run walk --plain 20-try --lessons lessons
}
address() { run explain '나는' logits "$(argument)"; }
whatif() { run predict '나는' --what-if "$(argument)"; }
# Once each: keys that are pressed ten thousand times are not what this looks for.
script() { run walk '나' --keys "$(argument | sed 's/\*[0-9]*//g')" --dump - --size 40x12; }
text() {
    local word
    word=$(argument)
    run tokens --text "$word"
    run predict --text "$word"
    run walk --plain --text "$word"
    cp -f "$corpus/lesson/plain" lessons/20-try/en.md # which shows the sentence
    run walk --plain 20-try --lessons lessons --text "$word"
    run stages --text "$word" --check
    run show --text "$word" logits
    run explain --text "$word" logits 1,1
    run "$word"
    run "--$word"
    run help "$word"
    run show '나' "$word"
    run lint "$word"
    run figure '나' -o "$word.foo"
    run vocab "$word"
}

fresh() {
    rm -rf m lessons
    mkdir -p m lessons/20-try
    cp "$data/models/post/config.json" "$data/models/post/model.safetensors" m/
    chmod 644 m/*
    : >all
    : >crashed
}

# Looks at all that was written at once; file by file only to name the one at fault.
check() { # name, function, files…
    local name=$1 function=$2
    shift 2
    fresh
    for file in "$@"; do $function; done
    if [ ! -s all ]; then bad "$name" 'nothing was written'
    elif [ -s crashed ]; then bad "$name" "$(cat crashed)"
    elif is_clean all; then ok "$name: $# files"
    else
        for file in "$@"; do
            fresh
            $function
            is_clean all || break
        done
        bad "$name" "$(basename "$file"): $(head -c 200 all | cat -v)"
    fi
}

check weights weights "$corpus"/safetensors/* "$data"/bad/*[!r]
check config config "$corpus"/config/*
check setting setting "$corpus"/config/*
check tokenizer tokenizer "$corpus"/tokenizer/*
check lesson lesson "$corpus"/lesson/*
check 'body of a lesson' reading "$corpus"/reading/*
check address address "$corpus"/address/*
check what-if whatif "$corpus"/whatif/*
check keys script "$corpus"/script/*

# Every character that could do harm, as an argument in every place.
mkdir bytes
for byte in '\001' '\007' '\033[31m' '\177' '\302\205' '\302\233' '\302\255' '\330\234' \
    '\342\200\213' '\342\200\216' '\342\200\256' '\342\201\246' '\357\273\277' '\377' \
    '\355\240\200' '\t' '\n' '\r' '\b' '\360\223\200\200'; do
    printf "a${byte}b" >"bytes/${byte//\\/}"
done
check text text bytes/*

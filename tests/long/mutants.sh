#!/bin/bash
# The faults of tests/mutants, one at a time in a copy of the sources: each must make a test
# fail. One that all its tests let pass, or whose text does not stand in its file exactly
# once, is "not ok". A fault is a file NAME.mutant:
#
#     What it does, in a sentence.
#     file: src/study/decode.c
#     tests: unit:decode end:commands         (items of tests/check/one, the quickest first)
#     --- is
#     the text in the file, of one line or more
#     --- becomes
#     the text in its place
#
# Usage: tests/long/mutants.sh, from the root of the repository; MUTANTS='NAME …' tries
# only these.
set -u
root=$PWD
work=$(mktemp -d)
workers=$(getconf _NPROCESSORS_ONLN)
[ "$workers" -gt 2 ] && workers=2
export CHECK_SECONDS=200 CFLAGS='-O0 -g0'
unset MAKEFLAGS MFLAGS # what a make above this one was given
trap 'rm -rf "$work"' EXIT
trap 'kill $(jobs -p) 2>/dev/null; wait; exit 1' INT TERM

# Prints the file and the tests of a fault, tab between; where a tree is given, applies the
# fault to it. Fails with one line that says why.
fault() { # mutant, tree (may be missing)
    perl -0777 -e '
        my ($mutant, $tree) = @ARGV;
        sub text { open my $f, "<", $_[0] or die "there is no $_[0]\n"; <$f> }
        text($mutant) =~ /\A.+?^file: (\S+)\ntests: (.+?)\n--- is\n(.+?)\n--- becomes\n(.*)\n\z/ms
            or die "the file is not of the form that tests/long/mutants.sh describes\n";
        my ($file, $tests, $is, $becomes) = ($1, $2, $3, $4);
        if (!$tree) { print "$file\t$tests\n"; exit 0 }
        chdir $tree or die "there is no $tree\n";
        my $source = text($file);
        my $count = () = $source =~ /\Q$is\E/g;
        die "does not apply: its text stands $count times in $file\n" unless $count == 1;
        $source =~ s/\Q$is\E/$becomes/;
        open my $out, ">", $file or die "$file cannot be written\n";
        print $out $source;
        print "$file\t$tests\n";' "$@" 2>&1
}

# The programs that the items need.
programs() { # item…
    local item
    for item in "$@"; do
        case $item in
        unit:*) echo "build/check/tests/test_${item#unit:}" ;;
        *) echo build/check/stepformer ;;
        esac
    done | sort -u
}

build() { # jobs, item…
    local jobs=$1
    shift
    make --no-print-directory -s -j"$jobs" BUILD=build/check $(programs "$@") >build.log 2>&1
}

fails() { # item
    tests/check/one "$1" | grep -q '^not ok '
}

# Runs the items until one fails, whose name it prints.
failing() { # item…
    local item
    for item in "$@"; do
        if fails "$item"; then
            echo "$item"
            return 0
        fi
    done
    return 1
}

# Of all items, side by side, those that fail.
all_failing() { # item…
    local item
    for item in "$@"; do
        while [ "$(jobs -rp | wc -l)" -ge "$workers" ]; do wait -n; done
        (fails "$item" && echo "$item") &
    done
    wait
}

# One fault, in the tree that is the current folder.
try() { # mutant
    local name file tests said killer
    name=$(basename "$1" .mutant)
    if ! said=$(fault "$1" "$PWD"); then
        echo "not ok $name: $said"
        return
    fi
    file=${said%%$'\t'*} tests=${said#*$'\t'}
    if ! build 1 $tests; then
        echo "not ok $name: does not compile: $(grep -m 1 -E 'error|[*]{3}' build.log)"
    elif killer=$(failing $tests); then
        echo "ok $name ($killer)"
    else
        echo "not ok $name: survives $tests: $(head -n 1 "$1")"
    fi
    cp "$root/$file" "$file"
}

# Takes faults that no other worker has taken.
work_in() { # tree
    local mutant
    cd "$1" || return
    export CHECK_LOGS=$1.logs STEPFORMER_DATA=$1/assets
    mkdir "$CHECK_LOGS"
    for mutant in $mutants; do
        mkdir "$work/taken-$(basename "$mutant")" 2>/dev/null && try "$mutant"
    done
}

mutants=$(ls "$root"/tests/mutants/*.mutant)
if [ -n "${MUTANTS:-}" ]; then
    mutants=$(printf "$root/tests/mutants/%s.mutant\n" $MUTANTS)
fi

# Without a fault all the tests pass, or their failing would prove nothing.
mkdir "$work/0" "$work/logs"
cp -R Makefile README* src tests assets lessons tools "$work/0"
cd "$work/0" || exit 1
export CHECK_LOGS=$work/logs STEPFORMER_DATA=$work/0/assets
tests=$(for mutant in $mutants; do fault "$mutant" | cut -s -f 2; done | tr ' ' '\n' | sort -u)
if ! build $workers $tests; then
    echo "not ok the sources do not compile: $(grep -m 1 -E 'error|[*]{3}' build.log)"
    exit 1
fi
broken=$(all_failing $tests)
if [ -n "$broken" ]; then
    echo "not ok without a fault already fails:" $broken
    exit 1
fi
echo 'ok the tests pass without a fault'

for ((i = 1; i < workers; i++)); do cp -Rp "$work/0" "$work/$i"; done
for ((i = 0; i < workers; i++)); do work_in "$work/$i" & done
wait

#!/bin/bash
# The pages about the lesson format, lessons/README.md and README.ko.md: they name all that
# the program's tables know, they say the same, and their examples, each as a scene of one
# lesson, are right.
# Usage: tests/end/docs-lessons.sh PROGRAM
set -u
export STEPFORMER_DATA=${STEPFORMER_DATA:-$PWD/assets}
. tests/end/command-lib
program=$(realpath "$1")
[ -x "$program" ] || { echo "not ok docs-lessons: there is no $1"; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_CACHE_HOME=${XDG_CACHE_HOME:-$folder/cache}

# ---- every word of the format ----

# What stands as code, inside of a line or as an example, word by word.
code_words() { # page
    { grep -o '`[^`]*`' "$1"; grep '^    ' "$1"; } | tr -c 'a-zA-Z0-9_-' '\n' | sort -u
}

check_words() { # page
    local page=$1 missing='' count=0 word title=''
    code_words "$page" >"$folder/words"
    while IFS= read -r line; do
        case $line in
        '  '*)
            for word in $line; do
                count=$((count + 1))
                if [ "$title" = fences ]; then
                    grep -qx "    \`\`\`$word" "$page" || missing+=" \`\`\`$word"
                else
                    grep -qx -- "$word" "$folder/words" || missing+=" $word"
                fi
            done
            ;;
        *) title=$line ;;
        esac
    done < <("$program" help lesson-words --lang en)
    if [ $count -lt 100 ]; then bad "$page: every word" "only $count words are known"
    elif [ -n "$missing" ]; then bad "$page: every word" "not explained:$missing"
    else ok "$page names all words of the format"; fi
}

# ---- both pages alike ----

# Headings by level, fences, and what stands as code in the first columns of tables.
outline() { # page
    sed -n -e 's/^\(##*\) .*/\1/p' -e 's/^    ```\([a-z]*\)$/fence \1/p' \
        -e 's/^| \(`[^|]*`\) |.*/row \1/p' "$1" |
        if [ "${2-}" = plain ]; then sed "s/'[^']*'/''/g"; else cat; fi
}

check_alike() {
    outline lessons/README.md plain >"$folder/en"
    outline lessons/README.ko.md plain >"$folder/ko"
    if [ "$(grep -c . "$folder/en")" -lt 80 ]; then bad 'pages alike' "$(head "$folder/en")"
    elif cmp -s "$folder/en" "$folder/ko"; then ok 'both pages have the same outline'
    else bad 'both pages have the same outline' "$(diff "$folder/en" "$folder/ko" | head -n 9)"; fi
}

# ---- the examples ----

# The first example is a whole lesson, every other one a scene.
examples() { # page
    awk '/^    / { line = substr($0, 5)
                   if (!inside && line ~ /^```/) printf "\n## Example\n\n"
                   if (!inside) take = line ~ /^(```|---)/
                   inside = 1; if (take) print line; next }
         /^$/ { if (inside && take) print ""; next }
         { inside = 0 }' "$1"
}

check_examples() { # page, language
    mkdir -p "$folder/my/20-my-lesson"
    examples "$1" >"$folder/my/20-my-lesson/$2.md"
    local fences
    fences=$(grep -c '^```[a-z]' "$folder/my/20-my-lesson/$2.md")
    "$program" lint "$folder/my/20-my-lesson/$2.md" --lang "$2" >"$folder/out" 2>&1
    if [ "$fences" -lt 10 ]; then bad "$1: examples" "only $fences fences"
    elif grep -v 'note:' "$folder/out" | grep -q ': ok$'; then ok "$1: its examples are a lesson"
    else bad "$1: its examples are a lesson" "$(grep -v note: "$folder/out")"; fi
}

for language in en ko; do
    page=lessons/README.md
    [ $language = ko ] && page=lessons/README.ko.md
    check_words $page
    check_examples $page $language
done
check_alike
"$program" lint "$folder/my/20-my-lesson/"{ko,en}.md >"$folder/out" 2>&1
if grep -q 'than in' "$folder/out"; then bad 'both pages compute the same' "$(cat "$folder/out")"
else ok 'both pages compute the same'; fi

#!/bin/sh
# The README's generated blocks, the help and the man page come from the tables.
program=$1
tools/update-docs "$program" --check
for language in en ko; do
    page=$("$program" help man --lang $language)
    for word in predict explain STEPFORMER_DATA; do
        case $page in
        *"$word"*) echo "ok the man page ($language) names $word" ;;
        *) echo "not ok the man page ($language) does not name $word" ;;
        esac
    done
done
for command in $("$program" help markdown-commands --lang en | sed -n 's/^| `\([a-z]*\).*/\1/p'); do
    if "$program" "$command" --help --lang en | grep -q -- '--help'; then
        echo "ok $command --help"
    else
        echo "not ok $command --help prints no options"
    fi
done
# The shell completion is a script that bash takes, and it completes.
words=$("$program" help completion | bash -c '
    . /dev/stdin
    COMP_WORDS=(stepformer predict --what-if no-m) COMP_CWORD=3
    _stepformer; echo "${COMPREPLY[@]}"
    COMP_WORDS=(stepformer exa) COMP_CWORD=1
    _stepformer; echo "${COMPREPLY[@]}"' | tr '\n' ' ')
case $words in
"no-mask exam examples ") echo "ok shell completion" ;;
*) echo "not ok shell completion gives: $words" ;;
esac

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

#!/bin/bash
# The commands as a user runs them: what they print, what they refuse and how, and that no
# failure leaves half of anything behind. Usage: tests/end/commands.sh PROGRAM
set -u
program=$(realpath "$1")
export STEPFORMER_DATA=${STEPFORMER_DATA:-$PWD/assets}
export LC_ALL=C
unset LANG LC_MESSAGES STEPFORMER_NO_CACHE
locale=C language=
[ -x "$program" ] || { echo "not ok commands: there is no $1"; exit 1; }
library=$PWD/tests/end/command-lib
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
export XDG_CACHE_HOME=$dir/cache XDG_STATE_HOME=$dir/state
text='나는 학교에 간다'
random='random:d_model=8,nhead=2,vocab_size=20,seed=1'
map=decoder.0.cross_attn.weights
input=/dev/null

. "$library"

run() { # arguments…
    LC_ALL=$locale LANG=$language timeout 60 "$program" "$@" <"$input" >out 2>err
    status=$?
}

# Status 0, nothing on standard error, and the output holds the text.
good() { # name, text, arguments…
    local name=$1 part=$2
    shift 2
    run "$@"
    if [ $status != 0 ]; then bad "$name" "status $status: $(cat err)"
    elif [ -s err ]; then bad "$name" "on standard error: $(cat err)"
    elif [ -n "$part" ] && ! grep -qF -- "$part" out; then
        bad "$name" "no \"$part\" in $(head -c 200 out)"
    elif ! is_safe out; then bad "$name" "unsafe output"
    else ok "$name"; fi
}

# Any end but a crash or a hang, at most three lines of error, and nothing unsafe.
survives() { # name, arguments…
    local name=$1
    shift
    run "$@"
    if [ $status != 0 ] && [ $status != 1 ]; then bad "$name" "status $status: $(cat err)"
    elif [ "$(wc -l <err)" -gt 3 ]; then bad "$name" "$(wc -l <err) lines of error"
    elif ! is_safe out || ! is_safe err; then bad "$name" "unsafe output"
    else ok "$name"; fi
}

# ---- what they print ----

good 'predict' 'I go to school' predict "$text"
equal 'predict: the first line is the result' "$(head -n 1 out)" 'I go to school'
good 'predict --text' 'I go to school' predict --text "$text"
good 'predict --text=' 'I go to school' predict --text="$text"
good 'predict --engine reference' 'I go to school' predict "$text" --engine reference
good 'predict --threads' 'I go to school' predict "$text" --threads 2
good 'predict --max-tokens' 'I go' predict "$text" --max-tokens 2
equal 'predict --max-tokens: no more' "$(cat out)" 'I go'
good 'predict --json' '"prediction": "I go to school"' predict "$text" --json
good 'predict --target keeps the own output' 'I go to school' predict "$text" --target 'I am'
good 'predict --ids' '' predict --model "$random" --ids 3,4,5
printf '%s' "$text" >typed
input=typed
good 'predict - reads standard input' 'I go to school' predict -
good 'predict --text - reads standard input' 'I go to school' predict --text -
printf '%s\n\n' "$text" >typed
good 'predict - with newlines at the end' 'I go to school' predict -
input=/dev/null
good 'predict: a text that begins with a dash' '' predict --model "$random" --ids 3 --
good 'tokens' '▁학교' tokens "$text"
ids=$(awk '{ print $1 }' out | paste -sd,)
good 'tokens --json' '"text": "▁학교"' tokens "$text" --json
good 'tokens --gloss' 'school' tokens "$text" --gloss
good 'tokens --merges' '학교' tokens "$text" --merges
good 'tokens --side target' 'school' tokens 'I go to school' --side target
good 'tokens reads a text as predict does' '▁학교' tokens "  나는   학교에 간다 "
equal 'tokens: spaces change nothing' "$(awk '{ print $1 }' out | paste -sd,)" "$ids"
good 'predict: the ids of tokens give the same' 'I go to school' predict --ids "$ids,2"
good 'stages' 'encoder.0.self_attn.scores' stages "$text"
good 'stages: formulas' "S' = S / √" stages "$text"
good 'stages --json' '"id": "logits"' stages "$text" --json
good 'stages --check' 'agrees with the reference' stages "$text" --check
good 'stages --check --json' '"max_abs_diff": ' stages "$text" --check --json
good 'stages --check, other engine' 'agrees' stages "$text" --check --engine reference
good 'stages --check, large scores' 'agrees' stages "$text" --check --what-if no-norm
good 'show: rows carry input → predicted' '<bos> → ▁I' show "$text" $map
equal 'show: every head' "$(grep -c '^head ' out)" 4
good 'show: the axes' 'query x key' show "$text" $map
good 'show --head' 'head 2' show "$text" $map --head 2
equal 'show --head: only that one' "$(grep -c '^head ' out)" 1
good 'show --by word' '학교에' show "$text" $map --by word
good 'show --digits' '<eos>' show "$text" $map --head 1 --digits 1
good 'show --gloss' '‘school' show "$text" encoder.0.self_attn.weights --head 1 --gloss
good 'show: ids' '<eos>' show "$text" src.tokens
good 'show: an alias' 'encoder.1.norm2' show "$text" encoder.output
good 'explain: a softmax' 'quotient: exp / sum' explain "$text" $map "1,'I','학교'"
good 'explain: a norm' 'gamma and beta' explain "$text" encoder.0.norm1 1,1
good 'explain: the gradient of a number' 'grad.logits[1,5] · tgt_embedding.weight[5,1]' \
    explain "$text" grad.decoder.1.norm3 1,1 --gradient-of 'logits[1,5]'
good 'explain: uniform attention tells its n' ' 1 / 7 = 0.1429' explain "$text" \
    encoder.0.self_attn.weights 1,1,2 --what-if uniform-attention
good 'explain: uniform attention, a masked key' '0: this key is masked' explain "$text" \
    decoder.0.self_attn.weights 1,1,3 --what-if uniform-attention
good 'explain: an ablated head' '0: this head is switched off' explain "$text" \
    encoder.0.self_attn.context 2,1,1 --what-if ablate@encoder.0.self_attn:2
good 'explain: a part that is off' '0: this part is switched off' explain "$text" \
    encoder.0.ffn.output 1,1 --what-if no-ffn
good 'explain: an input' 'given: an input' explain "$text" src.tokens 1
good 'explain: a predicted token' '▁school' explain "$text" $map "1,>'school','학교'"
good 'explain: --top and --depth' 'the other 6 terms together' explain "$text" \
    encoder.0.self_attn.scores 1,1,1 --top 2 --depth 2 --digits 2
good 'explain: rows of a slice of a weight' 'in_proj_weight[9,' explain --model "$random" \
    --ids 3,4 encoder.0.self_attn.k 1,1
good 'effect' 'measured, with the number' effect "$text" encoder.1.norm2 1,1
good 'effect: the likeliest token of the row' 'row 2: ▁go' effect "$text" $map \
    "1,'I','학교'"
good 'effect: another token' '▁cat' effect "$text" encoder.1.norm2 --top 2 --on cat
good 'effect: a masked score' '-∞' effect "$text" decoder.0.self_attn.masked 1,1,2
fails 'effect: no cell' 2 'CELL is missing' effect "$text" encoder.1.norm2
fails 'effect: ids' 1 'no effect of their own' effect "$text" src.tokens 1
fails 'effect: a row beyond' 2 '--row' effect "$text" logits 1,1 --row 99
pairs=$dir/pairs.tsv
for who in 나는:I 그는:he 너는:you; do
    for what in 밥을:rice 물을:water 책을:books 차를:tea; do
        printf '%s %s 봤다\t%s saw %s\n' "${who%:*}" "${what%:*}" "${who#*:}" "${what#*:}"
    done
done >"$pairs"
small=d_model=8,nhead=2,num_encoder_layers=1,num_decoder_layers=1
good 'train' "--model $dir/trained" train --pairs "$pairs" --out "$dir/trained" \
    --steps 20 --batch 4 --config $small --save-every 10
good 'train: the folder is a model' 'd_model 8' model --model "$dir/trained"
good 'train: a checkpoint is one, too' 'd_model 8' model --model "$dir/trained@10"
good 'train: its exam' 'exact match' exam --model "$dir/trained"
fails 'train: no such checkpoint' 1 'step-0011' model --model "$dir/trained@11"
fails 'train: the folder exists' 1 '--resume' train --pairs "$pairs" --out "$dir/trained"
recurrent=d_model=8,attention=true
good 'train --rnn' "--model $dir/recurrent" train --pairs "$pairs" --out "$dir/recurrent" \
    --steps 20 --batch 4 --rnn --config $recurrent
good 'train --rnn: the folder is a recurrent model' 'attention to the' model \
    --model "$dir/recurrent"
good 'train --rnn: its attention' 'decoder.attn.weights' show '나는 밥을 봤다' \
    decoder.attn.weights --model "$dir/recurrent"
good 'train --rnn: its map' '.png' figure '나는 밥을 봤다' --model "$dir/recurrent" \
    -o "$dir/recurrent.png"
good 'train --rnn: goes on' '' train --resume --out "$dir/recurrent"
fails 'train --rnn: no such key' 1 'nhead' train --pairs "$pairs" --out "$dir/new" --rnn \
    --heads 2
fails 'train: a family that is none' 1 'nothing' train --pairs "$pairs" \
    --out "$dir/new" --config model_type=nothing
"$program" train --pairs "$pairs" --out "$dir/stopped" --steps 100000 --batch 4 \
    --config $small >out 2>err &
for ((i = 0; i < 200; i++)); do
    [ -e "$dir/stopped/state.safetensors" ] && break
    sleep 0.05
done
kill -INT $!
wait $!
equal 'train: stopped by a signal' "$? $(grep -c 'everything is saved' err)" '1 1'
good 'train: what was stopped is a model' 'd_model 8' model --model "$dir/stopped"
good 'train: --resume at the end' 'trained' train --resume --out "$dir/trained"
fails 'train: --resume and a rate' 2 'leave it out' train --resume --out "$dir/trained" \
    --rate 1
gzip -k "$pairs"
good 'train: packed pairs, and F16' "--model $dir/packed" train --pairs "$pairs.gz" \
    --out "$dir/packed" --steps 4 --batch 4 --config $small --precision f16 --save-every 4 \
    --round 2
good 'train: F16 is a model' 'd_model 8' model --model "$dir/packed"
good 'train: and so are its checkpoints' 'd_model 8' model --model "$dir/packed@4"
equal 'train: F16 is written' "$(grep -ac '"F16"' "$dir/packed/model.safetensors") $(
    grep -ac '"F32"' "$dir/packed/model.safetensors")" '1 0'
good 'train: F16 goes on' 'trained' train --resume --out "$dir/packed"
fails 'train: F8' 2 'it can be: f32, f16' train --pairs "$pairs" --out "$dir/new" --precision f8
head -c 40 "$pairs.gz" >"$dir/cut.gz"
fails 'train: packed and cut' 1 'cut.gz' train --pairs "$dir/cut.gz" --out "$dir/new"
good 'train: builtin' "--model $dir/builtin" train --pairs builtin --out "$dir/builtin" \
    --steps 1 --batch 4 --config $small
for file in exam.tsv source_tokenizer.json target_tokenizer.json; do
    equal "train: builtin: $file" "$(cmp "$dir/builtin/$file" \
        "$STEPFORMER_DATA/models/ko-en/$file" && echo same)" same
done
good 'train: builtin goes on' 'trained' train --resume --out "$dir/builtin" --pairs builtin
good 'train: builtin, an exam of one'"'"'s own' 'trained' train --pairs builtin --steps 1 \
    --batch 4 --config $small --exam "$dir/trained/exam.tsv" --pieces 300 --out "$dir/other"
equal 'train: builtin: that exam' "$(cmp "$dir/other/exam.tsv" "$dir/trained/exam.tsv" &&
    echo same)" same
equal 'train: builtin: --pieces learns them' "$(cmp -s "$dir/other/source_tokenizer.json" \
    "$dir/builtin/source_tokenizer.json" || echo differ)" differ
mkdir "$dir/bare"
STEPFORMER_DATA=$dir/bare fails 'train: no builtin' 1 'brings no pairs.tsv.gz' train \
    --pairs builtin --out "$dir/new"
fails 'train: no pairs' 2 '--pairs is missing' train --out "$dir/new"
printf "one\n" >"$dir/none.tsv"
fails 'train: pairs that are none' 1 'none.tsv:1' train --pairs "$dir/none.tsv" --out "$dir/new"
good 'model' 'cross-attention' model
good 'model --head-names' 'encoder.0.self_attn.weights' model --head-names --first 20
good 'model --head-names --json' '"translated"' model --head-names --first 20 --json
fails 'model --head-names: no heads' 1 'no attention heads' model \
    --head-names --model ko-en-rnn
fails 'model: two lists' 2 'give one of' model --head-names --weights
fails 'model: --first alone' 2 'goes with --head-names' model --first 5
fails 'model: no such checkpoint' 1 'no checkpoint of step 7' model --model ko-en@7
fails 'model --head-names: no exam' 1 'exam.tsv' model --head-names --model "$random"
good 'model --json' '"parameters": ' model --json
good 'model random' 'd_model 8' model --model "$random"
good 'vocab' '▁학교' vocab
good 'vocab PIECE' '▁학교' vocab 학교 --gloss
good 'vocab --side target' '▁school' vocab school --side target
good 'examples' 'I go to school' examples
good 'help' 'predict TEXT' help
good '--version' 'stepformer ' --version

# The number that show prints is the one that explain opens.
run show --model "$random" --ids 3,4 src.input --digits 6
shown=$(awk 'NR == 3 { print $2 }' out)
run explain --model "$random" --ids 3,4 src.input 1,1 --digits 6
equal 'explain opens what show prints' "$(awk 'NR == 1 { print $3 }' out)" "$shown"

# ---- two runs, two languages ----

for command in "predict" "stages" "show $map" "explain $map 1,1,1"; do
    set -- $command
    name=$1
    shift
    run "$name" "$text" "$@"
    first=$(cksum <out)
    run "$name" "$text" "$@"
    equal "$name: the same again" "$(cksum <out)" "$first"
    locale=ko_KR.UTF-8 run "$name" "$text" "$@"
    equal "$name: the same in any locale" "$(cksum <out)" "$first"
done
locale=ko_KR.UTF-8 good 'Korean help by the locale' '번역하기' help
locale= language=ko_KR.UTF-8 good 'Korean help by LANG' '번역하기' help
locale=C language=ko_KR.UTF-8 good 'LC_ALL wins over LANG' 'translate' help
locale=ko_KR.UTF-8 good '--lang wins over the locale' 'translate' help --lang en
good '--lang ko' '번역하기' help --lang ko

# ---- every command ----

commands='predict tokens stages show explain trace figure model vocab examples'
arguments() { # command: what it needs, in the array `needs`
    case $1 in
    model | vocab | examples) needs=() ;;
    show) needs=("$text" logits) ;;
    explain) needs=("$text" logits 1,1) ;;
    trace) needs=("$text" --out made) ;;
    figure) needs=("$text" -o made.png) ;;
    *) needs=("$text") ;;
    esac
}
for command in $commands; do
    arguments $command
    good "$command --help" '--lang' "$command" --help
    fails "$command: unknown option" 2 'option --nonsense: unknown' "$command" \
        ${needs+"${needs[@]}"} --nonsense
    fails "$command: unknown language" 2 'it can be: en, ko' "$command" \
        ${needs+"${needs[@]}"} --lang fr
    fails "$command: unknown model" 1 'there is no such folder' "$command" \
        ${needs+"${needs[@]}"} --model /nonexistent
    fails "$command: a model that is a file" 1 'config.json' "$command" \
        ${needs+"${needs[@]}"} --model .
    fails "$command: an argument too many" 2 'an argument too many' "$command" \
        ${needs+"${needs[@]}"} one more
    fails "$command: an option of another command" 2 'does not take it' "$command" \
        ${needs+"${needs[@]}"} --autoplay 3
    if [ ${#needs[@]} -gt 0 ]; then
        fails "$command: without a text" 2 'an argument is missing' "$command"
        fails "$command: an empty text" 1 'the text is empty' "$command" '' "${needs[@]:1}"
        fails "$command: a text of spaces" 1 'the text is empty' "$command" $' \t\n ' \
            "${needs[@]:1}"
    fi
    timeout 60 "$program" "$command" ${needs+"${needs[@]}"} </dev/null >/dev/full 2>err
    status=$?
    equal "$command: a full disk" "$status $(wc -l <err)" "1 1"
    rm -rf made made.png
done

# ---- wrong texts ----

head -c 70000 /dev/zero | tr '\0' x >long
printf '\377\376나는\x80' >invalid
printf '\033[31m나는\007 \302\233 \342\200\256학교에\177' >control
for command in predict tokens stages show figure trace; do
    arguments $command
    fails "$command: 70 kB" 1 'bytes' "$command" "$(cat long)" "${needs[@]:1}"
    survives "$command: invalid UTF-8" "$command" "$(cat invalid)" "${needs[@]:1}"
    survives "$command: control bytes" "$command" "$(cat control)" "${needs[@]:1}"
    rm -rf made made.png
done
survives 'tokens --merges: control bytes' tokens "$(cat control)" --merges
survives 'tokens --json: control bytes' tokens "$(cat control)" --json
survives 'predict --json: control bytes' predict "$(cat control)" --json
survives 'explain: control bytes' explain "$(cat control)" src.input 1,1
input=long
fails 'predict -: 70 kB' 1 'standard input' predict -
input=invalid
survives 'predict -: invalid UTF-8' predict -
printf '나는\0학교에' >nul
input=nul
survives 'predict -: a NUL byte' predict -
input=/dev/null
fails 'predict -: nothing' 1 'the text is empty' predict -
input=.
fails 'predict -: a folder' 1 'standard input' predict -
input=/dev/null
many=$(printf '나는 %.0s' {1..200})
fails 'a text of too many tokens' 1 'this model takes at most' predict "$many"

# ---- wrong ids ----

fails '--ids beyond the vocabulary' 1 'ids are 0 to' predict --ids 99999999
fails '--ids negative' 2 'token ids separated by commas' predict --ids -3
fails '--ids not a number' 2 'token ids separated by commas' predict --ids 3,x
fails '--ids with a hole' 2 'token ids separated by commas' predict --ids 3,,4
fails '--ids huge' 2 'token ids separated by commas' predict --ids 99999999999999999999
fails '--ids empty' 1 'at least one' predict --ids ''
fails '--ids too many' 1 'at most' predict --ids "$(yes 3 | head -n 500 | paste -sd,)"
fails '--ids control bytes' 2 'separated by commas' predict --ids "$(cat control)"
fails '--ids and --text' 2 'give one of them' predict --ids 3 --text a
fails '--ids and a text' 2 'given by --ids' predict "$text" --ids 3
fails '--text and a text' 2 'given by --text' predict "$text" --text a
fails '--target-ids beyond the vocabulary' 1 'ids are 0 to' predict "$text" --target-ids 99999
fails '--target and --target-ids' 2 'give one of them' predict "$text" --target a \
    --target-ids 4
fails '--target too long' 1 'at most' predict "$text" --target "$(printf 'go %.0s' {1..200})"
fails 'a text without a tokenizer' 1 'has no tokenizer' predict "$text" --model "$random"

# ---- wrong places and values ----

fails 'unknown command' 2 'there is no such command' nonsense
fails 'unknown command with control bytes' 2 'there is no such command' "$(cat control)"
fails '--gradient-of outside' 1 'cell part 9999 is outside' show "$text" loss \
    --gradient-of 'logits[1,9999]'
fails '--gradient-of ids' 1 'src.tokens: ids have no gradient' show "$text" loss \
    --gradient-of 'src.tokens[1]'
fails '--gradient-of a gradient' 1 'not from another gradient' show "$text" loss \
    --gradient-of 'grad.logits[1,1]'
fails '--gradient-of with an open bracket' 2 'write STAGE[CELL]' show "$text" loss \
    --gradient-of 'logits[1,1]x'
fails '--gradient-of nothing' 2 'write STAGE[CELL]' show "$text" loss --gradient-of ''
fails '--gradient-of an empty cell' 1 'cell (empty): src.tokens needs row' show "$text" \
    loss --gradient-of src.tokens
fails '--gradient-of without a cell' 1 'logits needs row,column' show "$text" loss \
    --gradient-of logits
fails 'unknown stage' 1 'there is no such stage' show "$text" nonsense
fails 'unknown stage, near ones' 1 'did you mean encoder.0.self_attn.weights' show "$text" \
    encoder.7.self_attn.weights
fails 'unknown stage with control bytes' 1 'no such stage' show "$text" "$(cat control)"
fails 'unknown stage in explain' 1 'there is no such stage' explain "$text" nonsense 1,1
fails 'a head too many' 2 'from 1 to 4' show "$text" $map --head 5
fails 'head 0' 2 'from 1 to 4' show "$text" $map --head 0
fails 'a head that is no number' 2 'from 1 to 4' show "$text" $map --head x
fails 'a stage without heads' 1 'has no heads' show "$text" logits --head 1
fails 'a cell outside' 1 'counts from 1 to' explain "$text" logits 99,1
fails 'a cell of the wrong rank' 1 'head,row,column' explain "$text" $map 1,1
fails 'a cell that is none' 1 'a number' explain "$text" logits x,y
fails 'a label that is none' 1 'not among the labels: 1 <bos>' explain "$text" logits "'x',1"
fails 'a label with control bytes' 1 'not among' explain "$text" logits "'$(cat control)',1"
fails '--digits' 2 'from 0 to 12' show "$text" logits --digits 13
fails '--depth' 2 'from 1 to' explain "$text" logits 1,1 --depth 0
fails '--top' 2 'from 1 to' explain "$text" logits 1,1 --top x
fails '--engine' 2 'fast, reference' predict "$text" --engine slow
fails '--threads' 2 'from 1 to' predict "$text" --threads 0
fails '--max-tokens' 2 'from 1 to' predict "$text" --max-tokens -1
fails '--by' 2 'piece, word' show "$text" $map --by line
fails '--by word where there are none' 2 'only attention' show "$text" logits --by word
fails '--side' 2 'source, target' tokens "$text" --side left
fails '--merges and --json' 2 '--merges' tokens "$text" --merges --json
fails '--format' 2 'npy, csv' trace "$text" --out made --format txt
fails 'an option twice' 2 'given twice' predict "$text" --json --json
fails 'an option without its value' 2 'needs a value' predict "$text" --engine
fails 'a value that is not taken' 2 'takes no value' predict "$text" --json=yes
fails 'an unknown piece' 1 'no piece holds' vocab nonsense
fails 'a random model of a wrong key' 1 'is not a key' model --model random:x=1
fails 'a random model without end' 1 'choose smaller' model \
    --model random:d_model=32768,dim_feedforward=200000,num_encoder_layers=200
fails 'a model name with control bytes' 1 'there is no such folder' model \
    --model "$(cat control)"
fails 'a lesson that is not there' 2 'no lesson 99' walk 99 --plain
fails 'the walk without a terminal' 1 '--plain' walk "$text"

# ---- trace ----

good 'trace' 'stages' trace "$text" --out made
run stages "$text"
equal 'trace: a file for every stage' "$(ls made/*.npy | wc -l)" "$(wc -l <out)"
equal 'trace: nothing else' "$(ls -A made | grep -cv 'npy$')" 1
before=$(cat made/* | cksum)
fails 'trace: a folder that has one' 1 'trace.json: exists already' trace '눈이 온다' \
    --out made
equal 'trace: it stays as it was' "$(cat made/* | cksum)" "$before"
good 'trace --force' 'stages' trace "$text" --out made --force
equal 'trace: the same bytes again' "$(cat made/* | cksum)" "$before"
good 'trace --format csv' 'stages' trace "$text" --out csv --format csv
equal 'trace: ids as csv' "$(cat csv/000-src.tokens.csv)" "$ids,2"
fails 'trace: no such place' 1 'cannot be made' trace "$text" --out nowhere/deep
fails 'trace: a file in its place' 1 'typed' trace "$text" --out typed
fails 'trace: a folder nobody writes' 1 'cannot be' trace "$text" --out /proc/made
equal 'trace: nothing half-written' "$(ls -d nowhere 2>/dev/null)" ''
good 'trace: an odd folder name is shown safely' 'stages' trace "$text" --out $'a\033[31mb'

# ---- figure ----

good 'figure' '' figure "$text" -o a.png
equal 'figure: a PNG' "$(head -c 8 a.png | od -An -tx1 | tr -d ' \n')" 89504e470d0a1a0a
equal 'figure: its settings inside' "$(grep -ac iTXt a.png | sed 's/^[1-9].*/yes/')" yes
equal 'figure: the text inside' "$(grep -aqF "$text" a.png && echo yes)" yes
good 'figure again' '' figure "$text" -o b.png
equal 'figure: the same bytes' "$(cksum <a.png)" "$(cksum <b.png)"
fails 'figure: an existing file' 1 '--force replaces it' figure '눈이 온다' -o a.png
equal 'figure: it stays as it was' "$(cksum <a.png)" "$(cksum <b.png)"
good 'figure --force' '' figure '눈이 온다' -o a.png --force
equal 'figure: replaced' "$(cmp -s a.png b.png && echo same)" ''
good 'figure: any stage' '' figure "$text" --kind matrix --stage src.input -o m.png
good 'figure: all options' '' figure "$text" -o o.png --stage encoder.0.self_attn.weights \
    --head 2 --by word --theme dark --colormap magma --title '제목' --values --digits 2 \
    --range 0,1 --scale 1 --no-special --gloss
mkdir empty.png
fails 'figure: no such folder' 1 'nowhere/x.png' figure "$text" -o nowhere/x.png
fails 'figure: a folder in its place' 1 'a file in it' figure "$text" -o empty.png --force
fails 'figure: no name' 2 'names the picture' figure "$text" -o ''
fails 'figure: standard output' 2 'standard output' figure "$text" -o -
fails 'figure: a place nobody writes' 1 'cannot be written' figure "$text" -o /proc/x.png
fails 'figure: unknown kind' 2 'it can be: ' figure "$text" --kind nonsense -o x.png
fails 'figure: unknown theme' 2 'light, dark' figure "$text" --theme blue -o x.png
fails 'figure: unknown colours' 2 'viridis' figure "$text" --colormap blue -o x.png
for range in auto head row 0,0.5; do
    good "figure: range $range" '' figure "$text" --range $range -o r.png --force
done
fails 'figure: a wrong range' 2 'A < B' figure "$text" --range 1,0 -o x.png
fails 'figure: a wrong scale' 2 'from 0.25 to 16' figure "$text" --scale 0 -o x.png
fails 'figure: unknown stage' 1 'no such stage' figure "$text" --stage x -o x.png
fails 'figure: a stage of ids' 1 'nothing to draw' figure "$text" --stage src.tokens -o x.png
if [ "$(id -u)" != 0 ]; then
    mkdir locked
    chmod 555 locked
    fails 'figure: an unwritable folder' 1 'cannot be written' figure "$text" -o locked/x.png
    fails 'trace: an unwritable folder' 1 'cannot be made' trace "$text" --out locked/x
fi
equal 'figure: nothing half-written' "$(ls -A | grep -c 'x\.png')$(ls -A empty.png)" 0

# ---- what-ifs, the exam, and other ways to decode ----

good 'what-if: predict' 'I am at the <unk>' predict "$text" --what-if uniform-attention
run predict '간다 나는 학교에'
plain=$(cat out)
run predict "$text" --what-if order=3,1,2
equal 'what-if: order is the text in that order' "$(cat out)" "$plain"
run predict "$text" --what-if no-position --what-if ablate@decoder.1.cross_attn:2 --json
first=$(cat out)
run predict "$text" --what-if ablate@decoder.1.cross_attn:2 --what-if no-position --json
equal 'what-if: their order does not matter' \
    "$(grep -v '@\|no-position' out)" "$(grep -v '@\|no-position' <<<"$first")"
run predict "$text" --what-if random-weights=7
first=$(cat out)
run predict "$text" --what-if random-weights=7
equal 'what-if: a seed gives the same weights' "$(cat out)" "$first"
good 'what-if: stages are marked off' '(off)' stages "$text" --what-if no-norm@encoder.0 --check
good 'what-if: trace' 'stages' trace "$text" --what-if no-ffn --out whatif-trace
equal 'what-if: trace.json names it' "$(grep -c '"no-ffn"' whatif-trace/trace.json)" 1
good 'what-if: figure' '' figure "$text" --what-if no-mask -o whatif.png
good 'what-if: help' 'softmax-temperature' help what-ifs
fails 'what-if: unknown' 2 'there are: no-position' predict "$text" --what-if nothing
fails 'what-if: no such place' 1 'places are: encoder' predict "$text" --what-if no-ffn@encoder.9
fails 'what-if: place missing' 2 'a place is needed' predict "$text" --what-if ablate
fails 'what-if: twice' 2 'given twice' predict "$text" --what-if no-ffn --what-if no-ffn
fails 'what-if: order of other words' 1 'has 3 words' predict "$text" --what-if order=2,1
good 'exam' 'exact match' exam --first 20
good 'exam: json' '"exact_match"' exam --first 20 --json
good 'exam: parts' 'no-ffn' exam --first 3 --sweep parts
good 'exam: heads' 'ablate@decoder.1.cross_attn:4' exam --first 1 --sweep heads
fails 'exam: order' 1 'is for one text' exam --what-if order=2,1
fails 'exam: a model without one' 1 'brings no exam' exam --model "$random"

# What was held is taken from the cache: a loss that is changed there comes back.
entries=$XDG_CACHE_HOME/stepformer/exams
rm -rf "$entries"
run exam --first 20
first=$(cat out)
run exam --first 20
equal 'exam: the same again' "$(cat out)" "$first"
equal 'exam: one entry' "$(ls "$entries" | wc -l)" 1
sed -i 's/"loss": "[0-9a-f]*"/"loss": "4059000000000000"/' "$entries"/*.json
good 'exam: from the cache' 'loss 100' exam --first 20
good 'exam: from the cache, as JSON' '"loss": 100' exam --first 20 --json
good 'exam: as a row of a sweep, too' '1.0000   100' exam --first 20 --sweep parts
run exam --first 20 --no-cache
equal 'exam: --no-cache holds it anew' "$(cat out)" "$first"
STEPFORMER_NO_CACHE=1 run exam --first 20
equal 'exam: STEPFORMER_NO_CACHE, too' "$(cat out)" "$first"
good 'exam: the entry is as it was' 'loss 100' exam --first 20
good 'exam: other sentences' 'loss 0.01' exam --first 19
good 'exam: the other engine' 'loss 0.01' exam --first 20 --engine reference
for broken in '' '{' '{"format": 1}' 'other'; do
    for entry in "$entries"/*; do printf %s "$broken" >"$entry"; done
    run exam --first 20
    equal "exam: an entry that is \"$broken\"" "$(cat out)" "$first"
done
run exam --first 20
equal 'exam: is written anew' "$(cat out)" "$first"
HOME= XDG_CACHE_HOME= run exam --first 20
equal 'exam: without a home' "$(cat out)" "$first"
XDG_CACHE_HOME=$dir/out run exam --first 20 # a file
equal 'exam: where nothing can be written' "$(cat out)" "$first"

good 'predict: beam' 'I go to school' predict "$text" --beam 4
good 'predict: steps' '<bos> → ▁I' predict "$text" --show-steps
run predict "$text" --temperature 3 --seed 5
first=$(cat out)
run predict "$text" --temperature 3 --seed 5
equal 'predict: a seed samples the same' "$(cat out)" "$first"
good 'predict: top-k 1 is greedy' 'I go to school' predict "$text" --top-k 1
fails 'predict: beam and sampling' 2 'cannot go with sampling' \
    predict "$text" --beam 2 --top-p 0.5
fails 'predict: length penalty alone' 2 'needs --beam' predict "$text" --length-penalty 1

# ---- the N best, and a beginning that is given ----

good 'predict: best' 'normalised' predict "$text" --beam 4 --best 3
equal 'predict: best: the first line is the result' "$(head -n 1 out)" 'I go to school'
equal 'predict: best: a head and three rows follow' "$(wc -l <out)" 5
equal 'predict: best: falling' "$(sed 1,2d out | awk '{ print $2 }')" \
    "$(sed 1,2d out | awk '{ print $2 }' | sort -gr)"
good 'predict: best in Korean' '길이 보정' predict "$text" --beam 2 --best 2 --lang ko
good 'predict: best --json' '"normalised_score"' predict "$text" --beam 2 --best 2 --json
good 'predict: one beam is greedy' 'I go to school' predict "$text" --beam 1 --best 1
good 'predict: length power' 'I go to school' predict "$text" --beam 4 --length-power 1
good 'predict: length power 0 divides by nothing' '' \
    predict "$text" --beam 2 --best 2 --length-power 0
equal 'predict: both scores are the same then' "$(sed 1,2d out | awk '$1 != $2')" ''
for how in '' '--beam 3' '--temperature 2 --seed 3'; do
    good "predict: prefix $how" '' predict "$text" $how --prefix 'I am'
    equal "predict: prefix $how: the result begins so" "$(head -c 4 out)" 'I am'
done
good 'predict: prefix --json' '"prefix"' predict "$text" --prefix 'I am' --json
for empty in --prefix= '--prefix=  ' --prefix-ids=; do
    good "predict: $empty is no prefix" 'I go to school' predict "$text" "$empty"
done
good 'predict: a prefix that is all of the output' '' \
    predict --model "$random" --ids 3 --prefix-ids 5,6 --max-tokens 2 --beam 2 --best 2
equal 'predict: all of the output: chosen was nothing' "$(sed 1,2d out | tr -s ' ')" \
    ' 0.0000 0.0000 5 6'
good 'predict: a prefix under what-ifs' '' predict "$text" --prefix 'I am' \
    --what-if no-mask --what-if random-weights=3 --what-if order=2,1,3 --beam 2
run predict "$text" --prefix 'I ☃'
equal 'predict: an unknown character in the prefix' "$(grep -c '<unk>: ☃' err)" 1
good 'predict: steps tell what is forced' 'I (forced)' \
    predict "$text" --prefix 'I am' --show-steps
good 'predict: steps tell what is forced, in Korean' 'I (주어짐)' \
    predict "$text" --target 'I am' --show-steps --lang ko
good 'predict: steps after top-k' '' \
    predict "$text" --temperature 2 --top-k 2 --seed 4 --show-steps
equal 'predict: two tokens are left at each step' \
    "$(sed 1d out | awk '{ print NF }' | sort -u)" 8
good 'predict: a forced token that top-k cut' '(cut)' \
    predict "$text" --top-k 1 --prefix 'you' --show-steps
good 'predict: steps after top-p' 'I 1.0000' predict "$text" --top-p 0.5 --show-steps
good 'predict: steps that were stopped' 'go → (stopped)' \
    predict "$text" --max-tokens 2 --show-steps
good 'predict: steps --json' '"how": "forced"' \
    predict "$text" --prefix 'I am' --show-steps --json
# Without the mask the rows of the whole pass have seen what comes later; steps have not.
run predict --model "$random" --ids 3,4 --what-if no-mask --max-tokens 3 --show-steps
steps=$(sed -n 4p out) ids=$(sed -n 1p out | cut -d' ' -f1,2 | tr ' ' ,)
run predict --model "$random" --ids 3,4 --what-if no-mask --max-tokens 2 --show-steps \
    --prefix-ids "$ids"
equal 'predict: steps are those that were gone' "$(sed -n 4p out | cut -d' ' -f8-)" \
    "$(cut -d' ' -f8- <<<"$steps")"

fails 'predict: best without a beam' 2 'needs --beam' predict "$text" --best 2
fails 'predict: more best than beams' 2 'larger --beam' predict "$text" --beam 2 --best 3
fails 'predict: best 0' 2 'from 1 to' predict "$text" --beam 2 --best 0
fails 'predict: length power alone' 2 'needs --beam' predict "$text" --length-power 1
fails 'predict: negative length power' 2 'from 0 to' \
    predict "$text" --beam 2 --length-power -1
fails 'predict: both length divisors' 2 'give one of them' \
    predict "$text" --beam 2 --length-power 1 --length-penalty 1
fails 'predict: both prefixes' 2 'give one of them' \
    predict "$text" --prefix a --prefix-ids 5
fails 'predict: prefix ids beyond the vocabulary' 2 'ids are 0 to' \
    predict "$text" --prefix-ids 5,99999
fails 'predict: prefix ids that are none' 2 'separated by commas' \
    predict "$text" --prefix-ids 5,x
fails 'predict: eos in the prefix' 2 'ends the output' predict "$text" --prefix-ids 5,2
fails 'predict: eos in the prefix as text' 2 'ends the output' predict "$text" \
    --prefix 'I go<eos>'
fails 'predict: a prefix longer than the positions' 2 'at most' \
    predict "$text" --prefix "$(printf 'go %.0s' {1..200})"
fails 'predict: a prefix longer than --max-tokens' 2 'shorten it' \
    predict "$text" --prefix-ids 5,6,7 --max-tokens 2
fails 'predict: a prefix without a tokenizer' 2 'with --prefix-ids' \
    predict --model "$random" --ids 3 --prefix a
fails 'show takes no prefix' 2 'does not take it' show "$text" $map --prefix a

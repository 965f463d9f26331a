#!/bin/bash
# Model folders that are broken or made to harm: each gives one clear error line, soon, with
# little memory and without a crash; what can be opened is shown safely.
# Usage: tests/end/hostile.sh PROGRAM
set -u
program=$(realpath "$1")
[ -x "$program" ] || { echo "not ok hostile: there is no $1"; exit 1; }
export STEPFORMER_DATA=${STEPFORMER_DATA:-$PWD/assets}
export LC_ALL=C
unset LANG LC_MESSAGES
seconds=10
data=$PWD/tests/data
library=$PWD/tests/end/command-lib
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
# The sanitizers map more than any limit; without them one gigabyte must do.
grep -aq __asan_init "$program" || ulimit -v 1000000

. "$library"

run() {
    timeout $seconds "$program" "$@" </dev/null >out 2>err
    status=$?
}

refused() { # name, text: the model in `m` cannot be opened
    fails "$1" 1 "$2" predict --model m --ids 3,4
}

# Status 0 and safe output, also on standard error.
shown() { # name, text, arguments…
    local name=$1 part=$2
    shift 2
    run "$@"
    if [ $status != 0 ]; then bad "$name" "status $status: $(cat err)"
    elif [ -n "$part" ] && ! grep -qF -- "$part" out; then bad "$name" "no \"$part\""
    elif ! is_safe out || ! is_safe err; then bad "$name" "unsafe output"
    else ok "$name"; fi
}

fresh() { # a sound model in `m`
    rm -rf m
    mkdir m
    cp "$data/models/post/config.json" "$data/models/post/model.safetensors" m/
    chmod 644 m/*
    weights=m/model.safetensors config=m/config.json
}

edit() { # file, sed command: only the first match in the file
    LC_ALL=C sed -i "0,\\|$2|s||$3|" "$1"
}

fresh
shown 'the sound model' '' predict --model m --ids 3,4

# ---- weights ----

size=$(wc -c <$weights)
header=$(head -c 8 $weights | od -An -tu8 | tr -d ' ')
for n in 0 1 7 8 9 100 $((header / 2)) $((header + 7)) $((header + 8)) $((header + 9)) \
    $((header + 12)) $((size / 4)) $((size / 2)) $((size - 4)) $((size - 1)); do
    fresh
    head -c $n "$data/models/post/model.safetensors" >$weights
    refused "weights cut at byte $n" 'model.safetensors: '
done
fresh
printf 'x' >>$weights
refused 'weights with a byte too many' 'after the last tensor'
overwrite() { # file, offset, printf format of the bytes
    printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
fresh
overwrite $weights 0 '\377\377\377\377\377\377\377\377'
refused 'a header of 2^64-1 bytes' 'claims a header'
fresh
overwrite $weights 0 '\377\377\377\377\377\377\377\177'
refused 'a header of 2^63-1 bytes' 'claims a header'
fresh
overwrite $weights 0 '\000\341\365\005'
refused 'a header of 100 MB in a small file' 'cut short'
fresh
overwrite $weights 0 '\000\000\000\000'
refused 'a header of nothing' 'not a JSON object'
fresh
overwrite $weights 8 'x'
refused 'a header that is no JSON' 'not a JSON object'
fresh
edit $weights '\[4736,9984\]' '[0736,9984]'
refused 'a number with a leading zero' 'the header'
fresh
edit $weights '\[4736,9984\]' '[4732,9980]'
refused 'overlapping data' 'overlap'
fresh
edit $weights '\[4736,9984\]' '[4740,9988]'
refused 'a gap in the data' 'gap'
fresh
edit $weights '\[4736,9984\]' '[9984,4736]'
refused 'offsets that run backwards' 'data_offsets begin at'
fresh
edit $weights '"shape":\[37,32\]' '"shape":[32,37]'
refused 'a turned shape' 'has shape [32, 37]; config.json asks for [37, 32]'
fresh
edit $weights '"shape":\[37,32\]' '"shape":[99,99]'
refused 'a shape that is not its bytes' 'its shape takes'
fresh
edit $weights '"dtype":"F32"' '"dtype":"I32"'
refused 'whole numbers for weights' 'src_embedding.weight is not F32'
fresh
edit $weights '"dtype":"F32"' '"dtype":"C64"'
refused 'an unknown dtype' 'dtype C64 cannot be read'
fresh
edit $weights 'tgt_embedding.weight' 'src_embedding.weight'
refused 'one name twice' 'duplicate'
fresh
edit $weights 'layers.0.linear1.weight' 'layers.0.linearX.weight'
refused 'a missing weight' 'encoder.layers.0.linear1.weight is missing'
fresh
edit $weights 'src_embedding.weight' 'srx_embedding.weight'
refused 'a missing embedding' 'src_embedding.weight is missing'
for bits in '\000\000\300\177:not a number' '\000\000\200\177:infinite' \
    '\000\000\200\377:infinite'; do
    fresh
    overwrite $weights $((size - 4)) "${bits%%:*}"
    refused "a weight that is ${bits#*:}" "is ${bits#*:}"
done
fresh
edit $weights 'norm1.bias' '\\u001b[31m'
shown 'a name with an escape sequence' '' predict --model m --ids 3,4
fresh
rm $weights
refused 'no weights' 'model.safetensors: cannot be opened'
mkdir $weights
refused 'weights that are a folder' 'not a regular file'
rmdir $weights
mkfifo $weights
refused 'weights that are a pipe' 'not a regular file'
rm $weights
ln -s model.safetensors $weights
refused 'weights that are a link to themselves' 'cannot be opened'
rm $weights
ln -s /dev/zero $weights
refused 'weights that never end' 'not a regular file'

# ---- config ----

fresh
configured() { # name, text, JSON
    printf '%s' "$3" >$config
    refused "$1" "$2"
}
configured 'an empty config' 'config.json:1' ''
configured 'a config that is no JSON' 'config.json:1' 'model_type = transformer'
configured 'a config that is a list' 'instead of an object' '[]'
configured 'a config without a family' 'model_type' '{}'
configured 'an unknown family' 'transformer' '{"model_type":"nonsense"}'
configured 'a family of escape sequences' 'transformer' '{"model_type":"\u001b[31m\u009b"}'
configured 'a config with a NUL' 'config.json' '{"model_type":"trans\u0000former"}'
configured 'a config of one key' 'd_model' '{"model_type":"transformer"}'
printf '{"a":%s' "$(head -c 200000 /dev/zero | tr '\0' '[')" >$config
refused 'a config that nests without end' 'config.json'
head -c 5000000 /dev/zero | tr '\0' ' ' >$config
refused 'a config of 5 MB' 'larger than'
setting() { # name, text, key, value
    fresh
    LC_ALL=C sed -i "s|\"$3\": [^,]*|\"$3\": $4|" $config
    refused "$1" "$2"
}
setting 'heads that do not divide' 'does not divide' nhead 5
setting 'no heads' '"nhead" is 0' nhead 0
setting 'negative heads' '"nhead" is -4' nhead -4
setting 'half a head' 'real number' nhead 4.5
setting 'heads as text' 'a text' nhead '"4"'
setting 'a width that is huge' '"d_model"' d_model 2000000000
setting 'a width beyond 64 bits' 'config.json' d_model 99999999999999999999
setting 'the largest width' 'config.json asks for' d_model 65536
setting 'the largest FFN' 'config.json asks for' dim_feedforward 262144
setting 'the largest vocabulary' 'config.json asks for' src_vocab_size 1000000
setting 'layers that are not there' 'encoder.layers.2.' num_encoder_layers 256
setting 'layers without end' '"num_encoder_layers"' num_encoder_layers 100000000
setting 'another vocabulary' 'config.json asks for' tgt_vocab_size 40
setting 'bos outside' 'outside the source vocabulary' bos_token_id 37
setting 'eos negative' '"eos_token_id" is -1' eos_token_id -1
setting 'epsilon 0' '"layer_norm_eps" is 0' layer_norm_eps 0
setting 'epsilon as text' 'a text' layer_norm_eps '"x"'
setting 'an unknown activation' '"relu" or "gelu"' activation '"\\u001b[31mswish"'
setting 'an unknown position' '"sinusoidal" or "learned"' position '"rotary"'
setting 'learned positions that are not there' 'src_position.weight' position '"learned"'
setting 'no positions' '"max_positions" is 0' max_positions 0
setting 'one key twice' 'duplicate' nhead '4, "nhead": 4'
setting 'a name for a weight that is not there' 'missing' nhead \
    '4, "names": {"src_embedding.weight": "\\u001b[31m"}'
fresh
LC_ALL=C sed -i 's|"max_positions": [^,]*|"max_positions": 1000000|' $config
shown 'a million positions take no memory' '' predict --model m --ids 3,4
fresh
rm $config
refused 'no config' 'config.json: cannot be opened'
mkdir $config
refused 'a config that is a folder' 'not a regular file'
rmdir $config
mkfifo $config
refused 'a config that is a pipe' 'not a regular file'
rm $config
ln -s config.json $config
refused 'a config that is a link to itself' 'cannot be opened'
fresh
if [ "$(id -u)" != 0 ]; then
    chmod 000 $config
    refused 'a config nobody may read' 'Permission denied'
    chmod 644 $config
    chmod 000 $weights
    refused 'weights nobody may read' 'Permission denied'
fi
ln -s loop loop
fails 'a folder that is a link to itself' 1 'there is no such folder' model --model loop
fails 'a file as a model' 1 'there is no such folder' model --model m/config.json

# ---- tokenizer ----

tokenizer=m/tokenizer.json
with_tokenizer() {
    fresh
    cp "$data/tokenizers/metaspace.json" $tokenizer
    chmod 644 $tokenizer
}
with_tokenizer
shown 'the sound tokenizer' '나' tokens '나는' --model m
broken() { # name, text, what, by what
    with_tokenizer
    LC_ALL=C sed -i "s|$3|$4|" $tokenizer
    if cmp -s $tokenizer "$data/tokenizers/metaspace.json"; then
        bad "$1" 'the edit changed nothing'
    else
        refused "$1" "$2"
    fi
}
broken 'an id beyond the vocabulary' 'vocabulary size in config.json is 37' '"ab": 15' \
    '"ab": 3000'
broken 'an id beyond 32 bits' 'tokenizer.json' '"ab": 15' '"ab": 99999999999'
broken 'a negative id' 'tokenizer.json' '"ab": 15' '"ab": -1'
broken 'an id as text' 'tokenizer.json' '"ab": 15' '"ab": "15"'
broken 'one id twice' 'tokenizer.json' '"ab": 15' '"ab": 14'
broken 'another kind of tokenizer' 'tokenizer.json' '"type": "BPE"' '"type": "\\u001b[31m"'
broken 'a tokenizer that is no JSON' 'tokenizer.json:' '"vocab": {' '"vocab": {{'
broken 'a merge of unknown pieces' 'tokenizer.json' '"간 다"' '"\\u001b[31m 다"'
with_tokenizer
: >$tokenizer
refused 'an empty tokenizer' 'tokenizer.json'
rm $tokenizer
mkfifo $tokenizer
refused 'a tokenizer that is a pipe' 'not a regular file'
rm $tokenizer
mkdir $tokenizer
refused 'a tokenizer that is a folder' 'not a regular file'

# Pieces that would command a terminal, in every place where pieces are shown.
with_tokenizer
LC_ALL=C sed -i -e 's|"간다": 10|"\\u001b[31m": 10|' -e 's|"▁나는": 12|"\\u009b2J": 12|' \
    -e 's|"\\u0007": 16|"\\u202e\\u0007": 16|' -e '/"간 다"/d' -e 's|"▁나 는",||' \
    -e 's|"content": "<sep>"|"content": "\\u001b]0;sep\\u0007"|' $tokenizer
[ "$(grep -c 'u001b' $tokenizer)" = 2 ] || bad 'hostile pieces' 'the edits are not there'
all=3,5,10,12,16,17,20,30
shown 'hostile pieces: vocab' '[31m' vocab --model m
shown 'hostile pieces: vocab PIECE' 'sep' vocab sep --model m
shown 'hostile pieces: tokens' '' tokens $'a\033]0;sep\007b' --model m
shown 'hostile pieces: tokens --json' '' tokens $'a\033]0;sep\007b' --model m --json
shown 'hostile pieces: tokens --merges' '' tokens $'a\033]0;sep\007b' --model m --merges
for command in predict 'predict --json' stages 'show src.tokens' 'show logits' \
    'show decoder.0.cross_attn.weights' 'explain src.input 3,1' 'trace --out made' \
    'figure -o made.png' 'walk --plain'; do
    set -- $command
    shown "hostile pieces: $command" '' "$@" --model m --ids $all --target-ids ${all#3,}
done
is_safe made/trace.json && ok 'hostile pieces: trace.json' ||
    bad 'hostile pieces: trace.json' 'unsafe'
fails 'hostile pieces: a label that is none' 1 'not among the labels' explain --model m \
    --ids $all logits "'x',1"

# ---- the small tables ----

with_tokenizer
printf 'piece\tgloss\troman\n나\t\033[31mI\tna\n' >m/gloss.tsv
fails 'a gloss with an escape sequence' 1 'gloss.tsv:2' tokens '나' --model m --gloss
shown 'a faulty gloss stops nothing else' '' predict '나' --model m
printf 'piece\tgloss\troman\n나\tI\n' >m/gloss.tsv
fails 'a gloss with a cell too few' 1 'gloss.tsv:2' vocab --gloss --model m
printf 'source\ttarget\tkind\n나\t\302\2332J\tx\n' >m/examples.tsv
fails 'an example with an escape sequence' 1 'examples.tsv:2' examples --model m
rm m/examples.tsv
mkfifo m/examples.tsv
fails 'examples that are a pipe' 1 'not a regular file' examples --model m
fails 'a model without examples' 1 'brings no examples' examples \
    --model random:d_model=8,nhead=2

#!/bin/bash
# Folders and texts as people have them: tensors that nobody reads and what they cost, notes
# that the walk says too, passes that are not finite, encodings, spaces of all kinds.
# Usage: tests/end/folders.sh PROGRAM
set -u
program=$(realpath "$1")
[ -x "$program" ] || { echo "not ok folders: there is no $1"; exit 1; }
export STEPFORMER_DATA=${STEPFORMER_DATA:-$PWD/assets}
export LC_ALL=C.UTF-8
unset LANG LC_MESSAGES
sound=$PWD/tests/data/models/post
library=$PWD/tests/end/command-lib
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
export XDG_CACHE_HOME=$dir/cache XDG_STATE_HOME=$dir/state
input=/dev/null

. "$library"

run() { # arguments…
    timeout 20 "$program" "$@" --lang en <"$input" >out 2>err
    status=$?
}

equal() { # name, a, b
    if [ "$2" = "$3" ]; then ok "$1"; else bad "$1" "\"$2\" is not \"$3\""; fi
}

says() { # name, text, arguments…: status 0, and the text is in what was printed
    local name=$1 part=$2
    shift 2
    run "$@"
    if [ $status != 0 ]; then bad "$name" "status $status: $(cat err)"
    elif ! cat out err | grep -qF -- "$part"; then bad "$name" "no \"$part\": $(cat out err)"
    elif ! is_safe out || ! is_safe err; then bad "$name" "unsafe output"
    else ok "$name"; fi
}

# The sound folder as `m`, its weights changed by Perl: %h is the header, $data the values,
# $more a number of zero bytes behind them.
make() { # program
    rm -rf m
    mkdir m
    cp "$sound/config.json" m/
    chmod 644 m/config.json
    perl -MJSON::PP -0777 -e '
        open my $in, "<:raw", $ARGV[0] or die; my $all = <$in>;
        my $n = unpack "Q<", $all;
        my %h = %{decode_json substr $all, 8, $n};
        our ($data, $more) = (substr($all, 8 + $n), 0);
        my $size = length $data;
        eval $ARGV[1]; die $@ if $@;
        my $text = encode_json \%h; $text .= " " x (-length($text) % 8);
        open my $out, ">:raw", $ARGV[2] or die;
        print $out pack("Q<", length $text), $text, $data; $out->flush;
        truncate $out, 8 + length($text) + length($data) + $more if $more;
        ' "$sound/model.safetensors" "$1" m/model.safetensors
}

config() { # a line of config.json that comes first
    sed -i "0,/{/s//{ $1,/" m/config.json
}

# ---- tensors that nobody reads ----

make ''
run predict --model m --ids 5,3,9
wish=$(cat out)
make '$h{"t$_"} = {dtype => "F32", shape => [0], data_offsets => [$size, $size]} for 1..20000'
run predict --model m --ids 5,3,9
equal 'unread tensors change nothing' "$(cat out)" "$wish"
equal 'unread tensors: one line' "$(wc -l <err)" 1
equal 'unread tensors: a short line' "$([ "$(wc -c <err)" -lt 300 ] && echo short)" short
run walk --model m --ids 5,3,9 --keys '' --size 80x24 --dump frame
equal 'unread tensors: the walk says so' "$(grep -c 'the model does not use: t1' frame)" 1
says 'unread tensors: the plain walk says so' 'the model does not use: t1, t10' \
    walk --plain --model m --ids 5,3,9
# Two gigabytes of halves would be four as floats: they are not read.
make '$more = 2**31; $h{zz} = {dtype => "F16", shape => [2**30], data_offsets =>
    [$size, $size + $more]}'
(
    grep -aq __asan_init "$program" || ulimit -v 3500000
    run predict --model m --ids 5,3,9
    equal 'a large tensor that is not read' "$(cat out)" "$wish"
)
make '$data = pack("f<", "nan") . $data; $_->{data_offsets} = [map { $_ + 4 }
    @{$_->{data_offsets}}] for grep { ref } values %h; delete $h{__metadata__};
    $h{bad} = {dtype => "F32", shape => [], data_offsets => [0, 4]}'
run predict --model m --ids 5,3,9
equal 'a NaN that is not read' "$(cat out)" "$wish"

# ---- passes that are not finite ----

make '$data = pack("f<", 3e38) x (length($data) / 4)'
for command in predict stages 'show src.input' 'trace --out t' 'figure -o f.png' \
    'walk --plain' 'explain src.input 1,1'; do
    set -- $command
    name=$1
    shift
    fails "not finite: $name" 1 'the pass is not finite' $name --model m --ids 5,3,9 "$@"
done
equal 'not finite: no files' "$(ls)" "$(printf 'err\nframe\nm\nout')"

# ---- where a text begins and ends ----

make ''
first=${wish%% *}
sed -i "s/\"eos_token_id\": 2/\"eos_token_id\": [2, $first]/" m/config.json
run predict --model m --ids 5,3,9
equal 'several end tokens' "$(cat out)" ''
make ''
sed -i 's/"bos_token_id"/"no_bos"/; s/"eos_token_id"/"no_eos"/' m/config.json
says 'no bos' 'note: config.json names no bos_token_id' predict --model m --ids 5,3,9
says 'no eos, said by the walk' 'names no eos_token_id' walk --plain --model m --ids 5
make ''
says 'padding is said' 'the id 0 is padding' predict --model m --ids 5,0,9
says 'padding, said by the walk' 'the id 0 is padding' walk --plain --model m --ids 5,0,9

# ---- files of other systems ----

make ''
printf '\357\273\277%s' "$(cat m/config.json)" >x && mv x m/config.json
says 'a byte-order mark' '2 + 2 layers' model --model m
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n' >m/tokenizer.json
fails 'a Git LFS pointer' 1 'tokenizer.json: is a Git LFS pointer' model --model m

# ---- long labels ----

make ''
piece=$(printf 'x%.0s' {1..600})
cat >m/tokenizer.json <<JSON
{"normalizer": null, "pre_tokenizer": null, "decoder": null, "added_tokens": [],
 "model": {"type": "BPE", "vocab": {"$piece": 5, "y": 6}, "merges": [], "ignore_merges": true}}
JSON
run figure --model m "$piece" --stage encoder.0.self_attn.weights -o f.png
width=$(od -An -tu1 -j16 -N4 f.png | awk '{ print $3 * 256 + $4 + 65536 * $2 }')
equal 'figure: a long label keeps its place' "$([ "$width" -lt 3000 ] && echo narrow)" narrow
rm -f f.png
run walk --model m --text "$piece" --keys '' --size 80x24 --dump frame
equal 'walk: a long label keeps its place' "$(grep -c 'x…  *\[ *5\]' frame)" 1

# ---- texts ----

plain='I go to school'
for text in '\uFEFF나는 학교에 간다' '나는\u00A0학교에 간다' '나는\u3000학교에\u2009간다' \
    '나는 \u200B학교에\u200B 간다' '\u1102\u1161\u1102\u1173\u11AB 학교에 간다' \
    '나는 \u202E학교에 간다\u0007'; do
    printf "$text" >text
    input=text
    run predict --text -
    equal "text: $text" "$(cat out err)" "$plain"
done
printf '\263\252\264\302' >text
fails 'text: CP949' 1 'iconv -f CP949 -t UTF-8' predict --text -
printf 'a\0b\0' >text
fails 'text: UTF-16' 1 'iconv -f UTF-16 -t UTF-8' predict --text -
printf '\377\376\230\260' >text
fails 'text: UTF-16 with its mark' 1 'iconv -f UTF-16 -t UTF-8' predict --text -
printf '나는 \033[31m학교에\033]0;x\007 \u202E간다\u2066' >text
says 'text: nothing commands the terminal' 'Sentence: 나는' walk --plain --text -
run walk --text - --keys '' --size 80x24 --dump frame
if is_safe frame; then ok 'text: nor does a screen'; else bad 'text: nor does a screen' "$(cat frame)"; fi
input=/dev/null
fails 'a target in another encoding' 1 'not UTF-8' predict '나는 간다' --target $'\263\252'
says 'an address is normalised' '학교' explain '학교에 가요' decoder.0.cross_attn.weights \
    "1,1,'$(printf '\u1112\u1161\u11A8\u1100\u116D')'"

#!/bin/bash
# Pictures as PNG, SVG and PDF, read back with tools that others have made: the same picture
# in all three, with its words, the same bytes each time; other endings leave no file.
# Usage: tests/end/pictures.sh PROGRAM
set -u
program=$(realpath "$1")
export STEPFORMER_DATA=${STEPFORMER_DATA:-$PWD/assets}
export LC_ALL=C.UTF-8
library=$PWD/tests/end/command-lib
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
text='나는 학교에 간다'
stage=decoder.1.cross_attn.weights

. "$library"

run() { # arguments…
    timeout 60 "$program" "$@" --lang en </dev/null >out 2>err
    status=$?
}

good() { # name, arguments…
    local name=$1
    shift
    run "$@"
    if [ $status != 0 ] || [ -s err ]; then bad "$name" "$status: $(cat err)"
    else ok "$name"; fi
}

holds() { # name, text, part…
    local name=$1 all=$2 part
    shift 2
    for part in "$@"; do
        grep -qF -- "$part" <<<"$all" || { bad "$name" "no \"$part\" in: $all"; return; }
    done
    ok "$name"
}

in_svg() { # file, element
    xmllint --xpath "string(/*/*[local-name()='$2'])" "$1"
}

# The picture of a PNG with 8 bits a channel: width, height and, for each pixel, its colour
# in hexadecimal, as the text "width height colour colour …".
pixels() { # file
    perl -MCompress::Zlib=uncompress -e '
        open F, "<:raw", $ARGV[0] or die; local $/; my $all = <F>;
        my ($at, $packed, $palette, $width, $height, $type) = (8, "");
        while ($at < length $all) {
            my ($n, $kind) = unpack "N a4", substr $all, $at;
            my $data = substr $all, $at + 8, $n;
            ($width, $height, $type) = unpack "N N x C", $data if $kind eq "IHDR";
            $palette = $data if $kind eq "PLTE";
            $packed .= $data if $kind eq "IDAT";
            $at += $n + 12;
        }
        my $bytes = {2, 3, 3, 1, 6, 4}->{$type} or die "type $type";
        my ($rows, $length, @above) = (uncompress($packed), $bytes * $width);
        print "$width $height";
        for my $y (0 .. $height - 1) {
            my ($filter, @row) = unpack "C*", substr $rows, $y * ($length + 1), $length + 1;
            for my $i (0 .. ($filter ? $#row : -1)) {
                my ($l, $u) = ($i < $bytes ? 0 : $row[$i - $bytes], $above[$i] // 0);
                my $lu = $i < $bytes ? 0 : $above[$i - $bytes] // 0;
                my ($p, $q, $r) = (abs $u - $lu, abs $l - $lu, abs $l + $u - 2 * $lu);
                $row[$i] += (0, $l, $u, $l + $u >> 1,
                    $p <= $q && $p <= $r ? $l : $q <= $r ? $u : $lu)[$filter];
                $row[$i] &= 255;
            }
            for (my $i = 0; $i < $length; $i += $bytes) {
                printf " %s", unpack "H6", $bytes == 1 ? substr $palette, 3 * $row[$i], 3
                    : pack "C3", @row[$i .. $i + 2];
            }
            @above = @row;
        }' "$1"
}

# The colours at places in points (x,y …) of a PNG with two pixels a point.
colours() { # file, places…
    local file=$1
    shift
    pixels "$file" | perl -e '
        my ($width, $height, @pixels) = split / /, <STDIN>;
        my @colours = map { my ($x, $y) = split /,/; $pixels[2 * $y * $width + 2 * $x] } @ARGV;
        print "@colours";' "$@"
}

# ---- one picture, three kinds ----

for kind in png svg pdf; do
    good "figure: $kind" figure "$text" -o "a.$kind"
done
sleep 1.1
for kind in png svg pdf; do
    good "figure: $kind, a second later" figure "$text" -o "b.$kind"
    equal "figure: $kind has the same bytes" "$(cksum <"a.$kind")" "$(cksum <"b.$kind")"
    fails "figure: $kind, an existing file" 1 '--force replaces it' \
        figure '눈이 온다' -o "a.$kind"
    equal "figure: $kind, it stays" "$(cksum <"a.$kind")" "$(cksum <"b.$kind")"
    good "figure: $kind, replaced" figure '눈이 온다' -o "b.$kind" --force
done
equal 'figure: ending in capitals' \
    "$(run figure "$text" -o c.SVG && cmp a.svg c.SVG && echo same)" same

# Rows 1 and 2 look at the columns 1 and 5, and hardly at another.
cells=(151,131 200,131 344,131 151,178 200,178 344,178)
colours=$(colours a.png "${cells[@]}")
equal 'PNG: strong where the weight is' "$colours" \
    '003d4e fefffe ffffff ffffff feffff 004051'
pdftocairo -png -singlefile -r 144 a.pdf drawn
equal 'PDF: the same cells' "$(colours drawn.png "${cells[@]}")" "$colours"

# ---- words ----

equal 'SVG: well-formed' "$(xmllint --noout a.svg 2>&1)" ''
equal 'SVG: title' "$(in_svg a.svg title)" "$text → I go to school"
holds 'SVG: description' "$(in_svg a.svg desc)" "$stage, head 1" \
    'query: <bos> → ▁I, ▁I → ▁go' 'key: ▁나, 는, ▁학교' 'model: ko-en' "text: $text" \
    'prediction: I go to school' 'head: 1'
equal 'SVG: letters are outlines' "$(grep -c '<text' a.svg)" 0
holds 'PDF: text is text' "$(pdftotext -layout a.pdf -)" "$text → I go to school" \
    "$stage, head 1" query key 학교 '<bos>' school
about=$(pdfinfo a.pdf)
holds 'PDF: about' "$about" "Title:           $text → I go to school" "stage: $stage; head: 1" \
    'Creator:         Stepformer' '1970' 'Pages:           1'

# ---- charts with axes ----

small='random:d_model=2,nhead=1,vocab_size=20,seed=4'
for kind in png svg pdf; do
    good "bars: $kind" figure "$text" --kind bars --stage "$stage" --row "'<bos>'" --gloss -o "bars.$kind"
    good "ranking: $kind" figure "$text" --kind ranking --stage logits --theme dark -o "ranking.$kind"
    for plane in vectors points; do
        good "$plane: $kind" figure --ids 5,3,9 --model "$small" --kind $plane \
            --stage src.embedding -o "$plane.$kind"
    done
done
for chart in bars ranking vectors points; do
    equal "$chart: SVG is well-formed" "$(xmllint --noout $chart.svg 2>&1)" ''
done
holds 'bars: labels, numbers, ticks and the row' "$(pdftotext -layout bars.pdf -)" \
    "$stage, head 1 · query <bos>" school 학교 0.997 0.2 0.8
holds 'ranking: ranks, and what is left' "$(pdftotext -layout ranking.pdf -)" \
    '1.' '40.' '<eos>' '… 1,369 more'
holds 'bars: in words' "$(in_svg bars.svg desc)" '- <bos> → I: 나 '
holds 'vectors: in words' "$(in_svg vectors.svg desc)" '- #5: (0.56, -0.84)' 'cos 1.00'
fails 'points: two columns' 1 'needs a matrix with one or two columns' \
    figure "$text" --kind points --stage logits -o points2.png

# ---- nothing but words gets in ----

evil=$'</title><script>alert(1)</script> & ]]> (\\)\x1b[31m\x01'
shown='</title><script>alert(1)</script> & ]]> (\)[31m'
for kind in svg pdf; do
    good "hostile title: $kind" figure "$evil" --title "$evil" -o "evil.$kind"
done
equal 'hostile title: well-formed' "$(xmllint --noout evil.svg 2>&1)" ''
equal 'hostile title: as words' "$(in_svg evil.svg title)" "$shown"
equal 'hostile title: no script' "$(xmllint --xpath 'count(//*[local-name()="script"])' evil.svg)" 0
equal 'hostile title: no control characters' \
    "$(LC_ALL=C grep -c $'[\x01-\x08\x0b-\x1f\x7f]' evil.svg)" 0
holds 'hostile title: PDF' "$(pdfinfo evil.pdf)" "Title:           $shown"

# ---- no seams: cells of one colour that touch are one area, at any size ----

good 'seams: a figure' figure "$text" --kind matrix --stage src.input --range 1e6,2e6 \
    --colormap viridis -o one.pdf
for resolution in 61 97 131; do
    pdftocairo -png -singlefile -r $resolution one.pdf drawn
    gaps=$(pixels drawn.png | perl -e '
        my ($cell, $width, $height, @pixels) = (shift, split / /, <STDIN>);
        my (@box, $gaps);
        for my $y (0 .. $height - 1) {
            for my $x (0 .. $width * 0.84) { # right of that the colour bar stands
                next if $pixels[$y * $width + $x] ne $cell;
                @box = ($x, $y, $x, $y) if !@box;
                $box[0] = $x if $x < $box[0];
                $box[2] = $x if $x > $box[2];
                $box[3] = $y;
            }
        }
        die "no cells\n" if $box[2] - $box[0] < $width / 2;
        for my $y ($box[1] .. $box[3]) {
            for my $x ($box[0] .. $box[2]) { # poppler rounds where areas overlap
                my @is = unpack "C3", pack "H6", $pixels[$y * $width + $x];
                my @wish = unpack "C3", pack "H6", $cell;
                $gaps += grep { abs($is[$_] - $wish[$_]) > 2 } 0 .. 2;
            }
        }
        print 0 + $gaps;' 440154)
    equal "seams: at $resolution dots an inch" "$gaps" 0
done

# ---- screens ----

for kind in png svg pdf; do
    good "walk: $kind" walk "$text" --size 100x30 --png "walk.$kind"
done
equal 'walk: SVG is well-formed' "$(xmllint --noout walk.svg 2>&1)" ''
holds 'walk: SVG has the screen as words' "$(in_svg walk.svg desc)" src.tokens "$text"
holds 'walk: PDF has the screen as text' "$(pdftotext -layout walk.pdf -)" src.tokens "$text"

# ---- no fonts ----

cat >fonts.conf <<CONF
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>$dir/no-such-folder</dir></fontconfig>
CONF
export FONTCONFIG_FILE=$dir/fonts.conf
fails 'no fonts' 1 'no fonts: install fonts-nanum' figure "$text" -o none.png
fails 'no fonts: walk' 1 'no fonts: install fonts-nanum' walk "$text" --png none.png
unset FONTCONFIG_FILE
rm fonts.conf

# ---- other endings ----

before=$(ls -A)
for name in x x.jpg x.png.gz .png png x.pdf/; do
    fails "refused: $name" 2 'ends in .png, .svg or .pdf' figure "$text" -o "$name"
    fails "refused: $name, by walk" 2 'ends in .png, .svg or .pdf' walk "$text" --png "$name"
done
fails 'refused before the model is read' 2 'ends in .png' figure "$text" -o x.jpg --model none
equal 'refused: no file, whole or half' "$(ls -A)" "$before"

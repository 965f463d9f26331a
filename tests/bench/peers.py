"""What the peers take, measured like the program beside it: `name value` lines.

    peers.py pass TOKENS THREADS maps|all    PyTorch: the encoder of bench.c, eager
    peers.py heatmap FILE ROUNDS [W H]       matplotlib: the heat map of bench.c
    peers.py sheet FILE ROUNDS W H           the sheet of 144 heads of bench.c
    peers.py sentence CONFIG.JSON            numpy: one sentence through the model
    peers.py train CONFIG.JSON THREADS       PyTorch: a step of training, 128 sentences
    peers.py pairs RECIPE FILE N             N pairs of the embedded model's grammar

`maps` keeps the attention weights of every head, `all` keeps every stage. Nothing is
printed when the library is not installed. W and H are pixels; else matplotlib chooses.
"""
import os
import sys
import time

LAYERS, WIDTH, HEADS, HIDDEN = 12, 768, 12, 3072


def best(function, rounds):
    """Seconds of the fastest round, the first not counted."""
    function()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def private_kilobytes():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    return float("nan")


# ---- PyTorch ----

def by_equation(torch, layer, x, keep, everything):
    """One post-norm encoder layer as the equations have it."""
    f = torch.nn.functional
    n = x.shape[0]
    stages = [f.linear(x, w, b) for w, b in zip(layer.self_attn.in_proj_weight.chunk(3),
                                                layer.self_attn.in_proj_bias.chunk(3))]
    q, k, v = (s.view(n, HEADS, -1).transpose(0, 1) for s in stages)
    stages += [q.contiguous(), k.contiguous(), v.contiguous()] if everything else []
    scores = q @ k.transpose(1, 2)
    scaled = scores / (WIDTH // HEADS) ** 0.5
    weights = scaled.softmax(-1)
    context = weights @ v
    concat = context.transpose(0, 1).reshape(n, WIDTH)
    output = layer.self_attn.out_proj(concat)
    residual1 = x + output
    norm1 = layer.norm1(residual1)
    hidden = layer.linear1(norm1)
    activation = f.gelu(hidden)
    ffn = layer.linear2(activation)
    residual2 = norm1 + ffn
    norm2 = layer.norm2(residual2)
    keep.append(weights)
    if everything:
        keep += stages + [scores, scaled, context, concat, output, residual1, norm1,
                          hidden, activation, ffn, residual2, norm2]
    return norm2


def by_module(layer, x, keep):
    """The same by torch's own modules."""
    output, weights = layer.self_attn(x, x, x, need_weights=True,
                                      average_attn_weights=False)
    keep.append(weights)
    x = layer.norm1(x + output)
    ffn = layer.linear2(layer.activation(layer.linear1(x)))
    return layer.norm2(x + ffn)


def encoder_pass(tokens, threads, everything):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)
    import torch
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    layers = [torch.nn.TransformerEncoderLayer(WIDTH, HEADS, HIDDEN, 0.0, "gelu",
                                               batch_first=True).eval()
              for _ in range(LAYERS)]
    x = torch.randn(tokens, WIDTH)
    keep = []

    def equations():
        keep.clear()
        y = x
        for layer in layers:
            y = by_equation(torch, layer, y, keep, everything)

    def modules():
        keep.clear()
        y = x[None]
        for layer in layers:
            y = by_module(layer, y, keep)

    if everything:
        equations()
        print("anon", private_kilobytes())
    else:
        print("seconds", min(best(equations, 4), best(modules, 4)))


# ---- numpy ----

SENTENCE = 8  # tokens on either side, as in most sentences of the exam


def one_sentence(path):
    """A transformer of that shape, straight from the equations: the encoder once, then
    greedy decoding token by token, each time over all the rows so far."""
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    import json
    import numpy as np
    with open(path) as file:
        c = json.load(file)
    d, heads = c["d_model"], c["nhead"]
    draw = np.random.default_rng(1).standard_normal

    def weight(*shape):
        return draw(shape, dtype=np.float32) / np.float32(shape[-1] ** 0.5)

    def attention():
        return [weight(d, d) for _ in range(4)], [weight(d) for _ in range(4)]

    def layer(attentions):
        norms = [(weight(d), weight(d)) for _ in range(attentions + 1)]
        ffn = (weight(c["dim_feedforward"], d), weight(c["dim_feedforward"]),
               weight(d, c["dim_feedforward"]), weight(d))
        return [attention() for _ in range(attentions)], ffn, norms

    def attend(x, memory, weights, mask):
        (wq, wk, wv, wo), (bq, bk, bv, bo) = weights
        q, k, v = (a.reshape(len(a), heads, -1).transpose(1, 0, 2)
                   for a in (x @ wq.T + bq, memory @ wk.T + bk, memory @ wv.T + bv))
        scores = q @ k.transpose(0, 2, 1) / np.float32((d // heads) ** 0.5) + mask
        exps = np.exp(scores - scores.max(-1, keepdims=True))
        mix = (exps / exps.sum(-1, keepdims=True)) @ v
        return mix.transpose(1, 0, 2).reshape(len(x), d) @ wo.T + bo

    def norm(x, gamma_beta):
        x = x - x.mean(-1, keepdims=True)
        variance = (x * x).mean(-1, keepdims=True)
        return x / np.sqrt(variance + np.float32(1e-5)) * gamma_beta[0] + gamma_beta[1]

    def run(layers, x, memories):
        for attentions, (w1, b1, w2, b2), norms in layers:
            for weights, (memory, mask), n in zip(attentions, memories, norms):
                x = norm(x + attend(x, x if memory is None else memory, weights, mask), n)
            x = norm(x + np.maximum(x @ w1.T + b1, 0) @ w2.T + b2, norms[-1])
        return x

    encoder = [layer(1) for _ in range(c["num_encoder_layers"])]
    decoder = [layer(2) for _ in range(c["num_decoder_layers"])]
    source = weight(c.get("src_vocab_size", c.get("vocab_size")), d)
    target = weight(c.get("tgt_vocab_size", c.get("vocab_size")), d)
    ids = np.arange(SENTENCE)
    causal = np.where(ids[:, None] >= ids, np.float32(0), np.float32("-inf"))
    scale = np.float32(d ** 0.5)

    def sentence():
        memory = run(encoder, source[ids] * scale, [(None, np.float32(0))])
        out = [1]
        while len(out) <= SENTENCE:
            n = len(out)
            rows = run(decoder, target[out] * scale,
                       [(None, causal[:n, :n]), (memory, np.float32(0))])
            out.append(int((rows[-1] @ target.T).argmax()))
        return out

    print("seconds", best(sentence, 200))


# ---- training ----

def training_step(path, threads):
    """The embedded model and its loss on 128 sentences without any padding, of about the
    mean lengths of its corpus; AdamW and the clipping of gradients, too."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)
    import json
    import torch
    from peer_model import Translator
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    with open(path) as file:
        sizes = json.load(file)
    model = Translator(sizes)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.98), eps=1e-9)
    source = torch.randint(4, sizes["src_vocab_size"], (128, 10))
    target = torch.randint(4, sizes["tgt_vocab_size"], (128, 9))

    def step():
        logits = model(source, target[:, :-1])[0]
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1),
                                                 target[:, 1:].flatten(), ignore_index=0)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()

    print("step", best(step, 60))


def write_pairs(recipe, path, count):
    sys.path.insert(0, recipe)
    import bpe
    import corpus
    folder = os.path.dirname(recipe)
    letters = bpe.load(os.path.join(folder, "source_tokenizer.json")).letters
    with open(path, "w", encoding="utf-8") as file:
        for r in corpus.training(101, count, letters):
            file.write(f"{r.ko}\t{r.en}\n")
    print("pairs", count)


# ---- matplotlib ----

def heatmap(path, rounds, pixels):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    n = 12
    values = [[(r * 7 + c * 13) % 17 / 16 for c in range(n)] for r in range(n)]
    size = [p / 100 for p in pixels] or None
    labels = [f"word {i + 1}" for i in range(n)]

    def draw():
        figure, axes = plt.subplots(figsize=size, dpi=100)
        image = axes.imshow(values, vmin=0, vmax=1)
        axes.set_xticks(range(n), labels, rotation=45)
        axes.set_yticks(range(n), labels)
        axes.set_xlabel("key")
        axes.set_ylabel("query")
        axes.set_title("attention")
        figure.colorbar(image)
        figure.savefig(path)
        plt.close(figure)

    if rounds == 0:
        draw()
    else:
        print("seconds", best(draw, rounds))


def sheet(path, rounds, pixels):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    n = 12
    values = [[(r * 7 + c * 13) % 17 / 16 for c in range(n)] for r in range(n)]

    def draw():
        figure, all_axes = plt.subplots(n, n, figsize=[p / 100 for p in pixels], dpi=100)
        for layer, row in enumerate(all_axes):
            for head, axes in enumerate(row):
                image = axes.imshow(values, vmin=0, vmax=1)
                axes.set_xticks([])
                axes.set_yticks([])
                if layer == 0:
                    axes.set_title(f"{head + 1}")
                if head == 0:
                    axes.set_ylabel(f"encoder {layer}")
        figure.suptitle("attention")
        figure.colorbar(image, ax=all_axes)
        figure.savefig(path)
        plt.close(figure)

    print("seconds", best(draw, rounds))


def main(what, *arguments):
    try:
        if what == "pass":
            encoder_pass(int(arguments[0]), int(arguments[1]), arguments[2] == "all")
        elif what == "sentence":
            one_sentence(arguments[0])
        elif what == "sheet":
            sheet(arguments[0], int(arguments[1]), [int(a) for a in arguments[2:4]])
        elif what == "train":
            training_step(arguments[0], int(arguments[1]))
        elif what == "pairs":
            write_pairs(arguments[0], arguments[1], int(arguments[2]))
        else:
            heatmap(arguments[0], int(arguments[1]), [int(a) for a in arguments[2:4]])
    except ImportError:
        sys.exit(3)


main(*sys.argv[1:])

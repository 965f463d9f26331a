"""What the peers take, measured like the program beside it: `name value` lines.

    peers.py pass TOKENS THREADS maps|all    PyTorch: the encoder of bench.c, eager
    peers.py heatmap FILE ROUNDS [W H]       matplotlib: the heat map of bench.c

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


def main(what, *arguments):
    try:
        if what == "pass":
            encoder_pass(int(arguments[0]), int(arguments[1]), arguments[2] == "all")
        else:
            heatmap(arguments[0], int(arguments[1]), [int(a) for a in arguments[2:4]])
    except ImportError:
        sys.exit(3)


main(*sys.argv[1:])

#!/usr/bin/env python3
"""Golden data of the single ops: tests/data/golden/ops.safetensors.

Operands are float32; results are torch's in double, rounded, and asserted close to
torch's in float32. Names are OP.CASE.OPERAND; the result is `y`, for softmax and mask
`out` beside `in`.
"""
import math
import sys

import torch
import torch.nn.functional as F

import tensorfile
from model import sinusoids
from paths import GOLDEN
from witness import TOLERANCE, difference

INF = math.inf


class Cases(dict):
    """name -> tensor; add() computes a result both ways."""

    def add(self, case, function, operands, result="y", **settings):
        found = function(*[t.float() if t.is_floating_point() else t
                           for t in operands.values()], **settings)
        exact = function(*[t.double() if t.is_floating_point() else t
                           for t in operands.values()], **settings)
        gap = difference(found, exact)
        assert gap <= TOLERANCE, f"{case}: float and double differ by {gap:.3g}"
        for name, value in operands.items():
            self[f"{case}.{name}"] = value
        for name, value in settings.items():
            self[f"{case}.{name}"] = torch.tensor([value], dtype=torch.float32)
        self[f"{case}.{result}"] = exact.float().contiguous()


def add_linear(out):
    for number, (rows, into, outof, bias) in enumerate(
            [(3, 5, 7, True), (3, 5, 7, False), (13, 17, 19, True), (1, 33, 1, True),
             (1, 1, 1, False), (31, 1, 9, True)], 1):
        operands = dict(x=torch.randn(rows, into), w=torch.randn(outof, into))
        if bias:
            operands["b"] = torch.randn(outof)
        out.add(f"linear.{number}", F.linear, operands)


def add_softmax(out):
    causal = torch.randn(2, 5, 5).masked_fill(
        torch.ones(5, 5, dtype=torch.bool).triu(1), -INF)
    rows = [torch.randn(5, 7) * 3,
            torch.tensor([[0.5, -INF, 2.0], [-INF, -INF, -3.0], [1.0, 1.0, -INF]]),
            torch.tensor([[1e4, 0.0, -1e4, 9999.0, 3.0], [-1e30, 1e30, 0.0, 2.0, 1.0],
                          [-1e4, -1e4, -1e4, -1e4, -10001.0]]),
            causal, torch.randn(3, 4, 1), torch.randn(1, 1, 101) * 10,
            torch.tensor([[10.0, 8.0, 12.0, 9.0], [1.0, 0.8, 1.2, 0.9]])]
    for number, x in enumerate(rows, 1):
        out.add(f"softmax.{number}", lambda v: v.softmax(-1), {"in": x}, "out")


def add_layer_norm(out):
    def layer_norm(x, gamma, beta=None, eps=1e-5):
        return F.layer_norm(x, x.shape[-1:], gamma, beta, eps)
    def operands(x, beta=True):
        d = x.shape[-1]
        result = dict(x=x, gamma=1 + 0.3 * torch.randn(d))
        if beta:
            result["beta"] = torch.randn(d)
        return result
    constant = torch.randn(3, 7)
    constant[1] = 2.5
    plain = dict(x=torch.tensor([[1.0, 5.0, 3.0, 7.0]]), gamma=torch.ones(4),
                 beta=torch.zeros(4))
    rows = [(operands(torch.randn(5, 13) * 2), 1e-5), (operands(constant), 1e-5),
            (operands(torch.randn(3, 11), beta=False), 1e-5),
            (operands(torch.randn(3, 9) + 30), 1e-5),
            (operands(torch.randn(4, 1)), 1e-5), (operands(torch.randn(3, 6) / 9), 1e-2),
            (plain, 1e-5)]
    for number, (values, eps) in enumerate(rows, 1):
        out.add(f"layer_norm.{number}", layer_norm, values, eps=eps)


def add_activations(out):
    grid = torch.cat([torch.linspace(-6, 6, 97),
                      torch.tensor([-0.0, 1e-8, -1e-8, -30, 30])])
    rows = [torch.randn(3, 5), grid[None]]
    for number, x in enumerate(rows, 1):
        out.add(f"relu.{number}", F.relu, dict(x=x))
        out.add(f"gelu_erf.{number}", F.gelu, dict(x=x))
        out.add(f"gelu_tanh.{number}", lambda v: F.gelu(v, approximate="tanh"), dict(x=x))


def add_attention_parts(out):
    """Scores, scale, mask, context; 3 heads of width 5, 4 queries, 7 keys."""
    q, k, v = torch.randn(3, 4, 5), torch.randn(3, 7, 5), torch.randn(3, 7, 5)
    out.add("scores.1", lambda a, b: a @ b.transpose(1, 2), dict(q=q, k=k))
    out.add("context.1", lambda a, b: a @ b,
            dict(weights=torch.randn(3, 4, 7).softmax(-1), v=v))
    out.add("scale.1", lambda x, factor: x * torch.tensor(factor, dtype=torch.float32),
            dict(x=torch.randn(3, 4, 7)), factor=1 / math.sqrt(5))
    for number, (heads, n) in enumerate([(2, 5), (1, 1), (3, 9)], 1):
        later = torch.ones(n, n, dtype=torch.bool).triu(1)
        out.add(f"mask.{number}", lambda x: x.masked_fill(later, -INF),
                {"in": torch.randn(heads, n, n)}, "out")
    out.add("split_heads.1", lambda x: x.reshape(7, 3, 5).transpose(0, 1),
            dict(x=torch.randn(7, 15)))
    out.add("concat_heads.1", lambda x: x.transpose(0, 1).reshape(7, 15),
            dict(x=torch.randn(3, 7, 5)))
    out.add("add.1", torch.add, dict(a=torch.randn(3, 11), b=torch.randn(3, 11)))


def add_tables(out):
    out.add("gather.1", lambda table, ids: table[ids.long()],
            dict(table=torch.randn(11, 5),
                 ids=torch.tensor([10, 0, 3, 3], dtype=torch.int32)))
    for number, (count, width) in enumerate([(5, 6), (50, 18), (3, 512), (131, 2),
                                             (9, 7)], 1):
        out[f"sinusoid.{number}.y"] = sinusoids(count, width).float()


def principal_axes(x):
    """The first two, by torch's singular values of the centred rows."""
    axes = torch.linalg.svd(x - x.mean(0), full_matrices=False)[2][:2]
    largest = axes.abs().argmax(1)
    return axes * axes[torch.arange(2), largest].sign()[:, None]


def add_lessons(out):
    """What lessons compute beside a model."""
    for number, (n, m, k) in enumerate([(3, 4, 5), (1, 7, 1), (9, 2, 33)], 1):
        out.add(f"cosine.{number}",
                lambda a, b: F.cosine_similarity(a[:, None], b[None], dim=-1, eps=0),
                dict(a=torch.randn(n, k), b=torch.randn(m, k)))
    for number, shape in enumerate([(4, 7), (2, 3, 33), (3, 1)], 1):
        out.add(f"share.{number}", lambda x: x / x.sum(-1, keepdim=True),
                dict(x=torch.rand(shape) + 0.1))
    for number, shape in enumerate([(5, 3), (1, 4), (33, 17)], 1):
        out.add(f"center.{number}", lambda x: x - x.mean(0), dict(x=torch.randn(shape)))
    for number, (n, d) in enumerate([(9, 4), (5, 12), (30, 8)], 1):
        scale = torch.tensor([4.0, 2.0] + [1.0] * (d - 2))
        out.add(f"pca_axes.{number}", principal_axes, dict(x=torch.randn(n, d) * scale))
    out.add("subtract.1", torch.sub, dict(a=torch.randn(3, 11), b=torch.randn(3, 11)))
    out.add("multiply.1", torch.mul, dict(a=torch.randn(3, 11), b=torch.randn(3, 11)))


def rotate(x, by):
    """Pairs of columns turned by `by` times the frequencies of the sinusoids."""
    d = x.shape[-1]
    angle = by * torch.tensor(10000.0, dtype=x.dtype) ** (-torch.arange(0, d, 2).to(x.dtype) / d)
    turned = torch.view_as_complex(x.reshape(*x.shape[:-1], d // 2, 2).contiguous())
    turned = turned * torch.polar(torch.ones_like(angle), angle)
    return torch.view_as_real(turned).reshape(x.shape)


def add_functions(out):
    """Functions of one number, conditions, and what other transformers do."""
    for name in ("abs", "sign", "exp", "sin", "cos", "tanh"):
        out.add(f"{name}.1", getattr(torch, name), dict(x=torch.randn(3, 7)))
    for name in ("log", "sqrt"):
        out.add(f"{name}.1", getattr(torch, name), dict(x=torch.rand(3, 7) + 0.1))
    a = torch.randn(4, 5)
    b = torch.where(torch.rand(4, 5) < 0.3, a, torch.randn(4, 5))
    for name, op in (("greater", torch.gt), ("not_less", torch.ge), ("equal", torch.eq)):
        out.add(f"{name}.1", lambda p, q, op=op: op(p, q).to(p.dtype), dict(a=a, b=b))
    out.add("divide.1", torch.div, dict(a=a, b=torch.rand(4, 5) + 0.5))
    out.add("transpose.1", lambda x: x.t(), dict(x=torch.randn(3, 7)))
    out.add("concat.1", lambda p, q: torch.cat([p, q]),
            dict(a=torch.randn(3, 5), b=torch.randn(2, 5)))
    out.add("rms_norm.1",
            lambda p, q: p / (p.pow(2).mean(-1, keepdim=True)).sqrt() * q,
            dict(a=torch.randn(5, 13), b=torch.randn(13)))
    out.add("rotate.1", lambda x: torch.stack([rotate(r, p) for p, r in enumerate(x)]),
            dict(x=torch.randn(9, 6)))


def entropy(x, dim):
    return -(x * x.log2()).sum(dim, keepdim=True)


def add_reductions(out):
    """Of all numbers (y of rank 1), of each column (case 2), of each row (case 3)."""
    functions = dict(
        sum=lambda x, dim: x.sum(dim, keepdim=True),
        mean=lambda x, dim: x.mean(dim, keepdim=True),
        max=lambda x, dim: x.amax(dim, keepdim=True),
        min=lambda x, dim: x.amin(dim, keepdim=True),
        std=lambda x, dim: x.std(dim, unbiased=False, keepdim=True),
        norm=lambda x, dim: x.norm(dim=dim, keepdim=True), entropy=entropy)
    for name, function in functions.items():
        for number, dim in enumerate([(0, 1), 0, 1], 1):
            x = torch.rand(5, 7) + 0.1 if name == "entropy" else torch.randn(5, 7)
            out.add(f"{name}.{number}", lambda v, f=function, d=dim: f(v, d), dict(x=x))


RNN_NAMES = {"weight_ih_l0": "w_ih", "weight_hh_l0": "w_hh",
             "bias_ih_l0": "b_ih", "bias_hh_l0": "b_hh"}


def run_rnn(dtype, operands):
    """torch.nn.RNN: all states, and the gradients of the sum of the last one."""
    leaves = {name: operands[name].detach().clone().to(dtype).requires_grad_()
              for name in ("x", "h_0") if name in operands}
    rnn = torch.nn.RNN(operands["x"].shape[1], operands["w_hh"].shape[0],
                       bias="b_hh" in operands).to(dtype)
    rnn.load_state_dict({name: operands[own] for name, own in RNN_NAMES.items()
                         if own in operands})
    leaves.update({RNN_NAMES[name]: value for name, value in rnn.named_parameters()})
    h = rnn(leaves["x"], leaves.get("h_0"))[0]
    h[-1].sum().backward()
    return {"h": h.detach(), **{f"grad.{name}": t.grad for name, t in leaves.items()}}


def add_recurrence(out):
    for number, (n, k, d, bias, start) in enumerate(
            [(7, 5, 4, True, False), (6, 3, 5, False, True), (1, 2, 3, True, True),
             (19, 7, 13, True, True)], 1):
        operands = dict(x=torch.randn(n, k), w_ih=torch.randn(d, k) / math.sqrt(k),
                        w_hh=torch.randn(d, d) / math.sqrt(d))
        if bias:
            operands.update(b_ih=torch.randn(d) / 2, b_hh=torch.randn(d) / 2)
        if start:
            operands["h_0"] = torch.randn(1, d).tanh()
        found = run_rnn(torch.float32, operands)
        exact = run_rnn(torch.float64, operands)
        for name, value in operands.items():
            out[f"rnn.{number}.{name}"] = value
        for name, value in exact.items():
            gap = difference(found[name], value)
            assert gap <= TOLERANCE, f"rnn.{number}.{name}: differs by {gap:.3g}"
            out[f"rnn.{number}.{name}"] = value.float().contiguous()


def main():
    torch.manual_seed(1706)
    out = Cases()
    for add in (add_linear, add_softmax, add_layer_norm, add_activations,
                add_attention_parts, add_tables, add_lessons, add_recurrence,
                add_functions, add_reductions):
        add(out)
    tensorfile.write(GOLDEN / "ops.safetensors", out)
    print(f"ops       {len(out)} tensors")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The paper's encoder-decoder on torch.nn.Transformer's own layers, attention weights kept."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

PAD = 0


def sinusoids(length, width):
    """PE(p, 2i) = sin(p / 10000^(2i/d)), PE(p, 2i+1) = cos(the same): interleaved."""
    position = torch.arange(length, dtype=torch.float64)[:, None]
    rate = torch.exp(torch.arange(0, width, 2, dtype=torch.float64) * (-math.log(10000.0) / width))
    table = torch.zeros(length, width, dtype=torch.float64)
    table[:, 0::2] = torch.sin(position * rate)
    table[:, 1::2] = torch.cos(position * rate)
    return table.float()


def attend(mha, queries, keys, mask):
    """Multi-head attention as nn.MultiheadAttention computes it; returns (output, weights)."""
    b, n, d = queries.shape
    h = mha.num_heads
    w, bias = mha.in_proj_weight, mha.in_proj_bias
    if queries is keys:
        q, k, v = F.linear(queries, w, bias).split(d, dim=-1)
    else:
        q = F.linear(queries, w[:d], bias[:d])
        k, v = F.linear(keys, w[d:], bias[d:]).split(d, dim=-1)
    q, k, v = (t.view(b, -1, h, d // h).transpose(1, 2) for t in (q, k, v))
    scores = q @ k.transpose(-2, -1) / math.sqrt(d // h)
    weights = torch.softmax(scores.masked_fill(mask, float("-inf")), dim=-1)
    context = (weights @ v).transpose(1, 2).reshape(b, n, d)
    return F.linear(context, mha.out_proj.weight, mha.out_proj.bias), weights


def feed_forward(layer, x):
    return layer.linear2(F.relu(layer.linear1(x)))


class Translator(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        d, h, ff = sizes["d_model"], sizes["nhead"], sizes["dim_feedforward"]
        options = dict(dropout=0.0, activation="relu", batch_first=True, norm_first=False)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(d, h, ff, **options),
                                             sizes["num_encoder_layers"])
        self.decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(d, h, ff, **options),
                                             sizes["num_decoder_layers"])
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)
        self.src_embedding = nn.Embedding(sizes["src_vocab_size"], d)
        self.tgt_embedding = nn.Embedding(sizes["tgt_vocab_size"], d)
        for table in (self.src_embedding, self.tgt_embedding):
            nn.init.normal_(table.weight, std=d ** -0.5)
        self.scale = math.sqrt(d)
        self.register_buffer("positions", sinusoids(sizes["max_positions"], d), persistent=False)

    def embed(self, table, ids):
        return table(ids) * self.scale + self.positions[:ids.shape[1]]

    def encode(self, source):
        """(memory, padding mask, [weights per layer])."""
        mask = (source == PAD)[:, None, None, :]
        x, maps = self.embed(self.src_embedding, source), []
        for layer in self.encoder.layers:
            out, weights = attend(layer.self_attn, x, x, mask)
            x = layer.norm1(x + out)
            x = layer.norm2(x + feed_forward(layer, x))
            maps.append(weights)
        return x, mask, maps

    def decode(self, memory, mask, target):
        """(logits, [self maps], [cross maps])."""
        n = target.shape[1]
        causal = torch.ones(n, n, dtype=torch.bool).triu(1)
        x, own, cross = self.embed(self.tgt_embedding, target), [], []
        for layer in self.decoder.layers:
            out, weights = attend(layer.self_attn, x, x, causal)
            own.append(weights)
            x = layer.norm1(x + out)
            out, weights = attend(layer.multihead_attn, x, memory, mask)
            cross.append(weights)
            x = layer.norm2(x + out)
            x = layer.norm3(x + feed_forward(layer, x))
        return F.linear(x, self.tgt_embedding.weight), own, cross

    def forward(self, source, target):
        memory, mask, enc = self.encode(source)
        logits, own, cross = self.decode(memory, mask, target)
        return logits, enc, own, cross

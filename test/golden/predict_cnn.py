"""predict_cnn.py > predict-cnn.json: what torch makes of the pictures of predict-cnn.test.ts with the same small network.

Weights and pictures are formulas that both sides have: weight i of a tensor of n is sin(1.7 i + n) / sqrt(fan in), level i of picture k is
((i // 3) (k + 1) + 85 (i % 3) (k % 4)) % 256.
"""
import json
import math

import torch
from torch.nn import functional

SIDE, PICTURES = 16, 24
MEAN, STD = torch.tensor([0.5, 0.4, 0.6]), torch.tensor([0.25, 0.2, 0.3])


def pattern(*dims, scale=1.0):
    count = math.prod(dims)
    values = [math.sin(at * 1.7 + count) * scale for at in range(count)]
    return torch.tensor(values, dtype=torch.float64).float().reshape(dims)


def weight(*dims):
    return pattern(*dims, scale=1 / math.sqrt(math.prod(dims[1:])))


def picture(k):
    levels = [(i // 3 * (k + 1) + 85 * (i % 3) * (k % 4)) % 256 for i in range(SIDE * SIDE * 3)]
    samples = torch.tensor(levels, dtype=torch.float32).reshape(SIDE, SIDE, 3)
    return ((samples / 255 - MEAN) / STD).permute(2, 0, 1)


def norm(x, channels):
    mean, variance = pattern(channels, scale=0.3), 1 + 0.5 * pattern(channels)
    return functional.batch_norm(x, mean, variance, 1 + 0.3 * pattern(channels), 0.2 * pattern(channels), False, 0, 1e-5)


def block(x, inputs, outputs, stride):
    return norm(functional.conv2d(x, weight(outputs, inputs, 3, 3), None, stride, 1), outputs)


def model(x):
    x = functional.max_pool2d(functional.relu(block(x, 3, 8, 1)), 2)
    x = functional.relu(block(functional.relu(block(x, 8, 8, 1)), 8, 8, 1) + x)
    x = functional.relu(block(x, 8, 16, 2))
    return functional.linear(x.mean((2, 3)), 12 * weight(3, 16), pattern(3, scale=0.1))


with torch.no_grad():
    logits = model(torch.stack([picture(k) for k in range(PICTURES)]))
print(json.dumps({"torch": torch.__version__, "logits": [[float(f"{v:.9g}") for v in row] for row in logits.tolist()]}))

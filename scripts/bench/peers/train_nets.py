"""train_nets.py SHARED_BENCH --model vit|resnet18 [--steps N] [--export FILE]: as train_torch.py, with larger networks.

vit: ViT-S/16 (Dosovitskiy et al. 2020; 21.7 million parameters) on 8 images of 224 x 224. resnet18: that of models_torch.py
on 32 images of 96 x 96. Two classes. n = steps; loss = that of the last one.
"""
import argparse
import sys
import warnings

sys.path.insert(0, sys.argv[1])
from measure import THREADS, Meter, peak_mb, report, versions
import torch
from torch import nn
from torch.nn import functional
from models_torch import resnet18, wave

WARM_UP, RATE = 2, 1e-4


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.scale = heads, (width // heads) ** -0.5
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        query, key, value = self.qkv(x).reshape(batch, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(query @ key.transpose(-2, -1) * self.scale, dim=-1)
        return self.out((weights @ value).transpose(1, 2).reshape(batch, tokens, width))


class Layer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.attention, self.norm2 = nn.LayerNorm(width), Attention(width, heads), nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    def __init__(self, size=224, patch=16, width=384, depth=12, heads=6, classes=2):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.places = nn.Parameter(torch.randn(1, (size // patch) ** 2 + 1, width) * 0.02)
        self.layers = nn.Sequential(*[Layer(width, heads) for _ in range(depth)])
        self.norm, self.classify = nn.LayerNorm(width), nn.Linear(width, classes)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(x.shape[0], -1, -1), tokens], dim=1) + self.places
        return self.classify(self.norm(self.layers(tokens))[:, 0])


def export(model, example, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # batch normalisation's counter of batches is not exported
        torch.onnx.export(model, example, path, opset_version=17, input_names=["x"], output_names=["y"],
                          training=torch.onnx.TrainingMode.TRAINING, do_constant_folding=False, dynamic_axes={"x": {0: "n"}})


parser = argparse.ArgumentParser()
parser.add_argument("shared")
parser.add_argument("--model", choices=["vit", "resnet18"])
parser.add_argument("--steps", type=int, default=4)
parser.add_argument("--export", metavar="FILE")
args = parser.parse_args()
torch.set_num_threads(THREADS)
torch.manual_seed(1)
if args.model == "vit":
    model, batch = VisionTransformer(), wave(8, 3, 224, 224)
else:
    model, batch = resnet18(classes=2), wave(32, 3, 96, 96)
if args.export:
    export(model, batch[:4], args.export)
    sys.exit()
model.train()
labels = torch.arange(len(batch)) % 2
optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)


def step():
    optimizer.zero_grad(set_to_none=True)
    loss = functional.cross_entropy(model(batch), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


for _ in range(WARM_UP):
    step()
with Meter() as meter:
    for _ in range(args.steps):
        loss = step()
report(f"train-torch-{args.model}", args.steps, "steps", meter, peak_mb(), versions("torch"), threads=THREADS,
       parameters=sum(p.numel() for p in model.parameters()), loss=loss)

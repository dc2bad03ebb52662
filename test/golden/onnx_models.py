"""Records what torch makes of the built-in models: test/golden/onnx-models.json. Needs Debian's python3-torch.

The networks are written down here anew, in torch's modules with torchvision's and timm's names (neither package is needed).
Weights and pictures are drawn by a rule that the test repeats. `shapes` is the state_dict in its order.

  /usr/bin/python3 test/golden/onnx_models.py
"""
import json
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

STRIDE = np.uint32(0x9E3779B9)


def draw(seed, count):
    """src/utils/random.ts, createRandom(seed): count numbers in [0, 1)."""
    with np.errstate(over="ignore"):
        word = np.uint32(seed) + STRIDE * np.arange(1, count + 1, dtype=np.uint32)
        word = (word ^ (word >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        word = (word ^ (word >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return (word ^ (word >> np.uint32(16))).astype(np.float64) / 2**32


class Block(nn.Module):
    def __init__(self, inside, outside, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outside)
        self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outside)
        self.downsample = None
        if stride != 1 or inside != outside:
            self.downsample = nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self, channels, kernel, pool, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, channels[0], kernel, 2, kernel // 2, bias=False)
        self.bn1 = nn.BatchNorm2d(channels[0])
        self.pool = nn.MaxPool2d(3, 2, 1) if pool else nn.Identity()
        inside = channels[0]
        for at, outside in enumerate(channels):
            blocks = nn.Sequential(Block(inside, outside, 1 if at == 0 else 2), Block(outside, outside, 1))
            setattr(self, f"layer{at + 1}", blocks)
            inside = outside
        self.stages = len(channels)
        self.fc = nn.Linear(inside, classes)

    def forward(self, x):
        x = self.pool(F.relu(self.bn1(self.conv1(x))))
        for at in range(self.stages):
            x = getattr(self, f"layer{at + 1}")(x)
        return self.fc(x.mean((2, 3)))


class Attention(nn.Module):
    def __init__(self, columns, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(columns, 3 * columns)
        self.proj = nn.Linear(columns, columns)

    def forward(self, x):
        batch, tokens, columns = x.shape
        q, k, v = self.qkv(x).reshape(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        shares = (q @ k.transpose(-2, -1) / (columns // self.heads) ** 0.5).softmax(-1)
        return self.proj((shares @ v).transpose(1, 2).reshape(batch, tokens, columns))


class TransformerBlock(nn.Module):
    def __init__(self, columns, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(columns, eps=1e-6)
        self.attn = Attention(columns, heads)
        self.norm2 = nn.LayerNorm(columns, eps=1e-6)
        self.mlp = nn.Module()
        self.mlp.fc1 = nn.Linear(columns, 4 * columns)
        self.mlp.fc2 = nn.Linear(4 * columns, columns)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp.fc2(F.gelu(self.mlp.fc1(self.norm2(x))))


class ViT(nn.Module):
    def __init__(self, side, token, classes, columns=192, blocks=12, heads=3):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, columns))
        self.pos_embed = nn.Parameter(torch.zeros(1, (side // token) ** 2 + 1, columns))
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, columns, token, token)
        self.blocks = nn.Sequential(*[TransformerBlock(columns, heads) for _ in range(blocks)])
        self.norm = nn.LayerNorm(columns, eps=1e-6)
        self.head = nn.Linear(columns, classes)

    def forward(self, x):
        x = self.patch_embed.proj(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], 1) + self.pos_embed
        return self.head(self.norm(self.blocks(x))[:, 0])


def fill(model):
    """Weights by their place in the state_dict: matrices small enough for their fan in, vectors around what they begin with."""
    state = {name: tensor for name, tensor in model.state_dict().items() if not name.endswith("num_batches_tracked")}
    for seed, (name, tensor) in enumerate(state.items()):
        values = draw(seed, tensor.numel())
        if tensor.dim() > 1:
            fan = tensor[0].numel()
            values = (values - 0.5) * 2 * (3 / fan) ** 0.5
        elif name.endswith(".bias") or name.endswith("running_mean"):
            values = (values - 0.5) * 0.2
        else:
            values = values + 0.5
        tensor.copy_(torch.from_numpy(values.astype(np.float32)).reshape(tensor.shape))
    return {name: list(tensor.shape) for name, tensor in state.items()}


def record(model, side, batch, classes):
    shapes = fill(model)
    images = torch.from_numpy((draw(1000, batch * 3 * side * side) - 0.5).astype(np.float32) * 4)
    images = images.reshape(batch, 3, side, side)
    labels = torch.arange(batch) % classes
    with torch.no_grad():
        judged = model.eval()(images)
    logits = model.train()(images)
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    return {
        "side": side,
        "batch": batch,
        "classes": classes,
        "shapes": shapes,
        "logits": logits.flatten().tolist(),
        "judged": judged.flatten().tolist(),
        "loss": loss.item(),
        "gradientNorms": {name: tensor.grad.double().norm().item() for name, tensor in model.named_parameters()},
        "statisticNorms": {
            name: tensor.double().norm().item() for name, tensor in model.named_buffers() if "running" in name
        },
    }


torch.manual_seed(0)
models = {
    "resnet-tiny": record(ResNet([16, 32, 64], 3, False, 2), 40, 6, 2),
    "resnet18": record(ResNet([64, 128, 256, 512], 7, True, 3), 96, 4, 3),
    "vit-tiny": record(ViT(28, 4, 2), 28, 3, 2),
}
sizes = {
    "resnet18": sum(p.numel() for p in ResNet([64, 128, 256, 512], 7, True, 1000).parameters()),
    "vit-tiny": sum(p.numel() for p in ViT(224, 16, 1000).parameters()),
}
record_path = pathlib.Path(__file__).with_name("onnx-models.json")
record_path.write_text(json.dumps({"torch": torch.__version__, "weights": sizes, "models": models}, indent=1) + "\n")
print(sizes, {name: sum(int(np.prod(s)) for s in m["shapes"].values()) for name, m in models.items()})

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
from torch.nn import functional
from models_torch import resnet18, wave
from vision_transformer import VisionTransformer

WARM_UP, RATE = 2, 1e-4


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

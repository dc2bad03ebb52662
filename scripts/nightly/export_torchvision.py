"""export_torchvision.py FOLDER: networks of torchvision as ONNX, with what torch computes of their first training steps.

For each network NAME.onnx in training form, and NAME.safetensors: the input x, soft targets, and of one step in single precision
the loss and `grad.<parameter>`; of deep networks with batch normalisation also `losses` of STEPS steps of AdamW. Weights are random,
dropout and stochastic depth are off. Prints a JSON line of names. Debian: python3-torch python3-torchvision.
"""
import argparse
import copy
import json
import os
import struct
import warnings

import torch
from torch import nn
from torch.nn import functional
from torchvision import models
from torchvision.ops import StochasticDepth

STEPS, RATE, CLASSES = 8, 1e-4, 10
# Name: how it is made, batch, pixels, and whether its batch normalisation blows up rounding, so that curves are compared.
NETWORKS = {
    "resnet18": (lambda: models.resnet18(num_classes=CLASSES), 8, 96, True),
    "mobilenet_v3_small": (lambda: models.mobilenet_v3_small(num_classes=CLASSES), 8, 96, True),
    "vit_b_16": (lambda: models.vit_b_16(num_classes=CLASSES, image_size=96), 2, 96, False),
    "swin_t": (lambda: models.swin_t(num_classes=CLASSES), 2, 96, False),
    "convnext_tiny": (lambda: models.convnext_tiny(num_classes=CLASSES), 2, 96, False),
}


def create(make):
    model = make()
    for module in model.modules():
        if isinstance(module, (nn.Dropout, StochasticDepth)):
            module.p = 0.0
        if isinstance(module, nn.MultiheadAttention):
            module.dropout = 0.0
    head = [module for module in model.modules() if isinstance(module, nn.Linear)][-1]
    nn.init.normal_(head.weight, std=0.02)  # torchvision begins some heads at 0: the gradients of all else would be 0
    return model.train()


def cross_entropy(scores, target):
    return -(target * functional.log_softmax(scores, dim=1)).sum(1).mean()


def train(model, x, target):
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad(set_to_none=True)
        loss = cross_entropy(model(x), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return torch.tensor(losses)


def write(path, tensors):
    header, parts, at = {}, [], 0
    for name, tensor in tensors.items():
        data = tensor.detach().contiguous().float().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(parts)


def export(name, folder):
    make, batch, size, curve = NETWORKS[name]
    torch.manual_seed(7)
    model = create(make)
    x = torch.randn(batch, 3, size, size)
    target = torch.softmax(torch.randn(batch, CLASSES), dim=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # batch normalisation's counter of batches is not exported
        torch.onnx.export(copy.deepcopy(model), x, os.path.join(folder, f"{name}.onnx"), opset_version=17,
                          input_names=["x"], output_names=["y"], training=torch.onnx.TrainingMode.TRAINING,
                          do_constant_folding=False, dynamic_axes={"x": {0: "n"}})
    once = copy.deepcopy(model)
    loss = cross_entropy(once(x), target)
    loss.backward()
    tensors = {"x": x, "target": target, "loss": loss.reshape(1)}
    tensors.update({f"grad.{key}": value.grad for key, value in once.named_parameters()})
    if curve:
        tensors["losses"] = train(model, x, target)
    write(os.path.join(folder, f"{name}.safetensors"), tensors)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--only", choices=list(NETWORKS))
    args = parser.parse_args()
    chosen = [args.only] if args.only else list(NETWORKS)
    for one in chosen:
        export(one, args.folder)
    print(json.dumps(chosen))

"""The training curve of shared/golden/onnx/cnn-gn-mini in double precision: losses and final weights of 20 AdamW steps, by torch.

    python3 test/golden/train_curve.py ../shared/golden/onnx test/golden/train-curve.safetensors

In single precision torch's own curve (the golden) is 9.1e-4 away from it: in step 9 a ReLU's input lies so near 0 that rounding decides
whether its gradient counts, and from there on Adam, whose steps do not depend on the size of a gradient, takes the two apart.
"""
import json
import struct
import sys

import numpy as np
import torch
from torch.nn import functional

STEPS = 20
GROUPS = 4


def read_fields(data):
    """Fields of a protobuf message: (number, value), the value an integer or bytes."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        elif key & 7 == 2:
            length = varint()
            yield key >> 3, data[at : at + length]
            at += length
        else:
            raise ValueError(f"wire type {key & 7}")


def read_weights(path):
    """Initializers of an ONNX file (ModelProto.graph = 7, GraphProto.initializer = 5)."""
    graph = next(value for number, value in read_fields(open(path, "rb").read()) if number == 7)
    weights = {}
    for number, tensor in read_fields(graph):
        if number != 5:
            continue
        fields = list(read_fields(tensor))
        name = next(value for field, value in fields if field == 8).decode()
        raw = next(value for field, value in fields if field == 9)
        if dict(fields)[2] == 1:
            dims = [value for field, value in fields if field == 1]
            weights[name] = torch.from_numpy(np.frombuffer(raw, np.float32).reshape(dims).copy())
    return weights


def read_safetensors(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    return {
        name: torch.from_numpy(np.frombuffer(data[8 + length :][slice(*one["data_offsets"])], np.float32).reshape(one["shape"]).copy())
        for name, one in header.items()
    }


def write_safetensors(path, tensors):
    header, parts, at = {}, [], 0
    for name, tensor in tensors.items():
        part = tensor.to(torch.float32).numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + len(part)]}
        parts.append(part)
        at += len(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def forward(weights, x):
    def conv(value, name, stride=1):
        kernel = weights[f"{name}.weight"]
        return functional.conv2d(value, kernel, stride=stride, padding=kernel.shape[-1] // 2)

    def norm(value, name):
        return functional.group_norm(value, GROUPS, weights[f"{name}.weight"], weights[f"{name}.bias"], 1e-5)

    x = torch.relu(norm(conv(x, "stem.0", 2), "stem.1"))
    for block, stride in (("b1", 1), ("b2", 2), ("b3", 2)):
        y = torch.relu(norm(conv(x, f"{block}.c1", stride), f"{block}.n1"))
        y = norm(conv(y, f"{block}.c2"), f"{block}.n2")
        short = norm(conv(x, f"{block}.d.0", stride), f"{block}.d.1") if f"{block}.d.0.weight" in weights else x
        x = torch.relu(y + short)
    return functional.linear(x.mean((2, 3)), weights["fc.weight"], weights["fc.bias"])


def train(folder, dtype):
    curve = read_safetensors(f"{folder}/cnn-gn-mini.curve.safetensors")
    weights = {name: one.to(dtype).requires_grad_() for name, one in read_weights(f"{folder}/cnn-gn-mini.onnx").items()}
    optimizer = torch.optim.AdamW(weights.values(), lr=1e-3, weight_decay=0.01)
    losses = []
    for step in range(STEPS):
        x, target = (curve[name][step % len(curve[name])].to(dtype) for name in ("X", "T"))
        loss = -(target * functional.log_softmax(forward(weights, x), 1)).sum(1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    result = {f"w.{name}": one.detach() for name, one in weights.items()}
    return {"loss": torch.tensor(losses), **result}, curve


if __name__ == "__main__":
    torch.set_num_threads(1)
    single, golden = train(sys.argv[1], torch.float32)
    double, _ = train(sys.argv[1], torch.float64)
    join = lambda tensors: torch.cat([tensors[name].double().flatten() for name in double if name != "loss"])
    distance = lambda a, b: ((join(a) - join(b)).norm() / join(b).norm()).item()
    print(f"single precision to the golden {distance(single, golden):.1e}, golden to double {distance(golden, double):.1e}")
    write_safetensors(sys.argv[2], double)

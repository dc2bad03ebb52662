"""Records what torch's optimisers and schedules do: test/golden/train-optimizers.json. Needs Debian's python3-torch.

  /usr/bin/python3 test/golden/train_optimizers.py
"""
import json
import pathlib
import warnings

import torch

warnings.simplefilter("ignore")
STEPS = 6
SHAPES = {"layer.weight": (3, 4), "layer.bias": (3,)}


def draw(generator):
    return {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}


def numbers(tensors):
    return {name: [float(x) for x in values.detach().flatten()] for name, values in tensors.items()}


def run(make, start, gradients, rates):
    parameters = {name: values.clone().requires_grad_() for name, values in start.items()}
    optimizer = make(parameters)
    base = [group.get("rate_scale", 1) for group in optimizer.param_groups]
    for gradient, rate in zip(gradients, rates):
        for group, scale in zip(optimizer.param_groups, base):
            group["lr"] = rate * scale
        for name, values in parameters.items():
            values.grad = gradient[name].clone()
        optimizer.step()
    return numbers(parameters)


def grouped(parameters):
    groups = [
        {"params": [parameters["layer.weight"]], "weight_decay": 0.1, "rate_scale": 0.5},
        {"params": [parameters["layer.bias"]], "weight_decay": 0.0, "rate_scale": 2},
    ]
    return torch.optim.AdamW(groups, lr=1)


OPTIMIZERS = {
    "adamw": lambda p: torch.optim.AdamW(p.values(), lr=1, weight_decay=0.01),
    "adamw-other-numbers": lambda p: torch.optim.AdamW(p.values(), lr=1, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.2),
    "adamw-groups": grouped,
    "sgd": lambda p: torch.optim.SGD(p.values(), lr=1, momentum=0.9),
    "sgd-plain": lambda p: torch.optim.SGD(p.values(), lr=1, weight_decay=0.05),
    "sgd-nesterov": lambda p: torch.optim.SGD(p.values(), lr=1, momentum=0.8, nesterov=True, weight_decay=0.1),
}


def clip(gradients, limit):
    parameters = [torch.zeros_like(g).requires_grad_() for g in gradients.values()]
    for parameter, gradient in zip(parameters, gradients.values()):
        parameter.grad = gradient.clone()
    norm = torch.nn.utils.clip_grad_norm_(parameters, limit)
    return {"limit": limit, "norm": float(norm), "gradients": numbers({n: p.grad for n, p in zip(gradients, parameters)})}


def rates_of(make, steps, figures=None):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule = make(optimizer)
    rates = []
    for step in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step(figures[step]) if figures else schedule.step()
    return rates


def warmed(optimizer):
    rise = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=1 / 5, end_factor=1, total_iters=4)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=15, eta_min=0.001)
    return torch.optim.lr_scheduler.SequentialLR(optimizer, [rise, fall], milestones=[5])


FALLING = [1, 0.9, 0.89, 0.89, 0.9, 0.95, 0.91, 0.92, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
lr = torch.optim.lr_scheduler
generator = torch.Generator().manual_seed(7)
start = draw(generator)
gradients = [draw(generator) for _ in range(STEPS)]
rates = [0.1 / (step + 1) for step in range(STEPS)]

reference = {
    "torch": torch.__version__,
    "start": numbers(start),
    "gradients": [numbers(g) for g in gradients],
    "rates": rates,
    "weights": {name: run(make, start, gradients, rates) for name, make in OPTIMIZERS.items()},
    "clip": [clip(gradients[0], limit) for limit in (0.5, 100)],
    "figures": FALLING,
    "schedules": {
        "cosine": rates_of(lambda o: lr.CosineAnnealingLR(o, T_max=20, eta_min=0.001), 21),
        "cosine-warm-up": rates_of(warmed, 20),
        "step": rates_of(lambda o: lr.StepLR(o, step_size=3, gamma=0.5), 12),
        "step-at": rates_of(lambda o: lr.MultiStepLR(o, milestones=[2, 7], gamma=0.1), 12),
        "plateau": rates_of(lambda o: lr.ReduceLROnPlateau(o, factor=0.5, patience=1), 16, FALLING),
        "plateau-cool-down": rates_of(
            lambda o: lr.ReduceLROnPlateau(o, factor=0.5, patience=1, cooldown=2, min_lr=0.02), 16, FALLING
        ),
        "plateau-max": rates_of(
            lambda o: lr.ReduceLROnPlateau(o, mode="max", factor=0.1, patience=2, threshold=0.01), 16, FALLING
        ),
    },
}
path = pathlib.Path(__file__).with_name("train-optimizers.json")
path.write_text(json.dumps(reference, indent=1) + "\n")

"""Records what torch makes of the models of bags: test/golden/mil-models.json. Needs Debian's python3-torch.

The networks are written down here anew, from the papers (M. Ilse et al., 2018, equations 8 and 9; M. Y. Lu et al., 2021, methods),
in torch's functions and in double precision, so that what differs is our rounding. Weights, bags and dropout are drawn by rules
that the test repeats. `shapes` has the weights in the order of the forward pass.

  /usr/bin/python3 test/golden/mil_models.py          writes the file
  /usr/bin/python3 test/golden/mil_models.py --print  prints it
"""
import json
import pathlib
import sys

import numpy as np
import torch
from torch.nn import functional as F

STRIDE = np.uint32(0x9E3779B9)
FEATURES, HIDDEN, ATTENTION, CLASSES = 10, 6, 5, 3
CLASS_WEIGHTS = [1.0, 2.0, 0.5]
DROPOUT, DROPOUT_SEED = 0.25, 77
# Instances of each bag, and its class.
BAGS = [(11, 1), (1, 0), (6, 2)]
STEPS, RATE, DECAY = 6, 1e-3, 0.01


def draw(seed, count):
    """src/utils/random.ts, createRandom(seed): count numbers in [0, 1)."""
    with np.errstate(over="ignore"):
        word = np.uint32(seed) + STRIDE * np.arange(1, count + 1, dtype=np.uint32)
        word = (word ^ (word >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        word = (word ^ (word >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return (word ^ (word >> np.uint32(16))).astype(np.float64) / 2**32


def spread(seed, shape, bound):
    values = ((draw(seed, int(np.prod(shape))) - 0.5) * 2 * bound).astype(np.float32)
    return torch.from_numpy(values.astype(np.float64)).reshape(shape)


def make_bag(at):
    return spread(500 + at, (BAGS[at][0], FEATURES), 2)


class Dropout:
    """Factors in the order in which they are asked for; without a seed nothing is dropped."""

    def __init__(self, seed=None):
        self.seed, self.used = seed, 0

    def __call__(self, x):
        if self.seed is None:
            return x
        numbers = draw(self.seed, self.used + x.numel())[self.used :]
        self.used += x.numel()
        factors = np.where(numbers < DROPOUT, 0, np.float32(1 / (1 - DROPOUT)).astype(np.float64))
        return x * torch.from_numpy(factors).reshape(x.shape)


def linear(w, name, x):
    return F.linear(x, w[f"{name}.weight"], w.get(f"{name}.bias"))


def head(w, x, drop):
    return linear(w, "head.3", drop(F.relu(linear(w, "head.0", x))))


HEAD = {
    "head.0.weight": (HIDDEN, FEATURES),
    "head.0.bias": (HIDDEN,),
    "head.3.weight": (CLASSES, HIDDEN),
    "head.3.bias": (CLASSES,),
}


def keep(x):
    return x


def attend(scores, rows):
    """Equation 8: shares by softmax, and the sum of the rows by them."""
    shares = torch.softmax(scores.flatten(), 0)
    return shares, (shares[:, None] * rows).sum(0, keepdim=True)


def abmil(w, x, drop):
    scores = linear(w, "attention_c", drop(torch.tanh(linear(w, "attention_a", x))))
    shares, bag = attend(scores, x)
    return {"logits": head(w, bag, drop), "attention": shares, "instanceLogits": head(w, x, keep)}


def gated_abmil(w, x, drop):
    """Equation 9."""
    a = drop(torch.tanh(linear(w, "attention_a", x)))
    b = drop(torch.sigmoid(linear(w, "attention_b", x)))
    shares, bag = attend(linear(w, "attention_c", a * b), x)
    return {"logits": head(w, bag, drop), "attention": shares, "instanceLogits": head(w, x, keep)}


def mean(w, x, drop):
    shares = torch.full((len(x),), 1 / len(x), dtype=x.dtype)
    return {"logits": head(w, x.mean(0, keepdim=True), drop), "attention": shares, "instanceLogits": head(w, x, keep)}


def largest(w, x, drop):
    holders = torch.bincount(x.argmax(0), minlength=len(x)).to(x.dtype) / x.shape[1]
    bag = x.max(0, keepdim=True).values
    return {"logits": head(w, bag, drop), "attention": holders, "instanceLogits": head(w, x, keep)}


NET = "attention_net.3.attention"


def clam_sb(w, x, drop):
    rows = drop(F.relu(linear(w, "attention_net.0", x)))
    a = drop(torch.tanh(linear(w, f"{NET}_a.0", rows)))
    b = drop(torch.sigmoid(linear(w, f"{NET}_b.0", rows)))
    shares, bag = attend(linear(w, f"{NET}_c", a * b), rows)
    instance_logits = linear(w, "classifiers", rows)
    return {"logits": linear(w, "classifiers", bag), "attention": shares, "instanceLogits": instance_logits, "rows": rows}


def instance_loss(w, result, label, k):
    """Highest attention belongs to the class, lowest does not, by the classifier of the bag's own class."""
    count = len(result["attention"])
    half = min(k, count // 2)
    if half == 0:
        return torch.zeros((), dtype=torch.float64)
    order = result["attention"].detach().argsort(descending=True)
    rows = result["rows"][torch.cat([order[:half], order[count - half :]])]
    wanted = torch.cat([torch.ones(half, dtype=torch.long), torch.zeros(half, dtype=torch.long)])
    return F.cross_entropy(linear(w, f"instance_classifiers.{label}", rows), wanted)


def gate(name, inputs):
    a, b, c = name
    return {
        f"{a}.weight": (ATTENTION, inputs),
        f"{a}.bias": (ATTENTION,),
        f"{b}.weight": (ATTENTION, inputs),
        f"{b}.bias": (ATTENTION,),
        f"{c}.weight": (1, ATTENTION),
        f"{c}.bias": (1,),
    }


CLAM = {
    "attention_net.0.weight": (HIDDEN, FEATURES),
    "attention_net.0.bias": (HIDDEN,),
    **gate((f"{NET}_a.0", f"{NET}_b.0", f"{NET}_c"), HIDDEN),
    "classifiers.weight": (CLASSES, HIDDEN),
    "classifiers.bias": (CLASSES,),
}
for index in range(CLASSES):
    CLAM[f"instance_classifiers.{index}.weight"] = (2, HIDDEN)
    CLAM[f"instance_classifiers.{index}.bias"] = (2,)
ABMIL = {
    "attention_a.weight": (ATTENTION, FEATURES),
    "attention_a.bias": (ATTENTION,),
    "attention_c.weight": (1, ATTENTION),
    **HEAD,
}
GATED = {**gate(("attention_a", "attention_b", "attention_c"), FEATURES), **HEAD}
CASES = {
    "abmil": (abmil, ABMIL, "abmil", {}),
    "abmil-focal": (abmil, ABMIL, "abmil", {"focal": 1.5}),
    "gated-abmil": (gated_abmil, GATED, "gated-abmil", {}),
    "clam-sb": (clam_sb, CLAM, "clam-sb", {"k": 3, "bagWeight": 0.7}),
    # More than half of every bag.
    "clam-sb-small-bags": (clam_sb, CLAM, "clam-sb", {"k": 8, "bagWeight": 0.4}),
    "mean": (mean, HEAD, "mean", {}),
    "max": (largest, HEAD, "max", {}),
}


def compute_losses(w, network, at, options, drop):
    result = network(w, make_bag(at), drop)
    label = BAGS[at][1]
    logs = torch.log_softmax(result["logits"], 1)[0, label]
    focus = (1 - logs.exp()) ** options["focal"] if "focal" in options else 1
    bag = -CLASS_WEIGHTS[label] * focus * logs
    if "k" not in options:
        return result, bag, None, bag
    instances = instance_loss(w, result, label, options["k"])
    share = options["bagWeight"]
    return result, bag, instances, share * bag + (1 - share) * instances


def back(w, loss):
    """Gradients; zeros for what the loss does not depend on, as AdamW then still decays it."""
    found = torch.autograd.grad(loss, list(w.values()), allow_unused=True)
    return {name: torch.zeros_like(w[name]) if one is None else one for name, one in zip(w, found)}


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.detach().double().flatten().tolist()]


def record(network, shapes, architecture, options):
    w = {
        name: spread(seed, shape, (3 / shape[-1]) ** 0.5 if len(shape) > 1 else 0.2).requires_grad_()
        for seed, (name, shape) in enumerate(shapes.items())
    }
    result, bag, instances, loss = compute_losses(w, network, 0, options, keep)
    dropped = compute_losses(w, network, 0, options, Dropout(DROPOUT_SEED))[3]
    recorded = {
        "architecture": architecture,
        "options": options,
        "shapes": shapes,
        **{name: numbers(result[name]) for name in ("logits", "attention", "instanceLogits")},
        "loss": loss.item(),
        "bagLoss": bag.item(),
        "instanceLoss": None if instances is None else instances.item(),
        "gradients": {name: numbers(one) for name, one in back(w, loss).items()},
        "dropped": {"loss": dropped.item(), "gradients": {n: numbers(g.norm()) for n, g in back(w, dropped).items()}},
    }
    optimizer = torch.optim.AdamW(w.values(), lr=RATE, weight_decay=DECAY)
    for step in range(STEPS):
        gradients = back(w, compute_losses(w, network, step % len(BAGS), options, keep)[3])
        for name, one in gradients.items():
            w[name].grad = one
        optimizer.step()
    return {**recorded, "after": {name: numbers(one) for name, one in w.items()}}


settings = {
    "sizes": {"featureDim": FEATURES, "hidden": HIDDEN, "attention": ATTENTION, "classes": CLASSES, "dropout": DROPOUT},
    "classWeights": CLASS_WEIGHTS,
    "dropoutSeed": DROPOUT_SEED,
    "bags": BAGS,
    "adamw": {"steps": STEPS, "rate": RATE, "weightDecay": DECAY},
}
text = json.dumps({**settings, "models": {name: record(*case) for name, case in CASES.items()}})
if "--print" in sys.argv:
    print(text)
else:
    pathlib.Path(__file__).with_name("mil-models.json").write_text(text + "\n")

"""embed_torch.py SHARED_BENCH SLIDE --model NAME --coords FILE --out FILE [options]: features of patches, as most pipelines make them.

The loop of CLAM's and TRIDENT's feature extraction on the processor: a dataset that reads each patch by OpenSlide's read_region
and Pillow (RGB, resized where the pixel size asks for it), torchvision's ToTensor and Normalize, a DataLoader, an eager model
without gradients. --loaders: its processes (0: the model's own loads too); --threads: those of torch. --export FILE only writes
the network, whose random weights follow from a seed, as ONNX. Features go to --out as .npy. n = patches. Timed: opening the slide,
starting the loaders, all batches, writing the features. peak_mb: sum over the processes.
"""
import argparse
import json
import os
import sys
import warnings

sys.path.insert(0, sys.argv[1])
from measure import Meter, peak_mb, report, versions
import numpy as np
import openslide
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, get_worker_info
from torchvision import models, transforms
from vision_transformer import VisionTransformer

SIDE = 224
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def without_head(network, name):
    setattr(network, name, nn.Identity())
    return network


NETWORKS = {
    "mobilenet": lambda: without_head(models.mobilenet_v3_small(), "classifier"),
    "resnet18": lambda: without_head(models.resnet18(), "fc"),
    "vit": lambda: VisionTransformer(SIDE, width=192, heads=3, classes=0),
}


class Patches(Dataset):
    """Patches of a slide; each loader opens it itself, at its first patch."""

    def __init__(self, path, coords, downsample):
        self.path, self.coords, self.read, self.slide = path, coords, round(SIDE * downsample), None
        self.convert = transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, STD)])

    def __len__(self):
        return len(self.coords)

    def __getitem__(self, index):
        self.slide = self.slide or openslide.OpenSlide(self.path)
        image = self.slide.read_region(self.coords[index], 0, (self.read, self.read)).convert("RGB")
        if self.read != SIDE:
            image = image.resize((SIDE, SIDE))
        return self.convert(image), (os.getpid(), peak_mb()) if get_worker_info() else (0, 0.0)


def create_network(name):
    torch.manual_seed(1)
    network = NETWORKS[name]()
    # Statistics of a batch, as if it had been trained: with those it begins with, features of all pictures are nearly the same.
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        network.train()(torch.randn(4, 3, SIDE, SIDE))
    return network.eval()


def export(network, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(network, torch.zeros(2, 3, SIDE, SIDE), path, opset_version=17, input_names=["x"],
                          output_names=["features"], dynamic_axes={"x": {0: "n"}, "features": {0: "n"}})


def embed(args, network, coords, downsample):
    patches = Patches(args.slide, coords, downsample)
    loader = DataLoader(patches, batch_size=args.batch, num_workers=args.loaders)
    features, peaks = [], {}
    with torch.inference_mode():
        for pictures, (pids, megabytes) in loader:
            features.append(network(pictures).numpy())
            peaks.update(zip(pids.tolist(), megabytes.tolist()))
    np.save(args.out, np.concatenate(features))
    return sum(peaks.values())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared")
    parser.add_argument("slide", nargs="?")
    parser.add_argument("--model", choices=NETWORKS, required=True)
    parser.add_argument("--coords", help="JSON: [[x, y], ...] in level-0 pixels")
    parser.add_argument("--mpp", type=float, help="read level 0 and resize (PIL's default, bicubic)")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--loaders", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", metavar="FILE")
    parser.add_argument("--export", metavar="FILE")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    network = create_network(args.model)
    if args.export:
        export(network, args.export)
        sys.exit()
    with open(args.coords) as file:
        coords = json.load(file)
    with openslide.OpenSlide(args.slide) as slide:
        downsample = args.mpp / float(slide.properties["openslide.mpp-x"]) if args.mpp else 1
    with Meter() as meter:
        loading = embed(args, network, coords, downsample)
    report(f"embed-torch-{args.model}", len(coords), "patches", meter, peak_mb() + loading,
           versions("openslide", "torch", "torchvision", "PIL", "numpy"), loaders=args.loaders, threads=args.threads)

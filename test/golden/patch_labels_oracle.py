"""Counts the labels of patches anew, with NumPy over the mask as Pillow reads it, and compares them with patches.csv.

Arguments: mask, patches.csv, level-0 pixels per mask pixel (number), level-0 pixels that a patch spans (number).
Prints JSON: rows, patches with more than one label, the greatest difference of a share, wrong labels by majority.
"""
import csv
import json
import math
import sys

import numpy
from PIL import Image

Image.MAX_IMAGE_PIXELS = None


def pixels(start, span, downsample, count):
    """Places of the mask pixels whose centres lie in [start, start + span), and how many lie beyond the mask."""
    centres = (numpy.arange(-4, count + 4) + 0.5) * downsample
    inside = numpy.nonzero((centres >= start) & (centres < start + span))[0] - 4
    kept = inside[(inside >= 0) & (inside < count)]
    total = math.ceil((start + span) / downsample - 0.5) - math.ceil(start / downsample - 0.5)
    return kept, total


def main(mask_path, table, downsample, span):
    mask = numpy.asarray(Image.open(mask_path))
    rows = list(csv.reader(open(table, newline="")))
    header, body = rows[0], rows[1:]
    first = header.index("label") + 2
    names = [name.removeprefix("fraction_") for name in header[first:]]
    worst, wrong, mixed = 0.0, 0, 0
    for row in body:
        x, y = float(row[1]), float(row[2])
        columns, across = pixels(x, span, downsample, mask.shape[1])
        lines, down = pixels(y, span, downsample, mask.shape[0])
        part = mask[numpy.ix_(lines, columns)]
        counts = numpy.bincount(part.ravel(), minlength=len(names)).astype(float)
        counts[0] += across * down - part.size
        shares = counts / counts.sum()
        found = numpy.array([float(value) for value in row[first:]])
        worst = max(worst, float(numpy.abs(found - shares).max()))
        label = int(numpy.argmax(counts))
        wrong += int(row[first - 1]) != label or row[first - 2] != names[label]
        mixed += int((shares > 0).sum() > 1)
    print(json.dumps({"rows": len(body), "mixed": mixed, "worst": worst, "wrong": wrong, "names": names}))


main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))

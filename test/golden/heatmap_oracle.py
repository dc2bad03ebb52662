#!/usr/bin/python3
"""The law of overlays in NumPy, beside what OpenSlide reads from the file. One request as JSON on stdin, one answer on stdout.

A pixel of a level spans the box of level-0 pixels that its downsample says, from the slide's corner. Its share is the sum of
(area of the patch in the box x share of the patch) / the sum of those areas; the share of a patch is its mean rank / their number.
"""
import json
import sys

import cv2
import numpy as np
import openslide


def mean_ranks(values):
    return np.array([((values < v).sum() + 1 + (values <= v).sum()) / 2 for v in values]) / len(values)


def overlaps(first, size, count, step):
    """Length of [first, first + size) in each of `count` steps."""
    starts = np.arange(count) * step
    return np.clip(np.minimum(first + size, starts + step) - np.maximum(first, starts), 0, None)


def compare(level_pixels, patches, shares, step, table):
    height, width = level_pixels.shape[:2]
    total, area = np.zeros((height, width)), np.zeros((height, width))
    for (x, y, w, h), share in zip(patches, shares):
        rows, columns = overlaps(y, h, height, step), overlaps(x, w, width, step)
        inside = np.ix_(rows > 0, columns > 0)
        weight = np.outer(rows[rows > 0], columns[columns > 0])
        total[inside] += weight * share
        area[inside] += weight
    covered = area > 0
    # At a tie between two entries of the table either is right.
    place = np.divide(total, area, out=np.zeros_like(total), where=covered) * 255 + 0.5
    near = [table[np.floor(place + nudge).astype(int).clip(0, 255)] for nudge in (-1e-9, 1e-9)]
    alpha = np.floor(255 * np.minimum(1, area / step**2) + 0.5).astype(int)
    whole = alpha == 255
    wrong = [np.abs(level_pixels[..., :3].astype(int) - one).max(axis=2) for one in near]
    return {
        "size": [width, height],
        "covered": int(covered.sum()),
        "opaque": int(whole.sum()),
        "colour": int(np.minimum(*wrong)[whole].max()) if whole.any() else 0,
        "alpha": int(np.abs(level_pixels[..., 3].astype(int) - alpha).max()),
    }


def main():
    request = json.load(sys.stdin)
    tables = {name: np.array(table).reshape(256, 3) for name, table in request["tables"].items()}
    patches = np.array(request["patches"], dtype=float)
    shares = mean_ranks(patches[:, 4])
    slide = openslide.OpenSlide(request["path"])
    levels = []
    for level, size in enumerate(slide.level_dimensions):
        pixels = np.asarray(slide.read_region((0, 0), level, size))
        step = request["downsample"] * 2**level
        levels.append(compare(pixels, patches[:, :4], shares, step, tables[request["colorMap"]]))
    ramp = np.arange(256, dtype=np.uint8)[None]
    known = {"viridis": cv2.COLORMAP_VIRIDIS, "magma": cv2.COLORMAP_MAGMA}
    drawn = {name: cv2.applyColorMap(ramp, code)[0, :, ::-1].astype(int) for name, code in known.items()}
    json.dump({
        "vendor": slide.properties["openslide.vendor"],
        "mpp": slide.properties.get("openslide.mpp-x") or slide.properties["tiff.XResolution"],
        "levels": levels,
        "tables": {name: int(np.abs(tables[name] - table).max()) for name, table in drawn.items()},
    }, sys.stdout)


main()

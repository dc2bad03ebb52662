"""tiles_openslide.py JOB [--can-read | --keep FILE]: the peer of ours/tiles.mjs, by openslide-python.

Reads every cell of JOB ({path, cells: [[level, x, y, width, height]], passes}) by read_region, one after another, the slide opened
anew for each pass; its pixels stay RGBA, as read_region gives them. --can-read: exit code 0 where OpenSlide opens the slide, 3
where it does not. --keep: some twenty cells once, their RGB written to FILE.
"""
import json
import math
import platform
import sys
import time

import openslide


def read_cells(path, cells, take):
    slide = openslide.OpenSlide(path)
    for level, x, y, width, height in cells:
        image = slide.read_region((x, y), level, (width, height))
        if image.size != (width, height):
            raise ValueError(f"a tile of {image.size}")
        take(image)
    slide.close()


def can_read(path, cells):
    try:
        read_cells(path, cells[:1], lambda image: None)
        return True
    except openslide.OpenSlideError:
        return False


def peak_mb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))


def main(job, mode=None, out=None):
    with open(job) as file:
        about = json.load(file)
    path, cells, passes = about["path"], about["cells"], about["passes"]
    if mode == "--can-read":
        sys.exit(0 if can_read(path, cells) else 3)
    kept, take = [], lambda image: None
    if mode == "--keep":
        cells, passes = cells[:: math.ceil(len(cells) / 20)], 1
        take = lambda image: kept.append(image.convert("RGB").tobytes())
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(passes):
        read_cells(path, cells, take)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if out:
        with open(out, "wb") as file:
            file.write(b"".join(kept))
    versions = {"python": platform.python_version(), "openslide": openslide.__library_version__}
    print(json.dumps({"name": "openslide-tiles", "n": passes * len(cells), "wall_s": wall, "cpu_s": cpu,
                      "per_cpu_s": passes * len(cells) / cpu, "peak_mb": peak_mb(), "versions": versions, "unit": "tiles"}))


main(*sys.argv[1:])

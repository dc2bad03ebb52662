"""encode_pillow.py png|png1|jpg PACK PASSES [OUT]: Pillow in the encode bench: default PNG, PNG at level 1, JPEG of quality 85.

PACK is raw RGB patches of 512 x 512, one behind the other; with OUT, the files of one pass are written there.
"""
import io
import json
import os
import platform
import resource
import sys
import time

import PIL
from PIL import Image

SIZE = 512
PATCH = SIZE * SIZE * 3
SETTINGS = {
    "png": ("PNG", {}),
    "png1": ("PNG", {"compress_level": 1}),
    "jpg": ("JPEG", {"quality": 85, "subsampling": 2}),
}


def encode(image, kind, parameters):
    out = io.BytesIO()
    image.save(out, kind, **parameters)
    return out.getbuffer()


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


def main(format, pack, passes, out=None):
    kind, parameters = SETTINGS[format]
    with open(pack, "rb") as file:
        raw = file.read()
    starts = range(0, len(raw), PATCH)
    images = [Image.frombytes("RGB", (SIZE, SIZE), raw[at:at + PATCH]) for at in starts]
    for index, image in enumerate(images if out else images[:1]):
        encoded = encode(image, kind, parameters)
        if out:
            with open(os.path.join(out, f"{index}.{kind[:3].lower().replace('jpe', 'jpg')}"), "wb") as file:
                file.write(encoded)
    wall, cpu = time.perf_counter(), cpu_seconds()
    for _ in range(int(passes)):
        for image in images:
            encode(image, kind, parameters)
    wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    n = int(passes) * len(raw) / 3e6
    versions = {"python": platform.python_version(), "PIL": PIL.__version__}
    print(json.dumps({"name": f"pillow-{format}", "n": n, "wall_s": round(wall, 4), "cpu_s": round(cpu, 4),
                      "per_cpu_s": round(n / cpu, 4), "peak_mb": round(peak_mb(), 1), "versions": versions, "unit": "MP"}))


main(*sys.argv[1:])

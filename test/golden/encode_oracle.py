"""encode_oracle.py check DIR | jpeg DIR: Pillow beside our encoders, on files named N_WxHxC_... in DIR.

`check` prints, for every *.png, the SHA-256 of its pixels as Pillow reads them. `jpeg` writes every *.raw again as a JPEG of
Pillow, N_WxHxC_QUALITY_SUBSAMPLING.raw becoming .pillow.jpg; subsampling is 0 (4:4:4) or 2 (4:2:0).
"""
import glob
import hashlib
import os
import sys

from PIL import Image, ImageFile

ImageFile.MAXBLOCK = 2 ** 24  # small pictures at high quality outgrow Pillow's own guess


def check(folder):
    for path in sorted(glob.glob(os.path.join(folder, "*.png"))):
        with Image.open(path) as image:
            image.load()
            digest = hashlib.sha256(image.tobytes()).hexdigest()
            print(os.path.basename(path), image.mode, *image.size, digest)


def jpeg(folder):
    for path in sorted(glob.glob(os.path.join(folder, "*.raw"))):
        _, shape, quality, subsampling = os.path.basename(path)[:-4].split("_")
        width, height, channels = map(int, shape.split("x"))
        with open(path, "rb") as raw:
            image = Image.frombytes("RGB" if channels == 3 else "L", (width, height), raw.read())
        chroma = {"subsampling": int(subsampling)} if channels == 3 else {}
        image.save(path[:-4] + ".pillow.jpg", "JPEG", quality=int(quality), optimize=False, **chroma)


{"check": check, "jpeg": jpeg}[sys.argv[1]](*sys.argv[2:])

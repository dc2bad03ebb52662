"""Records what Pillow makes of a small picture: test/golden/train-pictures.json. Needs Debian's python3-pil.

  /usr/bin/python3 test/golden/train_pictures.py
"""
import json
import pathlib

import PIL
from PIL import Image, ImageEnhance

WIDTH, HEIGHT = 16, 12
pixels = bytes(
    (x * 11 + y * 7 * (c + 1) + (x * y * (c + 3)) % 97) % 256
    for y in range(HEIGHT)
    for x in range(WIDTH)
    for c in range(3)
)
picture = Image.frombytes("RGB", (WIDTH, HEIGHT), pixels)
BOXES = [
    ((0, 0, 16, 12), (8, 6)),
    ((0, 0, 16, 12), (21, 17)),
    ((2.5, 1.25, 14.75, 11.5), (7, 9)),
    ((3, 2, 5, 4), (9, 7)),
    ((0, 0, 16, 12), (1, 1)),
    ((0.3, 0.4, 15.9, 11.2), (16, 12)),
]
FACTORS = {"Brightness": (0.7, 1.3), "Contrast": (0.6, 1.4), "Color": (0.5, 1.5)}
reference = {
    "pillow": PIL.__version__,
    "width": WIDTH,
    "height": HEIGHT,
    "pixels": list(pixels),
    "resized": [
        {"box": box, "size": size, "pixels": list(picture.resize(size, Image.BILINEAR, box=box).tobytes())}
        for box, size in BOXES
    ],
    "enhanced": [
        {"what": what, "factor": factor, "pixels": list(getattr(ImageEnhance, what)(picture).enhance(factor).tobytes())}
        for what, factors in FACTORS.items()
        for factor in factors
    ],
}
path = pathlib.Path(__file__).with_name("train-pictures.json")
path.write_text(json.dumps(reference) + "\n")

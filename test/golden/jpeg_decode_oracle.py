"""jpeg_decode_oracle.py write DIR COUNT SEED | draft DIR: JPEGs of every kind, and libjpeg-turbo's reduced decodes of them.

`write` makes COUNT files with Pillow (subsampling 4:4:4, 4:2:2, 4:2:0 and grey, plain and optimised tables) and OpenCV
(restart intervals). `draft` decodes every *.jpg there at 1/2, 1/4 and 1/8 to NAME.2.raw and so on, and prints a list.
"""
import json
import os
import sys

import cv2
import numpy as np
from PIL import Image, ImageFile

ImageFile.MAXBLOCK = 2 ** 20  # tiny pictures at high quality outgrow Pillow's own guess


def picture(rng, width, height):
    """Waves, noise and flat parts by turns, so that blocks of every density occur."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [128 + 127 * np.sin(x * rng.uniform(0, 0.9) + y * rng.uniform(0, 0.9) + rng.uniform(0, 6)) for _ in range(3)]
    rgb = np.stack(waves, axis=-1)
    noise = rng.uniform(0, 255, rgb.shape)
    share = rng.choice([0, 0.05, 0.3, 1], p=[0.3, 0.3, 0.2, 0.2])
    rgb = rgb * (1 - share) + noise * share
    if rng.random() < 0.3:
        rgb[height // 3:, : width // 2] = rng.uniform(0, 255, 3)
    return rgb.clip(0, 255).astype(np.uint8)


def write(folder, count, seed):
    rng = np.random.default_rng(seed)
    for index in range(count):
        width, height = (int(v) for v in rng.integers(1, 161, 2)) if index % 8 else (int(v) for v in rng.integers(1, 20, 2))
        rgb, quality, grey = picture(rng, width, height), int(rng.integers(5, 101)), rng.random() < 0.2
        path = os.path.join(folder, f"{index}.jpg")
        optimise = bool(rng.random() < 0.5)
        if index % 3 == 2:
            parameters = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, int(optimise),
                          cv2.IMWRITE_JPEG_RST_INTERVAL, int(rng.choice([1, 2, 3, 7, 19, 40]))]
            assert cv2.imwrite(path, rgb[..., 0] if grey else rgb, parameters)
        else:
            image = Image.fromarray(rgb).convert("L") if grey else Image.fromarray(rgb)
            image.save(path, "JPEG", quality=quality, optimize=optimise, subsampling=0 if grey else int(rng.integers(0, 3)))


def draft(folder):
    listed = []
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".jpg"):
            continue
        for scale in (2, 4, 8):
            image = Image.open(os.path.join(folder, name))
            width, height = image.size
            image.draft(image.mode, (max(1, width // scale), max(1, height // scale)))
            if image.size != (-(-width // scale), -(-height // scale)):
                continue
            pixels = np.asarray(image)
            path = os.path.join(folder, f"{name}.{scale}.raw")
            pixels.tofile(path)
            listed.append({"jpeg": name, "scale": scale, "raw": os.path.basename(path), "width": image.size[0], "height": image.size[1]})
    print(json.dumps(listed))


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        draft(sys.argv[2])

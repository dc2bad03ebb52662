"""Pillow and OpenCV beside slideloom's channels.

  read READER (PATH PAGE)...   prints the samples of TIFF pages or PNGs as they are stored, little endian, one after another
  write FOLDER                 writes TIFFs of noise in many sample types and, beside each, NAME.bin with the samples
"""

import sys

import cv2
import numpy
from PIL import Image


def read(reader, path, page):
    if reader == "pillow":
        image = Image.open(path)
        image.seek(page)
        values = numpy.asarray(image)
        if image.mode == "I" and path.endswith(".png"):
            # Pillow before 10 widens 16-bit PNGs to 32 bits.
            values = values.astype("uint16")
    else:
        found, pages = cv2.imreadmulti(path, [], cv2.IMREAD_UNCHANGED)
        if not found:
            raise SystemExit("OpenCV can't read " + path)
        values = pages[page]
    sys.stdout.buffer.write(values.astype(values.dtype.newbyteorder("<")).tobytes())


def make(dtype, shape=(45, 70)):
    random = numpy.random.default_rng(7)
    dtype = numpy.dtype(dtype)
    if dtype.kind == "f":
        values = random.normal(0, 1000, shape).astype(dtype)
        values[0, :3] = (numpy.inf, -0.0, 1e-30)
        return values
    limits = numpy.iinfo(dtype)
    return random.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)


def write(folder):
    def save(name, values):
        with open(f"{folder}/{name}.bin", "wb") as file:
            file.write(values.tobytes())
        print(name)

    def pillow(name, dtype, predictor=1, **options):
        values = make(dtype)
        tags = {} if predictor == 1 else {317: predictor}
        Image.fromarray(values).save(f"{folder}/{name}.tif", tiffinfo=tags, **options)
        save(name, values)

    def opencv(name, dtype, **options):
        values = make(dtype)
        flags = [number for pair in options.items() for number in (getattr(cv2, pair[0]), pair[1])]
        if not cv2.imwrite(f"{folder}/{name}.tif", values, flags):
            raise SystemExit("OpenCV can't write " + name)
        save(name, values)

    for compression in ("raw", "tiff_lzw", "tiff_deflate"):
        for dtype in ("uint8", "uint16", "int32", "float32"):
            pillow(f"pillow-{dtype}-{compression}", dtype, compression=compression)
    for compression in ("tiff_lzw", "tiff_deflate"):
        for dtype in ("uint8", "uint16", "int32"):
            pillow(f"pillow-{dtype}-{compression}-predictor2", dtype, 2, compression=compression)
        pillow(f"pillow-float32-{compression}-predictor3", "float32", 3, compression=compression)
    for dtype in ("uint8", "int8", "uint16", "int16", "int32", "float32", "float64"):
        opencv(f"opencv-{dtype}", dtype)


if sys.argv[1] == "read":
    for path, page in zip(sys.argv[3::2], sys.argv[4::2]):
        read(sys.argv[2], path, int(page))
else:
    write(sys.argv[2])

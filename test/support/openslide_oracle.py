#!/usr/bin/python3
"""OpenSlide as a server on stdin and stdout: the other opinion in the tests.

Each request is one line of JSON; each answer is a little-endian uint32, so many bytes of JSON, and then as many bytes of pixels
as its "bytes" says. Requests are answered in order. Pixels are RGB, rows from the top; what is transparent (outside the
slide, or a tile that a sparse file leaves out) lies on white.
"""
import json
import struct
import sys

import numpy as np
import openslide

slides = {}


def composite(image):
    """openslide-python has undone the premultiplication already: out = c * a + 255 * (1 - a), rounded."""
    rgba = np.asarray(image.convert("RGBA"))
    alpha = rgba[:, :, 3:].astype(np.uint16)
    if (alpha == 255).all():
        return np.ascontiguousarray(rgba[:, :, :3])
    return ((rgba[:, :, :3].astype(np.uint16) * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def pixels(image):
    data = composite(image)
    return {"width": data.shape[1], "height": data.shape[0]}, data.tobytes()


def open_slide(request):
    slide = openslide.OpenSlide(request["path"])
    slides[request["id"]] = slide
    return {
        "properties": dict(slide.properties),
        "dimensions": slide.level_dimensions,
        "downsamples": slide.level_downsamples,
        "associated": sorted(slide.associated_images),
    }, b""


def read_region(request):
    slide = slides[request["id"]]
    corner, size = (request["x"], request["y"]), (request["width"], request["height"])
    return pixels(slide.read_region(corner, request["level"], size))


def read_associated(request):
    return pixels(slides[request["id"]].associated_images[request["name"]])


def close_slide(request):
    slides.pop(request["id"]).close()
    return {}, b""


COMMANDS = {"open": open_slide, "region": read_region, "associated": read_associated, "close": close_slide}


def main():
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            header, data = COMMANDS[request["do"]](request)
        except Exception as error:  # whatever OpenSlide says of a bad slide goes back to the test
            header, data = {"error": f"{type(error).__name__}: {error}"}, b""
        text = json.dumps({**header, "bytes": len(data)}).encode()
        out.write(struct.pack("<I", len(text)) + text + data)
        out.flush()


if __name__ == "__main__":
    if "--version" in sys.argv:
        print(openslide.__library_version__)
    else:
        main()

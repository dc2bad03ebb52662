"""Pillow's pixels of a DICOM slide in one file: dicom_oracle.py FILE WIDTH HEIGHT COLUMNS ROWS, raw RGB on stdout.

The frames of the fragments, in file order, are decoded one by one, put side by side and cut to WIDTH x HEIGHT. Colours are
what the stream says of itself, by libjpeg's rule.
"""
import io
import struct
import sys

from PIL import Image

path, width, height, columns, rows = sys.argv[1], *map(int, sys.argv[2:])
with open(path, "rb") as file:
    data = file.read()
at = data.index(b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff") + 12
frames = []
while data[at : at + 4] == b"\xfe\xff\x00\xe0":
    (length,) = struct.unpack_from("<I", data, at + 4)
    frames.append(data[at + 8 : at + 8 + length])
    at += 8 + length
# The first item is the offset table.
across = -(-width // columns)
canvas = Image.new("RGB", (width, height))
for index, frame in enumerate(frames[1:]):
    tile = Image.open(io.BytesIO(frame))
    assert tile.size == (columns, rows) and tile.mode == "RGB", (tile.size, tile.mode)
    canvas.paste(tile, (index % across * columns, index // across * rows))
sys.stdout.buffer.write(canvas.tobytes())

#!/usr/bin/env python3
"""Records what other programs decode of every file in shared/data/wsi: record_wsi_references.py FOLDER OUT.json

The test test/golden/wsi-references.test.ts holds slideloom's pixels against OUT.json, so that it needs none of them. Run it again
where a file was added; a file that no rule below reads is an error. Needs tifffile, imagecodecs, pydicom, Pillow and numpy, in
an environment of its own:

  python3 -m venv /tmp/references && /tmp/references/bin/pip install tifffile imagecodecs pydicom pillow numpy
  /tmp/references/bin/python scripts/references/record_wsi_references.py ../shared/data/wsi test/golden/wsi-references.json
  npx biome check --write test/golden/wsi-references.json

Pixels are recorded as slideloom shows them: RGB of 8 bits, by the rules of docs/formats/README.md, which are stated here
again in NumPy. Each level has the SHA-256 of all its pixels, the sums of its red, green and
blue, and regions at random and along the edges, each a line of x, y, width, height
in pixels of the level, a hash of its pixels, and 12 of them as base64.
"""
import base64
import hashlib
import json
import os
import sys
import zlib

import imagecodecs
import numpy as np
import PIL
import pydicom
import tifffile
from PIL import Image

REGIONS, LATTICE = 10, (4, 3)


def show(samples):
    """Grey or RGB of any type as RGB of 8 bits: floor((v + 128) / 257) of 16 bits, signed 8 bits from -128."""
    if samples.dtype == np.int8:
        samples = (samples.astype(np.int16) + 128).astype(np.uint8)
    if samples.dtype.itemsize == 2:
        samples = ((samples.astype(np.uint32) + 128) // 257).astype(np.uint8)
    assert samples.dtype == np.uint8, samples.dtype
    if samples.ndim == 3 and samples.shape[2] == 1:
        samples = samples[:, :, 0]
    return np.repeat(samples[:, :, None], 3, 2) if samples.ndim == 2 else samples


def digest(pixels):
    return hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()


def list_regions(name, width, height):
    """x, y, width, height in pixels of the level: corners, an edge of each kind, and random ones."""
    side, high = min(70, width), min(50, height)
    right, bottom = width - side, height - high
    fixed = [(0, 0), (right, 0), (0, bottom), (right, bottom)]
    edges = [(0, height // 2, min(width, 600), 1), (width - 1, 0, 1, min(height, 600))]
    random = np.random.default_rng(zlib.crc32(name.encode()))
    count = REGIONS if width * height > 1e5 else 3
    found = []
    for _ in range(count):
        w, h = int(random.integers(1, min(300, width) + 1)), int(random.integers(1, min(300, height) + 1))
        found.append((int(random.integers(0, width - w + 1)), int(random.integers(0, height - h + 1)), w, h))
    return [(x, y, side, high) for x, y in fixed] + edges + found


def sample(region):
    """A lattice of pixels; the same places in sampleLattice of the test."""
    height, width = region.shape[:2]
    columns, rows = LATTICE
    ys = [row * (height - 1) // (rows - 1) for row in range(rows)]
    xs = [column * (width - 1) // (columns - 1) for column in range(columns)]
    return base64.b64encode(region[np.ix_(ys, xs)].tobytes()).decode()


def record_level(name, samples):
    pixels = show(samples)
    height, width = pixels.shape[:2]
    regions = []
    for x, y, w, h in list_regions(name, width, height):
        region = pixels[y : y + h, x : x + w]
        regions.append(f"{x} {y} {w} {h} {digest(region)[:16]} {sample(region)}")
    sums = pixels.sum((0, 1), dtype=np.uint64).tolist()
    return {"width": width, "height": height, "sha256": digest(pixels), "sums": sums, "regions": regions}


def record_picture(samples):
    pixels = show(samples)
    return {"width": pixels.shape[1], "height": pixels.shape[0], "sha256": digest(pixels)}


def record(name, by, levels, associated=None):
    return {
        "by": by,
        "levels": [record_level(f"{name}/{level}", samples) for level, samples in enumerate(levels)],
        **({"associated": {key: record_picture(one) for key, one in associated.items()}} if associated else {}),
    }


def decode_jpeg(data, tables=None, **colours):
    return imagecodecs.jpeg8_decode(data, tables=tables, **colours)


# TIFF -----------------------------------------------------------------------------------------------------------------


def read_tiff(name, path):
    with tifffile.TiffFile(path) as tiff:
        pages = tiff.pages
        if name.endswith(".svs"):
            kinds = {"thumbnail": pages[1], "label": pages[2], "macro": pages[3]}
            return record(name, "tifffile", [pages[0].asarray()], {key: page.asarray() for key, page in kinds.items()})
        if name.endswith(".ndpi"):
            levels = [pages[index].asarray() for index in range(4)]
            return record(name, "tifffile", levels, {"macro": pages[4].asarray(), "map": pages[5].asarray()})
        if name.endswith("multi-channel.ome.tif"):
            # No colours in its XML: red, green and blue, in this order.
            return record(name, "tifffile", [np.stack([page.asarray() for page in pages], -1)])
        if name.endswith("XYC_JPEG.ome.tiff"):
            # Its pages say RGB and its streams, by JFIF, YCbCr: the streams are believed.
            return record(name, "tifffile and imagecodecs", [assemble_tiles(pages[0], path)])
        assert len(pages) == 1, (name, len(pages))
        return record(name, "tifffile", [pages[0].asarray()])


def assemble_tiles(page, path):
    tile_height, tile_width = page.tile
    across = -(-page.imagewidth // tile_width)
    canvas = np.zeros((page.imagelength + tile_height, page.imagewidth + tile_width, 3), np.uint8)
    with open(path, "rb") as file:
        for index, (offset, count) in enumerate(zip(page.dataoffsets, page.databytecounts)):
            file.seek(offset)
            y, x = index // across * tile_height, index % across * tile_width
            canvas[y : y + tile_height, x : x + tile_width] = decode_jpeg(file.read(count), page.jpegtables)
    return canvas[: page.imagelength, : page.imagewidth]


# DICOM ----------------------------------------------------------------------------------------------------------------

WSI_CLASS = "1.2.840.10008.5.1.4.1.1.77.1.6"
ASSOCIATED = {"LABEL": "label", "OVERVIEW": "macro", "THUMBNAIL": "thumbnail"}


def read_frames(dataset):
    syntax = dataset.file_meta.TransferSyntaxUID
    count = int(dataset.NumberOfFrames)
    if not syntax.is_compressed:
        frames = dataset.pixel_array
        return frames[None] if count == 1 else frames
    decode = imagecodecs.jpeg2k_decode if syntax.name.startswith("JPEG 2000") else decode_jpeg
    return [decode(frame) for frame in pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=count)]


def read_picture(dataset):
    """TILED_FULL: frames row by row. None where frames are smaller than the file says."""
    frames = read_frames(dataset)
    rows, columns = dataset.Rows, dataset.Columns
    if frames[0].shape[:2] != (rows, columns):
        return None
    width, height = dataset.TotalPixelMatrixColumns, dataset.TotalPixelMatrixRows
    across, down = -(-width // columns), -(-height // rows)
    assert len(frames) == across * down and dataset.DimensionOrganizationType == "TILED_FULL"
    lines = [np.concatenate(frames[row * across : (row + 1) * across], 1) for row in range(down)]
    return np.concatenate(lines, 0)[:height, :width]


def read_dicom(name, path):
    dataset = pydicom.dcmread(path)
    if dataset.file_meta.MediaStorageSOPClassUID != WSI_CLASS:
        return {"refused": dataset.file_meta.MediaStorageSOPClassUID.name}
    kind = dataset.ImageType[2]
    if kind in ASSOCIATED:
        volume = find_volume(path, dataset.SeriesInstanceUID)
        return {"slide": os.path.join(os.path.dirname(name), volume)}
    pictures = read_associated(path, dataset.SeriesInstanceUID)
    return record(name, "pydicom and imagecodecs", [read_picture(dataset)], pictures)


def list_series(path, series):
    folder = os.path.dirname(path)
    for other in sorted(os.listdir(folder)):
        if other.endswith(".dcm"):
            dataset = pydicom.dcmread(os.path.join(folder, other))
            if dataset.get("SeriesInstanceUID") == series and dataset.get("ImageType"):
                yield other, dataset


def find_volume(path, series):
    return next(other for other, dataset in list_series(path, series) if dataset.ImageType[2] == "VOLUME")


def read_associated(path, series):
    found = {}
    for _, dataset in list_series(path, series):
        kind = ASSOCIATED.get(dataset.ImageType[2])
        picture = kind and read_picture(dataset)
        if kind and picture is not None:
            found[kind] = picture
    return found


# Single frames of 240 x 240, pictures, Zarr ---------------------------------------------------------------------------


def read_frame(name, path):
    with open(path, "rb") as file:
        data = file.read()
    kind, extension = os.path.splitext(os.path.basename(name))
    colours, bits = kind.split("-")[-2:]
    if extension == ".raw":
        order = ">" if "Big_Endian" in kind else "<"
        samples = np.frombuffer(data, f"{order}u{int(bits) // 8}").reshape(240, 240, 3 if colours == "RGB" else 1)
        return record(name, "numpy", [samples.astype(samples.dtype.newbyteorder("="))])
    if extension == ".rle":
        from pydicom.pixels.decoders.rle import _rle_decode_frame

        count = 1 if colours == "GRAYSCALE" else 3
        planes = np.frombuffer(_rle_decode_frame(data, 240, 240, count, int(bits)), f"<u{int(bits) // 8}")
        return record(name, "pydicom", [planes.reshape(count, 240, 240).transpose(1, 2, 0)])
    if extension == ".jls":
        return record(name, "imagecodecs", [imagecodecs.jpegls_decode(data)])
    if extension == ".jp2":
        return record(name, "imagecodecs", [imagecodecs.jpeg2k_decode(data)])
    if "Non-Hierarchical" in kind:
        return record(name, "imagecodecs", [imagecodecs.ljpeg_decode(data)])
    if "Process_2_and_4" in kind:
        # 12 bits, spread over 16.
        samples = imagecodecs.jpeg8_decode(data).astype(np.float64)
        return record(name, "imagecodecs", [np.rint(samples * 65535 / 4095).astype(np.uint16)])
    return record(name, "imagecodecs", [decode_jpeg(data)])


def read_image(name, path):
    with Image.open(path) as image:
        return record(name, "Pillow", [np.asarray(image.convert("RGB"))])


def read_zarr(name, path):
    with open(os.path.join(path, "0", ".zarray")) as file:
        about = json.load(file)
    (height, width, _), (rows, columns, _) = about["shape"], about["chunks"]
    tables = base64.b64decode(about["compressor"]["tables"])
    canvas = np.zeros((height + rows, width + columns, 3), np.uint8)
    for row in range(-(-height // rows)):
        for column in range(-(-width // columns)):
            with open(os.path.join(path, "0", f"{row}", f"{column}", "0"), "rb") as file:
                tile = decode_jpeg(file.read(), tables, colorspace="RGB", outcolorspace="RGB")
            canvas[row * rows : (row + 1) * rows, column * columns : (column + 1) * columns] = tile
    return record(name, "imagecodecs", [canvas[:height, :width]])


def read(name, path):
    if name.endswith(".zarr"):
        return read_zarr(name, path)
    if name.endswith((".svs", ".ndpi", ".tif", ".tiff")):
        return read_tiff(name, path)
    if name.endswith(".dcm"):
        return read_dicom(name, path)
    if name.endswith(".png"):
        return read_image(name, path)
    if name.startswith("codec-frames/"):
        return read_frame(name, path)
    raise SystemExit(f"{name}: no rule reads it; add one")


def list_files(folder):
    """Files below the folder; a .zarr folder is one."""
    for place, folders, files in os.walk(folder):
        zarrs = [one for one in folders if one.endswith(".zarr")]
        folders[:] = [one for one in folders if one not in zarrs]
        for name in zarrs + files:
            yield os.path.relpath(os.path.join(place, name), folder).replace(os.sep, "/")


def main(folder, out):
    versions = {"tifffile": tifffile.__version__, "imagecodecs": imagecodecs.__version__, "pydicom": pydicom.__version__}
    versions |= {"pillow": PIL.__version__, "numpy": np.__version__}
    # The libraries behind imagecodecs decide on pixels.
    versions |= {name: imagecodecs.version(dict)[name] for name in ("libjpeg_turbo", "openjpeg", "charls", "libwebp")}
    files = {name: read(name, os.path.join(folder, name)) for name in sorted(list_files(folder))}
    with open(out, "w") as file:
        file.write(json.dumps({"versions": versions, "files": files}, indent=2) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])

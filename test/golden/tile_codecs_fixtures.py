#!/usr/bin/python3
"""Writes tile-codecs-fixtures.json: small streams by the reference libraries of Debian 12 (libopenjp2 2.5.0, libcharls 2.4.1,
libzstd 1.5.4, libwebp 1.2.4 through Pillow 9.4), each with the samples that it must give. Run it from the project's root."""
import base64, ctypes, io, json, math, os, tempfile
import numpy as np
from PIL import Image

def picture(width, height, samples, top=255, seed=1):
    """Smooth waves and a little noise: every coder has something to do, and the streams stay short."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = [(np.sin(x / (7 + 3 * s)) + np.cos(y / (5 + 2 * s)) + 2) / 4 for s in range(samples)]
    pixels = np.stack(planes, -1) * top * 0.96 + rng.random((height, width, samples)) * top * 0.03
    return pixels.astype(np.uint16 if top > 255 else np.uint8)

opj = ctypes.CDLL('libopenjp2.so.7')
for name in ('opj_image_create', 'opj_create_compress', 'opj_stream_create_default_file_stream'):
    getattr(opj, name).restype = ctypes.c_void_p

def jpeg2000(planes, bits, steps, *, levels=2, tile=None, layers=1, mct=0, irreversible=0, markers=0):
    """`planes` as stored; `steps` (dx, dy) of each. Field offsets are those of opj_cparameters_t on 64 bits."""
    height, width = planes[0].shape
    parts = (ctypes.c_uint32 * (9 * len(planes)))()
    for i, (plane, (dx, dy)) in enumerate(zip(planes, steps)):
        parts[9 * i:9 * i + 9] = [dx, dy, plane.shape[1], plane.shape[0], 0, 0, bits, bits, 0]
    image = ctypes.c_void_p(opj.opj_image_create(len(planes), parts, 1 if len(planes) == 3 else 2))
    head = ctypes.cast(image, ctypes.POINTER(ctypes.c_uint32))
    head[0], head[1], head[2], head[3] = 0, 0, width, height
    comps = ctypes.cast(image.value + 24, ctypes.POINTER(ctypes.c_void_p))[0]
    for i, plane in enumerate(planes):
        data = ctypes.cast(comps + 64 * i + 48, ctypes.POINTER(ctypes.c_void_p))[0]
        values = np.ascontiguousarray(plane, dtype=np.int32)
        ctypes.memmove(data, values.ctypes.data, values.nbytes)
    raw = ctypes.create_string_buffer(32768)
    opj.opj_set_default_encoder_parameters(raw)
    def put(at, value, kind=ctypes.c_int32):
        kind.from_buffer(raw, at).value = value
    assert ctypes.c_int32.from_buffer(raw, 5600).value == 6 and ctypes.c_int32.from_buffer(raw, 5604).value == 64
    put(20, 1)
    put(4796, layers)
    for i in range(layers):
        put(4800 + 4 * i, float([12, 5, 1][i - layers]) if layers > 1 else 0.0, ctypes.c_float)
    if irreversible:
        put(4800, 4.0, ctypes.c_float)
    put(5600, levels + 1)
    put(5616, irreversible)
    put(48, markers)
    if tile:
        put(0, 1), put(12, tile), put(16, tile)
    put(18698, mct, ctypes.c_uint8)
    codec = ctypes.c_void_p(opj.opj_create_compress(0))
    assert opj.opj_setup_encoder(codec, raw, image)
    with tempfile.NamedTemporaryFile(suffix='.j2k') as out:
        stream = ctypes.c_void_p(opj.opj_stream_create_default_file_stream(out.name.encode(), 0))
        assert opj.opj_start_compress(codec, image, stream) and opj.opj_encode(codec, stream)
        assert opj.opj_end_compress(codec, stream)
        opj.opj_stream_destroy(stream)
        code = open(out.name, 'rb').read()
    opj.opj_destroy_codec(codec)
    opj.opj_image_destroy(image)
    return code


charls = ctypes.CDLL('libcharls.so.2')
charls.charls_jpegls_encoder_create.restype = ctypes.c_void_p

def jpeg_ls(pixels, bits, *, interleave=0, near=0):
    """`pixels` as the coder takes them: one component after another for interleave 0, else by pixel."""
    height, width, samples = pixels.shape
    given = np.ascontiguousarray(pixels.transpose(2, 0, 1) if interleave == 0 else pixels)
    coder = ctypes.c_void_p(charls.charls_jpegls_encoder_create())
    frame = (ctypes.c_uint32 * 4)(width, height, bits, samples)
    out = ctypes.create_string_buffer(given.nbytes * 2 + 1024)
    written = ctypes.c_size_t()
    for code in (
        charls.charls_jpegls_encoder_set_frame_info(coder, frame),
        charls.charls_jpegls_encoder_set_near_lossless(coder, near),
        charls.charls_jpegls_encoder_set_interleave_mode(coder, interleave),
        charls.charls_jpegls_encoder_set_destination_buffer(coder, out, ctypes.c_size_t(len(out))),
        charls.charls_jpegls_encoder_encode_from_buffer(
            coder, ctypes.c_void_p(given.ctypes.data), ctypes.c_size_t(given.nbytes), 0),
        charls.charls_jpegls_encoder_get_bytes_written(coder, ctypes.byref(written)),
    ):
        assert code == 0, code
    charls.charls_jpegls_encoder_destroy(coder)
    return out.raw[:written.value]

zstd = ctypes.CDLL('libzstd.so.1')
zstd.ZSTD_createCCtx.restype = ctypes.c_void_p
zstd.ZSTD_compress2.restype = ctypes.c_size_t

def compress(data, level, *, checksum=0, size=1, window=0):
    context = ctypes.c_void_p(zstd.ZSTD_createCCtx())
    for parameter, value in ((100, level), (200, size), (201, checksum), (101, window)):
        zstd.ZSTD_CCtx_setParameter(context, parameter, value)
    out = ctypes.create_string_buffer(len(data) + 1024)
    written = zstd.ZSTD_compress2(context, out, ctypes.c_size_t(len(out)), data, ctypes.c_size_t(len(data)))
    zstd.ZSTD_freeCCtx(context)
    return out.raw[:written]

def webp(pixels, **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, 'WEBP', **options)
    return file.getvalue()

def decoded(code):
    with Image.open(io.BytesIO(code)) as image:
        return np.asarray(image)

fixtures = {}

def add(name, code, pixels, **facts):
    raw = pixels.astype('<u2' if pixels.dtype.itemsize == 2 else 'u1').tobytes()
    text = lambda data: base64.b64encode(data).decode()
    fixtures[name] = {**facts, 'stream': text(code), 'pixels': text(raw)}

def shape(pixels, bits=8):
    height, width = pixels.shape[:2]
    return {'width': width, 'height': height, 'samples': pixels.shape[2] if pixels.ndim == 3 else 1, 'bits': bits}

def planes(pixels):
    return [pixels[..., i] for i in range(pixels.shape[2])]

FULL = [(1, 1)] * 3
rgb = picture(24, 20, 3)
odd = picture(17, 13, 3)
grey = picture(24, 20, 1)
deep = picture(24, 20, 1, 65535)
twelve = picture(24, 20, 1, 4095)
add('j2k plain', jpeg2000(planes(rgb), 8, FULL), rgb, **shape(rgb))
add('j2k mixed', jpeg2000(planes(rgb), 8, FULL, mct=1), rgb, **shape(rgb))
tiled = picture(40, 24, 3)
add('j2k tiles', jpeg2000(planes(tiled), 8, FULL, tile=16, layers=3, mct=1, markers=6), tiled, **shape(tiled))
add('j2k grey', jpeg2000(planes(grey), 8, [(1, 1)]), grey, **shape(grey))
add('j2k grey 16', jpeg2000(planes(deep), 16, [(1, 1)]), deep, **shape(deep, 16))
add('j2k grey 12', jpeg2000(planes(twelve), 12, [(1, 1)]), twelve, **shape(twelve, 12))
lossy = jpeg2000(planes(rgb), 8, FULL, mct=1, irreversible=1)
add('j2k lossy', lossy, decoded(lossy), **shape(rgb))
# Samples of the subsampled ones: Y of the whole, then Cb and Cr as they are stored.
for name, steps, whole in (('422', (2, 1), rgb), ('420', (2, 2), rgb), ('422 odd', (2, 1), odd), ('420 odd', (2, 2), odd)):
    y, cb, cr = planes(whole)
    stored = [y, cb[::steps[1], ::steps[0]], cr[::steps[1], ::steps[0]]]
    code = jpeg2000(stored, 8, [(1, 1), steps, steps], levels=1)
    add(f'j2k {name}', code, np.concatenate([one.ravel() for one in stored]), **shape(whole))
file = io.BytesIO()
Image.fromarray(rgb).save(file, 'JPEG2000', irreversible=False)
add('jp2', file.getvalue(), rgb, **shape(rgb))

for interleave, name in enumerate(('planes', 'lines', 'pixels')):
    add(f'jls {name}', jpeg_ls(rgb, 8, interleave=interleave), rgb, **shape(rgb))
add('jls grey', jpeg_ls(grey, 8), grey, **shape(grey))
add('jls grey 16', jpeg_ls(deep, 16), deep, **shape(deep, 16))
add('jls grey 12', jpeg_ls(twelve, 12), twelve, **shape(twelve, 12))
wide = picture(9, 7, 3, 65535)
add('jls planes 16', jpeg_ls(wide, 16), wide, **shape(wide, 16))

# Quality 60 subsamples the chroma, as every lossy WebP does; lossless ones with alpha keep it exactly.
alpha = picture(24, 20, 4)
add('webp lossy', (code := webp(rgb, quality=60)), decoded(code), **shape(rgb))
add('webp lossless', webp(rgb, lossless=True, exact=True), rgb, **shape(rgb))
add('webp alpha', webp(alpha, lossless=True, exact=True), alpha, **shape(alpha))
add('webp lossy alpha', (code := webp(alpha, quality=60, exact=True)), decoded(code), **shape(alpha))

text = ('the pixels of a slide, ' * 40 + 'glass, ' * 60).encode()
noise = np.random.default_rng(3).integers(0, 256, 700, dtype=np.uint8).tobytes()
skewed = np.minimum(np.random.default_rng(4).geometric(0.2, 2500), 90).astype(np.uint8).tobytes()
waves = picture(48, 16, 3).tobytes()
for name, data, options in (
    ('text', text, {'level': 19}), ('text fast', text, {'level': 1}), ('noise', noise, {'level': 3}),
    ('skewed', skewed, {'level': 3}), ('skewed slow', skewed, {'level': 22, 'checksum': 1, 'size': 0}),
    ('waves', waves, {'level': 9, 'size': 0}), ('same', bytes([7]) * 300_000, {'level': 3}),
    ('empty', b'', {'level': 3}), ('long', (text + skewed) * 2, {'level': 12, 'window': 10, 'size': 0}),
):
    add(f'zstd {name}', compress(data, **options), np.frombuffer(data, np.uint8) if name != 'same' else np.zeros(0, np.uint8))

target = os.path.join(os.path.dirname(__file__), 'tile-codecs-fixtures.json')
with open(target, 'w') as out:
    json.dump(fixtures, out, indent=1)
    out.write('\n')
print(len(fixtures), 'streams,', os.path.getsize(target), 'bytes')

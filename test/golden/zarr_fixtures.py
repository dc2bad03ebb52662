#!/usr/bin/python3
"""Writes zarr-fixtures.json: small arrays stored by the reference library (Debian 12: python3-zarr 2.13.6, python3-numcodecs 0.11),
each with the samples that it must give. Run it from the project's root."""
import base64, json, os, tempfile
import numcodecs, numpy as np, zarr

def picture(shape, dtype, seed):
    """Smooth waves and a little noise in the last two axes but one, as wide as the type."""
    rng = np.random.default_rng(seed)
    info = np.iinfo(dtype) if np.dtype(dtype).kind in 'iu' else None
    grids = np.meshgrid(*[np.arange(n) for n in shape], indexing='ij')
    wave = sum(np.sin(grid / (3 + 2 * axis)) for axis, grid in enumerate(grids)) / (2 * len(shape)) + 0.5
    wave = np.clip(wave + rng.random(shape) * 0.03, 0, 1)
    if info is None:
        return (wave * 3 - 1).astype(dtype)
    return (info.min + wave * (info.max - info.min)).astype(dtype)

BLOSC = numcodecs.Blosc
CASES = {
    'blosc lz4, shuffled, u2': dict(shape=(40, 50), chunks=(16, 20), dtype='<u2', compressor=BLOSC('lz4', 5, BLOSC.SHUFFLE)),
    'blosc lz4hc, bit-shuffled, u1': dict(shape=(40, 50, 3), chunks=(16, 20, 3), dtype='|u1', compressor=BLOSC('lz4hc', 5, BLOSC.BITSHUFFLE)),
    'blosc zstd, u1': dict(shape=(40, 50, 3), chunks=(16, 20, 3), dtype='|u1', compressor=BLOSC('zstd', 3, BLOSC.NOSHUFFLE)),
    'blosc zlib, i2': dict(shape=(33, 20), chunks=(16, 20), dtype='<i2', compressor=BLOSC('zlib', 5, BLOSC.SHUFFLE)),
    'blosc blosclz, f4': dict(shape=(33, 20), chunks=(16, 20), dtype='<f4', compressor=BLOSC('blosclz', 5, BLOSC.SHUFFLE)),
    'zlib, i1': dict(shape=(33, 20), chunks=(16, 16), dtype='|i1', compressor=numcodecs.Zlib(6)),
    'gzip, u4': dict(shape=(33, 20), chunks=(16, 16), dtype='<u4', compressor=numcodecs.GZip(6)),
    'zstd, i4 big endian': dict(shape=(33, 20), chunks=(16, 16), dtype='>i4', compressor=numcodecs.Zstd(3)),
    'lz4, f8': dict(shape=(33, 20), chunks=(16, 16), dtype='<f8', compressor=numcodecs.LZ4()),
    'uncompressed, u2 big endian': dict(shape=(17, 20), chunks=(8, 8), dtype='>u2', compressor=None),
    'columns first (order F)': dict(shape=(40, 50, 3), chunks=(16, 20, 3), dtype='|u1', compressor=numcodecs.Zlib(6), order='F'),
    'slashes, and an odd chunk of channels': dict(shape=(17, 20, 3), chunks=(8, 8, 2), dtype='|u1', compressor=numcodecs.Zlib(6), dimension_separator='/'),
}

def store(shape, dtype, seed, **options):
    with tempfile.TemporaryDirectory() as folder:
        array = zarr.open(zarr.storage.DirectoryStore(folder, dimension_separator=options.get('dimension_separator', '.')), mode='w', shape=shape, dtype=dtype, fill_value=7, **options)
        pixels = picture(shape, dtype, seed)
        # A corner stays unwritten: its chunk is missing, and reads as the fill value.
        h, w = options['chunks'][:2]
        array[:h] = pixels[:h]
        array[h:, w:] = pixels[h:, w:]
        files = {}
        for base, _, names in os.walk(folder):
            for name in sorted(names):
                path = os.path.join(base, name)
                files[os.path.relpath(path, folder)] = base64.b64encode(open(path, 'rb').read()).decode()
        little = np.ascontiguousarray(array[:]).astype(np.dtype(dtype).newbyteorder('<'))
        return dict(shape=shape, type=np.dtype(dtype).name, files=files, samples=base64.b64encode(little.tobytes()).decode())

fixtures = {name: store(seed=seed, **options) for seed, (name, options) in enumerate(CASES.items())}
with open('test/golden/zarr-fixtures.json', 'w') as out:
    json.dump(fixtures, out, indent=1)
    out.write('\n')

"""Describes HDF5 files as h5py sees them, one JSON object a line for each path on stdin.

A line {"path": p} is a file to describe. A line {"path": p, "make": {dataset: {dtype, shape, chunks, attrs, data}}} is made first, with
h5py alone, by the calls that CLAM's and TRIDENT's writers make; "options" are more of `create_dataset`, "libver" is of the file.
A file .pt is loaded with torch.
"""
import json
import sys

import h5py
import numpy as np


def make(path, datasets, options, libver):
    with h5py.File(path, 'w', libver=libver and tuple(libver)) as file:
        for name, plan in datasets.items():
            data = np.asarray(plan['data'], dtype=plan['dtype']).reshape(plan['shape'])
            maxshape = (None,) + data.shape[1:]
            chunked = {'maxshape': maxshape, 'chunks': tuple(plan['chunks'])} if 'chunks' in plan else {}
            dataset = file.create_dataset(name, shape=data.shape, dtype=data.dtype, **chunked, **options)
            dataset[:] = data
            for key, value in plan['attrs'].items():
                if key == 'downsample':
                    value = [float(one) for one in value]  # in JSON from JavaScript 1.0 is 1
                dataset.attrs[key] = tuple(value) if isinstance(value, list) else value


def describe_attributes(attributes):
    found = {}
    for name in sorted(attributes):
        kind = attributes.get_id(name)
        value = attributes[name]
        text = h5py.check_string_dtype(kind.dtype)
        dtype = str(kind.dtype) if text is None else f'text {text.encoding} {text.length}'
        found[name] = [dtype, list(kind.shape), value.tolist() if hasattr(value, 'tolist') else value]
    return found


def describe(path):
    if path.endswith('.pt'):
        import torch

        tensor = torch.load(path)
        return {'dtype': str(tensor.dtype), 'shape': list(tensor.shape), 'data': tensor.flatten().tolist()}
    with h5py.File(path, 'r') as file:
        return {
            'attrs': describe_attributes(file.attrs),
            'datasets': {
                name: {
                    'dtype': str(one.dtype),
                    'shape': list(one.shape),
                    'chunks': one.chunks and list(one.chunks),
                    'maxshape': list(one.maxshape),
                    'attrs': describe_attributes(one.attrs),
                    'data': one[:].astype(np.float64).ravel().tolist(),
                }
                for name, one in file.items()
            },
        }


for line in sys.stdin:
    job = json.loads(line)
    if 'make' in job:
        make(job['path'], job['make'], job.get('options', {}), job.get('libver'))
    print(json.dumps(describe(job['path'])))

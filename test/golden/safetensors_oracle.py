"""Reads a safetensors file with NumPy alone and prints, as JSON, its metadata and each tensor's type, shape and values."""
import json
import struct
import sys

import numpy

TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1", "BOOL": "?"}
content = open(sys.argv[1], "rb").read()
(length,) = struct.unpack("<Q", content[:8])
header = json.loads(content[8 : 8 + length])
data = content[8 + length :]
metadata = header.pop("__metadata__", {})
tensors = {}
for name, entry in header.items():
    start, end = entry["data_offsets"]
    values = numpy.frombuffer(data[start:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    tensors[name] = {"type": entry["dtype"], "shape": list(values.shape), "values": values.ravel().astype(float).tolist()}
json.dump({"metadata": metadata, "tensors": tensors}, sys.stdout)

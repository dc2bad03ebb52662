"""fill_cv2.py SHARED_BENCH SIZE POLYGONS VERTICES: cv2.fillPoly of the rings of make_xml.py into one array.

The rings are there before the clock starts, and pixels are counted after it has stopped. again_cpu_s: the same once more,
into another array, in the same process. n = megapixels of the mask.
"""
import sys

sys.path.insert(0, sys.argv[1])
from measure import THREADS, Meter, peak_mb, report, versions
import cv2
import numpy as np
from make_xml import rings


def fill(size, polygons):
    with Meter() as meter:
        mask = np.zeros((size, size), np.uint8)
        for polygon in polygons:
            cv2.fillPoly(mask, [polygon.astype(np.int32)], 255)
    return mask, meter


size, count, vertices = map(int, sys.argv[2:])
cv2.setNumThreads(THREADS)
polygons = list(rings(count, vertices, size))
mask, meter = fill(size, polygons)
peak, filled = peak_mb(), cv2.countNonZero(mask)
del mask
again = fill(size, polygons)[1]
report("fill-cv2", round(size ** 2 / 1e6, 3), "megapixels", meter, peak, versions("cv2", "numpy"), filled=filled,
       again_cpu_s=round(again.cpu_s, 4))

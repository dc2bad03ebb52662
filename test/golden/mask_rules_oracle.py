"""cv2.fillPoly: reads JSON lines {"width", "height", "rings": [[x0, y0, x1, y1 ...] ...]} from stdin; the masks' bytes, 0 or 1, to stdout."""
import json
import sys

import cv2
import numpy as np

for line in sys.stdin:
    one = json.loads(line)
    mask = np.zeros((one["height"], one["width"]), np.uint8)
    cv2.fillPoly(mask, [np.array(ring, np.int32).reshape(-1, 2) for ring in one["rings"]], 1)
    sys.stdout.buffer.write(mask.tobytes())

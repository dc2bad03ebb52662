"""Pillow's ImageCms (lcms2): icc_oracle.py PROFILE PIXELS OUT INTENT; RGB bytes in, sRGB bytes out."""
import sys

from PIL import Image, ImageCms

profile, pixels, out, intent = sys.argv[1:]
data = open(pixels, "rb").read()
image = Image.frombytes("RGB", (len(data) // 3, 1), data)
srgb = ImageCms.createProfile("sRGB")
result = ImageCms.profileToProfile(image, profile, srgb, renderingIntent=int(intent), outputMode="RGB")
open(out, "wb").write(result.tobytes())

"""Tiles as openslide-python's DeepZoomGenerator cuts them: RGB bytes of `level col row` triples, one after the other."""
import sys
import openslide
from openslide.deepzoom import DeepZoomGenerator

path, size, *places = sys.argv[1:]
with openslide.open_slide(path) as slide:
    tiles = DeepZoomGenerator(slide, tile_size=int(size), overlap=0, limit_bounds=False)
    for place in places:
        level, col, row = (int(text) for text in place.split(','))
        sys.stdout.buffer.write(tiles.get_tile(level, (col, row)).convert('RGB').tobytes())

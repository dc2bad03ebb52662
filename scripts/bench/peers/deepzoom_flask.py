"""deepzoom_flask.py SLIDE TILE_SIZE QUALITY: the peer of ours/serve.mjs.

Serves the Deep Zoom tiles of SLIDE by openslide-python's DeepZoomGenerator in Flask's own server with threads, as openslide-python's
example does; without overlap, so that tiles are those of the other side. Prints one line: {url, versions}.
"""
import io
import json
import logging
import platform
import sys

import flask
import openslide
import PIL
from openslide.deepzoom import DeepZoomGenerator
from werkzeug.serving import make_server


def create_app(path, tile_size, quality):
    app = flask.Flask(__name__)
    tiles = DeepZoomGenerator(openslide.OpenSlide(path), tile_size=tile_size, overlap=0, limit_bounds=False)

    @app.route("/slides/<name>_files/<int:level>/<int:col>_<int:row>.jpg")
    def tile(name, level, col, row):
        try:
            image = tiles.get_tile(level, (col, row))
        except ValueError:
            flask.abort(404)
        out = io.BytesIO()
        image.save(out, "jpeg", quality=quality)
        return flask.Response(out.getvalue(), mimetype="image/jpeg")

    return app


def main(path, tile_size, quality):
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, create_app(path, int(tile_size), int(quality)), threaded=True)
    versions = {"python": platform.python_version(), "openslide": openslide.__library_version__,
                "openslide-python": openslide.__version__, "flask": flask.__version__, "pillow": PIL.__version__}
    print(json.dumps({"url": f"http://127.0.0.1:{server.port}", "versions": versions}), flush=True)
    server.serve_forever()


main(*sys.argv[1:])

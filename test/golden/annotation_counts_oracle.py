"""Counts regions, vertices and classes of annotation files with Python's own parsers, and sums their coordinates.

Argument: files. Prints one JSON object per line: file, classes (name -> regions), regions, vertices, sum_x, sum_y, bytes as written.
What has no area by the format's own word (arrows, rulers) is left out, as is an annotation without anything drawn.
"""
import json
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter


def open_ring(points):
    return points[:-1] if len(points) > 1 and points[0] == points[-1] else points


def read_xml(path):
    root = ElementTree.parse(path).getroot()
    if root.tag == "Annotations":
        for layer in root.iter("Annotation"):
            attribute = layer.find("Attributes/Attribute")
            said = "" if attribute is None else attribute.get("Value") or attribute.get("Name")
            for region in layer.iter("Region"):
                if region.get("Type") in ("3", "4"):
                    continue
                points = [(float(v.get("X")), float(v.get("Y"))) for v in region.iter("Vertex")]
                yield layer.get("Name") or (said if said != "Description" else ""), [open_ring(points)]
    elif root.tag == "ASAP_Annotations":
        for annotation in root.iter("Annotation"):
            found = sorted(annotation.iter("Coordinate"), key=lambda c: float(c.get("Order")))
            points = [(float(c.get("X").replace(",", ".")), float(c.get("Y").replace(",", "."))) for c in found]
            yield annotation.get("PartOfGroup"), [open_ring(points)]
    else:
        for state in root.iter("ndpviewstate"):
            points = [(float(p.findtext("x")), float(p.findtext("y"))) for p in state.iter("point")]
            pin = state.find("annotation[@type='pin']")
            if pin is not None:
                points = [(float(pin.findtext("x")), float(pin.findtext("y")))]
            if points:
                yield state.findtext("title"), [open_ring(points)]


def read_json(path):
    data = json.load(open(path))
    if isinstance(data, dict) and "positive" in data:
        for item in data["positive"] + data["negative"]:
            yield "positive", [open_ring([tuple(p) for p in item["vertices"]])]
        return
    features = data.get("features", [data]) if isinstance(data, dict) else data
    for feature in features:
        geometry = feature["geometry"]
        polygons = {"Polygon": lambda c: [c], "MultiPolygon": lambda c: c}[geometry["type"]](geometry["coordinates"])
        rings = [open_ring([(p[0], p[1]) for p in ring]) for polygon in polygons for ring in polygon]
        yield feature["properties"].get("classification", {}).get("name"), rings


for path in sys.argv[1:]:
    regions = list(read_json(path) if path.endswith("json") else read_xml(path))
    points = [point for _, rings in regions for ring in rings for point in ring]
    print(json.dumps({
        "file": path,
        "classes": dict(Counter(name or "" for name, _ in regions)),
        "regions": len(regions),
        "vertices": len(points),
        "sum_x": sum(x for x, _ in points),
        "sum_y": sum(y for _, y in points),
    }))

// masks.mjs tiff|fill|huge SIZE POLYGONS VERTICES [OUT]: our side of mask_cv2.py, with its rings and its rule.
// masks.mjs xml FILE: our side of xml_iterparse.py.
import { getMask, streamAnnotations, writeMask } from '../../../dist/preprocessing/index.js';
import { measure } from '../lib/measure.mjs';

const [mode, ...rest] = process.argv.slice(2);

/** The rings of make_xml.py. */
function createRings(polygons, vertices, size) {
  const grid = Math.ceil(Math.sqrt(polygons));
  const radius = (0.48 * size) / grid;
  return Array.from({ length: polygons }, (_, k) => {
    const ring = new Float64Array(2 * vertices);
    const x = (((k % grid) + 0.5) * size) / grid;
    const y = ((Math.floor(k / grid) + 0.5) * size) / grid;
    for (let i = 0; i < vertices; i += 1) {
      const angle = (2 * Math.PI * i) / vertices;
      const wobble = 0.15 * Math.sin(7 * angle + k) + 0.07 * Math.sin(61 * angle) + 0.03 * Math.sin(997 * angle);
      ring[2 * i] = x + radius * (0.75 + wobble) * Math.cos(angle);
      ring[2 * i + 1] = y + radius * (0.75 + wobble) * Math.sin(angle);
    }
    return ring;
  });
}

function toAnnotations(rings) {
  const attributes = new Map();
  const regions = rings.map((exterior) => {
    const polygons = [{ exterior, holes: [] }];
    return { kind: 'polygon', negative: false, polygons, attributes };
  });
  return { format: 'bench', source: 'rings', notices: [], layers: [{ name: 'rings', attributes, regions }] };
}

async function paint(sizeText, polygons, vertices, out) {
  const size = Number(sizeText);
  const annotations = toAnnotations(createRings(Number(polygons), Number(vertices), size));
  const slide = { width: size, height: size };
  const options = { downsample: 1, rule: mode === 'huge' ? 'pixel-centre' : 'cv2' };
  const n = Math.round(size ** 2 / 1e3) / 1e3;
  if (mode !== 'fill') {
    const { labels, bytes } = await writeMask(annotations, slide, out, options);
    return { n, filled: labels[0].pixels, tiff_mb: Math.round(bytes / 1e4) / 100 };
  }
  const { data } = await getMask(annotations, slide, options);
  return { n, data };
}

async function readXml(file) {
  let [regions, vertices, sumX, sumY] = [0, 0, 0, 0];
  for await (const { region } of streamAnnotations(file)) {
    regions += 1;
    for (const { exterior } of region.polygons) {
      vertices += exterior.length / 2;
      for (let i = 0; i < exterior.length; i += 2) {
        sumX += exterior[i];
        sumY += exterior[i + 1];
      }
    }
  }
  const round = (sum) => Math.round(sum * 1e3) / 1e3;
  return { n: vertices, regions, sum_x: round(sumX), sum_y: round(sumY) };
}

if (mode === 'xml') {
  await measure({ name: 'slideloom', unit: 'vertices', work: () => readXml(rest[0]) });
} else {
  let painted;
  await measure({
    name: 'slideloom',
    unit: 'megapixels',
    work: async () => {
      painted = await paint(...rest);
      // The array itself is no part of the result line.
      return { ...painted, data: undefined };
    },
  });
}

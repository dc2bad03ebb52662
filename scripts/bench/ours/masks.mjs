// masks.mjs tiff|huge SIZE POLYGONS VERTICES OUT [BITS]: our side of mask_cv2.py, with its rings and its rule.
// masks.mjs fill SIZE POLYGONS VERTICES: our side of peers/fill_cv2.py: the rings are there before the clock starts.
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

function describe(sizeText, polygons, vertices) {
  const size = Number(sizeText);
  const annotations = toAnnotations(createRings(Number(polygons), Number(vertices), size));
  return { annotations, slide: { width: size, height: size }, n: Math.round(size ** 2 / 1e3) / 1e3 };
}

async function write(size, polygons, vertices, out, bits = '8') {
  const { annotations, slide, n } = describe(size, polygons, vertices);
  const options = { downsample: 1, rule: mode === 'huge' ? 'pixel-centre' : 'cv2', bits: Number(bits) };
  const { labels, bytes } = await writeMask(annotations, slide, out, options);
  return { n, filled: labels[0].pixels, tiff_mb: Math.round(bytes / 1e4) / 100 };
}

async function fill(...shape) {
  const { annotations, slide, n } = describe(...shape);
  const paint = () => getMask(annotations, slide, { downsample: 1, rule: 'cv2' });
  let mask;
  await measure({
    name: 'slideloom',
    unit: 'megapixels',
    work: async () => {
      mask = await paint();
      return n;
    },
    after: async () => {
      let filled = 0;
      for (const label of mask.data) filled += label;
      mask = undefined;
      const cpu = process.cpuUsage();
      await paint();
      const { user, system } = process.cpuUsage(cpu);
      return { filled, again_cpu_s: (user + system) / 1e6 };
    },
  });
}

async function readXml(file) {
  let [regions, vertices, sumX, sumY] = [0, 0, 0, 0];
  // As iterparse's elements are cleared: nothing of a region is kept.
  for await (const { region } of streamAnnotations(file, { reuse: true })) {
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

if (mode === 'xml') await measure({ name: 'slideloom', unit: 'vertices', work: () => readXml(rest[0]) });
else if (mode === 'fill') await fill(...rest);
else await measure({ name: 'slideloom', unit: 'megapixels', work: () => write(...rest) });

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { z } from 'zod';
import type { Raster } from '../../src/io/raster.ts';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { ROOT, sharedPath } from '../support/shared-data.ts';
import { buildDicom, type TinyDicom } from '../support/tiny-dicom.ts';

/** What other programs decode, recorded by scripts/references/record_wsi_references.py. */
const FILE = join(ROOT, 'test/golden/wsi-references.json');

const picture = z.object({ width: z.number(), height: z.number(), sha256: z.string() });
/** `x y width height hash samples`, the first four in pixels of the level. */
const region = z.string().transform((line) => {
  const [x, y, width, height, hash = '', samples = ''] = line.split(' ');
  return { at: { x: Number(x), y: Number(y), width: Number(width), height: Number(height) }, hash, samples };
});
/** `sums` of red, green and blue. */
const level = picture.extend({ sums: z.tuple([z.number(), z.number(), z.number()]), regions: z.array(region) });
const recorded = z.object({
  by: z.string(),
  levels: z.array(level),
  associated: z.record(z.string(), picture).default({}),
});
const entry = z.union([recorded, z.object({ slide: z.string() }), z.object({ refused: z.string() })]);

export type RecordedSlide = z.infer<typeof recorded>;
export type RecordedLevel = z.infer<typeof level>;
export type RecordedRegion = z.infer<typeof region>;

/** By path below shared/data/wsi: a slide's pixels, the slide that a file belongs to, or what it is where it is no slide. */
export const REFERENCES = z
  .object({ files: z.record(z.string(), entry) })
  .parse(JSON.parse(readFileSync(FILE, 'utf8'))).files;

/** Files below a folder with `/` between; a `.zarr` folder is one. */
export function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((one) => {
      if (!one.isDirectory() || one.name.endsWith('.zarr')) return [one.name];
      return listFiles(join(folder, one.name)).map((name) => `${one.name}/${name}`);
    })
    .sort();
}

/** A slide of shared/data/wsi; a bare frame becomes the only tile of a DICOM slide in the transfer syntax of its name. */
export async function openSubject(name: string): Promise<Slide> {
  const path = sharedPath('data', 'wsi', name);
  if (!isBareFrame(name)) return openSlide(path);
  const bytes = buildDicom({ ...describeFrame(name), frames: [new Uint8Array(readFileSync(path))] });
  return openSlide(createBufferSource(bytes, `${name}.dcm`), { backend: 'native' });
}

function isBareFrame(name: string): boolean {
  return name.startsWith('codec-frames/') && !name.endsWith('.png');
}

/** Names of files behind 1.2.840.10008.1.2, the first that fits. */
const SYNTAXES: readonly (readonly [start: string, syntax: string])[] = [
  ['Implicit_VR_Little', ''],
  ['Explicit_VR_Little', '.1'],
  ['Explicit_VR_Big', '.2'],
  ['RLE', '.5'],
  ['JPEG-LS_Lossless', '.4.80'],
  ['JPEG-LS_Lossy', '.4.81'],
  ['JPEG_2000_Image_Compression_(', '.4.90'],
  ['JPEG_2000', '.4.91'],
  ['JPEG_Baseline', '.4.50'],
  ['JPEG_Extended', '.4.51'],
  ['JPEG_Lossless', '.4.57'],
];
/** PhotometricInterpretation of frames whose components are not red, green, blue. */
const YBR: Readonly<Record<string, string>> = { '.4.90': 'YBR_RCT', '.4.91': 'YBR_ICT', '.4.57': 'RGB' };

function describeFrame(name: string): Omit<TinyDicom, 'frames'> {
  const kind = basename(name, extname(name));
  const syntax = SYNTAXES.find(([start]) => kind.startsWith(start))?.[1];
  const [colours, bits = 0] = kind
    .split('-')
    .slice(-2)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  if (syntax === undefined) throw new Error(`no transfer syntax for ${name}`);
  const size = { width: 240, height: 240, tileWidth: 240, tileHeight: 240, syntax };
  if (colours !== 'GRAYSCALE') {
    const photometric = colours === 'YBR' ? (YBR[syntax] ?? 'YBR_FULL_422') : 'RGB';
    return { ...size, samples: 3, photometric, ...(syntax === '.5' && { planar: 1 }) };
  }
  const stored = Number(bits);
  const depth = {
    bits: stored > 8 ? 16 : 8,
    bitsStored: stored,
    pixelVr: stored > 8 ? ('OW' as const) : ('OB' as const),
  };
  return { ...size, samples: 1, photometric: 'MONOCHROME2', ...depth };
}

/** SHA-256 and sums of a level's RGB, read in bands that are no multiple of a tile. */
export async function summariseLevel(
  slide: Slide,
  index: number,
): Promise<{ sha256: string; sums: [number, number, number] }> {
  const { width, height, downsample } = slide.levels[index]!;
  const hash = createHash('sha256');
  const sums: [number, number, number] = [0, 0, 0];
  for (let y = 0; y < height; y += 333) {
    const band = { x: 0, y: y * downsample.y, level: index, width, height: Math.min(333, height - y) };
    const { data } = await slide.readRegion(band);
    hash.update(data);
    for (let i = 0; i < data.length; i += 3) for (const c of [0, 1, 2] as const) sums[c] += data[i + c]!;
  }
  return { sha256: hash.digest('hex'), sums };
}

export function hashPixels({ data }: Raster): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The largest difference to the recorded 4 x 3 pixels of a region: what a failure has to say beside "another hash". */
export function getSampleDifference({ width, height, data }: Raster, { samples }: RecordedRegion): number {
  const wanted = Buffer.from(samples, 'base64');
  let largest = 0;
  for (let i = 0; i < 12; i++) {
    const x = Math.floor(((i % 4) * (width - 1)) / 3);
    const y = Math.floor((Math.floor(i / 4) * (height - 1)) / 2);
    for (let c = 0; c < 3; c++)
      largest = Math.max(largest, Math.abs(data[(y * width + x) * 3 + c]! - wanted[i * 3 + c]!));
  }
  return largest;
}

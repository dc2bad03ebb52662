import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import { runCohort } from '../../src/pipeline/run-cohort.ts';
import { resolveSlideInputs } from '../../src/pipeline/slide-inputs.ts';
import type { PatchRecord } from '../../src/preprocessing/extract-patches/patch-table.ts';
import {
  createPatchPool,
  type ExtractOptions,
  extractPatches,
  planPatches,
} from '../../src/preprocessing/extract-patches.ts';
import { openLabelMask } from '../../src/preprocessing/patch-labels/open-label-mask.ts';
import type { LabelOptions } from '../../src/preprocessing/patch-labels/options.ts';
import { type LabelledPatch, labelPatches } from '../../src/preprocessing/patch-labels.ts';
import { getMask, type Mask, writeMask } from '../../src/preprocessing/xml-to-mask.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { AbortedError, MaskError, OptionError } from '../../src/utils/errors.ts';
import { usePatchPool } from '../support/shared-pool.ts';
import { hashStableContent, snapshotWrites } from '../support/snapshot-folder.ts';

const WIDTH = 1600;
const HEIGHT = 1210;
let folder: string;
let path: string;
let slide: Slide;
let drawing: string;
let mask: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-labels-'));
  path = join(folder, 'slide.svs');
  await createSyntheticSlide(path, { width: WIDTH, height: HEIGHT, seed: 4, associatedImages: [] });
  slide = await openSlide(path);
  drawing = join(folder, 'slide.geojson');
  writeFileSync(drawing, JSON.stringify({ type: 'FeatureCollection', features: FEATURES }));
  mask = join(folder, 'mask.tif');
  await writeMask(drawing, slide, mask, { tileSize: 64, downsample: 2 });
});
afterAll(() => {
  slide.close();
  rmSync(folder, { recursive: true, force: true });
});

const feature = (name: string, ring: [number, number][]) => ({
  type: 'Feature',
  properties: { classification: { name } },
  geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]]] },
});
const FEATURES = [
  feature('Tumor', [
    [100, 100],
    [900, 140],
    [860, 800],
    [120, 760],
  ]),
  feature('Stroma', [
    [700, 300],
    [1500, 310],
    [1400, 1100],
    [640, 1000],
  ]),
  feature('Necrosis, "old"', [
    [300, 300],
    [390, 310],
    [380, 400],
    [310, 390],
  ]),
];
const NAMES = ['background', 'Tumor', 'Stroma', 'Necrosis, "old"'];

let made = 0;
const next = (name = '') => join(folder, `out-${made++}${name}`);

const whole = async (downsample: number): Promise<Mask> => {
  const found = await getMask(drawing, slide, { downsample });
  if (!found) throw new Error('nothing is drawn');
  return found;
};

/** By a plain loop over a mask that is held whole. */
function countSlowly({ data, width, height, downsample: d }: Mask, x: number, y: number, span: number): number[] {
  const counts = [0, 0, 0, 0];
  for (let j = Math.floor(y / d.y) - 1; (j + 0.5) * d.y < y + span; j++) {
    for (let i = Math.floor(x / d.x) - 1; (i + 0.5) * d.x < x + span; i++) {
      if ((j + 0.5) * d.y < y || (i + 0.5) * d.x < x) continue;
      counts[i >= 0 && j >= 0 && i < width && j < height ? data[j * width + i]! : 0]!++;
    }
  }
  return counts;
}

async function label(labels: LabelOptions, plan: { size?: number; stride?: number } = {}): Promise<LabelledPatch[]> {
  const found: LabelledPatch[] = [];
  const patches = planPatches(slide, undefined, { level: 0, size: 96, edge: 'pad', ...plan });
  for await (const one of labelPatches(slide, patches, labels)) found.push(one);
  return found;
}

const toCounts = (found: readonly LabelledPatch[], pixels: number) =>
  found.map(({ fractions }) => [...fractions.values()].map((share) => Math.round(share * pixels)));

describe('labels of a mask', () => {
  it.each(['tif', 'ome.tif', 'png', 'zarr'])('are exact, from a mask as %s', async (extension) => {
    const file = next(`.${extension}`);
    const format = extension === 'ome.tif' ? 'ome-tiff' : undefined;
    await writeMask(drawing, slide, file, {
      tileSize: 128,
      downsample: 3,
      format: format ?? (extension === 'tif' ? 'tiff' : (extension as 'png')),
    });
    const held = await whole(3);
    const found = await label({ mask: file }, { stride: 77 });
    expect(found.length).toBeGreaterThan(300);
    expect([...found[0]!.fractions.keys()]).toEqual(NAMES);
    expect(toCounts(found, 32 * 32)).toEqual(found.map(({ patch }) => countSlowly(held, patch.x, patch.y, 96)));
    const least = (counts: number[]) => counts.indexOf(Math.max(...counts));
    expect(found.map(({ labelId }) => labelId)).toEqual(toCounts(found, 1024).map(least));
  });

  it('are those of the annotations themselves, at the pixels of the patches', async () => {
    const held = await whole(1);
    const found = await label({ annotations: drawing });
    expect(toCounts(found, 96 * 96)).toEqual(found.map(({ patch }) => countSlowly(held, patch.x, patch.y, 96)));
  });

  it.each(['tif', 'png'])('of 1 bit are drawn or not (%s)', async (extension) => {
    const file = next(`.${extension}`);
    await writeMask(drawing, slide, file, { bits: 1, downsample: 2, format: extension === 'tif' ? 'tiff' : 'png' });
    const held = await whole(2);
    held.data.forEach((value, at) => {
      held.data[at] = Math.min(1, value);
    });
    const found = await label({ mask: file });
    expect([...found[0]!.fractions.keys()]).toEqual(['background', 'drawn']);
    const wanted = found.map(({ patch }) => countSlowly(held, patch.x, patch.y, 96).slice(0, 2));
    expect(toCounts(found, 48 * 48)).toEqual(wanted);
  });

  it('come from masks of other programs: filtered PNG, palettes, 16 bits, strips with a predictor', async () => {
    const held = await whole(4);
    const { width, height, data } = held;
    const grey = () => sharp(data, { raw: { width, height, channels: 1 } }).toColourspace('b-w');
    const wide = sharp(Uint16Array.from(data), { raw: { width, height, channels: 1 } }).toColourspace('grey16');
    const files = {
      'filtered.png': await grey().png({ adaptiveFiltering: true, compressionLevel: 6 }).toBuffer(),
      'wide.png': await wide.png().toBuffer(),
      'lzw.tif': await grey().tiff({ compression: 'lzw', predictor: 'horizontal' }).toBuffer(),
      'tiles.tif': await grey()
        .tiff({ compression: 'deflate', tile: true, tileWidth: 128, tileHeight: 128, bigtiff: true })
        .toBuffer(),
      'none.tif': await grey().tiff({ compression: 'none' }).toBuffer(),
    };
    const wanted = await label({ mask: await written('slideloom.tif', 4) });
    for (const [name, bytes] of Object.entries(files)) {
      const file = join(folder, name);
      writeFileSync(file, bytes);
      const found = await label({ mask: file });
      // Without names the labels that occur are named by their numbers.
      expect([...found[0]!.fractions.keys()], name).toEqual(['background', '1', '2', '3']);
      expect(toCounts(found, 24 * 24), name).toEqual(toCounts(wanted, 24 * 24));
      const named = await label({ mask: file, classes: { Tumor: 1, Stroma: 2, 'Necrosis, "old"': 3, None: 0 } });
      expect(named, name).toEqual(wanted);
    }
  });

  it('of a mask coarser than the patches are those of the pixel under each', async () => {
    const held = await whole(32);
    const found = await label({ mask: await written('coarse.tif', 32) }, { size: 20, stride: 20 });
    const wanted = found.map(({ patch: { x, y } }) => {
      const [i, j] = [Math.floor((x + 10) / 32), Math.floor((y + 10) / 32)];
      return i < held.width && j < held.height ? held.data[j * held.width + i] : 0;
    });
    expect(found.map(({ labelId }) => labelId)).toEqual(wanted);
  });
});

async function written(name: string, downsample: number): Promise<string> {
  const file = join(folder, name);
  await writeMask(drawing, slide, file, { downsample, overwrite: true });
  return file;
}

describe('rules', () => {
  it('majority, any, centre and fraction choose by the same shares', async () => {
    const held = await whole(2);
    const shares = (found: LabelledPatch) => [...found.fractions.values()];
    for (const found of await label({ mask, rule: 'any', minFraction: 0.05 })) {
      const first = shares(found).findIndex((share, id) => id > 0 && share >= 0.05);
      expect(found.labelId).toBe(Math.max(0, first));
    }
    const ranked = await label({ mask, rule: 'any', priority: ['Necrosis, "old"', 'Stroma'] });
    for (const found of ranked) {
      const first = [3, 2, 1].find((id) => shares(found)[id]! > 0);
      expect(found.labelId).toBe(first ?? 0);
    }
    expect(new Set(ranked.map(({ labelId }) => labelId))).toEqual(new Set([0, 1, 2, 3]));
    for (const found of await label({ mask, rule: 'fraction', minFraction: 0.9 })) {
      const most = shares(found).findIndex((share) => share >= 0.9);
      expect(found.labelId).toBe(most < 0 ? undefined : most);
      expect(found.label).toBe(NAMES[most]);
    }
    for (const { patch, labelId } of await label({ mask, rule: 'centre' })) {
      const [i, j] = [Math.floor((patch.x + 48) / 2), Math.floor((patch.y + 48) / 2)];
      expect(labelId).toBe(i < held.width && j < held.height ? held.data[j * held.width + i] : 0);
    }
  });

  it('take the lower label of two that have as many pixels', async () => {
    const file = join(folder, 'halves.png');
    const data = new Uint8Array(WIDTH * HEIGHT);
    for (let at = 0; at < data.length; at++) data[at] = at % 2 === 0 ? 9 : 5;
    writeFileSync(
      file,
      await sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
        .toColourspace('b-w')
        .png()
        .toBuffer(),
    );
    const [first] = await label({ mask: file });
    expect(first).toMatchObject({
      label: '5',
      labelId: 5,
      fractions: new Map([
        ['background', 0],
        ['5', 0.5],
        ['9', 0.5],
      ]),
    });
  });

  it.each([
    [{ rule: 'majority', minFraction: 0.5 }, 'labels.minFraction'],
    [{ rule: 'centre', priority: ['Tumor'] }, 'labels.priority'],
    [{ rule: 'most' as never }, 'labels.rule'],
    [{ rule: 'any', minFraction: 2 }, 'labels.minFraction'],
    [{ rule: 'any', priority: ['Tumour'] }, 'labels.priority'],
    [{ annotations: 'a.xml' }, 'labels.mask'],
    [{ classes: { Tumor: 300 } }, 'labels.classes.Tumor'],
    [{ downsample: 0 }, 'labels.downsample'],
  ] satisfies [Partial<LabelOptions>, string][])('refuse %o', async (options, option) => {
    const error = await label({ mask, ...options }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OptionError);
    expect(error).toMatchObject({ option });
  });
});

describe('what is no mask of the slide', () => {
  const refused = async (labels: LabelOptions, message: RegExp) => {
    const error = await label(labels).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MaskError);
    expect((error as Error).message).toMatch(message);
    expect((error as MaskError).hint).toBeTruthy();
  };
  const save = async (name: string, bytes: Promise<Uint8Array> | Uint8Array) => {
    writeFileSync(join(folder, name), await bytes);
    return join(folder, name);
  };
  const blank = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: 'black' } });

  it('is refused by its size, whether it says its downsample or not', async () => {
    const other = { width: 3200, height: 2420 };
    const file = next('.tif');
    await writeMask(drawing, other, file, { downsample: 2 });
    await refused(
      { mask: file },
      /1600 x 1210 pixels at downsample 2, is of a slide of 3200 x 2420 .*slide\.svs, which has 1600 x 1210/,
    );
    const plain = await save('square.png', blank(400, 400).toColourspace('b-w').png().toBuffer());
    await refused({ mask: plain }, /does not lie on/);
    await refused({ mask, downsample: 3 }, /at downsample 3, does not lie on/);
    // A file may be taken by the user's word.
    expect(await label({ mask, downsample: 2 })).toEqual(await label({ mask }));
  });

  it('is refused by its microns', async () => {
    const file = next('.tif');
    await writeMask(drawing, { width: WIDTH, height: HEIGHT, mpp: { x: 0.1, y: 0.1 } }, file, { downsample: 2 });
    await refused({ mask: file }, /0\.2 µm at downsample 2 belong to a slide of 0\.1 µm per pixel, but .* has 0\./);
    expect(await label({ mask: file, downsample: 2 })).toEqual(await label({ mask }));
  });

  it('is refused where labels may have changed, or are none', async () => {
    await refused(
      { mask: await save('photo.jpg', blank(WIDTH, HEIGHT).jpeg().toBuffer()) },
      /jpeg, which may change labels/,
    );
    const tiff = blank(WIDTH, HEIGHT).toColourspace('b-w').tiff({ compression: 'jpeg' });
    await refused({ mask: await save('jpeg.tif', tiff.toBuffer()) }, /stored as JPEG, which may change labels/);
    const fax = blank(WIDTH, HEIGHT).toColourspace('b-w').tiff({ compression: 'ccittfax4', bitdepth: 1 });
    await refused({ mask: await save('fax.tif', fax.toBuffer()) }, /stored as CCITT group 4 .*, which is not read/);
    await refused(
      { mask: await save('colours.png', blank(WIDTH, HEIGHT).png({ palette: false }).toBuffer()) },
      /colours/,
    );
    await refused({ mask: await save('colours.tif', blank(WIDTH, HEIGHT).tiff().toBuffer()) }, /3 samples a pixel/);
    await refused({ mask: await save('text.txt', Buffer.from('no picture at all, only words')) }, /no TIFF, PNG/);
    const wide = sharp(new Uint16Array(WIDTH * HEIGHT).fill(700), {
      raw: { width: WIDTH, height: HEIGHT, channels: 1 },
    });
    await refused(
      { mask: await save('wide.png', wide.toColourspace('grey16').png().toBuffer()) },
      /label 700 is beyond/,
    );
  });

  it('is refused where a label has no class, or a name another label', async () => {
    await refused({ mask, classes: { Tumor: 1, Stroma: 2 } }, /label 3 has no class/);
    await refused({ mask, classes: { Tumor: 2, Stroma: 1, x: 3 } }, /label 1 is "Tumor", which --classes gives 2/);
  });

  it('is refused where it is damaged, and leaves nothing open', async () => {
    const bytes = readFileSync(mask);
    const cut = await save('cut.tif', bytes.subarray(0, bytes.length >> 1));
    await expect(label({ mask: cut })).rejects.toThrow();
    const png = join(folder, 'whole.png');
    await writeMask(drawing, slide, png, { format: 'png', overwrite: true });
    const half = await save('half.png', readFileSync(png).subarray(0, 2000));
    await expect(label({ mask: half })).rejects.toThrow(/png|ends|asked/);
    await expect(openLabelMask(join(folder, 'none.tiff'))).rejects.toThrow(/no such file/);
  });
});

const getPool = usePatchPool();
const cut = (out: string, labels?: LabelOptions, options: Partial<ExtractOptions> = {}) =>
  extractPatches(path, {
    ...{ out, size: 200, level: 0, edge: 'pad', overview: false, pool: getPool() },
    ...(labels && { labels }),
    ...options,
  });

async function readAll(records: AsyncIterable<PatchRecord>): Promise<PatchRecord[]> {
  const all = [];
  for await (const one of records) all.push(one);
  return all;
}

describe('patches with labels', () => {
  it('have them in the table, the counts and the picture', async () => {
    const out = next();
    const told: [number, number][] = [];
    const onLabelled = (done: number, total: number) => void told.push([done, total]);
    const result = await cut(out, { mask }, { onLabelled, overview: true });
    const { written } = result.counts;
    expect(told[0]).toEqual([0, written]);
    expect(told.at(-1)).toEqual([written, written]);
    expect(told.some(([done]) => done > 0 && done < written)).toBe(true);
    expect(told).toEqual(told.toSorted(([a], [b]) => a - b));
    const header = readFileSync(result.table, 'utf8').split('\n')[0];
    expect(header).toMatch(
      /,sha256,label,label_id,fraction_background,fraction_Tumor,fraction_Stroma,"fraction_Necrosis, ""old"""$/,
    );
    const rows = await readAll(result.readRecords());
    const held = await whole(2);
    for (const { x, y, fractions, label: name, labelId } of rows) {
      const counts = countSlowly(held, x, y, 200);
      expect([...(fractions ?? [])]).toEqual(
        NAMES.map((one, id) => [one, Math.round((counts[id]! / 10_000) * 1e9) / 1e9]),
      );
      expect(name).toBe(NAMES[labelId ?? -1]);
    }
    const named = Object.fromEntries(
      NAMES.map((name) => [`label:${name}`, rows.filter((row) => row.label === name).length]),
    );
    expect(result.counts).toMatchObject({ ...named, unlabelled: 0, written: rows.length });
    expect(statSync(join(out, 'overview.jpg')).size).toBeGreaterThan(5000);
    expect(listTemporary(out)).toEqual([]);
  });

  it('are left as they are when the labels alone change', async () => {
    const out = next();
    const plain = await cut(out);
    const images = () => [...snapshotWrites(join(out, 'images'))];
    const before = images();
    const table = readFileSync(plain.table, 'utf8');
    const first = await cut(out, { mask });
    expect([first.state, images()]).toEqual(['fresh', before]);
    const fresh = await cut(next(), { mask });
    expect(readFileSync(first.table, 'utf8')).toBe(readFileSync(fresh.table, 'utf8'));
    expect((await cut(out, { mask })).state).toBe('done');
    // A rule that fails for its classes does not cost the patches either.
    await expect(cut(out, { mask, classes: { Tumor: 1 } })).rejects.toThrow(MaskError);
    const second = await cut(out, { mask, rule: 'centre' });
    expect([second.state, images()]).toEqual(['fresh', before]);
    const changed = next('.tif');
    await writeMask(drawing, slide, changed, { downsample: 2, classes: { Tumor: 4, Stroma: 2 } });
    const third = await cut(out, { mask: changed });
    expect(images()).toEqual(before);
    expect(new Set((await readAll(third.readRecords())).map(({ labelId }) => labelId))).toEqual(new Set([0, 2, 4]));
    await cut(out);
    expect([readFileSync(plain.table, 'utf8'), images()]).toEqual([table, before]);
    // With another format all is another run's.
    await cut(out, { mask }, { format: 'jpeg' });
    expect(readdirSync(join(out, 'images')).every((name) => name.endsWith('.jpg'))).toBe(true);
  });

  it('go on where a change of labels was stopped', async () => {
    const out = next();
    await cut(out);
    const before = [...snapshotWrites(join(out, 'images'))];
    const stopped = cut(out, { mask }, { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow(AbortedError);
    expect(listTemporary(out).filter((name) => name.includes('tmp'))).toEqual([]);
    const again = await cut(out, { mask });
    expect([again.state, [...snapshotWrites(join(out, 'images'))]]).toEqual(['resume', before]);
    expect(readFileSync(again.table, 'utf8')).toBe(readFileSync((await cut(next(), { mask })).table, 'utf8'));
  });

  it('keep what is known of bad tiles', async () => {
    const copy = join(folder, 'damaged.svs');
    copyFileSync(path, copy);
    const layout = await slide.getTileLayout?.(0);
    const [offset = 0, length = 0] = [layout?.offsets[3], layout?.counts[3]];
    const bytes = readFileSync(copy);
    bytes.fill(0, offset, offset + length);
    writeFileSync(copy, bytes);
    const out = next();
    const onCopy = { size: 200, level: 0, overview: false, onBadTile: 'skip', pool: getPool() } as const;
    const run = (labels?: LabelOptions) => extractPatches(copy, { ...onCopy, out, ...(labels && { labels }) });
    const plain = await run();
    expect(plain.counts.skipped).toBeGreaterThan(0);
    const before = [...snapshotWrites(join(out, 'images'))];
    const labelled = await run({ mask });
    expect([...snapshotWrites(join(out, 'images'))]).toEqual(before);
    expect([labelled.counts.skipped, labelled.badTiles]).toEqual([plain.counts.skipped, plain.badTiles]);
    // A run that ends after its first record, and one that takes up its work.
    const stopped = { labels: { mask, rule: 'centre' }, signal: AbortSignal.abort() } as const;
    await expect(extractPatches(copy, { ...onCopy, out, ...stopped })).rejects.toThrow(AbortedError);
    const journal = readFileSync(join(out, 'journal.jsonl'), 'utf8');
    expect(journal.match(/"badTile"/g)).toHaveLength(plain.badTiles.length);
    const resumed = await run({ mask, rule: 'centre' });
    expect([resumed.state, resumed.badTiles]).toEqual(['resume', plain.badTiles]);
    expect(readFileSync(join(out, 'skipped.csv'), 'utf8').split('\n').length).toBe(plain.counts.skipped + 2);
  });

  it('are the same bytes with any number of workers', async () => {
    const contents = [];
    for (const workers of [1, 2, 4]) {
      for (const container of ['files', 'shards'] as const) {
        const out = next();
        await using pool = createPatchPool({ workers });
        await cut(out, { mask, rule: 'any' }, { pool, container, slideId: 'slide' });
        contents.push(hashStableContent(out));
      }
    }
    for (const [k, content] of contents.entries()) expect(content).toEqual(contents[k % 2]);
  });

  it('without a label stay in the table, with their shares', async () => {
    const out = next();
    const result = await cut(out, { annotations: drawing, rule: 'fraction', minFraction: 0.6 });
    const rows = await readAll(result.readRecords());
    const without = rows.filter((row) => row.label === undefined);
    expect(without.length).toBeGreaterThan(0);
    expect(result.counts['unlabelled']).toBe(without.length);
    expect(without.every(({ labelId, fractions }) => labelId === undefined && fractions?.size === 4)).toBe(true);
  });

  it('in shards have them in their descriptions', async () => {
    const out = next();
    const result = await cut(out, { mask }, { container: 'shards', shardSize: 20 });
    const rows = await readAll(result.readRecords());
    const described = new Map<number, Record<string, unknown>>();
    for (const name of readdirSync(join(out, 'shards')))
      for (const entry of listTarEntries(readFileSync(join(out, 'shards', name))))
        if (entry.name.endsWith('.json'))
          described.set(Number.parseInt(entry.name, 10), JSON.parse(Buffer.from(entry.content).toString('utf8')));
    expect(described.size).toBe(rows.length);
    for (const { index, label: name, labelId, fractions } of rows)
      expect(described.get(index)).toMatchObject({
        label: name,
        labelId,
        fractions: Object.fromEntries(fractions ?? []),
      });
  });

  it('as coordinates alone have them too', async () => {
    const result = await cut(next(), { mask }, { format: 'coordinates' });
    const rows = await readAll(result.readRecords());
    expect(rows.every(({ label: name, path: file }) => NAMES.includes(name ?? '') && file === undefined)).toBe(true);
  });
});

describe('a cohort with labels', () => {
  const classes = { Tumor: 1, Stroma: 2, 'Necrosis, "old"': 3, Never: 9 };
  const run = async (out: string, labels: LabelOptions, slides: string[]) =>
    runCohort({
      ...{ slides: await resolveSlideInputs(slides), out, workers: 2, report: true, labels },
      ...{ tissue: false, patches: { size: 400, level: 0 }, onBadTile: 'fail' },
    });
  let slides: string[];
  beforeAll(() => {
    slides = ['a', 'b'].map((name) => {
      const copy = join(folder, `${name}.svs`);
      copyFileSync(path, copy);
      return copy;
    });
    mkdirSync(join(folder, 'masks'));
    copyFileSync(mask, join(folder, 'masks', 'a.tif'));
    mkdirSync(join(folder, 'drawings'));
    for (const name of ['a', 'b']) copyFileSync(drawing, join(folder, 'drawings', `${name}.geojson`));
  });

  it('takes the mask of each slide from a folder or by a pattern, and misses it by name', async () => {
    const { rows } = await run(next(), { mask: join(folder, 'masks'), classes }, slides);
    expect(rows.map(({ status }) => status)).toEqual(['done', 'failed']);
    expect(rows[1]?.error).toMatchObject({
      tag: 'mask',
      message: expect.stringMatching(/masks\/b\.tif: no such mask/),
    });
    const pattern = { mask: join(folder, 'masks', '{stem}.tif'), classes, onMissing: 'unlabelled' } as const;
    const out = next();
    const found = await run(out, pattern, slides);
    expect(found.rows.map(({ status }) => status)).toEqual(['done', 'done']);
    expect(found.rows[1]?.notices.join()).toMatch(/no mask .*b\.tif/);
    const header = (id: string) =>
      readFileSync(join(out, id, 'patches', 'patches.csv'), 'utf8')
        .split('\n')
        .slice(0, 2);
    expect(header('a')[0]).toBe(header('b')[0]);
    expect(header('a')[0]).toMatch(/,fraction_Never$/);
    expect(header('b')[1]).toMatch(/,,,,,,,$/);
    const report = readFileSync(join(out, 'report.html'), 'utf8');
    expect(report).toMatch(/<h2 id="labels">Labels<\/h2>/);
    expect(report).toContain('without a label');
    expect(found.rows[0]?.patches?.labels?.map(({ label: name }) => name)).toEqual([
      'background',
      ...Object.keys(classes),
      undefined,
    ]);
    // Found done, the counts are those of the record.
    expect((await run(out, pattern, slides)).rows.map(({ state, patches }) => [state, patches])).toEqual(
      found.rows.map(({ patches }) => ['done', patches]),
    );
  });

  it('takes annotations from a folder, and refuses one file for several slides', async () => {
    const { rows } = await run(next(), { annotations: join(folder, 'drawings') }, slides);
    expect(rows.map(({ status }) => status)).toEqual(['done', 'done']);
    await expect(run(next(), { mask }, slides)).rejects.toThrow(/a folder or a path with \{stem\} for 2 slides/);
    copyFileSync(mask, join(folder, 'masks', 'a.tiff'));
    const twice = await run(next(), { mask: join(folder, 'masks') }, slides.slice(0, 1));
    expect(twice.rows[0]?.error?.message).toMatch(/a\.tif, a\.tiff/);
    rmSync(join(folder, 'masks', 'a.tiff'));
  });
});

function* listTarEntries(tar: Buffer): Generator<{ name: string; content: Buffer }> {
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const name = tar.toString('latin1', at, at + 100).replace(/\0.*$/, '');
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8);
    yield { name, content: tar.subarray(at + 512, at + 512 + size) };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

function listTemporary(out: string): string[] {
  return readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => /tmp|ledger|journal/.test(name));
}

import {
  existsSync,
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
import { makeMask } from '../../src/cli/commands/masks/make-mask.ts';
import { AbortedError } from '../../src/utils/errors.ts';
import { createLogger } from '../../src/utils/log.ts';
import { recordSchema } from '../../src/utils/record-schemas.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { runInProcess } from './run-in-process.ts';

const xml = (name: string, points: readonly (readonly [number, number])[]) =>
  `<Annotations><Annotation Name="${name}"><Regions><Region Id="1" Type="0"><Vertices>${points
    .map(([x, y]) => `<Vertex X="${x}" Y="${y}"/>`)
    .join('')}</Vertices></Region></Regions></Annotation></Annotations>`;
const SQUARE = [
  [100, 100],
  [500, 100],
  [500, 400],
  [100, 400],
] as const;
const SIZE = ['--slide-size', '700,500', '--mpp', '0.5'];

let folder: string;
let slide: string;
let count = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-masks-record-'));
  slide = join(folder, 'slide.tif');
  await writeJpegSlide(slide, { width: 700, height: 500, tile: 128 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder of its own with an annotation. */
function createPlace(text = xml('Tumor', SQUARE)) {
  const place = join(folder, `case-${count++}`);
  mkdirSync(place);
  const annotation = join(place, 'drawn.xml');
  writeFileSync(annotation, text);
  return { place, annotation, out: join(place, 'mask.tif'), record: join(place, 'mask.tif.record.json') };
}

async function runMasks(...args: string[]) {
  const { code, stdout } = await runInProcess(['masks', ...args, '--json', '--quiet']);
  const { masks } = JSON.parse(stdout) as { masks: Record<string, unknown>[] };
  return { code, mask: masks[0] ?? {}, masks };
}

const readRecord = (path: string) => recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
/** Inode and time: both stay where a file is not made again. */
const getIdentity = (path: string) => {
  const { ino, mtimeMs } = statSync(path);
  return { ino, mtimeMs };
};

describe('the record of a mask', () => {
  it('says from what, how and what was made', async () => {
    const { annotation, out, record } = createPlace();
    const { mask } = await runMasks(annotation, ...SIZE, '--out', out, '--rule', 'nonzero');
    expect(mask).toMatchObject({ status: 'ok', earlier: false });
    expect(readRecord(record)).toMatchObject({
      ...{ schema: 'slideloom/record/v1', stage: 'mask', status: 'done', notices: [] },
      input: { name: 'drawn.xml', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      options: { mask: { rule: 'nonzero', bits: 8 }, slide: { width: 700, height: 500 } },
      counts: { polygons: 1, 'pixels of label 1': 120_000 },
      outputs: [{ path: 'mask.tif', size: statSync(out).size }],
      result: { labels: [{ value: 1, name: 'Tumor', pixels: 120_000 }] },
      volatile: { peakMemoryBytes: expect.any(Number) },
    });
  });

  it('of the same work is the same but for its times', async () => {
    const [a, b] = [createPlace(), createPlace()];
    for (const { annotation, out } of [a, b]) await runMasks(annotation, ...SIZE, '--out', out);
    const [first, second] = [a, b].map(({ record }) => ({ ...readRecord(record), volatile: undefined }));
    expect(second).toEqual(first);
  });

  it.each(['mask.tif', 'mask.zarr', 'mask.png'])('lets %s that is done be, and tells of it as before', async (name) => {
    const { annotation, place } = createPlace();
    const out = join(place, name);
    const { mask } = await runMasks(annotation, ...SIZE, '--out', out);
    const before = getIdentity(out);
    const again = await runMasks(annotation, ...SIZE, '--out', out);
    expect(again).toMatchObject({ code: 0, mask: { ...mask, earlier: true } });
    expect(getIdentity(out)).toEqual(before);
    const said = await runMasks(annotation, ...SIZE, '--out', out, '--order', 'area', '--rule', 'pixel-centre');
    expect(said.mask).toEqual(again.mask);
    const forced = await runMasks(annotation, ...SIZE, '--out', out, '--overwrite');
    expect(forced.mask).toEqual(mask);
    expect(getIdentity(out)).not.toEqual(before);
  });

  it('makes pictures that are missing, and takes those that are there', async () => {
    const { annotation, place, out } = createPlace();
    const looks = join(place, 'looks');
    mkdirSync(looks);
    const [overlay, full] = [join(looks, 'o.jpg'), join(looks, 'f.tif')];
    const args = [annotation, '--slide', slide, '--out', out, '--overlay', overlay, '--full-overlay', full];
    const { mask } = await runMasks(...args);
    const [mine, bytes] = [getIdentity(out), readFileSync(full)];
    expect((await runMasks(...args)).mask).toEqual({ ...mask, earlier: true });
    expect(getIdentity(out)).toEqual(mine);
    rmSync(full);
    expect((await runMasks(...args)).mask).toEqual(mask);
    expect(readFileSync(full).equals(bytes)).toBe(true);
    expect(getIdentity(out)).toEqual(mine);
  });

  it.each(['mask.tif', 'mask.zarr'])(
    'keeps %s where only its picture fails, and then makes the picture',
    async (name) => {
      const { annotation, place } = createPlace();
      const [out, missing] = [join(place, name), join(place, 'no', 'such')];
      const args = [annotation, '--slide', slide, '--out', out, '--full-overlay', join(missing, 'f.tif')];
      writeFileSync(join(place, 'no'), 'a file where a folder has to be');
      expect((await runMasks(...args)).mask).toMatchObject({ status: 'failed', error: { tag: 'output' } });
      const before = getIdentity(out);
      expect((await runMasks(...args)).mask).toMatchObject({ status: 'failed', error: { tag: 'output' } });
      rmSync(join(place, 'no'));
      mkdirSync(missing, { recursive: true });
      const { mask } = await runMasks(...args);
      expect(mask).toMatchObject({ status: 'ok', earlier: false });
      expect(getIdentity(out)).toEqual(before);
      const { mask: again } = await runMasks(...args, '--overwrite');
      expect(again).toEqual(mask);
      expect(getIdentity(out)).not.toEqual(before);
    },
  );

  it('knows the picture that was made before another one failed, and one that was there when the mask was missing', async () => {
    const { annotation, place, out } = createPlace();
    const [overlay, missing] = [join(place, 'o.jpg'), join(place, 'no', 'such')];
    const full = join(missing, 'f.tif');
    const args = [annotation, '--slide', slide, '--out', out, '--overlay', overlay, '--full-overlay', full];
    const block = () => writeFileSync(join(place, 'no'), 'a file where a folder has to be');
    block();
    for (const lost of [undefined, out, overlay]) {
      if (lost !== undefined) rmSync(lost);
      expect((await runMasks(...args)).mask).toMatchObject({ status: 'failed', error: { tag: 'output' } });
      expect([existsSync(out), existsSync(overlay)]).toEqual([true, true]);
    }
    rmSync(join(place, 'no'));
    mkdirSync(missing, { recursive: true });
    const { mask } = await runMasks(...args);
    expect(mask).toMatchObject({ status: 'ok', earlier: false });
    expect((await runMasks(...args)).mask).toEqual({ ...mask, earlier: true });
    rmSync(missing, { recursive: true });
    rmSync(join(place, 'no'), { recursive: true });
    block();
    expect((await runMasks(...args)).mask).toMatchObject({ status: 'failed', error: { tag: 'output' } });
    // What was edited since is no longer its own.
    writeFileSync(overlay, 'mine');
    expect((await runMasks(...args)).mask).toMatchObject({ error: { message: /is there already/ } });
    expect(readFileSync(overlay, 'utf8')).toBe('mine');
  });

  it('keeps the mask where the work is called off while its picture is made, and then makes the picture', async () => {
    const { annotation, place, out, record } = createPlace();
    const full = join(place, 'f.tif');
    const pair = { id: 'drawn', annotation, slide: { id: 'slide', path: slide, mpp: undefined } };
    const settings = {
      ...{ out, overlay: undefined, fullOverlay: full, size: undefined, slide: undefined },
      ...{ mask: {}, classes: {}, full: {}, check: false, repair: false, folder: false },
    };
    const make = (at: string) => {
      const controller = new AbortController();
      const createProgress = ({ label }: { label: string }) => {
        if (label === at) controller.abort(new AbortedError('stopped'));
        return { update: () => {}, done: () => {}, [Symbol.dispose]: () => {} };
      };
      const { signal } = controller;
      const log = createLogger({ level: 'silent' });
      return makeMask(pair, settings, { log, json: true, signal, stdout: () => {}, createProgress });
    };
    await expect(make('drawn')).rejects.toThrow('stopped');
    expect(readdirSync(place)).toEqual(['drawn.xml']);
    await expect(make('drawn overlay')).rejects.toThrow('stopped');
    expect(readRecord(record)).toMatchObject({ status: 'failed', outputs: [{ path: 'mask.tif' }] });
    const before = getIdentity(out);
    expect(await make('')).toMatchObject({ status: 'ok', earlier: false, fullOverlay: { path: full } });
    expect(getIdentity(out)).toEqual(before);
    expect(readdirSync(place).sort()).toEqual(['drawn.xml', 'f.tif', 'mask.tif', 'mask.tif.record.json']);
  });

  it('is no leave to write over what changed: options, annotations, or the file itself', async () => {
    const { annotation, out } = createPlace();
    await runMasks(annotation, ...SIZE, '--out', out);
    const other = await runMasks(annotation, ...SIZE, '--out', out, '--downsample', '2');
    expect(other.mask).toMatchObject({
      error: { tag: 'output', message: /is there already, and options changed \(mask\)/ },
    });
    writeFileSync(annotation, xml('Stroma', SQUARE));
    const changed = await runMasks(annotation, ...SIZE, '--out', out);
    expect(changed.mask).toMatchObject({ error: { message: /is there already, and the input changed/ } });
    writeFileSync(annotation, xml('Tumor', SQUARE));
    // An edit that keeps the size is one, too.
    const edited = readFileSync(out);
    edited[edited.length >> 1] = (edited[edited.length >> 1] ?? 0) ^ 1;
    for (const content of [edited, Buffer.from('mine')]) {
      writeFileSync(out, content);
      const { code, mask } = await runMasks(annotation, ...SIZE, '--out', out);
      expect([code, mask]).toMatchObject([1, { error: { message: /is there already, and it is not as its record/ } }]);
      expect(readFileSync(out).equals(content)).toBe(true);
    }
  });

  it('of a Zarr misses a chunk that is gone, which would read as nothing drawn', async () => {
    const { annotation, place } = createPlace();
    const out = join(place, 'mask.zarr');
    await runMasks(annotation, ...SIZE, '--out', out);
    const chunk = readdirSync(out, { recursive: true, encoding: 'utf8' }).find((name) => /^0.\d+.\d+$/.test(name));
    rmSync(join(out, chunk ?? ''));
    const again = await runMasks(annotation, ...SIZE, '--out', out);
    expect(again.mask).toMatchObject({ error: { message: /it is not as its record says/ } });
    // What a run left that was killed while it replaced a mask.
    mkdirSync(`${out}.partial/replaced/0`, { recursive: true });
    expect((await runMasks(annotation, ...SIZE, '--out', out, '--overwrite')).code).toBe(0);
    expect((await runMasks(annotation, ...SIZE, '--out', out)).mask).toMatchObject({ earlier: true });
    expect(existsSync(`${out}.partial`)).toBe(false);
  });

  it('stays away where nothing was begun, and where a file is not its own', async () => {
    const { annotation, out, place } = createPlace();
    writeFileSync(out, 'mine');
    await runMasks(annotation, ...SIZE, '--out', out);
    await runMasks(annotation, '--slide', slide, '--out', slide, '--overwrite');
    expect(readdirSync(place).sort()).toEqual(['drawn.xml', 'mask.tif']);
    expect(existsSync(`${slide}.record.json`)).toBe(false);
    // The mask would be new, the picture is somebody else's.
    const fresh = createPlace();
    const picture = join(fresh.place, 'o.jpg');
    writeFileSync(picture, 'mine');
    const { code } = await runMasks(fresh.annotation, '--slide', slide, '--out', fresh.out, '--overlay', picture);
    expect([code, existsSync(fresh.out), readFileSync(picture, 'utf8')]).toEqual([1, false, 'mine']);
  });

  it('of a run that was killed lets the same work begin again, and no other', async () => {
    const { annotation, out, record } = createPlace();
    await runMasks(annotation, ...SIZE, '--out', out);
    const bytes = readFileSync(out);
    // As it stands when the file has just taken its name.
    writeFileSync(record, JSON.stringify({ ...readRecord(record), status: 'running', outputs: [], counts: {} }));
    expect((await runMasks(annotation, ...SIZE, '--out', out, '--bits', '1')).code).toBe(1);
    expect((await runMasks(annotation, ...SIZE, '--out', out)).mask).toMatchObject({ status: 'ok', earlier: false });
    expect(readFileSync(out).equals(bytes)).toBe(true);
    expect(readRecord(record).status).toBe('done');
  });

  it('tells a failure, and the next run tries again', async () => {
    const { annotation, out, record } = createPlace('<Annotations><Annotation>');
    expect((await runMasks(annotation, ...SIZE, '--out', out)).code).toBe(1);
    expect(readRecord(record)).toMatchObject({ status: 'failed', outputs: [], error: { tag: 'annotation' } });
    writeFileSync(annotation, xml('Tumor', SQUARE));
    expect((await runMasks(annotation, ...SIZE, '--out', out)).mask).toMatchObject({ status: 'ok' });
  });

  it('of nothing drawn counts too, and no older mask stays in its place', async () => {
    const { annotation, out, record } = createPlace();
    await runMasks(annotation, ...SIZE, '--out', out);
    writeFileSync(annotation, xml('Tumor', SQUARE.slice(0, 2)));
    const { mask } = await runMasks(annotation, ...SIZE, '--out', out, '--overwrite');
    expect(mask).toMatchObject({ status: 'empty', notices: [expect.stringMatching(/no area/)] });
    expect(existsSync(out)).toBe(false);
    expect(readRecord(record)).toMatchObject({ status: 'done', outcome: 'nothing-drawn', outputs: [] });
    expect((await runMasks(annotation, ...SIZE, '--out', out)).mask).toEqual(mask);
    writeFileSync(out, 'mine');
    const left = await runMasks(annotation, ...SIZE, '--out', out, '--overwrite');
    expect(left.mask['notices']).toContainEqual(expect.stringMatching(/is of another run, and was left there/));
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });

  it('is not taken for an annotation', async () => {
    const { place } = createPlace();
    await runMasks(place, ...SIZE, '--out', `${place}/`);
    const { masks } = await runMasks(place, ...SIZE, '--out', `${place}/`);
    expect(masks.map(({ status, earlier }) => [status, earlier])).toEqual([['ok', true]]);
  });
});

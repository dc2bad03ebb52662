import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detectTissue } from '../../src/preprocessing/tissue-detection.ts';
import { getMask } from '../../src/preprocessing/xml-to-mask.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { parseCsvTable } from '../../src/utils/csv.ts';
import { serveViewer } from '../../src/viewer/serve-viewer.ts';
import { runInProcess } from '../cli/run-in-process.ts';

/** What somebody drew: a square with a hole, level-0 pixels. Corners on the grid of patches of 100 px. */
const OUTLINE = [
  [300, 200],
  [1300, 200],
  [1300, 1000],
  [300, 1000],
  [300, 200],
];
const HOLE = [
  [600, 400],
  [600, 800],
  [1000, 800],
  [1000, 400],
  [600, 400],
];

function drawing(...coordinates: number[][][]): string {
  const properties = { classification: { name: 'Tumor' } };
  const feature = { type: 'Feature', geometry: { type: 'Polygon', coordinates }, properties };
  return JSON.stringify({ type: 'FeatureCollection', features: [feature] });
}

describe('tissue that was corrected in the viewer', () => {
  let top: string;
  let run: string;
  let other: string;
  const slides = () => ['first', 'second'].map((name) => join(top, `${name}.svs`));
  const cut = (...more: string[]) =>
    runInProcess([
      ...['patches', ...slides(), '--out', other, '--size', '100', '--level', '0', '--format', 'coordinates'],
      ...['--tissue-threshold', '0.99', '--tissue-polygons', join(run, '{stem}', 'annotations', 'tissue.geojson')],
      ...['--tissue-mpp', '2', '--json', ...more],
    ]);
  const readRows = (name: string) =>
    parseCsvTable(readFileSync(join(other, name, 'patches', 'patches.csv'), 'utf8'), name).rows;
  const readManifest = () => parseCsvTable(readFileSync(join(other, 'manifest.csv'), 'utf8'), 'manifest').rows;

  beforeAll(async () => {
    top = realpathSync(mkdtempSync(join(tmpdir(), 'slideloom-drawn-')));
    run = join(top, 'run');
    other = join(top, 'other');
    for (const path of slides())
      await createSyntheticSlide(path, { width: 1600, height: 1200, seed: 4, associatedImages: [] });
    expect((await runInProcess(['tissue', ...slides(), '--out', run])).code).toBe(0);
  });
  afterAll(() => rmSync(top, { recursive: true, force: true }));

  async function save(text: string): Promise<void> {
    await using server = await serveViewer({ slides: [run], workers: 0, edit: true });
    const address = new URL('slides/first/annotations/tissue.geojson', server.url);
    const headers = { authorization: `Bearer ${server.token}`, origin: address.origin };
    const etag = (await fetch(address, { headers })).headers.get('etag');
    const expected: Record<string, string> = etag ? { 'if-match': etag } : { 'if-none-match': '*' };
    const type = { 'content-type': 'application/geo+json' };
    const answer = await fetch(address, { method: 'PUT', headers: { ...headers, ...type, ...expected }, body: text });
    expect(answer.ok).toBe(true);
  }

  it('is where patches are cut, and where masks are painted', async () => {
    const original = readFileSync(join(run, 'first', 'tissue', 'tissue.geojson'));
    await save(drawing(OUTLINE, HOLE));
    const outcome = await cut('--on-missing-polygons', 'detect');
    expect([outcome.code, outcome.stderr]).toEqual([0, expect.not.stringContaining('failed')]);
    // 10 x 8 patches less 4 x 4 in the hole; the mask's pixels are 4 level-0 pixels wide and lie on the same grid.
    const inside = (x: number, y: number) =>
      x >= 300 && x < 1300 && y >= 200 && y < 1000 && !(x >= 600 && x < 1000 && y >= 400 && y < 800);
    const corners = readRows('first').map(({ x, y }) => [Number(x), Number(y)] as const);
    expect([corners.length, corners.filter(([x, y]) => !inside(x, y))]).toEqual([64, []]);
    const stored = JSON.parse(readFileSync(join(other, 'first', 'tissue', 'tissue.geojson'), 'utf8')) as {
      features: { geometry: { coordinates: number[][][] } }[];
    };
    expect(stored.features.map(({ geometry }) => geometry.coordinates)).toEqual([[OUTLINE, HOLE]]);
    const [first, second] = readManifest();
    // (1000 x 800 - 400 x 400) x 0.25 µm² of 0.5 µm pixels.
    expect(Number(first?.['tissue_mm2'])).toBeCloseTo(0.16, 9);
    expect(Number(second?.['tissue_mm2'])).toBeGreaterThan(0);
    expect(outcome.stdout).toContain('its tissue is that of tissue.geojson');
    expect(outcome.stdout).toContain('there are no polygons for it');
    expect(readFileSync(join(run, 'first', 'tissue', 'tissue.geojson'))).toEqual(original);
    await using slide = await openSlide(slides()[0] ?? '');
    const saved = join(run, 'first', 'annotations', 'tissue.geojson');
    const mask = await getMask(saved, slide, { downsample: 4 });
    const drawn = await detectTissue(slide, { polygons: saved, mpp: 2 });
    expect([
      mask?.data.filter((label) => label === 1).length,
      drawn.mask.data.filter((one) => one === 1).length,
    ]).toEqual([40_000, 40_000]);
    expect([drawn.method, drawn.fraction]).toEqual(['polygons', 40_000 / (400 * 300)]);
  });

  it('is taken anew when it has changed, and left alone when it has not', async () => {
    const again = await cut('--on-missing-polygons', 'detect');
    expect(again.stderr.match(/already done/g)).toHaveLength(2);
    await save(drawing(OUTLINE));
    expect((await cut('--on-missing-polygons', 'detect')).stderr.match(/already done/g)).toHaveLength(1);
    expect(readRows('first')).toHaveLength(80);
    expect(readFileSync(join(run, 'first', 'annotations', 'tissue.1.geojson'), 'utf8')).toContain('600,800');
  });

  it('fails for slides without, unless asked otherwise, and takes no options of a search', async () => {
    const missing = await cut();
    expect([missing.code, readManifest().map(({ status }) => status)]).toEqual([1, ['done', 'failed']]);
    expect(missing.stdout).toContain('no polygons of the tissue');
    const idle = await cut('--method', 'otsu');
    expect([idle.code, idle.stdout]).toEqual([2, expect.stringContaining('--tissue-polygons')]);
    writeFileSync(join(top, 'empty.geojson'), '{"type":"FeatureCollection","features":[]}');
    await using slide = await openSlide(slides()[0] ?? '');
    const empty = await detectTissue(slide, { polygons: join(top, 'empty.geojson') });
    expect([empty.status, empty.polygons]).toEqual(['no-tissue', []]);
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { listViewed } from '../support/list-viewed.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
let slide: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-label-cli-'));
  slide = at('one.svs');
  await createSyntheticSlide(slide, { width: 1024, height: 1024, seed: 9, associatedImages: [] });
  const square = (name: string, low: number, high: number) => ({
    type: 'Feature',
    properties: { classification: { name } },
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [low, low],
          [high, low],
          [high, high],
          [low, high],
          [low, low],
        ],
      ],
    },
  });
  const features = [square('Tumor', 0, 512), square('Stroma', 600, 1000)];
  writeFileSync(at('one.geojson'), JSON.stringify({ type: 'FeatureCollection', features }));
  writeFileSync(at('classes.json'), JSON.stringify({ Stroma: 2, Tumor: 1, Fat: 3 }));
  mkdirSync(at('masks'));
  const { code } = await runInProcess([
    'masks',
    at('one.geojson'),
    '--slide',
    slide,
    '--out',
    at('masks/one.tif'),
    '--quiet',
  ]);
  expect(code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PLAN = ['--size', '256', '--level', '0', '--no-tissue', '--format', 'coordinates', '--no-overview', '--quiet'];
const patches = async (out: string, ...more: string[]) =>
  runInProcess(['patches', slide, '--out', at(out), ...PLAN, ...more]);
const table = (out: string) =>
  readFileSync(at(`${out}/one/patches/patches.csv`), 'utf8')
    .trim()
    .split('\n');

describe('patches --mask', () => {
  it('writes labels and shares by a folder, a file and a pattern alike', async () => {
    for (const [out, mask] of [
      ['a', 'masks'],
      ['b', 'masks/one.tif'],
      ['c', 'masks/{stem}.tif'],
    ] as const) {
      const { code, stderr } = await patches(out, '--mask', at(mask));
      expect([code, stderr]).toEqual([0, '']);
    }
    const [header, first, ...rest] = table('a');
    expect(header).toMatch(/,label,label_id,fraction_background,fraction_Tumor,fraction_Stroma$/);
    expect(first).toMatch(/,Tumor,1,0,1,0$/);
    expect(rest).toHaveLength(15);
    expect(table('b')).toEqual(table('a'));
    expect(table('c')).toEqual(table('a'));
    expect(await listViewed([at('a')], 'one')).toEqual(['patches', 'annotations']);
  });

  it('takes rules, classes and annotations', async () => {
    const rule = ['--label-rule', 'any', '--label-min-fraction', '0.01', '--label-priority', 'Stroma,Tumor'];
    expect(
      (await patches('d', '--annotations', at('one.geojson'), '--classes', at('classes.json'), ...rule)).code,
    ).toBe(0);
    const [header, ...rows] = table('d');
    expect(header).toMatch(/,fraction_Tumor,fraction_Stroma,fraction_Fat$/);
    const tally = rows.map((row) => row.split(',')[11]);
    expect(tally.filter((label) => label === 'Tumor')).toHaveLength(4);
    expect(tally.filter((label) => label === 'Stroma')).toHaveLength(4);
    const json = await runInProcess(['run', slide, '--out', at('e'), ...PLAN, '--mask', at('masks'), '--json']);
    expect(JSON.parse(json.stdout).rows[0].patches.labels).toContainEqual({ label: 'Tumor', patches: 4 });
    expect(readFileSync(at('e/report.html'), 'utf8')).toContain('<caption>Patches by label</caption>');
  });

  it('says what is missing and what is wrong', async () => {
    const none = await patches('f', '--mask', at('nowhere'));
    expect(none.code).toBe(1);
    expect(none.stdout + none.stderr).toMatch(/no such mask.*\n.*--on-missing-mask unlabelled/);
    expect((await patches('f', '--mask', at('nowhere'), '--on-missing-mask', 'unlabelled')).code).toBe(0);
    expect(table('f')[0]).toMatch(/,label,label_id$/);
    const wrong: [string[], RegExp][] = [
      [['--label-rule', 'any'], /--label-rule .*\n.*--mask or --annotations/],
      [['--mask', 'm.tif', '--annotations', 'a.xml'], /--mask/],
      [['--mask', 'm.tif', '--label-min-fraction', '0.5'], /--label-min-fraction/],
      [['--mask', 'm.tif', '--class-by', 'name'], /beside `--mask` for `--class-by` but received "name"/],
      [['--mask', 'm.tif', '--coords-frame', 'bounds'], /beside `--mask` for `--coords-frame` but received "bounds"/],
      [['--mask', 'm.tif', '--classes', at('none.json')], /none\.json/],
      [['--annotations', 'a.xml', '--mask-downsample', '2'], /--mask-downsample/],
    ];
    for (const [args, message] of wrong) {
      const { code, stderr } = await patches('g', ...args);
      expect([args, code === 0]).toEqual([args, false]);
      expect(stderr).toMatch(message);
    }
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHeatmap } from '../../src/inference/heatmap.ts';
import type {
  CohortFacts,
  LayerList,
  PatchLayerFacts,
  PatchRows,
  PolygonLayerFacts,
} from '../../src/viewer/contract.ts';
import { serveViewer, type ViewerServer } from '../../src/viewer/serve-viewer.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';

const SIZE = { width: 600, height: 500 };

let folder: string;
const place = (...parts: string[]) => join(folder, ...parts);
const write = (path: string, text: string) => {
  mkdirSync(join(place(path), '..'), { recursive: true });
  writeFileSync(place(path), text);
};
const serve = (slides: string[], more: { layers?: string[]; followLinks?: boolean } = {}) =>
  serveViewer({
    slides: slides.map((path) => place(path)),
    workers: 0,
    ...more,
    layers: more.layers?.map((path) => place(path)),
  });

const ask = (server: ViewerServer, path: string, init?: RequestInit) => fetch(new URL(path, server.url), init);
const askJson = async <T>(server: ViewerServer, path: string) => (await (await ask(server, path)).json()) as T;
const askBytes = async (server: ViewerServer, path: string) => (await ask(server, path)).arrayBuffer();
const list = (server: ViewerServer, slide: string) => askJson<LayerList>(server, `/slides/${slide}/layers.json`);
const listNames = async (server: ViewerServer, slide: string) =>
  (await list(server, slide)).layers.map(({ name }) => name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'viewer-layers-'));
  mkdirSync(place('slides'));
  for (const name of ['one', 'two']) await writeJpegSlide(place('slides', `${name}.tif`), { ...SIZE, tile: 256 });
  // As `patches --mpp 0.4 --size 64 --patch-mpp 0.5` writes them; that the viewer finds all that runs write is for test/cli.
  const facts = 'generic-tiff,600,500,0.4,0.4,override,0.41,0.0198';
  write(
    'run/manifest.csv',
    'slide,path,status,format,width,height,mpp_x,mpp_y,mpp_source,tissue_fraction,tissue_mm2,patches,error\n' +
      `one,${place('slides/one.tif')},done,${facts},3,\ntwo,${place('slides/two.tif')},no-tissue,${facts},0,\n`,
  );
  write('run/one/tissue/tissue.geojson', geojson(feature([square(0, 0, 100), square(10, 10, 20)])));
  write(
    'run/one/patches/patches.csv',
    'index,x,y,level,mpp,size,tissue_fraction,bad_tiles,path,bytes,sha256\n' +
      '0,160,0,,0.5,64,0.375,0,,,\n1,240,0,,0.5,64,1,0,,,\n7,0,160,,0.5,64,0.9375,0,,,\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const square = (x: number, y: number, side: number) => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
  [x, y],
];
const feature = (coordinates: unknown, properties: object = {}, type = 'Polygon') => ({
  type: 'Feature',
  geometry: { type, coordinates },
  properties,
});
const geojson = (...features: object[]) => JSON.stringify({ type: 'FeatureCollection', features });

describe('what a run leaves', () => {
  it('is shown over its slides: tissue and patches, with the pixel size that the run took', async () => {
    await using server = await serve(['run']);
    expect(server.slides).toEqual(['one', 'two']);
    const facts = await askJson<{ mpp: object; version: string }>(server, '/slides/one/facts.json');
    expect(facts.mpp).toEqual({ x: 0.4, y: 0.4, source: 'override' });
    const { layers, problems } = await list(server, 'one');
    expect(problems).toEqual([]);
    expect(layers.map(({ kind, name, shown }) => [kind, name, shown])).toEqual([
      ['patches', 'patches', true],
      ['polygons', 'tissue', true],
    ]);
    const patches = layers[0] as PatchLayerFacts;
    expect(patches.columns.map(({ name }) => name)).toEqual(['tissue_fraction']);
    const boxes = new Float32Array(await askBytes(server, '/slides/one/patches/patches/boxes.bin'));
    const values = new Float32Array(await askBytes(server, '/slides/one/patches/patches/columns/0.bin'));
    const { columns, rows } = await askJson<PatchRows>(server, '/slides/one/patches/patches/rows/0.json');
    expect([boxes.length, values.length, rows.length]).toEqual([4 * patches.count, patches.count, patches.count]);
    // 64 pixels of 0.5 µm are 80 of 0.4 µm.
    expect([...boxes]).toEqual([160, 0, 80, 80, 240, 0, 80, 80, 0, 160, 80, 80]);
    expect([...values]).toEqual([0.375, 1, 0.9375]);
    expect([columns[0], rows.map(([index]) => index)]).toEqual(['index', ['0', '1', '7']]);
    const cohort = await askJson<CohortFacts>(server, '/cohort.json');
    expect(cohort.slides.map(({ id, status, values: told }) => [id, status, told['patches']])).toEqual([
      ['one', 'done', 3],
      ['two', 'no-tissue', 0],
    ]);
    expect(JSON.stringify(cohort)).not.toContain(folder);
    const answer = await ask(server, '/slides/one/layers.json');
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    const again = await ask(server, '/slides/one/layers.json', {
      headers: { 'if-none-match': answer.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
    const kept = await ask(server, `/slides/one/patches/patches/boxes.bin?v=${patches.version}`);
    expect(kept.headers.get('cache-control')).toContain('immutable');
  });

  it('is found in a run with a model too: tissue, attention and heatmaps, in files or as Deep Zoom', async () => {
    const attention =
      'x,y,width,height,attention,probability_a,probability_b\n0,0,128,128,0.75,0.25,0.75\n128,0,128,128,0.25,0.5,0.5\n';
    write(
      'model/manifest.csv',
      `slide,path,status,predicted,error\none,${place('slides/one.tif')},done,b,\ntwo,${place('slides/two.tif')},failed,,${place('slides/two.tif')}: broken\n`,
    );
    write('model/features/one/tissue/tissue.geojson', geojson(feature([square(0, 0, 100), square(10, 10, 20)])));
    write('model/predictions/attention/one.csv', attention);
    write('model/predictions/predictions.csv', 'slide,status,confidence\none,done,0.75\n');
    write('model/heatmaps/heatmaps.csv', '');
    const scores = place('model/predictions/attention/one.csv');
    await createHeatmap({ slide: place('slides/one.tif'), scores, out: place('model/heatmaps'), pictureSize: 100 });
    await createHeatmap({
      slide: place('slides/one.tif'),
      scores,
      value: 'b',
      normalize: 'minmax',
      format: 'dzi',
      out: place('dzi'),
      pictureSize: 100,
    });
    write('dzi/heatmaps.csv', `slide,path,status\none,${place('slides/one.tif')},done\n`);
    await using server = await serve(['model', 'dzi']);
    const { layers, problems } = await list(server, 'one');
    expect(problems).toEqual([]);
    expect(layers.map(({ name, title, shown }) => [name, title, shown])).toEqual([
      ['heatmap', 'Heatmap (model): attention', true],
      ['heatmap-2', 'Heatmap (dzi): b', true],
      ['attention', 'Attention (model)', false],
      ['tissue', 'Tissue (model)', true],
    ]);
    const [byRank, byNumber] = layers as readonly { legend?: { range: unknown; colors: unknown[] } }[];
    expect(byRank?.legend).toMatchObject({ range: null, title: 'attention' });
    expect(byNumber?.legend).toMatchObject({ range: [0.5, 0.75], title: 'b' });
    expect(byNumber?.legend?.colors).toHaveLength(18);
    const tiles = await Promise.all(
      ['heatmap', 'heatmap-2'].map((name) => ask(server, `/slides/one/overlays/${name}_files/4/0_0.png`)),
    );
    expect(tiles.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual([
      [200, 'image/png'],
      [200, 'image/png'],
    ]);
    const shown = layers[2] as PatchLayerFacts;
    expect(shown.columns).toEqual([
      { name: 'attention', range: [0.25, 0.75] },
      { name: 'probability_a', range: [0.25, 0.5] },
      { name: 'probability_b', range: [0.5, 0.75] },
    ]);
    const { slides, columns } = await askJson<CohortFacts>(server, '/cohort.json');
    expect(columns).toEqual([{ name: 'predicted', kind: 'text' }]);
    expect(slides).toEqual([
      { id: 'one', status: 'done', error: null, values: { predicted: 'b' } },
      { id: 'two', status: 'failed', error: 'two: broken', values: { predicted: null } },
    ]);
  });

  it('is found where its slides have moved, by their file names', async () => {
    write('moved/manifest.csv', `slide,path,status\nfirst,/gone/one.tif,done\nlast,/gone/three.tif,done\n`);
    write('moved/first/tissue/tissue.geojson', geojson(feature([square(0, 0, 100)])));
    await using server = await serve(['moved', 'slides']);
    expect([server.slides, server.missing]).toEqual([['first', 'last', 'two'], ['/gone/three.tif']]);
    expect(await listNames(server, 'first')).toEqual(['tissue']);
    const answer = await ask(server, '/slides/last/facts.json');
    expect([answer.status, await answer.text()]).toEqual([404, expect.not.stringContaining('/gone')]);
    expect((await ask(server, '/slides/last/layers.json')).status).toBe(404);
    // What a run says of a slide that is not there is shown all the same.
    const { slides } = await askJson<CohortFacts>(server, '/cohort.json');
    expect(slides.map(({ id, status, missing }) => [id, status, missing])).toEqual([
      ['first', 'done', undefined],
      ['last', 'done', true],
      ['two', null, undefined],
    ]);
  });

  it('belongs to the slides that are given where it does not say where they are', async () => {
    write('attention-only/predictions.csv', 'slide,status,predicted,confidence\none,done,a,0.75\n');
    write('attention-only/attention/one.csv', 'x,y,width,height,attention\n0,0,10,10,1\n');
    await using server = await serve(['attention-only', 'slides']);
    expect([await listNames(server, 'one'), await listNames(server, 'two')]).toEqual([['attention'], []]);
    expect(await askJson<CohortFacts>(server, '/cohort.json')).toEqual({
      columns: [
        { name: 'predicted', kind: 'text' },
        { name: 'confidence', kind: 'number' },
      ],
      slides: [
        { id: 'one', status: 'done', error: null, values: { predicted: 'a', confidence: 0.75 } },
        { id: 'two', status: null, error: null, values: { predicted: null, confidence: null } },
      ],
    });
    const patch = (slide: string, x: number) => `${slide},0,${x},0,0,32,images/p.png,a,0.75\n`;
    const rows = patch('one', 64) + patch('two', 96) + patch('one', 128);
    write('patch-predictions/predictions.csv', `slide,index,x,y,level,size,path,predicted,probability_a\n${rows}`);
    await using patches = await serve(['patch-predictions', 'slides']);
    expect((await list(patches, 'one')).layers).toMatchObject([{ name: 'predictions', count: 2, shownColumn: 0 }]);
    expect((await askJson<CohortFacts>(patches, '/cohort.json')).columns).toEqual([]);
    await expect(serve(['attention-only'])).rejects.toThrow('runs that say where theirs are');
  });

  it('is refused where a manifest is not one: names that lead elsewhere, no slides, no CSV', async () => {
    write('bad/manifest.csv', `slide,path\n../run,${place('slides/one.tif')}\n`);
    await expect(serve(['bad'])).rejects.toThrow(/names of slides .* received "\.\.\/run"/);
    write('bad/manifest.csv', 'slide,path\n');
    await expect(serve(['bad'])).rejects.toThrow('runs that say where theirs are');
    // A run that did nothing takes no others along.
    await using others = await serve(['bad', 'slides']);
    expect([...others.slides].sort()).toEqual(['one', 'two']);
    write('bad/manifest.csv', 'slide,path\na,b,c\n');
    await expect(serve(['bad'])).rejects.toThrow('row 2 has 3 fields');
  });
});

describe('layers that are given', () => {
  const readTable = (bytes: ArrayBuffer) => {
    const [polygons = 0, rings = 0, points = 0] = new Uint32Array(bytes, 0, 4);
    let at = 16;
    const take = (count: number) => {
      at += 4 * count;
      return [...new Uint32Array(bytes, at - 4 * count, count)];
    };
    const table = { classes: take(polygons), firstRings: take(polygons + 1), firstPoints: take(rings + 1) };
    return { ...table, points: [...new Float32Array(bytes, at, 2 * points)], rest: bytes.byteLength - at - 8 * points };
  };

  it('are annotations of any format, by the names of slides: polygons with holes, classes with the colours of the file', async () => {
    const tumour = { classification: { name: 'tumour', color: [1, 2, 3] } };
    write(
      'given/one.geojson',
      geojson(
        feature([square(0, 0, 100), square(10, 10, 20)], tumour),
        feature([[square(200, 0, 8)], [square(300, 0, 8)]], { classification: { name: 'fat' } }, 'MultiPolygon'),
        feature([5, 5], tumour, 'Point'),
      ),
    );
    const vertex = (x: number, y: number) => `<Vertex X="${x}" Y="${y}" Z="0"/>`;
    const region = (id: number, negative: number) =>
      `<Region Id="${id}" Type="0" NegativeROA="${negative}"><Vertices>${vertex(1, 1)}${vertex(9, 1)}${vertex(9, 9)}</Vertices></Region>`;
    write(
      'given/one_layer.xml',
      `<Annotations><Annotation Id="1" Name="gland" LineColor="255"><Regions>${region(1, 0)}${region(2, 1)}</Regions></Annotation></Annotations>`,
    );
    write('given/two.xml', '<Annotations><Annotation');
    write('given/one-2.geojson', geojson());
    write('given/three.geojson', geojson());
    await using server = await serve(['slides'], { layers: ['given'] });
    const { layers, problems } = await list(server, 'one');
    expect(problems).toEqual([]);
    const facts = layers as PolygonLayerFacts[];
    expect(facts.map(({ name, title, polygons, notices }) => [name, title, polygons, notices])).toEqual([
      ['2', '2', 0, []],
      ['given', 'given', 3, ['left out: 1 without an area (points, lines)']],
      ['layer', 'layer', 2, []],
    ]);
    expect(facts[1]?.classes).toEqual([
      { name: 'tumour', color: [1, 2, 3], count: 1 },
      { name: 'fat', color: [86, 180, 233], count: 2 },
    ]);
    expect(facts[2]?.classes).toEqual([
      { name: 'gland', color: [255, 0, 0], count: 1 },
      { name: 'gland (cut out)', color: [255, 0, 0], count: 1 },
    ]);
    const ring = (x: number, y: number, side: number) => square(x, y, side).slice(0, 4).flat();
    expect(readTable(await askBytes(server, '/slides/one/polygons/given.bin'))).toEqual({
      classes: [0, 1, 1],
      firstRings: [0, 2, 3, 4],
      firstPoints: [0, 4, 8, 12, 16],
      points: [...ring(0, 0, 100), ...ring(10, 10, 20), ...ring(200, 0, 8), ...ring(300, 0, 8)],
      rest: 0,
    });
    const own = await ask(server, '/slides/one/polygons/given.geojson');
    expect([own.headers.get('content-type'), await own.text()]).toEqual([
      'application/geo+json',
      readFileSync(place('given/one.geojson'), 'utf8'),
    ]);
    // XML is written anew: what is cut out is a hole of what it lies in, or says so.
    const anew = await askJson<{ features: { properties: object }[] }>(server, '/slides/one/polygons/layer.geojson');
    expect(anew.features[0]?.properties).toMatchObject({ classification: { name: 'gland', color: [255, 0, 0] } });
    // A file that is damaged is told, and costs the others nothing.
    expect(await list(server, 'two')).toEqual({
      layers: [],
      problems: [{ name: 'given', title: 'given', message: expect.stringMatching(/^two\.xml: /) }],
    });
    const answer = await ask(server, '/slides/two/polygons/given.bin');
    expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining(folder)]);
  });

  it('are tables of patches, one for all slides or one each; what is no number, or no table, is told', async () => {
    write(
      'all.csv',
      'slide_id,x,y,level,size,kind,score\none,0,0,0,50,a,1\none.tif,60,0,0,50,b,\ntwo,5,5,0,50,c,nan\nelse,,,,,,\n',
    );
    write('tables/one.csv', 'x,y,score\n0,0,1\n10,0,2\n20,0,-3e-2\n,,4\n9000,0,1\n');
    write('tables/one_short.csv', 'x,y\n1,2\n1,2,3\n');
    write('tables/one_lone.csv', 'x,y\n1,2\n');
    write('tables/one_other.csv', 'a,b\n1,2\n');
    write('tables/one_open.csv', 'x,y\n"1,2\n');
    await using server = await serve(['slides'], { layers: ['all.csv', 'tables'] });
    const { layers, problems } = await list(server, 'one');
    expect(layers).toMatchObject([
      { name: 'all', count: 2, columns: [{ name: 'score', range: [1, 1] }], notices: [] },
      {
        ...{ name: 'tables', count: 4, columns: [{ name: 'score', range: [Math.fround(-0.03), 2] }] },
        notices: [
          'left out: 1 without a place',
          'patches are taken to span 10 px, the step of their grid',
          'beside the slide: 1 of 4',
        ],
      },
    ]);
    expect([...new Float32Array(await askBytes(server, '/slides/one/patches/all/columns/0.bin'))]).toEqual([
      1,
      Number.NaN,
    ]);
    expect((await askJson<PatchRows>(server, '/slides/one/patches/all/rows/0.json')).rows).toEqual([
      ['one', '0', '0', '0', '50', 'a', '1'],
      ['one.tif', '60', '0', '0', '50', 'b', ''],
    ]);
    expect(Object.fromEntries(problems.map(({ name, message }) => [name, message]))).toEqual({
      lone: expect.stringContaining('does not say what a patch spans'),
      open: expect.stringContaining('never closed'),
      other: expect.stringContaining('no columns x and y: it has a, b'),
      short: expect.stringMatching(/^one_short\.csv: line 3: 3 fields, the header has 2/),
    });
    const two = (await list(server, 'two')).layers;
    expect(two).toMatchObject([{ name: 'all', count: 1, columns: [] }]);
    for (const path of [
      'columns/1.bin',
      'columns/x.bin',
      'columns/0.json',
      'rows/1.json',
      'rows/-1.json',
      'boxes',
      'x',
    ])
      expect([400, 404], path).toContain((await ask(server, `/slides/one/patches/all/${path}`)).status);
    for (const path of [
      'polygons/all.bin',
      'polygons/x.bin',
      'polygons/all.csv',
      'patches/x/boxes.bin',
      'overlays/all',
    ])
      expect([400, 404], path).toContain((await ask(server, `/slides/one/${path}`)).status);
    await expect(serve(['slides'], { layers: ['run'] })).rejects.toThrow('files that lie over slides');
    await expect(serve(['slides'], { layers: ['none.xml'] })).rejects.toThrow('files or folders that are there');
  });

  it('are as they are now: drawings appear, change and go without a restart; earlier versions are none', async () => {
    await using server = await serve(['run']);
    const before = await listNames(server, 'two');
    write('run/two/annotations/tissue.geojson', geojson(feature([square(0, 0, 10)])));
    write('run/two/annotations/tissue.1.geojson', geojson());
    write('run/two/annotations/Bad name.geojson', geojson());
    expect([before, await listNames(server, 'two')]).toEqual([[], ['drawn.tissue']]);
    const [first] = (await list(server, 'two')).layers;
    expect(first).toMatchObject({ title: 'Tissue (corrected)', drawn: true, polygons: 1 });
    write('run/two/annotations/tissue.geojson', geojson(feature([square(0, 0, 10)]), feature([square(20, 0, 10)])));
    const [second] = (await list(server, 'two')).layers;
    expect(second).toMatchObject({ polygons: 2 });
    expect(second?.version).not.toBe(first?.version);
    // Of another run of the slide: it is shown, and can't be saved again.
    write('again/manifest.csv', `slide,path\nzwei,${place('slides/two.tif')}\n`);
    write('again/zwei/annotations/tissue.geojson', geojson(feature([square(0, 0, 10)])));
    await using both = await serve(['run', 'again']);
    expect((await list(both, 'two')).layers).toMatchObject([
      { name: 'tissue', title: 'Tissue (corrected) (again)', drawn: false },
      { name: 'drawn.tissue', title: 'Tissue (corrected) (run)', drawn: true },
    ]);
    rmSync(place('run/two/annotations'), { recursive: true });
    expect(await listNames(server, 'two')).toEqual([]);
    expect((await ask(server, '/slides/two/polygons/drawn.tissue.bin')).status).toBe(404);
  });

  it('are never what a link leads out to', async () => {
    write('secret/one.geojson', geojson(feature([square(0, 0, 10)])));
    write('secret/patches.csv', 'x,y,width,height\n1,1,1,1\n');
    mkdirSync(place('linked'));
    symlinkSync(place('secret/one.geojson'), place('linked/one.geojson'));
    write('leaky/manifest.csv', `slide,path\none,${place('slides/one.tif')}\n`);
    mkdirSync(place('leaky/one'));
    symlinkSync(place('secret'), place('leaky/one/patches'));
    const message = expect.stringContaining('a link leads out of the folder');
    await using server = await serve(['leaky'], { layers: ['linked'] });
    expect(await list(server, 'one')).toEqual({
      layers: [],
      problems: [expect.objectContaining({ message }), expect.objectContaining({ message })],
    });
    expect((await ask(server, '/slides/one/polygons/linked.bin')).status).toBe(404);
    expect((await ask(server, '/slides/one/patches/patches/boxes.bin')).status).toBe(404);
    mkdirSync(place('borrowed'));
    symlinkSync(place('run/manifest.csv'), place('borrowed/manifest.csv'));
    await expect(serve(['borrowed'])).rejects.toThrow('a link leads out of the folder');
    await using follows = await serve(['leaky', 'borrowed'], { layers: ['linked'], followLinks: true });
    expect([follows.slides, await listNames(follows, 'one')]).toEqual([
      ['one', 'two'],
      ['patches', 'linked'],
    ]);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readAnnotations, streamAnnotations } from '../../src/preprocessing/xml-to-mask/read-annotations.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';

const vertex = (x: string, y: string) => `<Vertex X="${x}" Y="${y}" Z="0"/>`;
const region = (vertices: string, id = '12') =>
  `<Region Id="${id}" Type="0" NegativeROA="0"><Attributes/><Vertices>${vertices}</Vertices></Region>`;
const good = vertex('0', '0') + vertex('9', '0') + vertex('9', '9');
const aperio = (inner: string) =>
  `<Annotations><Annotation Id="1" Name="Tumör"><Regions>${inner}</Regions></Annotation></Annotations>`;
const geojson = (coordinates: string) =>
  `{"type":"FeatureCollection","features":[{"type":"Feature","id":"f7","geometry":{"type":"Polygon","coordinates":${coordinates}},"properties":{}}]}`;
const bomb = '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>';

const read = (bytes: string | Uint8Array) => readAnnotations(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
const fails = (bytes: string | Uint8Array, message: string | RegExp) =>
  expect(read(bytes)).rejects.toMatchObject({
    tag: 'annotation',
    source: 'annotations',
    hint: expect.any(String),
    message: typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message),
  });

describe('what is no annotation file, or a damaged one, is an AnnotationError that says where', () => {
  it.each([
    ['nothing', '', 'the file is empty'],
    ['blanks', ' \n ', 'the file is empty'],
    ['a picture', '\u0089PNG\r\n', 'no format of annotations'],
    ['other XML', '<svg><path/></svg>', 'no format of annotations'],
    ['a document type', `<?xml version="1.0"?>${bomb}${aperio(region(good))}`, 'document type'],
    ['a document type in a region', aperio(region(`${good}${bomb}`)), 'document type'],
    [
      'an unknown entity',
      aperio(region(good).replace('Id="12"', 'Id="12" Text="&lol;"')),
      'Region Id="12": not XML as it should be: unknown entity',
    ],
    ['an unknown entity in the layer', aperio(region(good)).replace('Tumör', '&lol;'), 'unknown entity'],
    ['a region that is not closed', aperio(region(good).replace('</Region>', '')), '</Regions> where <Region> is open'],
    [
      'vertices that are not closed',
      aperio(region(good).replace('</Vertices>', '')),
      '</Region> where <Vertices> is open',
    ],
    ['an end of nothing', `${aperio(region(good))}</Annotations>`, 'closes nothing'],
    ['text behind the end', `${aperio(region(good))}tail`, 'the file ends inside'],
    ['text before a tag behind the end', `${aperio(region(good))}tail<a/>`, 'text outside'],
    ['two roots', aperio(region(good)) + aperio(region(good)), 'not XML as it should be'],
    ['a quote that is missing', aperio(region(`${good}<Vertex X="1 Y="2"/>`)), /Region Id="12": a tag is not written/],
    ['no quotes', aperio(region(`${good}<Vertex X=1 Y=2 />`)), 'a tag is not written'],
    ['a tag in a tag', aperio(region(`${good}<Vertex X="1" <Y="2"/>`)), 'a tag is not written'],
    ['the same attribute twice', aperio(region(good).replace('Type="0"', 'Type="0" Type="1"')), 'Region Id="12"'],
    ['a NUL byte in the middle', aperio(region(`${good}\0`)), /a NUL byte at \d+, with more text/],
    ['an encoding that nobody has', `<?xml version="1.0" encoding="klingon"?>${aperio('')}`, '"klingon"'],
    ['a NegativeROA that is neither', aperio(region(good).replace('ROA="0"', 'ROA="2"')), 'NegativeROA is "2"'],
    ['many levels', aperio(region(good + '<a>'.repeat(80))), 'nested more than 64 deep'],
    [
      'X that is no number',
      aperio(region(good + vertex('abc', '1'))),
      'region 12 of Tumör: vertex 3 (from 0) has no finite X and Y',
    ],
    ['an infinite X', aperio(region(vertex('INF', '1') + good)), 'vertex 0'],
    ['a number too large', aperio(region(vertex('1e999', '1') + good)), 'vertex 0'],
    ['NaN', aperio(region(vertex('NaN', '1') + good)), 'vertex 0'],
    ['no X', aperio(region(`<Vertex Y="2"/>${good}`)), 'vertex 0'],
    ['an empty X', aperio(region(vertex('', '1') + good)), 'vertex 0'],
    ['hexadecimal', aperio(region(vertex('0x10', '1') + good)), 'vertex 0'],
    ['JSON that is cut off', geojson('[[[0,0],[1,1],[2,0]]]').slice(0, -9), 'element 0: the file ends too early'],
    ['JSON with NaN', geojson('[[[NaN,0],[1,1],[2,0]]]'), 'vertex 0 (from 0) is no pair of finite numbers'],
    ['JSON with null', geojson('[[[null,0],[1,1],[2,0]]]'), 'feature 0 (id f7): vertex 0 (from 0) is no pair'],
    ['JSON with flat coordinates', geojson('[0,0,1,1]'), 'feature 0 (id f7): its coordinates are no list'],
    ['JSON of another kind', '{"a":1}', 'no GeoJSON: its type is undefined'],
    ['JSON without end', `[${'['.repeat(5000)}`, 'nested more than 1000 deep'],
    ['JSON with more behind', `${geojson('[]')} x`, 'not JSON'],
    ['JSON closed twice', '[]]', 'never opened'],
    ['a geometry nobody knows', geojson('[]').replace('Polygon', 'Blob'), 'geometry type "Blob"'],
    ['an element that is no feature', '[1]', 'feature 0: it is no object'],
    ['NCRF without pairs', '{"positive":[{"vertices":[1,2]}]}', 'positive 0: its vertices'],
  ])('%s', async (_name, bytes, message) => fails(bytes, message));

  it('cut off anywhere, a file is an error, never fewer regions', async () => {
    const whole = Buffer.from(aperio(region(good, '1') + region(good, '2')));
    for (let length = 0; length < whole.length; length++)
      await expect(read(whole.subarray(0, length)), String(length)).rejects.toMatchObject({ tag: 'annotation' });
    expect((await read(whole)).layers[0]!.regions).toHaveLength(2);
  });

  it('leaves bad regions out when asked, each with a notice', async () => {
    const text = aperio(region(good, '1') + region(good + vertex('x', '1'), '2') + region(good, '3'));
    const set = await readAnnotations(Buffer.from(text), { onBadRegion: 'skip' });
    expect(set.layers[0]!.regions.map(({ id }) => id)).toEqual(['1', '3']);
    expect(set.notices).toEqual([
      'left out, as asked, because vertex 3 (from 0) has no finite X and Y: region 2 of Tumör',
    ]);
  });

  it('counts vertices that lie in no region', async () => {
    const { notices } = await read(aperio(`${region(good)}${good}`));
    expect(notices).toEqual(['3 vertices outside of all regions left out']);
  });

  it('has a limit of vertices', async () => {
    await expect(readAnnotations(Buffer.from(aperio(region(good))), { maxVertices: 3 })).resolves.toBeDefined();
    const text = aperio(region(good) + region(good));
    await expect(readAnnotations(Buffer.from(text), { maxVertices: 5 })).rejects.toMatchObject({ tag: 'annotation' });
  });
});

describe('encodings', () => {
  const text = aperio(region(good));
  const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>\n${text}`;
  const swap = (bytes: Buffer) => Buffer.from(bytes).swap16();

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 LE', Buffer.from(`\ufeff${declared('utf-16')}`, 'utf16le')],
    ['UTF-16 BE', swap(Buffer.from(`\ufeff${declared('utf-16')}`, 'utf16le'))],
    ['UTF-16 LE without a mark', Buffer.from(declared('utf-16'), 'utf16le')],
    ['UTF-16 BE without a mark', swap(Buffer.from(declared('utf-16'), 'utf16le'))],
    ['UTF-8 that calls itself UTF-16', Buffer.from(declared('utf-16'))],
    ['Latin-1', Buffer.from(declared('ISO-8859-1'), 'latin1')],
    ['Latin-1 that says nothing', Buffer.from(text, 'latin1')],
    ['UTF-8 with NUL bytes behind it', Buffer.from(`${text}\0\0\0 \n\0`)],
  ])('%s', async (_name, bytes) => {
    const { layers } = await read(bytes);
    expect(layers).toMatchObject([{ name: 'Tumör', regions: [{ id: '12' }] }]);
  });

  it('Shift_JIS, as Japanese programs have it', async () => {
    // "腫瘍" in Shift_JIS, whose second bytes may be letters of ASCII.
    const bytes = Buffer.from(declared('Shift_JIS').replace('Tumör', '####'), 'latin1');
    bytes.set([0x8e, 0xee, 0xe1, 0x87], bytes.indexOf('####'));
    expect((await read(bytes)).layers[0]!.name).toBe('腫瘍');
  });

  it('JSON in UTF-16', async () => {
    const bytes = Buffer.from(`\ufeff${geojson('[[[0,0],[1,1],[2,0]]]')}`, 'utf16le');
    expect((await read(bytes)).layers[0]!.regions).toHaveLength(1);
  });
});

describe('large and hostile files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-annotations-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('tokens, regions and vertices that cross every border of a block', async () => {
    // Comments shift the blocks of 256 KiB against the tags.
    const many = Array.from({ length: 30_000 }, (_, k) => vertex(`${k}.5`, `${k % 7}`)).join('\n');
    for (let shift = 0; shift < 60; shift += 7) {
      const { layers } = await read(aperio(`<!-- ${'<'.repeat(shift)} -->${region(many)}`));
      const { exterior } = layers[0]!.regions[0]!.polygons[0]!;
      expect(exterior.length).toBe(60_000);
      expect(exterior.every((value, k) => value === (k % 2 === 0 ? k / 2 + 0.5 : ((k - 1) / 2) % 7))).toBe(true);
    }
  });

  it.each([
    [
      'a tag without end',
      `<Annotations><Annotation Name="${'a'.repeat(5_000_000)}`,
      'a tag, comment or text of more than',
    ],
    ['a comment without end', `<Annotations><!--${'a'.repeat(5_000_000)}`, 'a tag, comment or text of more than'],
    [
      'a region of nothing but attributes',
      aperio(region(`${good}<a b="${'x'.repeat(1_100_000)}"/>`)),
      'more than 1048576 bytes of markup',
    ],
    [
      'layers without end',
      `<Annotations>${'<Annotation/>'.repeat(1_400_000)}</Annotations>`,
      'more than 16777216 bytes of markup',
    ],
  ])('%s ends in an error within seconds', async (_name, text, message) => fails(text, message), 20_000);

  it('streams 70 MB in bounded memory', async () => {
    const path = join(folder, 'large.xml');
    const block = region(Array.from({ length: 4000 }, (_, k) => vertex(`${k}.123456`, `${k}.654321`)).join('\n\t\t\t'));
    writeFileSync(path, aperio(block.repeat(400)));
    const before = process.memoryUsage().rss;
    let vertices = 0;
    let most = 0;
    for await (const { region: one } of streamAnnotations(path, { reuse: true })) {
      vertices += one.polygons[0]!.exterior.length / 2;
      most = Math.max(most, process.memoryUsage().rss);
    }
    expect(vertices).toBe(1_600_000);
    // A quarter of what the vertices alone would take, and a sixth of the file.
    expect(most - before).toBeLessThan(40e6);
  });
});

describe('random damage', () => {
  const files = [
    aperio(region(good) + region(good)),
    `<ASAP_Annotations><Annotations><Annotation Name="a" Type="Polygon" PartOfGroup="g"><Coordinates>${good.replaceAll('Vertex', 'Coordinate')}</Coordinates></Annotation></Annotations></ASAP_Annotations>`,
    geojson('[[[0,0],[1,1],[2,0],[0,0]],[[0.1,0.1],[0.2,0.2],[0.3,0.1]]]'),
    '{"positive":[{"name":"a","vertices":[[0,0],[1,1],[2,0]]}],"negative":[]}',
  ];

  it('gives annotations with finite numbers or an AnnotationError', async () => {
    const damage = fc.array(fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), damage, async (text, changes) => {
        const bytes = Buffer.from(text);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        try {
          const { layers } = await read(bytes);
          for (const { polygons } of layers.flatMap(({ regions }) => regions))
            for (const { exterior } of polygons) expect(exterior.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(isSlideloomError(error, 'annotation'), String(error)).toBe(true);
        }
      }),
      { numRuns: 1500, seed: 7 },
    );
  }, 60_000);
});

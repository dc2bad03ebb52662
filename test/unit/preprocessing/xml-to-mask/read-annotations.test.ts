import { describe, expect, it } from 'vitest';
import { computeRingArea } from '../../../../src/geometry/kernels/ring-area.ts';
import {
  type ReadAnnotationsOptions,
  readAnnotations,
  streamAnnotations,
} from '../../../../src/preprocessing/xml-to-mask/read-annotations.ts';

const square = (x: number, y: number, size: number) => [x, y, x + size, y, x + size, y + size, x, y + size];
const toVertices = (values: readonly number[], tag = 'Vertex') =>
  Array.from(
    { length: values.length / 2 },
    (_, k) => `<${tag} X="${values[k * 2]}" Y="${values[k * 2 + 1]}" Z="0"/>`,
  ).join('');
const region = (values: readonly number[], attributes = '') =>
  `<Region Id="1" Type="0" Text="" ${attributes}><Attributes/><Vertices>${toVertices(values)}</Vertices></Region>`;
const aperio = (regions: string, layer = 'Id="1" Name="Tumor" LineColor="65280"') =>
  `<?xml version="1.0"?><Annotations MicronsPerPixel="0.5"><Annotation ${layer}><Attributes/><Regions>
   <RegionAttributeHeaders/>${regions}</Regions><Plots/></Annotation></Annotations>`;

async function read(text: string, options?: ReadAnnotationsOptions) {
  const set = await readAnnotations(Buffer.from(text), options);
  return { ...set, regions: set.layers.flatMap(({ regions }) => regions) };
}
const ringOf = (set: { regions: readonly { polygons: readonly { exterior: Float64Array }[] }[] }, k = 0) => [
  ...set.regions[k]!.polygons[0]!.exterior,
];

describe('Aperio XML', () => {
  it('keeps layers, colours (0x00BBGGRR), texts and attributes', async () => {
    const text = aperio(
      `<Region Id="7" Type="0" Text="a &amp; b" Zoom="0.1" Analyze="1" NegativeROA="0"><Attributes><Attribute Name="Grade" Value="3"/></Attributes>
       <Vertices>${toVertices(square(0, 0, 4))}</Vertices></Region>`,
      'Id="1" Name="" LineColor="16711935" ',
    ).replace(
      '<Attributes/><Regions>',
      '<Attributes><Attribute Name="Description" Value="Gland"/></Attributes><Regions>',
    );
    const { layers, format, source } = await read(text);
    expect({ format, source }).toEqual({ format: 'aperio', source: 'annotations' });
    expect(layers).toMatchObject([{ name: 'Layer 1', color: [255, 0, 255] }]);
    const [only] = layers[0]!.regions;
    expect(only).toMatchObject({ id: '7', name: 'a & b', className: 'Gland', kind: 'polygon', negative: false });
    expect(Object.fromEntries(only!.attributes)).toEqual({ Type: '0', Analyze: '1', Grade: '3' });
  });

  it('takes two vertices as the corners of an ellipse or a rectangle, and type 1 with many as what was drawn', async () => {
    const set = await read(
      aperio(
        [
          region([70, 10, 130, 50], 'x="e"').replace('Type="0"', 'Type="2"'),
          region([30, 40, 10, 20]).replace('Type="0"', 'Type="1"'),
          region([0, 0, 9, 1, 8, 8, 1, 9, 0, 5]).replace('Type="0"', 'Type="1"'),
        ].join(''),
      ),
    );
    expect(set.regions.map(({ kind }) => kind)).toEqual(['ellipse', 'rectangle', 'polygon']);
    // The area of an inscribed polygon within 0.01 pixels of the ellipse.
    const area = Math.PI * 30 * 20;
    const ours = computeRingArea(set.regions[0]!.polygons[0]!.exterior);
    expect(ours).toBeLessThan(area);
    expect(ours).toBeGreaterThan(area - 0.01 * Math.PI * 2 * 30);
    expect(ringOf(set, 1)).toEqual([10, 20, 30, 20, 30, 40, 10, 40]);
    expect(ringOf(set, 2)).toHaveLength(10);
  });

  it('takes the four corners of a box for an ellipse where the type says so, and another outline as it is', async () => {
    const box = region([70, 10, 130, 10, 130, 50, 70, 50]).replace('Type="0"', 'Type="2"');
    const slanted = region([70, 10, 130, 12, 130, 50, 70, 50]).replace('Type="0"', 'Type="2"');
    const both = await read(aperio(box + slanted));
    expect(both.regions.map(({ kind }) => kind)).toEqual(['ellipse', 'polygon']);
    const two = await read(aperio(region([70, 10, 130, 50]).replace('Type="0"', 'Type="2"')));
    expect(ringOf(both)).toEqual(ringOf(two));
  });

  it('knows NegativeROA as a number and as a word, and never guesses', async () => {
    const words = ['0', '1', 'false', 'True', ''];
    const { regions } = await read(
      aperio(words.map((word) => region(square(0, 0, 4), `NegativeROA="${word}"`)).join('')),
    );
    expect(regions.map(({ negative }) => negative)).toEqual([false, true, false, true, false]);
    for (const text of [
      aperio(region(square(0, 0, 4), 'NegativeROA="yes"')),
      '<Annotations><Annotation Name="a"><Regions><Region Type="Polygon" NegativeROA="yes"><Vertices>' +
        `${toVertices(square(0, 0, 4), 'V')}</Vertices></Region></Regions></Annotation></Annotations>`,
    ])
      await expect(read(text)).rejects.toThrow(/NegativeROA is "yes", neither 0 nor 1/);
  });

  it('leaves out arrows and rulers, and says so', async () => {
    const text = aperio(
      ['3', '4', '4'].map((type) => region([1, 2, 3, 4]).replace('Type="0"', `Type="${type}"`)).join(''),
    );
    const { regions, notices } = await read(text);
    expect(regions).toEqual([]);
    expect(notices).toEqual([
      'left out: arrow has no area: region 1 of Tumor',
      'left out: ruler has no area (2 times): region 1 of Tumor, region 1 of Tumor',
    ]);
  });

  it('cuts a region inside a region only when asked, island by island, and never a copy', async () => {
    const text = aperio(
      [square(0, 0, 40), square(10, 10, 20), square(15, 15, 5), square(0, 0, 40)].map((ring) => region(ring)).join(''),
    );
    expect((await read(text)).regions.map(({ negative }) => negative)).toEqual([false, false, false, false]);
    const cut = await read(text, { overlapHoles: 'cut' });
    // The copy of the outline around changes nothing.
    expect(cut.regions.map(({ negative }) => negative)).toEqual([false, true, false, false]);
    expect(cut.notices).toEqual(['cut out as a hole, since it lies inside another region: 1']);
  });

  it('reads vertices as Python reads floats', async () => {
    const texts = [
      '12.345678',
      '-0.000001',
      '1e3',
      '9007199254740993',
      '0.1',
      '123456789.123456789123',
      '.5',
      '7.',
      ' 8 ',
      '1.5E-3',
    ];
    const vertices = texts.map((text) => `<Vertex Y='${text}'  X="${text}"></Vertex>`).join('\n');
    const set = await read(aperio(`<Region><Vertices>${vertices}</Vertices></Region>`));
    expect(ringOf(set).filter((_, k) => k % 2 === 0)).toEqual(texts.map(Number));
  });
});

describe('HALO XML', () => {
  it('reads named types, pins and negative regions', async () => {
    const v = (values: readonly number[]) => `<Vertices>${toVertices(values, 'V')}</Vertices>`;
    const set = await read(`<Annotations><Annotation LineColor="255" Name="Viable" Visible="True"><Regions>
      <Region Type="Polygon" HasEndcaps="0" NegativeROA="0">${v(square(0, 0, 50))}<Comments/></Region>
      <Region Type="Ellipse" HasEndcaps="0" NegativeROA="1">${v([10, 10, 20, 30])}<Comments><Comment Text="necrosis"/></Comments></Region>
      <Region Type="Rectangle" HasEndcaps="0" NegativeROA="0">${v([60, 60, 70, 90])}</Region>
      <Region Type="Pin" HasEndcaps="0" NegativeROA="0">${v([5, 6])}</Region>
      <Region Type="Ruler" HasEndcaps="1" NegativeROA="0">${v([5, 6, 7, 8])}</Region></Regions></Annotation></Annotations>`);
    expect(set.format).toBe('halo');
    expect(set.layers[0]).toMatchObject({ name: 'Viable', color: [255, 0, 0] });
    expect(set.regions.map(({ kind, negative, className }) => [kind, negative, className])).toEqual([
      ['polygon', false, 'Viable'],
      ['ellipse', true, 'Viable'],
      ['rectangle', false, 'Viable'],
      ['point', false, 'Viable'],
      ['line', false, 'Viable'],
    ]);
    expect(set.regions[1]!.name).toBe('necrosis');
  });
});

describe('ASAP XML', () => {
  const annotation = (coordinates: string, attributes: string) =>
    `<Annotation Name="a" Color="#F4FA58" ${attributes}><Coordinates>${coordinates}</Coordinates></Annotation>`;
  const asap = (annotations: string, groups = '') =>
    `<ASAP_Annotations><Annotations>${annotations}</Annotations><AnnotationGroups>${groups}</AnnotationGroups></ASAP_Annotations>`;

  it('sorts by Order, reads decimal commas, and knows groups', async () => {
    const coordinates = [
      '<Coordinate Order="2" X="10,5" Y="9" />',
      '<Coordinate Order="0" X="1,25" Y="2,5" />',
      '<Coordinate Order="1" X="9" Y="1" />',
      '<Coordinate Order="10" X="0" Y="7" />',
    ].join('');
    const set = await read(
      asap(
        annotation(coordinates, 'Type="Spline" PartOfGroup="b"') +
          annotation(coordinates, 'Type="Polygon" PartOfGroup="None"'),
        '<Group Name="a" PartOfGroup="None" Color="#0000ff"><Attributes/></Group><Group Name="b" PartOfGroup="a" Color="#00ff00"><Attributes/></Group>',
      ),
    );
    expect(set.layers.map(({ name, regions }) => [name, regions.length])).toEqual([
      ['a', 0],
      ['b', 1],
      ['None', 1],
    ]);
    expect(set.layers[1]!.attributes.get('PartOfGroup')).toBe('a');
    expect(ringOf(set)).toEqual([1.25, 2.5, 9, 1, 10.5, 9, 0, 7]);
    expect(set.regions.map(({ kind, className }) => [kind, className])).toEqual([
      ['spline', 'b'],
      ['polygon', undefined],
    ]);
  });

  it('keeps dots, point sets and measurements as what they are', async () => {
    const c = '<Coordinate Order="0" X="1" Y="2" /><Coordinate Order="1" X="3" Y="4" />';
    const set = await read(
      asap(
        ['Dot', 'PointSet', 'Measurement', 'Rectangle', 'Polygon']
          .map((type) => annotation(c, `Type="${type}" PartOfGroup="g"`))
          .join(''),
      ),
    );
    expect(set.regions.map(({ kind }) => kind)).toEqual(['point', 'point', 'line', 'rectangle']);
    expect(ringOf(set, 3)).toEqual([1, 2, 3, 2, 3, 4, 1, 4]);
    expect(set.notices).toEqual(['left out: Polygon with 2 vertices has no area: annotation a']);
  });
});

describe('GeoJSON', () => {
  const ring = [
    [0, 0],
    [8, 0],
    [8, 8],
    [0, 8],
    [0, 0],
  ];
  const hole = [
    [2, 2],
    [2, 4, 7],
    [4, 4],
    [2, 2],
  ];
  const feature = (geometry: unknown, properties: unknown = {}) => ({ type: 'Feature', id: 'f', geometry, properties });

  it.each([
    [
      'a FeatureCollection',
      { type: 'FeatureCollection', features: [feature({ type: 'Polygon', coordinates: [ring, hole] })] },
    ],
    [
      'a collection whose list comes last and late',
      {
        crs: { features: [1] },
        name: 'x "features": [',
        features: [feature({ type: 'Polygon', coordinates: [ring, hole] })],
      },
    ],
    ['a bare list', [feature({ type: 'Polygon', coordinates: [ring, hole] })]],
    ['a single feature', feature({ type: 'Polygon', coordinates: [ring, hole] })],
    ['a geometry', { type: 'Polygon', coordinates: [ring, hole] }],
    [
      'a list of geometries',
      [{ type: 'GeometryCollection', geometries: [{ type: 'Polygon', coordinates: [ring, hole] }] }],
    ],
  ])('reads %s', async (_name, value) => {
    for (const space of [undefined, 1]) {
      const set = await read(JSON.stringify(value, undefined, space));
      expect(set.regions).toHaveLength(1);
      expect(ringOf(set)).toEqual([0, 0, 8, 0, 8, 8, 0, 8]);
      expect([...set.regions[0]!.polygons[0]!.holes[0]!]).toEqual([2, 2, 2, 4, 4, 4]);
    }
  });

  it('splits mixed geometries by kind and says what had nothing in it', async () => {
    const geometries = [
      { type: 'MultiPolygon', coordinates: [[ring], [hole]] },
      { type: 'Point', coordinates: [1, 2] },
      { type: 'MultiPoint', coordinates: [[3, 4]] },
      {
        type: 'MultiLineString',
        coordinates: [
          [
            [0, 0],
            [1, 1],
          ],
          [
            [2, 2],
            [3, 3],
          ],
        ],
      },
      { type: 'Polygon', coordinates: [] },
    ];
    const set = await read(JSON.stringify([feature({ type: 'GeometryCollection', geometries }), feature(null)]));
    expect(set.regions.map(({ kind, polygons, points }) => [kind, polygons.length, points && [...points]])).toEqual([
      ['polygon', 2, undefined],
      ['point', 0, [1, 2, 3, 4]],
      ['line', 0, [0, 0, 1, 1]],
      ['line', 0, [2, 2, 3, 3]],
    ]);
    expect(set.notices).toEqual([
      'left out: rings and lines with too few vertices: feature 0 (id f)',
      'left out: it has no geometry: feature 1 (id f)',
    ]);
  });

  it.each([
    [{ classification: { name: 'Tumor', color: [1, 2, 3] } }, 'Tumor', [1, 2, 3]],
    [{ classification: { names: ['Tumor', 'Positive'], colorRGB: -65536 } }, 'Tumor: Positive', [255, 0, 0]],
    [{ classification: { name: 'a', color: [9, 9, 9] }, color: [1, 1, 1] }, 'a', [1, 1, 1]],
    [{ classification: 'Stroma' }, 'Stroma', undefined],
    [{}, undefined, undefined],
  ])('class and colour of %j', async (properties, className, color) => {
    const set = await read(JSON.stringify(feature({ type: 'Polygon', coordinates: [ring] }, properties)));
    expect(set.regions[0]).toMatchObject({ className, color });
  });

  it('reads old and new measurements, metadata, names, ellipses and children', async () => {
    const geometry = { type: 'Polygon', coordinates: [ring] };
    const first = feature(
      { ...geometry, isEllipse: true },
      {
        name: 'n',
        measurements: [
          { name: 'a', value: 1 },
          { name: 'b', value: 'NaN' },
        ],
        metadata: { k: 'v' },
        isLocked: true,
      },
    );
    const second = {
      ...feature(geometry, { measurements: { 'Area µm^2': 2.5 } }),
      nucleusGeometry: geometry,
      childObjects: [feature(geometry, { name: 'child' })],
    };
    const set = await read(JSON.stringify([first, second]));
    expect(set.regions.map(({ name, kind }) => [name, kind])).toEqual([
      ['n', 'ellipse'],
      [undefined, 'rectangle'],
      ['child', 'rectangle'],
    ]);
    expect([...set.regions[0]!.measurements!]).toEqual([
      ['a', 1],
      ['b', Number.NaN],
    ]);
    expect([...set.regions[1]!.measurements!]).toEqual([['Area µm^2', 2.5]]);
    expect(Object.fromEntries(set.regions[0]!.attributes)).toEqual({ isLocked: 'true', k: 'v' });
    expect(set.notices).toEqual(['outline of the nucleus left out: that of the cell is read: feature 1 (id f)']);
  });

  it('reads bare NaN and Infinity as measurements, as QuPath writes them, and never as coordinates', async () => {
    const feature = (measurements: string, x: string) =>
      `{"type":"Feature","id":"a NaN \\" -Infinity","geometry":{"type":"Polygon","coordinates":[[[${x},0],[4,0],[4,4]]]},
       "properties":{"name":"NaN","measurements":${measurements}}}`;
    const list = (...features: string[]) => `{"type":"FeatureCollection","features":[${features.join(',')}]}`;
    const old = '[{"name":"a","value":NaN},{"name":"b","value":2}]';
    const { regions } = await read(list(feature('{"a": NaN, "b":-Infinity,"c":Infinity}', '0'), feature(old, '0')));
    expect(regions[0]).toMatchObject({ id: 'a NaN " -Infinity', name: 'NaN' });
    expect(regions.map(({ measurements }) => [...measurements!])).toEqual([
      [
        ['a', Number.NaN],
        ['b', -Infinity],
        ['c', Infinity],
      ],
      [
        ['a', Number.NaN],
        ['b', 2],
      ],
    ]);
    const bad = list(feature('{}', 'NaN'), feature('{}', '0'));
    await expect(read(bad)).rejects.toThrow(/feature 0 .*vertex 0 \(from 0\) is no pair of finite numbers/);
    expect((await read(bad, { onBadRegion: 'skip' })).regions).toHaveLength(1);
    await expect(read(list(feature('{"a": NaN, "b": what}', '0')))).rejects.toThrow(/element 0: not JSON/);
  });

  it('counts coordinates from the bounds of the slide where asked', async () => {
    const text = JSON.stringify(feature({ type: 'Polygon', coordinates: [ring] }));
    const properties = new Map([
      ['openslide.bounds-x', '100'],
      ['openslide.bounds-y', '2000'],
    ]);
    const slide = { name: 's', width: 9, height: 9, mpp: undefined, properties };
    expect(ringOf(await read(text, { coordsFrame: 'bounds', slide })).slice(0, 4)).toEqual([100, 2000, 108, 2000]);
    expect(ringOf(await read(text, { slide })).slice(0, 2)).toEqual([0, 0]);
    const whole = { ...slide, properties: new Map<string, string>() };
    expect(ringOf(await read(text, { coordsFrame: 'bounds', slide: whole })).slice(0, 2)).toEqual([0, 0]);
    await expect(read(text, { coordsFrame: 'bounds' })).rejects.toMatchObject({
      tag: 'annotation',
      message: expect.stringContaining('no slide'),
    });
  });
});

describe('NDPA', () => {
  const state = (body: string) =>
    `<annotations><ndpviewstate id="1"><title>T</title>${body}</ndpviewstate></annotations>`;
  const points = (values: readonly number[]) =>
    `<pointlist>${Array.from({ length: values.length / 2 }, (_, k) => `<point>\n<x>${values[k * 2]}</x>\n<y>${values[k * 2 + 1]}</y></point>`).join('')}</pointlist>`;
  const slide = (
    properties: Record<string, string>,
    mpp: { x: number; y: number } | undefined = { x: 0.25, y: 0.5 },
  ) => ({
    name: 's.ndpi',
    width: 1000,
    height: 800,
    mpp: mpp && { ...mpp, source: 'metadata' as const },
    properties: new Map(Object.entries(properties)),
  });
  const offsets = { 'hamamatsu.XOffsetFromSlideCentre': '5000', 'hamamatsu.YOffsetFromSlideCentre': '-10000' };

  it('turns nanometres from the centre of the glass into pixels', async () => {
    const text = state(
      `<annotation type="freehand" color="#ff0000"><closed>1</closed>${points([5000, -10000, 15000, -10000, 15000, 0])}</annotation>`,
    );
    const set = await read(text, { slide: slide(offsets) });
    expect(ringOf(set)).toEqual([500, 400, 540, 400, 540, 420]);
    expect(set.regions[0]).toMatchObject({ id: '1', name: 'T', className: 'T', color: [255, 0, 0], kind: 'polygon' });
  });

  it('knows circles, rectangles, rulers, open lines and pins', async () => {
    const bodies = [
      '<annotation type="circle"><x>5000</x><y>-10000</y><radius>25000</radius></annotation>',
      `<annotation type="freehand">${points([0, 0, 0, 9, 9, 9, 9, 0])}<specialtype>rectangle</specialtype></annotation>`,
      '<annotation type="linearmeasure"><x1>0</x1><y1>0</y1><x2>1</x2><y2>1</y2></annotation>',
      `<annotation type="freehand"><closed>0</closed>${points([0, 0, 9, 9])}</annotation>`,
      '<annotation type="pin"><x>5000</x><y>-10000</y></annotation>',
    ];
    const sets = await Promise.all(bodies.map((body) => read(state(body), { slide: slide(offsets) })));
    expect(sets.map(({ regions }) => regions[0]!.kind)).toEqual(['ellipse', 'rectangle', 'line', 'line', 'point']);
    expect([...sets[4]!.regions[0]!.points!]).toEqual([500, 400]);
    // 25 µm are 100 pixels across and 50 down here.
    const circle = sets[0]!.regions[0]!.polygons[0]!.exterior.filter((_, k) => k % 2 === 0);
    expect([Math.min(...circle), Math.max(...circle)]).toEqual([400, 600]);
  });

  it.each([
    [undefined, 'the slide is missing'],
    [
      slide({}),
      'its property hamamatsu.XOffsetFromSlideCentre, its property hamamatsu.YOffsetFromSlideCentre is missing',
    ],
    [
      slide({ ...offsets, 'hamamatsu.YOffsetFromSlideCentre': 'x' }),
      'its property hamamatsu.YOffsetFromSlideCentre is missing',
    ],
    [{ ...slide(offsets), mpp: undefined }, 'its microns per pixel is missing'],
  ])('says what it misses (%#)', async (given, message) => {
    const text = state('<annotation type="pin"><x>5000</x><y>-10000</y></annotation>');
    await expect(read(text, { slide: given })).rejects.toMatchObject({
      tag: 'annotation',
      message: expect.stringContaining(message),
    });
  });
});

describe('NCRF JSON', () => {
  it('is known by its lists, wherever they stand; GeoJSON may use the words too', async () => {
    const list = '[{"name":"p","vertices":[[0,0],[4,0],[4,4]]}]';
    const { format, regions } = await read(`{"source": "x", "level": 0, "positive": ${list}, "negative": []}`);
    expect([format, regions.length]).toEqual(['ncrf', 1]);
    const geometry = '{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]}';
    const feature = `{"properties":{"a":1,"positive":[1]},"type":"Feature","geometry":${geometry}}`;
    expect((await read(feature)).format).toBe('geojson');
  });

  it('has negatives in the layer of its positives', async () => {
    const item = (name: string, vertices: number[][]) => ({ name, vertices });
    const set = await read(
      JSON.stringify({
        positive: [
          item('Annotation 0', [
            [0, 0],
            [9, 0],
            [9, 9],
          ]),
        ],
        negative: [
          item('Annotation 1', [
            [5, 1],
            [7, 1],
            [7, 3],
          ]),
        ],
      }),
    );
    expect(set.format).toBe('ncrf');
    expect(set.regions.map(({ name, negative }) => [name, negative])).toEqual([
      ['Annotation 0', false],
      ['Annotation 1', true],
    ]);
  });
});

describe('streamAnnotations', () => {
  const text = aperio(Array.from({ length: 700 }, (_, k) => region(square(k, k, 5))).join(''));

  it('gives the same regions as reading all at once, with or without shared memory', async () => {
    const { regions } = await read(text);
    for (const reuse of [false, true]) {
      let k = 0;
      for await (const { layer, region: one } of streamAnnotations(Buffer.from(text), { reuse })) {
        expect(layer).toBe('Tumor');
        expect(one).toEqual(regions[k++]);
      }
      expect(k).toBe(700);
    }
  });

  it('may be left early', async () => {
    for await (const { region: one } of streamAnnotations(Buffer.from(text))) {
      expect(one.kind).toBe('polygon');
      break;
    }
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AnnotationRegion, AnnotationSet } from '../../../../src/preprocessing/xml-to-mask/annotation.ts';
import { createRectangle } from '../../../../src/preprocessing/xml-to-mask/readers/shapes.ts';
import { writeAnnotations } from '../../../../src/preprocessing/xml-to-mask/write-annotations.ts';

const folder = mkdtempSync(join(tmpdir(), 'slideloom-write-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const square = (left: number, side: number) => createRectangle({ left, top: 1, right: left + side, bottom: 1 + side });
const region: AnnotationRegion = {
  ...{ id: '1', name: 'a "b" & <c>', className: 'Tumor', color: [1, 2, 255], kind: 'polygon', negative: false },
  polygons: [{ exterior: square(0, 9).exterior, holes: [square(2, 3).exterior] }],
  attributes: new Map([['Grade', '3']]),
  measurements: new Map([
    ['Area', 72],
    ['Mean', Number.NaN],
  ]),
};
const line: AnnotationRegion = { ...region, id: '2', kind: 'line', polygons: [], points: Float64Array.of(0, 1, 2, 3) };
const set: AnnotationSet = {
  ...{ format: 'geojson', source: 'a', notices: [] },
  layers: [{ name: 'l', attributes: new Map([['k', 'v']]), regions: [region, line] }],
};

describe('writeAnnotations', () => {
  it('GeoJSON has closed rings, holes the other way round, and what QuPath looks for', async () => {
    const path = join(folder, 'a.geojson');
    const { regions, notices, bytes } = await writeAnnotations(path, set);
    expect({ regions, notices }).toEqual({ regions: 2, notices: ['attributes of a layer left out: l'] });
    const text = readFileSync(path, 'utf8');
    expect(Buffer.byteLength(text)).toBe(bytes);
    const { type, features } = JSON.parse(text);
    expect(type).toBe('FeatureCollection');
    expect(features[0]).toEqual({
      type: 'Feature',
      id: '1',
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [0, 1],
            [9, 1],
            [9, 10],
            [0, 10],
            [0, 1],
          ],
          [
            [2, 1],
            [2, 4],
            [5, 4],
            [5, 1],
            [2, 1],
          ],
        ],
      },
      properties: {
        objectType: 'annotation',
        name: 'a "b" & <c>',
        classification: { name: 'Tumor', color: [1, 2, 255] },
        measurements: { Area: 72, Mean: 'NaN' },
        metadata: { Grade: '3' },
      },
    });
    expect(features[1].geometry).toEqual({
      type: 'LineString',
      coordinates: [
        [0, 1],
        [2, 3],
      ],
    });
    expect(readdirSync(folder)).not.toContainEqual(expect.stringMatching(/tmp-/));
  });

  it('Aperio XML has layers by class, holes as NegativeROA, colours as 0x00BBGGRR', async () => {
    const path = join(folder, 'a.xml');
    const slide = {
      name: 's',
      width: 99,
      height: 99,
      mpp: { x: 0.25, y: 0.25, source: 'metadata' as const },
      properties: new Map<string, string>(),
    };
    const { notices } = await writeAnnotations(path, set, { annotationFormat: 'aperio', slide });
    expect(notices).toEqual([
      'measurements left out (2 times): 1, 2',
      'line left out: ImageScope has no type for it: 2',
    ]);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('<Annotations MicronsPerPixel="0.250000">');
    expect(text).toContain(
      `Name="Tumor" ReadOnly="0" NameReadOnly="0" LineColorReadOnly="0" Incremental="0" Type="4" LineColor="${255 * 65536 + 2 * 256 + 1}"`,
    );
    expect(text.match(/Text="a &quot;b&quot; &amp; &lt;c&gt;" NegativeROA="[01]"/g)).toHaveLength(2);
    expect(text).toContain('<Attribute Name="Grade" Id="0" Value="3"/>');
    expect(text.match(/<Vertex /g)).toHaveLength(8);
  });

  it('ASAP XML has groups by class, and says where holes went', async () => {
    const path = join(folder, 'b.xml');
    const { notices } = await writeAnnotations(path, set, { annotationFormat: 'asap' });
    expect(notices).toContain(
      '1 hole is an annotation of the group "exclusion": ASAP has none. Paint it last and with the label 0',
    );
    expect(notices).toContain('attributes left out (2 times): 1, 2');
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('<Group Name="Tumor" PartOfGroup="None" Color="#0102ff">');
    expect(text).toContain('Type="Measurement" PartOfGroup="Tumor"');
    expect(text.match(/PartOfGroup="exclusion"/g)).toHaveLength(1);
  });

  it('counts from the bounds of the slide where asked', async () => {
    const properties = new Map([
      ['openslide.bounds-x', '100'],
      ['openslide.bounds-y', '10'],
    ]);
    const slide = { name: 's', width: 9, height: 9, mpp: undefined, properties };
    const path = join(folder, 'c.geojson');
    await writeAnnotations(path, set, { coordsFrame: 'bounds', slide });
    expect(JSON.parse(readFileSync(path, 'utf8')).features[0].geometry.coordinates[0][0]).toEqual([-100, -9]);
  });

  it('asks for a format that the name does not tell', async () => {
    await expect(writeAnnotations(join(folder, 'd.xml'), set)).rejects.toMatchObject({
      tag: 'option',
      option: 'annotationFormat',
    });
  });
});

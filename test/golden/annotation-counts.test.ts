import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { AnnotationRegion } from '../../src/preprocessing/xml-to-mask/annotation.ts';
import { readAnnotations, streamAnnotations } from '../../src/preprocessing/xml-to-mask/read-annotations.ts';
import { describeWithShared, ROOT, sharedPath } from '../support/shared-data.ts';

// Every shared file of annotations against Python's own XML and JSON parsers.
const countSchema = z.object({
  file: z.string(),
  classes: z.record(z.string(), z.number()),
  regions: z.number(),
  vertices: z.number(),
  sum_x: z.number(),
  sum_y: z.number(),
});
type Count = z.infer<typeof countSchema>;

const FOLDER = sharedPath('data', 'annotations');
/** A slide in which a pixel is a nanometre and the centre of the glass is the corner: coordinates stay as they are. */
const NANOMETRES = {
  name: 'nanometres',
  width: 0,
  height: 0,
  mpp: { x: 0.001, y: 0.001, source: 'metadata' as const },
  properties: new Map([
    ['hamamatsu.XOffsetFromSlideCentre', '0'],
    ['hamamatsu.YOffsetFromSlideCentre', '0'],
  ]),
};

function listFiles(): string[] {
  const entries = readdirSync(FOLDER, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function askPython(files: readonly string[]): Count[] {
  const script = join(ROOT, 'test/golden/annotation_counts_oracle.py');
  const { stdout, stderr, status } = spawnSync('/usr/bin/python3', [script, ...files], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => countSchema.parse(JSON.parse(line)));
}

function count(file: string, regions: readonly AnnotationRegion[]): Count {
  const classes: Record<string, number> = {};
  for (const { className = '' } of regions) classes[className] = (classes[className] ?? 0) + 1;
  const rings = regions.flatMap(({ polygons, points }) => [
    ...polygons.flatMap(({ exterior, holes }) => [exterior, ...holes]),
    ...(points ? [points] : []),
  ]);
  let [vertices, x, y] = [0, 0, 0];
  for (const ring of rings)
    for (let k = 0; k < ring.length; k += 2) {
      vertices++;
      x += ring[k]!;
      y += ring[k + 1]!;
    }
  return { file, classes, regions: regions.length, vertices, sum_x: x, sum_y: y };
}

describeWithShared('counts of annotation files', () => {
  const files = listFiles();
  const expected = askPython(files);

  it.each(files.map((file, k) => [file.slice(FOLDER.length + 1), file, expected[k]!] as const))(
    '%s has the regions, classes and vertices that Python finds',
    async (_name, file, theirs) => {
      const { layers } = await readAnnotations(file, { slide: NANOMETRES });
      const ours = count(
        file,
        layers.flatMap(({ regions }) => regions),
      );
      // Sums of some thousand doubles in another order; NDPA goes through a multiplication.
      const close = { ...ours, sum_x: expect.closeTo(theirs.sum_x, 3), sum_y: expect.closeTo(theirs.sum_y, 3) };
      expect(theirs).toEqual(close);
      expect(ours.vertices).toBeGreaterThan(0);
      const streamed: AnnotationRegion[] = [];
      for await (const { region } of streamAnnotations(file, { slide: NANOMETRES })) streamed.push(region);
      expect(count(file, streamed).vertices).toBe(ours.vertices);
      expect(streamed).toHaveLength(ours.regions);
    },
  );

  it('sees all files of the folder', () => expect(files.length).toBeGreaterThanOrEqual(14));
});

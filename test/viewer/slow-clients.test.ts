import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serveViewer } from '../../src/viewer/serve-viewer.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';

it('holds a layer once, however many are slow to take it', async () => {
  const text = `{"type":"FeatureCollection","features":[${' '.repeat(2 ** 24)}]}`;
  const folder = mkdtempSync(join(tmpdir(), 'viewer-slow-'));
  mkdirSync(join(folder, 'long'));
  writeFileSync(join(folder, 'long', 'one.geojson'), text);
  const slides = [join(folder, 'one.tif')];
  await writeJpegSlide(join(folder, 'one.tif'), { width: 300, height: 300, tile: 256 });
  const token = 'sixteen-characters-and-more';
  await using server = await serveViewer({ slides, layers: [join(folder, 'long')], token, workers: 0 });
  const before = process.memoryUsage().arrayBuffers;
  const slow = Array.from({ length: 20 }, () => {
    const address = new URL(`/slides/one/polygons/long.geojson?token=${token}`, server.url);
    return new Promise<IncomingMessage>((resolve) => get(address, { agent: false }, resolve));
  });
  const answers = await Promise.all(slow);
  expect(
    answers.map(({ statusCode, headers }) => [statusCode, headers['content-length'], headers['set-cookie']?.length]),
  ).toEqual(answers.map(() => [200, String(text.length), 1]));
  expect((process.memoryUsage().arrayBuffers - before) / text.length).toBeLessThan(5);
  for (const answer of answers) answer.destroy();
  rmSync(folder, { recursive: true });
});

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runInProcess } from './run-in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'slideloom-demo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const demo = (...more: string[]) =>
  runInProcess(['demo', '--out', folder, '--slide-only', '--width', '700', '--height', '600', ...more]);

it('makes slides with a lesion or without tumour, each under its own name', async () => {
  for (const tumour of ['60', 'none']) expect((await demo('--tumour', tumour)).code).toBe(0);
  const names = ['demo-700x600-seed1-tumour-60.svs', 'demo-700x600-seed1-tumour-none.svs'];
  expect(readdirSync(folder).sort()).toEqual(names);
});

it('refuses tumours that are none, before anything is made', async () => {
  for (const tumour of ['some', '5', ' ']) {
    const { code, stderr } = await demo('--tumour', tumour);
    expect(code).toBe(2);
    expect(stderr).toContain('--tumour');
  }
  const { code, stderr } = await demo('--tumour', '9000');
  expect(code).not.toBe(0);
  expect(stderr).toContain('room in the tissue');
});

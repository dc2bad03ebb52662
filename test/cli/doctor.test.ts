import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Check } from '../../src/cli/commands/doctor/check.ts';
import { checkDisk } from '../../src/cli/commands/doctor/check-disk.ts';
import { compareVersions, satisfiesRange } from '../../src/cli/commands/doctor/check-machine.ts';
import { showChecks } from '../../src/cli/commands/doctor/show-checks.ts';
import type { CommandContext } from '../../src/cli/define-command.ts';
import { createLogger } from '../../src/utils/log.ts';
import { createProgress } from '../../src/utils/progress.ts';
import { runInProcess } from './run-in-process.ts';

const schema = z.strictObject({
  ok: z.boolean(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      status: z.enum(['ok', 'warn', 'fail']),
      detail: z.string().min(1),
      advice: z.string().optional(),
    }),
  ),
});

const onnxSchema = z.strictObject({
  ok: z.boolean(),
  version: z.string(),
  providers: z.array(
    z.object({
      name: z.string(),
      available: z.boolean(),
      reason: z.string().optional(),
      cases: z.array(z.object({ operator: z.string(), status: z.string(), difference: z.number().optional() })),
      memory: z.object({ before: z.number(), ran: z.number(), released: z.number() }).optional(),
    }),
  ),
});

describe('doctor', () => {
  it('finds this machine fit', async () => {
    const { code, stdout, stderr } = await runInProcess(['doctor', '--out', tmpdir(), '--json']);
    const { ok, checks } = schema.parse(JSON.parse(stdout));
    expect({ code, ok, stderr }).toEqual({ code: 0, ok: true, stderr: '' });
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    const details = Object.fromEntries(checks.map(({ name, detail }) => [name, detail]));
    expect(details).toMatchObject({
      node: expect.stringMatching(/^v\d+\.\d+\.\d+, needs \^20\.19\.0 /),
      'worker threads': 'start and answer',
      sharp: expect.stringMatching(/^0\.\d+\.\d+, libvips 8\./),
      codecs: expect.stringContaining('jpeg'),
      jpeg: expect.stringMatching(/largest difference \d grey levels/),
      opencv: 'loaded, outline of a square has area 9',
      onnxruntime: expect.stringContaining('optional'),
      openslide: expect.stringContaining('optional'),
    });
  });

  it('says it as text too', async () => {
    const { code, stdout } = await runInProcess(['doctor', '--out', tmpdir()]);
    expect(stdout).toMatch(/^ok {2}node {2,}v/m);
    expect(stdout.trimEnd()).toMatch(/slideloom can run here$/);
    expect(code).toBe(0);
  });

  it('runs the operators of onnxruntime in processes of their own', async () => {
    const { code, stdout } = await runInProcess(['doctor', '--onnx', '--json']);
    const { ok, version, providers } = onnxSchema.parse(JSON.parse(stdout));
    const [cpu] = providers;
    expect({ name: cpu?.name, available: cpu?.available, version }).toEqual({
      ...{ name: 'cpu', available: true },
      version: expect.stringMatching(/^1\./),
    });
    expect(cpu?.cases.length).toBeGreaterThan(140);
    expect(cpu?.cases.filter(({ status }) => status !== 'ok')).toEqual([]);
    // Values between the layers of eight pictures; the system may keep some pages.
    const { before = 0, ran = 0, released = 0 } = cpu?.memory ?? {};
    expect(ran - before).toBeGreaterThan(5e6);
    expect(released).toBeLessThan(ran);
    for (const { available, reason } of providers) expect(available || reason !== undefined).toBe(true);
    expect(code).toBe(ok ? 0 : 1);
  }, 120_000);

  it('ends with 1 where something required fails, and says what to do', async () => {
    const { code, text } = await runChecks([
      { name: 'a', run: () => ({ status: 'ok', detail: 'fine' }) },
      { name: 'b', run: () => ({ status: 'warn', detail: 'little', advice: 'get more' }) },
      {
        name: 'c',
        run: () => {
          throw new Error('can not be loaded\nby nobody');
        },
      },
    ]);
    expect(text).toMatch(
      /^ok {4}a {2}fine\nwarn {2}b {2}little\n +-> get more\nfail {2}c {2}can not be loaded\n +-> install/,
    );
    expect(text).toMatch(/1 required part failed$/);
    expect(code).toBe(1);
  });

  it('looks at the disk where the outputs would go', async () => {
    expect(await checkDisk({ out: join(tmpdir(), 'not', 'made', 'yet') })).toMatchObject({
      detail: expect.stringMatching(/^[\d.]+ [KMGT]?B free at /),
    });
    expect(await checkDisk({ out: import.meta.filename })).toMatchObject({ status: 'fail' });
  });

  it('compares versions by number', () => {
    expect(compareVersions('20.10.0', '20.9')).toBeGreaterThan(0);
    expect(compareVersions('20.9.0', '20.9')).toBe(0);
    expect(compareVersions('18.99.1', '20.9')).toBeLessThan(0);
  });

  it.each([
    ['20.19.0', true],
    ['20.20.2', true],
    ['20.18.9', false],
    ['21.7.0', false],
    ['22.11.0', false],
    ['22.12.0', true],
    ['23.0.0', true],
    ['26.1.0', true],
    ['18.20.0', false],
  ])('knows whether Node %s will do: %s', (version, expected) => {
    expect(satisfiesRange(version, '^20.19.0 || ^22.12.0 || >=23')).toBe(expected);
  });
});

async function runChecks(checks: readonly Check[]): Promise<{ code: number; text: string }> {
  let text = '';
  const context: CommandContext = {
    json: false,
    log: createLogger({ level: 'silent' }),
    signal: new AbortController().signal,
    stdout: (value) => (text += value),
    createProgress: (options) => createProgress({ ...options, quiet: true }),
  };
  const code = await showChecks({ out: '.', checks }, context);
  return { code, text };
}

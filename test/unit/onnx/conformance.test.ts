import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { checkOnnx } from '../../../src/onnx/check-onnx.ts';
import { listCases } from '../../../src/onnx/conformance/cases.ts';
import { createCase, getCaseName } from '../../../src/onnx/conformance/conformance-case.ts';
import { runCase } from '../../../src/onnx/conformance/run-case.ts';
import { map, noise } from '../../../src/onnx/conformance/values.ts';

const folder = mkdtempSync(join(tmpdir(), 'slideloom-conformance-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('every operator that gradients, lowerings and losses write has a case', () => {
  const root = join(import.meta.dirname, '../../../src/onnx');
  const files = ['gradients', 'lowerings', 'losses'].flatMap((name) =>
    readdirSync(join(root, name)).map((file) => join(root, name, file)),
  );
  const text = [join(root, 'emit.ts'), ...files].map((file) => readFileSync(file, 'utf8')).join('\n');
  // Blocked convolutions of onnxruntime's own are tried before they are used (channel-block.ts), and are no case here.
  const pattern = /(?:builder\.add|builder\.addMany|reduceBy)\((?:builder, )?'([A-Z]\w+)'/g;
  const written = new Set([...text.matchAll(pattern)].map(([, operator]) => operator));
  expect(written.size).toBeGreaterThan(25);
  const covered = new Set(listCases('cpu').map(({ operator }) => operator));
  expect([...written].filter((operator) => operator !== undefined && !covered.has(operator))).toEqual([]);
});

it('names are told apart', () => {
  const names = listCases('webgpu').map(getCaseName);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  expect(twice).toEqual([]);
});

it('other values, shapes and types are seen, and what is refused', async () => {
  const x = noise([2, 3]);
  const run = (expected: () => ReturnType<typeof noise>, operator = 'Neg') =>
    runCase(createCase(operator, '', { inputs: [x], expected, tolerance: 1e-6 }), 'cpu');
  expect(await run(() => map(x, (value) => -value))).toMatchObject({ status: 'ok', difference: 0 });
  const slightly = await run(() => map(x, (value) => -value * 1.00001));
  expect(slightly).toMatchObject({ status: 'wrong' });
  expect(slightly.difference).toBeCloseTo(1e-5, 6);
  const other = (what: string) => ({ status: 'wrong', detail: `gives float32 [2, 3] in place of ${what}` });
  expect(await run(() => ({ ...map(x, (value) => -value), dims: [3, 2] }))).toMatchObject(other('float32 [3, 2]'));
  expect(await run(() => map(x, (value) => -value, 'float64'))).toMatchObject(other('float64 [2, 3]'));
  expect(await run(() => map(x, () => Number.NaN))).toMatchObject({ status: 'wrong' });
  expect(await run(() => x, 'Nonsense')).toMatchObject({
    status: 'failed',
    detail: expect.stringContaining('Nonsense'),
  });
});

it('a driver that aborts or hangs takes its own case with it, and no other', async () => {
  const program = join(folder, 'driver.mjs');
  // Four cases: right, abort, hang, right. The second device is missing.
  writeFileSync(
    program,
    `const say = (answer) => new Promise((done) => process.send(answer, done));
    process.once('message', async ({ kind, device, from }) => {
      if (kind === 'runtime') {
        const backends = ['cpu', 'webgpu', 'npu'].map((name) => ({ name, bundled: true }));
        await say({ kind, version: '9.9', backends });
      } else if (kind === 'memory') await say({ kind, report: { before: 1, loaded: 3, ran: 4, released: 2 } });
      else if (device === 'webgpu') await say({ kind: 'unavailable', reason: 'no adapter' });
      else
        for (let index = from; index < 4; index++) {
          const result = { operator: 'Op' + index, form: '', avoided: false, tolerance: 0 };
          await say({ kind: 'begin', result });
          if (index === 1) process.abort();
          if (index === 2) for (;;);
          await say({ kind: 'result', result: { ...result, status: 'ok' } });
        }
      await say({ kind: 'done' });
      process.exit();
    });`,
  );
  const { version, providers, ok } = await checkOnnx({ program: pathToFileURL(program), timeout: 5 });
  expect({ version, ok }).toEqual({ version: '9.9', ok: false });
  const [cpu, webgpu, npu] = providers;
  expect(cpu?.cases.map(({ operator, status }) => [operator, status])).toEqual([
    ['Op0', 'ok'],
    ['Op1', 'crashed'],
    ['Op2', 'timeout'],
    ['Op3', 'ok'],
  ]);
  expect(cpu?.cases[1]?.detail).toContain('SIGABRT');
  expect(cpu?.memory).toEqual({ before: 1, loaded: 3, ran: 4, released: 2 });
  expect(webgpu).toMatchObject({ available: false, reason: 'no adapter', hint: expect.stringContaining('Vulkan') });
  expect(npu).toMatchObject({ available: false, reason: 'not used by slideloom' });
}, 60_000);

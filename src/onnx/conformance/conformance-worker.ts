/** The process that a conformance run happens in: a driver that aborts takes only this one with it. */
import { joinChunks } from '../model/encode-message.ts';
import { encodeModel } from '../model.ts';
import { describeRuntime } from '../runtime/load-runtime.ts';
import { openSession } from '../runtime/open-session.ts';
import type { Device } from '../session.ts';
import { writeGraph } from '../write-graph.ts';
import { listCases } from './cases.ts';
import type { ConformanceAnswer, ConformanceJob } from './conformance-job.ts';
import { measureMemory } from './measure-memory.ts';
import { runCase } from './run-case.ts';

process.once('message', (job: ConformanceJob) => {
  serve(job)
    .then(() => say({ kind: 'done' }))
    .then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : error}\n`, () => process.exit(1));
      },
    );
});

/** Has left the process when it resolves: the next case may end it. */
function say(answer: ConformanceAnswer): Promise<void> {
  return new Promise((done) => process.send?.(answer, () => done()));
}

async function serve(job: ConformanceJob): Promise<void> {
  if (job.kind === 'runtime') return say({ kind: 'runtime', ...(await describeRuntime()) });
  if (job.kind === 'memory') return say({ kind: 'memory', report: await measureMemory(job.device) });
  const reason = job.from === 0 ? await findObstacle(job.device) : undefined;
  if (reason !== undefined) return say({ kind: 'unavailable', reason });
  await runCases(job.device, job.from);
}

async function runCases(device: Device, from: number): Promise<void> {
  for (const one of listCases(device).slice(from)) {
    const { operator, form, tolerance, avoidedOn } = one;
    await say({ kind: 'begin', result: { operator, form, tolerance, avoided: avoidedOn.includes(device) } });
    await say({ kind: 'result', result: await runCase(one, device) });
  }
}

/** Why the device can't be used; undefined where it adds two numbers. */
async function findObstacle(device: Device): Promise<string | undefined> {
  const node = { op: 'Add', domain: '', name: 'add', inputs: ['x', 'x'], outputs: ['y'], attributes: {} };
  const inputs = [{ name: 'x', type: 'float32' as const, dims: [1] }];
  const graph = { opset: 17, inputs, outputs: ['y'], tensors: new Map(), nodes: [node] };
  try {
    await using session = await openSession(joinChunks(encodeModel(writeGraph(graph))), { device });
    await session.run(new Map([['x', { type: 'float32', dims: [1], data: Float32Array.of(1) }]]));
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Before it stand the lines of onnxruntime's code that noticed.
    return message.replace(/^.* was false\. /, '');
  }
}

// Memory over thousands of steps: what a step leaves behind. The bags are of many sizes, as those of slides are.
import { join } from 'node:path';
import { alternate } from '../lib/alternate.mjs';
import { sharedFile } from '../lib/peers.mjs';
import { row } from '../lib/rows.mjs';

const STEPS = 2000;

export const TRAIN_MEMORY_CASES = { slope: measureSlope };

async function measureSlope(ctx) {
  const model = sharedFile(ctx.root, 'golden', 'onnx', 'abmil-mini.onnx');
  const script = join(ctx.root, 'scripts', 'bench', 'ours', 'train-memory.mjs');
  const steps = ctx.quick ? 200 : STEPS;
  const results = await alternate(
    { ours: () => [process.execPath, '--expose-gc', script, model, `${steps}`] },
    { ...ctx, cwd: ctx.root, rounds: Math.min(ctx.rounds, 3) },
  );
  Object.assign(ctx.versions, results.ours[0].versions);
  const slopes = results.ours.map((run) => run.slope_bytes / 1024);
  const [{ start_mb: start, end_mb: end }] = results.ours;
  const detail = `VmRSS by step over ${steps} steps of bags of 20 to 400: ${start} MB after 100 steps before, ${end} at the end`;
  const target = ctx.quick ? {} : { atMost: 1 };
  return [row('train.slope', slopes, { unit: 'KB/step', ...target, detail })];
}

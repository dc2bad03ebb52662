import { createKernels, type Kernels } from '../../io/kernels/wasm-kernels.ts';
import { withTransfer } from '../../utils/worker-side.ts';
import { createFileOutput } from './outputs/file-output.ts';
import { createPixelOutput } from './outputs/pixel-output.ts';
import { createSampleOutput } from './outputs/sample-output.ts';
import { openPatchCutter } from './patch-cutter.ts';
import type { BadTile, PatchJob, PatchJobResult, PatchOutcome, PatchTask } from './patch-job.ts';
import { packEntries } from './patch-ledger.ts';
import type { PatchSink } from './patch-sink.ts';
import type { PatchWorkerData } from './patch-worker-data.ts';
import type { PatchStainer } from './stain-patches.ts';

/** What a worker needs for the jobs of one task; made at its first job and kept until one of another task comes. */
export interface PatchWorkshop extends AsyncDisposable {
  run(job: PatchJob): Promise<ReturnType<typeof withTransfer<PatchJobResult>>>;
}

export async function openPatchWorkshop(task: PatchTask, data: PatchWorkerData): Promise<PatchWorkshop> {
  const kernels = data.kernels && createKernels(data.maxBytes, data.kernels);
  const sink = await createSink(task, kernels);
  const stain = await createStainer(task, kernels);
  const cutter = await openPatchCutter(task, kernels);
  return {
    async run(job) {
      // What a job that failed has left behind.
      sink.flush?.();
      sink.pack?.();
      sink.supply?.(job.spare ?? []);
      const before = cutter.tilesRead ?? 0;
      const outcomes: PatchOutcome[] = [];
      const badTiles = new Map<string, BadTile>();
      for (const next of cutter.cut(job)) {
        const cut = next instanceof Promise ? await next : next;
        for (const { level, col, row, message } of cut.badTiles) {
          badTiles.set(`${level}/${col}/${row}`, { level, col, row, message });
        }
        const stained = cut.block && stain?.(cut.block, cutter.getRoom());
        const { patch, badTiles: bad } = cut;
        const taken = sink.take(stained ? { patch, block: stained.block, badTiles: bad, stain: stained.outcome } : cut);
        const outcome = taken instanceof Promise ? await taken : taken;
        const { state, bytes, sha256 } = outcome;
        outcomes.push({ index: patch.index, badTiles: bad.length, state, bytes, sha256, stain: stained?.outcome });
      }
      const tilesRead = cutter.tilesRead === undefined ? undefined : cutter.tilesRead - before;
      const rest = { badTiles: [...badTiles.values()], tilesRead };
      if (task.output.kind === 'files') return { ...rest, outcomes: [], entries: packEntries(outcomes) };
      if (sink.pack) {
        const samples = sink.pack();
        const packed = { ...rest, outcomes: [], entries: packEntries(outcomes), samples };
        return withTransfer(packed, [samples.bytes.buffer as ArrayBuffer]);
      }
      const result = { ...rest, outcomes };
      if (!sink.flush) return result;
      const contents = sink.flush();
      return withTransfer(
        { ...result, contents },
        contents.map(({ buffer }) => buffer as ArrayBuffer),
      );
    },
    async [Symbol.asyncDispose]() {
      await cutter[Symbol.asyncDispose]();
    },
  };
}

/** Most tasks have none: what normalises is loaded by those that do. */
async function createStainer({ stain }: PatchTask, kernels: Kernels | undefined): Promise<PatchStainer | undefined> {
  if (!stain) return undefined;
  const { createPatchStainer } = await import('./stain-patches.ts');
  return createPatchStainer(stain, kernels);
}

async function createSink(task: PatchTask, kernels: Kernels | undefined): Promise<PatchSink> {
  const { output } = task;
  if (output.kind === 'files') return createFileOutput(task, output, kernels);
  if (output.kind === 'samples') return createSampleOutput(task, output, kernels);
  return createPixelOutput(task, output, kernels);
}

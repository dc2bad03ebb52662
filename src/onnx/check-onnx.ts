/** What onnxruntime can do on this machine: its providers, whether their operators compute what they should, and memory. */
import { SessionError } from '../utils/errors.ts';
import { getCaseName } from './conformance/conformance-case.ts';
import type { ConformanceAnswer } from './conformance/conformance-job.ts';
import type { MemoryReport } from './conformance/measure-memory.ts';
import type { CaseResult } from './conformance/run-case.ts';
import { runInChild } from './conformance/run-in-child.ts';
import type { Device } from './session.ts';

export type { CaseResult, CaseStatus } from './conformance/run-case.ts';
export { getCaseName, type MemoryReport };

export interface ProviderReport {
  /** As onnxruntime says: `cpu`, `webgpu`, `cuda`, and others that slideloom does not use. */
  readonly name: string;
  readonly available: boolean;
  /** Why it is not, and what to do. */
  readonly reason?: string;
  readonly hint?: string;
  readonly cases: readonly CaseResult[];
  /** Around the life of one session, or why it was not measured. */
  readonly memory?: MemoryReport | { readonly fault: string };
}

export interface OnnxReport {
  /** Of onnxruntime. */
  readonly version: string;
  readonly providers: readonly ProviderReport[];
  /** Whether every available provider computes every form that slideloom uses, itself or on the processor. */
  readonly ok: boolean;
}

export interface CheckOnnxOptions {
  /** Seconds that one operator may take. Default 60: a graphics driver may compile for long. */
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Told of each case when it is done. */
  onCase?: ((provider: string, result: CaseResult) => void) | undefined;
  /** The program that runs cases, for tests. */
  program?: URL | undefined;
}

/** In the order they are tried in; others that onnxruntime has are only named. */
const DEVICES: readonly Device[] = ['cpu', 'webgpu', 'cuda'];

/** How much longer than an operator the memory's measurement may take: in software WebGPU takes minutes. */
const MEMORY_PATIENCE = 10;

const HINTS: Readonly<Record<string, string>> = {
  cuda: 'for an NVIDIA GPU: ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install, with CUDA 12 and cuDNN 9',
  webgpu: 'it needs a graphics driver: Vulkan on Linux (libvulkan1 and the driver of the card)',
};

/**
 * Lists onnxruntime's providers, and runs operators on each that works against values computed here, in processes of their own: a
 * driver may abort. Takes seconds on the processor.
 * @throws SessionError where onnxruntime can't be loaded; the signal's reason
 */
export async function checkOnnx(options: CheckOnnxOptions = {}): Promise<OnnxReport> {
  const runtime = await askRuntime(options);
  const providers: ProviderReport[] = [];
  for (const device of DEVICES)
    if (runtime.backends.some(({ name }) => name === device)) providers.push(await checkProvider(device, options));
  for (const { name } of runtime.backends)
    if (!DEVICES.some((device) => device === name))
      providers.push({ name, available: false, reason: 'not used by slideloom', cases: [] });
  return { version: runtime.version, providers, ok: providers.every(({ cases }) => cases.every(isFine)) };
}

/** Whether a result is as it should be, or of no importance. */
export function isFine({ status, avoided }: CaseResult): boolean {
  return avoided || status === 'ok' || status === 'fallback';
}

async function askRuntime(options: CheckOnnxOptions) {
  let found: (ConformanceAnswer & { kind: 'runtime' }) | undefined;
  const end = await runInChild(
    { kind: 'runtime' },
    {
      ...toChildOptions(options),
      onAnswer(answer) {
        if (answer.kind === 'runtime') found = answer;
      },
    },
  );
  if (found) return found;
  const reason = end.kind === 'done' ? 'it says nothing' : end.detail;
  throw new SessionError('cpu', `onnxruntime-node can't be loaded: ${reason}`, {
    hint: 'it has binaries for Linux and Windows on x64 and arm64, and for macOS on arm64',
  });
}

async function checkProvider(device: Device, options: CheckOnnxOptions): Promise<ProviderReport> {
  const found = await runCases(device, options);
  if ('reason' in found) {
    const hint = HINTS[device];
    return { name: device, available: false, reason: found.reason, ...(hint ? { hint } : {}), cases: [] };
  }
  return { name: device, available: true, cases: found, memory: await measureMemory(device, options) };
}

/** All cases, those after one that killed its process in a new one. @returns why there are none, where the device is missing */
async function runCases(device: Device, options: CheckOnnxOptions): Promise<CaseResult[] | { reason: string }> {
  const results: CaseResult[] = [];
  let reason: string | undefined;
  const finish = (result: CaseResult) => {
    results.push(result);
    options.onCase?.(device, result);
  };
  for (;;) {
    let begun: Omit<CaseResult, 'status'> | undefined;
    const end = await runInChild(
      { kind: 'cases', device, from: results.length },
      {
        ...toChildOptions(options),
        onAnswer(answer) {
          if (answer.kind === 'unavailable') reason = answer.reason;
          if (answer.kind === 'begin') begun = answer.result;
          if (answer.kind !== 'result') return;
          begun = undefined;
          finish(answer.result);
        },
      },
    );
    if (reason !== undefined) return { reason };
    if (end.kind === 'done') return results;
    // Before the first case it is the device itself; after the last one it died when it was leaving.
    if (!begun) return results.length === 0 ? { reason: end.detail } : results;
    finish({ ...begun, status: end.kind, detail: end.detail });
  }
}

async function measureMemory(device: Device, options: CheckOnnxOptions) {
  let report: MemoryReport | undefined;
  const end = await runInChild(
    { kind: 'memory', device },
    {
      ...toChildOptions(options),
      // It says nothing until it is done.
      patience: MEMORY_PATIENCE * toChildOptions(options).patience,
      onAnswer(answer) {
        if (answer.kind === 'memory') report = answer.report;
      },
    },
  );
  return report ?? { fault: end.kind === 'done' ? 'it says nothing' : end.detail };
}

function toChildOptions({ timeout = 60, signal, program }: CheckOnnxOptions) {
  return { patience: timeout * 1000, signal, program };
}

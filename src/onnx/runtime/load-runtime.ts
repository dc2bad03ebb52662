import { SessionError } from '../../utils/errors.ts';
import type { Device } from '../session.ts';

export type Runtime = typeof import('onnxruntime-node');
let runtime: Promise<Runtime> | undefined;

/** onnxruntime, loaded when it is first asked for. @throws SessionError where the machine has no binaries of it */
export async function loadRuntime(device: Device): Promise<Runtime> {
  runtime ??= import('onnxruntime-node');
  try {
    const ort = await runtime;
    // What goes wrong is thrown as well; on stderr it would come twice.
    ort.env.logLevel = 'fatal';
    return ort;
  } catch (error) {
    throw new SessionError(device, `onnxruntime-node can't be loaded: ${getMessage(error)}`, {
      cause: error,
      hint: 'it has binaries for Linux and Windows on x64 and arm64, and for macOS on arm64',
    });
  }
}

/** Devices that this build of onnxruntime knows; whether the machine has them shows when a session is opened. */
export async function listDevices(): Promise<Device[]> {
  const { listSupportedBackends } = await loadRuntime('cpu');
  const names = listSupportedBackends().map(({ name }) => name);
  return (['cuda', 'webgpu', 'cpu'] as const).filter((device) => names.includes(device));
}

/** Version of onnxruntime, and its backends: those that are not bundled need libraries beside it. @throws SessionError */
export async function describeRuntime(): Promise<{ version: string; backends: { name: string; bundled: boolean }[] }> {
  const { env, listSupportedBackends } = await loadRuntime('cpu');
  const backends = listSupportedBackends().map(({ name, bundled }) => ({ name, bundled }));
  return { version: env.versions.node ?? 'unknown', backends };
}

/** The first line of it; more lines are onnxruntime's own call stack. */
export function getMessage(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n')[0] ?? '';
}

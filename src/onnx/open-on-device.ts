import { OperatorError, SessionError } from '../utils/errors.ts';
import type { Logger } from '../utils/log.ts';
import { joinChunks } from './model/encode-message.ts';
import { encodeModel } from './model.ts';
import { listDevices } from './runtime/load-runtime.ts';
import { openSession } from './runtime/open-session.ts';
import type { Device, Session, SessionOptions } from './session.ts';
import { type WritableGraph, writeGraph } from './write-graph.ts';

/** `auto` takes the first that works of CUDA, WebGPU and the processor. */
export const DEVICE_CHOICES = ['auto', 'cuda', 'webgpu', 'cpu'] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];

export interface DeviceOptions extends Omit<SessionOptions, 'device'> {
  /** Default `cpu`. */
  device?: DeviceChoice;
  logger?: Logger;
}

/** A graph that was made for a device, and which of its outputs stay there. */
export interface DeviceGraph {
  readonly graph: WritableGraph;
  readonly kept?: readonly string[];
}

/**
 * Opens a graph on the device asked for. With `auto` a device that is missing, or refuses the graph, is named with the reason,
 * and the next one tried; onnxruntime itself would fail as soon as one of its list is missing.
 * @param build makes the graph for a device: some operators are written differently on each
 * @throws SessionError where the device asked for, or in the end the processor, refuses; what `build` throws
 */
export async function openOnDevice<Built extends DeviceGraph>(
  build: (device: Device) => Built,
  options: DeviceOptions = {},
): Promise<{ session: Session; built: Built }> {
  return tryDevices(options, async (device, settings) => {
    const built = build(device);
    const { graph, kept = [] } = built;
    const session = await openSession(joinChunks(encodeModel(writeGraph(graph))), { ...settings, kept });
    return { session, built };
  });
}

/** Opens a model, by its path or bytes, on the device asked for. @throws SessionError; what `write` throws */
export async function openModelOnDevice(
  write: (device: Device) => Promise<string | Uint8Array>,
  options: DeviceOptions = {},
): Promise<Session> {
  return tryDevices(options, async (device, settings) => openSession(await write(device), settings));
}

async function tryDevices<T>(
  options: DeviceOptions,
  open: (device: Device, settings: SessionOptions) => Promise<T>,
): Promise<T> {
  const { device = 'cpu', logger, ...settings } = options;
  return withDevice({ device, ...(logger && { logger }) }, (one) => open(one, { ...settings, device: one }));
}

/**
 * Opens something on the device asked for; with `auto` on the first that is there and takes it. Why others are not used is
 * logged.
 * @throws what `open` throws of the device asked for, or in the end of the processor
 */
export async function withDevice<T>(
  { device, logger }: { readonly device: DeviceChoice; readonly logger?: Logger },
  open: (device: Device) => Promise<T>,
): Promise<T> {
  if (device !== 'auto') return open(device);
  for (const one of await listDevices()) {
    try {
      if (one !== 'cpu') await tryDevice(one);
      const opened = await open(one);
      logger?.debug(`onnxruntime runs on ${one}`);
      return opened;
    } catch (error) {
      const refused = error instanceof SessionError || error instanceof OperatorError;
      if (!refused || one === 'cpu') throw error;
      logger?.notice(`${one} is not used: ${error.message}`);
    }
  }
  throw new SessionError(device, 'no device is left to try');
}

/** Loads a graph of one node: a device that is missing is known before a model is made for it. @throws SessionError */
async function tryDevice(device: Device): Promise<void> {
  const node = { op: 'Neg', domain: '', name: '', inputs: ['x'], outputs: ['y'], attributes: {} };
  const input = { name: 'x', type: 'float32' as const, dims: [1] };
  const graph = { opset: 17, inputs: [input], outputs: ['y'], tensors: new Map(), nodes: [node] };
  const session = await openSession(joinChunks(encodeModel(writeGraph(graph))), { device });
  await session.release();
}

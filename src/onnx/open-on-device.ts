import type { Logger } from '../utils/log.ts';
import { SessionError } from '../utils/model-errors.ts';
import { joinChunks } from './model/encode-message.ts';
import { encodeModel } from './model.ts';
import { type Device, listDevices, openSession, type Session, type SessionOptions } from './session.ts';
import { type WritableGraph, writeGraph } from './write-graph.ts';

/** `auto` takes the first that works of CUDA, WebGPU and the processor. */
export const DEVICE_CHOICES = ['auto', 'cuda', 'webgpu', 'cpu'] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];

export interface DeviceOptions extends Omit<SessionOptions, 'device'> {
  /** Default `cpu`. */
  device?: DeviceChoice;
  logger?: Logger;
}

/**
 * Opens a graph on the device asked for. With `auto` a device that is missing, or refuses the graph, is named with the reason,
 * and the next one tried; onnxruntime itself would fail as soon as one of its list is missing.
 * @param build makes the graph for a device: some operators are written differently on each
 * @throws SessionError where the device asked for, or in the end the processor, refuses
 */
export async function openOnDevice<Built extends { readonly graph: WritableGraph }>(
  build: (device: Device) => Built,
  options: DeviceOptions = {},
): Promise<{ session: Session; built: Built }> {
  return tryDevices(options, async (device, settings) => {
    const built = build(device);
    const session = await openSession(joinChunks(encodeModel(writeGraph(built.graph))), settings);
    return { session, built };
  });
}

/** Opens a model that is the same on all devices. @throws SessionError */
export async function openModelOnDevice(model: string | Uint8Array, options: DeviceOptions = {}): Promise<Session> {
  return tryDevices(options, (_device, settings) => openSession(model, settings));
}

async function tryDevices<T>(
  options: DeviceOptions,
  open: (device: Device, settings: SessionOptions) => Promise<T>,
): Promise<T> {
  const { device = 'cpu', logger, ...settings } = options;
  const devices: readonly Device[] = device === 'auto' ? await listDevices() : [device];
  for (const one of devices) {
    try {
      const opened = await open(one, { ...settings, device: one });
      logger?.debug(`onnxruntime runs on ${one}`);
      return opened;
    } catch (error) {
      if (!(error instanceof SessionError) || one === devices.at(-1)) throw error;
      logger?.notice(`${one} is not used: ${error.message}`);
    }
  }
  throw new SessionError(device, 'no device is left to try');
}

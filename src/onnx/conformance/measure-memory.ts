import { setTimeout as sleep } from 'node:timers/promises';
import { createInferenceModel } from '../inference-model.ts';
import { joinChunks } from '../model/encode-message.ts';
import { createZeros } from '../model/tensor.ts';
import { decodeModel, encodeModel } from '../model.ts';
import { createModel } from '../models.ts';
import { openSession } from '../runtime/open-session.ts';
import type { Device } from '../session.ts';

/** Resident memory of the process in bytes, around the life of a session. */
export interface MemoryReport {
  readonly before: number;
  readonly loaded: number;
  /** After its runs. */
  readonly ran: number;
  readonly released: number;
}

/** Pictures large enough that values between layers, not weights, are what memory is needed for, as in training. */
const SIDE = 256;
const BATCH = 8;
/** Pages go back to the system a moment after they are freed. */
const SETTLE_MS = 200;

/** Loads `resnet-tiny`, runs it on 8 pictures of 256 px and releases it. A first session of nearly nothing starts the library. */
export async function measureMemory(device: Device): Promise<MemoryReport> {
  await use(createBytes(16), { device, side: 16, batch: 1 });
  const bytes = createBytes(SIDE);
  await settle();
  const before = process.memoryUsage.rss();
  const { loaded, ran } = await use(bytes, { device, side: SIDE, batch: BATCH });
  await settle();
  return { before, loaded, ran, released: process.memoryUsage.rss() };
}

function createBytes(side: number): Uint8Array {
  const model = decodeModel(createModel('resnet-tiny', { classes: 2, width: side, height: side, seed: 1 }));
  return joinChunks(encodeModel(createInferenceModel(model, new Map())));
}

async function use(bytes: Uint8Array, { device, side, batch }: { device: Device; side: number; batch: number }) {
  const session = await openSession(bytes, { device, optimization: 'all' });
  try {
    const loaded = process.memoryUsage.rss();
    const images = createZeros('float32', [batch, 3, side, side]);
    await session.run(new Map([['images', images]]));
    return { loaded, ran: process.memoryUsage.rss() };
  } finally {
    await session.release();
  }
}

async function settle(): Promise<void> {
  globalThis.gc?.();
  await sleep(SETTLE_MS);
}

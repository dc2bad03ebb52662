import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../utils/atomic-file.ts';
import { getErrorCode, toOutputError } from '../../utils/output-error.ts';
import type { ExampleUnit } from '../data/example.ts';

/** A line at the end of each epoch. */
export interface EpochLine {
  readonly kind: 'epoch';
  /** From 1. */
  readonly epoch: number;
  /** Steps of the optimiser so far. */
  readonly step: number;
  /** Of the epoch's last step. */
  readonly rate: number;
  /** Means over the epoch's examples, as they were learned. */
  readonly trainLoss: number;
  readonly gradientNorm: number;
  /** What follows is of the validation set. Log loss, without class weights. */
  readonly loss: number;
  readonly auc?: number | undefined;
  readonly averagePrecision?: number | undefined;
  readonly accuracy?: number | undefined;
  readonly balancedAccuracy?: number | undefined;
  readonly threshold?: number | undefined;
  /** The best epoch so far. */
  readonly best: boolean;
  readonly seconds: number;
}

/** A line every so many batches. */
export interface StepLine {
  readonly kind: 'step';
  readonly step: number;
  readonly epoch: number;
  /** From 1 in its epoch. */
  readonly batch: number;
  readonly loss: number;
  readonly rate: number;
  readonly gradientNorm: number;
  readonly picturesPerSecond?: number;
  readonly slidesPerSecond?: number;
}

export function nameSpeed(unit: ExampleUnit): 'picturesPerSecond' | 'slidesPerSecond' {
  return unit === 'pictures' ? 'picturesPerSecond' : 'slidesPerSecond';
}

/** A line where memory was cleaned up. */
export interface CleanupLine {
  readonly kind: 'cleanup';
  readonly step: number;
  readonly epoch: number;
  readonly batch: number;
  /** Resident memory of the process. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly seconds: number;
}

export type MetricsLine = EpochLine | StepLine | CleanupLine;

export const METRICS_NAME = 'metrics.jsonl';

export interface MetricsLog {
  readonly epochs: readonly EpochLine[];
  /** @throws OutputError */
  add(line: MetricsLine): void;
}

/**
 * The figures of a training, a JSON object a line. What a killed run wrote after its last checkpoint is taken out: those
 * batches are learned again.
 * @param from the batch that comes next @throws OutputError
 */
export async function openMetricsLog(
  folder: string,
  from: { readonly epoch: number; readonly position: number },
): Promise<MetricsLog> {
  const path = join(folder, METRICS_NAME);
  const kept = (await readMetricsLines(folder)).filter((line) => isBefore(line, from));
  await writeFileAtomic(path, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const epochs = kept.filter((line) => line.kind === 'epoch');
  return {
    epochs,
    add(line) {
      try {
        appendFileSync(path, `${JSON.stringify(line)}\n`);
      } catch (cause) {
        throw toOutputError(path, cause);
      }
      if (line.kind === 'epoch') epochs.push(line);
    },
  };
}

function isBefore(line: MetricsLine, { epoch, position }: { epoch: number; position: number }): boolean {
  if (line.epoch <= epoch) return true;
  return line.kind !== 'epoch' && line.epoch === epoch + 1 && line.batch <= position;
}

/** A torn last line is left out; none where there is no such file. @throws OutputError */
export async function readMetricsLines(folder: string): Promise<MetricsLine[]> {
  const path = join(folder, METRICS_NAME);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (getErrorCode(cause) === 'ENOENT') return '';
    throw toOutputError(path, cause);
  });
  return text.split('\n').flatMap((line): MetricsLine[] => {
    try {
      return line === '' ? [] : [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

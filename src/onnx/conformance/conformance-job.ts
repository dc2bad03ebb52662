import type { Device } from '../session.ts';
import type { MemoryReport } from './measure-memory.ts';
import type { CaseResult } from './run-case.ts';

/** What the child is asked to do, in the first message it gets. */
export type ConformanceJob =
  | { readonly kind: 'runtime' }
  /** Cases from this one on; where it is 0, the device is tried first. */
  | { readonly kind: 'cases'; readonly device: Device; readonly from: number }
  | { readonly kind: 'memory'; readonly device: Device };

/** What the child says. */
export type ConformanceAnswer =
  | { readonly kind: 'runtime'; readonly version: string; readonly backends: readonly Backend[] }
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** A case begins: where the child dies, it was this one. */
  | { readonly kind: 'begin'; readonly result: Omit<CaseResult, 'status'> }
  | { readonly kind: 'result'; readonly result: CaseResult }
  | { readonly kind: 'memory'; readonly report: MemoryReport }
  | { readonly kind: 'done' };

/** What onnxruntime says of a backend. */
export interface Backend {
  readonly name: string;
  readonly bundled: boolean;
}

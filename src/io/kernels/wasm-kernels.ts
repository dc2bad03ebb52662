import { readFileSync } from 'node:fs';
import { locateBuilt } from '../../utils/package-files.ts';
import type { AreaExports } from './area-exports.ts';
import type { JpegCheckExports } from './jpeg-check-exports.ts';
import type { JpegDecodeExports } from './jpeg-decode/exports.ts';
import type { JpegEncodeExports } from './jpeg-encode/exports.ts';
import type { MaskExports } from './mask-exports.ts';
import type { OptimizerExports } from './optimizer-exports.ts';
import type { PngEncodeExports } from './png-encode/exports.ts';
import type { RgbExports } from './rgb-exports.ts';
import type { StainExports } from './stain-exports.ts';

/** What the module exports; each kernel's own file in `assembly/` says what its arguments mean. */
export interface KernelExports
  extends AreaExports,
    JpegCheckExports,
    JpegDecodeExports,
    JpegEncodeExports,
    MaskExports,
    OptimizerExports,
    PngEncodeExports,
    RgbExports,
    StainExports {
  getHeapBase(): number;
}

/** An instance with memory of its own: one a thread. Kernels never allocate; `allocate` lays out the memory for them. */
export interface Kernels extends KernelExports {
  readonly memory: WebAssembly.Memory;
  /** Address of `bytes` free bytes, aligned to 16. @throws RangeError where the cap is reached */
  allocate(bytes: number): number;
  /** Gives back everything allocated since `mark` was taken with `mark()`. */
  release(mark: number): void;
  mark(): number;
  /** A view of memory; it goes stale when `allocate` grows the memory: take it after the last allocation. */
  bytes(address: number, length: number): Uint8Array;
}

/** Compiled code, which may be posted to other threads. */
export type KernelModule = WebAssembly.Module;

const PAGE = 65_536;
/** The module's own tables fit in it with room to spare. */
const INITIAL_PAGES = 16;

let compiled: WebAssembly.Module | undefined;

/** Whether this machine runs the kernels: WebAssembly with fixed-width SIMD. */
export function hasWasmSimd(): boolean {
  // (module (func (result v128) i32.const 0 i8x16.splat))
  const probe = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11];
  return typeof WebAssembly === 'object' && WebAssembly.validate(Uint8Array.from(probe));
}

/** The compiled module, made once a thread; a worker that is handed its parent's shares that one's optimised code. */
export function compileKernels(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(locateBuilt('io/kernels/kernels.wasm')));
  return compiled;
}

/**
 * Loads the kernels with at most `maxBytes` of memory, from `module` or from the file beside this one.
 * @throws RangeError where the cap is below what they need
 */
export function createKernels(maxBytes: number, module: WebAssembly.Module = compileKernels()): Kernels {
  const maximum = Math.floor(maxBytes / PAGE);
  if (maximum < INITIAL_PAGES)
    throw new RangeError(`expected at least ${INITIAL_PAGES * PAGE} bytes but received ${maxBytes}`);
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum });
  const abort = () => {
    throw new Error('a kernel aborted');
  };
  const instance = new WebAssembly.Instance(module, { env: { memory, abort } });
  const exports = instance.exports as unknown as KernelExports;
  let top = align(exports.getHeapBase());
  return Object.assign(Object.create(null) as object, exports, {
    memory,
    allocate(bytes: number): number {
      const address = top;
      const end = align(address + bytes);
      const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE);
      if (missing > 0) memory.grow(missing);
      top = end;
      return address;
    },
    mark: () => top,
    release(mark: number): void {
      top = mark;
    },
    bytes: (address: number, length: number) => new Uint8Array(memory.buffer, address, length),
  }) as Kernels;
}

function align(address: number): number {
  return (address + 15) & ~15;
}

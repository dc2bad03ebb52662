import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isSlideloomError } from '../../utils/errors.ts';

/** What an Emscripten factory takes, as far as it is used here. */
interface EmscriptenSettings {
  print(line: string): void;
  printErr(line: string): void;
  instantiateWasm(
    imports: NonNullable<ConstructorParameters<typeof WebAssembly.Instance>[1]>,
    receive: (instance: WebAssembly.Instance) => void,
  ): unknown;
}

/** A library compiled by Emscripten. */
export interface EmscriptenLibrary<T> {
  /** What its package's script exports. */
  readonly factory: unknown;
  /** Specifier of its `.wasm` file. */
  readonly wasm: string;
  /** Narrows what the factory promises to what is used. */
  readonly isModule: (module: unknown) => module is T;
}

export interface EmscriptenInstance<T> {
  readonly module: T;
  /** Lines that the library printed, the first 100; whoever reads them empties it. */
  readonly messages: string[];
  /** Bytes that its memory may grow to; an allocation beyond fails inside the library. */
  maxBytes: number;
  /** Bytes of its memory, which never shrinks. */
  getBytes(): number;
}

/** Instances that are larger after a call are not kept: their memory would never be given back. */
const KEPT_BYTES = 96 * 2 ** 20;

const require = createRequire(import.meta.url);

/** The one instance of a library on this thread. */
export interface EmscriptenThread<T> {
  /**
   * Runs `work`, which is synchronous, on the instance, with at most `maxBytes` of memory. Where it fails with a trap, as
   * itself or as the cause of an error, the instance is broken for good, and is replaced.
   */
  run<R>(maxBytes: number, work: (instance: EmscriptenInstance<T>) => R): Promise<R>;
}

export function createEmscriptenThread<T>(library: EmscriptenLibrary<T>): EmscriptenThread<T> {
  let compiled: WebAssembly.Module | undefined;
  let current: Promise<EmscriptenInstance<T>> | undefined;
  const take = async (): Promise<EmscriptenInstance<T>> => {
    for (;;) {
      // Compiled once a thread: that takes longer than an instance.
      compiled ??= new WebAssembly.Module(readFileSync(require.resolve(library.wasm)));
      current ??= openInstance(library, compiled);
      const mine = current;
      try {
        const instance = await mine;
        // Another caller may have broken it meanwhile.
        if (current === mine) return instance;
      } catch (error) {
        if (current === mine) current = undefined;
        throw error;
      }
    }
  };
  return {
    async run(maxBytes, work) {
      const instance = await take();
      instance.maxBytes = maxBytes;
      instance.messages.length = 0;
      try {
        return work(instance);
      } catch (error) {
        if (isBreakdown(error)) current = undefined;
        throw error;
      } finally {
        if (instance.getBytes() > KEPT_BYTES) current = undefined;
      }
    },
  };
}

/** Anything but an error of ours and a C++ exception, which comes as a number: a trap, or an abort. */
function isBreakdown(error: unknown): boolean {
  if (!isSlideloomError(error)) return true;
  return error.cause !== undefined && typeof error.cause !== 'number';
}

/**
 * A fresh instance: silent, and with a cap on its memory, which Emscripten itself would let grow to 2 GiB on the word of a
 * damaged header.
 */
async function openInstance<T>(
  { factory, wasm, isModule }: EmscriptenLibrary<T>,
  compiled: WebAssembly.Module,
): Promise<EmscriptenInstance<T>> {
  if (typeof factory !== 'function') throw new TypeError(`${wasm}: the package exports no factory`);
  const messages: string[] = [];
  const note = (line: string) => {
    if (messages.length < 100) messages.push(line);
  };
  const limit = { maxBytes: Number.POSITIVE_INFINITY };
  let memory: WebAssembly.Memory | undefined;
  const settings: EmscriptenSettings = {
    print: note,
    printErr: note,
    instantiateWasm(imports, receive) {
      const instance = new WebAssembly.Instance(compiled, imports);
      memory = capMemory(instance, limit);
      receive(instance);
      return instance.exports;
    },
  };
  const module: unknown = await factory(settings);
  const own = memory;
  if (!isModule(module) || !own) throw new TypeError(`${wasm}: the package has another interface`);
  return Object.assign(limit, { module, messages, getBytes: () => own.buffer.byteLength });
}

/** The instance's memory, whose `grow` refuses what goes beyond the limit: the library then finds no memory. */
function capMemory(instance: WebAssembly.Instance, limit: { readonly maxBytes: number }): WebAssembly.Memory {
  const exports = Object.values(instance.exports as Record<string, unknown>);
  const memory = exports.find((value) => value instanceof WebAssembly.Memory);
  if (!memory) throw new TypeError('a WebAssembly library without memory');
  const grow = memory.grow.bind(memory);
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * 65_536 > limit.maxBytes)
      throw new RangeError(`more than ${limit.maxBytes} bytes of memory`);
    return grow(pages);
  };
  return memory;
}

/** Gives an object of a library back. After a trap that traps as well, and then the whole instance goes. */
export function release(object: { delete(): void }): void {
  try {
    object.delete();
  } catch {
    // The trap before is what is reported.
  }
}

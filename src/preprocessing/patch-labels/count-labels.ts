import { AbortedError, MaskError } from '../../utils/errors.ts';
import type { PatchPlan, PlannedPatch } from '../extract-patches/patch-plan.ts';
import { type Footprints, locateFootprints } from './footprints.ts';
import { countBox } from './kernels/count-box.ts';
import type { LabelClass } from './label-classes.ts';
import type { LabelMask, LabelTile } from './label-mask.ts';

/** Counts of a block: at most so many numbers, and patches. */
const BLOCK_COUNTS = 2 ** 21;
const BLOCK_PATCHES = 2 ** 16;

/** A stretch of a plan. */
export interface CountedPatches {
  readonly patches: readonly PlannedPatch[];
  /** For each patch the mask pixels of each class, in the order of the classes. */
  readonly counts: Float64Array;
  /** For each patch the place among the classes of the label at its centre. */
  readonly centres: Uint8Array;
}

/** Who waits for counts. */
export interface CountWatch {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with how many patches of the plan are counted. */
  readonly onCounted?: ((patches: number) => void) | undefined;
}

export interface CountSettings extends CountWatch {
  readonly mask: LabelMask;
  readonly classes: readonly LabelClass[];
  /** Level-0 pixels per mask pixel. */
  readonly downsample: { readonly x: number; readonly y: number };
}

/**
 * Counts the mask's pixels under each patch, exactly; what lies beyond the mask is background. The plan is taken in blocks of
 * many patches, and each tile that a block needs is read once for it. Memory: a block (24 MiB at most, whatever the plan), and
 * the tiles in flight.
 * @throws MaskError for a label without a class, AbortedError, and what the mask throws
 */
export async function* countLabels(plan: PatchPlan, settings: CountSettings): AsyncGenerator<CountedPatches> {
  const size = Math.max(256, Math.min(BLOCK_PATCHES, Math.floor(BLOCK_COUNTS / settings.classes.length)));
  let before = 0;
  const onCounted = (patches: number) => settings.onCounted?.(before + patches);
  const count = (patches: readonly PlannedPatch[]) => countBlock(patches, plan, { ...settings, onCounted });
  let patches: PlannedPatch[] = [];
  for (const patch of plan) {
    patches.push(patch);
    if (patches.length < size) continue;
    yield await count(patches);
    before += patches.length;
    patches = [];
  }
  if (patches.length > 0) yield await count(patches);
}

async function countBlock(
  patches: readonly PlannedPatch[],
  { geometry }: PatchPlan,
  { mask, classes, downsample, signal, onCounted }: CountSettings,
): Promise<CountedPatches> {
  const places = locateFootprints(patches, geometry, downsample);
  const slots = new Int16Array(256).fill(-1);
  for (const [slot, { id }] of classes.entries()) slots[id] = slot;
  const block = new Block(mask, places, slots, classes.length);
  for (const row of block.listRows()) {
    if (signal?.aborted) throw toAborted(signal.reason);
    onCounted?.(block.passed);
    const needed = block.findPatches();
    const columns = [...needed.keys()].sort((a, b) => a - b);
    for (let first = 0; first < columns.length; first += mask.parallel) {
      const some = columns.slice(first, first + mask.parallel);
      const tiles = await Promise.all(some.map((column) => mask.readTile(column, row)));
      for (const [at, tile] of tiles.entries()) {
        const column = some[at] ?? 0;
        block.count(tile, { column, row }, needed.get(column) ?? []);
      }
    }
  }
  onCounted?.(patches.length);
  return { patches, ...block.finish() };
}

function toAborted(reason: unknown): AbortedError {
  if (reason instanceof AbortedError) return reason;
  return new AbortedError('the labels were not counted', { cause: reason });
}

/** The counts of a block of patches while tile after tile is added. */
class Block {
  readonly #mask: LabelMask;
  readonly #places: Footprints;
  readonly #slots: Int16Array;
  readonly #classes: number;
  readonly #counts: Float64Array;
  readonly #centres: Uint8Array;
  /** Patches by the first row of tiles that they need; those at work now; the next to come. */
  readonly #order: Uint32Array;
  #active: number[] = [];
  #next = 0;

  constructor(mask: LabelMask, places: Footprints, slots: Int16Array, classes: number) {
    this.#mask = mask;
    this.#places = places;
    this.#slots = slots;
    this.#classes = classes;
    const length = places.left.length;
    this.#counts = new Float64Array(length * classes);
    this.#centres = new Uint8Array(length);
    this.#order = Uint32Array.from({ length }, (_, i) => i).sort((a, b) => this.#getTop(a) - this.#getTop(b));
  }

  /** The pixel at a patch's centre may lie beside those whose centres it has, where these are one row. */
  #getTop(patch: number): number {
    return Math.min(this.#places.top[patch] ?? 0, this.#places.centreY[patch] ?? 0);
  }

  #getBottom(patch: number): number {
    return Math.max(this.#places.bottom[patch] ?? 0, (this.#places.centreY[patch] ?? 0) + 1);
  }

  /** Patches that lie above the row of tiles that was listed last. */
  get passed(): number {
    return this.#next - this.#active.length;
  }

  /** Rows of tiles that some patch lies on, from the top. */
  *listRows(): Generator<number> {
    const rows = Math.ceil(this.#mask.height / this.#mask.tileHeight);
    for (let row = 0; row < rows; row++) {
      const from = row * this.#mask.tileHeight;
      this.#active = this.#active.filter((patch) => this.#getBottom(patch) > from);
      for (; this.#next < this.#order.length; this.#next++) {
        const patch = this.#order[this.#next] ?? 0;
        if (this.#getTop(patch) >= from + this.#mask.tileHeight) break;
        if (this.#getBottom(patch) > from) this.#active.push(patch);
      }
      if (this.#active.length > 0) yield row;
      else if (this.#next === this.#order.length) return;
    }
  }

  /** The patches of the row of tiles that was listed last, by the columns of tiles that they lie on. */
  findPatches(): Map<number, number[]> {
    const { tileWidth, width } = this.#mask;
    const found = new Map<number, number[]>();
    const { left: first, right: end, centreX } = this.#places;
    for (const patch of this.#active) {
      const left = Math.max(0, Math.min(first[patch] ?? 0, centreX[patch] ?? 0));
      const right = Math.min(width, Math.max(end[patch] ?? 0, (centreX[patch] ?? 0) + 1));
      for (let column = Math.floor(left / tileWidth); column * tileWidth < right; column++) {
        const there = found.get(column);
        if (there) there.push(patch);
        else found.set(column, [patch]);
      }
    }
    return found;
  }

  count(tile: LabelTile, { column, row }: { column: number; row: number }, patches: readonly number[]): void {
    const { tileWidth, tileHeight, width, height } = this.#mask;
    const [x, y] = [column * tileWidth, row * tileHeight];
    const [right, bottom] = [Math.min(tileWidth, width - x), Math.min(tileHeight, height - y)];
    const places = this.#places;
    for (const patch of patches) {
      const box = {
        left: Math.max(0, (places.left[patch] ?? 0) - x),
        top: Math.max(0, (places.top[patch] ?? 0) - y),
        right: Math.min(right, (places.right[patch] ?? 0) - x),
        bottom: Math.min(bottom, (places.bottom[patch] ?? 0) - y),
      };
      this.#countBox(tile, box, patch);
      const [cx, cy] = [(places.centreX[patch] ?? 0) - x, (places.centreY[patch] ?? 0) - y];
      if (cx >= 0 && cy >= 0 && cx < right && cy < bottom)
        this.#centres[patch] = this.#find(tile.label ?? tile.pixels[cy * tile.pitch + cx] ?? 0);
    }
  }

  #countBox(tile: LabelTile, box: { left: number; top: number; right: number; bottom: number }, patch: number): void {
    const at = patch * this.#classes;
    if (tile.label === undefined) {
      const unknown = countBox(tile, box, this.#slots, this.#counts, at);
      if (unknown >= 0) this.#find(unknown);
      return;
    }
    const pixels = Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top);
    if (pixels === 0) return;
    const slot = at + this.#find(tile.label);
    this.#counts[slot] = (this.#counts[slot] ?? 0) + pixels;
  }

  #find(label: number): number {
    const slot = this.#slots[label] ?? -1;
    if (slot >= 0) return slot;
    throw new MaskError(this.#mask.name, `label ${label} has no class`, {
      hint: `name it in --classes, as {"other": ${label}}`,
    });
  }

  /** What lies beyond the mask is background, the first class. */
  finish(): { counts: Float64Array; centres: Uint8Array } {
    const { left, top, right, bottom } = this.#places;
    for (let patch = 0; patch < left.length; patch++) {
      const all = ((right[patch] ?? 0) - (left[patch] ?? 0)) * ((bottom[patch] ?? 0) - (top[patch] ?? 0));
      const at = patch * this.#classes;
      let counted = 0;
      for (let slot = 0; slot < this.#classes; slot++) counted += this.#counts[at + slot] ?? 0;
      this.#counts[at] = (this.#counts[at] ?? 0) + all - counted;
    }
    return { counts: this.#counts, centres: this.#centres };
  }
}

import type { PatchLayerFacts, PolygonLayerFacts } from '../../../contract.ts';
import type { Order } from '../patches/rank-patches.ts';
import type { ItemOutline } from '../worker/messages.ts';

/** A patch or polygon that was chosen. */
export interface Selection {
  readonly facts: PatchLayerFacts | PolygonLayerFacts;
  /** Position in the layer's files. */
  readonly item: number;
  readonly outline: ItemOutline;
}

/** The patches of a layer, one after the other. */
export interface Walk {
  readonly facts: PatchLayerFacts;
  /** By whose numbers; null: as they are in the table. */
  readonly column: number | null;
  readonly order: Order;
}

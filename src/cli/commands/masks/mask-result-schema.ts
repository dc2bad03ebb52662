import { z } from 'zod';

const pair = z.object({ x: z.number(), y: z.number() });
const size = z.object({ width: z.int(), height: z.int() });
const byte = z.int().min(0).max(255);

/** The part of a mask's record that is told again where the mask is there already. Loaded when one is. */
export const maskResultSchema = z.object({
  downsample: pair,
  mpp: pair.nullable(),
  levels: z.array(size),
  labels: z.array(
    z.object({
      ...{ value: byte, name: z.string(), pixels: z.int() },
      color: z.tuple([byte, byte, byte]).optional(),
      areaMm2: z.number().optional(),
    }),
  ),
  fullOverlay: z
    .object({ bytes: z.int(), tiles: z.int(), tilesRead: z.int(), badTiles: z.int(), levels: z.array(size) })
    .optional(),
});

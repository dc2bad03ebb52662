/** What a drawing must look like beside its coordinates. Loaded when the first one is saved. */
import { z } from 'zod';

const byte = z.int().min(0).max(255);
/** Names are shown and written into tables: no control characters. */
const text = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, 'no control characters');

const featureSchema = z.object({
  type: z.literal('Feature'),
  id: text.optional(),
  geometry: z.object({ type: z.literal('Polygon'), coordinates: z.array(z.unknown()).min(1) }),
  properties: z.object({
    name: text.optional(),
    classification: z.object({ name: text, color: z.tuple([byte, byte, byte]).optional() }).optional(),
  }),
});

export const drawingSchema = z.object({ type: z.literal('FeatureCollection'), features: z.array(featureSchema) });

export type DrawnFeature = z.infer<typeof featureSchema>;

/** What the files of a finished tissue stage must look like. Loaded when they are read. */
import { z } from 'zod';

export const countsSchema = z.object({
  downsampleX: z.number().positive(),
  downsampleY: z.number().positive(),
  fraction: z.number(),
  areaMm2: z.number().optional(),
});
const ringSchema = z.array(z.tuple([z.number(), z.number()])).min(1);
export const geojsonSchema = z.object({
  features: z.array(z.object({ geometry: z.object({ coordinates: z.array(ringSchema).min(1) }) })),
});

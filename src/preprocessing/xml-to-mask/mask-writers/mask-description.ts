import type { OmeAnnotation } from '../../convert-slide/create-ome-xml.ts';
import type { MaskRule } from '../annotation.ts';
import type { MaskJob, MaskLabel } from '../mask-job.ts';

/** What a mask file says of itself. */
export interface MaskFacts {
  readonly rule: MaskRule;
  readonly bits: 1 | 8;
  /** Level-0 pixels per mask pixel. */
  readonly downsample: { readonly x: number; readonly y: number };
  /** Microns per mask pixel; undefined where the slide has none. */
  readonly mpp?: { readonly x: number; readonly y: number } | undefined;
  /** Level-0 pixels of the slide. */
  readonly slide: { readonly width: number; readonly height: number };
  readonly labels: readonly MaskLabel[];
}

export const MASK_DESCRIPTION = 'slideloom mask ';
/** Names under which OME-XML has the description, and what labels are called. */
export const MASK_NAMESPACES = { facts: 'slideloom/mask', labels: 'slideloom/mask/labels' } as const;

/** One line of ASCII: a word to know it by, then JSON. What is beyond ASCII is escaped. */
export function createMaskDescription(job: MaskJob): string {
  const json = JSON.stringify(getMaskFacts(job));
  return (
    MASK_DESCRIPTION + json.replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
  );
}

/** The same for OME-XML, and the names of the labels once more, where viewers show them. */
export function annotateMask(job: MaskJob): OmeAnnotation[] {
  return [
    { namespace: MASK_NAMESPACES.facts, value: createMaskDescription(job) },
    { namespace: MASK_NAMESPACES.labels, value: job.labels.map(({ value, name }) => [String(value), name]) },
  ];
}

export function getMaskFacts({ rule, bits, grid, mpp, slide, labels }: MaskJob): MaskFacts {
  const named = labels.map(({ value, name, color }) => ({ value, name, ...(color && { color }) }));
  return {
    rule,
    bits,
    downsample: { x: grid.downsample.x, y: grid.downsample.y },
    ...(mpp && { mpp: { x: mpp.x, y: mpp.y } }),
    slide: { width: slide.width, height: slide.height },
    labels: named,
  };
}

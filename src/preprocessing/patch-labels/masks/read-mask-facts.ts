import { parseXml } from '../../../io/xml/parse-xml.ts';
import { readOmeDocument } from '../../../slide/formats/ome-tiff/ome-model.ts';
import { isSlideloomError } from '../../../utils/errors.ts';
import type { MaskLabel } from '../../xml-to-mask/mask-job.ts';
import { MASK_DESCRIPTION } from '../../xml-to-mask/mask-writers/mask-description.ts';
import { parseMaskFacts } from '../../xml-to-mask/parse-mask-facts.ts';
import type { LabelMaskFacts } from '../label-mask.ts';

/** What the description of a TIFF or PNG says: slideloom's own, OME-XML, or nothing, as foreign texts do. */
export function readMaskFacts(description: string | undefined, name: string): LabelMaskFacts {
  if (description === undefined) return {};
  const facts = parseMaskFacts(description);
  // One bit says drawn or not, whatever the label was.
  if (facts) return facts.bits === 1 ? { ...facts, labels: [nameDrawn(facts.labels)] } : facts;
  if (!/<(?:\w+:)?OME[\s>]/.test(description.slice(0, 4096))) return {};
  try {
    // Texts of a TIFF are read as Latin-1, and OME-XML is UTF-8.
    const root = parseXml(Buffer.from(description, 'latin1'), name);
    const { physicalSizeX: x, physicalSizeY: y } = readOmeDocument(root, name).images[0]?.pixels ?? {};
    return { mpp: x !== undefined && y !== undefined ? { x, y } : undefined };
  } catch (error) {
    if (isSlideloomError(error, 'unsupported-format')) return {};
    throw error;
  }
}

/** Of the attributes of a Zarr group: slideloom's own, else the classes that NGFF's "image-label" names. */
export function readZarrFacts(attributes: Readonly<Record<string, unknown>>, name: string): LabelMaskFacts {
  const own = readMaskFacts(`${MASK_DESCRIPTION}${JSON.stringify(attributes['slideloom'] ?? null)}`, name);
  if (own.labels) return own;
  const { properties } = Object(attributes['image-label']) as { properties?: unknown };
  return Array.isArray(properties) ? { labels: properties.flatMap(toLabel) } : {};
}

function toLabel(json: unknown): MaskLabel[] {
  const { 'label-value': value, class: name } = Object(json) as Record<string, unknown>;
  const sound = typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 255;
  return sound && typeof name === 'string' ? [{ value, name }] : [];
}

function nameDrawn(labels: readonly MaskLabel[]): MaskLabel {
  const [only, ...more] = labels;
  return { value: 1, name: only && more.length === 0 ? only.name : 'drawn' };
}

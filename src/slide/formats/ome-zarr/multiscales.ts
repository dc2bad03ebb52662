import { z } from 'zod';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { toMicrons } from '../ome-tiff/length-units.ts';
import { checkDocument } from './check-document.ts';
import { isJsonObject, type JsonObject } from './zarr-nodes.ts';

/** An image at several sizes, as the attributes of its group describe it. */
export interface Multiscale {
  readonly version: string;
  readonly name: string | undefined;
  /** By their short names, in the order of the arrays' axes. */
  readonly axes: readonly AxisName[];
  /** Keys of the arrays below the group, finest first. */
  readonly paths: readonly string[];
  /** Pixel size of the finest one in µm, where scale and units say it. */
  readonly microns: { readonly x: number; readonly y: number } | undefined;
}

const AXIS_NAMES = ['t', 'c', 'z', 'y', 'x'] as const;

export type AxisName = (typeof AXIS_NAMES)[number];

/** Arrays of an image. */
const MAX_LEVELS = 64;

const axis = z.union([
  z.string().transform((name) => ({ name, unit: undefined as string | undefined })),
  z.looseObject({ name: z.string(), unit: z.string().optional() }),
]);
const transforms = z.array(z.looseObject({ type: z.string(), scale: z.array(z.number()).optional() })).optional();
const multiscaleSchema = z.looseObject({
  version: z.string().optional(),
  name: z.string().nullish(),
  axes: z.array(axis).optional(),
  datasets: z
    .array(z.looseObject({ path: z.string(), coordinateTransformations: transforms }))
    .min(1)
    .max(MAX_LEVELS),
  coordinateTransformations: transforms,
});
const attributesSchema = z.looseObject({
  version: z.string().optional(),
  multiscales: z.array(multiscaleSchema).min(1),
});

/** The first image of `ome`, the attributes of a group. @throws UnsupportedFormatError */
export function readMultiscale(ome: JsonObject, name: string): Multiscale {
  const { version, multiscales } = checkDocument(attributesSchema, ome, { name, what: 'OME metadata' });
  const [first] = multiscales;
  if (!first) throw new UnsupportedFormatError(name, 'no multiscale image');
  const axes = readAxes(first.axes, name);
  for (const { path } of first.datasets) checkPath(path, name);
  const scale = (list: z.output<typeof transforms>) => readScale(list, axes.length);
  const [own, common] = [scale(first.datasets[0]?.coordinateTransformations), scale(first.coordinateTransformations)];
  const measure = (wanted: AxisName): number | undefined => {
    const at = axes.indexOf(wanted);
    const unit = first.axes?.[at]?.unit;
    if (unit === undefined || (!own && !common)) return undefined;
    return toMicrons(String((own?.[at] ?? 1) * (common?.[at] ?? 1)), shortenUnit(unit));
  };
  const [x, y] = [measure('x'), measure('y')];
  return {
    version: version ?? first.version ?? 'not stated',
    name: first.name ?? undefined,
    axes,
    paths: first.datasets.map(({ path }) => path),
    microns: x !== undefined && y !== undefined ? { x, y } : undefined,
  };
}

/** Before 0.4 axes were names alone, and before 0.3 always these five. */
function readAxes(listed: readonly { readonly name: string }[] | undefined, name: string): readonly AxisName[] {
  if (!listed) return AXIS_NAMES;
  const names = listed.map((one) => one.name.toLowerCase());
  const foreign = names.find((one) => !AXIS_NAMES.some((known) => known === one));
  if (foreign !== undefined) throw new UnsupportedFormatError(name, `the axis "${foreign}" is not read`);
  const complete = names.includes('x') && names.includes('y') && new Set(names).size === names.length;
  if (!complete) throw new UnsupportedFormatError(name, `the axes ${names.join(', ')} are no picture`);
  return names as AxisName[];
}

/** A path in metadata leads to what lies below, and to nothing else. @throws UnsupportedFormatError */
export function checkPath(path: string, name: string): void {
  const parts = path.split('/');
  const bad = parts.some((part) => part === '' || part === '.' || part === '..' || /[\\:\0]/.test(part));
  if (bad || path.length > 1024)
    throw new UnsupportedFormatError(name, `the path ${JSON.stringify(path.slice(0, 80))} leads out of the slide`);
}

/** The scale among transformations; a scale that lies in an array of its own (`path`) is not looked for. */
function readScale(list: z.output<typeof transforms>, axes: number): readonly number[] | undefined {
  const scale = list?.find(({ type }) => type === 'scale')?.scale;
  return scale?.length === axes ? scale : undefined;
}

/** Units of NGFF (names of UDUNITS-2) by the symbols of OME-XML; symbols themselves stay as they are. */
function shortenUnit(unit: string): string {
  const names: JsonObject = {
    ...{ kilometer: 'km', meter: 'm', decimeter: 'dm', centimeter: 'cm', millimeter: 'mm', micrometer: 'µm' },
    ...{ nanometer: 'nm', picometer: 'pm', angstrom: 'Å', inch: 'in', foot: 'ft', yard: 'yd' },
  };
  const name = unit.trim();
  return Object.hasOwn(names, name.toLowerCase()) ? String(names[name.toLowerCase()]) : name;
}

/** The OME attributes of a node: under `ome` from 0.5 on, on their own before. */
export function getOmeAttributes({ attributes }: { readonly attributes: JsonObject }): JsonObject {
  const { ome } = attributes as { ome?: unknown };
  return isJsonObject(ome) ? ome : attributes;
}

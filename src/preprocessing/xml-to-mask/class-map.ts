import { AnnotationError, OptionError } from '../../utils/errors.ts';
import { checkChoice, checkInteger } from '../../utils/options.ts';
import type { AnnotationLayer, AnnotationRegion, AnnotationSet } from './annotation.ts';
import type { MaskLabel } from './mask-job.ts';

export const CLASS_SOURCES = ['class', 'layer', 'name'] as const;
export type ClassSource = (typeof CLASS_SOURCES)[number];

export interface ClassMapOptions {
  /**
   * Class name to label: 1..255, or 0 for a class that is cut out of what lies below it. Default: labels 1, 2, 3 ... in the
   * order in which classes first occur.
   */
  readonly classes?: Readonly<Record<string, number>> | undefined;
  /**
   * What a region's class is: the file's own word for it, where there is none the name of its layer (`class`, default); the
   * name of its layer; or the name that the region itself has.
   */
  readonly classBy?: ClassSource | undefined;
  /** Regions whose class is not in `classes`: left out with a notice (default), an error, or this label. */
  readonly unmapped?: 'skip' | 'error' | number | undefined;
}

/** Which label a region gets, and what the labels are called. */
export interface ClassMap {
  /** Undefined: the region is left out. @throws AnnotationError where that is not wanted */
  find(layer: AnnotationLayer, region: AnnotationRegion): number | undefined;
  readonly labels: readonly MaskLabel[];
  /** Class names that had no label, and how many regions they had. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** Name that regions without any have. */
const NO_NAME = 'unnamed';

/** @throws OptionError for labels that are none; AnnotationError for more than 255 classes */
export function createClassMap(set: AnnotationSet, options: ClassMapOptions): ClassMap {
  const by = checkChoice('classBy', options.classBy ?? 'class', CLASS_SOURCES);
  const unmapped = checkUnmapped(options.unmapped ?? 'skip');
  const classes = options.classes === undefined ? numberClasses(set, by) : checkClasses(options.classes);
  const skipped = new Map<string, number>();
  return {
    labels: listLabels(set, { classes, by, unmapped }),
    skipped,
    find(layer, region) {
      const name = nameClass(layer, region, by);
      const label = classes.get(name);
      if (label !== undefined || typeof unmapped === 'number') return label ?? Number(unmapped);
      if (unmapped === 'error')
        throw new AnnotationError(set.source, `class "${name}" has no label`, {
          element: describeRegion(region),
          hint: `labels are given for ${[...classes.keys()].join(', ')}: add it, or leave such regions out (--unmapped skip)`,
        });
      skipped.set(name, (skipped.get(name) ?? 0) + 1);
      return undefined;
    },
  };
}

/** For messages. */
export function describeRegion({ id, name }: AnnotationRegion): string {
  return `region ${id ?? name ?? NO_NAME}`;
}

function nameClass(layer: AnnotationLayer, region: AnnotationRegion, by: ClassSource): string {
  if (by === 'layer') return layer.name;
  if (by === 'name') return region.name ?? NO_NAME;
  return region.className ?? layer.name;
}

function checkClasses(classes: Readonly<Record<string, number>>): Map<string, number> {
  const entries = Object.entries(classes);
  if (entries.length === 0) throw new OptionError('classes', 'at least one class', classes);
  return new Map(entries.map(([name, label]) => [name, checkInteger(`classes.${name}`, label, { min: 0, max: 255 })]));
}

function checkUnmapped(value: 'skip' | 'error' | number): 'skip' | 'error' | number {
  if (typeof value === 'number') return checkInteger('unmapped', value, { min: 0, max: 255 });
  return checkChoice<'skip' | 'error'>('unmapped', value, ['skip', 'error']);
}

function numberClasses(set: AnnotationSet, by: ClassSource): Map<string, number> {
  const classes = new Map<string, number>();
  for (const layer of set.layers)
    for (const region of layer.regions) {
      const name = nameClass(layer, region, by);
      if (region.polygons.length > 0 && !classes.has(name)) classes.set(name, classes.size + 1);
    }
  if (classes.size > 255)
    throw new AnnotationError(set.source, `${classes.size} classes, and a mask has 255 labels`, {
      hint: 'give labels to those that matter: --classes map.json (library: classes)',
    });
  return classes;
}

/** One entry a label, with the names of all classes that have it, and a colour of its own where the file has one for it. */
function listLabels(
  set: AnnotationSet,
  { classes, by, unmapped }: { classes: ReadonlyMap<string, number>; by: ClassSource; unmapped: unknown },
): MaskLabel[] {
  const names = new Map<number, string[]>();
  for (const [name, value] of classes) if (value > 0) names.set(value, [...(names.get(value) ?? []), name]);
  if (typeof unmapped === 'number' && unmapped > 0) names.set(unmapped, [...(names.get(unmapped) ?? []), 'other']);
  const colors = findColors(set, classes, by);
  const used = new Set<string>();
  return [...names]
    .sort(([a], [b]) => a - b)
    .map(([value, all]) => {
      const color = colors.get(value);
      // Many files give everything the same colour: two labels that look alike tell nobody anything.
      const own = color && !used.has(color.join()) ? color : undefined;
      if (own) used.add(own.join());
      return { value, name: all.join(', '), color: own };
    });
}

/** The first colour that a class has. A layer's goes before that of its regions, which ASAP leaves yellow. */
function findColors(
  set: AnnotationSet,
  classes: ReadonlyMap<string, number>,
  by: ClassSource,
): ReadonlyMap<number, MaskLabel['color']> {
  const colors = new Map<number, MaskLabel['color']>();
  for (const layer of set.layers)
    for (const region of layer.regions) {
      const value = classes.get(nameClass(layer, region, by));
      const color = layer.color ?? region.color;
      if (value !== undefined && color && !colors.has(value)) colors.set(value, color);
    }
  return colors;
}

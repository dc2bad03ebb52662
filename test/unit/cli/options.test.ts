import { describe, expect, it } from 'vitest';
import { COMMAND_NAMES, loadAllCommands } from '../../../src/cli/commands.ts';
import { getOptionTable } from '../../../src/cli/create-parser.ts';
import type { Command } from '../../../src/cli/define-command.ts';
import { type OptionTable, type ParsedOptions, toFlag, toFlagName } from '../../../src/cli/option-table.ts';
import { PLAN_OPTIONS, toPlanOptions } from '../../../src/cli/options/plan.ts';
import { RUN_OPTIONS, toRunOptions } from '../../../src/cli/options/run.ts';
import { SLIDE_OPTIONS, toSlideOptions } from '../../../src/cli/options/slide.ts';
import { TISSUE_OPTIONS, toTissueOptions } from '../../../src/cli/options/tissue.ts';
import { toWriteOptions, WRITE_OPTIONS } from '../../../src/cli/options/write.ts';
import { parseFlags } from '../../../src/cli/parse-arguments.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';
import { resolvePlanOptions } from '../../../src/preprocessing/extract-patches/plan/resolve-options.ts';
import { resolveTissueOptions } from '../../../src/preprocessing/tissue-detection/options.ts';

/** Parses flags against one table, as a command that has it would. */
function parse<const O extends OptionTable>(options: O, line: string): ParsedOptions<O> {
  const command: Command = {
    name: 'test',
    usage: '',
    describe: '',
    examples: [],
    inputs: 'any',
    options,
    run: async () => 0,
  };
  return parseFlags(line.split(' ').filter(Boolean), command).options as ParsedOptions<O>;
}

describe('option names', () => {
  it('are the library names in kebab-case', () => {
    expect(['tissueMpp', 'minAreaUm2', 'onBadTile', 'out', 'combineK'].map(toFlagName)).toEqual([
      'tissue-mpp',
      'min-area-um2',
      'on-bad-tile',
      'out',
      'combine-k',
    ]);
    expect(toFlag('patchMpp')).toBe('--patch-mpp');
  });

  it('and their letters mean one thing in every command', async () => {
    const commands = await loadAllCommands();
    expect(commands.map(({ name }) => name)).toEqual([...COMMAND_NAMES]);
    for (const command of commands) {
      const letters = Object.values(getOptionTable(command)).flatMap(({ alias }) => alias ?? []);
      expect(new Set(letters).size, command.name).toBe(letters.length);
    }
    const types = new Map<string, string>();
    for (const command of commands)
      for (const [key, { type }] of Object.entries(getOptionTable(command))) {
        expect(types.get(key) ?? type, `${command.name} ${key}`).toBe(type);
        types.set(key, type);
      }
  });
});

describe('what is not given', () => {
  it('stays unsaid, so that the library decides', () => {
    expect(toTissueOptions(parse(TISSUE_OPTIONS, ''))).toEqual({});
    expect(toPlanOptions(parse(PLAN_OPTIONS, ''))).toEqual({});
    expect(toWriteOptions(parse(WRITE_OPTIONS, ''))).toEqual({});
    expect(toSlideOptions(parse(SLIDE_OPTIONS, ''))).toEqual({ mpp: undefined, mppCsv: undefined });
    expect(toRunOptions(parse(RUN_OPTIONS, '--out x'))).toEqual({ out: 'x', workers: undefined, dryRun: false });
  });

  it('is shown in help as what the library takes', () => {
    const settings: Readonly<Record<string, unknown>> = { ...resolveTissueOptions() };
    for (const key of ['method', 'maxPixels', 'kernelSize', 'minContrast', 'minAreaUm2', 'minHoleUm2'] as const)
      expect(TISSUE_OPTIONS[key].default, key).toBe(settings[key]);
    expect(TISSUE_OPTIONS.tissueMpp.default).toBe(settings['mpp']);
    const plan: Readonly<Record<string, unknown>> = { ...resolvePlanOptions() };
    for (const key of ['size', 'grid', 'origin', 'edge', 'tissueRule', 'tissueThreshold'] as const)
      expect(PLAN_OPTIONS[key].default, key).toBe(plan[key]);
    expect(PLAN_OPTIONS.patchMpp.default).toBe(plan['mpp']);
  });
});

describe('what is given', () => {
  it('reaches tissue detection', () => {
    const line = [
      '--method combine --tissue-mpp 4 --tissue-level 2 --max-pixels 1000 --kernel-size 3 --min-contrast 5',
      '--min-area-um2 1 --min-area-pixels 2 --min-hole-um2 3 --min-hole-pixels 4 --hsv-preset ihc-dab --hsv-hue 1,2',
      '--hsv-saturation 3,4 --hsv-value 5,6 --clam-preset tcga --clam-saturation-threshold 9 --clam-median-size 5',
      '--clam-close-size 3 --clam-otsu --clam-min-tissue-area 1 --clam-min-hole-area 2 --clam-max-holes 3',
      '--clam-reference-patch-size 256 --combine-methods otsu,clam --combine-rule weighted --combine-k 1',
      '--combine-weights 1,2.5 --background bright --tissue-polygons drawn/{stem}.xml --on-missing-polygons detect',
    ].join(' ');
    // Every option of the table is on the line, so none is forgotten by the conversion.
    const given = parse(TISSUE_OPTIONS, line);
    expect(Object.keys(given).sort()).toEqual(Object.keys(TISSUE_OPTIONS).sort());
    expect(toTissueOptions(given)).toEqual({
      polygons: 'drawn/{stem}.xml',
      onMissingPolygons: 'detect',
      method: 'combine',
      background: 'bright',
      mpp: 4,
      level: 2,
      maxPixels: 1000,
      kernelSize: 3,
      minContrast: 5,
      minAreaUm2: 1,
      minAreaPixels: 2,
      minHoleUm2: 3,
      minHolePixels: 4,
      hsvPreset: 'ihc-dab',
      hsv: { hue: [1, 2], saturation: [3, 4], value: [5, 6] },
      clamPreset: 'tcga',
      clam: {
        saturationThreshold: 9,
        medianSize: 5,
        closeSize: 3,
        otsu: true,
        minTissueArea: 1,
        minHoleArea: 2,
        maxHoles: 3,
        referencePatchSize: 256,
      },
      combine: { methods: ['otsu', 'clam'], rule: 'weighted', k: 1, weights: [1, 2.5] },
    });
    expect(toTissueOptions(parse(TISSUE_OPTIONS, '--tissue-level clam'))).toEqual({ level: 'clam' });
  });

  it('reaches the plan', () => {
    const line = '--size 256 --level 1 --stride 128 --grid clam --origin contour --edge pad --tissue-rule center';
    const roi = { left: 0, top: 10, right: 20, bottom: 30 };
    const given = parse(PLAN_OPTIONS, `${line} --tissue-threshold 0.5 --roi 0,10,20,30`);
    const where = { size: 256, level: 1, stride: 128, grid: 'clam', origin: 'contour', edge: 'pad' };
    expect(toPlanOptions(given)).toEqual({ ...where, tissueRule: 'center', tissueThreshold: 0.5, roi });
    const other = parse(PLAN_OPTIONS, '--patch-mpp 0.25 --mpp-tolerance 0.02 --overlap 64 --fast-downsample');
    expect(toPlanOptions(other)).toEqual({ mpp: 0.25, mppTolerance: 0.02, overlap: 64, fastDownsample: true });
    expect(Object.keys({ ...given, ...other }).sort()).toEqual(Object.keys(PLAN_OPTIONS).sort());
  });

  it('reaches the writers and the run', () => {
    const write = { format: 'jpeg', quality: 80, onBadTile: 'skip', overview: false };
    const line = '--format jpeg --quality 80 --on-bad-tile skip --no-overview';
    expect(toWriteOptions(parse(WRITE_OPTIONS, line))).toEqual(write);
    const packed = parse(WRITE_OPTIONS, '--container shards --shard-size 500 --shard-bytes 200MB');
    const shards = { container: 'shards', shardSize: 500, shardBytes: 200_000_000 };
    expect(toWriteOptions(packed)).toEqual(shards);
    expect(toRunOptions(parse(RUN_OPTIONS, '-o x --workers 3 --dry-run'))).toEqual({
      out: 'x',
      workers: 3,
      dryRun: true,
    });
    expect(toSlideOptions(parse(SLIDE_OPTIONS, '--mpp .25 --mpp-csv a.csv'))).toEqual({ mpp: 0.25, mppCsv: 'a.csv' });
    expect(toSlideOptions(parse(SLIDE_OPTIONS, '--mpp 0.25,0.5'))).toEqual({ mpp: { x: 0.25, y: 0.5 } });
    expect(toSlideOptions(parse(SLIDE_OPTIONS, '--mpp-from-objective --icc srgb'))).toEqual({
      slide: { mppFromObjective: true, icc: 'srgb' },
    });
  });

  it('once more replaces what was given before', () => {
    expect(parse(PLAN_OPTIONS, '--size 1 --size 2')).toEqual({ size: 2 });
  });
});

describe('a value that the library refuses is said by its flag', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['tissue mpp', () => toTissueOptions(parse(TISSUE_OPTIONS, '--tissue-mpp 0')), /`--tissue-mpp` but received 0/],
    [
      'tissue level',
      () => toTissueOptions(parse(TISSUE_OPTIONS, '--tissue-level low')),
      /`--tissue-level` but received NaN/,
    ],
    [
      'CLAM',
      () => toTissueOptions(parse(TISSUE_OPTIONS, '--clam-median-size 4')),
      /odd integer for `--clam-median-size`/,
    ],
    ['hue', () => toTissueOptions(parse(TISSUE_OPTIONS, '--hsv-hue 1')), /pair \[low, high\] for `--hsv-hue`/],
    ['weights', () => toTissueOptions(parse(TISSUE_OPTIONS, '--combine-weights 1')), /`--combine-weights`/],
    ['size', () => toPlanOptions(parse(PLAN_OPTIONS, '--size 0')), /`--size` but received 0/],
    ['stride', () => toPlanOptions(parse(PLAN_OPTIONS, '--stride 0')), /at least 1 for `--stride` but received 0/],
    ['overlap', () => toPlanOptions(parse(PLAN_OPTIONS, '--size 8 --overlap 8')), /patch size \(8\) for `--overlap`/],
    ['both', () => toPlanOptions(parse(PLAN_OPTIONS, '--patch-mpp 1 --level 0')), /beside `--level` for `--patch-mpp`/],
    [
      'threshold',
      () => toPlanOptions(parse(PLAN_OPTIONS, '--tissue-threshold 2')),
      /from 0 to 1 for `--tissue-threshold`/,
    ],
    [
      'three sides',
      () => toPlanOptions(parse(PLAN_OPTIONS, '--grid clam --roi 1,2,3')),
      /left,top,right,bottom for `--roi`/,
    ],
    ['a side', () => toPlanOptions(parse(PLAN_OPTIONS, '--grid clam --roi 9,2,3,9')), /`--roi/],
    ['quality', () => toWriteOptions(parse(WRITE_OPTIONS, '--quality 101')), /from 1 to 100 for `--quality`/],
    [
      'shard size',
      () => toWriteOptions(parse(WRITE_OPTIONS, '--container shards --shard-size 0')),
      /at least 1 for `--shard-size`/,
    ],
    [
      'shard bytes of 0',
      () => toWriteOptions(parse(WRITE_OPTIONS, '--container shards --shard-bytes 0')),
      /at least 1 for `--shard-bytes`/,
    ],
    [
      'shards without shards',
      () => toWriteOptions(parse(WRITE_OPTIONS, '--shard-size 5')),
      /no value for the container `files` for `--shard-size`/,
    ],
    ['shard bytes', () => toWriteOptions(parse(WRITE_OPTIONS, '--shard-bytes x')), /such as 2GB.* for `--shard-bytes`/],
    [
      'shards of nothing',
      () => toWriteOptions(parse(WRITE_OPTIONS, '--format coordinates --container shards')),
      /no shards for `--container` but received "shards"/,
    ],
    ['mpp', () => toSlideOptions(parse(SLIDE_OPTIONS, '--mpp 0')), /above 0 for `--mpp`/],
    ['mpp of one axis', () => toSlideOptions(parse(SLIDE_OPTIONS, '--mpp 1,0')), /above 0 for `--mpp` but received 0/],
    ['three mpp', () => toSlideOptions(parse(SLIDE_OPTIONS, '--mpp 1,2,3')), /one per axis for `--mpp`/],
    [
      'workers',
      () => toRunOptions(parse(RUN_OPTIONS, '--out x --workers 1.5')),
      /at least 1 for `--workers` but received 1.5/,
    ],
  ])('%s', (_name, run, message) => {
    expect(run).toThrow(UsageError);
    expect(run).toThrow(message);
  });

  it.each<[string, OptionTable, string, RegExp]>([
    ['a choice', PLAN_OPTIONS, '--edge cut', /one of drop, pad, shift for `--edge` but received "cut"/],
    [
      'a choice in a list',
      TISSUE_OPTIONS,
      '--combine-methods otsu,x',
      /one of .* for `--combine-methods` but received "x"/,
    ],
    [
      'a number in a list',
      TISSUE_OPTIONS,
      '--combine-weights 1,b',
      /a number for `--combine-weights` but received "b"/,
    ],
  ])('%s', (_name, table, line, message) => {
    expect(() => parse(table, line)).toThrow(message);
  });
});

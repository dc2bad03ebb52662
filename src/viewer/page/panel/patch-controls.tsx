import type { Color } from '../../contract.ts';
import { COLOR_MAP_NAMES, type ColorMapName, getColorTable } from '../layers/color-scale.ts';
import type { PatchStyle } from '../layers/patches/patch-style.ts';
import { chooseColumn, type LayerView, type PatchView } from '../layers/state/layer-view.ts';
import { ColorBar } from './color-bar.tsx';
import { formatCount, formatNumber } from './format-number.ts';
import { Switch } from './switch.tsx';

const NO_COLUMN = 'none';
/** Colours of a bar: between them the browser mixes. */
const STOPS = 32;

/** By which column patches are coloured, what the colours mean, and how patches are drawn. */
export function PatchControls({
  view,
  change,
}: {
  readonly view: PatchView;
  readonly change: (view: LayerView) => void;
}) {
  const { facts, style } = view;
  const restyle = (part: Partial<PatchStyle>) => change({ ...view, style: { ...style, ...part } });
  return (
    <>
      <label class="field">
        <span>Colour by</span>
        <select
          value={style.column ?? NO_COLUMN}
          onChange={({ currentTarget: { value } }) =>
            change(chooseColumn(view, value === NO_COLUMN ? null : Number(value)))
          }
        >
          <option value={NO_COLUMN}>nothing</option>
          {facts.columns.map(({ name, range }, k) => (
            <option key={name} value={k} disabled={range === null}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {style.column !== null && <Scale view={view} restyle={restyle} />}
      <fieldset class="switches" aria-label={`How ${facts.title} are drawn`}>
        <Switch label="Filled" checked={style.fill} change={(fill) => restyle({ fill })} />
        <Switch label="Outlines" checked={style.outline} change={(outline) => restyle({ outline })} />
        <span class="quiet">{formatCount(facts.count)} patches</span>
      </fieldset>
    </>
  );
}

/** The colour bar; which numbers stand at its ends can be changed. */
function Scale({ view, restyle }: { readonly view: PatchView; readonly restyle: (part: Partial<PatchStyle>) => void }) {
  const { scale, column } = view.style;
  const { map, range } = scale;
  const title = view.facts.title;
  const whole = view.facts.columns[column ?? 0]?.range ?? range;
  const setRange = (low: number, high: number) => {
    if (low <= high) restyle({ scale: { map, range: [low, high] } });
  };
  const isWhole = range[0] === whole[0] && range[1] === whole[1];
  return (
    <>
      <ColorBar colors={sampleMap(map)} ends={[formatNumber(range[0]), formatNumber(range[1])]} />
      <div class="scale-ends">
        <End
          label={`Number of the first colour, ${title}`}
          value={range[0]}
          change={(low) => setRange(low, range[1])}
        />
        <select
          value={map}
          aria-label={`Colours of ${title}`}
          onChange={({ currentTarget: { value } }) => restyle({ scale: { map: value as ColorMapName, range } })}
        >
          {COLOR_MAP_NAMES.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <End
          label={`Number of the last colour, ${title}`}
          value={range[1]}
          change={(high) => setRange(range[0], high)}
        />
      </div>
      {!isWhole && (
        <button type="button" class="link" onClick={() => setRange(...whole)}>
          All numbers: {formatNumber(whole[0])} to {formatNumber(whole[1])}
        </button>
      )}
    </>
  );
}

function End(props: { readonly label: string; readonly value: number; readonly change: (value: number) => void }) {
  return (
    <input
      type="number"
      step="any"
      aria-label={props.label}
      value={Number(props.value.toPrecision(5))}
      onChange={({ currentTarget: { valueAsNumber } }) => Number.isFinite(valueAsNumber) && props.change(valueAsNumber)}
    />
  );
}

function sampleMap(map: ColorMapName): Color[] {
  const table = getColorTable(map);
  return Array.from({ length: STOPS }, (_, i) => {
    const [red = 0, green = 0, blue = 0] = table.subarray(3 * Math.round((i * 255) / (STOPS - 1)));
    return [red, green, blue];
  });
}

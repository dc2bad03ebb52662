import type { SlideFacts } from '../../contract.ts';
import type { Pane } from '../pane/pane.ts';
import { AssociatedImages } from './associated-images.tsx';

/** What the file says of itself, and its other pictures. */
export function SlideFactsSection({ pane: { facts } }: { readonly pane: Pane }) {
  return (
    <details class="section" data-section="slide" open>
      <summary>Slide</summary>
      <table class="facts">
        <tbody>
          {listRows(facts).map(([name, value]) => (
            <tr key={name}>
              {name === '' ? <td /> : <th scope="row">{name}</th>}
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <AssociatedImages facts={facts} />
    </details>
  );
}

const NOT_SAID = 'not said';

function listRows(facts: SlideFacts): (readonly [string, string])[] {
  const { width, height, mpp, objective, vendor, format, levels, channels } = facts;
  const count = (value: number) => value.toLocaleString('en');
  const length = (pixels: number, micron: number) => ((pixels * micron) / 1000).toFixed(2);
  return [
    ['Size', `${count(width)} × ${count(height)} px`],
    ...(mpp ? [['', `${length(width, mpp.x)} × ${length(height, mpp.y)} mm`] as const] : []),
    ['Pixel', mpp ? formatPixel(mpp) : NOT_SAID],
    ['Objective', objective === null ? NOT_SAID : `${objective}×`],
    ['Format', vendor === null || vendor === format ? format : `${format} (${vendor})`],
    ['Levels', levels.map(({ downsample }) => Math.round(downsample.x)).join(', ')],
    ...(channels.length > 1 ? [['Channels', channels.map(({ name }) => name).join(', ')] as const] : []),
  ];
}

/** Where it does not stand in the file, people should know. */
function formatPixel({ x, y, source }: NonNullable<SlideFacts['mpp']>): string {
  const round = (value: number) => String(Number(value.toPrecision(5)));
  const size = round(x) === round(y) ? `${round(x)} µm` : `${round(x)} × ${round(y)} µm`;
  return source === 'metadata' ? size : `${size} (${source})`;
}

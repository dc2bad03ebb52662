import type { ViewFacts } from '../../contract.ts';
import { chooseView } from '../compare/choose-view.ts';
import type { Pane } from '../pane/pane.ts';
import {
  formatChannels,
  formatHex,
  GAINS,
  getOwnColor,
  listOwn,
  parseHex,
  type ShownChannel,
} from './channel-choice.ts';
import { gain, getShown, setGain, showChannels } from './channel-state.ts';

/** Which channels are shown, and in which colours; nothing for a slide that has none. */
export function ChannelPanel({ pane }: { pane: Pane }) {
  const { facts, spec } = pane;
  const channels = facts.views.filter(({ kind }) => kind === 'channel');
  if (channels.length === 0) return null;
  const shown = getShown(pane);
  const usual = spec.view === null && formatChannels(shown, facts.views) === null;
  return (
    <>
      <ul class="channels">
        {channels.map((channel) => (
          <ChannelRow key={channel.name} {...{ pane, channel, shown }} />
        ))}
      </ul>
      <label class="channel-gain">
        <span>Brightness</span>
        <select value={gain.value} onChange={({ currentTarget }) => setGain(Number(currentTarget.value))}>
          {GAINS.map((one) => (
            <option key={one} value={one}>
              {one}×
            </option>
          ))}
        </select>
      </label>
      <button type="button" disabled={usual} onClick={() => showChannels(pane, listOwn(facts.views))}>
        All, in their own colours
      </button>
    </>
  );
}

function ChannelRow({ pane, channel, shown }: { pane: Pane; channel: ViewFacts; shown: readonly ShownChannel[] }) {
  const { name, title } = channel;
  const found = shown.find((one) => one.name === name);
  const others = shown.filter((one) => one.name !== name);
  const color = found?.color ?? getOwnColor(channel);
  const alone = pane.spec.view === name;
  return (
    <li>
      <label>
        <input
          type="checkbox"
          checked={found !== undefined}
          // Without any channel there would be nothing to see.
          disabled={found !== undefined && others.length === 0}
          onChange={() => showChannels(pane, found ? others : [...others, { name, color }])}
        />
        <span title={title}>{title}</span>
      </label>
      <button
        type="button"
        aria-pressed={alone}
        title={`${title} alone, as grey`}
        onClick={() => void chooseView(pane, alone ? null : name)}
      >
        Only
      </button>
      <input
        type="color"
        aria-label={`Colour of ${title}`}
        value={`#${formatHex(color)}`}
        onChange={({ currentTarget }) =>
          showChannels(pane, [...others, { name, color: parseHex(currentTarget.value) }])
        }
      />
    </li>
  );
}

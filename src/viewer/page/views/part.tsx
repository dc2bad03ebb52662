import type { PagePart } from '../part.ts';
import { ChannelPanel } from './channel-panel.tsx';
import { showChosenChannels } from './show-channels.ts';

/** Channels of a multiplex slide. */
export const viewsPart: PagePart = {
  name: 'views',
  attach: showChosenChannels,
  panels: [{ name: 'channels', title: 'Channels', content: ChannelPanel }],
};

import { expect, it } from 'vitest';
import { createHandOff } from '../../../src/utils/hand-off.ts';

it('hands values over one by one; a producer waits until the consumer comes back', async () => {
  const channel = createHandOff<number>();
  const log: string[] = [];
  const produce = async () => {
    for (const value of [1, 2, 3]) {
      await channel.push(value);
      log.push(`pushed ${value}`);
    }
    channel.end();
  };
  const producing = produce();
  for await (const value of channel) log.push(`took ${value}`);
  await producing;
  expect(log).toEqual(['took 1', 'pushed 1', 'took 2', 'pushed 2', 'took 3', 'pushed 3']);
});

it('frees producers when the consumer leaves, also those that come later', async () => {
  const channel = createHandOff<number>();
  const waiting = [channel.push(1), channel.push(2)];
  for await (const _ of channel) break;
  await Promise.all([...waiting, channel.push(3)]);
});

it('ends with the error it was given, after what was pushed before', async () => {
  const channel = createHandOff<number>();
  const pushed = channel.push(1);
  channel.end(new Error('torn'));
  const seen: number[] = [];
  const consume = async () => {
    for await (const value of channel) seen.push(value);
  };
  await expect(consume()).rejects.toThrow('torn');
  await pushed;
  expect(seen).toEqual([1]);
});

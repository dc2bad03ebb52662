import { CodecError } from '../../../utils/errors.ts';

/** What the decoders (kernel and twin) can find wrong with entropy-coded data; the kernel returns these numbers. */
export const FAULT = {
  None: 0,
  PrematureEnd: 1,
  InvalidCode: 2,
  IndexOverflow: 3,
  BadRestart: 4,
  ExtraneousData: 5,
  BadTable: 6,
} as const;

export type Fault = (typeof FAULT)[keyof typeof FAULT];

const messages: Readonly<Record<Fault, string>> = {
  0: 'no fault',
  1: 'the data end before the image is complete',
  2: 'a Huffman code that the tables do not have',
  3: 'a run of zeros that leaves its block',
  4: 'a restart marker is missing or out of order',
  5: 'data are left where a marker must follow',
  6: 'a Huffman table that is no prefix code',
};

/** @throws CodecError where `fault` is one */
export function checkFault(fault: number): void {
  if (fault !== FAULT.None) throw new CodecError('jpeg', messages[fault as Fault] ?? `fault ${fault}`);
}

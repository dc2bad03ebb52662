import { CodecError } from '../../../utils/errors.ts';

export function fail(problem: string): never {
  throw new CodecError('zstd', problem);
}

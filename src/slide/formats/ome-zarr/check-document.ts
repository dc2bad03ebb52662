import type { z } from 'zod';
import { UnsupportedFormatError } from '../../../utils/errors.ts';

/** What `schema` makes of metadata. @throws UnsupportedFormatError that names the first thing that is wrong, and its place */
export function checkDocument<T extends z.ZodType>(
  schema: T,
  value: unknown,
  { name, what }: { readonly name: string; readonly what: string },
): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join('.') ?? '';
  throw new UnsupportedFormatError(name, `${what}: ${place && `${place}: `}${issue?.message ?? 'not understood'}`);
}

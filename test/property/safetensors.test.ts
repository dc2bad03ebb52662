import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeSafetensors } from '../../src/io/safetensors/encode-safetensors.ts';
import { parseSafetensors } from '../../src/io/safetensors/parse-safetensors.ts';
import { countElements, TENSOR_ARRAYS, type Tensor, type TensorType } from '../../src/io/safetensors/tensor.ts';
import { TensorFileError } from '../../src/utils/errors.ts';

const tensor = fc
  .record({
    type: fc.constantFrom(...(Object.keys(TENSOR_ARRAYS) as TensorType[])),
    shape: fc.array(fc.nat({ max: 4 }), { maxLength: 3 }),
    fill: fc.nat({ max: 255 }),
  })
  .map(({ type, shape, fill }): Tensor => {
    const data = new TENSOR_ARRAYS[type](countElements(shape) ?? 0);
    new Uint8Array(data.buffer).fill(fill);
    return { type, shape, data };
  });
const files = fc
  .tuple(
    fc.dictionary(
      fc.string({ unit: 'binary' }).filter((name) => name !== '__metadata__'),
      tensor,
      { maxKeys: 6 },
    ),
    fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
  )
  .map(([tensors, metadata]) => ({ tensors: new Map(Object.entries(tensors)), metadata: { ...metadata } }));
const encode = ({ tensors, metadata }: { tensors: Map<string, Tensor>; metadata: Record<string, string> }) =>
  new Uint8Array(Buffer.concat(encodeSafetensors(tensors, metadata)));

test('whatever is written comes back, aligned', () => {
  fc.assert(
    fc.property(files, (file) => {
      const found = parseSafetensors(encode(file));
      expect(found.metadata).toEqual(file.metadata);
      expect([...found.tensors.keys()].sort()).toEqual([...file.tensors.keys()].sort());
      for (const [name, one] of found.tensors) expect(one).toEqual(file.tensors.get(name));
    }),
    { numRuns: 200 },
  );
});

test('damaged bytes give tensors or a TensorFileError, nothing else', () => {
  fc.assert(
    fc.property(
      files,
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
      (file, edits) => {
        const bytes = encode(file);
        for (const [at, value] of edits) bytes[at % bytes.length] = value;
        try {
          parseSafetensors(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(TensorFileError);
        }
      },
    ),
    { numRuns: 500 },
  );
});

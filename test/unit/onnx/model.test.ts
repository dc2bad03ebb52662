import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeMessage } from '../../../src/onnx/model/decode-message.ts';
import { encodeMessage, joinChunks } from '../../../src/onnx/model/encode-message.ts';
import type { TensorMessage } from '../../../src/onnx/model/messages.ts';
import { readTensor } from '../../../src/onnx/model/tensor.ts';
import { decodeModel, encodeModel, readModel } from '../../../src/onnx/model.ts';
import { ModelError, SourceError } from '../../../src/utils/errors.ts';
import { createPattern, createTinyModel } from '../../support/tiny-models.ts';

const MODEL = createTinyModel({
  nodes: [
    ['Gemm', ['x', 'w', 'b'], ['h'], { alpha: { kind: 'float', value: 0.5 } }],
    ['Softmax', ['h'], ['y'], { axis: { kind: 'int', value: -1 } }],
  ],
  tensors: { w: createPattern(3, 2), b: createPattern(2) },
});

describe('a model file', () => {
  it('is read and written back with the same content', () => {
    const model = decodeModel(MODEL);
    const again = decodeModel(joinChunks(encodeModel(model.message)));
    expect(again.message).toEqual(model.message);
    expect(again.initializers).toEqual(model.initializers);
    expect(model.graph.node?.map(({ opType }) => opType)).toEqual(['Gemm', 'Softmax']);
    expect(model.initializers.get('w')).toEqual(createPattern(3, 2));
  });

  it('keeps fields that it does not know', () => {
    // Field 99, a varint of 300, behind everything else.
    const strange = Uint8Array.of(0x98, 0x06, 0xac, 0x02);
    const { message } = decodeModel(joinChunks([MODEL, strange]));
    expect(message.unknown).toEqual([strange]);
    expect(joinChunks(encodeModel(message)).subarray(-4)).toEqual(strange);
  });

  it('negative numbers, the largest ones, and large pieces come back', () => {
    const message: TensorMessage = {
      dims: [3, 0, 2 ** 40],
      dataType: 1,
      int32Data: [-1, 2 ** 31 - 1, -(2 ** 31)],
      int64Data: BigInt64Array.of(-1n, 2n ** 63n - 1n, -(2n ** 63n)),
      doubleData: Float64Array.of(Math.PI, -0),
      floatData: Float32Array.of(1.5, Number.NaN),
      rawData: new Uint8Array(10_000).fill(7),
      name: 'weights · 重み',
    };
    const chunks = encodeMessage('tensor', message);
    expect(decodeMessage('tensor', joinChunks(chunks))).toEqual(message);
    expect(chunks).toContain(message.rawData);
  });

  it('numbers that are not packed are read alike', () => {
    // dims 2 and 3, one by one; float_data 1.0 twice, one by one.
    const bytes = Uint8Array.of(0x08, 2, 0x08, 3, 0x25, 0, 0, 0x80, 0x3f, 0x25, 0, 0, 0x80, 0x3f);
    expect(decodeMessage('tensor', bytes)).toEqual({ dims: [2, 3], floatData: Float32Array.of(1, 1) });
  });

  it('tensors are read from the field of their type', () => {
    const read = (message: TensorMessage) => readTensor(message).data;
    expect(read({ dims: [2], dataType: 7, int64Data: BigInt64Array.of(1n, -2n) })).toEqual(BigInt64Array.of(1n, -2n));
    expect(read({ dims: [2], dataType: 9, int32Data: [1, 0] })).toEqual(Uint8Array.of(1, 0));
    expect(read({ dims: [1], dataType: 3, int32Data: [-5] })).toEqual(Int8Array.of(-5));
    expect(read({ dims: [], dataType: 11, doubleData: Float64Array.of(0.1) })).toEqual(Float64Array.of(0.1));
    expect(read({ dims: [1], dataType: 12, uint64Data: BigInt64Array.of(4_000_000_000n) })).toEqual(
      Uint32Array.of(4_000_000_000),
    );
    expect(() => read({ name: 'w', dims: [3], dataType: 1, floatData: Float32Array.of(1) })).toThrow(/"w" has 4 bytes/);
    expect(() => read({ dims: [-1], dataType: 1 })).toThrow(/shape \[-1\]/);
    expect(() => read({ dims: [2 ** 52, 2 ** 52], dataType: 1 })).toThrow(/shape/);
    expect(() => read({ dims: [1], dataType: 8 })).toThrow(/type 8/);
  });
});

describe('a damaged file', () => {
  it('cut anywhere is a typed error, or still a model', () => {
    let refused = 0;
    for (let end = 0; end < MODEL.length; end++) {
      try {
        decodeModel(MODEL.subarray(0, end), 'cut.onnx');
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(MODEL.length * 0.9);
  });

  it('with any byte changed is a typed error, or still a model', () => {
    for (let at = 0; at < MODEL.length; at++)
      for (const value of [0, 0x7f, 0x80, 0xff]) {
        const damaged = MODEL.slice();
        damaged[at] = value;
        try {
          decodeModel(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
        }
      }
  });

  it('that nests without end is refused', () => {
    // Graphs in attributes of nodes of graphs, 40 bytes a level at most.
    let graph: Uint8Array = new Uint8Array(0);
    const wrap = (number: number, inner: Uint8Array) => {
      const length = inner.length < 128 ? [inner.length] : [(inner.length & 127) | 128, inner.length >> 7];
      return joinChunks([Uint8Array.of((number << 3) | 2, ...length), inner]);
    };
    for (let depth = 0; depth < 400; depth++) graph = wrap(1, wrap(5, wrap(6, graph)));
    expect(() => decodeModel(wrap(7, graph))).toThrow(/nested deeper/);
  });

  it('of something else is no model', () => {
    expect(() => decodeModel(new TextEncoder().encode('<?xml version="1.0"?>'), 'a.xml')).toThrow(ModelError);
    expect(() => decodeModel(new Uint8Array(0), 'empty.onnx')).toThrow(/no graph/);
  });
});

describe('a model with data in other files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slideloom-onnx-'));
  const values = createPattern(2, 3);
  const write = (entries: Record<string, string>) => {
    const { message } = decodeModel(createTinyModel({ nodes: [['MatMul', ['x', 'w'], ['y']]] }));
    const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
    const initializer = [{ name: 'w', dims: [2, 3], dataType: 1, dataLocation: 1, externalData }];
    const path = join(folder, 'model.onnx');
    writeFileSync(path, joinChunks(encodeModel({ ...message, graph: { ...message.graph, initializer } })));
    writeFileSync(
      join(folder, 'w.bin'),
      joinChunks([new Uint8Array(5), new Uint8Array(values.data.buffer as ArrayBuffer)]),
    );
    return path;
  };

  it('is read by place', async () => {
    const path = write({ location: 'w.bin', offset: '5', length: '24' });
    expect((await readModel(path)).initializers.get('w')).toEqual(values);
    expect(() => decodeModel(joinChunks(encodeModel({ graph: {}, opsetImport: [] })))).toThrow(ModelError);
  });

  it.each([
    ['outside the folder', { location: '../w.bin' }, ModelError],
    ['at an absolute place', { location: '/etc/passwd' }, ModelError],
    ['in a file that is too short', { location: 'w.bin', offset: '6' }, ModelError],
    ['of another length', { location: 'w.bin', length: '20' }, ModelError],
    ['at no number', { location: 'w.bin', offset: '-1' }, ModelError],
    ['that is missing', { location: 'gone.bin' }, SourceError],
  ] as const)('%s is refused', async (_what, entries, type) => {
    await expect(readModel(write(entries))).rejects.toThrow(type);
  });

  it('that is missing altogether is a source error', async () => {
    await expect(readModel(join(folder, 'gone.onnx'))).rejects.toThrow(SourceError);
    rmSync(folder, { recursive: true });
  });
});

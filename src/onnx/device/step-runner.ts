import type { Tensor } from '../model/tensor.ts';
import type { DeviceTensor, Session } from '../session.ts';
import type { WritableGraph } from '../write-graph.ts';
import type { TrainerResult } from './trainer.ts';
import type { TrainerGraph } from './trainer-graph.ts';

/** Values of a batch by the names of the trainer graph's inputs. */
export type BatchValues = ReadonlyMap<string, Tensor>;

/** Values that go on, by the names of the trainer graph's inputs. */
export type StateValues = ReadonlyMap<string, Tensor | DeviceTensor>;

/** How batches are run: what is loaded, and how a run is fed and read. */
export interface Runner {
  /** What is loaded, and its outputs that stay on the device. */
  readonly graph: WritableGraph;
  readonly kept: readonly string[];
  /** Batches of one run, at most. */
  readonly most: number;
  /** Runs batches of the same shapes. The state given is as it was. @throws SessionError */
  run(
    session: Session,
    work: { readonly batches: readonly BatchValues[]; readonly state: StateValues },
  ): Promise<{ results: TrainerResult[]; state: Map<string, DeviceTensor> }>;
}

/** One run for each batch. */
export function createStepRunner({ graph, state, loss, length }: TrainerGraph): Runner {
  return {
    graph,
    kept: state.map(({ output }) => output),
    most: 1,
    async run(session, { batches, state: before }) {
      const { results, kept } = await session.runKeeping(new Map([...(batches[0] ?? []), ...before]));
      const toNumber = (name: string) => Number(results.get(name)?.data[0]);
      const after = state.flatMap(({ input, output }) => {
        const value = kept.get(output);
        return value ? [[input, value] as const] : [];
      });
      return { results: [{ loss: toNumber(loss), gradientNorm: toNumber(length) }], state: new Map(after) };
    },
  };
}

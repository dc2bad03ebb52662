import type { TrainStepInput, TrainStepResult } from '../onnx/train-step.ts';
import type { MemoryMode } from '../utils/memory-mode.ts';

export { MEMORY_MODES, type MemoryMode } from '../utils/memory-mode.ts';

/** All that a step has read and given, but for the weights. */
export interface StepTensors extends Pick<TrainStepInput, 'inputs' | 'target'> {
  readonly result: TrainStepResult;
  /** Gives the memory of the input back to whoever fills it. */
  release(): void;
}

/** Told of each step of a training, of patches or of bags. */
export interface StepMemory {
  /** The step is over, and nothing looks at its tensors any more. */
  settle(step: StepTensors): void;
  endEpoch(): void;
}

/**
 * `optimised` lets go of a step's tensors once the weights have changed, and the memory of its input is filled again; `naive` keeps
 * them until the epoch ends. The weights are the same.
 */
export function createStepMemory(mode: MemoryMode): StepMemory {
  return mode === 'naive' ? createRetained() : { settle: ({ release }) => release(), endEpoch() {} };
}

/**
 * The naive way: inputs, outputs and gradients of each step lie in memory to the end of its epoch, and each step's input is in memory
 * of its own, since none comes back.
 */
function createRetained(): StepMemory {
  const kept: StepTensors[] = [];
  return {
    settle: (step) => void kept.push(step),
    endEpoch() {
      for (const { release } of kept.splice(0)) release();
    },
  };
}

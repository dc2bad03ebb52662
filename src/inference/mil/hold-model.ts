import type { MilModelOptions } from './model-options.ts';
import { type MilModel, openMilModel } from './open-mil-model.ts';

/** The model that is to be used. */
export interface HeldModel extends AsyncDisposable {
  readonly model: MilModel | undefined;
  /** Closes it where it was opened here: its memory is free. May be called twice. */
  release(): Promise<void>;
}

/** Opens a model by its path; one that the caller opened stays the caller's. @throws what `openMilModel` throws */
export async function holdModel(
  model: string | MilModel | undefined,
  options: MilModelOptions = {},
): Promise<HeldModel> {
  let own = typeof model === 'string' ? await openMilModel(model, options) : undefined;
  const release = async () => {
    await own?.close();
    own = undefined;
  };
  return { model: typeof model === 'string' ? own : model, release, [Symbol.asyncDispose]: release };
}

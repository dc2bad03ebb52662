import type { Command } from './define-command.ts';

/** All commands in the order of help; each module is light and loads when it is named. */
export const COMMANDS = {
  run: async () => (await import('./commands/run.ts')).runCommand,
  tissue: async () => (await import('./commands/tissue.ts')).tissueCommand,
  patches: async () => (await import('./commands/patches.ts')).patchesCommand,
  embed: async () => (await import('./commands/embed.ts')).embedCommand,
  info: async () => (await import('./commands/info.ts')).infoCommand,
  validate: async () => (await import('./commands/validate.ts')).validateCommand,
  convert: async () => (await import('./commands/convert.ts')).convertCommand,
  masks: async () => (await import('./commands/masks.ts')).masksCommand,
  collect: async () => (await import('./commands/collect.ts')).collectCommand,
  normalize: async () => (await import('./commands/normalize.ts')).normalizeCommand,
  'stain-profile': async () => (await import('./commands/stain-profile.ts')).stainProfileCommand,
  'train phase1': async () => (await import('./commands/train-phase1.ts')).trainPhase1Command,
  'train phase2': async () => (await import('./commands/train-phase2.ts')).trainPhase2Command,
  'predict patches': async () => (await import('./commands/predict-patches.ts')).predictPatchesCommand,
  'predict slides': async () => (await import('./commands/predict-slides.ts')).predictSlidesCommand,
  heatmap: async () => (await import('./commands/heatmap.ts')).heatmapCommand,
  view: async () => (await import('./commands/view.ts')).viewCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  quantize: async () => (await import('./commands/quantize.ts')).quantizeCommand,
  formats: async () => (await import('./commands/formats.ts')).formatsCommand,
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
} satisfies Record<string, () => Promise<Command>>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

/** The command of that name; undefined where there is none. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  const loaders: Readonly<Record<string, () => Promise<Command>>> = COMMANDS;
  return Object.hasOwn(loaders, name) ? loaders[name]?.() : undefined;
}

export function loadAllCommands(): Promise<Command[]> {
  return Promise.all(Object.values(COMMANDS).map((load): Promise<Command> => load()));
}

import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';

/** What the figures depend on, as far as a process can see it. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory_gb: Math.round(totalmem() / 2 ** 30),
    os: `${platform()} ${release().split('.').slice(0, 2).join('.')}`,
    arch: arch(),
  };
}

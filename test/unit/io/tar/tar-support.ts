import { execFileSync, spawnSync } from 'node:child_process';

const PYTHON = '/usr/bin/python3';

/** What GNU tar says of a file: one line an entry. Names come as they are. */
export function listWithTar(path: string): string[] {
  const text = execFileSync('tar', ['-tvf', path, '--full-time', '--utc', '--quoting-style=literal'], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  return text.split('\n').filter((line) => line !== '');
}

export function extractWithTar(path: string, name: string): Buffer {
  return execFileSync('tar', ['-xOf', path, name], { maxBuffer: 2 ** 28 });
}

export interface TarMember {
  readonly name: string;
  readonly size: number;
  readonly mtime: number;
  readonly mode: number;
  readonly uid: number;
  readonly sha256: string;
}

export function hasPython(): boolean {
  return spawnSync(PYTHON, ['-c', 'import tarfile']).status === 0;
}

/** What Python's tarfile reads, each member with the hash of its content where it is not huge. */
export function readWithPython(path: string): TarMember[] {
  const script = `import hashlib, json, sys, tarfile
with tarfile.open(sys.argv[1]) as t:
    out = [dict(name=m.name, size=m.size, mtime=m.mtime, mode=m.mode, uid=m.uid,
        sha256=hashlib.sha256(t.extractfile(m).read()).hexdigest() if m.size < 1 << 28 else '') for m in t]
print(json.dumps(out))`;
  return JSON.parse(
    execFileSync(PYTHON, ['-c', script, path], { encoding: 'utf8', maxBuffer: 2 ** 28 }),
  ) as TarMember[];
}

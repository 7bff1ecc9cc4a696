// The release before, built from the history: `RELEASE_BEFORE=<commit>` names it. Without that, it
// is the last one that lacks the newest migration.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readProjectFile } from '../tree/project-files.ts';
import { root } from '../tree/source-files.ts';

export interface ReleaseBefore {
  /** Its main.js. */
  readonly program: string;
  /** Whether its routes may have groups. */
  readonly hasGroups: boolean;
  /** One of its files. @throws if it has none of that name */
  read(path: string): string;
}

const built: { release?: ReleaseBefore; folder?: string } = {};
afterAll(() => built.folder && rmSync(built.folder, { recursive: true, force: true }));

/** Built once for each test file that asks. */
export function buildReleaseBefore(): ReleaseBefore {
  built.release ??= build();
  return built.release;
}

function build(): ReleaseBefore {
  const { entries } = JSON.parse(readProjectFile('drizzle/meta/_journal.json')) as {
    entries: { tag: string }[];
  };
  const migration = `drizzle/${entries.at(-1)!.tag}.sql`;
  const commit =
    process.env.RELEASE_BEFORE ??
    `${git('log', '-1', '--diff-filter=A', '--format=%H', '--', migration).trim()}^`;
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-before-'));
  built.folder = folder;
  execFileSync('sh', ['-c', 'git archive "$0" | tar -x -C "$1"', commit, folder], { cwd: root });
  symlinkSync(`${root}node_modules`, join(folder, 'node_modules'));
  execFileSync(process.execPath, ['build.mjs'], { cwd: folder });
  return {
    program: join(folder, 'dist/main.js'),
    hasGroups:
      git(
        'ls-tree',
        '--name-only',
        commit,
        'src/store/groups/index.ts',
        'src/store/groups.ts',
        'src/core/store/groups.ts',
      ) !== '',
    read: (path) => git('show', `${commit}:${path}`),
  };
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' });
}

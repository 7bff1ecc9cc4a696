// The steps on the page about Docker Compose, run as they stand there, but for Docker itself, which
// only writes down what it was asked.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { blocksOf } from '../tree/documents.ts';
import { readProjectFile } from '../tree/project-files.ts';
import { root } from '../tree/source-files.ts';

const page = 'docs/compose.md';
const blocks = blocksOf({ path: page, text: readProjectFile(page) }).filter(
  ({ language }) => language === 'sh',
);

interface Secrets {
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

test('the steps make each secret that the files mount, readable by its user alone', ({ skip }) => {
  skip(spawnSync('openssl', ['version']).error !== undefined, 'openssl is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-compose-steps-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(`${root}compose`, join(folder, 'compose'), {
    recursive: true,
    filter: (path) => !path.includes('/compose/secrets'),
  });
  mkdirSync(join(folder, 'bin'));
  const stub = (name: string, body: string) =>
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  stub('docker', `echo "$@" >> ${folder}/asked`);
  stub('sudo', 'exec "$@"');
  stub('chown', `echo chown "$@" >> ${folder}/asked`);

  const [first, second] = blocks.map(({ text }) => text);
  const { status, stderr } = spawnSync('sh', ['-euc', `${first}\n${second}`], {
    cwd: folder,
    env: { PATH: `${folder}/bin:${process.env.PATH}` },
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);

  const mounted = ['compose.yaml', 'compose.postgres.yaml'].flatMap((name) =>
    Object.values((parse(readProjectFile(`compose/${name}`)) as Secrets).secrets),
  );
  expect(mounted).toHaveLength(4);
  const read = (path: string) => readFileSync(join(folder, 'compose', path), 'utf8');
  for (const { file } of mounted) expect(read(file), file).not.toBe('');
  expect(statSync(join(folder, 'compose/secrets')).mode & 0o077).toBe(0);
  const password = read('secrets/POSTGRES_PASSWORD').trim();
  expect(password).toMatch(/^[0-9a-f]{48}$/);
  expect(read('secrets/DATABASE_URL')).toBe(`postgres://tocsin:${password}@postgres:5432/tocsin`);
  expect(readFileSync(`${folder}/asked`, 'utf8').split('\n')).toEqual([
    'chown -R 10001:10001 secrets',
    'compose up -d',
    'compose exec tocsin tocsin check',
    'chown -R 10001:10001 secrets',
    'compose -f compose.yaml -f compose.postgres.yaml up -d',
    '',
  ]);
});

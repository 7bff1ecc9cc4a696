// The steps on the pages that say how to install it, run as they stand there, but in a folder of the
// test, and with a Docker and a systemd that only write down what they were asked.
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
import { manifest, readProjectFile } from '../tree/project-files.ts';
import { root } from '../tree/source-files.ts';

/** The commands of the page, block by block. */
const stepsOf = (page: string) =>
  blocksOf({ path: page, text: readProjectFile(page) })
    .filter(({ language }) => language === 'sh')
    .map(({ text }) => text);

/** A folder with stand-ins for what a test must not call, and a way to run steps in it. */
function workshop() {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-install-steps-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bin = join(folder, 'stand-ins');
  mkdirSync(bin);
  const stub = (name: string, body = `echo ${name} "$@" >> ${folder}/asked`) =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  for (const name of ['docker', 'chown', 'systemctl', 'journalctl']) stub(name);
  stub('sudo', 'case $1 in *=*) exec env "$@";; *) exec "$@";; esac');
  const run = (steps: string) => {
    const { status, stderr } = spawnSync('sh', ['-euc', steps], {
      cwd: folder,
      env: { PATH: `${bin}:${folder}/usr/local/bin:${process.env.PATH}` },
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  };
  const asked = () => readFileSync(`${folder}/asked`, 'utf8').trim().split('\n');
  return { folder, run, asked };
}

const { taken } = (await import(new URL('../../release/stage.mjs', import.meta.url).href)) as {
  readonly taken: readonly string[];
};

interface Secrets {
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

test('the steps make each secret that the files mount, readable by its user alone', ({ skip }) => {
  skip(spawnSync('openssl', ['version']).error !== undefined, 'openssl is not installed');
  const { folder, run, asked } = workshop();
  cpSync(`${root}compose`, join(folder, 'compose'), {
    recursive: true,
    filter: (path) => !path.includes('/compose/secrets'),
  });
  const [first, second] = stepsOf('docs/install/compose.md');
  run(`${first}\n${second}`);

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
  expect(asked()).toEqual([
    'chown -R 10001:10001 secrets',
    'docker compose up -d',
    'docker compose exec tocsin tocsin check',
    'chown -R 10001:10001 secrets',
    'docker compose -f compose.yaml -f compose.postgres.yaml up -d',
  ]);
});

test('the archive and the unit come to where each other looks for them', () => {
  const { folder, run, asked } = workshop();
  const name = `tocsin-${manifest.version}`;
  for (const path of ['opt', 'etc', 'usr/local/bin', `${name}/bin`, `${name}/systemd`])
    mkdirSync(join(folder, path), { recursive: true });
  for (const path of ['.env.example', 'systemd/tocsin.service']) {
    expect(taken).toContain(path.split('/')[0]);
    cpSync(`${root}${path}`, join(folder, name, path));
  }
  const program = `#!/bin/sh\necho tocsin "DATA_DIR=$DATA_DIR" "$@" >> ${folder}/asked\n`;
  writeFileSync(join(folder, name, 'bin/tocsin'), program, { mode: 0o755 });
  run(`tar -czf ${name}.tar.gz ${name}; rm -r ${name}; export DATA_DIR=`);

  const [unpack = '', start = ''] = stepsOf('docs/install/bare.md');
  const [unit = '', beside = '', again = ''] = stepsOf('docs/install/systemd.md');
  const here = (steps: string) =>
    steps
      .replaceAll('<version>', manifest.version)
      .replaceAll(/(?<=^|[ =])\/(?=opt|etc|usr)/gm, `${folder}/`);
  run(here(`export DATA_DIR=\n${unpack}\n${unit}\n${start}\n${beside}\n${again}`));

  const inOpt = readFileSync(`${folder}/opt/tocsin/systemd/tocsin.service`, 'utf8');
  expect(inOpt).toBe(readProjectFile('systemd/tocsin.service'));
  expect(inOpt).toContain('EnvironmentFile=-/etc/tocsin/tocsin.env\n');
  expect(statSync(`${folder}/etc/tocsin/tocsin.env`).mode & 0o077).toBe(0);
  const file = `--env-file ${folder}/etc/tocsin/tocsin.env`;
  const unitFile = `${folder}/opt/tocsin/systemd/tocsin.service`;
  const data = 'tocsin DATA_DIR=/var/lib/tocsin';
  expect(asked()).toEqual([
    'tocsin DATA_DIR= demo --once',
    `systemctl link ${unitFile}`,
    'systemctl enable --now tocsin',
    ...['check', 'test soc', 'serve'].map((command) => `${data} ${file} ${command}`),
    `${data} ${file} --directory ${folder}/opt/tocsin check`,
    'journalctl --unit tocsin --since -1h',
    'systemctl reload tocsin',
    'systemctl daemon-reload',
    'systemctl restart tocsin',
  ]);
});

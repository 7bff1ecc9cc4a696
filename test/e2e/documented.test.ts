// Every command that the documents show in a block of their own is run as it stands there, or has a
// reason why no test can.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withDatabase } from '../faults/checker.ts';
import { lackOfKubectl, root } from '../k8s/manifests.ts';
import { createTestDatabase } from '../support/database.ts';
import { createWorld, type World } from '../support/world.ts';
import { blocksOf, readDocuments } from '../tree/documents.ts';
import { beyond } from './not-run.ts';

const lines = readDocuments().flatMap((document) =>
  blocksOf(document)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.replace(/ \\\n\s*/g, ' ').split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#')),
);
const shown = [...new Set(lines)];

/** The rest of the line of each command of Tocsin is split into words, as a shell would. */
const prefix = 'bin/tocsin ';
const commands = shown
  .filter((line) => line.startsWith(prefix))
  .map((line) => line.slice(prefix.length));
const words = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

/** What is asked of the database itself. */
const queries = shown.filter((line) => line.startsWith('psql "$DATABASE_URL" -c '));

test('what is shown is run, or has a reason; and no reason is kept for what is gone', () => {
  expect(commands.length).toBeGreaterThan(2);
  const others = shown.filter((line) => !line.startsWith(prefix) && !queries.includes(line));
  expect(others.sort()).toEqual(Object.keys(beyond).sort());
});

test('the database takes each query that is shown', async ({ skip }) => {
  skip(spawnSync('psql', ['--version']).error !== undefined, 'psql is not installed');
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const env = { ...process.env, DATABASE_URL: database.directUrl };
  expect(queries.length).toBeGreaterThan(0);
  for (const line of queries) {
    const { status, stderr } = spawnSync('sh', ['-c', line], { env, encoding: 'utf8' });
    expect(status, `${line}\n${stderr}`).toBe(0);
  }
});

test('kubectl understands each of its commands, and reads whole logs: of what a label selects it shows ten lines by itself', ({
  skip,
}) => {
  skip(lackOfKubectl !== undefined, lackOfKubectl);
  const cwd = mkdtempSync(join(tmpdir(), 'tocsin-kubectl-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  copyFileSync(`${root}base/secret.example.yaml`, join(cwd, 'secrets.yaml'));
  mkdirSync(join(cwd, 'tocsin'));
  writeFileSync(
    join(cwd, 'tocsin', 'kustomization.yaml'),
    `resources: [${relative(join(cwd, 'tocsin'), root)}/example]`,
  );
  for (const line of shown.filter((command) => command.startsWith('kubectl '))) {
    const { stderr } = spawnSync(
      'kubectl',
      ['--kubeconfig=/dev/null', '--server=http://127.0.0.1:1', ...words(line).slice(1)],
      {
        cwd,
        encoding: 'utf8',
      },
    );
    // Far enough to ask the cluster, which is not there.
    expect(stderr, line).toContain('127.0.0.1:1');
    if (/ logs .*-l /.test(line)) expect(line).toContain('--tail=-1');
  }
});

test('the files that the reasons name are there', () => {
  for (const path of Object.values(beyond).flatMap(
    (reason) => reason.match(/test\/[\w/.]+\.ts/g) ?? [],
  ))
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'), path).not.toBe('');
});

/** The source of the pages about tools that no type knows. */
const tool = `  tool:
    { type: webhook, proof: path, secret: 0123456789abcdef0123456789abcdef, id: item.id, event_type: item.title }
`;

test('every command of Tocsin that is shown works beside a service, in the order of the documents', async () => {
  const world = await createWorld({ database: 'postgres' });
  await world.start().ready();
  const draft = await world.run(['config', 'show']);
  const folder = dirname(world.environment.DATA_DIR!);
  writeFileSync(join(folder, 'new.yaml'), draft.stdout);
  writeFileSync(join(folder, 'sample.json'), '{"id":"a-1","title":"A strange login"}');
  const withTool = join(folder, 'tool.yaml');
  writeFileSync(withTool, draft.stdout.replace('sources:\n', `sources:\n${tool}`));
  for (const shownCommand of commands) {
    const command = shownCommand.replace('<old>', 'gone').replace('<sink>', 'soc');
    if (command !== shownCommand) await leaveBehind(world, 'gone');
    const { code, stdout, stderr } = await world.run(words(command), {
      DATA_DIR: `${world.environment.DATA_DIR}-2`,
      ...(command.includes(' tool ') && { TOCSIN_CONFIG: withTool }),
    });
    expect(code, `${command}\n${stdout}${stderr}`).toBe(0);
    expect(stdout + stderr, command).not.toBe('');
  }
});

/** Something waits for a sink that is no longer configured. */
async function leaveBehind(world: World, sink: string): Promise<void> {
  const moved = await withDatabase(
    { url: world.databaseUrl! },
    (sql) => sql`update deliveries set sink = ${sink}, state = 'pending', finalized_at = null
      where event_id = (select max(event_id) from deliveries where state = 'delivered') returning 1`,
  );
  expect(moved).toHaveLength(1);
}

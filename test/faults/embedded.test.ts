// The embedded database's directory: two processes want it, it is killed in the middle of a
// checkpoint, has no room, cannot be written, is of a newer release.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { chmod, chown, lchown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { builtFile } from '../support/built.ts';
import { createWorld, until, type World } from '../support/world.ts';
import { withDatabase } from './checker.ts';
import { repeatedByKillMax } from './cut-off.ts';
import { accountOf, drain } from './drained.ts';
import { type Dice, faultCase, isLong } from './fault-case.ts';
import { mountSmallDisk } from './small-disk.ts';

const configurationExit = 78;
const failedExit = 1;

faultCase(
  'embedded: a second process on the same directory',
  { timeoutMs: 120_000 },
  async (fault) => {
    const world = await prepare();
    addLoad(world, fault);
    const service = world.start();
    await service.ready();
    for (let run = 0; run < (isLong ? 10 : 2); run += 1) {
      addLoad(world, fault);
      const second = await world.run(['serve']);
      fault.struck();
      expect([failedExit, configurationExit]).toContain(second.code);
      expect(`${second.stdout}${second.stderr}`).toMatch(
        /DATA_DIR.*another process|DATA_DIR.*in use|DATA_DIR.*process \d+/s,
      );
      expect(service.child.exitCode).toBeNull();
    }
    await drain(world, service);
    expect(await service.end('SIGTERM')).toBe(0);
    await fault.account(accountOf(world));
  },
);

faultCase(
  'embedded: killed in the middle of a checkpoint',
  { timeoutMs: 900_000 },
  async (fault) => {
    const world = await prepare();
    const cluster = join(world.environment.DATA_DIR!, 'postgres');
    // On a busy machine a kill may come when the checkpoint is already complete: then there are
    // more.
    const [runsMin, runsMax] = isLong ? [20, 40] : [2, 8];
    let runs = 0;
    let inTheMiddle = 0;
    let service = world.start();
    await drain(world, service);
    for (; runs < runsMin || (inTheMiddle === 0 && runs < runsMax); runs += 1) {
      // Of 64 MB a checkpoint is made, and its first act is to write down which transactions are
      // committed; its last is the control file.
      addHeavyLoad(world, 200);
      const committed = changedAt(join(cluster, 'pg_xact', '0000'));
      const control = changedAt(join(cluster, 'global', 'pg_control'));
      const hasBegun = () => changedAt(join(cluster, 'pg_xact', '0000')) > committed;
      expect(await spin(hasBegun, 90_000), 'no checkpoint began').toBe(true);
      await spin(() => false, inTheMiddle === 0 ? 0 : fault.between(0, 5));
      await service.end('SIGKILL');
      fault.struck();
      if (changedAt(join(cluster, 'global', 'pg_control')) === control) inTheMiddle += 1;
      service = world.start();
      await drain(world, service, 120_000);
    }
    console.info(`embedded: ${inTheMiddle} of ${runs} kills before the checkpoint was complete`);
    expect(inTheMiddle).toBeGreaterThan(0);
    expect(await service.end('SIGTERM')).toBe(0);
    await fault.account(accountOf(world), runs * repeatedByKillMax);
  },
);

faultCase('embedded: no room, and room again', { timeoutMs: 400_000 }, async (fault) => {
  const disk = await mountSmallDisk();
  if (typeof disk === 'string') return fault.context.skip(disk);
  const world = await createWorld({
    database: 'embedded',
    environment: { POLLING_INTERVAL: '1', DATA_DIR: join(disk.path, 'data') },
  });
  const service = world.start('data', { DATA_DIR: join(disk.path, 'data') });
  await drain(world, service);
  const release = await disk.fill();
  fault.struck();
  const isFull = async () => {
    // What is written over again finds room for a while.
    addLoad(world, fault);
    await sleep(500);
    return (await service.get('/readyz')).body.includes(
      'takes no writes: its disk is full (53100)',
    );
  };
  expect(await until(isFull, 40_000), 'the disk was never full').toBe(true);
  const failing = () => service.metric('tocsin_database_writes_failing{reason="disk_full"}');
  expect(await until(async () => (await failing()) === 1, 20_000)).toBe(true);
  const said = (words: string) =>
    world.mattermost.posts.filter(({ text }) => text.includes(words)).length;
  if (isLong)
    expect(await until(() => said('has taken no writes since') > 0, 90_000), 'no notice came').toBe(
      true,
    );
  await release();
  await drain(world, service, 90_000);
  if (isLong) {
    expect(
      await until(() => said('takes writes again') > 0, 90_000),
      'no notice of the end came',
    ).toBe(true);
    expect([said('has taken no writes since'), said('takes writes again')]).toEqual([1, 1]);
  }
  expect(service.child.exitCode).toBeNull();
  expect(await service.end('SIGTERM')).toBe(0);
  await fault.account(accountOf(world));
});

faultCase('embedded: a directory that cannot be written', { timeoutMs: 120_000 }, async (fault) => {
  const account = unprivilegedAccount();
  if (typeof account === 'string') return fault.context.skip(account);
  const world = await prepare();
  addLoad(world, fault);
  const home = await mkdtemp(join(tmpdir(), 'tocsin-readonly-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const dataDir = join(home, 'data');
  await mkdir(dataDir);
  for (const path of [home, dataDir]) {
    await chown(path, account.uid, account.gid);
    await chmod(path, 0o700);
  }
  const start = () => startAs(account, { ...world.environment, DATA_DIR: dataDir }, home);
  const first = start();
  await world.arrived(world.tenant.ids('events').length, 30_000);
  await end(first.child);
  await setMode(dataDir, 0o500);
  const refused = start();
  const [code] = await once(refused.child, 'exit');
  fault.struck();
  expect([failedExit, configurationExit]).toContain(code);
  expect(refused.output()).toMatch(/DATA_DIR.*may not write there/);
  await setMode(dataDir, 0o700);
  addLoad(world, fault);
  const again = start();
  const wanted = world.tenant.ids('events').length + world.tenant.ids('suspicious').length + 2;
  expect(await world.arrived(wanted, 30_000)).toBe(wanted);
  expect(await end(again.child)).toBe(0);
  // Tocsin, and with it this check, does not open what belongs to another user.
  await chownAll(home, { uid: process.getuid!(), gid: process.getgid!() });
  await fault.account({ ...accountOf(world), stored: { dataDir } });
});

faultCase('embedded: a directory of a newer release', { timeoutMs: 120_000 }, async (fault) => {
  const world = await prepare();
  addLoad(world, fault);
  let service = world.start();
  await drain(world, service);
  await service.end('SIGTERM');
  const dataDir = world.environment.DATA_DIR!;
  // A newer schema, which never breaks the release before it: it goes on.
  await withDatabase({ dataDir }, async (sql) => {
    await sql`insert into tocsin_migrations (hash) values ('of-a-newer-release')`;
    await sql`alter table events add column of_a_newer_release text`;
  });
  addLoad(world, fault);
  service = world.start();
  fault.struck();
  await drain(world, service);
  expect(await service.end('SIGTERM')).toBe(0);
  // Files of a newer Postgres are of no use: it says so and touches nothing.
  const version = join(dataDir, 'postgres', 'PG_VERSION');
  const own = readFileSync(version, 'utf8');
  await writeFile(version, '19\n');
  addLoad(world, fault);
  const refused = await world.run(['serve']);
  fault.struck();
  expect([failedExit, configurationExit]).toContain(refused.code);
  expect(`${refused.stdout}${refused.stderr}`).toMatch(
    /DATA_DIR.*was written by Postgres 19.*newer/,
  );
  await writeFile(version, own);
  service = world.start();
  await drain(world, service);
  expect(await service.end('SIGTERM')).toBe(0);
  await fault.account(accountOf(world));
});

function prepare(): Promise<World> {
  return createWorld({ database: 'embedded', environment: { POLLING_INTERVAL: '1' } });
}

function addLoad({ tenant }: World, dice: Dice): void {
  tenant.add('events', dice.between(20, 60));
  tenant.add('suspicious', dice.between(20, 60));
}

/** Items of 200 kB, of which the database gets each byte twice and that cannot be packed. */
function addHeavyLoad({ tenant }: World, count: number): void {
  const text = Array.from({ length: 100 }, (_, index) =>
    `${index}`.padStart(2000, 'C:\\scripts\\'),
  ).join('');
  for (const id of tenant.add('events', count))
    tenant.change('events', id, { path: `${id} ${text}` });
}

function changedAt(file: string): number {
  return statSync(file).mtimeMs;
}

/** Looks as often as it can, and lets others run between. */
async function spin(isTrue: () => boolean, waitMs: number): Promise<boolean> {
  const endMs = performance.now() + waitMs;
  while (performance.now() < endMs) {
    if (isTrue()) return true;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return false;
}

interface UnixAccount {
  readonly uid: number;
  readonly gid: number;
}

/** Root may write everywhere. @returns why there is nobody else, if so */
function unprivilegedAccount(): UnixAccount | string {
  if (process.getuid?.() !== 0) return { uid: process.getuid!(), gid: process.getgid!() };
  const account = { uid: 65_534, gid: 65_534 };
  const probe = spawnSync(process.execPath, [builtFile('main.ts'), '--help'], {
    ...account,
    cwd: '/',
  });
  return probe.status === 0
    ? account
    : 'an unprivileged user cannot run the service from this checkout';
}

interface Started {
  readonly child: ChildProcess;
  output(): string;
}

function startAs(account: UnixAccount, env: NodeJS.ProcessEnv, cwd: string): Started {
  const identity = process.getuid?.() === 0 ? account : {};
  const child = spawn(process.execPath, [builtFile('main.ts'), 'serve'], {
    ...identity,
    env,
    cwd,
    stdio: 'pipe',
  });
  onTestFinished(() => end(child, 'SIGKILL').then(() => undefined));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream!.on('data', (text) => {
      output += text;
    });
  }
  return { child, output: () => output };
}

async function end(
  child: ChildProcess,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

async function setMode(folder: string, mode: number): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await chmod(join(folder, entry.name), mode);
  }
  await chmod(folder, mode);
}

/** A folder, and all that is in it. */
async function chownAll(folder: string, owner: UnixAccount): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  for (const path of [folder, ...names.map((name) => join(folder, name))])
    await lchown(path, owner.uid, owner.gid);
}

// Where a release runs in the tests: namespaces of its own, in which there is no network but the
// loopback and no repository, as a user without any right.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { until } from '../../support/world.ts';
import { root } from '../../tree/source-files.ts';

export const uid = 10001;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How Tocsin is started at a place. */
export interface Place {
  /** Lines of a shell, run as root inside of the namespaces before Tocsin starts. */
  readonly prepare: readonly string[];
  /** One more, for a command that writes temporary files. */
  readonly temporary?: string;
  /** The words that start Tocsin as the user, before its own arguments. */
  readonly launch: readonly string[];
  /** Where Tocsin finds its configuration and its data, as the place names them. */
  readonly configPath: string;
  readonly dataPath: string;
  /** The same folder for data, as the test names it. Kept from one start to the next. */
  readonly dataFolder: string;
}

/** An empty folder that goes with the test. Everybody may enter it. */
export function newFolder(owner = 0): string {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-place-'));
  chmodSync(folder, 0o755);
  chownSync(folder, owner, owner);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What is told to the tarball's `bin/tocsin` on this machine, with Node beside it. */
export function hostPlace(folder: string, config: string): Place {
  const empty = newFolder(uid);
  const dataFolder = join(newFolder(uid), 'data');
  mkdirSync(dataFolder, { mode: 0o700 });
  chownSync(dataFolder, uid, uid);
  return {
    prepare: [`mount -t tmpfs tmpfs ${root}`, `cd ${empty}`],
    launch: [
      ...['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--no-new-privs'],
      join(folder, 'bin/tocsin'),
    ],
    configPath: config,
    dataPath: dataFolder,
    dataFolder,
  };
}

/** What a container's runtime does with the image's root file system. */
export function imagePlace(
  rootFolder: string,
  entrypoint: readonly string[],
  config: string,
): Place {
  const dataFolder = newFolder(uid);
  chmodSync(dataFolder, 0o700);
  const inside = (path: string) => join(rootFolder, path);
  for (const path of ['config', 'dev']) mkdirSync(inside(path), { recursive: true });
  return {
    prepare: [
      `mount --bind ${rootFolder} ${rootFolder}`,
      `mount --bind ${dataFolder} ${inside('data')}`,
      `mount --bind ${dirname(config)} ${inside('config')}`,
      `mount -t proc proc ${inside('proc')}`,
      `mount -t tmpfs -o size=64k tmpfs ${inside('dev')}`,
      ...['null', 'zero', 'urandom'].map(
        (name) =>
          `touch ${inside('dev')}/${name} && mount --bind /dev/${name} ${inside('dev')}/${name}`,
      ),
      `mount -o remount,bind,ro ${rootFolder}`,
      'cd /',
    ],
    temporary: `mount -t tmpfs tmpfs ${inside('tmp')}`,
    launch: [
      ...['setpriv', '--no-new-privs', 'chroot', `--userspec=${uid}:${uid}`, '--groups='],
      rootFolder,
      ...entrypoint,
    ],
    configPath: '/config/tocsin.yaml',
    dataPath: '/data',
    dataFolder,
  };
}

function spawnAt(place: Place, argv: readonly string[]): ChildProcess {
  const script = ['set -e', 'ip link set lo up', ...place.prepare, 'exec "$@"'].join('\n');
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child=SIGKILL'];
  const environment = {
    PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin`,
    TOCSIN_CONFIG: place.configPath,
    DATA_DIR: place.dataPath,
    HOOK_SECRET: '0123456789abcdef0123456789abcdef',
    NODE_ENV: 'production',
  };
  return spawn('unshare', [...namespaces, 'sh', '-c', script, 'sh', ...place.launch, ...argv], {
    cwd: '/',
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a command to its end. */
export async function runAt(place: Place, ...argv: string[]): Promise<Ended> {
  return new Running(spawnAt(place, argv)).ended;
}

/** Starts a command that goes on until it is told to stop, or the test is over. */
export function startAt(place: Place, ...argv: string[]): Running {
  return new Running(spawnAt(place, argv));
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export class Running {
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout!.on('data', (bytes) => {
      this.stdout += bytes;
    });
    child.stderr!.on('data', (bytes) => {
      this.stderr += bytes;
    });
    this.ended = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await this.ended;
    });
  }

  /** The process inside, by its number outside: there it is process 1. */
  get pid(): number {
    const { pid } = this.#child;
    if (this.#child.exitCode !== null) throw new Error(`it has ended: ${this.stderr}`);
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
  }

  /** Sends a signal to the process inside, and waits for its end. */
  async end(signal: NodeJS.Signals): Promise<Ended> {
    process.kill(this.pid, signal);
    return this.ended;
  }

  /** Asks the service inside. Null: nobody answered. */
  ask(path: string, body?: object): Answer | null {
    const request = {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        'content-type': 'application/json',
        'x-secret': '0123456789abcdef0123456789abcdef',
      },
    };
    const script = `fetch(process.argv[1], JSON.parse(process.argv[2])).then(async (answer) =>
      console.log(JSON.stringify({ status: answer.status, text: await answer.text() })), () => console.log('null'))`;
    const words = [process.execPath, '-e', script, `http://127.0.0.1:8080${path}`];
    const asked = spawnSync(
      'nsenter',
      [`--net=/proc/${this.pid}/ns/net`, ...words, JSON.stringify(request)],
      { encoding: 'utf8', timeout: 30_000 },
    );
    // Nothing: the process had no network yet, or has it no longer.
    return asked.stdout === '' ? null : JSON.parse(asked.stdout);
  }

  /** Waits until the service is ready. */
  async ready(): Promise<void> {
    expect(await until(() => this.ask('/readyz')?.status === 200, 60_000), this.stderr).toBe(true);
  }
}

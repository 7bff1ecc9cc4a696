// Real servers on loopback: whether the program of one is there, and how it is started, killed and
// started again. `get-servers.sh` beside this file gets the programs.
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, onTestFinished, test, vi } from 'vitest';

const cache = process.env.REAL_SERVERS || join(homedir(), '.cache', 'tocsin-real-servers');

/** @returns the path of what `get-servers.sh` puts there by this name */
export const cached = (name: string): string => join(cache, name);

const folders = [
  join(cache, 'bin'),
  join(cache, 'venv', 'bin'),
  // Its programs elsewhere change the user and the folder.
  '/usr/lib/rabbitmq/bin',
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/sbin',
];

/** @returns its path; undefined: it is not there */
export function findProgram(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** As {@link findProgram}. @throws if it is not there */
export function program(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`there is no program ${name}`);
  return path;
}

export interface Needs {
  readonly programs: readonly string[];
  /** What it needs besides: its path, see {@link cached}. */
  readonly folder?: string;
  /** It gives its rights away, and so must be started by root. */
  readonly isRoot?: boolean;
}

/**
 * The tests of a product, skipped with a reason where it cannot run. With REAL_SERVERS_WANTED=all
 * they fail there, so that a nightly run cannot be green without them.
 */
export function describeReal(product: string, needs: Needs, define: () => void): void {
  const problem = whatLacks(needs);
  if (problem === undefined) return void describe(product, define);
  const isWanted = process.env.REAL_SERVERS_WANTED === 'all';
  test(`${product} can be run here`, ({ skip }) => {
    if (isWanted) throw new Error(problem);
    skip(problem);
  });
}

function whatLacks({ programs, folder, isRoot = false }: Needs): string | undefined {
  const absent = programs.filter((name) => findProgram(name) === undefined);
  if (folder !== undefined && !existsSync(folder)) absent.push(folder);
  if (absent.length > 0)
    return `there is no ${absent.join(', no ')}; npm run test:real:servers gets it`;
  return isRoot && process.getuid?.() !== 0 ? 'it must be started by root' : undefined;
}

/** A folder for its files, which is removed with the test. */
export function serverFolder(product: string): string {
  const folder = mkdtempSync(join(tmpdir(), `tocsin-real-${product}-`));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export interface ServerOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Throws or rejects until it takes what clients send. @param said all that it wrote so far */
  isReady(said: string): unknown;
}

/** It ends with its test, and whatever it started too. */
export class RealServer {
  readonly #options: ServerOptions;
  #child: ChildProcess | undefined;
  #said = '';

  constructor(options: ServerOptions) {
    this.#options = options;
    onTestFinished(() => this.kill());
  }

  /** Everything that it wrote since it was last started. */
  get said(): string {
    return this.#said;
  }

  /** Resolves once it is ready. @throws with its last words, if it ends instead */
  async start(): Promise<this> {
    const { program: path, args, env, isReady } = this.#options;
    this.#said = '';
    // A group of its own, so that a signal reaches its children as well.
    const child = spawn(path, args, {
      ...{ detached: true, cwd: '/', env: { ...process.env, ...env } },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    // Read to the end: a server that cannot write its log hangs.
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk) => {
        this.#said += chunk;
      });
    const failed = new Promise<never>((_resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(this.#failure(`ended with ${code}`)));
    });
    failed.catch(() => {});
    const ready = vi.waitFor(async () => isReady(this.#said), { timeout: 120_000, interval: 200 });
    await Promise.race([failed, ready]).catch((error) => {
      throw this.#failure(String(error));
    });
    return this;
  }

  #failure(what: string): Error {
    return new Error(`${this.#options.program}: ${what}\n${this.#said.slice(-2_000)}`);
  }

  /** At once, as a machine does that loses its power. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    this.#child = undefined;
    const isGone = child.exitCode !== null || child.signalCode !== null;
    const gone = isGone || new Promise((resolve) => child.once('exit', resolve));
    endGroup(child.pid);
    await gone;
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // None of them lives any more.
  }
}

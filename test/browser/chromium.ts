// A headless Chromium, driven through a pair of pipes by its own protocol. It opens pages of
// loopback alone, and ends when it is closed or when this process dies.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const program = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync('which', [name]).status === 0,
);

/** Why the tests that need it are skipped; undefined where it is installed. */
export const missing =
  program === undefined
    ? 'chromium is not installed; `apt-get install chromium` brings it'
    : undefined;

const flags = [
  '--headless=new',
  '--remote-debugging-pipe',
  '--no-sandbox',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-dev-shm-usage',
  '--disable-extensions',
  '--disable-gpu',
  '--disable-sync',
  '--hide-scrollbars',
  '--force-color-profile=srgb',
  // Loopback goes past a proxy. Everything else finds nobody.
  '--proxy-server=http://127.0.0.1:9',
];

const loadMaxMs = 30_000;

const namedKeys = {
  Enter: { windowsVirtualKeyCode: 13, text: '\r' },
  Tab: { windowsVirtualKeyCode: 9 },
} as const;
type KeyName = keyof typeof namedKeys;

export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly isDark?: boolean;
  /** Device pixels a CSS pixel; default 1. */
  readonly scale?: number;
}

type Answer = Readonly<Record<string, unknown>>;

export class Chromium {
  readonly #child: ChildProcess;
  readonly #directory: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #events = new Map<string, () => void>();
  #session = '';
  #last = 0;

  private constructor(child: ChildProcess, directory: string) {
    this.#child = child;
    this.#directory = directory;
    let rest = '';
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const whole = (rest + text).split('\0');
      rest = whole.pop()!;
      for (const message of whole) this.#take(JSON.parse(message));
    });
  }

  /** With one page. @throws {Error} that says why there is none */
  static async start(): Promise<Chromium> {
    if (program === undefined) throw new Error(missing);
    const directory = mkdtempSync(join(tmpdir(), 'tocsin-chromium-'));
    const child = spawn(program, [...flags, `--user-data-dir=${directory}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      // The leader of a group, with which its own processes end.
      detached: true,
    });
    const chromium = new Chromium(child, directory);
    const { targetInfos } = (await chromium.#ask('Target.getTargets')) as {
      targetInfos: { type: string; targetId: string }[];
    };
    const { targetId } = targetInfos.find(({ type }) => type === 'page')!;
    const attached = await chromium.#ask('Target.attachToTarget', { targetId, flatten: true });
    chromium.#session = attached.sessionId as string;
    await chromium.#ask('Page.enable');
    return chromium;
  }

  async setScreen({ width, height, isDark = false, scale = 1 }: Screen): Promise<void> {
    const mobile = width < 600;
    const screen = { width, height, deviceScaleFactor: scale, mobile };
    await this.#ask('Emulation.setDeviceMetricsOverride', screen);
    const value = isDark ? 'dark' : 'light';
    const features = [{ name: 'prefers-color-scheme', value }];
    await this.#ask('Emulation.setEmulatedMedia', { features });
  }

  /** From now on this script runs in each page before any of its own. */
  async prepare(script: string): Promise<void> {
    await this.#ask('Page.addScriptToEvaluateOnNewDocument', { source: script });
  }

  /** Resolves once the page has loaded. */
  async open(url: string): Promise<void> {
    await this.follow(() => this.#ask('Page.navigate', { url }));
  }

  /** Resolves once the page to which the act leads has loaded. @throws {Error} none has */
  async follow(act: () => Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const loaded = new Promise<void>((resolve, reject) => {
      this.#events.set('Page.loadEventFired', resolve);
      const late = () => reject(new Error(`no page had loaded after ${loadMaxMs} ms`));
      timer = setTimeout(late, loadMaxMs);
    });
    await Promise.all([loaded, act()]);
    clearTimeout(timer);
  }

  /** Whether pages may run scripts, from the next one on. */
  async setScripts(areOn: boolean): Promise<void> {
    await this.#ask('Emulation.setScriptExecutionDisabled', { value: !areOn });
  }

  /** Presses a key as a person does: a sign, or one that has a name. */
  async press(key: KeyName | (string & {})): Promise<void> {
    const named = Object.hasOwn(namedKeys, key) ? namedKeys[key as KeyName] : { text: key };
    const what = { key, code: key.length > 1 ? key : '', ...named };
    await this.#ask('Input.dispatchKeyEvent', { type: 'keyDown', ...what });
    await this.#ask('Input.dispatchKeyEvent', { type: 'keyUp', ...what });
  }

  /** Writes where the focus is. */
  async type(text: string): Promise<void> {
    await this.#ask('Input.insertText', { text });
  }

  /** The value of an expression in the page, which may be a promise. @throws what it throws */
  async value<Value>(expression: string): Promise<Value> {
    const answer = (await this.#ask('Runtime.evaluate', {
      ...{ expression, returnByValue: true, awaitPromise: true },
    })) as { result: { value: Value }; exceptionDetails?: unknown };
    if (answer.exceptionDetails !== undefined)
      throw new Error(JSON.stringify(answer.exceptionDetails));
    return answer.result.value;
  }

  /** Writes what is on the screen, or a part of that, as PNG. */
  async picture(file: string, clip?: Readonly<Record<'x' | 'y' | 'width' | 'height', number>>) {
    const part = clip && { clip: { ...clip, scale: 1 } };
    const { data } = await this.#ask('Page.captureScreenshot', { format: 'png', ...part });
    writeFileSync(file, Buffer.from(data as string, 'base64'));
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      process.kill(-this.#child.pid!, 'SIGKILL');
      await ended;
    }
    // The last of its processes may still write there.
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  #ask(method: string, params: object = {}): Promise<Answer> {
    this.#last += 1;
    const id = this.#last;
    const session = this.#session === '' ? {} : { sessionId: this.#session };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (answer) => {
        if (answer.error === undefined) resolve(answer.result as Answer);
        else reject(new Error(`${method}: ${JSON.stringify(answer.error)}`));
      });
      (this.#child.stdio[3] as Writable).write(
        `${JSON.stringify({ id, method, params, ...session })}\0`,
      );
    });
  }

  #take(message: Answer): void {
    const { id, method } = message;
    if (typeof id === 'number') {
      this.#waiting.get(id)?.(message);
      this.#waiting.delete(id);
    } else if (typeof method === 'string') {
      this.#events.get(method)?.();
      this.#events.delete(method);
    }
  }
}

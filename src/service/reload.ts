// Reads the configuration again when asked to or when one of its files has changed. The new one is
// taken over as a whole or not at all.

import { type Config, changesForRestart } from '../config/index.ts';
import { createWake } from '../core/loops/wake.ts';
import { ConfigError } from '../kit/errors.ts';
import { areSame, type FilesRead, lookAgain } from '../kit/files.ts';
import { describeError, type Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics/index.ts';

/**
 * Watching the file system misses what a network file system or a swapped folder does; reading a
 * few small files misses nothing.
 */
const lookMs = 2000;

/** Where configurations come from. */
export interface ConfigOrigin {
  /** The files of the configuration that was started with. */
  readonly files: FilesRead;
  /** @param files takes down the files of this one @throws {ConfigError} */
  reread(files: FilesRead): Config | Promise<Config>;
}

export interface ReloadDependencies extends ConfigOrigin {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The configuration that runs. */
  running(): Config;
  /**
   * Replaces the running configuration.
   * @returns why that has to wait, with nothing changed; undefined once it is done
   * @throws {ConfigError} it cannot be used
   */
  takeOver(next: Config): Promise<string | undefined>;
}

export interface Reloading {
  /** Reads the configuration again at once, or after the reading that is under way. */
  now(): void;
  /** No further reading begins. */
  stop(): void;
}

export function noteSuccess(
  { configLastReloadSuccessful, configLastReloadSuccess, configHash }: Metrics,
  { hash }: Config,
) {
  configLastReloadSuccessful.set(1);
  configLastReloadSuccess.set(Date.now() / 1000);
  configHash.set(hash);
}

export function startReloading(deps: ReloadDependencies): Reloading {
  return new Reloader(deps);
}

class Reloader implements Reloading {
  readonly #deps: ReloadDependencies;
  readonly #wake = createWake();
  #isAsked = false;
  #isStopping = false;
  /** The last configuration is right and not yet taken over. */
  #isWaiting = false;
  #runningFiles: FilesRead;
  #lastFiles: FilesRead;
  #lastLook: FilesRead | undefined;

  constructor(deps: ReloadDependencies) {
    this.#deps = deps;
    this.#runningFiles = deps.files;
    this.#lastFiles = deps.files;
    void this.#loop();
  }

  now(): void {
    this.#isAsked = true;
    this.#wake.now();
  }

  stop(): void {
    this.#isStopping = true;
    this.#wake.now();
  }

  async #loop(): Promise<void> {
    while (!this.#isStopping) {
      await this.#wake.wait(lookMs);
      if (!this.#isStopping && (await this.#isDue())) await this.#reload();
    }
  }

  async #isDue(): Promise<boolean> {
    return this.#isAsked || this.#isWaiting || (await this.#haveChanged());
  }

  /**
   * A file that is half written may be valid and mean something else. So a change counts only once
   * two looks in a row found the same content.
   */
  async #haveChanged(): Promise<boolean> {
    const look = await lookAgain(this.#lastFiles);
    const isAtRest = this.#lastLook !== undefined && areSame(look, this.#lastLook);
    this.#lastLook = look;
    return isAtRest && !areSame(look, this.#lastFiles);
  }

  async #reload(): Promise<void> {
    this.#isAsked = false;
    const files: FilesRead = new Map();
    this.#lastFiles = files;
    this.#lastLook = undefined;
    try {
      const next = await this.#deps.reread(files);
      const variables = changesForRestart(this.#deps.running(), next);
      if (variables.length === 0) return await this.#finish(next);
      const problem = `Only a restart can change ${variables.join(', ')}.`;
      this.#refuse({ remedy: 'restart, or take the change back', problems: [problem] });
    } catch (error) {
      this.#refuse(refusalOf(error));
    }
  }

  async #finish(next: Config): Promise<void> {
    const { log, metrics, takeOver, running } = this.#deps;
    const isOther = !areSame(this.#lastFiles, this.#runningFiles);
    const reason = isOther ? await takeOver(next) : undefined;
    if (reason !== undefined) {
      if (!this.#isWaiting && !this.#isStopping)
        log.warn(
          { reason },
          'a new configuration is right, and is taken over when the database answers',
        );
      this.#isWaiting = true;
      return;
    }
    this.#isWaiting = false;
    this.#runningFiles = this.#lastFiles;
    noteSuccess(metrics, running());
    if (!isOther) log.info({}, 'the configuration was read again, and nothing has changed');
  }

  #refuse({ remedy, problems, hints = [], error }: Refusal): void {
    const { log, metrics } = this.#deps;
    this.#isWaiting = false;
    metrics.configLastReloadSuccessful.set(0);
    const err = error === undefined ? null : describeError(error);
    log.error(
      { remedy, problems, hints, err },
      'a new configuration is refused as a whole, and the one before it goes on',
    );
  }
}

interface Refusal {
  readonly remedy: string;
  /** Everything that is wrong, in sentences. */
  readonly problems: readonly string[];
  readonly hints?: readonly string[];
  /** The error of our own code, if the configuration is not at fault. */
  readonly error?: unknown;
}

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ConfigError)) return { remedy: 'it cannot be used', problems: [], error };
  const problems = error.problems.map(
    ({ where, problem, remedy }) => `${where} ${problem}. ${remedy}`,
  );
  return { remedy: 'correct what is listed', problems, hints: error.warnings };
}

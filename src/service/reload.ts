// Reads the configuration again when somebody asks or one of its files has changed, and has it taken over as a whole, or not at all.

import { type Config, changesForRestart } from '../config/index.ts';
import { createWake } from '../core/loops/wake.ts';
import { ConfigError } from '../kit/errors.ts';
import { areSame, type FilesRead, lookAgain } from '../kit/files.ts';
import { describeError, type Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics/index.ts';

/** Watching the file system misses what a network file system or a swapped folder does; reading a few small files misses nothing. */
const lookMs = 2000;

/** Where configurations come from. */
export interface ConfigOrigin {
  /** The files of the configuration that was started with. */
  readonly files: FilesRead;
  /** @param files takes down the files of this one @throws {ConfigError} */
  reread(files: FilesRead): Config;
}

export interface ReloadDependencies extends ConfigOrigin {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The configuration that runs. */
  running(): Config;
  /** Puts it in the place of the one that runs. @returns why that has to wait, with nothing changed; undefined once it is done */
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
  const { log, metrics } = deps;
  const wake = createWake();
  let isAsked = false;
  let isStopping = false;
  /** The last one is right and not yet taken over. */
  let isWaiting = false;
  let runningFiles = deps.files;
  let lastFiles = deps.files;
  let lastLook: FilesRead | undefined;

  /** Half a file can be a right one that means something else: what has changed must be the same twice in a row. */
  async function haveChanged(): Promise<boolean> {
    const look = await lookAgain(lastFiles);
    const isAtRest = lastLook !== undefined && areSame(look, lastLook);
    lastLook = look;
    return isAtRest && !areSame(look, lastFiles);
  }

  /** @param problems everything that is wrong, in sentences @param error of ours, if the fault is not in the configuration */
  function refuse(remedy: string, problems: readonly string[], hints: readonly string[] = [], error?: unknown): void {
    isWaiting = false;
    metrics.configLastReloadSuccessful.set(0);
    const err = error === undefined ? null : describeError(error);
    log.error(
      { remedy, problems, hints, err },
      'a new configuration is refused as a whole, and the one before it goes on',
    );
  }

  async function reload(): Promise<void> {
    isAsked = false;
    lastFiles = new Map();
    lastLook = undefined;
    try {
      const next = deps.reread(lastFiles);
      const variables = changesForRestart(deps.running(), next);
      if (variables.length > 0)
        return refuse('restart, or take the change back', [`Only a restart can change ${variables.join(', ')}.`]);
      await finish(next);
    } catch (error) {
      if (!(error instanceof ConfigError)) return refuse('it cannot be used', [], [], error);
      const problems = error.problems.map(({ where, problem, remedy }) => `${where} ${problem}. ${remedy}`);
      refuse('correct what is listed', problems, error.warnings);
    }
  }

  async function finish(next: Config): Promise<void> {
    const isOther = !areSame(lastFiles, runningFiles);
    const reason = isOther ? await deps.takeOver(next) : undefined;
    if (reason !== undefined) {
      if (!isWaiting && !isStopping)
        log.warn({ reason }, 'a new configuration is right, and is taken over when the database answers');
      isWaiting = true;
      return;
    }
    isWaiting = false;
    runningFiles = lastFiles;
    noteSuccess(metrics, deps.running());
    if (!isOther) log.info({}, 'the configuration was read again, and nothing has changed');
  }

  async function loop(): Promise<void> {
    while (!isStopping) {
      await wake.wait(lookMs);
      if (!isStopping && (isAsked || isWaiting || (await haveChanged()))) await reload();
    }
  }
  void loop();

  return {
    now() {
      isAsked = true;
      wake.now();
    },
    stop() {
      isStopping = true;
      wake.now();
    },
  };
}

// Reads configurations from a directory of their own, for tests of the configuration.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import {
  type Config,
  type LoadOptions,
  loadConfig,
  type Registries,
} from '../../src/config/index.ts';
import { ConfigError, type ConfigProblem } from '../../src/kit/errors.ts';
import { registries as plainRegistries } from './registries.ts';

export const token = 'key-of-an-api-connector';
export const hook = 'https://chat.example/hooks/3hook5id7of9twenty6letters';
/** The variables without which nothing can be read and nothing posted. */
export const three = {
  DEEPINSTINCT_URL: 'https://console.example',
  TOKENS_KEY: token,
  MATTERMOST_WEBHOOK_URL: hook,
};

type Env = Record<string, string | undefined>;

export interface Loader {
  /** The directory that relative paths begin in: a new one for each test. */
  home(): string;
  load(env: Env, options?: Partial<LoadOptions>): Config;
  problemsOf(env: Env, options?: Partial<LoadOptions>): readonly ConfigProblem[];
  /** With this text as tocsin.yaml. */
  loadYaml(text: string, env?: Env): Config;
  /** As sentences: where, problem, remedy. */
  yamlProblems(text: string, env?: Env): string[];
  /** The same without the remedies. */
  yamlFaults(text: string, env?: Env): string[];
}

/** @param registries default: adapters of few settings, which cannot be created */
export function createLoader(registries: Registries = plainRegistries): Loader {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tocsin-config-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const load: Loader['load'] = (env, options = {}) =>
    loadConfig({ env, directory, registries, ...options });
  const problemsOf: Loader['problemsOf'] = (env, options = {}) => {
    try {
      load(env, options);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  };
  const write = (text: string, env: Env) => {
    writeFileSync(join(directory, 'tocsin.yaml'), text);
    return { TOCSIN_CONFIG: 'tocsin.yaml', ...env };
  };
  return {
    home: () => directory,
    load,
    problemsOf,
    loadYaml: (text, env = three) => load(write(text, env)),
    yamlProblems: (text, env = three) =>
      problemsOf(write(text, env)).map((p) => `${p.where} ${p.problem}. ${p.remedy}`),
    yamlFaults: (text, env = three) =>
      problemsOf(write(text, env)).map((p) => `${p.where} ${p.problem}`),
  };
}

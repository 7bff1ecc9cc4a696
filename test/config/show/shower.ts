// Shows configurations that are read from a folder of their own.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type ConfigReading, readConfig } from '../../../src/config/index.ts';
import { type ShownConfig, showConfig } from '../../../src/config/show/index.ts';
import { sinks } from '../../../src/sinks/index.ts';
import { sources } from '../../../src/sources/index.ts';

type Environment = Readonly<Record<string, string>>;

export interface Shower {
  /** The folder, with one for secrets in it. */
  home(): string;
  read(env: Environment): ConfigReading;
  /** @param yaml the text of tocsin.yaml; undefined: variables alone */
  show(env: Environment, yaml?: string): ShownConfig;
}

export function createShower(): Shower {
  let home = '';
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'tocsin-show-'));
    mkdirSync(join(home, 'secrets'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const read = (env: Environment) =>
    readConfig({ env, directory: home, registries: { sources, sinks } });
  return {
    home: () => home,
    read,
    show(env, yaml) {
      if (yaml !== undefined) writeFileSync(join(home, 'tocsin.yaml'), yaml);
      return showConfig(read(yaml === undefined ? env : { ...env, TOCSIN_CONFIG: 'tocsin.yaml' }));
    },
  };
}

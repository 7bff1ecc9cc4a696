// An embedded database in a directory of its own for each test, closed and removed after it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import {
  type EmbeddedDatabase,
  type EmbeddedOptions,
  openEmbedded,
} from '../../../src/store/embedded/open.ts';
import { seedPath } from '../../../src/store/embedded/seed.ts';

export interface Place {
  readonly dataDir: string;
  /** What was reported to `onFatal`, by all databases of this test. */
  readonly fatal: readonly Error[];
  /** From the prepared archive, unless the options say otherwise. */
  open(options?: Partial<EmbeddedOptions>): Promise<EmbeddedDatabase>;
}

export function useEmbedded(): Place {
  let dataDir: string;
  let opened: EmbeddedDatabase[];
  let fatal: Error[];
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tocsin-'));
    opened = [];
    fatal = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((database) => database.close()));
    await rm(dataDir, { recursive: true, force: true });
  });
  return {
    get dataDir() {
      return dataDir;
    },
    get fatal() {
      return fatal;
    },
    async open(options = {}) {
      const database = await openEmbedded({
        dataDir,
        seedPath,
        onFatal: (error) => fatal.push(error),
        ...options,
      });
      opened.push(database);
      return database;
    },
  };
}

// What an operation gets from its door: a database, a configuration, and somebody who may do
// everything.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, loadConfig } from '../../src/config/index.ts';
import type { Actor, OperationContext } from '../../src/operations/index.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import type { Database } from '../../src/store/database.ts';

export const ann: Actor = { name: 'ann', role: 'admin', via: 'cli', address: null };

const plain = `
sources:
  a: { type: deepinstinct_events, url: "https://console.example", token: "0123456789abcdef" }
sinks:
  soc: { type: mattermost, url: "https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz" }
`;

/** @param file a `tocsin.yaml`; default: source `a` and sink `soc`, both without a far end */
export function configOf(file: string = plain): Config {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-acting-'));
  try {
    writeFileSync(join(directory, 'tocsin.yaml'), file);
    const env = { TOCSIN_CONFIG: 'tocsin.yaml', EMBEDDED: 'yes' };
    return loadConfig({ env, directory, registries: { sources, sinks } });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

let known: Config | undefined;

export function contextOn(db: Database, more: Partial<OperationContext> = {}): OperationContext {
  known ??= configOf();
  return { db, actor: ann, config: known, ...more };
}

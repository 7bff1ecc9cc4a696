// A tocsin.yaml that says what the variables alone say, and gives the sink a time-out, which only a
// file can. The default of 30 s is a long wait for a test.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const file = (timeout: string) => `
sources:
  deepinstinct_events: { type: deepinstinct_events, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}" }
  deepinstinct_suspicious_events: { type: deepinstinct_suspicious_events, url: "\${DEEPINSTINCT_URL}", token: "\${TOKENS_KEY}" }
sinks:
  soc: { type: mattermost, url: "\${MATTERMOST_WEBHOOK_URL}", timeout: ${timeout} }
routes:
  - { name: all, to: [soc] }
storm: "off"
`;

/**
 * The variable that names the file, for the environment of a world. Must be called within a test.
 * @param timeout `5s`: as a user writes it
 */
export function withSinkTimeout(timeout: string): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-timeout-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'tocsin.yaml');
  writeFileSync(path, file(timeout));
  return { TOCSIN_CONFIG: path };
}

// The tools on the page of the generic source: what each sends is read by the settings beside it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runHere } from '../../commands/in-process.ts';
import { blocksOf } from '../../tree/documents.ts';
import { readProjectFile } from '../../tree/project-files.ts';

const path = 'docs/sources/webhook.md';
const sinks = 'sinks: { soc: { type: stdout } }\n';

/** What `source try` says of the sample below this heading. */
async function tried(heading: string) {
  const [, section = ''] = readProjectFile(path).split(`\n### ${heading}\n`);
  const [settings, sample] = blocksOf({ path, text: section });
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-tool-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const yaml = settings!.text.replace(/\$\{\w+\}/, 'a-secret-of-32-random-characters');
  writeFileSync(join(directory, 'tocsin.yaml'), yaml + sinks);
  writeFileSync(join(directory, 'sample.json'), sample!.text);
  const [, id = ''] = /^ {2}(\w+):$/m.exec(yaml) ?? [];
  const argv = ['source', 'try', id, '--file', 'sample.json', '--json'];
  const { code, stdout, stderr } = await runHere(argv, { TOCSIN_CONFIG: 'tocsin.yaml' }, directory);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { events: readonly object[] }).events;
}

test.each([
  [
    'Uptime Kuma',
    {
      ...{ externalId: '4/2026-03-01 02:03:04.567', type: 'DOWN', severity: 4 },
      occurredAt: '2026-03-01T02:03:04.567Z',
      body: {
        ...{ device: { name: 'VPN gateway' }, target: 'https://vpn.example.com' },
        description: 'connect ECONNREFUSED 192.0.2.20:443',
      },
    },
  ],
  [
    'CrowdSec',
    {
      externalId: 'edge-1/crowdsecurity/ssh-bf/198.51.100.7/2026-03-01T02:02:59.104Z',
      ...{ type: 'crowdsecurity/ssh-bf', severity: 3, action: 'ban' },
      occurredAt: '2026-03-01T02:03:04.567Z',
      body: { device: { name: 'edge-1' }, recurrence: 6, remoteIp: '198.51.100.7' },
    },
  ],
  [
    'Suricata',
    {
      externalId: '1676750115612680/2000419/2026-03-01T09:03:04.567890+0700',
      ...{ type: 'EXAMPLE Executable over SMB', severity: 3, action: 'allowed' },
      occurredAt: '2026-03-01T02:03:04.567Z',
      body: {
        ...{ device: { name: 'sensor-1' }, remoteIp: '198.51.100.7', target: '192.0.2.11:445' },
        ...{ techniques: [{ id: 'T1021' }], threatType: 'Potentially Bad Traffic' },
        trigger: '2000419',
      },
    },
  ],
])('%s', async (heading, event) => {
  expect(await tried(heading)).toMatchObject([event]);
});

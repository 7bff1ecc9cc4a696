// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how tocsin.yaml refers to
// variables
// `tocsin config show` as it is typed: what goes to stdout can be saved, and everything else goes
// elsewhere.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { command } from '../../src/commands/config.ts';
import { runHere } from './in-process.ts';

const hook = 'https://chat.example.com/hooks/3hook5id7of9twenty6letters';
const three = {
  DEEPINSTINCT_URL: 'https://console.example.com',
  TOKENS_KEY: 'key-of-an-api-connector',
  MATTERMOST_WEBHOOK_URL: hook,
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tocsin-config-command-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const run = (argv: readonly string[], env: Readonly<Record<string, string>>) =>
  runHere(['config', ...argv], env, directory, { config: command });

describe('tocsin config show', () => {
  it('prints a file that can be used as it is, and the same as JSON', async () => {
    const yaml = await run(['show'], three);
    const json = await run(['show', '--json'], three);
    expect([yaml.code, json.code, yaml.stderr, json.stderr]).toEqual([0, 0, '', '']);
    expect(JSON.parse(json.stdout)).toEqual(parse(yaml.stdout));
    for (const text of [yaml.stdout, json.stdout]) {
      writeFileSync(join(directory, 'tocsin.yaml'), text);
      expect((await run(['show'], { ...three, TOCSIN_CONFIG: 'tocsin.yaml' })).code).toBe(0);
    }
  });

  it.each([':/etc/localtime', '/etc/localtime', ':Asia/Bangkok'])(
    'with TZ=%s prints the name of a zone, which is read again as the same',
    async (TZ) => {
      const { code, stdout } = await run(['show'], { ...three, TZ });
      const zone = parse(stdout).time_zone as string;
      expect([code, zone]).toEqual([0, expect.stringMatching(/^[A-Z]/)]);
      if (TZ === ':Asia/Bangkok') expect(zone).toBe('Asia/Bangkok');
      writeFileSync(join(directory, 'tocsin.yaml'), stdout);
      const again = await run(['show'], {
        ...three,
        TZ: 'Asia/Tokyo',
        TOCSIN_CONFIG: 'tocsin.yaml',
      });
      expect([again.code, parse(again.stdout).time_zone]).toEqual([0, zone]);
    },
  );

  it('says on stderr which variable must hold a secret that stood in the file', async () => {
    writeFileSync(
      join(directory, 'tocsin.yaml'),
      `sinks: { soc: { type: mattermost, url: "${hook}" } }\n`,
    );
    const { code, stdout, stderr } = await run(['show'], {
      ...three,
      TOCSIN_CONFIG: 'tocsin.yaml',
    });
    expect(code).toBe(0);
    expect(stderr).toBe(
      'tocsin.yaml:1:35 sinks.soc.url is a secret and not shown: set SOC_URL to it where what follows is used.\n',
    );
    expect(parse(stdout).sinks.soc.url).toBe('${SOC_URL}');
  });

  it('exits with 78 and every problem if the configuration is wrong, and with 2 if the command is', async () => {
    const bad = await run(['show'], { POLLING_INTERVAL: 'often' });
    expect(bad).toMatchObject({ code: 78, stdout: '' });
    expect(bad.stderr).toMatch(
      /DEEPINSTINCT_URL is not set[\s\S]*POLLING_INTERVAL "often" is not a whole number/,
    );
    expect(await run(['print'], three)).toMatchObject({ code: 2, stdout: '' });
    expect(await run([], three)).toMatchObject({ code: 2, stdout: '' });
  });
});

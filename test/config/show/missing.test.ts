// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of tocsin.yaml
// What a shown configuration has that its file leaves to the variables.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { three, token } from '../loader.ts';
import { createShower } from './shower.ts';

const { home, show } = createShower();

it('has the heartbeat of a variable, and not its value', () => {
  const address = 'https://beat.example.com/ping/0f1e2d3c4b5a';
  writeFileSync(join(home(), 'secrets', 'beat'), address);
  const shown = [{ HEARTBEAT_URL: address }, { HEARTBEAT_URL_FILE: 'secrets/beat' }].map(
    (variable) => show({ ...three, ...variable }).content as { heartbeat: unknown },
  );
  expect(shown.map(({ heartbeat }) => heartbeat)).toEqual([
    { url: '${HEARTBEAT_URL}' },
    { url_file: join(home(), 'secrets', 'beat') },
  ]);
});

it('keeps the heartbeat of a file, which a variable does not replace', () => {
  const file = `heartbeat: { url_file: ${home()}/beat } # ours\n`;
  writeFileSync(join(home(), 'beat'), 'https://beat.example.com/ping/0f1e2d3c4b5a');
  const { yaml } = show({ ...three, HEARTBEAT_URL: 'https://other.example.com/ping' }, file);
  expect(yaml).toMatch(/^heartbeat: \{ url_file: .*\/beat \} # ours$/m);
});

it('keeps the comments and the order of a file, and has what it leaves to the variables', () => {
  const file = [
    '# ours',
    'time_zone: Asia/Bangkok',
    'polling_interval: 30 # quick',
    'sinks: # one',
    '  soc: { type: mattermost, url: "${MATTERMOST_WEBHOOK_URL}" }',
    'routes:',
    '  - name: all # of them',
    '    to: [soc]',
    '',
  ].join('\n');
  const { yaml } = show({ ...three, POLLING_INTERVAL: '60', MIN_SEVERITY: 'LOW' }, file);
  expect(yaml.split('\n')).toEqual([
    '# ours',
    'locale: en # as nothing says otherwise',
    'time_zone: Asia/Bangkok',
    'storm: 20 # as nothing says otherwise',
    'polling_interval: 30 # quick',
    '',
    'sources:',
    '  deepinstinct_events:',
    '    type: deepinstinct_events',
    '    url: https://console.example',
    '    token: ${TOKENS_KEY}',
    '  deepinstinct_suspicious_events:',
    '    type: deepinstinct_suspicious_events',
    '    url: https://console.example',
    '    token: ${TOKENS_KEY}',
    'sinks:',
    '  # one',
    '  soc: { type: mattermost, url: "${MATTERMOST_WEBHOOK_URL}" }',
    'routes:',
    '  - name: all # of them',
    '    to: [ soc ]',
    '    match: { min_severity: LOW }',
    '',
  ]);
});

it('keeps what a storm lets pass, with the number of a variable where the file has none', () => {
  const of = (file: string, more = {}) => parse(show({ ...three, ...more }, file).yaml).storm;
  expect(of('storm: { over: 3, passes: HIGH }')).toEqual({ over: 3, passes: 'HIGH' });
  expect(of('storm: { over: 3, passes: HIGH }', { STORM: '7' })).toEqual({
    over: 3,
    passes: 'HIGH',
  });
  expect(of('storm: { passes: HIGH }', { STORM: '7' })).toEqual({ over: 7, passes: 'HIGH' });
  expect(of('storm: 3', { STORM: 'off' })).toBe(3);
  expect(of('locale: th')).toBe(20);
});

it('names the file that held a secret, by its whole path', () => {
  writeFileSync(join(home(), 'secrets', 'key'), `${token}\n`);
  const { TOKENS_KEY: _, ...others } = three;
  const shown = show({ ...others, TOKENS_KEY_FILE: 'secrets/key' });
  expect(parse(shown.yaml).sources.deepinstinct_events).toEqual({
    type: 'deepinstinct_events',
    url: three.DEEPINSTINCT_URL,
    token_file: join(home(), 'secrets', 'key'),
  });
});

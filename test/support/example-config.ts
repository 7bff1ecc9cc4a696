// A configuration of a document or an example, read as Tocsin reads it: whatever it refers to is
// set, and the files of secrets are there.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config/index.ts';
import { lint } from '../../src/config/lint/index.ts';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';

const key = 'key-of-an-api-connector';
const hook = 'https://chat.example.com/hooks/abcdefghijklmnopqrstuvwxyz';
const signing = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
/** A source in the environment, for a file with sinks alone. */
export const consoleSettings = { DEEPINSTINCT_URL: hook, START_FROM: '24h', TOKENS_KEY: key };
/** What the manifests give to the container beside the file. */
export const beside = { ...consoleSettings, MATTERMOST_WEBHOOK_URL: hook };

function settingOf(name: string): string {
  if (name.endsWith('ROUTING_KEY')) return '0123456789abcdef'.repeat(2);
  if (name === 'SLACK_BOT_TOKEN') return 'xoxb-1111-2222-abcdefgh';
  if (name === 'TELEGRAM_BOT_TOKEN') return '123456789:xxxexampletokenofthebotxxx';
  if (/(?:KEY|TOKEN|PASSWORD)$/.test(name)) return key;
  return name.endsWith('SECRET') ? signing : hook;
}

/** @param more variables of the environment besides those that the text refers to */
export function readExample(text: string, more: Readonly<Record<string, string>> = {}) {
  const named = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, settingOf(name)]);
  const env = { ...Object.fromEntries(named), ...more, TOCSIN_CONFIG: 'tocsin.yaml' };
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-example-'));
  try {
    writeFileSync(join(directory, 'tokens_key'), key);
    writeFileSync(join(directory, 'webhook'), hook);
    writeFileSync(
      join(directory, 'tocsin.yaml'),
      text.replaceAll('/run/secrets/', `${directory}/`),
    );
    return readConfig({ env, directory, registries: { sources, sinks } });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What `check` would remark. Times of the policy are looked at from a Wednesday on. */
export function odditiesOf(text: string, more?: Readonly<Record<string, string>>): string[] {
  const reading = readExample(text, more);
  const remarks = lint(reading, Date.parse('2026-03-18T09:41:00Z'));
  return [
    ...reading.config.warnings,
    ...remarks.map(({ where, text: said }) => `${where} ${said}`),
  ];
}

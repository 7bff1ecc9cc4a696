// docs/sources.md has a section for each type of source that is pushed to with a row for each of its
// own keys, and one for the keys that they share.
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { proofSettings } from '../../src/kit/proof.ts';
import { limitSettings } from '../../src/kit/push-settings.ts';
import { sources } from '../../src/sources/index.ts';
import { readProjectFile } from './project-files.ts';

const page = readProjectFile('docs/sources.md');
const section = (heading: string) => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
/** Each with what stands beside it. */
const rowsOf = (heading: string) =>
  Object.fromEntries(
    [...section(heading).matchAll(/^\| `([^`]+)` \| (.*?) \| (.*) \|$/gm)].map(
      ([, key, preset, meaning]) => [key, { preset: preset!, meaning: meaning! }],
    ),
  );
const shared = { ...limitSettings, ...proofSettings };

test('the keys that all share have a row each', () => {
  const rows = rowsOf('Keys of every source that is pushed to');
  expect(Object.keys(rows)).toEqual(Object.keys(shared));
});

test.each(Object.keys(sources).filter((type) => sources[type]?.isPushed))(
  '%s: every key of its own has a row, and nothing else has one',
  (type) => {
    const { config, secrets } = sources[type]!;
    const shape = (config as unknown as z.ZodObject).shape as Record<string, z.ZodType>;
    const own = Object.entries(shape).filter(
      ([key, schema]) => (shared as Record<string, unknown>)[key] !== schema,
    );
    const rows = rowsOf(type);
    expect(section(type)).not.toBe('');
    expect(Object.keys(rows).sort()).toEqual(own.map(([key]) => key).sort());
    for (const [key, schema] of own) {
      const { preset, meaning } = rows[key]!;
      const isRequired = !schema.safeParse(undefined).success;
      expect(preset === 'required', `${key} is required: ${isRequired}`).toBe(isRequired);
      const isSecret = (secrets as readonly string[]).includes(key);
      expect(meaning.includes('secret'), `${key} is a secret: ${isSecret}`).toBe(isSecret);
      const value = schema.safeParse(undefined).data;
      if (value !== undefined) expect(preset, key).toBe(`\`${String(value)}\``);
    }
  },
);

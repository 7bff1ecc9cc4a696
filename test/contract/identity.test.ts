// What a source reads and where a sink posts to: said by every type, the same under any id, and
// without a secret.
import { describe, expect, test } from 'vitest';
import { sinks } from '../../src/sinks/index.ts';
import { sources } from '../../src/sources/index.ts';
import { adapterContext } from './adapter-cases.ts';

/** Nothing is read from where others push. */
const polled = Object.entries(sources).filter(([, { isPushed }]) => isPushed !== true);

/** Two of them may ask one address for different things: their position belongs to their id. */
const byId = ['http_poll'];

describe.each(polled)('the source %s', (_type, definition) => {
  const consoleOf = (id: string, more: object = {}) => {
    const config = definition.config.parse({ ...definition.example, ...more });
    const source = definition.create(config, { ...adapterContext(), id });
    return source.kind === 'poll' ? source.console : '';
  };

  test('says what it reads, whatever it is called, and whatever its credential is', () => {
    // A source may have another secret in place of one.
    const own = definition.secrets.filter((key: string) => key in definition.example);
    const secrets = Object.fromEntries(own.map((key) => [key, 'another-secret-of-the-far-end']));
    if (byId.includes(definition.type)) return expect(consoleOf('a')).toBeUndefined();
    expect(consoleOf('a')).toBeTruthy();
    expect(consoleOf('b', secrets)).toBe(consoleOf('a'));
    for (const key of definition.secrets)
      expect(consoleOf('a')).not.toContain(definition.example[key]);
  });
});

test('no two sources read the same of one console', () => {
  const consoles = Object.values(sources).map((definition) => {
    const source = definition.create(definition.config.parse(definition.example), adapterContext());
    return source.kind === 'poll' ? source.console : definition.type;
  });
  expect(new Set(consoles).size).toBe(consoles.length);
});

describe.each(Object.entries(sinks))('the sink %s', (_type, definition) => {
  test('says where it posts to, whatever it is called, and shows no secret', () => {
    const config = definition.config.parse(definition.example);
    const placeOf = (id: string) => definition.create(config, { ...adapterContext(), id }).place;
    expect(placeOf('a')).toBeTruthy();
    expect(placeOf('b')).toBe(placeOf('a'));
    for (const key of definition.secrets) {
      const secret = String(definition.example[key]);
      expect(placeOf('a')).not.toContain(secret);
      expect(placeOf('a')).not.toContain(secret.slice(secret.lastIndexOf('/') + 1));
    }
  });
});

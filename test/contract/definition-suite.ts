// What every definition of an adapter must be, whether a source's or a sink's: well named, well
// described, strict.
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { AdapterContext, AdapterDefinition } from '../../src/kit/adapter.ts';

/**
 * @param folder where the adapter's file or folder lies, with a slash at its end
 * @param stems names that this file or folder may have, without `.ts`
 */
export function describeDefinition(
  key: string,
  // biome-ignore lint/suspicious/noExplicitAny: definitions of differing schemas
  definition: AdapterDefinition<any, unknown>,
  folder: URL,
  stems: readonly string[] = [key],
): void {
  describe(`the definition of ${key}`, () => {
    const properties = propertiesOf(definition.config);

    test('has the same name as key, type, and file or folder', () => {
      expect(definition.type).toBe(key);
      expect(key).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      const names = stems.flatMap((stem) => [`${stem}.ts`, `${stem}/index.ts`]);
      expect(names.filter((name) => existsSync(new URL(name, folder)))).toHaveLength(1);
    });

    test('its example parses, and an adapter can be made of it without any call', () => {
      const config = definition.config.parse(definition.example);
      expect(definition.create(config, deafContext)).toBeTypeOf('object');
    });

    test('an unknown key is refused', () => {
      expect(definition.config.safeParse({ ...definition.example, no_such_key: 1 }).success).toBe(
        false,
      );
    });

    test('no key of it is one that core understands', () => {
      expect(Object.keys(properties)).not.toContain('type');
    });

    test('what it calls secret is in its schema', () => {
      for (const secret of definition.secrets) expect(Object.keys(properties)).toContain(secret);
    });

    test('every key is described', () => {
      for (const [name, property] of Object.entries(properties)) {
        expect(property.description?.length, `${name} has no description`).toBeGreaterThan(10);
      }
    });
  });
}

function propertiesOf(schema: z.ZodType): Record<string, { description?: string }> {
  return (z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }).properties ??
    {}) as Record<string, { description?: string }>;
}

/** `create` does no I/O, so nothing of this may be called. */
const deafContext: AdapterContext = {
  id: 'contract',
  http: {
    request: () => {
      throw new Error('create made a request');
    },
    close: async () => {},
  },
  now: Date.now,
};

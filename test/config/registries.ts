// Adapters with the settings of the real ones, for tests of the configuration alone. They are never
// created.
import { z } from 'zod';
import type { Registries } from '../../src/config/index.ts';

const https = (key: string) => z.string().regex(/^https?:\/\/[^/\s]+/, `${key} is not a URL`);

const source = {
  config: z.strictObject({
    url: https('this').describe('The address of the console.'),
    token: z.string().min(8, 'is too short for a key').describe('The key of an API connector.'),
    start_from: z
      .string()
      .regex(/^(now|all|\d+[hd])$/, 'is not a time to start from')
      .default('24h')
      .describe('"now", "all" or a duration such as "24h"'),
  }),
  secrets: ['token'],
};
const create = () => {
  throw new Error('the configuration must not create adapters');
};

export const registries: Registries = {
  sources: Object.fromEntries(
    ['deepinstinct_events', 'deepinstinct_suspicious_events'].map((type) => [
      type,
      {
        ...source,
        type,
        example: { url: 'https://console.example', token: 'example-key' },
        create,
      },
    ]),
  ),
  sinks: {
    mattermost: {
      type: 'mattermost',
      config: z.strictObject({
        url: z
          .string()
          .regex(/\/hooks\/\w+$/, 'is not the URL of a webhook')
          .describe('https://…/hooks/…'),
        channel: z.string().optional().describe('a channel'),
      }),
      example: { url: 'https://chat.example/hooks/abc' },
      secrets: ['url'],
      create,
    },
    stdout: {
      type: 'stdout',
      config: z.strictObject({}),
      example: {},
      secrets: [],
      create,
    },
  },
};

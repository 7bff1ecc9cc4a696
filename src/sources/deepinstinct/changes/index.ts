// The source of later changes: what happens at the console to items that are stored already.
import type { SourceDefinition } from '../../../kit/source.ts';
import { typesOfStream } from '../event-types.ts';
import { changesProduct } from '../product.ts';
import { administrative } from '../severity.ts';
import { changesConfig } from './config.ts';
import { describePosition } from './position.ts';
import { ChangesSource } from './source.ts';

const types = [...typesOfStream.event, ...typesOfStream.suspicious];

export const deepinstinctChanges: SourceDefinition<typeof changesConfig> = {
  type: 'deepinstinct_changes',
  config: changesConfig,
  example: { url: 'https://console.example.com', token: 'the-key-of-an-api-connector' },
  secrets: ['token'],
  streams: ['change'],
  follows: true,
  product: changesProduct,
  types,
  typesKnown: [...types, ...administrative],
  consoleOf: ({ url }) => url,
  describeCursor: describePosition,
  create: (settings, context) => new ChangesSource(settings, context),
};

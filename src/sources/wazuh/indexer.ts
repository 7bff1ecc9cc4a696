// Source `wazuh_indexer`: alerts of Wazuh 4.x and findings of 5.x, read from the indexer. What happens
// while we are away is not lost.
import { z } from 'zod';
import type { EventDraft } from '../../kit/event.ts';
import {
  basicCredential,
  boundsOf,
  type PollPlan,
  polledBy,
  pollSettings,
  searchOf,
} from '../../kit/poll/index.ts';
import { rawOf, recordOf } from '../../kit/pushed-item.ts';
import { severityMap, severityReader } from '../../kit/severity-words.ts';
import type { SourceDefinition } from '../../kit/source.ts';
import { webUrl } from '../../kit/web-url.ts';
import { alertOf, findingOf, severities, wazuh } from './push.ts';

const config = z.strictObject({
  url: webUrl.describe('The indexer, such as https://indexer.example.com:9200.'),
  username: z.string().min(1).describe('A user of the indexer who may read the index.'),
  password: z.string().min(1).describe('The password of username.'),
  index: z
    .string()
    .regex(/^[^\s/?#\\]{1,200}$/, 'is no name of an index')
    .default('wazuh-alerts-*')
    .describe('Where the alerts are; for 5.x wazuh-findings-v5-*.'),
  min_level: z
    .int()
    .min(0)
    .max(16)
    .optional()
    .describe('Of 4.x: alerts of this level and above alone, such as 7.'),
  tie_breaker: z
    .string()
    .min(1)
    .max(100)
    .default('_id')
    .describe(
      'A field that tells apart alerts of the same time, where the indexer cannot sort by _id.',
    ),
  severity_map: severityMap,
  ...pollSettings,
});
type Settings = z.output<typeof config>;

export const wazuhIndexer: SourceDefinition<typeof config> = {
  type: 'wazuh_indexer',
  config,
  example: { url: 'https://indexer.example.com:9200', username: 'tocsin', password: 'a-password' },
  secrets: ['password'],
  streams: ['alert'],
  product: wazuh.product!,
  ...polledBy(planOf),
};

function planOf(settings: Settings): PollPlan {
  const { index, username, password, min_level: level, tie_breaker: tieBreaker } = settings;
  const url = settings.url.replace(/\/+$/, '');
  const severityOf = severityReader(settings.severity_map, severities);
  return {
    console: `${url} ${index} ${level ?? ''}`.trim(),
    credential: basicCredential(username, password),
    ...boundsOf(settings),
    ...searchOf({
      ...{ url, index, stamp: '@timestamp', tieBreaker },
      filters: level === undefined ? [] : [{ range: { 'rule.level': { gte: level } } }],
    }),
    draftsOf({ pieces, item }): EventDraft[] {
      const hit = recordOf(item);
      const document = recordOf(hit._source);
      // A finding has its id beside it; an alert has one of its own.
      if (document.wazuh !== undefined) return [findingOf(hit, rawOf(pieces, item), severityOf)];
      const given = pieces.sourceOf(hit._source)?.startsWith('{') ? hit._source : item;
      return [alertOf(recordOf(given), rawOf(pieces, given), severityOf)];
    },
  };
}

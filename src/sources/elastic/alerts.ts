// Source `elastic_alerts`: alerts of Elastic Security, read from their index. What happens while we are
// away, or while Kibana's connectors fail, is not lost.
import { z } from 'zod';
import { alertStreams } from '../../kit/alert-streams.ts';
import { eventLink } from '../../kit/link-pattern.ts';
import {
  basicCredential,
  boundsOf,
  type CredentialPlan,
  type PollPlan,
  polledBy,
  pollSettings,
  searchOf,
} from '../../kit/poll/index.ts';
import { recordOf } from '../../kit/pushed-item.ts';
import { severityMap } from '../../kit/severity-words.ts';
import type { SourceDefinition } from '../../kit/source.ts';
import { webUrl } from '../../kit/web-url.ts';
import { draftOf, meaningOf } from './push.ts';

const config = z
  .strictObject({
    url: webUrl.describe('Elasticsearch, such as https://es.example.com:9200.'),
    api_key: z
      .string()
      .refine((text) => /^[\x21-\x7e]+$/.test(text), 'holds a blank, or characters that no key has')
      .optional()
      .describe('An API key that may read the index (the encoded form); or username and password.'),
    username: z.string().min(1).optional().describe('A user who may read the index.'),
    password: z.string().min(1).optional().describe('The password of username.'),
    index: z
      .string()
      .regex(/^[^\s/?#\\]{1,200}$/, 'is no name of an index')
      .default('.alerts-security.alerts-default')
      .describe('Where the alerts are; the name of the Kibana space stands at its end.'),
    severity_map: severityMap,
    event_link: eventLink,
    ...pollSettings,
  })
  .refine(
    ({ api_key, username, password }) =>
      (username === undefined) === (password === undefined) &&
      (api_key === undefined) !== (username === undefined),
    { path: ['api_key'], message: 'or username and password are required, and not both' },
  );
type Settings = z.output<typeof config>;

export const elasticAlerts: SourceDefinition<typeof config> = {
  type: 'elastic_alerts',
  config,
  example: { url: 'https://es.example.com:9200', api_key: 'an-encoded-api-key' },
  secrets: ['api_key', 'password'],
  streams: ['alert', 'change'],
  product: { name: 'Elastic', streams: alertStreams },
  ...polledBy(planOf),
};

function planOf(settings: Settings): PollPlan {
  const url = settings.url.replace(/\/+$/, '');
  const { index } = settings;
  return {
    console: `${url} ${index}`,
    credential: credentialOf(settings),
    ...boundsOf(settings),
    ...searchOf({
      ...{ url, index, stamp: '@timestamp', tieBreaker: 'kibana.alert.uuid' },
      // Parts of alerts, which Kibana does not show either.
      exceptions: [{ exists: { field: 'kibana.alert.building_block_type' } }],
    }),
    draftsOf({ pieces, item }, source) {
      const { _source: document } = recordOf(item);
      const given = pieces.sourceOf(document)?.startsWith('{') ? document : item;
      return [draftOf(given, pieces, meaningOf(settings, source), false)];
    },
  };
}

function credentialOf({ api_key: key, username = '', password = '' }: Settings): CredentialPlan {
  if (key === undefined) return basicCredential(username, password);
  return { kind: 'header', header: 'authorization', value: `ApiKey ${key}`, secrets: [key] };
}

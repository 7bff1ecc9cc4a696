// Source `standard_webhooks`: whatever signs by Standard Webhooks 1.0.0, one message a request. What
// it means is told by expressions of the configuration, beside what the specification fixes.
import { z } from 'zod';
import {
  createMeaning,
  meaningSettings,
  meaningWarnings,
  meantEvent,
} from '../kit/item-meaning.ts';
import { type Signature, secretsOf, tolerance } from '../kit/proof.ts';
import { limitSettings, pushLimits } from '../kit/push-settings.ts';
import { pushedBy } from '../kit/pushed-by.ts';
import { boundId, pushedObject, rawOf, recordOf, wordOf } from '../kit/pushed-item.ts';
import type { PushSource, SourceDefinition } from '../kit/source.ts';
import { standardSecret } from '../kit/standard-webhooks.ts';

const { items: _, ...ofMessage } = meaningSettings;

const config = z.strictObject({
  ...limitSettings,
  secret: standardSecret.describe(
    'The secret of the endpoint: whsec_ and 24 to 64 bytes in base64.',
  ),
  old_secret: standardSecret
    .optional()
    .describe('Is accepted as well, until every sender has the new one.'),
  svix: z
    .boolean()
    .default(false)
    .describe('Whether the three headers have the names of Svix, such as svix-id.'),
  tolerance: tolerance
    .prefault('5m')
    .describe('How far the time of a request may be from now, such as 5m; older ones are refused.'),
  ...ofMessage,
  id: ofMessage.id.describe(
    'What a message is about, such as item.data.alert_id; if not set, the id of the message.',
  ),
  event_type: ofMessage.event_type.describe('Its type; item.type if not set.'),
  time: ofMessage.time.describe('When it happened; item.timestamp if not set.'),
});
type Settings = z.output<typeof config>;

export const standardWebhooks: SourceDefinition<typeof config> = {
  ...pushedBy('standard_webhooks', create),
  config,
  example: {
    secret: `whsec_${'A'.repeat(43)}=`,
    severity: 'item.data.severity',
    fields: { 'device.name': 'item.data.host' },
  },
  secrets: ['secret', 'old_secret'],
  streams: ['event', 'change'],
  warnings: meaningWarnings,
};

function create(settings: Settings, { id: source }: { readonly id: string }): PushSource {
  const meaning = createMeaning(settings);
  const signature = signatureOf(settings);
  return {
    ...{ kind: 'push', ...pushLimits(settings) },
    proof: { kind: 'signature', signature, secrets: secretsOf(settings) },
    parse({ headers, body }) {
      const pieces = pushedObject(body);
      const item = recordOf(pieces.value);
      const raw = rawOf(pieces, item);
      // The signature covers it, and it is the same each time that the message is sent.
      const id = wordOf(headers.get(signature.idHeader!) ?? undefined, 100_000);
      const known = {
        ...(id !== undefined && { id: boundId(id), itemId: boundId(id) }),
        ...{ type: wordOf(item.type), time: item.timestamp },
      };
      return {
        events: [meantEvent(meaning.read({ pieces, item, envelope: { raw, known } }), source)],
      };
    },
  };
}

function signatureOf({ svix, tolerance: toleranceMs }: Settings) {
  const names = svix ? 'svix-' : 'webhook-';
  return {
    ...{ header: `${names}signature`, prefix: 'v1,', separator: ' ' },
    ...{ idHeader: `${names}id`, timestampHeader: `${names}timestamp`, toleranceMs },
    ...{ algorithm: 'sha256', encoding: 'base64', key: 'whsec' },
    signed: '{id}.{timestamp}.{body}',
  } as const satisfies Signature;
}

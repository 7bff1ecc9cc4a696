// Source `pagerduty`: what people do about our incidents in PagerDuty, by its webhooks of version 3. It
// stores no events: acknowledged there is acknowledged here.
import { z } from 'zod';
import { eventOfKey, incidentPrefix } from '../kit/incident-key.ts';
import { type Signature, secretsOf } from '../kit/proof.ts';
import { limitSettings, pushLimits } from '../kit/push-settings.ts';
import { malformedBody, pushedJson, wordOf } from '../kit/pushed-item.ts';
import type { PushedAct, SourceDefinition } from '../kit/source.ts';

const secret = z.string().min(16).max(200);

const config = z.strictObject({
  ...limitSettings,
  secret: secret.describe('The secret of the webhook subscription; PagerDuty shows it once.'),
  old_secret: secret
    .optional()
    .describe('The secret of a subscription that is being replaced by another one.'),
  prefix: incidentPrefix,
});

/** Those that people bring about; an escalation or a new responder changes nothing here. */
const kinds: Readonly<Record<string, PushedAct['kind']>> = {
  'incident.acknowledged': 'acknowledged',
  'incident.resolved': 'resolved',
  'incident.unacknowledged': 'reopened',
  'incident.reopened': 'reopened',
};

const message = z.looseObject({
  event: z.looseObject({
    id: z.string().min(1).max(200),
    event_type: z.string(),
    agent: z
      .looseObject({ summary: z.unknown().optional(), type: z.unknown().optional() })
      .nullish(),
    data: z.looseObject({ incident_key: z.unknown().optional() }).nullish(),
  }),
});

const signature: Signature = {
  ...{ header: 'x-pagerduty-signature', prefix: 'v1=', separator: ',', signed: '{body}' },
  algorithm: 'sha256',
  encoding: 'hex',
  key: 'text',
  toleranceMs: 0,
};

export const pagerduty: SourceDefinition<typeof config> = {
  type: 'pagerduty',
  isPushed: true,
  config,
  example: { secret: 'the-secret-of-the-subscription' },
  secrets: ['secret', 'old_secret'],
  streams: [],
  create(settings) {
    return {
      ...{ kind: 'push', ...pushLimits(settings) },
      proof: { kind: 'signature', signature, secrets: secretsOf(settings) },
      parse({ body }) {
        const { data } = message.safeParse(pushedJson(body).value);
        if (data === undefined) throw malformedBody('is no message of a PagerDuty webhook');
        const act = actOf(data.event, settings.prefix);
        return { events: [], ...(act && { acts: [act] }) };
      },
    };
  },
};

/** Undefined for anything that changes nothing here, such as the test message `pagey.ping`. */
function actOf(
  { id, event_type, agent, data }: z.output<typeof message>['event'],
  prefix: string,
): PushedAct | undefined {
  const kind = Object.hasOwn(kinds, event_type) ? kinds[event_type] : undefined;
  const event = eventOfKey(prefix, data?.incident_key);
  if (kind === undefined || event === undefined) return undefined;
  // What Tocsin itself did comes back, by the integration.
  if (agent?.type !== undefined && agent.type !== 'user_reference') return undefined;
  return { kind, id, event, person: wordOf(agent?.summary, 100) ?? '' };
}

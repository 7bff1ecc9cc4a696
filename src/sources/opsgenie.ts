// Source `opsgenie`: what people do about our alerts in Opsgenie or its successor JSM, by its
// outgoing webhook. It stores no events: acknowledged there is acknowledged here.
import { z } from 'zod';
import { eventOfKey, incidentPrefix } from '../kit/incident-key.ts';
import { withSoundProof } from '../kit/proof.ts';
import { pushBasics, pushSettings } from '../kit/push-settings.ts';
import { boundId, hashId, malformedBody, pushedJson, wordOf } from '../kit/pushed-item.ts';
import type { PushedAct, SourceDefinition } from '../kit/source.ts';

const config = withSoundProof(z.strictObject({ ...pushSettings, prefix: incidentPrefix }));

/** Those that people bring about; a note, a snooze or a new responder changes nothing here. */
const kinds: Readonly<Record<string, PushedAct['kind']>> = {
  Acknowledge: 'acknowledged',
  Close: 'resolved',
  UnAcknowledge: 'reopened',
};

const message = z.looseObject({
  action: z.string().min(1).max(100),
  source: z.looseObject({ type: z.unknown().optional() }).nullish(),
  alert: z.looseObject({
    alertId: z.string().min(1).max(200),
    alias: z.unknown().optional(),
    updatedAt: z.unknown().optional(),
    username: z.unknown().optional(),
  }),
});

export const opsgenie: SourceDefinition<typeof config> = {
  type: 'opsgenie',
  isPushed: true,
  config,
  example: { proof: 'header', secret: 'a-secret-of-32-random-characters' },
  secrets: ['secret', 'old_secret'],
  streams: [],
  create(settings) {
    return {
      ...pushBasics(settings),
      parse({ body }) {
        const { data } = message.safeParse(pushedJson(body).value);
        if (data === undefined) throw malformedBody('is no message of an Opsgenie webhook');
        const act = actOf(data, settings.prefix, () => hashId(new TextDecoder().decode(body)));
        return { events: [], ...(act && { acts: [act] }) };
      },
    };
  },
};

/** Undefined for anything that changes nothing here. @param hash of the message */
function actOf(
  { action, source, alert }: z.output<typeof message>,
  prefix: string,
  hash: () => string,
): PushedAct | undefined {
  const kind = Object.hasOwn(kinds, action) ? kinds[action] : undefined;
  const event = eventOfKey(prefix, alert.alias);
  if (kind === undefined || event === undefined) return undefined;
  const person = wordOf(alert.username, 100) ?? '';
  // What Tocsin itself did comes back, by the API and under its name.
  if (person === 'Tocsin' || wordOf(source?.type)?.toLowerCase() === 'api') return undefined;
  // The same alert may be acknowledged twice; a message that comes again is of the same moment.
  const moment = wordOf(alert.updatedAt, 100);
  const id = moment === undefined ? hash() : boundId(`${alert.alertId}/${action}/${moment}`);
  return { kind, id, event, person };
}

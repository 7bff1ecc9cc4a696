// The settings of the source `webhook`: where in the JSON the items are, and what their fields mean.
import { z } from 'zod';
import { jsonExpression } from '../../kit/json-expression.ts';
import { eventLink } from '../../kit/link-pattern.ts';
import { withSoundProof } from '../../kit/proof.ts';
import { pushSettings } from '../../kit/push-settings.ts';
import { severityMap } from '../../kit/severity-words.ts';
import { fieldNames } from './fields.ts';

const ofItem = jsonExpression(['item', 'body']);

export const config = withSoundProof(
  z.strictObject({
    ...pushSettings,
    items: jsonExpression(['body'])
      .optional()
      .describe(
        'The list of items, such as body.alerts; if not set, a list is its items, and anything else is one.',
      ),
    id: ofItem
      .optional()
      .describe(
        'What is different for each item and the same when it is sent again, such as item.id; if not set, its bytes.',
      ),
    event_type: ofItem.optional().describe('Its type, such as item.rule.name; ALERT if not set.'),
    severity: ofItem
      .optional()
      .describe('Its severity: INFO to CRITICAL, or a word or number that severity_map has.'),
    severity_map: severityMap,
    time: ofItem
      .optional()
      .describe('When it happened: ISO 8601, or a number since the epoch; UTC without a zone.'),
    resolved: ofItem
      .optional()
      .describe(
        'True if it says that the item of this id is over, such as item.status == "resolved".',
      ),
    fields: z
      .partialRecord(z.enum(fieldNames), ofItem)
      .optional()
      .describe('More facts, such as {device.name: item.host}.'),
    event_link: eventLink,
  }),
);
export type WebhookSettings = z.output<typeof config>;

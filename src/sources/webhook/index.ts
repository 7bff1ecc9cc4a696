// Source `webhook`: whatever sends JSON. What it means is told by expressions of the configuration.
import {
  createMeaning,
  type Meaning,
  meaningWarnings,
  meantEvent,
} from '../../kit/item-meaning.ts';
import { pushBasics } from '../../kit/push-settings.ts';
import { pushedBy } from '../../kit/pushed-by.ts';
import { pushedJson } from '../../kit/pushed-item.ts';
import type { PushSource, SourceDefinition } from '../../kit/source.ts';
import { config, type WebhookSettings } from './config.ts';

export const webhook: SourceDefinition<typeof config> = {
  ...pushedBy('webhook', create),
  config,
  example: {
    proof: 'header',
    header: 'X-Tocsin-Secret',
    secret: 'a-secret-of-32-random-characters',
    items: 'body.alerts',
    id: 'item.id',
    event_type: 'item.rule.name',
    severity: 'item.rule.level',
    severity_map: { low: 'LOW', high: 'HIGH' },
    time: 'item.time',
    fields: { 'device.name': 'item.host' },
  },
  secrets: ['secret', 'old_secret'],
  streams: ['event', 'change'],
  warnings: meaningWarnings,
};

function create(settings: WebhookSettings, { id: source }: { readonly id: string }): PushSource {
  const meaning = createMeaning(settings);
  return {
    ...pushBasics(settings),
    parse({ body }) {
      const pieces = pushedJson(body);
      const read = itemsOf(pieces.value, meaning).map((item) => meaning.read({ pieces, item }));
      return { events: read.map((one) => meantEvent(one, source)) };
    },
  };
}

/** A list that is not where it should be is one item, which nobody understands. */
function itemsOf(body: unknown, meaning: Meaning): readonly unknown[] {
  const found = meaning.found(body) ?? body;
  return Array.isArray(found) ? found : [found];
}

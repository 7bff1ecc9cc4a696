// Renders a template before there is an event: once for an event without values, and once for one
// with all of them.
import type { StoredEvent } from '../../kit/event.ts';
import type { TemplateWords } from './fields.ts';
import { renderTemplate, type Template } from './template.ts';

/**
 * @throws {TemplateError} it has the right form and fails all the same: it takes too long, gives
 * too much, or names what is not always there
 */
export function tryTemplate(template: Template, labels: readonly string[]): void {
  const words: TemplateWords = {
    labels: Object.fromEntries(labels.map((name) => [name, name])),
    time: (iso) => ({ kind: 'time', text: iso, iso }),
  };
  for (const event of [silent, talkative]) renderTemplate(template, event, { form: 'full', words });
}

const silent: StoredEvent = {
  id: 1,
  source: 'x',
  externalId: 'x',
  subject: 'x',
  stream: 'event',
  type: 'x',
  severity: 0,
  status: null,
  action: null,
  occurredAt: null,
  receivedAt: '2026-01-01T00:00:00Z',
  body: {},
};

const process = { name: 'x', path: 'x', commandLine: 'x', user: 'x' };
const talkative: StoredEvent = {
  ...silent,
  severity: 5,
  status: 'x',
  action: 'x',
  occurredAt: silent.receivedAt,
  body: {
    itemId: '1',
    observedAt: silent.receivedAt,
    lastAction: 'x',
    threatType: 'x',
    trigger: 'x',
    description: 'x',
    comment: 'x',
    user: 'x',
    remoteIp: 'x',
    recurrence: 2,
    affectedDevices: 2,
    device: {
      id: 'x',
      name: 'x',
      os: 'x',
      osVersion: 'x',
      ip: 'x',
      mac: 'x',
      domain: 'x',
      group: 'x',
      policy: 'x',
    },
    tenant: { id: 'x', name: 'x', provider: 'x' },
    file: { name: 'x', path: 'x', script: 'x', hash: 'x', type: 'x', signer: 'x', size: 100_000 },
    process,
    parentProcess: process,
    techniques: Array.from({ length: 100 }, () => ({ id: 'x' })),
    link: 'https://console.example/',
  },
};

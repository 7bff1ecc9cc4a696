// Which template is used for a delivery, and that one that fails costs no alert.

import { expect, test } from 'vitest';
import { type TemplatedDependencies, templated } from '../../../src/core/deliver/templated.ts';
import { type Route, routeNamed } from '../../../src/core/routing/index.ts';
import { compileText } from '../../../src/core/template/engine.ts';
import { templateFields } from '../../../src/core/template/fields.ts';
import type { Template } from '../../../src/core/template/template.ts';
import { word } from '../../../src/kit/card.ts';
import type { DueDelivery } from '../../../src/kit/records/delivery.ts';
import { storedEvent } from '../../support/events.ts';
import { voiceOf } from '../../support/voice.ts';

const template = (title: string): Template => ({
  name: `of ${title}`,
  title: compileText(title, templateFields),
});

function deps(
  more: Partial<TemplatedDependencies> & { told?: unknown[] } = {},
): TemplatedDependencies {
  const { told = [] } = more;
  return {
    id: 'soc',
    voice: voiceOf(),
    template: template('of the sink'),
    log: { warn: (fields, message) => void told.push({ ...fields, message }) },
    metrics: { templateFailures: { inc: (labels) => void told.push(labels) } },
    ...more,
  };
}
const routes: readonly Route[] = [
  {
    name: 'grave',
    minSeverity: 4,
    to: ['soc', 'boss'],
    templates: new Map([['soc', template('of the route')]]),
  },
  { name: 'other', minSeverity: 4, to: ['soc'] },
];
/** As the lane asks for it. */
const templatedFor = (
  of: TemplatedDependencies,
  one: Pick<DueDelivery, 'event' | 'form' | 'route'>,
) => templated(of, one, routeNamed(routes, one.route));
const delivery = { event: storedEvent(), form: 'full' as const };

test('the route’s word goes before the sink’s', () => {
  expect(templatedFor(deps(), { ...delivery, route: 'grave' })).toEqual({
    template: { title: [word('of the route')] },
  });
  expect(templatedFor(deps(), { ...delivery, route: 'other' })).toEqual({
    template: { title: [word('of the sink')] },
  });
  expect(templatedFor(deps(), { ...delivery, route: 'gone' })).toEqual({
    template: { title: [word('of the sink')] },
  });
  expect(templatedFor(deps(), delivery)).toEqual({ template: { title: [word('of the sink')] } });
  expect(templatedFor(deps({ id: 'boss' }), { ...delivery, route: 'grave' })).toEqual({
    template: { title: [word('of the sink')] },
  });
});

test('a bare message has none, nor has what Tocsin itself says', () => {
  const told: unknown[] = [];
  expect(templatedFor(deps({ told }), { ...delivery, form: 'bare' })).toEqual({});
  expect(told).toEqual([]);
  expect(templatedFor(deps(), { ...delivery, event: storedEvent({ source: 'tocsin' }) })).toEqual(
    {},
  );
  expect(templatedFor(deps({ template: undefined }), delivery)).toEqual({});
});

test('one that fails leaves the message to the sink, and is logged and counted', () => {
  const told: unknown[] = [];
  const broken = template(`{% for id in event.techniques %}${'own '.repeat(900)}{% endfor %}`);
  expect(templatedFor(deps({ told, template: { ...broken, name: 'broken' } }), delivery)).toEqual(
    {},
  );
  expect(told).toEqual([
    { sink: 'soc' },
    {
      sink: 'soc',
      event_id: 4711,
      template: 'broken',
      message: 'the template failed: the sink’s own card is sent',
      error: 'gives more than a message may hold',
    },
  ]);
});

// What happened to an incident, on the page of its event: what each change made of what.
import { expect, test } from 'vitest';
import { changeIncident } from '../../../../../src/core/incidents/change.ts';
import type { Severity } from '../../../../../src/kit/event.ts';
import type { Change } from '../../../../../src/kit/incident.ts';
import { drafts, storePage, useDatabase } from '../../../../store/stored.ts';
import { visitor } from '../../visiting.ts';

const db = useDatabase();

test('says what the vendor changed from what to what, how grave it is and how often it was', async () => {
  const eventId = (await storePage(db(), { events: drafts(1, 1) }))!.events[0]!.id;
  const vendor = async (change: Partial<Change>, severity: Severity = 1) =>
    changeIncident(db(), {
      ...{ eventId, actor: 'changes', via: 'vendor' },
      wanted: {
        ...{ kind: 'vendor', severity, seenAt: null },
        change: { source: 'a', externalId: '1', fields: [], ...change },
      },
    });
  const field = (name: string, from: string | null, to: string | null) => ({ name, from, to });
  await vendor({ fields: [field('lastAction', '<b>FAILED', 'DONE'), field('comment', 'x', null)] });
  await vendor({ fields: [field('sandboxStatus', null, 'CLEAN')], seenAgain: 2 });
  await vendor({}, 5);
  const html = (await visitor(db()).get(`/events/${eventId}`)).replace(/<(?!\/?li)[^>]+>/g, '');
  const items = html.split('<li').map((item) => item.replace(/\s+/g, ' '));
  const item = (start: string) => items.find((one) => one.includes(start));
  expect(item('Last action: &lt;b&gt;FAILED → DONE')).toContain('Comment: x → –');
  expect(item('Sandbox: – → CLEAN')).toContain('3 times');
  expect(item('Rated higher')).toContain('Critical');
});

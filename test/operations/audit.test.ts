// The audit log as people read it, and the proof that nobody changed it.
import { beforeEach, describe, expect, test } from 'vitest';
import { auditHash } from '../../src/kit/records/audit-chain.ts';
import { audit, InputError, perform, sink } from '../../src/operations/index.ts';
import { useDatabase } from '../store/stored.ts';
import { ann, contextOn } from './acting.ts';

const db = useDatabase();
const context = (name = 'ann') => contextOn(db(), { actor: { ...ann, name } });
const resume = (name: string, id = 'soc') => perform(sink.resume, context(name), { sink: id });

beforeEach(async () => {
  for (const name of ['ann', 'bob', 'ann', 'bob', 'eve']) await resume(name);
});

describe('the list', () => {
  const idsOf = async (input: object) =>
    (await perform(audit.list, context(), input)).items.map(({ actor }) => actor);

  test('has the newest first, page by page, to its end', async () => {
    const first = await perform(audit.list, context(), { limit: 2 });
    const second = await perform(audit.list, context(), { limit: 2, cursor: first.next! });
    const third = await perform(audit.list, context(), { limit: 2, cursor: second.next! });
    const names = [first, second, third].map(({ items }) => items.map(({ actor }) => actor));
    expect(names).toEqual([['eve', 'bob'], ['ann', 'bob'], ['ann']]);
    expect(third.next).toBeNull();
  });

  test('is chosen by who, what, of what and since when', async () => {
    await perform(sink.pause, context('eve'), { sink: 'soc', reason: 'r', for: '1h' });
    expect(await idsOf({ actor: 'bob' })).toEqual(['bob', 'bob']);
    expect(await idsOf({ operation: 'sink-pause' })).toEqual(['eve']);
    expect(await idsOf({ target: 'sink:soc' })).toHaveLength(6);
    expect(await idsOf({ target: 'sink:ops' })).toEqual([]);
    const { items } = await perform(audit.list, context(), { limit: 1 });
    expect(await idsOf({ since: items[0]!.at })).toEqual(['eve']);
    expect(await idsOf({ since: '2126-01-01T00:00:00Z' })).toEqual([]);
  });

  test('takes no cursor of other filters', async () => {
    const { next } = await perform(audit.list, context(), { actor: 'ann', limit: 1 });
    const mixed = perform(audit.list, context(), { actor: 'bob', cursor: next! });
    await expect(mixed).rejects.toBeInstanceOf(InputError);
  });
});

describe('the proof', () => {
  const change = async (edit: () => Promise<unknown>) => {
    await db().$client`alter table audit_log disable trigger user`;
    await edit();
    await db().$client`alter table audit_log enable trigger user`;
  };
  const rows = () => perform(audit.list, context(), {});

  test('finds that all rows follow, and says the last hash', async () => {
    const { items } = await rows();
    expect(await perform(audit.verify, context(), {})).toEqual({
      checked: 5,
      firstBreak: null,
      lastHash: items[0]!.hash,
      next: null,
    });
  });

  test.each(['changed', 'removed'])('finds the first row that was %s', async (what) => {
    const { items } = await rows();
    const [later, changed] = [items[2]!, items[3]!];
    await change(() =>
      what === 'changed'
        ? db().$client`update audit_log set actor = 'nobody' where id = ${changed.id}::bigint`
        : db().$client`delete from audit_log where id = ${changed.id}::bigint`,
    );
    const { firstBreak } = await perform(audit.verify, context(), {});
    expect(firstBreak).toBe(what === 'changed' ? changed.id : later.id);
  });

  /** As many acts as two steps have, without the cost of acting so often. */
  async function addChain(count: number): Promise<void> {
    const { items } = await rows();
    let previous = items[0]!.hash;
    const added = Array.from({ length: count }, (_, n) => {
      const row = {
        ...{ previous, at: new Date(1_780_000_000_000 + n).toISOString(), actor: 'a', via: 'cli' },
        ...{ address: null, operation: 'x', target: null, input: '{}', before: null, after: null },
      };
      previous = auditHash(row);
      return { ...row, hash: previous };
    });
    await db().$client`
      insert into audit_log (at, actor, via, operation, input, previous, hash)
      select at, actor, via, operation, input, previous, hash
      from json_to_recordset(${JSON.stringify(added)}::text::json) as r(at timestamptz, actor text,
        via text, operation text, input text, previous text, hash text)`;
  }

  test('goes on step by step, and a break between two steps is found too', async () => {
    await addChain(2100);
    const first = await perform(audit.verify, context(), {});
    expect([first.checked, first.firstBreak]).toEqual([2000, null]);
    const second = await perform(audit.verify, context(), { cursor: first.next! });
    expect([second.checked, second.firstBreak, second.next]).toEqual([105, null, null]);
    await change(() => db().$client`delete from audit_log where hash = ${first.lastHash}`);
    const after = await perform(audit.verify, context(), { cursor: first.next! });
    expect(after.firstBreak).toBeNull();
    const again = await perform(audit.verify, context(), {});
    expect(again.firstBreak).not.toBeNull();
  });

  test('of an empty log is the origin of the chain', async () => {
    await change(() => db().$client`truncate audit_log`);
    expect(await perform(audit.verify, context(), {})).toMatchObject({
      ...{ checked: 0, firstBreak: null, lastHash: '0'.repeat(64), next: null },
    });
  });
});

// The simulated tenant speaks the wire as the real ones do. If these fail, every end-to-end test
// stands on sand.
import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createWireEvent, type TenantStream } from '../../simulators/events/index.ts';
import {
  startTenant,
  type Tenant,
  type TenantFault,
  type TenantOptions,
} from '../../simulators/tenant/index.ts';
import { cpuMs } from '../support/stopwatch.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(options: TenantOptions = {}): Promise<Tenant> {
  const tenant = await startTenant(options);
  closing.push(() => tenant.close());
  return tenant;
}

interface Page {
  last_id?: number | null;
  events?: { id: number; [field: string]: unknown }[];
}

const listPaths = { events: 'events/', suspicious: 'suspicious-events/' } as const;

function get(
  tenant: Tenant,
  path: string,
  headers: Record<string, string> = { Authorization: tenant.token },
) {
  return fetch(`${tenant.url}/api/v1/${path}`, {
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(5000),
  });
}

async function page(tenant: Tenant, stream: TenantStream, cursor: number): Promise<Page> {
  const answer = await get(tenant, `${listPaths[stream]}?after_event_id=${cursor}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Page;
}

const idsOf = ({ events = [] }: Page) => events.map(({ id }) => id);

describe('pages of the tenant', () => {
  it('hold 50 items with ids above the cursor, ascending, and name the last of them', async () => {
    const tenant = await start();
    tenant.add('events', 120);
    const first = await page(tenant, 'events', 0);
    expect(idsOf(first)).toEqual(tenant.ids('events').slice(0, 50));
    expect(first.last_id).toBe(1050);
    const second = await page(tenant, 'events', 1050);
    expect(second.events?.[0]?.id).toBe(1051);
    expect(idsOf(await page(tenant, 'events', 1100))).toHaveLength(20);
  });

  it.each([
    ['null', { last_id: null, events: [] }],
    ['absent', { events: [] }],
    ['bare', {}],
  ] as const)('end with an empty one, in the form "%s"', async (emptyForm, expected) => {
    const tenant = await start({ emptyForm });
    tenant.add('suspicious', 3);
    expect((await page(tenant, 'suspicious', 0)).last_id).toBe(1003);
    expect(await page(tenant, 'suspicious', 1003)).toEqual(expected);
  });

  it('number the two streams independently, so that their ids overlap', async () => {
    const tenant = await start();
    expect(tenant.add('events', 2)).toEqual(tenant.add('suspicious', 2));
  });

  it('show a late row in its place, below ids that were shown before', async () => {
    const tenant = await start();
    tenant.add('events', 2);
    tenant.add('events', 1, { firstId: 1005 });
    tenant.add('events', 1, { firstId: 1004 });
    expect(idsOf(await page(tenant, 'events', 1002))).toEqual([1004, 1005]);
    expect(tenant.nextId('events')).toBe(1006);
  });

  it('ignore a parameter of another name, as the server does', async () => {
    const tenant = await start();
    tenant.add('events', 60);
    const answer = (await (await get(tenant, 'events/?after_id=1050')).json()) as Page;
    expect(answer.events?.[0]?.id).toBe(1001);
  });

  it('pass raw items through byte for byte', async () => {
    const tenant = await start();
    const id = tenant.addRaw('events', '{"id" : 7, "path": "a\\u0000b\\ud800"}');
    const text = await (await get(tenant, 'events/?after_event_id=0')).text();
    expect(id).toBe(1001);
    expect(text).toContain('{"id" : 7, "path": "a\\u0000b\\ud800"}');
  });

  it('begin anew when the tenant is rebuilt', async () => {
    const tenant = await start();
    tenant.add('events', 5);
    tenant.rebuild('events');
    expect(tenant.add('events', 1)).toEqual([1001]);
    expect(tenant.ids('events')).toEqual([1001]);
  });

  it('cost little even in a long history', async () => {
    const tenant = await start();
    tenant.add('events', 20_000);
    const spent = await cpuMs(async () => {
      for (let cursor = 1000; cursor < 21_000; cursor += 2000) await page(tenant, 'events', cursor);
    });
    expect(spent).toBeLessThan(2000);
  });
});

describe('what else the tenant answers', () => {
  it('wants the bare token: none or a wrong one is 401, one behind "Bearer" 422', async () => {
    const tenant = await start();
    expect((await get(tenant, 'events/', {})).status).toBe(401);
    expect((await get(tenant, 'events/', { Authorization: 'wrong' })).status).toBe(401);
    const bearer = await get(tenant, 'events/', { Authorization: `Bearer ${tenant.token}` });
    expect(bearer.status).toBe(422);
    expect(await bearer.json()).toHaveProperty('msg');
    expect((await get(tenant, 'health_check', {})).status).toBe(200);
  });

  it('sends a list without its closing slash to the one with it', async () => {
    const tenant = await start();
    const answer = await get(tenant, 'events?after_event_id=7');
    expect(answer.status).toBe(308);
    expect(answer.headers.get('location')).toBe('/api/v1/events/?after_event_id=7');
    expect((await get(tenant, 'devices/')).status).toBe(404);
    expect((await get(tenant, 'events/?after_event_id=x')).status).toBe(400);
  });

  it('answers with a console page beside its API, as a wrong base address would meet', async () => {
    const tenant = await start();
    const answer = await fetch(`${tenant.url}/events/?after_event_id=0`, {
      headers: { Authorization: tenant.token },
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(tenant.requests).toMatchObject({ events: 0, other: 1 });
  });

  it('shows a single item as it is now, changes included', async () => {
    const tenant = await start();
    const [id = 0] = tenant.add('events', 1);
    tenant.change('events', id, { status: 'CLOSED', close_trigger: 'CLOSED_BY_ADMIN' });
    const { event } = (await (await get(tenant, `events/${id}`)).json()) as {
      event: Record<string, unknown>;
    };
    expect(event).toMatchObject({ id, status: 'CLOSED' });
    expect(event).toEqual(tenant.item('events', id));
    expect((await get(tenant, 'events/999999')).status).toBe(404);
  });

  it('searches by lists, spans of time and plain values', async () => {
    const tenant = await start();
    tenant.add('events', 3, { ageSeconds: 7200, severity: 'LOW' });
    tenant.add('events', 2, { severity: 'HIGH' });
    const search = async (filter: unknown) => {
      const answer = await fetch(`${tenant.url}/api/v1/events/search?after_event_id=0`, {
        method: 'POST',
        headers: { Authorization: tenant.token, 'Content-Type': 'application/json' },
        body: JSON.stringify(filter),
      });
      return idsOf((await answer.json()) as Page);
    };
    const from = new Date(Date.now() - 3_600_000).toISOString();
    expect(await search({})).toHaveLength(5);
    expect(await search({ threat_severity: ['HIGH', 'VERY_HIGH'] })).toEqual([1004, 1005]);
    expect(await search({ insertion_timestamp: { from, to: '9999-01-01T00:00:00Z' } })).toEqual([
      1004, 1005,
    ]);
    expect(await search({ id: 1002 })).toEqual([1002]);
  });

  it('counts requests by stream', async () => {
    const tenant = await start();
    await page(tenant, 'events', 0);
    await page(tenant, 'events', 5);
    await page(tenant, 'suspicious', 0);
    await get(tenant, 'health_check');
    expect(tenant.requests).toMatchObject({ events: 2, suspicious: 1, other: 1 });
    expect(tenant.requests.log[1]).toMatchObject({
      target: '/api/v1/events/?after_event_id=5',
      cursor: 5,
    });
  });
});

describe('faults of the tenant', () => {
  const list = (tenant: Tenant, stream: TenantStream = 'events', cursor = 1050) =>
    get(tenant, `${listPaths[stream]}?after_event_id=${cursor}`);

  async function withFault(fault: TenantFault): Promise<Tenant> {
    const tenant = await start();
    tenant.add('events', 100);
    tenant.fail('events', fault);
    return tenant;
  }

  it('are shown as often as asked, in order, and then no more', async () => {
    const tenant = await withFault(500);
    tenant.fail('events', { status: 429, retryAfter: '7' }, 2);
    const answers = [
      await list(tenant),
      await list(tenant),
      await list(tenant),
      await list(tenant),
    ];
    expect(answers.map(({ status }) => status)).toEqual([500, 429, 429, 200]);
    expect(answers[1]?.headers.get('retry-after')).toBe('7');
  });

  it('spare the requests that are not meant', async () => {
    const tenant = await start();
    let asked = 0;
    tenant.fail('events', 500, Number.POSITIVE_INFINITY, () => ++asked % 2 === 0);
    const answers = [
      await list(tenant),
      await list(tenant),
      await list(tenant),
      await list(tenant),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 500, 200, 500]);
  });

  it('can be of one stream alone, until healed', async () => {
    const tenant = await start();
    tenant.fail('suspicious', 'disabled', Number.POSITIVE_INFINITY);
    expect((await list(tenant, 'suspicious')).status).toBe(401);
    expect((await list(tenant, 'suspicious')).status).toBe(401);
    expect((await list(tenant, 'events')).status).toBe(200);
    tenant.heal();
    expect((await list(tenant, 'suspicious')).status).toBe(200);
  });

  it('html and redirect look like a login page', async () => {
    const tenant = await withFault('html');
    tenant.fail('events', 'redirect');
    const answer = await list(tenant);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect((await list(tenant)).headers.get('location')).toBe('/api/v1/login');
  });

  it('half_json is a complete answer that is no JSON', async () => {
    const text = await (await list(await withFault('half_json'))).text();
    expect(text.length).toBeGreaterThan(1000);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
  });

  it.each(['cut_body', 'reset'] as const)('%s breaks the connection', async (fault) => {
    const tenant = await withFault(fault);
    await expect(list(tenant).then((answer) => answer.text())).rejects.toThrow();
    expect((await list(tenant)).status).toBe(200);
  });

  it('same_page ignores the cursor', async () => {
    const tenant = await withFault('same_page');
    expect(((await (await list(tenant)).json()) as Page).events?.[0]?.id).toBe(1001);
  });

  it('out_of_order turns the page round, garbage_item adds one without an id, empty_page hides all', async () => {
    const tenant = await withFault('out_of_order');
    tenant.fail('events', 'garbage_item');
    tenant.fail('events', 'empty_page');
    expect(idsOf((await (await list(tenant)).json()) as Page)[0]).toBe(1100);
    const withGarbage = idsOf((await (await list(tenant)).json()) as Page);
    expect(withGarbage).toHaveLength(51);
    expect(withGarbage.filter((id) => id === undefined)).toHaveLength(1);
    expect(await (await list(tenant)).json()).toEqual({ last_id: null, events: [] });
  });

  it('hang never answers, slow does late, and close ends both', async () => {
    const tenant = await withFault('hang');
    tenant.fail('events', { slowMs: 150 });
    const hanging = new Promise<string>((resolve) => {
      const headers = { Authorization: tenant.token };
      httpRequest(`${tenant.url}/api/v1/events/`, { headers })
        .on('response', () => resolve('answered'))
        .on('error', () => resolve('cut'))
        .end();
    });
    while (tenant.requests.events < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    const begin = performance.now();
    expect((await list(tenant)).status).toBe(200);
    expect(performance.now() - begin).toBeGreaterThan(140);
    await tenant.close();
    expect(await hanging).toBe('cut');
  });
});

describe('generated events', () => {
  const make = (stream: TenantStream, id: number, more = {}) =>
    createWireEvent({ seed: 7, stream, id, insertedAtMs: Date.UTC(2026, 1, 3), ...more });
  const many = (stream: TenantStream, more = {}) =>
    Array.from({ length: 400 }, (_, index) => make(stream, index + 1, more));

  it('are the same for the same seed and differ for another', () => {
    expect(make('events', 5)).toEqual(make('events', 5));
    expect(make('events', 5)).not.toEqual(make('events', 5, { seed: 8 }));
  });

  it('keep within the sizes that real tenants send, and have every type', () => {
    const sizes = ['events', 'suspicious'].flatMap((stream) =>
      many(stream as TenantStream).map((event) => Buffer.byteLength(JSON.stringify(event))),
    );
    expect(Math.min(...sizes)).toBeGreaterThan(1500);
    expect(Math.max(...sizes)).toBeLessThan(8000);
    const types = new Set([...many('events'), ...many('suspicious')].map(({ type }) => type));
    expect(types).toContain('RANSOMWARE_FILE_ENCRYPTION');
    expect(types).toContain('SUSPICIOUS_SCRIPT_EXCECUTION');
    expect(types.size).toBeGreaterThan(14);
  });

  it('order a process chain child first, with a root without parent and empty stop times', () => {
    for (const event of many('events')) {
      const chain = event.process_chain as {
        parent_id: number | null;
        process_id: number;
        process_stop_time: string;
      }[];
      expect(chain.at(-1)?.parent_id).toBeNull();
      expect(chain.slice(0, -1).map(({ parent_id }) => parent_id)).toEqual(
        chain.slice(1).map((entry) => entry.process_id),
      );
      expect(chain.every(({ process_stop_time }) => process_stop_time === '')).toBe(true);
    }
  });

  it('carry scripts of exactly 3,000 characters with CR LF, and no hash, in the suspicious stream', () => {
    const scripts = many('suspicious').filter(
      ({ type }) => type === 'SUSPICIOUS_POWERSHELL_COMMAND_EXECUTION',
    );
    expect(scripts.length).toBeGreaterThan(100);
    for (const { path } of scripts) {
      expect(path).toHaveLength(3000);
      expect(path).toMatch(/^powershell .*\r\n/);
    }
    expect(many('suspicious').some((event) => 'file_hash' in event || 'threat_type' in event)).toBe(
      false,
    );
  });

  it('leave out what is empty in 5, send nulls in 2.3, and nulls inside of MITRE entries always', () => {
    const entries = many('suspicious').flatMap(
      (event) => event.mitre_classifications as Record<string, unknown>[],
    );
    expect(entries.some(({ technique_id }) => technique_id === null)).toBe(true);
    expect(many('events').some((event) => Object.values(event).includes(null))).toBe(false);
    expect(make('events', 1, { generation: '2.3' })).toMatchObject({
      model: 'FileEvent',
      comment: null,
    });
    expect(make('events', 1, { generation: '3.3' })).not.toHaveProperty('process_chain');
  });

  it('write times with six decimals, the server later than the device', () => {
    for (const event of many('events')) {
      expect(event.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      expect(String(event.timestamp) < String(event.insertion_timestamp)).toBe(true);
    }
  });

  it('raise the insertion time with the id, as old as asked', async () => {
    const tenant = await start({ now: () => Date.UTC(2026, 1, 3) });
    const ids = tenant.add('events', 2000, { ageSeconds: 3600 });
    const times = ids.map((id) => String(tenant.item('events', id).insertion_timestamp));
    expect(times).toEqual([...times].sort());
    expect(new Set(times).size).toBe(2000);
    expect(times.at(-1)).toBe('2026-02-02T23:00:00.000000Z');
  });
});

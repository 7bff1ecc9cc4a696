// What a release must do wherever it runs, from its files alone.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../../support/world.ts';
import { newFolder, type Place, type Running, runAt, startAt } from './place.ts';

const config = `
sources:
  hook:
    type: webhook
    proof: header
    header: X-Secret
    secret: \${HOOK_SECRET}
    id: item.id
    event_type: item.type
    severity: '"HIGH"'
    fields:
      device.name: item.host
sinks:
  out:
    type: stdout
operations: out
`;

/** @param sinks beside `out`, as lines of YAML */
export function writeConfig(sinks = '\n'): string {
  const path = join(newFolder(), 'tocsin.yaml');
  writeFileSync(path, config.replace('\nsinks:\n', `\nsinks:${sinks}`));
  return path;
}

/** Sends an event to the service, and waits until the sink has printed it. */
export async function passEvent(service: Running, id: string): Promise<void> {
  const answer = service.ask('/hooks/hook', { id, type: 'Service down', host: `host-${id}` });
  expect(answer?.status, JSON.stringify(answer)).toBe(202);
  expect(await until(() => service.stdout.includes(`host-${id}`), 30_000), service.stderr).toBe(
    true,
  );
}

export function testJourney(placeOf: () => Place): void {
  test('the demonstration delivers everything once', async () => {
    const place = placeOf();
    const prepare = [...place.prepare, place.temporary ?? ''];
    const demo = await runAt({ ...place, prepare }, 'demo', '--once');
    expect(demo.stdout, demo.stderr).toContain('40 events, 40 delivered, each once.');
    expect(demo.code).toBe(0);
  });

  test('the configuration is checked, and a mistake in it is named', async () => {
    const place = placeOf();
    const checked = await runAt(place, 'check');
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining('sink out') });
    const unknown = await runAt(place, 'chekc');
    expect(unknown.stderr).toContain('check');
    expect(unknown.code).not.toBe(0);
  });

  test('the service answers probes, delivers, stops on SIGTERM, and has its data afterwards', async () => {
    const place = placeOf();
    const first = startAt(place, 'serve');
    await first.ready();
    expect(first.ask('/healthz')?.status).toBe(200);
    expect(first.ask('/metrics')?.text).toContain('tocsin_build_info');
    await passEvent(first, 'one');
    const stopped = await first.end('SIGTERM');
    expect(stopped.code, stopped.stderr).toBe(0);
    expect(stopped.stderr).toContain('tocsin stopped');

    const second = startAt(place, 'serve');
    await second.ready();
    await passEvent(second, 'two');
    expect(second.stdout).not.toContain('host-one');
    await second.end('SIGTERM');
  });
}

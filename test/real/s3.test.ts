// The sink s3 against moto, a server that does as S3 does, where that is installed: what it keeps is
// what was sent, once.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { s3 } from '../../src/sinks/s3/index.ts';
import { signed } from '../../src/sinks/s3/signature.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { storedEvent } from '../support/events.ts';
import { closedPort } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';

const isThere = spawnSync('moto_server', ['--help']).status === 0;
const access = { access_key_id: 'AKIAEXAMPLE', secret_access_key: 'example-secret-key-0' };
const signer = {
  ...{ accessKeyId: access.access_key_id, region: 'us-east-1' },
  secretAccessKey: access.secret_access_key,
};
const context = { deliveryId: 'archive-1', attempt: 1, signal: new AbortController().signal };

async function startMoto(): Promise<string> {
  const port = await closedPort();
  const server = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)]);
  onTestFinished(async () => {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  });
  const origin = `http://127.0.0.1:${port}`;
  await vi.waitFor(() => fetch(`${origin}/moto-api/`), { timeout: 60_000, interval: 200 });
  return origin;
}

async function called(method: 'GET' | 'PUT', address: string): Promise<string> {
  const url = new URL(address);
  const headers = signed({ method, url }, signer, Date.now());
  return (await fetch(url, { method, headers })).text();
}

describe.skipIf(!isThere)('moto', () => {
  test('keeps each event once, under its key', async () => {
    const origin = await startMoto();
    const sinkOf = (bucket: string) =>
      s3.create(s3.config.parse({ url: `${origin}/${bucket}`, ...access }), adapterContext());
    const sink = sinkOf('archive');
    const nowhere = await adapterError(sink.send(messageOf(storedEvent()), context));
    expect(nowhere).toMatchObject({ outcome: 'reject_sink', status: 404 });
    await called('PUT', `${origin}/archive`);
    await sink.check!(context.signal);
    const { remoteId } = (await sink.send(messageOf(storedEvent()), context))!;
    const message = messageOf(storedEvent(), { mayBeRepeated: true });
    await sink.send(message, { ...context, attempt: 2 });
    const kept = await called('GET', `${origin}/archive/${remoteId!.replaceAll('=', '%3D')}`);
    expect(JSON.parse(kept)).toMatchObject({ delivery_id: 'archive-1', id: 4711 });
    expect(kept).not.toContain('may_be_repeated');
    const listed = await called('GET', `${origin}/archive?list-type=2`);
    expect(listed.match(/<Key>[^<]*<\/Key>/g)).toEqual([`<Key>${remoteId}</Key>`]);
  });
});

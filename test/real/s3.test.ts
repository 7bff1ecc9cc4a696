// The sink s3 against moto, a server that does as S3 does: what it keeps is what was sent, once.
import { expect, test } from 'vitest';
import { s3 } from '../../src/sinks/s3/index.ts';
import { signed } from '../../src/sinks/s3/signature.ts';
import { adapterContext, adapterError } from '../contract/adapter-cases.ts';
import { closedPort } from '../support/far-end.ts';
import { messageOf } from '../support/voice.ts';
import { expectHostileRecord, hostileEvent } from './hostile.ts';
import { describeReal, program, RealServer } from './real-server.ts';

const access = { access_key_id: 'AKIAEXAMPLE', secret_access_key: 'example-secret-key-0' };
const signer = {
  ...{ accessKeyId: access.access_key_id, region: 'us-east-1' },
  secretAccessKey: access.secret_access_key,
};
const context = { deliveryId: 'archive-1', attempt: 1, signal: new AbortController().signal };

async function startMoto() {
  const port = await closedPort();
  const origin = `http://127.0.0.1:${port}`;
  const server = new RealServer({
    program: program('moto_server'),
    args: ['-H', '127.0.0.1', '-p', String(port)],
    isReady: () => fetch(`${origin}/moto-api/`),
  });
  return { origin, server: await server.start() };
}

async function called(method: 'GET' | 'PUT', address: string): Promise<string> {
  const url = new URL(address);
  const headers = signed({ method, url }, signer, Date.now());
  return (await fetch(url, { method, headers })).text();
}

describeReal('moto', { programs: ['moto_server'] }, () => {
  test('keeps each event once, under its key', async () => {
    const { origin, server } = await startMoto();
    const sinkOf = (bucket: string) =>
      s3.create(s3.config.parse({ url: `${origin}/${bucket}`, ...access }), adapterContext());
    const sink = sinkOf('archive');
    const nowhere = await adapterError(sink.send(messageOf(hostileEvent()), context));
    expect(nowhere).toMatchObject({ outcome: 'reject_sink', status: 404 });
    await called('PUT', `${origin}/archive`);
    await sink.check!(context.signal);
    const { remoteId } = (await sink.send(messageOf(hostileEvent()), context))!;
    const message = messageOf(hostileEvent(), { mayBeRepeated: true });
    await sink.send(message, { ...context, attempt: 2 });
    const kept = await called('GET', `${origin}/archive/${remoteId!.replaceAll('=', '%3D')}`);
    expectHostileRecord(JSON.parse(kept), 'archive-1');
    expect(kept).not.toContain('may_be_repeated');
    const listed = await called('GET', `${origin}/archive?list-type=2`);
    expect(listed.match(/<Key>[^<]*<\/Key>/g)).toEqual([`<Key>${remoteId}</Key>`]);

    await server.kill();
    const away = await adapterError(sink.send(message, context));
    expect(away).toMatchObject({ outcome: 'retry', reason: 'connection' });
    await server.start();
    // It keeps everything in memory.
    await called('PUT', `${origin}/archive`);
    expect(await sink.send(message, context)).toMatchObject({ remoteId });
  });
});

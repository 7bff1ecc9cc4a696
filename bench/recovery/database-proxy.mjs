// Stands before Postgres and cuts connections: some before a statement came through, some before
// its answer did, so that it was carried out.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * @param target the server's URL @returns the same URL through the proxy; `strike` is asked for
 * each statement once it is set
 */
export async function startDatabaseProxy(target) {
  const { hostname, port } = new URL(target);
  const pairs = new Set();
  let strike = () => false;
  let struck = 0;
  const listener = createServer((client) => {
    const server = connect(Number(port), hostname);
    const pair = { client, server };
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    pairs.add(pair);
    for (const socket of [client, server])
      socket.setNoDelay(true).on('error', end).on('close', end);
    let isAsking = false;
    let isAnswerLost = false;
    client.on('data', (bytes) => {
      // Only the first piece of a long statement counts.
      const isStruck = !isAsking && strike();
      isAsking = true;
      if (isStruck) struck += 1;
      isAnswerLost ||= isStruck && struck % 2 === 0;
      if (isStruck && !isAnswerLost) end();
      else server.write(bytes);
    });
    server.on('data', (bytes) => {
      isAsking = false;
      if (isAnswerLost) end();
      else client.write(bytes);
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${listener.address().port}`;
  return {
    url: url.href,
    strikeBy(given = () => false) {
      strike = given;
    },
    endAll() {
      for (const { client, server } of pairs) {
        client.destroy();
        server.destroy();
      }
    },
    async close() {
      listener.close();
      this.endAll();
      await once(listener, 'close');
    },
  };
}

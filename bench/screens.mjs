// The page of the service, open on three screens, as browsers ask for it: one shows what goes on
// now, one the events, one watches them live. The two ask again every ten seconds, first when the
// measurement begins.
const refreshMs = 10_000;
const polled = ['/', '/events'];
const stream = '/api/v1/events/stream';

/**
 * Resolves once the stream is open and both views were shown.
 * @param port of a service on this machine without tokens, which lets the machine itself look
 */
export async function openScreens(port) {
  const origin = `http://127.0.0.1:${port}`;
  const end = new AbortController();
  const { signal } = end;
  const seen = { views: 0, longestMs: 0, streamed: 0, failed: 0 };
  const live = await fetch(origin + stream, { signal });
  if (live.status !== 200) throw new Error(`the live stream answered ${live.status}`);
  const watching = count(live.body, seen).catch(() => {});
  const timers = [];
  let looking = Promise.resolve();
  const look = async (path) => {
    const startedAt = performance.now();
    try {
      const answer = await fetch(origin + path, { headers: { accept: 'text/html' } });
      await answer.arrayBuffer();
      if (answer.status !== 200) seen.failed += 1;
    } catch {
      seen.failed += 1;
    }
    seen.views += 1;
    seen.longestMs = Math.max(seen.longestMs, performance.now() - startedAt);
  };
  // A page that is open was loaded before, and the service has compiled what it needs for it.
  for (const path of polled) await fetch(origin + path).then((answer) => answer.arrayBuffer());
  return {
    begin() {
      const all = () => {
        looking = Promise.all([looking, ...polled.map(look)]);
      };
      all();
      timers.push(setInterval(all, refreshMs));
    },
    /** @returns `{views, longestMs, streamed, failed}` */
    async close() {
      for (const timer of timers) clearInterval(timer);
      await looking;
      end.abort();
      await watching;
      return seen;
    },
  };
}

/** How many events came; a chunk may end within a word. */
async function count(body, seen) {
  let rest = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    // A gap says which events the stream left out, and is none.
    for (const line of lines) if (line.startsWith('id: ')) seen.streamed += 1;
    for (const line of lines) if (line === 'event: gap') seen.streamed -= 1;
  }
}

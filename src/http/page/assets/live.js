// The live view: reads the stream of events and puts each on top of the table. It only ever fills
// in the rows that the server drew, and only with text.
const live = document.getElementById('live');
const body = live.querySelector('tbody');
const stateText = document.getElementById('live-state');
const pauseButton = document.getElementById('live-pause');
const { words } = live.dataset;
const text = JSON.parse(words);

const rowsMax = 200;
const retryMs = 3000;
/** A tab that nobody sees takes no stream from others. */
const hiddenMs = 60_000;

let lastId = '';
let isPaused = false;
/** Rows that came while the view was paused, the oldest first, and how many were dropped. */
let waiting = [];
let dropped = 0;
let stream;

const lengthMax = 120;

/** Cut to a length, with what a screen would obey or hide written out: `\u{202E}`. */
function inert(value) {
  const whole = [...String(value).slice(0, 2 * lengthMax)];
  const text = whole.length > lengthMax ? `${whole.slice(0, lengthMax).join('')}…` : whole.join('');
  const shown = (found) => `\\u{${found.codePointAt(0).toString(16).toUpperCase()}}`;
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu, shown);
}

function copyOf(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

function rowOf(event) {
  const row = copyOf('live-row');
  row.dataset.key = event.id;
  const fill = (name, value) => {
    row.querySelector(`[data-slot="${name}"]`).textContent = value ? inert(value) : '–';
  };
  setTime(row.querySelector('time'), event.receivedAt);
  row.querySelector('a').href = `/events/${encodeURIComponent(event.id)}`;
  row.querySelector('[data-slot="severity"]').append(copyOf(`live-severity-${event.severity}`));
  for (const name of ['type', 'device', 'user', 'file', 'source']) fill(name, event[name]);
  fill('sinks', event.sinks.join(', '));
  return row;
}

function gapRow(words) {
  const row = copyOf('live-gap');
  row.querySelector('[data-slot="gap"]').textContent = words;
  return row;
}

function add(row) {
  if (!isPaused) {
    put(row);
    return;
  }
  waiting.push(row);
  if (waiting.length > rowsMax) {
    waiting.shift();
    dropped += 1;
  }
  pauseButton.textContent = text.resume.replace('{n}', String(waiting.length + dropped));
}

function put(row) {
  body.prepend(row);
  while (body.rows.length > rowsMax) body.rows[body.rows.length - 1].remove();
  document.getElementById('live-empty').hidden = true;
}

/** Takes one message of the stream. */
function take(message) {
  const fields = { event: 'message', data: '', id: undefined };
  for (const line of message.split('\n')) {
    const at = line.indexOf(':');
    if (at > 0) fields[line.slice(0, at)] = line.slice(at + 1).replace(/^ /, '');
  }
  if (fields.id !== undefined) lastId = fields.id;
  if (fields.data === '') return;
  const data = JSON.parse(fields.data);
  if (fields.event === 'gap')
    add(gapRow(text.gap.replace('{from}', data.from).replace('{to}', data.to)));
  else if (fields.event === 'message') add(rowOf(data));
}

async function read(signal) {
  const headers = { accept: 'text/event-stream', ...(lastId && { 'last-event-id': lastId }) };
  const answer = await fetch(live.dataset.stream, { headers, signal });
  if (!answer.ok) {
    const { detail } = await answer.json();
    throw new Error(detail);
  }
  stateText.textContent = text.watching;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ''; ; ) {
    const { value, done } = await reader.read();
    if (done) return;
    const messages = (rest + value).split('\n\n');
    rest = messages.pop();
    for (const message of messages) take(message);
  }
}

async function watch() {
  const own = new AbortController();
  stream = own;
  while (!own.signal.aborted) {
    let why = '';
    try {
      await read(own.signal);
    } catch (error) {
      why = error instanceof TypeError ? '' : error.message;
    }
    if (own.signal.aborted) return;
    stateText.textContent = `${text.lost} ${why}`;
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

pauseButton.addEventListener('click', () => {
  isPaused = !isPaused;
  pauseButton.setAttribute('aria-pressed', String(isPaused));
  pauseButton.textContent = isPaused ? text.resume.replace('{n}', '0') : text.pause;
  if (isPaused) return;
  if (dropped > 0) put(gapRow(text.dropped.replace('{n}', String(dropped))));
  for (const row of waiting) put(row);
  waiting = [];
  dropped = 0;
});

let leaving;
document.addEventListener('visibilitychange', () => {
  clearTimeout(leaving);
  if (document.hidden) {
    leaving = setTimeout(() => {
      stream.abort();
      stream = undefined;
    }, hiddenMs);
  } else if (stream === undefined) void watch();
});

pauseButton.hidden = false;
void watch();

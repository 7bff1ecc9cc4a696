// A reader as one would write it for one program: a page is cut where its events end, the text of
// each is kept, and of its fields only those that a plain card shows. It trusts the far end.
import { readAllBy } from '../read_all.mjs';
import { createExchange } from './exchange.mjs';

const { DEEPINSTINCT_URL: url, TOKENS_KEY: token } = process.env;
const exchange = createExchange(url);
const { host } = new URL(url);

async function readPage(after) {
  const { status, body } = await exchange(
    `GET /api/v1/events/?after_event_id=${after} HTTP/1.1\r\nhost: ${host}\r\nauthorization: ${token}\r\naccept: application/json\r\n\r\n`,
  );
  if (status !== 200) throw new Error(`answered ${status}`);
  const items = cut(body).map((raw) => ({ raw, value: JSON.parse(raw) }));
  for (const item of items) item.id = item.value.id;
  items.sort((a, b) => a.id - b.id);
  return { items, newestId: items.at(-1)?.id };
}

/** The texts of the objects in the list of a page. */
function cut(body) {
  const texts = [];
  let depth = 0;
  let from = 0;
  for (
    let at = body.indexOf('[', body.indexOf('"events"')) + 1;
    at > 0 && at < body.length;
    at += 1
  ) {
    const code = body.charCodeAt(at);
    if (code === 0x22) {
      do at = body.indexOf('"', at + 1);
      while (isEscaped(body, at));
    } else if (code === 0x7b) {
      if (depth === 0) from = at;
      depth += 1;
    } else if (code === 0x7d) {
      depth -= 1;
      if (depth === 0) texts.push(body.slice(from, at + 1));
    } else if (code === 0x5d && depth === 0) break;
  }
  return texts;
}

function isEscaped(body, at) {
  let back = at - 1;
  while (body.charCodeAt(back) === 0x5c) back -= 1;
  return (at - back) % 2 === 0;
}

/** What the plain card needs. */
export function draftOf({ raw, id, value }) {
  const device = value.recorded_device_info ?? {};
  return {
    externalId: String(id),
    raw,
    type: value.type,
    severity: value.threat_severity,
    action: value.action,
    status: value.status,
    at: value.insertion_timestamp,
    hostname: device.hostname,
    ip: device.ip_address,
    os: device.os,
    user: device.logged_in_users,
    tenant: device.tenant_name,
    path: value.path,
    hash: value.file_hash,
    link: `${url}/`,
  };
}

export function readAll(store, mayGoOn) {
  return readAllBy(readPage, store, mayGoOn);
}

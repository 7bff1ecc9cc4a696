// A plain card, posted by the lean exchange. It says little, and is made as long as the service's
// own post, so that every contestant puts the same number of bytes on the wire.
import { createExchange } from './exchange.mjs';

/** Bytes of a post of the service, on average over the events of the contest. */
const postBytes = Number(process.env.POST_BYTES ?? 0);
const url = new URL(process.env.MATTERMOST_WEBHOOK_URL);
const exchange = createExchange(url.origin);
const head = `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\ncontent-length: `;
const filler = 'x'.repeat(8192);
const special = /[`*_~[\]()<>@#|\\]/g;
process.once('SIGTERM', () => process.exit());

const safe = (text) => String(text ?? '–').replace(special, '\\$&');

/** @throws if it was not accepted */
export async function send(draft) {
  const { externalId, type, severity, action, status, at, hostname, ip, os, user, tenant } = draft;
  const lines = `**${safe(severity)}** ${safe(type)} on ${safe(hostname)}
${safe(action)}, ${safe(status)}, ${at}
${safe(tenant)} · ${safe(ip)} · ${safe(os)} · ${safe(user)}
\`${safe(draft.path)}\`
\`${safe(draft.hash)}\`
${draft.link}`;
  const text = JSON.stringify(lines);
  const tail = `","props":{"delivery_id":"bench-${externalId}"}}`;
  const missing = Math.max(0, postBytes - Buffer.byteLength(text) - tail.length - 20);
  const body = `{"text":${text},"more":"${filler.slice(0, missing)}${tail}`;
  const answer = await exchange(`${head}${Buffer.byteLength(body)}\r\n\r\n${body}`);
  if (answer.status !== 200 || answer.body !== 'ok') throw new Error(`answered ${answer.status}`);
}

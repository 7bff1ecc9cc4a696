// Writes the answers of the simulated tenant, faulty ones included.
import type { ServerResponse } from 'node:http';
import type { Slice } from './rows.ts';

/** The form of an answer without items; real tenants use each of these. */
export type EmptyForm = 'null' | 'absent' | 'bare';

const emptyForms: Readonly<Record<EmptyForm, string>> = {
  null: '{"last_id": null, "events": []}',
  absent: '{"events": []}',
  bare: '{}',
};

const comma = Buffer.from(', ');
const end = Buffer.from(']}\n');

export function pageBytes({ lastId, items }: Slice, emptyForm: EmptyForm): Buffer {
  if (items.length === 0) return Buffer.from(emptyForms[emptyForm]);
  const parts: Buffer[] = [Buffer.from(`{"last_id": ${lastId}, "events": [`)];
  for (const [index, item] of items.entries()) {
    if (index > 0) parts.push(comma);
    parts.push(item);
  }
  parts.push(end);
  return Buffer.concat(parts);
}

export function answerJson(
  response: ServerResponse,
  status: number,
  body: Buffer | string,
  extra = {},
): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...extra,
  });
  response.end(body);
}

export function answerHtml(response: ServerResponse, status: number): void {
  endHtml(response, status, 'Sign in', 'Sign in to go on.');
}

/** Besides its API, the server has a console that answers every path with a page. */
export function answerConsole(response: ServerResponse): void {
  endHtml(
    response,
    200,
    'Simulated console',
    'A real tenant would show the event here. This one has an API and nothing else.',
  );
}

function endHtml(response: ServerResponse, status: number, title: string, text: string): void {
  const head = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>`;
  const body = `${head}<body><h1>${title}</h1><p>${text}</p></body></html>\n`;
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  };
  response.writeHead(status, headers).end(body);
}

/** Announces the whole body, sends half of it and cuts the connection. */
export function answerCutShort(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  response.write(body.subarray(0, body.length >> 1), () => response.destroy());
}

/** Ends the connection with a TCP reset and no answer. */
export function resetConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

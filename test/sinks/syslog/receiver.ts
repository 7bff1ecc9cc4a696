// A receiver of syslog on loopback, and strict readers of what it gets: RFC 5424, and the Common
// Event Format. They throw where a real one would misread.
import { startSocketServer } from '../../support/far-end.ts';

/** Takes frames by their counted bytes. Must be called within a test. */
export async function startReceiver() {
  const frames: string[] = [];
  let connections = 0;
  const port = await startSocketServer((socket) => {
    const chunks: Buffer[] = [];
    connections += 1;
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => frames.push(...framesOf(Buffer.concat(chunks))));
  });
  return { port, connectionCount: () => connections, received: () => frames };
}

/** @throws if bytes are left */
export function framesOf(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [head, count] = /^([1-9]\d*) /.exec(bytes.toString('latin1', at, at + 12)) ?? [];
    if (head === undefined) throw new Error(`no count at byte ${at}`);
    const end = at + head.length + Number(count);
    if (end > bytes.length) throw new Error(`${end - bytes.length} bytes are missing`);
    frames.push(bytes.toString('utf8', at + head.length, end));
    at = end;
  }
  return frames;
}

export interface Syslog {
  readonly priority: number;
  readonly at: string;
  readonly hostname: string;
  readonly appName: string;
  readonly messageId: string;
  readonly dataId: string;
  readonly params: Readonly<Record<string, string>>;
  readonly message: string;
}

const header =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z) ([!-~]{1,255}) ([!-~]{1,48}) - ([!-~]{1,32}) \[([!-~]{1,32}?)(?= |\])/;
/** In a value the three signs stand behind a backslash, and nothing else does. */
const param = / ([!-~]{1,32}?)="((?:[^"\\\]]|\\["\\\]])*)"/y;

/** @throws if it is no message of RFC 5424, or holds a line break */
export function readSyslog(line: string): Syslog {
  if (/[\n\r]/.test(line)) throw new Error('a line break outside of an escape');
  const found = header.exec(line);
  if (found === null) throw new Error(`no header: ${line.slice(0, 80)}`);
  const [head, priority, at = '', hostname = '', appName = '', messageId = '', dataId = ''] = found;
  const params: Record<string, string> = {};
  param.lastIndex = head.length;
  let end = head.length;
  for (let one = param.exec(line); one !== null; one = param.exec(line)) {
    params[one[1]!] = one[2]!.replace(/\\(["\\\]])/g, '$1');
    end = param.lastIndex;
  }
  if (line.slice(end, end + 2) !== '] ') throw new Error(`structured data: ${line.slice(end, 80)}`);
  const message = line.slice(end + 2);
  return { priority: Number(priority), at, hostname, appName, messageId, dataId, params, message };
}

export interface Cef {
  /** Vendor, product, version, class, name, severity. */
  readonly header: readonly string[];
  readonly extension: Readonly<Record<string, string>>;
}

/** @throws if a sign is not escaped that must be, or another one is */
export function readCef(text: string): Cef {
  const fields = text.match(/^CEF:0\|((?:[^\\|\n\r]|\\[\\|])*\|){6}/);
  if (fields === null) throw new Error(`no header of CEF: ${text.slice(0, 80)}`);
  const header = fields[0].slice('CEF:0|'.length, -1).split(/(?<=(?:^|[^\\])(?:\\\\)*)\|/);
  const extension: Record<string, string> = {};
  const rest = text.slice(fields[0].length);
  if (/[\n\r]/.test(rest)) throw new Error('a line break in the extension');
  if (/\\(?:[^\\=nr]|$)/.test(rest.replace(/\\\\/g, ''))) throw new Error('an escape of nothing');
  // A key stands at the start or behind one blank, and its sign is not escaped.
  const keys = [...rest.matchAll(/(?:^| )([A-Za-z0-9]+)=/g)];
  const signs = rest.replace(/\\./g, '').split('=').length - 1;
  if (keys.length !== signs) throw new Error(`${signs} signs and ${keys.length} keys`);
  keys.forEach(({ 0: all, 1: key = '', index }, at) => {
    if (key in extension) throw new Error(`${key} twice`);
    extension[key] = unescaped(rest.slice(index + all.length, keys[at + 1]?.index));
  });
  return { header: header.map((field) => field.replace(/\\([\\|])/g, '$1')), extension };
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_all, sign: string) => {
    if (sign === 'n') return '\n';
    return sign === 'r' ? '\r' : sign;
  });
}

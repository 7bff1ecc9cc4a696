// Messages that are signed as SNS signs them, by a key of ours, and a server that has its certificate.
import { createSign } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { readMessage, signedText } from '../../../src/sources/sns/message.ts';
import { sample } from '../../support/pushed-samples.ts';

const pem = (name: string) =>
  readFileSync(new URL(`../../fixtures/sns/${name}.pem`, import.meta.url), 'utf8');
export const certificate = pem('certificate');
const key = pem('key');

const bytes = (message: object) => new TextEncoder().encode(JSON.stringify(message));

/** The sample of this name with these parts, signed. */
export function signed(name: string, parts: object = {}): Record<string, string> {
  const message = { ...JSON.parse(sample(`sns/${name}`)), ...parts };
  const digest = message.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
  const text = signedText(readMessage(bytes(message)).message);
  return { ...message, Signature: createSign(digest).update(text).sign(key, 'base64') };
}

export interface FarEnd {
  readonly origin: string;
  /** Path and query of each request. */
  readonly asked: string[];
  /** What it answers: a status, and a body in place of the certificate. */
  answer: { status: number; body?: string };
}

export async function startSns(): Promise<FarEnd> {
  const end: FarEnd = { origin: '', asked: [], answer: { status: 200 } };
  const server = createServer((request, response) => {
    end.asked.push(request.url ?? '');
    response.writeHead(end.answer.status).end(end.answer.body ?? certificate);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return Object.assign(end, {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
}

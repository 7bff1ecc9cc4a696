// An event whose texts an attacker chose, and whether a real server gave back just that.
import { expect } from 'vitest';
import type { StoredEvent } from '../../src/kit/event.ts';
import { storedEvent } from '../support/events.ts';

/** What some reader would obey: markup, mentions, links, line ends, terminals, readers' eyes. */
export const hostileText = [
  '@room @channel <!here> <@U012AB3CD>',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '[console](https://evil.example/) https://evil.example/login',
  '"quoted" \\ \',"x":"@room","y":"{{constructor}} %s \u0000',
  '\r\n.\r\nBcc: eve@example.com\r\n\r\nRCPT TO:<eve@example.com>',
  'photo\u202Egnp.exe \u001b[31m lone\uD800surrogate ไฟล์ 👩‍💻',
].join(' ');

export function hostileEvent(overrides: Partial<StoredEvent> = {}): StoredEvent {
  const { body } = storedEvent();
  return storedEvent({
    type: hostileText,
    body: {
      ...body,
      description: hostileText,
      device: { ...body.device, name: hostileText },
      file: { ...body.file, name: hostileText, path: hostileText },
      process: { ...body.process, commandLine: hostileText },
    },
    ...overrides,
  });
}

/** Of a sink that passes on data: {@link hostileEvent}, whole, under its delivery's id. */
export function expectHostileRecord(record: unknown, deliveryId: string): void {
  const { id, type, body } = hostileEvent();
  expect(record).toMatchObject({ delivery_id: deliveryId, kind: 'event', id, type, body });
}

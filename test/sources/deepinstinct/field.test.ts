// Single fields of the wire, of whatever kind they come.
import { describe, expect, test } from 'vitest';
import { bodyOf, draftOf } from './drafts.ts';

describe('text', () => {
  test('is made valid and bounded in the body, and left as it came in the raw object', () => {
    const path = `C:\\a\u0000\ud800\\${'x'.repeat(20_000)}\\end.exe`;
    const { raw, body } = draftOf({ path });
    expect(JSON.parse(raw)).toMatchObject({ path });
    expect(body.file?.path).toMatch(/^C:\\a\uFFFD\\x+…x+\\end\.exe$/);
    expect(body.file?.path).toHaveLength(8000);
    expect(body.file?.name).toBe('end.exe');
  });

  test('a list in place of a text keeps each of its texts, and an object in place of a list counts', () => {
    const info = {
      ip_address: ['192.0.2.7', null, 'fd00::1', {}, ['x']],
      logged_in_users: ['A\\b', 'A\\c'],
      hostname: [],
    };
    const body = bodyOf({
      recorded_device_info: [info],
      device_id: 3,
      mitre_classifications: { tactic_id: 'TA0002' },
    });
    expect(body.device).toEqual({ id: '3', name: 'device #3', ip: '192.0.2.7, fd00::1' });
    expect(body).toMatchObject({ user: 'A\\b, A\\c', techniques: [{ id: 'TA0002' }] });
    expect(bodyOf({ comment: Array(10_000).fill('x') }).comment?.split(', ')).toHaveLength(50);
  });

  test('of megabytes are cut', () => {
    expect(bodyOf({ comment: ` ${'x'.repeat(5_000_000)}` }).comment).toHaveLength(8000);
  });
});

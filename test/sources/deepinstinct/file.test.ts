// The file of an event: what stands under `path` may be a command, a script or a sentence.
import { describe, expect, test } from 'vitest';
import { bodyOf } from './drafts.ts';

describe('the field that is called a path', () => {
  test('of several lines in place of a path is a script, whatever the type', () => {
    expect(bodyOf({ path: 'one\r\ntwo' }).file).toEqual({ script: 'one\r\ntwo' });
    for (const script of ['/* a */\nrun()', '// a\nrun()']) {
      expect(bodyOf({ path: script }).file).toEqual({ script });
    }
  });

  test.each([
    ['/tmp/a\nb.sh', 'a\nb.sh'],
    ['C:\\Users\\ann\\invoice\r\n.exe', 'invoice\r\n.exe'],
    ['\\\\server\\share\\a\nb.exe', 'a\nb.exe'],
  ])('a path with line breaks stays a path: %j', (path, name) => {
    expect(bodyOf({ path }).file).toEqual({ path, name });
    expect(bodyOf({ path, type: 'SUSPICIOUS_ACTIVITY' }).file).toEqual({ path, name });
    expect(bodyOf({ path, type: 'SCRIPT_CONTROL_COMMAND' }).file).toEqual({ script: path });
  });

  test('in place of a path is a sentence only for a rule, and only if it begins like none', () => {
    const type = 'SUSPICIOUS_ACTIVITY';
    for (const path of ['C:\\Windows\\a.exe', '\\\\files.example\\it\\a.exe', '/usr/bin/a']) {
      expect(bodyOf({ type, path }, 'suspicious').file?.path).toBe(path);
    }
    const fields = {
      type,
      description: 'Found by a rule.',
      path: 'Program and/or folder changed.',
    };
    expect(bodyOf(fields, 'suspicious')).toMatchObject({
      description: 'Found by a rule. Program and/or folder changed.',
    });
    expect(bodyOf({ ...fields, type: 'STATIC_ANALYSIS' }).file?.path).toBe(fields.path);
  });

  test.each([
    ['C:\\dir\\file.exe', 'file.exe'],
    ['/opt/app/run.sh', 'run.sh'],
    ['C:\\mixed/slashes\\here', 'here'],
    ['plain.exe', 'plain.exe'],
    ['C:\\folder\\', 'folder'],
    ['\\\\\\', undefined],
  ])('the path %s has the name %s', (path, name) => {
    expect(bodyOf({ path }).file?.name).toBe(name);
  });
});

// The file of an event: what stands under `path` may be a command, a script or a sentence.
import { describe, expect, test } from 'vitest';
import { fileOf } from '../../../src/sources/deepinstinct/file.ts';
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

describe('a file', () => {
  const none = new Map<string, string>();
  const of = (wire: object, type = 'STATIC_ANALYSIS', sources = none) =>
    fileOf({ ...wire }, type, sources);

  test('is none where nothing is said of one', () => {
    expect(of({})).toEqual({ file: undefined, rule: undefined });
    expect(of({ path: '', file_size: -1, file_hash: null })).toEqual({
      file: undefined,
      rule: undefined,
    });
  });

  test('has the name that is said, else that of its path, else that of the process', () => {
    const path = 'C:\\dir\\b.exe';
    const process_name = 'c.exe';
    expect(of({ file_name: 'a.exe', path, process_name }).file?.name).toBe('a.exe');
    expect(of({ path, process_name }).file?.name).toBe('b.exe');
    expect(of({ process_name }).file).toEqual({ name: 'c.exe' });
  });

  test.each([
    [{ path: '/p', script_file_path: '/s' }, '/p'],
    [{ script_file_path: '/s', file_path: '/f' }, '/s'],
    [{ file_path: '/f', dll_path: '/d' }, '/f'],
    [{ dll_path: '/d' }, '/d'],
    [{}, '/of-the-list.dll'],
    [{ path: 'one\ntwo', file_path: '/f' }, '/f'],
  ])('%j has the path %s', (wire, path) => {
    const sources = new Map([['DLL_PATH', '/of-the-list.dll']]);
    expect(of(wire, 'STATIC_ANALYSIS', sources).file?.path).toBe(path);
  });

  test('has one hash, its own before that of what it came in', () => {
    const all = {
      container_hash: 'container',
      file_archive_hash: 'archive',
      dll_sha_256: 'dll',
      process_file_sha256: 'process',
      file_hash: 'own',
    };
    expect(of(all).file?.hash).toBe('own');
    expect(of({ ...all, file_hash: '' }).file?.hash).toBe('process');
    expect(of({ file_archive_hash: 'archive' }).file?.hash).toBe('archive');
  });

  test('keeps the script that is said in its own field before one in place of a path', () => {
    const path = 'Get-Example';
    const type = 'SUSPICIOUS_POWERSHELL_COMMAND_EXECUTION';
    expect(of({ path }, type).file).toEqual({ script: path });
    expect(of({ path, script_command: 'own' }, type).file).toEqual({ script: 'own' });
  });

  test('is not made of the sentence of a rule', () => {
    expect(of({ path: 'Program changed.' }, 'SUSPICIOUS_ACTIVITY')).toEqual({
      file: undefined,
      rule: 'Program changed.',
    });
  });
});

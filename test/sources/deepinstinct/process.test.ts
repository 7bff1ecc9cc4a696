// Which of a chain of processes acted, and which started it.
import { describe, expect, test } from 'vitest';
import { processesOf } from '../../../src/sources/deepinstinct/process.ts';
import { bodyOf } from './drafts.ts';

describe('processes', () => {
  const child = { process_id: 3, parent_id: 2, process_name: 'c.exe' };
  const middle = { process_id: 2, parent_id: 1, process_name: 'b.exe' };
  const root = { process_id: 1, parent_id: null, process_name: 'a.exe' };
  const names = (...chain: unknown[]) => {
    const { process, parentProcess } = bodyOf({ process_chain: chain });
    return [process?.name, parentProcess?.name];
  };

  test('are the child and its parent, in whatever order the chain comes', () => {
    expect(names(child, middle, root)).toEqual(['c.exe', 'b.exe']);
    expect(names(root, middle, child)).toEqual(['c.exe', 'b.exe']);
    expect(names(middle, root, child)).toEqual(['c.exe', 'b.exe']);
    expect(names(child)).toEqual(['c.exe', undefined]);
    expect(names()).toEqual([undefined, undefined]);
  });

  test('stand as they come if the ids say nothing', () => {
    const loop = [
      { ...child, parent_id: 9, process_id: 8 },
      { ...root, parent_id: 8, process_id: 9 },
    ];
    expect(names(...loop)).toEqual(['c.exe', 'a.exe']);
    expect(names({ process_name: 'x' }, { process_name: 'y' }, null, 'z')).toEqual(['x', 'y']);
  });
});

describe('the fields of a process', () => {
  const none = new Map<string, string>();

  test('come from the chain first, then from fields of its own, then from the list of sources', () => {
    const flat = {
      process_name: 'flat.exe',
      process_path: 'C:\\flat.exe',
      process_command_line: 'flat --now',
      process_id: 9,
      parent_process_path: 'C:\\parent.exe',
    };
    const chain = [{ process_name: 'chain.exe', command: 'chain', executing_user: 'ann' }];
    const sources = new Map([
      ['PROCESS_PATH', 'C:\\listed.exe'],
      ['PARENT_PROCESS_PATH', 'C:\\listed-parent.exe'],
    ]);
    expect(processesOf({ ...flat, process_chain: chain }, sources)).toEqual({
      process: {
        name: 'chain.exe',
        path: 'C:\\flat.exe',
        commandLine: 'chain',
        user: 'ann',
        id: 9,
      },
      parentProcess: { name: 'parent.exe', path: 'C:\\parent.exe' },
    });
    expect(processesOf({}, sources)).toEqual({
      process: { name: 'listed.exe', path: 'C:\\listed.exe' },
      parentProcess: { name: 'listed-parent.exe', path: 'C:\\listed-parent.exe' },
    });
    expect(processesOf({}, none)).toEqual({ process: undefined, parentProcess: undefined });
  });

  test('a path in place of a name is a path', () => {
    const wire = { process_chain: [{ process_name: '/usr/bin/bash' }] };
    expect(processesOf(wire, none).process).toEqual({ name: 'bash', path: '/usr/bin/bash' });
  });

  test('a chain stands as it comes where two of it have no child', () => {
    const process_chain = [
      { process_name: 'a', process_id: 1, parent_id: 4 },
      { process_name: 'b', process_id: 2, parent_id: 3 },
      { process_name: 'c', process_id: 3 },
      { process_name: 'd', process_id: 4 },
    ];
    const { process, parentProcess } = processesOf({ process_chain }, none);
    expect([process?.name, parentProcess?.name]).toEqual(['a', 'b']);
  });

  test('no more than a hundred of a chain are looked at', () => {
    const process_chain = Array.from({ length: 5000 }, (_, index) => ({
      process_name: `p${index}`,
      process_id: index + 1,
      parent_id: index,
    }));
    // Root first: the last one is the child.
    expect(processesOf({ process_chain }, none).process?.name).toBe('p99');
  });
});

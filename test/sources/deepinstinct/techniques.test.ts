// The techniques of an event, by the most exact id that is there.
import { describe, expect, test } from 'vitest';
import { techniquesOf } from '../../../src/sources/deepinstinct/techniques.ts';
import { bodyOf } from './drafts.ts';

describe('techniques', () => {
  test('take the joined id where nothing else is said, and come once each', () => {
    const entries = [
      { mitre_id: 'TA0011.T1071.004' },
      { mitre_id: 'TA0002.T1059.001', sub_technique_id: 'T1059.001' },
      { mitre_id: 'TA0005.T1059.001', sub_technique_id: 'T1059.001' },
      {
        mitre_id: 'TA0002',
        tactic_id: 'TA0002',
        tactic_name: 'Execution',
        technique_id: null,
        sub_technique_id: '',
      },
      { technique_id: 'T1003', technique_name: 'OS Credential Dumping', sub_technique_name: null },
      { tactic_name: 'nameless' },
    ];
    expect(bodyOf({ mitre_classifications: entries }).techniques).toEqual([
      { id: 'T1071.004' },
      { id: 'T1059.001' },
      { id: 'TA0002', tactic: 'Execution' },
      { id: 'T1003', name: 'OS Credential Dumping' },
    ]);
  });

  test('are at most twenty', () => {
    const entries = Array.from({ length: 5000 }, (_, index) => ({ technique_id: `T${index}` }));
    expect(bodyOf({ mitre_classifications: entries }).techniques).toHaveLength(20);
  });
});

test.each([
  [undefined, undefined],
  [null, undefined],
  ['T1003', undefined],
  [[], undefined],
  [[{}, 'T1003', { technique_name: 'nameless' }], undefined],
  [{ technique_id: 'T1003' }, [{ id: 'T1003' }]],
  [[{ mitre_id: 'TA0002' }], [{ id: 'TA0002' }]],
  [
    [
      { technique_id: 'T1', tactic_name: 'first' },
      { technique_id: 'T1', tactic_name: 'second' },
    ],
    [{ id: 'T1', tactic: 'first' }],
  ],
  [
    [{ technique_id: 'T1', technique_name: 'whole', sub_technique_id: 'T1.2' }],
    [{ id: 'T1.2', name: 'whole' }],
  ],
  [
    [{ technique_id: 'T1', technique_name: 'whole', sub_technique_name: 'part' }],
    [{ id: 'T1', name: 'whole' }],
  ],
])('%j are the techniques %j', (value, techniques) => {
  expect(techniquesOf(value)).toEqual(techniques);
});

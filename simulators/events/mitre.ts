// MITRE ATT&CK entries as events hold them. Only here does the vendor send null for an unknown
// value.

interface Classification {
  readonly mitre_id: string;
  readonly tactic_id: string;
  readonly tactic_name: string;
  readonly technique_id: string | null;
  readonly technique_name: string | null;
  readonly sub_technique_id: string | null;
  readonly sub_technique_name: string | null;
}

type Named = readonly [id: string, name: string];

function classify(tactic: Named, technique?: Named, sub?: Named): Classification {
  const exact = sub?.[0] ?? technique?.[0];
  return {
    mitre_id: exact === undefined ? tactic[0] : `${tactic[0]}.${exact}`,
    tactic_id: tactic[0],
    tactic_name: tactic[1],
    technique_id: technique?.[0] ?? null,
    technique_name: technique?.[1] ?? null,
    sub_technique_id: sub?.[0] ?? null,
    sub_technique_name: sub?.[1] ?? null,
  };
}

const execution: Named = ['TA0002', 'Execution'];
const evasion: Named = ['TA0005', 'Defense Evasion'];
const access: Named = ['TA0006', 'Credential Access'];
const impact: Named = ['TA0040', 'Impact'];
const persistence: Named = ['TA0003', 'Persistence'];

export const mitre = {
  executionOnly: classify(execution),
  maliciousFile: classify(execution, ['T1204', 'User Execution'], ['T1204.002', 'Malicious File']),
  powershell: classify(
    execution,
    ['T1059', 'Command and Scripting Interpreter'],
    ['T1059.001', 'PowerShell'],
  ),
  visualBasic: classify(
    execution,
    ['T1059', 'Command and Scripting Interpreter'],
    ['T1059.005', 'Visual Basic'],
  ),
  encrypted: classify(impact, ['T1486', 'Data Encrypted for Impact']),
  noRecovery: classify(impact, ['T1490', 'Inhibit System Recovery']),
  injection: classify(evasion, ['T1055', 'Process Injection']),
  reflective: classify(evasion, ['T1620', 'Reflective Code Loading']),
  impair: classify(evasion, ['T1562', 'Impair Defenses'], ['T1562.001', 'Disable or Modify Tools']),
  lsass: classify(access, ['T1003', 'OS Credential Dumping'], ['T1003.001', 'LSASS Memory']),
  registryPermissions: classify(
    persistence,
    ['T1574', 'Hijack Execution Flow'],
    ['T1574.011', 'Services Registry Permissions Weakness'],
  ),
} as const;

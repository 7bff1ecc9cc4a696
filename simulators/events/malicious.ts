// The events of `/events/`: malicious files and behaviour in memory. Each scenario has exactly the
// fields of its type.
import type { Device } from './devices.ts';
import { pickFileName } from './hostile.ts';
import { mitre } from './mitre.ts';
import { pickWeighted, type Random } from './random.ts';

/** What a scenario adds to the fields of all events. `leaf`: the last process of the chain. */
export interface Scene {
  readonly fields: Record<string, unknown>;
  readonly classifications: readonly unknown[];
  readonly leaf: readonly [name: string, command: string];
}

export interface SceneContext {
  readonly random: Random;
  readonly device: Device;
  readonly severity: string | null;
  readonly hostileShare: number;
}

type Scenario = (context: SceneContext) => Scene;

const fileTypes = [
  'PE',
  'PE',
  'PE64',
  'DLL',
  'ZIP',
  'SEVEN_Z',
  'MSI',
  'OOXML',
  'PDF',
  'JAVASCRIPT',
  'ISO',
] as const;

const threatTypes: Readonly<Record<string, readonly string[]>> = {
  VERY_HIGH: [
    'MALWARE_RANSOMWARE',
    'MALWARE_BACKDOOR',
    'MALWARE_TROJAN',
    'PUA_GENERIC_PUA',
    'MALWARE_WORM',
  ],
  HIGH: [
    'MALWARE_TROJAN',
    'MALWARE_DROPPER',
    'MALWARE_SPYWARE',
    'MALWARE_VIRUS',
    'MALWARE_MINER_MALWARE',
  ],
  MODERATE: [
    'DUAL_USE_DUAL_USE_TOOL',
    'DUAL_USE_REMOTE_ADMIN_TOOL',
    'DUAL_USE_PASSWORD_TOOL',
    'PUA_RISKWARE_HACKTOOL',
  ],
  LOW: [
    'PUA_ADWARE',
    'PUA_TOOLBAR',
    'PUA_GENERIC',
    'DUAL_USE_DISK_ENCRYPTION_TOOL',
    'DUAL_USE_SSH_TOOL',
  ],
};

const staticAnalysis: Scenario = ({ random, device, severity, hostileShare }) => {
  const name = pickFileName(random, hostileShare);
  const fileType = random.pick(fileTypes);
  const isPrevented = random.chance(0.8);
  const hash = random.hex(64);
  const folder = random.pick([
    'Downloads',
    'AppData\\Local\\Temp',
    'Desktop',
    'Documents\\งานเอกสาร',
  ]);
  const path = `C:\\Users\\${device.users[0] ?? 'Public'}\\${folder}\\${name}`;
  const threatType = random.pick(threatTypes[severity ?? 'MODERATE'] ?? threatTypes.MODERATE!);
  const isArchive = ['ZIP', 'SEVEN_Z', 'ISO'].includes(fileType);
  const found = `identified as ${wordsOf(threatType)}.`;
  const volume = random.integer(2, 5);
  return {
    fields: {
      last_action: isPrevented && random.chance(0.5) ? 'QUARANTINE_SUCCESS' : 'QUARANTINE_FAILED',
      description: isArchive
        ? `${fileType} file includes a PE file ${found}`
        : `${fileType} file ${found}`,
      type: 'STATIC_ANALYSIS',
      trigger: 'MALICIOUS_FILE',
      action: isPrevented ? 'PREVENTED' : 'DETECTED',
      file_type: fileType,
      file_hash: hash,
      path,
      file_size: random.integer(20_000, 90_000_000),
      threat_type: threatType,
      ...(random.chance(0.17)
        ? {
            certificate_thumbprint: random.hex(40),
            certificate_vendor_name: 'Example Software Publishing Ltd.',
          }
        : {}),
      file_status: 'NOT_UPLOADED',
      sandbox_status: 'NOT_READY_TO_GENERATE',
      volume_id: `{00000000-0000-0000-0000-${random.hex(12)}}`,
      container_hash: isArchive ? random.hex(64) : hash,
      disk_drive: `\\Device\\HarddiskVolume${volume}${path.slice(2)}`,
    },
    classifications: random.chance(0.35) ? [mitre.maliciousFile] : [],
    leaf: [name, `"${path}" /quiet`],
  };
};

/** A shortcut on a USB stick: it has no threat type, and was reopened after it was closed. */
const shortcut: Scenario = ({ random }) => ({
  fields: {
    status: 'REOPEN',
    description: 'LNK file identified as suspicious.',
    type: 'STATIC_ANALYSIS',
    trigger: 'MALICIOUS_FILE',
    action: 'DETECTED',
    file_type: 'LNK',
    file_hash: random.hex(64),
    path: 'E:\\USB DRIVE (16GB).lnk',
    file_size: random.integer(900, 4000),
    file_status: 'NOT_UPLOADED',
    sandbox_status: 'NOT_READY_TO_GENERATE',
  },
  classifications: [],
  leaf: ['explorer.exe', 'explorer.exe E:\\'],
});

interface Behaviour {
  readonly type: string;
  readonly trigger: string;
  readonly description: string;
  readonly path: string;
  readonly extra?: Record<string, unknown>;
  readonly classification: unknown;
}

const behaviour =
  (how: Behaviour): Scenario =>
  ({ random }) => ({
    fields: {
      description: how.description,
      type: how.type,
      trigger: how.trigger,
      action: random.chance(0.7) ? 'PREVENTED' : 'DETECTED',
      path: how.path,
      ...how.extra,
    },
    classifications: [how.classification],
    leaf: [how.path.split('\\').at(-1)!, `"${how.path}"`],
  });

const ransomware: Behaviour = {
  type: 'RANSOMWARE_FILE_ENCRYPTION',
  trigger: 'RANSOMWARE',
  description: 'Ransomware behavior detected: files were encrypted.',
  path: 'C:\\Users\\Public\\Downloads\\invoice.exe',
  extra: {
    target_file: 'C:\\Users\\Public\\Documents\\งบประมาณ 2569.xlsx',
    ransom_note_path: 'C:\\Users\\Public\\Documents\\HOW_TO_RECOVER.txt',
  },
  classification: mitre.encrypted,
};
const powershellPath = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';

const behaviours: readonly Behaviour[] = [
  ransomware,
  {
    type: 'RANSOMWARE_FILE_ENCRYPTION',
    trigger: 'VSS_DELETION',
    description: 'Shadow copies were about to be deleted.',
    path: 'C:\\Windows\\System32\\vssadmin.exe',
    classification: mitre.noRecovery,
  },
  {
    type: 'REMOTE_CODE_INJECTION_EXECUTION',
    trigger: 'REMOTE_CODE_INJECTION',
    description: 'Code was injected into another process.',
    path: 'C:\\ProgramData\\inject.exe',
    extra: { target_process_path: 'C:\\Windows\\explorer.exe' },
    classification: mitre.injection,
  },
  {
    type: 'KNOWN_SHELLCODE_PAYLOADS',
    trigger: 'KNOWN_PAYLOAD_EXECUTION',
    description: 'A known shellcode payload was executed.',
    path: 'C:\\ProgramData\\loader.exe',
    extra: { shellcode_data: 'fc4883e4f0', shellcode_module_path: 'C:\\ProgramData\\loader.exe' },
    classification: mitre.injection,
  },
  {
    type: 'ARBITRARY_SHELLCODE',
    trigger: 'ARBITRARY_SHELLCODE',
    description: 'Shellcode was executed in memory.',
    path: 'C:\\Program Files\\Example App\\app.exe',
    classification: mitre.injection,
  },
  {
    type: 'REFLECTIVE_DLL',
    trigger: 'REFLECTIVE_DLL_INJECTION',
    description: 'A DLL was loaded reflectively.',
    path: 'C:\\ProgramData\\stage2.exe',
    classification: mitre.reflective,
  },
  {
    type: 'REFLECTIVE_DOTNET',
    trigger: 'REFLECTIVE_DOTNET_INJECTION',
    description: 'A .NET assembly was loaded reflectively.',
    path: 'C:\\Program Files\\Microsoft SQL Server\\160\\DTS\\Binn\\DTExec.exe',
    extra: { dot_net_version: '4.0.30319' },
    classification: mitre.reflective,
  },
  {
    type: 'AMSI_BYPASS',
    trigger: 'AMSI_BYPASS',
    description: 'An attempt to switch off script scanning was found.',
    path: powershellPath,
    extra: { powershell_version: '5.1' },
    classification: mitre.impair,
  },
  {
    type: 'DIRECT_SYSTEMCALLS',
    trigger: 'DIRECT_SYSTEM_CALL',
    description: 'System calls were made directly.',
    path: 'C:\\ProgramData\\quiet.exe',
    classification: mitre.injection,
  },
  {
    type: 'CREDENTIAL_DUMP',
    trigger: 'CREDENTIAL_DUMP',
    description: 'Memory of the credential store was read.',
    path: 'C:\\ProgramData\\procdump64.exe',
    extra: { target_process_path: 'C:\\Windows\\System32\\lsass.exe' },
    classification: mitre.lsass,
  },
  {
    type: 'SUSPICIOUS_SCRIPT_EXCECUTION',
    trigger: 'ACTIVESCRIPT_EXECUTION',
    description: 'A suspicious script was executed.',
    path: 'C:\\Users\\Public\\order.vbs',
    extra: { file_type: 'ACTIVE_SCRIPT', script_file_path: 'C:\\Users\\Public\\order.vbs' },
    classification: mitre.visualBasic,
  },
  {
    type: 'MALICIOUS_POWERSHELL_COMMAND_EXECUTION',
    trigger: 'POWERSHELL_EXECUTION',
    description: 'A malicious PowerShell command was executed.',
    path: 'powershell -NoP -W Hidden -Enc VwByAGkAdABlAC0ASABvAHMAdAA=',
    extra: {
      file_type: 'POWERSHELL',
      script_command: 'powershell -NoP -W Hidden -Enc VwByAGkAdABlAC0ASABvAHMAdAA=',
    },
    classification: mitre.powershell,
  },
  {
    type: 'STATIC_ANALYSIS',
    trigger: 'DDE_USAGE',
    description: 'DOC file uses Dynamic Data Exchange.',
    path: 'C:\\Users\\Public\\Downloads\\letter.doc',
    extra: { file_type: 'DOC', file_hash: 'e'.repeat(64) },
    classification: mitre.maliciousFile,
  },
];

type Weighted = readonly (readonly [weight: number, scenario: Scenario])[];

/** Ransomware at work is never LOW, and VERY_HIGH is a file or ransomware. */
const gravest: Weighted = [
  [60, staticAnalysis],
  [40, behaviour(ransomware)],
];
const mildest: Weighted = [
  [90, staticAnalysis],
  [10, shortcut],
];
const others: Weighted = [
  [50, staticAnalysis],
  [3, shortcut],
  ...behaviours.map((how): readonly [number, Scenario] => [4, behaviour(how)]),
];

export function maliciousScene(context: SceneContext): Scene {
  const bySeverity: Readonly<Record<string, Weighted>> = { VERY_HIGH: gravest, LOW: mildest };
  return pickWeighted(context.random, bySeverity[context.severity ?? ''] ?? others)(context);
}

/** `DUAL_USE_SSH_TOOL` as the console words it: `Dual Use - Ssh Tool`. */
function wordsOf(threatType: string): string {
  const [, kind = '', name = ''] = /^(MALWARE|PUA|DUAL_USE)_(.*)$/.exec(threatType) ?? [];
  const words = (text: string) =>
    text.split('_').map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return `${kind === 'PUA' ? kind : words(kind).join(' ')} - ${words(name).join(' ')}`;
}

// The events of `/suspicious-events/`: scripts and commands, without hash, size and threat type.
import type { Scene, SceneContext } from './malicious.ts';
import { mitre } from './mitre.ts';
import { pickWeighted } from './random.ts';
import { longScript } from './script.ts';

const commands: readonly string[] = [
  '"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe" -NoLogo -NonInteractive -NoProfile -ExecutionPolicy Bypass -Command "Get-CimInstance Win32_OperatingSystem | Select-Object Caption,Version,LastBootUpTime | ConvertTo-Json -Compress"',
  '"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe" -NoProfile -Command "& { Get-HotFix | Sort-Object InstalledOn -Descending | Select-Object -First 20 | Export-Csv -NoTypeInformation C:\\ProgramData\\hotfix.csv }"',
  '"C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe" -WindowStyle Hidden -ExecutionPolicy RemoteSigned -File "C:\\ProgramData\\Example RMM\\scripts\\collect.ps1" -Site "โรงพยาบาลตัวอย่าง" -Verbose:$false -Retry 3',
];

function scriptText({ random }: SceneContext): Scene {
  return {
    fields: {
      description: 'Script contains suspicious features.',
      type: 'SUSPICIOUS_POWERSHELL_COMMAND_EXECUTION',
      trigger: 'POWERSHELL_EXECUTION',
      action: random.chance(0.9) ? 'DETECTED' : 'PREVENTED',
      file_type: 'POWERSHELL',
      path: longScript(random),
    },
    classifications: random.chance(0.5) ? [] : [mitre.powershell, mitre.executionOnly],
    leaf: [
      'powershell.exe',
      'powershell.exe -NoProfile -ExecutionPolicy Bypass -File "C:\\ProgramData\\jobs\\job.ps1"',
    ],
  };
}

function interactiveCommand({ random }: SceneContext): Scene {
  const command = random.pick(commands);
  return {
    fields: {
      description: 'Script detected by Script Control policy.',
      type: 'SCRIPT_CONTROL_COMMAND',
      trigger: 'POWERSHELL_INTERACTIVE_EXECUTION',
      action: 'DETECTED',
      file_type: 'POWERSHELL_INTERACTIVE',
      path: command,
    },
    classifications: [mitre.powershell, mitre.executionOnly],
    leaf: ['powershell.exe', command],
  };
}

function scriptFile({ random }: SceneContext): Scene {
  const path = random.pick([
    'C:\\Users\\Public\\order.vbs',
    'C:\\ProgramData\\จัดการเครื่อง.js',
    '\\\\files.example\\it\\logon.vbs',
  ]);
  return {
    fields: {
      description: 'Script detected by Script Control policy.',
      type: 'SCRIPT_CONTROL_PATH',
      trigger: 'ACTIVESCRIPT_EXECUTION',
      action: random.chance(0.5) ? 'PREVENTED' : 'DETECTED',
      file_type: 'ACTIVE_SCRIPT',
      path,
    },
    classifications: [mitre.visualBasic],
    leaf: ['wscript.exe', `"C:\\Windows\\System32\\WScript.exe" "${path}"`],
  };
}

function activity(_context: SceneContext): Scene {
  return {
    fields: {
      description: 'Suspicious activity found by a rule.',
      type: 'SUSPICIOUS_ACTIVITY',
      trigger: 'SUSPICIOUS_ACTIVITY',
      action: 'DETECTED',
      rule_trigger: 'REGISTRY',
      remediation: [],
      source: [
        {
          type: 'REGISTRY_PATH',
          value: '\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\example\\ImagePath',
        },
        { type: 'PROCESS_PATH', value: 'C:\\Windows\\System32\\services.exe' },
      ],
      path: 'A service was changed to start a program from a folder that every user may write to.',
    },
    classifications: [mitre.registryPermissions],
    leaf: ['services.exe', 'C:\\Windows\\System32\\services.exe'],
  };
}

const scenarios = [
  [55, scriptText],
  [32, interactiveCommand],
  [8, scriptFile],
  [5, activity],
] as const;

export function suspiciousScene(context: SceneContext): Scene {
  return pickWeighted(context.random, scenarios)(context);
}

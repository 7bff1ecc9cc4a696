// PowerShell scripts as the suspicious stream holds them: lines end with CR LF, and the server cuts
// the text at 3,000 characters. The scripts are harmless.
import type { Random } from './random.ts';

const charactersMax = 3000;

const lines: readonly string[] = [
  '# Inventory of installed software, sent to the management server once a day',
  'Set-StrictMode -Version 2.0',
  '$ErrorActionPreference = "SilentlyContinue"',
  'function Get-InstalledSoftware {',
  '  param([string[]]$ComputerName = $env:COMPUTERNAME, [switch]$IncludeUpdates)',
  "  $keys = 'HKLM:\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\*', 'HKLM:\\Software\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\*'",
  '  foreach ($key in $keys) {',
  '    Get-ItemProperty -Path $key | Where-Object { $_.DisplayName -and ($IncludeUpdates -or $_.ReleaseType -notmatch "Update") } |',
  '      Select-Object @{n="Name";e={$_.DisplayName}}, DisplayVersion, Publisher, InstallDate',
  '  }',
  '}',
  '$session = New-Object System.Net.WebClient',
  '$session.Headers.Add("User-Agent", "inventory/2.4")',
  '$report = Get-InstalledSoftware | Sort-Object Name | ConvertTo-Json -Compress -Depth 4',
  '# ตรวจสอบพื้นที่ดิสก์และรายงานผล',
  'Get-CimInstance Win32_LogicalDisk -Filter "DriveType=3" | ForEach-Object {',
  '  $free = [math]::Round($_.FreeSpace / 1GB, 1); $size = [math]::Round($_.Size / 1GB, 1)',
  '  if ($free -lt 5) { Write-Warning ("{0} has only {1} of {2} GB left" -f $_.DeviceID, $free, $size) }',
  '}',
  '[void]$session.UploadString("https://inventory.example/api/report", "POST", $report)',
  'Start-Sleep -Milliseconds (Get-Random -Minimum 200 -Maximum 900)',
];

/** Exactly 3,000 characters that begin with the word `powershell`. */
export function longScript(random: Random): string {
  const first = random.integer(0, lines.length - 1);
  let text = `powershell $run_${random.hex(8)} = "${random.hex(16)}"\r\n`;
  for (let index = first; text.length < charactersMax; index += 1)
    text += `${lines[index % lines.length]}\r\n`;
  return text.slice(0, charactersMax);
}

// Names as attackers choose them: to ping a channel, to break a card, to look like something else.
import type { Random } from './random.ts';

/** Some are no legal names on Windows, but agents on other systems report such names too. */
export const hostileFileNames: readonly string[] = [
  '@channel urgent update.exe',
  '@all @here read me.docm',
  '<!channel> salary.xlsx',
  '[Reset your password](https://phish.example/login).exe',
  '![logo](https://beacon.example/pixel.png).exe',
  'invoice_\u202Efdp.exe',
  'report\u200B\u2060.pdf.exe',
  '**CLEARED BY IT** ~~malware~~.exe',
  '```\n# All clear\n```.js',
  '`whoami`.ps1',
  '| a | b |\n|---|---|\n| 1 | 2 |.csv',
  '<script>alert(1)</script>.hta',
  'https://phish.example/update.exe',
  '＠channel ใบแจ้งหนี้.exe',
  'résumé – ประวัติ 履歴書.lnk',
  ':rotating_light: #incident ~town-square.exe',
  '<https://phish.example|Open the console>.url',
  `${'A'.repeat(240)}.exe`,
];

export const hostileHostnames: readonly string[] = [
  '@here',
  '**FINANCE**',
  '[HQ](https://phish.example)',
  '`srv`',
];

const harmlessFileNames: readonly string[] = [
  'setup.exe',
  'invoice_0923.exe',
  'AnyViewer_portable.exe',
  'update_flash.exe',
  'keygen.exe',
  'PDFConverterPro.exe',
  'ใบเสนอราคา.exe',
  'driver-booster.exe',
  'putty-0.7x.exe',
  'nmap-setup.exe',
  'winhlp64.exe',
  'svhost.exe',
  'crypto_wallet.exe',
  'Q3 budget (final) v2.exe',
  'remote-support.exe',
];

/** `hostileShare` of the names (0 to 1) are hostile. */
export function pickFileName(random: Random, hostileShare: number): string {
  return random.pick(random.chance(hostileShare) ? hostileFileNames : harmlessFileNames);
}

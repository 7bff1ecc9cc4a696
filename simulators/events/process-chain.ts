// Process chains as agents report them: child first and root last, the root without a parent, and
// every stop time "".
import type { Device } from './devices.ts';
import type { Random } from './random.ts';
import { wireTime } from './time.ts';

type Step = readonly [name: string, command: string];

const boot: readonly Step[] = [
  ['wininit.exe', 'wininit.exe'],
  ['services.exe', 'C:\\Windows\\system32\\services.exe'],
];
const desktop: readonly Step[] = [
  ['winlogon.exe', 'winlogon.exe'],
  ['userinit.exe', 'C:\\Windows\\system32\\userinit.exe'],
  ['explorer.exe', 'C:\\Windows\\Explorer.EXE'],
];
const browser: Step = [
  'chrome.exe',
  '"C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe" --type=utility --utility-sub-type=network.mojom.NetworkService --lang=th --service-sandbox-type=none --start-stack-profiler --no-pre-read-main-dll --metrics-shmem-handle=2204,i,1745,8388608,524288 --field-trial-handle=1972,i,1438 --variations-seed-version=20260115-010032 /prefetch:11',
];
const outlook: Step = [
  'OUTLOOK.EXE',
  '"C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE" /recycle /m /restore',
];
const word: Step = [
  'WINWORD.EXE',
  '"C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE" /n "C:\\Users\\Public\\Downloads\\order.docm" /o ""',
];
const scheduler: Step = [
  'svchost.exe',
  'C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s Schedule',
];
const manager: Step = [
  'rmm-agent.exe',
  '"C:\\Program Files\\Example RMM\\rmm-agent.exe" --service --config "C:\\ProgramData\\Example RMM\\agent.json" --log-level info --poll-seconds 60',
];
const console: Step = [
  'cmd.exe',
  'C:\\Windows\\system32\\cmd.exe /d /c ""C:\\ProgramData\\Example RMM\\jobs\\inventory.cmd" --full"',
];

const ancestries: readonly (readonly Step[])[] = [
  [...desktop, browser],
  [...desktop, outlook, word],
  [...desktop],
  [...boot, scheduler],
  [...boot, manager, console],
];

/** The chain that ends in `leaf`; from 3 to 6 entries. */
export function processChain(
  random: Random,
  device: Device,
  leaf: Step,
  atMs: number,
): Record<string, unknown>[] {
  const ancestry = random.pick(ancestries);
  const rootFirst = [...ancestry, leaf];
  const ids = rootFirst.map((_, index) => 600 + index * 1200 + 4 * random.integer(1, 250));
  const user = device.users[0] ?? 'SYSTEM';
  const entries = rootFirst.map(([name, command], index) => ({
    parent_id: index === 0 ? null : ids[index - 1],
    process_id: ids[index],
    process_name: name,
    process_start_time: wireTime(
      atMs - (rootFirst.length - 1 - index) * 61_700 - 900,
      random.integer(0, 999),
    ),
    process_stop_time: '',
    executing_user: index < 2 ? 'SYSTEM' : random.pick([user, user, '']),
    command,
  }));
  return entries.reverse();
}

// What /proc knows of a process: CPU time, peak memory. Times in microseconds, by the kernel's
// ticks of 10 ms.
import { readdirSync, readFileSync } from 'node:fs';

const tickMicroseconds = 10_000;

/** User and system time of one process, all its threads included. 0 if it is gone. */
export function cpuOf(pid) {
  const fields = statOf(pid);
  return fields === undefined ? 0 : fields.own * tickMicroseconds;
}

/** Of a server and everything it started, also what has ended since. */
export function cpuOfTree(pid) {
  const root = statOf(pid);
  if (root === undefined) return Number.NaN;
  let ticks = root.own + root.reaped;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(name);
    if (fields?.parent === pid) ticks += fields.own;
  }
  return ticks * tickMicroseconds;
}

/**
 * CPU so far of a process, of a server with everything it started, and of the machine, and when
 * that was.
 */
export function readCpu(pid, postmaster) {
  return {
    at: performance.now(),
    process: cpuOf(pid),
    postgres: cpuOfTree(postmaster),
    machine: cpuOfMachine(),
  };
}

/** Everything that ran on this machine. */
export function cpuOfMachine() {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * tickMicroseconds;
}

export function parentOf(pid) {
  return statOf(pid)?.parent;
}

/** Peak resident memory in MB. */
export function peakMemoryOf(pid) {
  return (
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  );
}

function statOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .split(') ')
      .at(-1)
      .split(' ')
      .map(Number);
    return { parent: fields[1], own: fields[11] + fields[12], reaped: fields[13] + fields[14] };
  } catch {
    return undefined;
  }
}

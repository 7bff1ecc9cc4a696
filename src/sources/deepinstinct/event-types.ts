// The types that the vendor documents for what an attack does; those about a device or its agent
// are not among them. Constants only.
import { behavioural, encryption } from './severity.ts';
import type { Stream } from './stream.ts';

/**
 * For the metrics. The vendor adds types with each release; they count as others until they are
 * listed here.
 */
export const typesOfStream: Readonly<Record<Stream, readonly string[]>> = {
  event: ['STATIC_ANALYSIS', encryption, ...behavioural],
  suspicious: [
    'SUSPICIOUS_ACTIVITY',
    'SCRIPT_CONTROL_COMMAND',
    'SCRIPT_CONTROL_PATH',
    'SUSPICIOUS_POWERSHELL_COMMAND_EXECUTION',
  ],
};

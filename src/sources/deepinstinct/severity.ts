// Deep Instinct's words for the severity of an event -> OCSF numbers. Pure.
import type { Severity } from '../../kit/event.ts';
import type { Stream } from './stream.ts';

/** The four that servers send, `NONE` of 2.x, and what a later release might send. */
const bySeverity: Readonly<Record<string, Severity>> = {
  CRITICAL: 5,
  VERY_HIGH: 5,
  HIGH: 4,
  MODERATE: 3,
  MEDIUM: 3,
  LOW: 2,
  VERY_LOW: 1,
  INFO: 1,
  NONE: 1,
  NA: 1,
};

/** The words that servers send, and so can look for. */
const searched = ['NONE', 'LOW', 'MODERATE', 'HIGH', 'VERY_HIGH'] as const;

/** The vendor's words for these severities. */
export function wordsOf(severities: readonly Severity[]): string[] {
  return searched.filter((word) => severities.includes(bySeverity[word]!));
}

export const encryption = 'RANSOMWARE_FILE_ENCRYPTION';
/** Found by what a program did, not by how a file looks. `EXCECUTION` is the vendor's spelling. */
export const behavioural: ReadonlySet<string> = new Set(
  `REMOTE_CODE_INJECTION_EXECUTION KNOWN_SHELLCODE_PAYLOADS ARBITRARY_SHELLCODE REFLECTIVE_DLL
  REFLECTIVE_DOTNET AMSI_BYPASS DIRECT_SYSTEMCALLS CREDENTIAL_DUMP SUSPICIOUS_SCRIPT_EXCECUTION
  MALICIOUS_POWERSHELL_COMMAND_EXECUTION MALICIOUS_JS_EXECUTION DEEP_MEMORY_SCANNING
  PROCESS_TAMPERING`.split(/\s+/),
);
/** About the device or its agent, not about an attack. */
export const administrative: ReadonlySet<string> = new Set(
  `FILE_DELETION D_CLIENT_INSTALLATION D_CLIENT_ACTIVATION D_CLIENT_CRASH D_CLIENT_DISABLE
  D_CLIENT_VERSION D_CLIENT_UNINSTALL D_CLIENT_FAILED_REGISTRATION D_BRAIN_VERSION FULL_SCAN
  MINIMUM_OS_VERSION CAMERA STORAGE_ENCRYPTION PASSWORD_COMPLIANT UNKNOWN_SOURCES USB_DEBUGGING
  DEVICE_ADMIN ROOT JAILBREAK EXCESSIVE_LOGIN_ATTEMPTS SSL_MITM ARP_SPOOFING HOST_FILE
  USER_CERTIFICATE LICENSE_ACTIVATION LICENSE_DEACTIVATION PENDING_INSTALLATION
  SUCCESSFUL_REGISTRATION CONFIGURATION_UP_TO_DATE ACTIVE_SCRIPT_EXECUTION_BLOCKED
  EXTERNAL_STORAGE_REMOVAL EXTERNAL_STORAGE_INSERTION OS_VERSION_UPDATE DEVICE_NAME DEVICE_IP
  DEVICE_MAC QUARANTINE_FAILED RESTORATION_FAILED DELETE_FAILED QUARANTINE_SUCCESS
  RESTORATION_SUCCESS DELETE_SUCCESS BATTERY_OPTIMIZATIONS STORAGE_ACCESS
  REMOVABLE_STORAGE_ACCESS APP_USAGE_ACCESS DRAW_OVER_OTHER_APPS HP_SERIAL DISTINGUISHED_NAME
  DOMAIN_NAME UPLOAD_FILE_FAILED FIREWALL_ON FIREWALL_OFF QUARANTINE_QUOTA_WARNING
  QUARANTINE_QUOTA_FIXED AGENT_CONFIG_RELOADED`.split(/\s+/),
);

/**
 * @param word `threat_severity`; undefined if the server sent none. A word that nobody knows is 0,
 * which passes every threshold.
 */
export function severityOf(word: string | undefined, type: string, stream: Stream): Severity {
  if (word !== undefined) {
    const known = word.toUpperCase();
    return Object.hasOwn(bySeverity, known) ? bySeverity[known]! : 0;
  }
  if (type === encryption) return 5;
  if (stream === 'suspicious') return 2;
  if (behavioural.has(type)) return 4;
  return administrative.has(type) ? 1 : 0;
}

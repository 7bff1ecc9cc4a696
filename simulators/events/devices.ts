// An invented fleet: devices of several tenants, with realistic names, some of them Thai. Nothing
// here exists.
import type { Random } from './random.ts';

export interface Device {
  readonly id: number;
  readonly hostname: string;
  readonly os: string;
  readonly osVersion: string;
  readonly lastOctet: number;
  readonly domain: string;
  readonly users: readonly string[];
  readonly place: Place;
  readonly isServer: boolean;
}

interface Place {
  readonly provider: string;
  readonly providerId: number;
  readonly tenant: string;
  readonly tenantId: number;
}

const north = { provider: 'Northgate Managed Security (example)', providerId: 1 };
const thai = { provider: 'บริษัท ตัวอย่าง ซีเคียวริตี้ จำกัด', providerId: 2 };
const hospital: Place = { ...thai, tenant: 'โรงพยาบาลตัวอย่าง', tenantId: 21 };
const school: Place = { ...thai, tenant: 'โรงเรียนสาธิตตัวอย่าง (สาขา 2)', tenantId: 22 };
const logistics: Place = { ...north, tenant: 'Example Logistics', tenantId: 10 };
const mill: Place = { ...north, tenant: 'Harbour Paper Mill (example)', tenantId: 11 };

const eleven = ['WINDOWS', 'Windows 11 Pro'] as const;
const ten = ['WINDOWS', 'Windows 10 Enterprise'] as const;
const server = ['WINDOWS_SERVER', 'Windows Server 2022 Standard'] as const;

type Row = readonly [
  hostname: string,
  system: readonly [string, string],
  domain: string,
  users: string[],
  place: Place,
];
const rows: readonly Row[] = [
  ['WARD3-NURSE-02', eleven, 'hospital.example', ['nurse02'], hospital],
  ['PHARMACY-01', ten, 'hospital.example', ['เภสัชกร01'], hospital],
  ['RADIOLOGY-PACS', server, 'hospital.example', ['svc_pacs'], hospital],
  ['FRONTDESK-04', eleven, 'hospital.example', ['reception'], hospital],
  ['LAB-CENTRIFUGE', ten, '', [], hospital],
  ['TEACHER-LT-17', eleven, '', ['ครู17'], school],
  ['LIBRARY-PC-05', ten, '', ['student'], school],
  ['SCHOOL-FILES', server, 'school.example', ['administrator'], school],
  ['LAPTOP-7Q2MX', eleven, '', ['dispatch3'], logistics],
  ['WAREHOUSE-SCAN-9', ten, 'logistics.example', ['scanner'], logistics],
  ['FIN-WS-0042', eleven, 'logistics.example', ['accounts', 'accounts_admin'], logistics],
  ['LOG-SQL-01', server, 'logistics.example', ['svc_sql'], logistics],
  ['LOG-DC-02', server, 'logistics.example', [], logistics],
  ['DRIVER-TABLET-33', eleven, '', ['driver33'], logistics],
  ['MILL-HMI-1', ten, '', ['operator'], mill],
  ['MILL-ENG-LT', eleven, 'mill.example', ['engineer'], mill],
  ['MILL-BACKUP', server, 'mill.example', ['svc_backup'], mill],
  ['mill-edge-01', ['UBUNTU', 'Ubuntu 22.04.4 LTS'], '', ['root'], mill],
  ['design-mac-2', ['MAC', 'macOS 14.6'], '', ['designer'], mill],
];

export const devices: readonly Device[] = rows.map(
  ([hostname, [os, osVersion], domain, users, place], index) => ({
    id: 1001 + index,
    hostname,
    os,
    osVersion,
    lastOctet: 10 + index,
    domain,
    users,
    place,
    isServer: os === 'WINDOWS_SERVER',
  }),
);

const windowsDevices = devices.filter((device) => device.os.startsWith('WINDOWS'));

export function pickDevice(random: Random, hostname?: string): Device {
  const named =
    hostname === undefined ? undefined : devices.find((device) => device.hostname === hostname);
  return named ?? random.pick(random.chance(0.95) ? windowsDevices : devices);
}

/** `HOST\user`, separated by commas; "" if nobody is logged in. */
export function loggedInUsers({ hostname, users }: Device): string {
  return users.map((user) => `${hostname}\\${user}`).join(',');
}

/** The device as a 5.x agent records it with the event. */
export function recordedDevice(device: Device): Record<string, unknown> {
  const { hostname, domain } = device;
  const unit = device.isServer ? 'Servers' : 'Computers';
  const parts = domain.split('.').map((part) => `DC=${part}`);
  return {
    os: device.os,
    osv: device.osVersion,
    ip_address: `192.0.2.${device.lastOctet}`,
    mac_address: macAddress(device),
    hostname,
    domain,
    ...(domain === ''
      ? {}
      : { distinguished_name: `CN=${hostname},CN=${unit},${parts.join(',')}` }),
    group_id: device.isServer ? 7 : 12,
    policy_id: device.isServer ? 9 : 34,
    agent_version: '5.2.0000.2',
    brain_version: '142w',
    logged_in_users: loggedInUsers(device),
  };
}

/**
 * The device as the agents of 2.3 and 3.3 recorded it: without address and user, and with names in
 * place of numbers.
 */
export function recordedDeviceBefore5(device: Device): Record<string, unknown> {
  const group = device.isServer ? 'Windows Server' : 'Windows Desktop';
  return {
    os: device.os,
    mac_address: macAddress(device),
    hostname: device.hostname,
    tag: '',
    group_name: group,
    policy_name: group,
    tenant_name: device.place.tenant,
  };
}

function macAddress({ lastOctet }: Device): string {
  return `00:00:5e:00:53:${lastOctet.toString(16).padStart(2, '0')}`;
}

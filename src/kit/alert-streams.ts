// What the alerts of a product that pushes them are called, and what it is called when one is over.
// Words only.
import type { Product } from './product.ts';

export const alertStreams = {
  alert: {
    en: { title: 'New Alert', number: 'Alert ID' },
    th: { title: 'การแจ้งเตือนใหม่', number: 'รหัสการแจ้งเตือน' },
  },
  change: {
    en: { title: 'Alert Resolved', number: 'Alert ID' },
    th: { title: 'การแจ้งเตือนสิ้นสุดแล้ว', number: 'รหัสการแจ้งเตือน' },
  },
} as const satisfies Product['streams'];

// What people see of Deep Instinct: how its cards are signed, and what an item of each stream is
// called. Constants only; the footer is the one of the script that Tocsin replaces.
import type { Product } from '../../kit/product.ts';
import type { Stream } from './stream.ts';
import { terms } from './terms.ts';

const name = 'Deep Instinct Security';

export const products: Readonly<Record<Stream, Product>> = {
  event: {
    name,
    terms,
    streams: {
      event: {
        en: { title: 'New Event Detected', number: 'Event ID' },
        th: { title: 'ตรวจพบเหตุการณ์ใหม่', number: 'รหัสเหตุการณ์' },
      },
    },
  },
  suspicious: {
    name,
    terms,
    streams: {
      suspicious: {
        en: { title: 'New Suspicious Event Detected', number: 'Suspicious Event ID' },
        th: { title: 'ตรวจพบเหตุการณ์ต้องสงสัยใหม่', number: 'รหัสเหตุการณ์ต้องสงสัย' },
      },
    },
  },
};

export const changesProduct: Product = {
  name,
  terms,
  streams: {
    change: {
      en: { title: 'Event Changed', number: 'Event ID' },
      th: { title: 'เหตุการณ์มีการเปลี่ยนแปลง', number: 'รหัสเหตุการณ์' },
    },
  },
};

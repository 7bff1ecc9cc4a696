// What people are told of Deep Instinct: how its cards are signed, and what an item of each stream
// is called. Constants only; the footer is the one of the script that Tocsin replaces.
import type { Product } from '../../kit/product.ts';
import type { Stream } from './stream.ts';

const words = {
  event: {
    en: { title: 'New Event Detected', number: 'Event ID' },
    th: { title: 'ตรวจพบเหตุการณ์ใหม่', number: 'รหัสเหตุการณ์' },
  },
  suspicious: {
    en: { title: 'New Suspicious Event Detected', number: 'Suspicious Event ID' },
    th: { title: 'ตรวจพบเหตุการณ์ต้องสงสัยใหม่', number: 'รหัสเหตุการณ์ต้องสงสัย' },
  },
} satisfies Record<Stream, Product['streams'][string]>;

export function productOfStream(stream: Stream): Product {
  return { name: 'Deep Instinct Security', streams: { [stream]: words[stream] } };
}

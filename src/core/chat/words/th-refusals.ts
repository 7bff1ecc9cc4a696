// Thai: why an operation does nothing; the English is in kit/refusals.ts. What a silence is called
// there is left out here.
import type { RefusalCode } from '../../../kit/refusals.ts';

export const thRefusals: Readonly<Record<RefusalCode, string>> = {
  form: 'ค่าของ {fields} ไม่ถูกต้อง โปรดดูวิธีเขียน',
  eventGone:
    'ไม่มีเหตุการณ์ {event} เก็บไว้ หรือถูกลบไปแล้ว: เหตุการณ์ที่เก่ากว่า RETENTION จะถูกลบ โปรดค้นหาด้วยค่าอื่นของเหตุการณ์',
  noSteps: 'เหตุการณ์ {event} ไม่มีขั้นตอนการแจ้งต่อ: เส้นทางที่รับเหตุการณ์นี้ไม่มี `escalate`',
  tooMany: 'มีคนเปลี่ยนเหตุการณ์ {event} พร้อมกันมากเกินไป โปรดลองอีกครั้ง',
  badLength: 'ระยะเวลาต้องอยู่ระหว่าง `1m` ถึง {max} โปรดเขียนเช่น `30m` `4h` หรือ `1d`',
  ownEvent: 'เหตุการณ์ {event} เป็นของ Tocsin เอง จึงไม่ผ่านเส้นทางใด',
  countMoved:
    'ตอนนี้มี {count} รายการ แต่ที่ระบุไว้คือ {expected} จึงไม่ได้เปลี่ยนอะไร โปรดตรวจดูใหม่ แล้วสั่งอีกครั้งด้วยจำนวนใหม่',
  silenceText: 'ข้อความของการปิดเสียงใช้ไม่ได้: {fault}',
  silenceOwner: 'ชื่อ {owner} สงวนไว้สำหรับการปิดเสียงที่เขียนในไฟล์การตั้งค่า',
  silenceEmpty: 'การปิดเสียงจะสิ้นสุดก่อนเริ่ม โปรดระบุระยะเวลาที่นานกว่านี้',
  silenceOver: 'การปิดเสียงนี้หมดเวลาไปแล้ว',
  silenceLong: 'การปิดเสียงนานเกิน {hours} ชั่วโมง ซึ่งเป็นเวลานานที่สุดที่อนุญาต',
  silenceEndless: 'การปิดเสียงสิ้นสุดหลังปี ค.ศ. 9999',
  silenceMatcher: 'เงื่อนไขของการปิดเสียงใช้ไม่ได้: {fault}',
  silenceUnknown: 'การปิดเสียงระบุ {name} ซึ่งไม่มีอยู่ ที่มีคือ {known}',
  silenceAll: 'การปิดเสียงนี้จะซ่อนทุกเหตุการณ์ โปรดระบุว่าเกี่ยวกับอะไร',
  silenceGone: 'ไม่มีการปิดเสียง {id} รายการการปิดเสียงแสดงทั้งหมดที่มี',
  silenceEnded: 'การปิดเสียง {id} สิ้นสุดไปแล้ว',
  silenceOthers: 'การปิดเสียง {id} ไม่ใช่ของเจ้าของนี้ แต่เป็นของ {owner}',
  silenceChanged: 'มีคนเปลี่ยนการปิดเสียง {id} ไปแล้ว โปรดตรวจดูใหม่ แล้วสั่งอีกครั้งหากยังต้องการ',
};

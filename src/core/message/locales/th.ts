// Thai; see en.ts for the rules. Names of severities stay English, so that one search finds all.
import type { LocaleWords } from './en.ts';

export const th: LocaleWords = {
  labels: {
    eventId: 'รหัสเหตุการณ์',
    type: 'ประเภท',
    severity: 'ความรุนแรง',
    status: 'สถานะ',
    outcome: 'ผลลัพธ์',
    action: 'การดำเนินการ',
    lastAction: 'การดำเนินการล่าสุด',
    device: 'อุปกรณ์',
    user: 'ผู้ใช้',
    os: 'ระบบปฏิบัติการ',
    mac: 'MAC',
    domain: 'โดเมน',
    deviceGroup: 'กลุ่มอุปกรณ์',
    policy: 'นโยบาย',
    agent: 'เอเจนต์',
    remote: 'ที่อยู่ปลายทาง',
    threatType: 'ชนิดภัยคุกคาม',
    trigger: 'ตัวกระตุ้น',
    tenant: 'ผู้เช่า / MSP',
    recurrence: 'จำนวนครั้งที่พบ',
    affectedDevices: 'อุปกรณ์ที่ได้รับผล',
    techniques: 'MITRE ATT&CK',
    fileName: 'ไฟล์',
    fileType: 'ชนิดไฟล์',
    fileSize: 'ขนาดไฟล์',
    signer: 'ผู้ลงนาม',
    path: 'เส้นทางไฟล์',
    script: 'สคริปต์',
    fileHash: 'แฮชไฟล์',
    description: 'รายละเอียด',
    comment: 'ความเห็น',
    process: 'โพรเซส',
    parentProcess: 'โพรเซสแม่',
    target: 'เป้าหมาย',
    timestamp: 'เวลา',
    observed: 'คอนโซลบันทึกเมื่อ',
    received: 'ได้รับเมื่อ',
    message: 'ข้อความ',
    // For templates alone.
    ip: 'ไอพี',
    link: 'ลิงก์',
    suspiciousId: 'รหัสเหตุการณ์ต้องสงสัย',
    titleSuspicious: 'ตรวจพบเหตุการณ์ต้องสงสัยใหม่',
    source: 'แหล่งข้อมูล',
    stream: 'สตรีม',
    titleEvent: 'ตรวจพบเหตุการณ์ใหม่',
    titleNotice: 'Tocsin',
    titleDigest: 'หลายเหตุการณ์รวมกัน',
    titleStorm: 'สรุปรวมเหตุการณ์จำนวนมาก',
    eventOne: '1 เหตุการณ์',
    digestOne: 'สรุปรวม 1 ฉบับ',
    deviceOne: 'อุปกรณ์ 1 เครื่อง',
    fromAll: 'เหตุการณ์แรก',
    deviceUnknown: 'อุปกรณ์ที่ไม่ทราบชื่อ',
    event: 'เหตุการณ์',
    rows: 'รุนแรงที่สุด',
  },
  sentences: {
    headline: '{what} บน {device}[ ({user})][: {outcome}]',
    delayedBySink: 'ล่าช้า {time}: ปลายทางไม่รับข้อความ',
    delayedByBacklog: 'ล่าช้า {time}: มีงานค้างส่ง',
    elsewhere: 'ข้อความนี้อยู่ที่นี่เพราะ {place} ปฏิเสธ',
    mayBeRepeated: 'อาจเป็นข้อความซ้ำ: การส่งครั้งก่อนไม่ได้รับคำตอบ',
    bare: 'ส่วนที่เหลือของเหตุการณ์นี้โพสต์ไม่ได้ แต่ถูกเก็บไว้แล้วเป็นหมายเลข {number}',
    digestBare: 'รายละเอียดของเหตุการณ์เหล่านี้โพสต์ไม่ได้ แต่ถูกเก็บไว้แล้ว',
    timeObserved: '{time} (เวลาที่คอนโซลบันทึก ไม่ทราบเวลาเกิดเหตุ)',
    timeReceived: '{time} (เวลาที่ได้รับ ไม่ทราบเวลาเกิดเหตุ)',
    days: '{count} วัน',
    hours: '{count} ชม.',
    minutes: '{count} นาที',
    eventsWithin: '{events} ใน {time}',
    eventCount: '{count} เหตุการณ์',
    digestCount: 'สรุปรวม {count} ฉบับ',
    deviceCount: 'อุปกรณ์ {count} เครื่อง',
    digestStorm:
      'มีเหตุการณ์พร้อมกันมากเกินกว่าจะอ่านทีละรายการ: รายการที่เร่งด่วนน้อยกว่าจะมารวมกันจนกว่าจะคลี่คลาย[ มาก่อนหน้าแล้ว {before} รายการ]',
    digestRoute: 'รวมตามเส้นทาง {route}[ ({by})][ ส่งไปก่อนหน้าแล้ว {before} รายการ]',
    digestFile: '{file}[ บน{devices}] {events}[ และก่อนหน้านี้อีก {before} รายการ]',
    digestFiles: 'และไฟล์อื่นอีก {count} ไฟล์',
    digestMore: 'และอีก {count} รายการ',
  },
  notices: {
    watching:
      'กำลังเฝ้าดู {source}[ ที่ {host}][ ตั้งแต่ {from}][ START_FROM ระบุ {asked} ซึ่งเกินเหตุการณ์ล่าสุด ({newest})]',
    source_reset:
      'แหล่งข้อมูล {source} ถูกรีเซ็ต: หมายเลขเริ่มใหม่ และจะไม่อ่านต่อจนกว่าผู้ดูแลจะยืนยันด้วย `tocsin source reset`',
    source_other:
      'ไม่ได้อ่านแหล่งข้อมูล {source}: ตำแหน่งที่บันทึกไว้เป็นของคอนโซลอื่น โปรดเทียบที่อยู่แล้วยืนยันด้วย `tocsin source reset`',
    source_rejected:
      'แหล่งข้อมูล {source} ไม่ยอมรับคีย์ของเรา: อ่านเหตุการณ์ไม่ได้ โปรดตรวจสอบคีย์ และเปลี่ยนใหม่หากถูกเพิกถอน',
    source_failing:
      'อ่านแหล่งข้อมูล {source} ไม่ได้ตั้งแต่ {since}: ยังไม่เห็นสิ่งที่เกิดขึ้นตอนนี้ ระบบกำลังลองใหม่ โปรดเฝ้าดูคอนโซลเองจนกว่าจะกลับมา',
    source_back:
      'อ่านแหล่งข้อมูล {source} ได้อีกครั้ง[ หลังอ่านไม่ได้ตั้งแต่ {since} ถึง {until}] เหตุการณ์ระหว่างนั้นกำลังถูกส่ง',
    credential_ending:
      'คีย์ของแหล่งข้อมูล {source} จะหมดอายุเมื่อ {ends} หลังจากนั้นจะอ่านเหตุการณ์ไม่ได้ โปรดสร้างคีย์ใหม่มาแทน',
    credential_renewed: 'คีย์ของแหล่งข้อมูล {source} ไม่ใกล้หมดอายุแล้ว[ ใช้ได้ถึง {ends}]',
    sink_paused:
      'ปลายทาง {sink} ปฏิเสธข้อความของเรา[ ({reason})] จึงหยุดส่งชั่วคราว ข้อความถูกเก็บไว้ โปรดตรวจสอบที่อยู่และสิทธิ์ ระบบจะส่งต่อเอง',
    sink_failing:
      'ปลายทาง {sink} ไม่รับข้อความตั้งแต่ {since}[ ({reason})] ข้อความถูกเก็บไว้ และระบบกำลังลองใหม่',
    sink_back: 'ปลายทาง {sink} กลับมาแล้ว[ หลังไม่รับข้อความตั้งแต่ {since} ถึง {until}] ข้อความที่ค้างกำลังถูกส่ง',
    deliveries_dead:
      'ส่ง{events}ไปยังปลายทาง {sink} ไม่สำเร็จและเลิกส่งแล้ว ยังไม่มีใครเห็นเหตุการณ์เหล่านี้ที่นั่น ดูรายการและสาเหตุด้วย `tocsin dead list` แล้วส่งใหม่ด้วย `tocsin dead redrive --all`',
    deliveries_dead_over: 'ไม่มีรายการที่เลิกส่งค้างอยู่สำหรับปลายทาง {sink} แล้ว',
    storm_begun:
      'เหตุการณ์จำนวนมากพร้อมกัน: ค้างส่ง {count} รายการขึ้นไป จนกว่าจะคลี่คลาย เหตุการณ์ที่ต่ำกว่า {passes} จะมาเป็นสรุปรวม',
    storm_over:
      'เหตุการณ์จำนวนมากที่เริ่มเมื่อ {since} สิ้นสุดแล้ว: {events}มาใน{digests} เหตุการณ์จะมาทีละรายการอีกครั้ง',
    silence_over:
      'การปิดเสียง {silence} ของ {owner} สิ้นสุดแล้ว ({reason}) ซ่อนไว้ {events}[: {severities}]',
    clock_leapt:
      'นาฬิกาของฐานข้อมูลกระโดดไป {seconds} วินาที ขณะนี้แสดงเวลา {now} ไม่มีข้อมูลใดสูญหาย โปรดตั้งนาฬิกาของเครื่องให้ถูกต้อง',
    database_failing:
      'ฐานข้อมูลไม่รับการบันทึกตั้งแต่ {since}[ ({reason})]: เหตุการณ์ใหม่ยังไม่ถูกอ่านหรือยังไม่แสดงที่นี่ ไม่มีข้อมูลใดสูญหาย โปรดแก้ไขฐานข้อมูล และเฝ้าดูคอนโซลเองจนกว่าจะกลับมา',
    database_back:
      'ฐานข้อมูลรับการบันทึกได้อีกครั้ง[ หลังไม่รับตั้งแต่ {since} ถึง {until}] เหตุการณ์ระหว่างนั้นกำลังถูกส่ง',
    sample: 'นี่คือข้อความตัวอย่าง: เส้นทาง[ไปยัง {sink} ]ใช้งานได้',
  },
};

// Which addresses of a message are followed, whatever it says.
import { expect, test } from 'vitest';
import { certificateUrl, confirmationUrl } from '../../../src/sources/sns/host.ts';

const topic = 'arn:aws:sns:eu-central-1:123456789012:security';

test.each([
  'https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem',
  'https://sns.us-gov-west-1.amazonaws.com/a.pem',
  'https://sns.cn-north-1.amazonaws.com.cn/a.pem',
  'https://sns.eu-central-1.amazonaws.com:443/a.pem',
])('the certificate at %s is fetched', (url) => {
  expect(certificateUrl(url, undefined)).toBe(new URL(url).href);
});

const hostile = [
  'http://sns.eu-central-1.amazonaws.com/a.pem',
  'https://sns.eu-central-1.amazonaws.com.evil.example/a.pem',
  'https://evil.example/sns.eu-central-1.amazonaws.com/a.pem',
  'https://sns.eu-central-1.amazonaws.com@evil.example/a.pem',
  'https://evil.example@sns.eu-central-1.amazonaws.com/a.pem',
  'https://evil.example#@sns.eu-central-1.amazonaws.com/a.pem',
  'https://evil.example\\@sns.eu-central-1.amazonaws.com/a.pem',
  'https://sns.eu-central-1.amazonaws.com:8443/a.pem',
  'https://s3.eu-central-1.amazonaws.com/bucket/a.pem',
  'https://sns.evil.s3.amazonaws.com/a.pem',
  'https://xsns.eu-central-1.amazonaws.com/a.pem',
  'https://sns..amazonaws.com/a.pem',
  'https://sns.eu-central-1.amazonaws.com/a.pem?x=1',
  'https://sns.eu-central-1.amazonaws.com/a.pem#x',
  'https://sns.eu-central-1.amazonaws.com/a.txt',
  'https://169.254.169.254/a.pem',
  'file:///etc/ssl/a.pem',
  'javascript:a.pem',
  '',
  'a.pem',
];

test.each(hostile)('the certificate at %s is not', (url) => {
  expect(certificateUrl(url, undefined)).toBeUndefined();
});

test('an endpoint of your own is the only one then', () => {
  const own = 'http://127.0.0.1:4566';
  expect(certificateUrl(`${own}/a.pem`, `${own}/`)).toBe(`${own}/a.pem`);
  for (const url of [...hostile, 'https://sns.eu-central-1.amazonaws.com/a.pem'])
    expect(certificateUrl(url, own)).toBeUndefined();
  expect(certificateUrl('http://127.0.0.1:4567/a.pem', own)).toBeUndefined();
});

const base = 'https://sns.eu-central-1.amazonaws.com/';
test.each([
  [`${base}?Action=ConfirmSubscription&TopicArn=${topic}&Token=1`, true],
  [`${base}?Action=Publish&TopicArn=${topic}&Message=1`, false],
  [`${base}?Action=ConfirmSubscription&TopicArn=${topic}x&Token=1`, false],
  [`${base}?Action=ConfirmSubscription&TopicArn=${topic}&TopicArn=x&Token=1`, false],
  [`${base}?Action=ConfirmSubscription&Token=1`, false],
  [`https://evil.example/?Action=ConfirmSubscription&TopicArn=${topic}&Token=1`, false],
])('a subscription is confirmed at %s: %s', (url, isCalled) => {
  expect(confirmationUrl(url, topic, undefined) !== undefined).toBe(isCalled);
});

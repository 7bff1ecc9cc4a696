// Which addresses of a message are followed: those of SNS alone, whatever the message says. Pure.

/** Of the regions of AWS, those of China with their own end. */
const hosts = /^sns\.[a-z0-9-]{3,40}\.amazonaws\.com(?:\.cn)?$/;

/**
 * The address of a certificate, if it may be fetched.
 * @param endpoint of an SNS that is not of AWS; undefined: of AWS
 */
export function certificateUrl(text: string, endpoint: string | undefined): string | undefined {
  const url = ofSns(text, endpoint);
  return url?.pathname.endsWith('.pem') && url.search === '' ? url.href : undefined;
}

/** The address that confirms a subscription to this topic, if it may be called. */
export function confirmationUrl(
  text: string,
  topic: string,
  endpoint: string | undefined,
): string | undefined {
  const url = ofSns(text, endpoint);
  const isRight =
    url?.searchParams.get('Action') === 'ConfirmSubscription' &&
    url.searchParams.getAll('TopicArn').join() === topic;
  return isRight ? url.href : undefined;
}

function ofSns(text: string, endpoint: string | undefined): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return undefined;
  const isAllowed =
    endpoint === undefined
      ? url.protocol === 'https:' && url.port === '' && hosts.test(url.hostname)
      : url.origin === new URL(endpoint).origin;
  return isAllowed ? url : undefined;
}

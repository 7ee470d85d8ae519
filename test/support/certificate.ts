import { createPublicKey, type KeyObject, sign } from 'node:crypto'

/** One ASN.1 element in DER: its tag, its length, its contents. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts)
const name = (common: string) =>
  // commonName is 2.5.4.3.
  sequence(der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(common)))))
const time = (at: number) => {
  const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '')
  return der(0x18, Buffer.from(digits))
}
const algorithms = {
  rsa: sequence(der(0x06, Buffer.from('2a864886f70d01010b', 'hex')), der(0x05)),
  ec: sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex'))),
}

/**
 * A self-signed X.509 certificate in PEM (RFC 5280 §4.1), without extensions: as small as one can be.
 * @param from from when until when it is valid, in milliseconds
 */
export function certificate(key: KeyObject, from: number, until: number, subject = 'a test'): string {
  const algorithm = key.asymmetricKeyType === 'rsa' ? algorithms.rsa : algorithms.ec
  const content = sequence(
    der(0x02, Buffer.from([1])),
    algorithm,
    name(subject),
    sequence(time(from), time(until)),
    name(subject),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', content, key)
  const whole = sequence(content, algorithm, der(0x03, Buffer.from([0]), signature))
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

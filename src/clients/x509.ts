import { createHash, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { messageOf } from '../lib/errors.ts'
import { canSignAssertions, type PublicKey, publicKey } from './key-set.ts'

/** What is kept of a certificate: enough to show it, to warn before it runs out, and to verify with its key. */
export type Certificate = {
  pem: string
  subject: string
  issuer: string
  /** Milliseconds since 1970. */
  not_before: number
  not_after: number
  /** SHA-256 of the DER form, base64url (`x5t#S256`, RFC 7515 §4.1.8); it also is the key's `kid`. */
  thumbprint: string
  jwk: PublicKey
}

/**
 * Reads one PEM certificate.
 * @throws Error with a sentence for whoever registers it
 */
export function readCertificate(pem: string): Certificate {
  const parsed = new X509Certificate(pem)
  const thumbprint = createHash('sha256').update(parsed.raw).digest('base64url')
  const jwk = publicKey.safeParse({
    ...parsed.publicKey.export({ format: 'jwk' }),
    kid: thumbprint,
    use: 'sig',
  })
  if (!jwk.success) {
    throw new Error(
      `its key cannot be used: ${jwk.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`,
    )
  }
  if (!canSignAssertions(jwk.data))
    throw new Error('its key can sign neither RS384 nor ES384: it must be RSA or on the curve P-384')
  // As texts: for a day that no calendar has, Node's own dates are whatever lies in memory.
  const [not_before, not_after] = [Date.parse(parsed.validFrom), Date.parse(parsed.validTo)]
  if (Number.isNaN(not_before) || Number.isNaN(not_after))
    throw new Error('it does not say from when until when it is valid')
  return {
    pem: parsed.toString(),
    subject: parsed.subject.replaceAll('\n', ', '),
    issuer: parsed.issuer.replaceAll('\n', ', '),
    not_before,
    not_after,
    thumbprint,
    jwk: jwk.data,
  }
}

/** The `x509` member of client metadata: PEM text in, the certificate's facts out. */
export const certificate = z
  .string()
  .max(20_000)
  .transform((pem, context): Certificate => {
    try {
      return readCertificate(pem)
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: `is not a certificate in PEM form that can be used (${messageOf(error)}). It begins with "-----BEGIN CERTIFICATE-----"`,
      })
      return z.NEVER
    }
  })

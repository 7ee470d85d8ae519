import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { LanyardError } from '../../lib/errors.ts'
import { sha256 } from '../../lib/id.ts'
import type { Access } from '../access/access.ts'
import type { Cursor } from '../store/search.ts'
import type { Pairs } from './parameters.ts'

/** What closes and opens a page link; the key is the server's. */
export type LinkSeal = { close(plain: string): string; open(sealed: string): string }

/** Everything a later page needs; it holds values of resources, so it travels sealed. */
export type PageState = {
  /** What was searched: `Observation`, `Patient/123/*`. */
  path: string
  pairs: Pairs
  cursor: Cursor
  /** Matches that may still follow, under `_maxresults`. */
  left: number | undefined
}

/**
 * A page link is opaque and bound to client, user, patient and scopes; it opens nothing by itself, as every page
 * is authorised and narrowed anew (ENF-18).
 */
export function sealPage(state: PageState, access: Access, seal: LinkSeal): string {
  const content = JSON.stringify({ ...state, bound: sha256(access.fingerprint) })
  return seal.close(deflateRawSync(content).toString('base64url'))
}

/** @throws LanyardError `invalid-request` for a link that is not ours or was made for another token */
export function openPage(sealed: string, access: Access, seal: LinkSeal): PageState {
  let content: PageState & { bound: string }
  try {
    content = JSON.parse(
      inflateRawSync(Buffer.from(seal.open(sealed), 'base64url'), { maxOutputLength: 200_000 }).toString(
        'utf8',
      ),
    )
  } catch (cause) {
    throw new LanyardError('invalid-request', 'This page link is not one of ours. Start the search again.', {
      word: 'invalid',
      reason: 'page-link',
      cause,
    })
  }
  const { bound, ...state } = content
  if (bound !== sha256(access.fingerprint)) {
    throw new LanyardError(
      'forbidden',
      'This page link was made for another client, user, patient or scope. Start the search again.',
      { word: 'forbidden', reason: 'page-link-foreign' },
    )
  }
  return state
}

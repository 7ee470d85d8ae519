/**
 * Where an app is opened to launch it. EHRL-01: what the launch URI has of its own stays as it is, letter by letter.
 * @param added `iss`, and `launch` where an EHR opens it
 */
export function launchUrl(launchUri: string, added: { iss: string; launch?: string }): string {
  const joint = !launchUri.includes('?') ? '?' : /[?&]$/.test(launchUri) ? '' : '&'
  return `${launchUri}${joint}${new URLSearchParams(added)}`
}

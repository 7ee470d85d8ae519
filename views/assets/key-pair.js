// Makes a key pair for client assertions. The private part stays in this page: nothing is sent anywhere.

const kinds = {
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
  RS384: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 3072,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-384',
  },
}
const form = document.querySelector('[data-key-pair]')

// Browsers make keys on https and on loopback only.
if (form && globalThis.crypto?.subtle) {
  form.hidden = false
  document.querySelector('[data-without-script]').hidden = true
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const alg = form.elements.algorithm.value
    const pair = await crypto.subtle.generateKey(kinds[alg], true, ['sign', 'verify'])
    const kid = crypto.randomUUID()
    const publicKey = await exported(pair.publicKey, alg, kid)
    const privateKey = await exported(pair.privateKey, alg, kid)
    show('[data-public]', { keys: [publicKey] })
    show('[data-private]', privateKey)
    const save = form.querySelector('[data-save]')
    if (save.href.startsWith('blob:')) URL.revokeObjectURL(save.href)
    save.href = URL.createObjectURL(new Blob([JSON.stringify(privateKey)], { type: 'application/json' }))
    form.querySelector('[data-made]').hidden = false
  })
}

async function exported(key, alg, kid) {
  const { key_ops, ext, ...jwk } = await crypto.subtle.exportKey('jwk', key)
  return { ...jwk, alg, kid, use: 'sig' }
}

function show(selector, value) {
  form.querySelector(selector).textContent = JSON.stringify(value, null, 2)
}

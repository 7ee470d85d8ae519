// What is nicer with a script. Every page works without it.

const SHOWN = 2000
const status = document.createElement('p')
status.className = 'hidden'
status.setAttribute('role', 'status')
document.querySelector('main')?.append(status)

// Browsers offer the clipboard on https and on loopback only: elsewhere the buttons stay hidden.
function offerCopies(root) {
  if (!navigator.clipboard) return
  for (const button of root.querySelectorAll('[data-copy]')) {
    const { copy, copied } = button.dataset
    const label = button.querySelector('span')
    const usual = label.textContent
    const source = copy ? document.querySelector(copy) : button.closest('figure').querySelector('pre')
    let timer
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(source.textContent.trim())
      label.textContent = status.textContent = copied
      clearTimeout(timer)
      timer = setTimeout(() => {
        label.textContent = usual
        status.textContent = ''
      }, SHOWN)
    })
    button.hidden = false
  }
}
offerCopies(document)

for (const button of document.querySelectorAll('[data-show]')) {
  const input = document.querySelector(button.dataset.show)
  const label = button.querySelector('span')
  const { textContent: show } = label
  button.addEventListener('click', () => {
    const hidden = input.type === 'password'
    input.type = hidden ? 'text' : 'password'
    label.textContent = hidden ? button.dataset.hide : show
  })
  button.hidden = false
}

// What went wrong is read first.
document.querySelector('.error-summary')?.focus()

// A part of a page that fills while somebody looks at it, until nothing has changed for some minutes.
const LOOK = 2000
const PATIENCE = 150
let seen = document.querySelector('[data-live]')?.textContent
let idle = 0
async function lookAgain() {
  const shown = document.querySelector('[data-live]')
  const isRead = shown.querySelector('details[open]') || shown.contains(document.activeElement)
  idle++
  if (!document.hidden && !isRead) {
    const answer = await fetch(shown.dataset.live).catch(() => undefined)
    const text = answer?.ok && !answer.redirected ? await answer.text() : ''
    const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-live]')
    if (fresh && fresh.textContent !== seen) {
      seen = fresh.textContent
      shown.replaceWith(fresh)
      offerCopies(fresh)
      status.textContent = fresh.querySelector('[data-said]')?.textContent ?? ''
      idle = 0
    }
  }
  if (idle < PATIENCE) setTimeout(lookAgain, LOOK)
}
if (seen !== undefined) setTimeout(lookAgain, LOOK)

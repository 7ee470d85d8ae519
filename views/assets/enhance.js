// What is nicer with a script. Every page works without it.

const SHOWN = 2000
const status = document.createElement('p')
status.className = 'hidden'
status.setAttribute('role', 'status')
document.querySelector('main')?.append(status)

// Browsers offer the clipboard on https and on loopback only: elsewhere the buttons stay hidden.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll('[data-copy]')) {
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

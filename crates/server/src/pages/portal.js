// What forms cannot do: copy, fill the grid by row and by column, say what was ticked. Everything works without it.
(() => {
  const words = document.body.dataset
  for (const text of document.querySelectorAll('[data-copy]')) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    const what = text.id === 'secret' ? words.wordSecret : text.textContent.slice(0, 60)
    const say = (word) => {
      button.textContent = word
      button.setAttribute('aria-label', `${word}: ${what}`)
    }
    say(words.wordCopy)
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(text.textContent)
      say(words.wordCopied)
      setTimeout(say, 2000, words.wordCopy)
    })
    text.after(button)
  }

  // A page that comes back from the browser's memory no longer holds the secret.
  if (document.getElementById('secret')?.tagName === 'CODE') {
    addEventListener('pagehide', () => {
      for (const held of document.querySelectorAll('#secret, #try')) held.textContent = ''
      document.getElementById('download')?.remove()
    })
  }

  const form = document.getElementById('new-credential')
  const boxes = [...(form?.querySelectorAll('input[name=allow]') ?? [])]
  const toggler = (head, mine) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'toggle'
    button.textContent = head.textContent
    button.addEventListener('click', () => {
      const all = mine.every((box) => box.checked)
      for (const box of mine) box.checked = !all
      tell()
    })
    head.replaceChildren(button)
  }
  const summary = document.getElementById('summary')
  const tell = () => {
    const counted = new Map()
    for (const box of boxes) if (box.checked) counted.set(box.dataset.in, (counted.get(box.dataset.in) ?? 0) + 1)
    const columns = [...(form?.querySelectorAll('[data-column]') ?? [])]
    summary.textContent = columns.filter((one) => counted.has(one.dataset.column))
      .map((one) => `${one.textContent} ${counted.get(one.dataset.column)}`).join(' · ')
  }
  if (summary) {
    for (const head of form.querySelectorAll('[data-row]')) toggler(head, [...head.closest('tr').querySelectorAll('input')])
    for (const head of form.querySelectorAll('[data-column]')) {
      toggler(head, boxes.filter((box) => box.dataset.in === head.dataset.column))
    }
    form.addEventListener('change', tell)
    tell()
  }
})()

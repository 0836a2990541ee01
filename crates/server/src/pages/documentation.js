// What reading alone cannot do: keep a language, search, copy, and call. The page is whole without it.
// Id, secret and token are in this page's memory while it is open, and nowhere else.
(() => {
  const where = document.getElementById('try')
  const words = { ...document.body.dataset, ...where.dataset }
  const make = (tag, properties = {}, ...inside) => {
    const made = Object.assign(document.createElement(tag), properties)
    made.append(...inside)
    return made
  }

  // One choice of language for all samples.
  const LANGUAGE = 'grantor-docs-language'
  const radios = [...document.querySelectorAll('.languages input')]
  const choose = (language) => {
    for (const radio of radios) if (radio.value === language) radio.checked = true
  }
  try {
    choose(localStorage.getItem(LANGUAGE))
  } catch { /* a browser that keeps nothing */ }
  document.addEventListener('change', ({ target }) => {
    if (!radios.includes(target)) return
    choose(target.value)
    try {
      localStorage.setItem(LANGUAGE, target.value)
    } catch { /* the same */ }
  })

  for (const text of document.querySelectorAll('[data-copy]')) {
    const button = make('button', { type: 'button', className: 'copy' })
    const say = (word) => {
      button.textContent = word
      button.setAttribute('aria-label', `${word}: ${text.getAttribute('aria-label')}`)
    }
    say(words.wordCopy)
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(text.textContent)
      say(words.wordCopied)
      setTimeout(say, 2000, words.wordCopy)
    })
    text.after(button)
  }

  const contents = document.querySelector('.contents')
  const narrow = matchMedia('(max-width:900px)')
  const fold = () => { contents.open = !narrow.matches }
  fold()
  narrow.addEventListener('change', fold)
  contents.addEventListener('click', ({ target }) => {
    if (narrow.matches && target.closest('a')) contents.open = false
  })

  // Search: the contents shrink to what holds every word.
  const links = [...contents.querySelectorAll('a[href^="#"]')].map((link) => {
    const place = document.getElementById(link.hash.slice(1))
    return { link, text: `${link.textContent} ${place?.textContent ?? ''}`.toLowerCase() }
  })
  const search = make('input', { type: 'search', id: 'search-text', autocomplete: 'off' })
  const found = make('p', { className: 'soft small' })
  found.setAttribute('role', 'status')
  search.addEventListener('input', () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean)
    let count = 0
    for (const { link, text } of links) {
      const holds = wanted.every((word) => text.includes(word))
      link.parentElement.hidden = !holds
      if (holds) count += 1
    }
    found.textContent = wanted.length ? `${words.wordFound}: ${count}` : ''
  })
  search.addEventListener('keydown', (event) => {
    const first = links.find(({ link }) => !link.parentElement.hidden)
    if (event.key !== 'Enter' || !search.value || !first) return
    event.preventDefault()
    first.link.click()
  })
  document.getElementById('search').append(make('label', { htmlFor: search.id, textContent: words.wordSearch }), search, found)

  // Calls.
  const { mock, base } = where.dataset
  const credential = document.getElementById('credential')
  credential.hidden = false
  credential.addEventListener('submit', (event) => event.preventDefault())
  const [id, secret, token] = ['try-id', 'try-secret', 'try-token'].map((name) => document.getElementById(name))
  addEventListener('pagehide', () => {
    for (const held of [id, secret, token]) held.value = ''
    for (const shown of document.querySelectorAll('.trying output')) shown.replaceChildren()
  })

  const formEncoded = (text) => encodeURIComponent(text).replaceAll('%20', '+')
  const inJson = (text) => JSON.stringify(text).slice(1, -1)
  const pretty = (text) => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2)
    } catch {
      return text
    }
  }
  let number = 0
  const labelled = (word, control) => {
    number += 1
    control.id = `trying-${number}`
    return [make('label', { htmlFor: control.id, textContent: word }), control]
  }
  const block = (title, text) => [make('h4', { textContent: title }), make('pre', { textContent: text, tabIndex: 0 })]

  const panel = (article) => {
    const { method, path, proves } = article.dataset
    const server = make('select', {}, make('option', { value: 'mock', textContent: words.wordMock }),
      make('option', { value: 'here', textContent: words.wordEnvironment }))
    // What the mock is to answer, as RFC 7240 asks.
    const statuses = [...article.querySelectorAll('.answer .status')].map((one) => one.textContent).filter((one) => /^\d+$/.test(one))
    const answer = make('select', {}, make('option', { value: '', textContent: words.wordDocumented }), ...statuses.map((one) => make('option', { value: one, textContent: one })))
    const asked = labelled(words.wordAnswer, answer)
    server.addEventListener('change', () => {
      for (const part of asked) part.hidden = server.value !== 'mock'
    })
    const fields = [...article.querySelectorAll('dt[data-place]')].map((one) => {
      const { place, name, example } = one.dataset
      const needed = place === 'path' || one.querySelector('.needed') !== null
      const input = make('input', { value: needed || place === 'query' && method === 'POST' && name === 'grant_type' ? example : '', autocomplete: 'off', spellcheck: false })
      return { place, name, input, shown: labelled(`${name} · ${place}`, input) }
    })
    const bodies = [...article.querySelectorAll('.aside [data-body]')]
    const body = bodies.length ? make('textarea', { value: bodies[0].textContent, spellcheck: false }) : null
    let media = bodies[0]?.dataset.media
    const choice = make('select', {}, ...bodies.map((one, at) => make('option', { value: at, textContent: `${one.getAttribute('aria-label')} · ${one.dataset.media}` })))
    choice.addEventListener('change', () => {
      body.value = bodies[choice.value].textContent
      media = bodies[choice.value].dataset.media
    })
    // Where the query says which grant it is, the body is empty.
    if (body && fields.some(({ input, name }) => name === 'grant_type' && input.value)) body.value = ''
    const output = make('output', {})
    const send = make('button', { type: 'submit', textContent: words.wordSend })
    const form = make('form', { className: 'trying' }, ...labelled(words.wordServer, server), ...asked,
      ...fields.flatMap(({ shown }) => shown), ...(bodies.length > 1 ? labelled(words.wordRequest, choice) : []),
      ...(body ? labelled(`${words.wordBody} · ${media}`, body) : []), send, output)

    const call = async () => {
      const real = server.value === 'here'
      const bare = path.startsWith(base) ? path.slice(base.length) : path
      let target = real ? path : mock + bare
      const query = new URLSearchParams()
      const headers = {}
      for (const { place, name, input } of fields) {
        if (place === 'path') target = target.replace(`{${name}}`, encodeURIComponent(input.value))
        else if (input.value && place === 'query') query.append(name, input.value)
        else if (input.value && place === 'header') headers[name] = input.value
      }
      if (query.size) target += `?${query}`
      if (!real && answer.value) headers.Prefer = `code=${answer.value}`
      let sent = body?.value || undefined
      if (sent !== undefined) headers['Content-Type'] = media
      const visible = Object.entries(headers)
      let shownBody = sent
      if (real) {
        if ((proves === 'basic' || sent?.includes('CLIENT_SECRET')) && !(id.value && secret.value) || proves === 'bearer' && !token.value) {
          output.replaceChildren(make('p', { className: 'problem', textContent: words.wordNeedsCredential }))
          return
        }
        if (sent?.includes('CLIENT_SECRET')) {
          const as = media.includes('json') ? inJson : formEncoded
          sent = sent.replaceAll('CLIENT_SECRET', () => as(secret.value)).replaceAll('CLIENT_ID', () => as(id.value))
        } else if (proves === 'basic') {
          const pair = new TextEncoder().encode(`${formEncoded(id.value)}:${formEncoded(secret.value)}`)
          headers.Authorization = `Basic ${btoa(String.fromCharCode(...pair))}`
          visible.push(['Authorization', 'Basic ••••'])
        }
        if (proves === 'bearer') {
          headers.Authorization = `Bearer ${token.value}`
          visible.push(['Authorization', 'Bearer ••••'])
        }
      }
      output.replaceChildren(make('p', { textContent: words.wordSending }))
      const begun = performance.now()
      let status, text, received
      try {
        const response = await fetch(target, {
          method, headers, body: method === 'GET' ? undefined : sent, credentials: 'omit', cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(30000),
        })
        text = await response.text()
        status = `${response.status} ${response.statusText}`.trim()
        received = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
        // The next call can use it.
        if (real && response.ok) {
          try {
            token.value = JSON.parse(text).access_token ?? token.value
          } catch { /* no JSON */ }
        }
      } catch {
        output.replaceChildren(make('p', { className: 'problem', textContent: words.wordUnreachable }))
        return
      }
      const took = Math.round(performance.now() - begun)
      const request = [`${method} ${location.origin}${target}`, ...visible.map(([name, value]) => `${name}: ${value}`), ...(shownBody ? ['', shownBody] : [])].join('\n')
      const line = make('p', { className: 'result' }, make('strong', { className: `status status-${status[0]}`, textContent: status }), ` · ${took} ms`)
      output.replaceChildren(line, ...block(words.wordAnswer, `${received}\n\n${pretty(text)}`), ...block(words.wordRequest, request))
    }
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      send.disabled = true
      call().finally(() => { send.disabled = false })
    })
    return form
  }

  for (const article of document.querySelectorAll('article[data-tries]')) {
    const button = make('button', { type: 'button', className: 'quiet tryer', textContent: words.wordTry })
    button.setAttribute('aria-label', `${words.wordTry}: ${article.querySelector('h3').textContent}`)
    button.addEventListener('click', () => {
      const form = panel(article)
      button.replaceWith(form)
      form.querySelector('select').focus()
    })
    article.querySelector('.aside').prepend(button)
  }
})()

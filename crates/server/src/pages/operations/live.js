// The picture made anew every five seconds, while someone looks at it and for half an hour: the page is asked for again, and what is live in it
// put in the old one's place. Without this there is the link.
(() => {
  const begun = Date.now()
  const again = async () => {
    if (Date.now() - begun > 30 * 60 * 1000) return
    setTimeout(again, 5000)
    if (document.hidden || document.querySelector('#live details[open]')) return
    try {
      const answer = await fetch(location.href, { credentials: 'same-origin' })
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const fresh = page.getElementById('live')
      // Signed out meanwhile: the sign-in is shown.
      if (answer.ok && !fresh) location.reload()
      if (fresh) document.getElementById('live').replaceWith(fresh)
    } catch {
      // Away for a moment: the next one tells.
    }
  }
  setTimeout(again, 5000)
})()

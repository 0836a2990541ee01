// Asks the browser to make or to prove a passkey, puts its answer into the form and sends it.
(() => {
  const form = document.getElementById('passkey-form')
  if (!form || !window.PublicKeyCredential) return
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0))
  const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
  const { publicKey } = JSON.parse(form.dataset.options)
  publicKey.challenge = bytes(publicKey.challenge)
  if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id)
  for (const one of [...(publicKey.excludeCredentials ?? []), ...(publicKey.allowCredentials ?? [])]) one.id = bytes(one.id)
  form.hidden = false
  form.addEventListener('submit', async (event) => {
    if (form.elements.passkey.value) return
    event.preventDefault()
    const problem = document.getElementById('passkey-problem')
    problem.hidden = true
    try {
      const given = publicKey.user
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey })
      const { response } = given
      form.elements.passkey.value = JSON.stringify({
        id: given.id,
        rawId: text(given.rawId),
        type: given.type,
        clientExtensionResults: given.getClientExtensionResults(),
        response: {
          clientDataJSON: text(response.clientDataJSON),
          attestationObject: text(response.attestationObject),
          transports: response.getTransports?.(),
          authenticatorData: text(response.authenticatorData),
          signature: text(response.signature),
          userHandle: text(response.userHandle)
        }
      })
      // The button's id hides the form's own method.
      HTMLFormElement.prototype.submit.call(form)
    } catch {
      problem.hidden = false
    }
  })
})()

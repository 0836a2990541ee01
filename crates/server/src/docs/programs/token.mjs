// node token.mjs: prints the access token (Node.js 18 or newer)
const { BASE_URL = '{{ base_url }}', CLIENT_ID = 'CLIENT_ID', CLIENT_SECRET = 'CLIENT_SECRET' } = process.env

{% if shape == "query" %}
const answer = await fetch(`${BASE_URL}{{ token_path }}?grant_type=client_credentials`, {
  method: 'POST',
  headers: { Authorization: 'Basic ' + Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64') },
})
{% elif shape == "json" %}
const answer = await fetch(`${BASE_URL}{{ token_path }}`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, grant_type: 'client_credentials' }),
})
{% elif shape == "basic" %}
const answer = await fetch(`${BASE_URL}{{ token_path }}`, {
  method: 'POST',
  headers: { Authorization: 'Basic ' + Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64') },
  body: new URLSearchParams({ grant_type: 'client_credentials' }),
})
{% else %}
const answer = await fetch(`${BASE_URL}{{ token_path }}`, {
  method: 'POST',
  body: new URLSearchParams({ grant_type: 'client_credentials', client_id: CLIENT_ID, client_secret: CLIENT_SECRET }),
})
{% endif %}
if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
const { access_token } = await answer.json()
console.log(access_token)

// node call.mjs: calls the API with the token (Node.js 18 or newer)
const { BASE_URL = '{{ base_url }}', ACCESS_TOKEN = 'ACCESS_TOKEN' } = process.env

const answer = await fetch(`${BASE_URL}{{ call_path }}`, {
  headers: { Authorization: `Bearer ${ACCESS_TOKEN}` },
})
if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
console.log(await answer.text())

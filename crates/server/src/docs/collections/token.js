pm.test("a token is answered", () => pm.response.to.have.status(200));
if (pm.response.code === 200) {
  const token = pm.response.json();
  pm.test("it says how long it lives", () => pm.expect(token.expires_in).to.be.above(0));
  pm.environment.set("access_token", token.access_token);
  pm.environment.set("access_token_until", Date.now() + (token.expires_in - 10) * 1000);
}

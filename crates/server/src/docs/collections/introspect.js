pm.test("the token is known", () => {
  pm.response.to.have.status(200);
  pm.expect(pm.response.json().active).to.equal(true);
});

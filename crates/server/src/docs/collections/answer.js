pm.test("the answer is a documented one", () => {
  const code = String(pm.response.code);
  const documented = DOCUMENTED;
  pm.expect(documented.includes(code) || documented.includes(code[0] + "XX") || documented.includes("DEFAULT"), code).to.equal(true);
});

pm.test("the token is ended", () => pm.response.to.have.status(200));
pm.environment.unset("access_token");
pm.environment.unset("access_token_until");

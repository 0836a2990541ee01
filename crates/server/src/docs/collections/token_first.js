// A token is asked for where there is none, or where the last one is over.
const filled = (value) => {
  if (typeof value === "string") return pm.variables.replaceIn(value);
  if (Array.isArray(value)) return value.map(filled);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one)]));
  return value;
};
const until = Number(pm.environment.get("access_token_until") || 0);
if (!pm.environment.get("access_token") || Date.now() > until) {
  const request = filled(REQUEST);
  if (IS_BASIC) {
    const pair = pm.environment.get("client_id") + ":" + pm.environment.get("client_secret");
    request.header = [...(request.header || []), { key: "Authorization", value: "Basic " + btoa(pair) }];
  }
  pm.sendRequest(request, (error, answer) => {
    if (error || answer.code !== 200) return;
    const token = answer.json();
    pm.environment.set("access_token", token.access_token);
    pm.environment.set("access_token_until", Date.now() + (token.expires_in - 10) * 1000);
  });
}

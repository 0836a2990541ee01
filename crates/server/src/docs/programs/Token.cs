// dotnet run Token.cs: prints the access token (.NET 10; before that, as Program.cs of a console project)
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
{% if shape == "json" %}
using System.Text.Json.Nodes;
{% endif %}

string Variable(string name, string otherwise) => Environment.GetEnvironmentVariable(name) ?? otherwise;
var baseUrl = Variable("BASE_URL", "{{ base_url }}");
var clientId = Variable("CLIENT_ID", "CLIENT_ID");
var clientSecret = Variable("CLIENT_SECRET", "CLIENT_SECRET");

{% if shape == "query" %}
using var request = new HttpRequestMessage(HttpMethod.Post, baseUrl + "{{ token_path }}?grant_type=client_credentials");
{% else %}
using var request = new HttpRequestMessage(HttpMethod.Post, baseUrl + "{{ token_path }}");
{% endif %}
{% if shape in ["query", "basic"] %}
var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes(clientId + ":" + clientSecret));
request.Headers.Authorization = new AuthenticationHeaderValue("Basic", basic);
{% endif %}
{% if shape == "json" %}
var body = new JsonObject
{
    ["client_id"] = clientId, ["client_secret"] = clientSecret, ["grant_type"] = "client_credentials",
};
request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
{% elif shape == "basic" %}
request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials" });
{% elif shape == "form" %}
request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
{
    ["grant_type"] = "client_credentials", ["client_id"] = clientId, ["client_secret"] = clientSecret,
});
{% endif %}
using var client = new HttpClient();
using var answer = await client.SendAsync(request);
var text = await answer.Content.ReadAsStringAsync();
if (!answer.IsSuccessStatusCode) throw new Exception((int)answer.StatusCode + " " + text);
Console.WriteLine(JsonDocument.Parse(text).RootElement.GetProperty("access_token").GetString());

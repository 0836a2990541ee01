// dotnet run Call.cs: calls the API with the token (.NET 10; before that, as Program.cs of a console project)
using System.Net.Http.Headers;

var baseUrl = Environment.GetEnvironmentVariable("BASE_URL") ?? "{{ base_url }}";
var accessToken = Environment.GetEnvironmentVariable("ACCESS_TOKEN") ?? "ACCESS_TOKEN";

using var client = new HttpClient();
client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
using var answer = await client.GetAsync(baseUrl + "{{ call_path }}");
var text = await answer.Content.ReadAsStringAsync();
if (!answer.IsSuccessStatusCode) throw new Exception((int)answer.StatusCode + " " + text);
Console.WriteLine(text);

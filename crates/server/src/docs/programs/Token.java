// java Token.java: prints the access token (Java 11 or newer)
import java.net.URI;
{% if shape == "form" %}
import java.net.URLEncoder;
{% endif %}
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
{% if shape != "json" %}
import java.nio.charset.StandardCharsets;
{% endif %}
{% if shape in ["query", "basic"] %}
import java.util.Base64;
{% endif %}
import java.util.regex.Pattern;

public class Token {
    static String variable(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }

    public static void main(String[] arguments) throws Exception {
        String baseUrl = variable("BASE_URL", "{{ base_url }}");
        String clientId = variable("CLIENT_ID", "CLIENT_ID");
        String clientSecret = variable("CLIENT_SECRET", "CLIENT_SECRET");

{% if shape in ["query", "basic"] %}
        String basic = Base64.getEncoder().encodeToString((clientId + ":" + clientSecret).getBytes(StandardCharsets.UTF_8));
{% endif %}
{% if shape == "query" %}
        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "{{ token_path }}?grant_type=client_credentials"))
            .header("Authorization", "Basic " + basic)
            .POST(BodyPublishers.noBody())
            .build();
{% elif shape == "json" %}
        String body = "{\"client_id\":\"" + clientId + "\",\"client_secret\":\"" + clientSecret
            + "\",\"grant_type\":\"client_credentials\"}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "{{ token_path }}"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
{% elif shape == "basic" %}
        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "{{ token_path }}"))
            .header("Authorization", "Basic " + basic)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("grant_type=client_credentials"))
            .build();
{% else %}
        String body = "grant_type=client_credentials"
            + "&client_id=" + URLEncoder.encode(clientId, StandardCharsets.UTF_8)
            + "&client_secret=" + URLEncoder.encode(clientSecret, StandardCharsets.UTF_8);
        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "{{ token_path }}"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body))
            .build();
{% endif %}
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new RuntimeException(answer.statusCode() + " " + answer.body());
        // A program of yours has a JSON library for this.
        var found = Pattern.compile("\"access_token\"\\s*:\\s*\"([^\"]+)\"").matcher(answer.body());
        if (!found.find()) throw new RuntimeException(answer.body());
        System.out.println(found.group(1));
    }
}

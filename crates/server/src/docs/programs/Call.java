// java Call.java: calls the API with the token (Java 11 or newer)
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Call {
    public static void main(String[] arguments) throws Exception {
        String baseUrl = System.getenv().getOrDefault("BASE_URL", "{{ base_url }}");
        String accessToken = System.getenv().getOrDefault("ACCESS_TOKEN", "ACCESS_TOKEN");

        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "{{ call_path }}"))
            .header("Authorization", "Bearer " + accessToken)
            .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new RuntimeException(answer.statusCode() + " " + answer.body());
        System.out.println(answer.body());
    }
}

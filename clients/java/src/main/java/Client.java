import com.nimbusds.oauth2.sdk.*;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.*;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.*;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import java.net.URI;

/** The Nimbus OAuth 2.0 SDK's examples: server metadata, client credentials, introspection, revocation. */
public final class Client {

    private static final ClientID CLIENT_ID = new ClientID(System.getenv("CLIENT_ID"));
    private static final Scope SCOPE = Scope.parse(System.getenv("SCOPE"));

    public static void main(String[] args) throws Exception {
        Issuer issuer = new Issuer(System.getenv("ISSUER"));
        AuthorizationServerMetadata server = AuthorizationServerMetadata.resolve(issuer);
        step("the metadata's issuer is the one asked for", server.getIssuer().equals(issuer), server.getIssuer());

        ClientAuthentication authentication = authentication(System.getenv("CLIENT_SECRET"));
        TokenResponse response = request(server.getTokenEndpointURI(), authentication);
        step("a token", response.indicatesSuccess(), text(response));
        AccessToken token = response.toSuccessResponse().getTokens().getAccessToken();

        int status = call(token);
        step("the API lets the token in", status == 200, status);

        TokenResponse wrong = request(server.getTokenEndpointURI(), authentication("wrong"));
        step("a wrong secret is refused",
                !wrong.indicatesSuccess() && wrong.toErrorResponse().getErrorObject().equals(OAuth2Error.INVALID_CLIENT),
                text(wrong));

        TokenIntrospectionResponse live = introspect(server, authentication, token);
        step("introspection says active", live.indicatesSuccess() && live.toSuccessResponse().isActive(), live);

        HTTPRequest revocation =
                new TokenRevocationRequest(server.getRevocationEndpointURI(), authentication, token).toHTTPRequest();
        int revoked = revocation.send().getStatusCode();
        step("revocation", revoked == 200, revoked);

        TokenIntrospectionResponse dead = introspect(server, authentication, token);
        step("introspection says inactive", dead.indicatesSuccess() && !dead.toSuccessResponse().isActive(), dead);
        status = call(token);
        step("the API refuses the revoked token", status == 401, status);
    }

    private static ClientAuthentication authentication(String text) {
        Secret secret = new Secret(text);
        return System.getenv("AUTH_METHOD").equals("client_secret_basic")
                ? new ClientSecretBasic(CLIENT_ID, secret)
                : new ClientSecretPost(CLIENT_ID, secret);
    }

    private static TokenResponse request(URI endpoint, ClientAuthentication authentication) throws Exception {
        TokenRequest request = new TokenRequest(endpoint, authentication, new ClientCredentialsGrant(), SCOPE);
        return TokenResponse.parse(request.toHTTPRequest().send());
    }

    private static TokenIntrospectionResponse introspect(
            AuthorizationServerMetadata server, ClientAuthentication authentication, AccessToken token) throws Exception {
        HTTPRequest request =
                new TokenIntrospectionRequest(server.getIntrospectionEndpointURI(), authentication, token).toHTTPRequest();
        return TokenIntrospectionResponse.parse(request.send());
    }

    private static int call(AccessToken token) throws Exception {
        HTTPRequest request = new HTTPRequest(HTTPRequest.Method.GET, new URI(System.getenv("API_URL")));
        request.setAuthorization(token.toAuthorizationHeader());
        return request.send().getStatusCode();
    }

    private static String text(TokenResponse response) {
        return response.toHTTPResponse().getBody();
    }

    private static void step(String what, boolean truth, Object seen) {
        System.out.println(truth ? "ok " + what : "not ok " + what + ": " + seen);
        if (!truth) {
            System.exit(1);
        }
    }
}

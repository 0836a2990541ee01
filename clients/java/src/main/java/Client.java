import com.nimbusds.oauth2.sdk.*;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.*;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.*;
import com.nimbusds.oauth2.sdk.pkce.*;
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
        if ("code".equals(System.getenv("FLOW"))) {
            code(server, authentication);
            return;
        }
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

    /** The SDK's examples of the authorization code with PKCE, `iss` checked, and of refreshing. */
    private static void code(AuthorizationServerMetadata server, ClientAuthentication authentication) throws Exception {
        URI callback = new URI(System.getenv("REDIRECT_URI"));
        State state = new State();
        CodeVerifier verifier = new CodeVerifier();
        URI request = new AuthorizationRequest.Builder(new ResponseType(ResponseType.Value.CODE), CLIENT_ID)
                .scope(SCOPE).state(state).redirectionURI(callback).codeChallenge(verifier, CodeChallengeMethod.S256)
                .endpointURI(server.getAuthorizationEndpointURI()).build().toURI();
        Process walked = new ProcessBuilder(System.getenv("WALK"), request.toString()).start();
        URI back = new URI(new String(walked.getInputStream().readAllBytes()).trim());
        AuthorizationResponse answer = AuthorizationResponse.parse(back);
        step("the answer is a success", answer.indicatesSuccess(), back);
        step("its state is ours", state.equals(answer.getState()), back);
        step("its issuer is the server", server.getIssuer().equals(answer.getIssuer()), back);

        AuthorizationGrant grant =
                new AuthorizationCodeGrant(answer.toSuccessResponse().getAuthorizationCode(), callback, verifier);
        TokenResponse response = request(server.getTokenEndpointURI(), authentication, grant);
        step("a token", response.indicatesSuccess(), text(response));
        var tokens = response.toSuccessResponse().getTokens();
        step("the API lets the token in", call(tokens.getAccessToken()) == 200, "not 200");

        TokenResponse next = request(server.getTokenEndpointURI(), authentication,
                new RefreshTokenGrant(tokens.getRefreshToken()));
        step("a refreshed pair", next.indicatesSuccess(), text(next));
        TokenResponse again = request(server.getTokenEndpointURI(), authentication, grant);
        step("a code works once", !again.indicatesSuccess()
                && again.toErrorResponse().getErrorObject().equals(OAuth2Error.INVALID_GRANT), text(again));
    }

    private static TokenResponse request(URI endpoint, ClientAuthentication authentication, AuthorizationGrant grant)
            throws Exception {
        TokenRequest request = new TokenRequest(endpoint, authentication, grant, null);
        return TokenResponse.parse(request.toHTTPRequest().send());
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

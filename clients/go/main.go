// Command clients is the example of golang.org/x/oauth2/clientcredentials: a Config, a Client, and requests made with it.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// The package's three ways to authenticate; auto tries the header, then the parameters.
var styles = map[string]oauth2.AuthStyle{
	"auto":                oauth2.AuthStyleAutoDetect,
	"client_secret_basic": oauth2.AuthStyleInHeader,
	"client_secret_post":  oauth2.AuthStyleInParams,
}

func step(what string, truth bool, seen any) {
	if !truth {
		fmt.Printf("not ok %s: %v\n", what, seen)
		os.Exit(1)
	}
	fmt.Println("ok", what)
}

func config(secret string) *clientcredentials.Config {
	return &clientcredentials.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: secret,
		TokenURL:     os.Getenv("TOKEN_URL"),
		Scopes:       strings.Fields(os.Getenv("SCOPE")),
		AuthStyle:    styles[os.Getenv("AUTH_METHOD")],
	}
}

// code is the package's example of the authorization code with PKCE; the token source refreshes by itself.
func code(ctx context.Context) {
	config := &oauth2.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		Scopes:       strings.Fields(os.Getenv("SCOPE")),
		RedirectURL:  os.Getenv("REDIRECT_URI"),
		Endpoint: oauth2.Endpoint{
			AuthURL:   os.Getenv("AUTHORIZATION_URL"),
			TokenURL:  os.Getenv("TOKEN_URL"),
			AuthStyle: styles[os.Getenv("AUTH_METHOD")],
		},
	}
	verifier := oauth2.GenerateVerifier()
	out, err := exec.Command(os.Getenv("WALK"), config.AuthCodeURL("state", oauth2.S256ChallengeOption(verifier))).Output()
	step("a person allows", err == nil, err)
	back, err := url.Parse(strings.TrimSpace(string(out)))
	step("the state comes back", err == nil && back.Query().Get("state") == "state", string(out))
	token, err := config.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier))
	step("a token and a refresh token", err == nil && token.RefreshToken != "", err)
	answer, err := config.Client(ctx, token).Get(os.Getenv("API_URL"))
	step("the API lets the token in", err == nil && answer.StatusCode == http.StatusOK, err)
	old := &oauth2.Token{RefreshToken: token.RefreshToken}
	next, err := config.TokenSource(ctx, old).Token()
	step("a refreshed pair", err == nil && next.RefreshToken != token.RefreshToken, err)
	_, err = config.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier))
	var refused *oauth2.RetrieveError
	step("a code works once", errors.As(err, &refused) && refused.ErrorCode == "invalid_grant", err)
}

func main() {
	ctx := context.Background()
	if os.Getenv("FLOW") == "code" {
		code(ctx)
		return
	}

	// Twice: auto-detection remembers what worked, so the second request takes another path than the first.
	for _, which := range []string{"a token", "a second token"} {
		token, err := config(os.Getenv("CLIENT_SECRET")).Token(ctx)
		step(which, err == nil && token.Valid(), err)
		step("its type is understood", token.Type() == "Bearer", token.Type())
	}

	answer, err := config(os.Getenv("CLIENT_SECRET")).Client(ctx).Get(os.Getenv("API_URL"))
	step("the API lets the token in", err == nil && answer.StatusCode == http.StatusOK, err)

	_, err = config("wrong").Token(ctx)
	var refused *oauth2.RetrieveError
	step("a wrong secret is refused", errors.As(err, &refused) && refused.ErrorCode == "invalid_client", err)
}

// Command clients is the example of golang.org/x/oauth2/clientcredentials: a Config, a Client, and requests made with it.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
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

func main() {
	ctx := context.Background()

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

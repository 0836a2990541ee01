// go run token.go: prints the access token
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
{% if shape in ["basic", "form"] %}
	"net/url"
{% endif %}
	"os"
{% if shape != "query" %}
	"strings"
{% endif %}
)

func variable(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func main() {
	baseURL := variable("BASE_URL", "{{ base_url }}")
	clientID := variable("CLIENT_ID", "CLIENT_ID")
	clientSecret := variable("CLIENT_SECRET", "CLIENT_SECRET")

{% if shape == "query" %}
	request, err := http.NewRequest("POST", baseURL+"{{ token_path }}?grant_type=client_credentials", nil)
	if err != nil {
		log.Fatal(err)
	}
	request.SetBasicAuth(clientID, clientSecret)
{% elif shape == "json" %}
	body, err := json.Marshal(map[string]string{
		"client_id": clientID, "client_secret": clientSecret, "grant_type": "client_credentials",
	})
	if err != nil {
		log.Fatal(err)
	}
	request, err := http.NewRequest("POST", baseURL+"{{ token_path }}", strings.NewReader(string(body)))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
{% elif shape == "basic" %}
	form := url.Values{"grant_type": {"client_credentials"}}
	request, err := http.NewRequest("POST", baseURL+"{{ token_path }}", strings.NewReader(form.Encode()))
	if err != nil {
		log.Fatal(err)
	}
	request.SetBasicAuth(clientID, clientSecret)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
{% else %}
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {clientSecret},
	}
	request, err := http.NewRequest("POST", baseURL+"{{ token_path }}", strings.NewReader(form.Encode()))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
{% endif %}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		log.Fatal(answer.Status, " ", string(text), err)
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(text, &token); err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.AccessToken)
}

// go run call.go: calls the API with the token
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func variable(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func main() {
	request, err := http.NewRequest("GET", variable("BASE_URL", "{{ base_url }}")+"{{ call_path }}", nil)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+variable("ACCESS_TOKEN", "ACCESS_TOKEN"))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		log.Fatal(answer.Status, " ", string(text), err)
	}
	fmt.Println(string(text))
}

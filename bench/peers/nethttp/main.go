// Command nethttp runs the HTTP programs of the benchmark on Go's net/http, without any script.
package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	http.HandleFunc("GET /bench/text", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
		_, _ = io.WriteString(w, "Hello, world!")
	})
	http.HandleFunc("GET /bench/items/{id}", func(w http.ResponseWriter, r *http.Request) {
		body, err := json.Marshal(struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		}{r.PathValue("id"), "item"})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}

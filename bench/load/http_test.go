package load

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"
)

func TestAnswersInParts(t *testing.T) {
	const sized = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
	x := &exchange{body: []byte("hello")}
	for _, text := range []string{sized, chunked} {
		c := &conn{}
		for i := range len(text) {
			count, err := x.take(c, []byte{text[i]})
			if want := i == len(text)-1; err != nil || (count == 1) != want {
				t.Fatalf("after %d bytes of %q: %d, %v", i+1, text, count, err)
			}
		}
	}
}

func TestWrongAnswers(t *testing.T) {
	x := &exchange{body: []byte("hello")}
	for _, text := range []string{
		"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhullo",
		"HTTP/1.1 200 OK\r\n\r\nhello", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	} {
		if _, err := x.take(&conn{}, []byte(text)); err == nil {
			t.Errorf("no error for %q", text)
		}
	}
}

func TestHTTPRun(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, "hi "+r.URL.Path) }))
	defer server.Close()
	target := Target{Port: server.Listener.Addr().(*net.TCPAddr).Port, Process: Process(os.Getpid())}
	for measure := 20 * time.Millisecond; ; measure *= 4 { // a busy machine may need longer for an answer
		result, err := HTTP{Connections: 8, Path: "/x", Body: "hi /x"}.Run(target, Times{Warm: time.Millisecond, Measure: measure})
		if err != nil || result.Messages == 0 && measure > 10*time.Second {
			t.Fatalf("%d answers in %v, %v", result.Messages, measure, err)
		}
		if result.Messages > 0 {
			return
		}
	}
}

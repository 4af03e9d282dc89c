package main

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"
)

// A port that is taken is what happens to everybody who starts a second server: the message says what to do.
func TestHintOfATakenPort(t *testing.T) {
	listen := func(address string) (net.Listener, error) {
		return (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
	}
	first, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	_, err = listen(first.Addr().String())
	var out bytes.Buffer
	printError(&out, fmt.Errorf("listening on %q: %w", first.Addr(), err))
	if text := out.String(); !strings.Contains(text, "\n  hint: another server has that port") {
		t.Errorf("got %q", text)
	}
	out.Reset()
	printError(&out, fmt.Errorf("no such app"))
	if text := out.String(); text != "sigil: no such app\n" {
		t.Errorf("got %q", text)
	}
}

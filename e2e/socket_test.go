package e2e

import (
	"context"
	"errors"
	"testing"

	"github.com/coder/websocket"
)

// socket is a client's connection with deadlines.
type socket struct {
	t    *testing.T
	conn *websocket.Conn
}

// dial opens a WebSocket that ends with the test.
func dial(t *testing.T, url string) *socket {
	t.Helper()
	conn, err := connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() }) // may be closed already
	return &socket{t, conn}
}

func connect(ctx context.Context, url string) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, url, nil)
	return conn, err
}

func (s *socket) send(text string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	if err := s.conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *socket) read() string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	_, data, err := s.conn.Read(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// ask sends a text and returns the next message.
func (s *socket) ask(text string) string {
	s.t.Helper()
	s.send(text)
	return s.read()
}

// end waits for the close frame and returns its code and reason; other messages that arrive before are dropped.
func (s *socket) end() (code int, reason string) {
	s.t.Helper()
	code, reason, err := waitClose(s.t.Context(), s.conn)
	if err != nil {
		s.t.Fatal(err)
	}
	return code, reason
}

func waitClose(ctx context.Context, conn *websocket.Conn) (code int, reason string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if _, _, err = conn.Read(ctx); err == nil {
			continue
		}
		var closed websocket.CloseError
		if errors.As(err, &closed) {
			return int(closed.Code), closed.Reason, nil
		}
		return 0, "", err
	}
}

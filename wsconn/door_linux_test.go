package wsconn

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// startDoor runs a door until the test ends.
func startDoor(t *testing.T, o DoorOptions) *Door {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d, ok := NewDoor(l, o)
	if !ok {
		t.Fatal("there is no door")
	}
	ended := make(chan error, 1)
	go func() { ended <- d.Run() }()
	t.Cleanup(func() {
		_ = d.Close()
		if err := await(t, ended, "the end of the door"); err != nil {
			t.Error(err)
		}
	})
	return d
}

func visit(t *testing.T, d *Door, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", d.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// accepted reads what the next other connection begins with.
func accepted(t *testing.T, d *Door, want string) net.Conn {
	t.Helper()
	late := time.AfterFunc(patience, func() { _ = d.Close() })
	defer late.Stop()
	conn, err := d.Accept()
	if err != nil {
		t.Fatalf("waiting for a connection that begins with %q: %v", want, err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.(*visitor).TCPConn.SetReadDeadline(time.Now().Add(patience))
	got := make([]byte, len(want))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v; want %q", got, err, want)
	}
	return conn
}

func TestDoorTakesAHandshakeAndItsEarlyBytes(t *testing.T) {
	taken := make(chan *Accepted, 1)
	d := startDoor(t, DoorOptions{Knock: func(r *http.Request, k *Knocking) {
		u, err := ParseUpgrade(r)
		if err != nil {
			t.Error(err)
			return
		}
		a, err := k.Accept(u, nil)
		if err != nil {
			t.Error(err)
		}
		taken <- a
	}})
	client := visit(t, d, aKnock+"early")
	a := await(t, taken, "the handshake")
	if string(a.early) != "early" || a.peer.String() != client.LocalAddr().String() {
		t.Errorf("early %q from %v", a.early, a.peer)
	}
	answer := make([]byte, 32)
	if _, err := io.ReadFull(client, answer); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 101 ") {
		t.Errorf("%q %v", answer, err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

func TestDoorHandsOnWhatIsNotTaken(t *testing.T) {
	d := startDoor(t, DoorOptions{Knock: func(*http.Request, *Knocking) {}})
	for _, text := range []string{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "G", "\x16\x03\x01", aKnock} {
		client := visit(t, d, text)
		server := accepted(t, d, text)
		_, _ = io.WriteString(client, "more")
		if got := make([]byte, 4); !readsAll(server, got, "more") {
			t.Errorf("%q: then read %q", text, got)
		}
		_, _ = io.WriteString(server, "back")
		if got := make([]byte, 4); !readsAll(client, got, "back") {
			t.Errorf("%q: the client read %q", text, got)
		}
	}
}

func readsAll(conn net.Conn, buf []byte, want string) bool {
	_, err := io.ReadFull(conn, buf)
	return err == nil && string(buf) == want
}

func TestDoorSurvivesAPanic(t *testing.T) {
	d := startDoor(t, DoorOptions{Knock: func(*http.Request, *Knocking) { panic("oh") }})
	for range 2 {
		visit(t, d, aKnock)
		accepted(t, d, aKnock)
	}
}

func TestDoorClosesWhoSaysNothing(t *testing.T) {
	silent := make(chan netip.AddrPort, 2)
	d := startDoor(t, DoorOptions{HeaderTime: 50 * time.Millisecond, Silent: func(peer netip.AddrPort) { silent <- peer }})
	began := time.Now()
	client := visit(t, d, "")
	if n, err := client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("read %d bytes, %v", n, err)
	}
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("it was closed after %v", took)
	}
	if peer := await(t, silent, "who was silent"); peer.String() != client.LocalAddr().String() {
		t.Errorf("told of %v", peer)
	}
}

// The time for the header goes on where the door has left it.
func TestDoorBoundsTheFirstDeadline(t *testing.T) {
	began := time.Now()
	d := startDoor(t, DoorOptions{HeaderTime: patience}) // in which the client surely speaks
	visit(t, d, "G")
	server := accepted(t, d, "G")
	if by, ok := HeaderBy(server); !ok || by.Before(began.Add(patience)) || by.After(time.Now().Add(patience)) {
		t.Errorf("the header must be there by %v, %v", by, ok)
	}
	server.(*visitor).by = time.Now() // it is over
	_ = server.SetReadDeadline(time.Now().Add(time.Hour))
	if _, err := server.Read(make([]byte, 1)); !isTimeout(err) {
		t.Errorf("the first deadline: %v", err)
	}
	_ = server.SetReadDeadline(time.Time{})
	_ = server.SetReadDeadline(time.Now().Add(-time.Second))
	if _, err := server.Read(make([]byte, 1)); !isTimeout(err) {
		t.Errorf("a later deadline: %v", err)
	}
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

func TestDoorClosesWhomItHasNoRoomFor(t *testing.T) {
	d := startDoor(t, DoorOptions{Room: func(waiting int) bool { return waiting < 1 }})
	first := visit(t, d, "")
	second, err := net.Dial("tcp", d.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = second.Close() }()
	if _, err := second.Read(make([]byte, 1)); err == nil {
		t.Error("the second has something to read")
	}
	_, _ = io.WriteString(first, "x")
	accepted(t, d, "x")
}

func TestDoorEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d, _ := NewDoor(l, DoorOptions{})
	client, err := net.Dial("tcp", d.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	_ = d.Close()
	_ = d.Close()
	if err := d.Run(); err != nil {
		t.Error(err)
	}
	if _, err := d.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept: %v", err)
	}
	if _, err := client.Read(make([]byte, 1)); err == nil {
		t.Error("the client has something to read")
	}
	if _, err := net.Dial("tcp", d.Addr().String()); err == nil {
		t.Error("it still listens")
	}
}

func TestNoDoorWithoutTCP(t *testing.T) {
	l, err := net.Listen("unix", t.TempDir()+"/s")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if _, ok := NewDoor(l, DoorOptions{}); ok {
		t.Error("there is one")
	}
}

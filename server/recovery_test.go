package server

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A test of docs/delivery.md: clients of the realtime protocol over real sockets that are cut at random.
const (
	recoveryCuts    = 10_000 // over all clients
	recoveryClients = 10

	recoveryPerReload = 50 // cuts
)

const recoveryApp = `
export default class Recovery extends AppBase {
  @Topic("long", { history: 10000, publish: true }) long() { return true; }
  @Topic("short", { history: 3, publish: true }) async short() { return true; } // VERSION
}`

var errCut = errors.New("cut on purpose")

// survivor is a client that comes back.
type survivor struct {
	addr    string
	name    string
	random  *rand.Rand
	session string
	at      map[string]livePlace
	seen    []string // what came on "long"
	losses  int      // told, on "short"
	sent    int      // publications that were answered
	pending bool     // the one after them was sent and not answered
	cuts    int
	resumed int

	conn  net.Conn
	in    *bufio.Reader
	calls int

	attempts int
}

type livePlace struct {
	Epoch  string `json:"epoch"`
	Offset uint64 `json:"offset"`
}

// incoming is any message of the protocol.
type incoming struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
	Method string          `json:"method"`
	Params struct {
		Topic  string `json:"topic"`
		Epoch  string `json:"epoch"`
		Offset uint64 `json:"offset"`
		Data   string `json:"data"`
	} `json:"params"`
}

// connect dials, says hello and subscribes to what the session does not bring along.
func (s *survivor) connect() error {
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		return err
	}
	_ = conn.SetDeadline(time.Now().Add(clientPatience))
	s.conn, s.in = conn, bufio.NewReader(conn)
	s.attempts++
	request := "GET /recovery/live HTTP/1.1\r\nHost: " + s.addr + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	if _, err := conn.Write([]byte(request)); err != nil {
		return err
	}
	for line := ""; line != "\r\n"; {
		if line, err = s.in.ReadString('\n'); err != nil {
			return err
		}
	}
	return s.hello()
}

func (s *survivor) hello() error {
	params, _ := json.Marshal(map[string]any{"session": s.session, "attempt": s.attempts, "positions": s.at})
	result, err := s.call("$/hello", string(params))
	if err != nil {
		return err
	}
	var hello struct {
		Session string
		Resumed bool
		Topics  map[string]struct {
			livePlace
			Recovered bool
		}
	}
	if err := json.Unmarshal(result, &hello); err != nil {
		return err
	}
	if s.session = hello.Session; hello.Resumed {
		s.resumed++
	}
	for _, topic := range []string{"long", "short"} {
		f, there := hello.Topics[topic]
		if !there {
			since, known := s.at[topic]
			text := fmt.Sprintf(`{"topic":%q}`, topic)
			if known {
				text = fmt.Sprintf(`{"topic":%q,"since":{"epoch":%q,"offset":%d}}`, topic, since.Epoch, since.Offset)
			}
			if result, err = s.call("$/subscribe", text); err != nil {
				return err
			}
			if err := json.Unmarshal(result, &f); err != nil {
				return err
			}
			f.Recovered = f.Recovered || !known
		}
		if err := s.placed(topic, f.livePlace, f.Recovered); err != nil {
			return err
		}
	}
	return nil
}

// placed takes in where a subscription continues.
func (s *survivor) placed(topic string, at livePlace, recovered bool) error {
	before, known := s.at[topic]
	switch {
	case recovered && known && at != before:
		return fmt.Errorf("%s: recovered at %v, was at %v", topic, at, before)
	case !known: // the answer to its subscription was lost
	case !recovered && topic == "long":
		return fmt.Errorf("%s was not recovered from %v", topic, before)
	case !recovered:
		s.losses++
	}
	s.at[topic] = at
	return nil
}

// call sends a request and reads to its answer.
func (s *survivor) call(method, params string) (json.RawMessage, error) {
	s.calls++
	text := fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, s.calls, method, params)
	if s.random.IntN(3) == 0 {
		return nil, s.cut(text)
	}
	if err := s.write(text); err != nil {
		return nil, err
	}
	for {
		m, err := s.next()
		if err != nil {
			return nil, err
		}
		if m.Method == "" && m.ID == s.calls {
			if m.Error != nil {
				return nil, fmt.Errorf("%s: %s", method, m.Error)
			}
			return m.Result, nil
		}
	}
}

// cut ends the connection somewhere in a message, or behind it.
func (s *survivor) cut(text string) error {
	frame := frameText(text)
	if s.random.IntN(2) == 0 {
		frame = frame[:s.random.IntN(len(frame))]
	}
	_, _ = s.conn.Write(frame)
	if tcp, ok := s.conn.(*net.TCPConn); ok && s.random.IntN(2) == 0 {
		_ = tcp.SetLinger(0) // a reset
	}
	_ = s.conn.Close()
	s.cuts++
	return errCut
}

func (s *survivor) write(text string) error {
	_, err := s.conn.Write(frameText(text))
	return err
}

func frameText(text string) []byte {
	frame := []byte{0x81, 0x80 | byte(min(len(text), 126))}
	if len(text) >= 126 {
		frame = binary.BigEndian.AppendUint16(frame, uint16(len(text)))
	}
	return append(append(frame, 0, 0, 0, 0), text...)
}

// next reads one message, and checks and keeps what it brings.
func (s *survivor) next() (m incoming, err error) {
	data, err := s.frame()
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("%q: %w", data, err)
	}
	p := m.Params
	switch m.Method {
	case "$/message":
		at := s.at[p.Topic]
		if at.Offset++; p.Offset != at.Offset {
			return m, fmt.Errorf("%s: offset %d, want %d", p.Topic, p.Offset, at.Offset)
		}
		s.at[p.Topic] = at
		if p.Topic == "long" {
			s.seen = append(s.seen, p.Data)
		}
	case "$/lost":
		return m, s.placed(p.Topic, livePlace{p.Epoch, p.Offset}, false)
	case "$/unsubscribed", "$/subscribed":
		return m, fmt.Errorf("unexpected %s", data)
	}
	return m, nil
}

func (s *survivor) frame() ([]byte, error) {
	var head [2]byte
	if _, err := io.ReadFull(s.in, head[:]); err != nil {
		return nil, err
	}
	n := int(head[1])
	if n == 126 {
		var wide [2]byte
		if _, err := io.ReadFull(s.in, wide[:]); err != nil {
			return nil, err
		}
		n = int(binary.BigEndian.Uint16(wide[:]))
	}
	data := make([]byte, n)
	_, err := io.ReadFull(s.in, data)
	if err == nil && head[0]&0x0f != opText {
		return nil, fmt.Errorf("frame %x %q", head, data)
	}
	return data, err
}

// publish sends the next publication, or again the one that was not answered.
func (s *survivor) publish() error {
	text := fmt.Sprintf("%s:%d", s.name, s.sent)
	s.pending = true
	if _, err := s.call("$/publish", fmt.Sprintf(`{"topic":"long","data":%q,"key":%q}`, text, text)); err != nil {
		return err
	}
	s.sent++
	s.pending = false
	_, err := s.call("$/publish", `{"topic":"short","data":"x"}`)
	return err
}

// live is a client's life: until enough cuts it comes back and publishes; then it ends what it began.
func (s *survivor) live(goOn func() bool) error {
	for goOn() || s.pending {
		err := s.connect()
		for err == nil && (goOn() || s.pending) {
			err = s.publish()
		}
		if err != nil && !errors.Is(err, errCut) {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		_ = s.conn.Close()
	}
	return nil
}

// finish reads what is left.
func (s *survivor) finish(last uint64) error {
	for {
		err := s.connect()
		for err == nil && s.at["long"].Offset < last {
			_, err = s.next()
		}
		_ = s.conn.Close()
		if !errors.Is(err, errCut) {
			return err
		}
	}
}

func TestRecoveryAtRandom(t *testing.T) {
	s := startSite(t, files{"recovery.js": recoveryApp})
	var cuts atomic.Int64
	var wg sync.WaitGroup
	clients := make([]*survivor, recoveryClients)
	for i := range clients {
		c := &survivor{addr: s.addr(), name: fmt.Sprint("c", i), random: rand.New(rand.NewPCG(7, uint64(i))), at: map[string]livePlace{}}
		clients[i] = c
		// Everybody is there before anything is published.
		for err := c.connect(); err != nil; err = c.connect() {
			if !errors.Is(err, errCut) {
				t.Fatal(err)
			}
		}
		_ = c.conn.Close()
	}
	often := make(chan struct{}, recoveryCuts)
	for _, c := range clients {
		wg.Go(func() {
			before := c.cuts
			err := c.live(func() bool {
				for ; before < c.cuts; before++ {
					if cuts.Add(1)%recoveryPerReload == 0 {
						often <- struct{}{}
					}
				}
				return cuts.Load() < recoveryCuts && !t.Failed()
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	go func() {
		wg.Wait()
		close(often)
	}()
	reloads := reloadAt(s, often)
	if t.Failed() {
		return
	}
	published := 0
	for _, c := range clients {
		published += c.sent
	}
	judge(t, clients, published)
	t.Logf("%d cuts, %d reloads, %d publications to %d clients", cuts.Load(), reloads, published, len(clients))
}

// reloadAt reloads the app whenever it is told to.
func reloadAt(s *site, often <-chan struct{}) (reloads int) {
	for range often {
		reloads++
		s.save(files{"recovery.js": strings.Replace(recoveryApp, "VERSION", fmt.Sprint(reloads), 1)})
		s.next()
	}
	return reloads
}

// judge compares what all have seen: the same sequence, and in it each publication once.
func judge(t *testing.T, clients []*survivor, published int) {
	t.Helper()
	losses, resumed := 0, 0
	for _, c := range clients {
		if err := c.finish(uint64(published)); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if len(c.seen) != published || strings.Join(c.seen, " ") != strings.Join(clients[0].seen, " ") {
			t.Errorf("%s has %d of %d, or in another order", c.name, len(c.seen), published)
		}
		losses += c.losses
		resumed += c.resumed
	}
	count := map[string]int{}
	for _, text := range clients[0].seen {
		count[text]++
	}
	for _, c := range clients {
		for n := range c.sent {
			if text := fmt.Sprintf("%s:%d", c.name, n); count[text] != 1 {
				t.Errorf("%s was published %d times", text, count[text])
			}
		}
	}
	t.Logf("%d sessions resumed, %d losses told on the topic with a short history", resumed, losses)
	if losses == 0 || resumed == 0 {
		t.Error("nothing was told, or resumed: the test does not test it")
	}
}

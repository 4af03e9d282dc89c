package e2e

import (
	"bytes"
	"compress/flate"
	"context"
	bigendian "encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sigil-server/sigil/e2e/internal/attack"
)

// dialogues is how many random ones are held with both servers.
const dialogues = 400

// Whatever a client sends, well or badly, Sigil answers as ws does: the same messages and pongs in the same order, and
// the same close code.
func TestDifferential(t *testing.T) {
	peer := launchProgram(t, "node", filepath.Join("clients", "peer.mjs"))
	sigil := start(t, appsOf(t, map[string]string{"app.js": hostileApp}))
	theirs := attack.Target{Address: "127.0.0.1:" + peer.stdout.await(t, "listening on ", "."), Path: "/"}
	ours := attack.Target{Address: sigil.address, Path: "/app/packed"}
	codes := map[string]int{}
	for seed := range uint64(dialogues) {
		d := newDialogue(seed)
		want, err := d.hold(t.Context(), theirs)
		if err != nil {
			t.Fatalf("dialogue %d with ws: %v", seed, err)
		}
		got, err := d.hold(t.Context(), ours)
		if err != nil {
			t.Fatalf("dialogue %d: %v", seed, err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("dialogue %d, %s:\nws:    %q\nsigil: %q", seed, strings.Join(d.says, ", "), want, got)
		}
		codes[got[len(got)-1]]++
	}
	t.Logf("%d dialogues ended with %v", dialogues, codes)
}

// dialogue is what one client sends.
type dialogue struct {
	random   *rand.Rand
	compress bool
	says     []string // in words
	wire     []byte
	ended    bool
}

func newDialogue(seed uint64) *dialogue {
	d := &dialogue{random: rand.New(rand.NewPCG(seed, 7))}
	d.compress = d.random.IntN(2) == 0
	for n := 1 + d.random.IntN(8); n > 0 && !d.ended; n-- {
		d.say()
	}
	if !d.ended {
		d.close(1000)
	}
	return d
}

// say adds one thing; one in ten is a mistake and the last one.
func (d *dialogue) say() {
	switch d.random.IntN(10) {
	case 0:
		d.mistake()
	case 1:
		d.control(attack.Ping)
	case 2:
		d.control(attack.Pong)
	case 3:
		d.close([]int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999}[d.random.IntN(14)])
	default:
		d.message()
	}
}

// frame adds a masked frame.
func (d *dialogue) frame(first byte, payload string) {
	frame := attack.Frame(first, payload)
	key := frame[len(frame)-len(payload)-4:]
	bigendian.BigEndian.PutUint32(key, d.random.Uint32())
	for i := range len(payload) {
		key[4+i] ^= key[i%4]
	}
	d.wire = append(d.wire, frame...)
	d.says = append(d.says, fmt.Sprintf("%#x of %d", first, len(payload)))
}

// text is of any length, short ones often.
func (d *dialogue) text() string {
	const alphabet = "abc ä€😀"
	var b strings.Builder
	for n := d.random.IntN(1 << d.random.IntN(16)); n > 0; n-- {
		b.WriteString([]string{"a", "b", " ", "ä", "€", "😀"}[d.random.IntN(6)])
	}
	return b.String() + alphabet[:d.random.IntN(3)]
}

// message adds one, in fragments with control frames between them or whole, compressed or not.
func (d *dialogue) message() {
	payload, first := d.text(), byte(attack.Text+d.random.IntN(2))
	if d.compress && d.random.IntN(2) == 0 {
		payload, first = deflated(payload, d.random.IntN(10)), first|attack.RSV1
	}
	d.split(first, payload)
}

func (d *dialogue) split(first byte, payload string) {
	for d.random.IntN(3) > 0 {
		n := d.random.IntN(len(payload) + 1)
		d.frame(first, payload[:n])
		first, payload = attack.Continuation, payload[n:]
		if d.random.IntN(3) == 0 {
			d.control(attack.Ping + byte(d.random.IntN(2)))
		}
	}
	d.frame(attack.Fin|first, payload)
}

func (d *dialogue) control(op byte) {
	d.frame(attack.Fin|op, strings.Repeat("?", d.random.IntN(126)))
}

func (d *dialogue) close(code int) {
	d.ended = true
	if d.random.IntN(8) == 0 {
		d.frame(attack.Fin|attack.Close, "")
		return
	}
	d.frame(attack.Fin|attack.Close, string(bigendian.BigEndian.AppendUint16(nil, uint16(code)))+strings.Repeat("ö", d.random.IntN(62)))
}

// mistake breaks a rule.
func (d *dialogue) mistake() {
	d.ended = true
	switch d.random.IntN(13) {
	case 0:
		d.close([]int{0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}[d.random.IntN(10)])
	case 1:
		d.frame(attack.Fin|attack.Text, d.text()+"\xff")
	case 2:
		d.frame(attack.Text, "\xe2\x82")
		d.frame(attack.Fin|attack.Continuation, "")
	case 3:
		d.frame(byte(3+d.random.IntN(5))|attack.Fin, d.text())
	case 4:
		d.frame(byte(11+d.random.IntN(5))|attack.Fin, "")
	case 5:
		d.frame(attack.Fin|attack.Continuation, d.text())
	case 6:
		d.frame(attack.Text, d.text())
		d.frame(attack.Fin|attack.Binary, "inside")
	case 7:
		d.frame(attack.Ping, "in fragments")
	case 8:
		d.frame(attack.Fin|attack.Ping, strings.Repeat("x", 126+d.random.IntN(1000)))
	case 9:
		d.frame(attack.Fin|0x20|attack.Text, "reserved bits")
	case 10:
		d.wire = append(d.wire, attack.Fin|attack.Text, 2, 'h', 'i') // not masked
	case 11:
		d.frame(attack.Fin|attack.Close, "\x03")
	case 12:
		d.frame(attack.Fin|attack.RSV1|attack.Text, "\xff\xff\xff\xff corrupt, or not agreed")
	}
	d.says = append(d.says, "which is a mistake")
}

// offer asks for compression without context, so that each message can be made and read on its own.
const offer = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"

// hold holds the dialogue and returns what the server said.
func (d *dialogue) hold(ctx context.Context, target attack.Target) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	lines := ""
	if d.compress {
		lines = offer
	}
	p, err := target.Open(ctx, lines)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.Close() }()
	written := make(chan struct{})
	go func() {
		defer close(written)
		d.write(p)
	}()
	answers, err := listen(p)
	_ = p.SetWriteDeadline(time.Now())
	<-written
	return answers, err
}

// write sends all in pieces of any size, the same ones to each server.
func (d *dialogue) write(w io.Writer) {
	random := rand.New(rand.NewPCG(uint64(len(d.wire)), 3))
	for rest := d.wire; len(rest) > 0; {
		n := min(1+random.IntN(1<<random.IntN(16)), len(rest))
		if _, err := w.Write(rest[:n]); err != nil {
			return // the server has heard enough
		}
		rest = rest[n:]
	}
}

// listen reads up to the server's close.
func listen(p *attack.Peer) (answers []string, err error) {
	for {
		first, payload, err := p.Read()
		if err != nil {
			return answers, fmt.Errorf("after %q: %w", answers, err)
		}
		if first&attack.RSV1 != 0 {
			tail := strings.NewReader("\x00\x00\xff\xff\x01\x00\x00\xff\xff")
			if payload, err = io.ReadAll(flate.NewReader(io.MultiReader(bytes.NewReader(payload), tail))); err != nil {
				return answers, err
			}
		}
		switch first &^ attack.RSV1 {
		case attack.Fin | attack.Close:
			return append(answers, closeName(payload)), nil
		default:
			answers = append(answers, fmt.Sprintf("%#x %d bytes %08x", first&^attack.RSV1, len(payload), crc32.ChecksumIEEE(payload)))
		}
	}
}

func closeName(payload []byte) string {
	if len(payload) < 2 {
		return "close"
	}
	return fmt.Sprintf("close %d", bigendian.BigEndian.Uint16(payload))
}

// deflated compresses one message.
func deflated(text string, level int) string {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, level)
	if err != nil {
		panic(err) // the level is one there is
	}
	_, _ = io.WriteString(w, text) // a bytes.Buffer takes everything
	_ = w.Flush()
	return strings.TrimSuffix(out.String(), "\x00\x00\xff\xff")
}

// The client of ws speaks to Sigil through every combination of parameters it can offer.
func TestDeflateOffers(t *testing.T) {
	s := start(t, appsOf(t, map[string]string{"app.js": hostileApp}))
	got, code := command(t, ".", "node", filepath.Join("clients", "deflate.mjs"), s.address)
	if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, got)
	}
	compareLines(t, got, "120 offers, 48 agreed, 1440 messages")
}

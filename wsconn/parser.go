package wsconn

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
	"unsafe"

	"github.com/gobwas/ws"
)

// violation is what a peer did wrong and the code it is told.
type violation struct {
	code   int
	reason string
}

// event is a complete message or control frame; op is 0 when there is none.
type event struct {
	op     ws.OpCode
	own    bool   // data is not used by the parser any more
	packed bool   // data is compressed
	data   []byte // payload; unless own it is valid until the next bytes are parsed
}

// text returns the payload as a string.
func (e *event) text() string {
	if e.own {
		return unsafe.String(unsafe.SliceData(e.data), len(e.data))
	}
	return string(e.data)
}

// bytes returns the payload for good.
func (e *event) bytes() []byte {
	if e.own {
		return e.data
	}
	return append(make([]byte, 0, len(e.data)), e.data...)
}

// parseHeader reads the frame header at the front of data (RFC 6455 5.2) and
// checks it. n is its size, 0 when data ends before it does. What is wrong with
// the first two bytes shows as soon as they are there.
func parseHeader(data []byte, state ws.State) (h ws.Header, n int, bad *violation) {
	if len(data) < 2 {
		return h, 0, nil
	}
	h = ws.Header{Fin: data[0]&0x80 != 0, Rsv: data[0] >> 4 & 7, OpCode: ws.OpCode(data[0] & 0x0F),
		Masked: data[1]&0x80 != 0, Length: int64(data[1] & 0x7F)}
	if err := ws.CheckHeader(h, state); err != nil {
		return h, 0, &violation{1002, err.Error()}
	}
	if h.Rsv != 0 && !mayPack(h) { // CheckHeader leaves that open once an extension is agreed
		return h, 0, &errReserved
	}
	n = 2
	if h.Length >= 126 {
		if n, bad = extendLength(&h, data); n == 0 || bad != nil {
			return h, 0, bad
		}
	}
	if len(data) < n+4 {
		return h, 0, nil
	}
	copy(h.Mask[:], data[n:])
	return h, n + 4, nil
}

// mayPack reports whether the reserved bits are those of a compressed message:
// RSV1, on the first frame only (RFC 7692 6).
func mayPack(h ws.Header) bool {
	return h.Rsv == packedBit>>4 && (h.OpCode == ws.OpText || h.OpCode == ws.OpBinary)
}

// extendLength reads a length of 16 or 64 bits, which must be the shortest form
// there is. n is where the mask begins, 0 when data ends before.
func extendLength(h *ws.Header, data []byte) (n int, bad *violation) {
	if h.Length == 126 {
		if len(data) < 4 {
			return 0, nil
		}
		h.Length = int64(binary.BigEndian.Uint16(data[2:]))
		n = 4
	} else {
		if len(data) < 10 {
			return 0, nil
		}
		h.Length = int64(binary.BigEndian.Uint64(data[2:]))
		n = 10
	}
	switch {
	case h.Length < 0:
		return 0, &violation{1002, "the top bit of a frame length is set"}
	case ws.HeaderSize(ws.Header{Length: h.Length}) != n:
		return 0, &violation{1002, "a frame length is not in its shortest form"}
	}
	return n, nil
}

var (
	errTooBig    = violation{1009, "the message is too big"}
	errFragments = violation{1008, "the message has too many fragments"}
	errPartial   = violation{1013, "the server holds too much of unfinished messages"}
	errReserved  = violation{1002, "a reserved bit is set"}
	errUTF8      = violation{1007, "the text is not valid UTF-8"}
)

// wholeFrame is the way most frames go: one that is complete in data and is a
// message of its own, or a control frame, is unmasked where it lies. It returns
// 0 when the front of data is something else; a parser takes it then.
func wholeFrame(data []byte, limits *Limits) (int, event, *violation) {
	h, n, bad := parseHeader(data, ws.StateServerSide)
	if n == 0 || bad != nil {
		return 0, event{}, bad
	}
	if h.OpCode.IsData() && h.Length > int64(limits.MaxMessageBytes) {
		return 0, event{}, &errTooBig
	}
	if !h.Fin || h.Length > int64(len(data)-n) {
		return 0, event{}, nil
	}
	end := n + int(h.Length)
	payload := data[n:end:end]
	ws.Cipher(payload, h.Mask, 0)
	if h.OpCode == ws.OpText && !utf8.Valid(payload) {
		return 0, event{}, &errUTF8
	}
	return end, event{op: h.OpCode, data: payload}, nil
}

// parser holds what has arrived of a frame or message that is not complete. It
// grows with what arrives, never with what is announced. The zero value is the
// state between two messages.
type parser struct {
	head    [ws.MaxHeaderSize]byte
	headLen int // bytes of an incomplete header

	frame   ws.Header // the frame whose payload is arriving
	inFrame bool
	left    int // bytes of its payload to come
	control []byte

	deflate   bool      // messages may be compressed
	op        ws.OpCode // of the message, 0 when none has begun
	packed    bool      // it is compressed
	fragments int
	data      []byte
	text      utf8State

	budget  *Budget // what data is taken from, but for the first partialFree bytes
	charged int     // taken
}

// idle reports whether the parser is between two messages.
func (p *parser) idle() bool { return p.op == 0 && !p.inFrame && p.headLen == 0 }

// next takes bytes from the front of data, says how many, and returns what they
// complete. It changes data.
func (p *parser) next(data []byte, limits *Limits) (n int, ev event, bad *violation) {
	if !p.inFrame {
		if n, bad = p.header(data, limits); bad != nil || !p.inFrame {
			return n, event{}, bad
		}
	}
	chunk := data[n:min(len(data), n+p.left)]
	if bad = p.payload(chunk); bad != nil {
		return n, event{}, bad
	}
	if p.left == 0 {
		ev, bad = p.endFrame()
	}
	return n + len(chunk), ev, bad
}

// header takes bytes of a header and begins the frame when it is complete.
func (p *parser) header(data []byte, limits *Limits) (int, *violation) {
	k := copy(p.head[p.headLen:], data)
	h, size, bad := parseHeader(p.head[:p.headLen+k], p.state())
	if bad != nil || size == 0 {
		p.headLen += k
		return k, bad
	}
	k = size - p.headLen
	p.headLen = 0
	return k, p.begin(h, limits)
}

// state is what headers are checked against.
func (p *parser) state() ws.State {
	state := ws.StateServerSide
	if p.op != 0 {
		state = state.Set(ws.StateFragmented)
	}
	if p.deflate {
		state = state.Set(ws.StateExtended)
	}
	return state
}

// begin starts a frame, within the limits of a message.
func (p *parser) begin(h ws.Header, limits *Limits) *violation {
	if h.OpCode.IsData() {
		if h.OpCode != ws.OpContinuation {
			p.op, p.packed = h.OpCode, h.Rsv != 0
		}
		limit := limits.MaxMessageBytes
		if p.packed {
			limit = packedLimit(limit)
		}
		if h.Length > int64(limit-len(p.data)) {
			return &errTooBig
		}
		if p.fragments++; p.fragments > limits.MaxFragments {
			return &errFragments
		}
	}
	p.frame, p.inFrame, p.left = h, true, int(h.Length)
	return nil
}

// payload takes the next bytes of the frame's payload.
func (p *parser) payload(chunk []byte) *violation {
	ws.Cipher(chunk, p.frame.Mask, (int(p.frame.Length)-p.left)&3)
	p.left -= len(chunk)
	if p.frame.OpCode.IsControl() {
		p.control = append(p.control, chunk...)
		return nil
	}
	if p.op == ws.OpText && !p.packed && !p.text.write(chunk) {
		return &errUTF8
	}
	if !p.grow(len(chunk)) {
		return &errPartial
	}
	p.data = append(p.data, chunk...)
	return nil
}

// grow makes room for n more bytes: at least doubling, but no more than the
// message can still need if this is its last frame. It returns false when the
// budget does not allow that.
func (p *parser) grow(n int) bool {
	need := len(p.data) + n
	if need <= cap(p.data) {
		return true
	}
	size := max(need, 2*cap(p.data))
	if p.frame.Fin {
		size = min(size, need+p.left)
		if p.packed {
			size += len(deflateTail)
		}
	}
	if more := size - partialFree - p.charged; more > 0 {
		if !p.budget.take(more) {
			return false
		}
		p.charged += more
	}
	p.data = append(make([]byte, 0, size), p.data...)
	return true
}

// discharge gives back what the message took of the budget.
func (p *parser) discharge() {
	p.budget.give(p.charged)
	p.charged = 0
}

// endFrame returns what the frame completes.
func (p *parser) endFrame() (event, *violation) {
	p.inFrame = false
	if p.frame.OpCode.IsControl() {
		ev := event{op: p.frame.OpCode, data: p.control}
		p.control = p.control[:0]
		return ev, nil
	}
	if !p.frame.Fin {
		return event{}, nil
	}
	if !p.text.complete() {
		return event{}, &errUTF8
	}
	if !p.packed && cap(p.data) > len(p.data)+len(p.data)/4 {
		p.data = slices.Clip(append(make([]byte, 0, len(p.data)), p.data...))
	}
	ev := event{op: p.op, own: true, packed: p.packed, data: p.data}
	p.op, p.packed, p.fragments, p.data = 0, false, 0, nil
	p.discharge()
	return ev, nil
}

// reset makes the parser fit for another connection.
func (p *parser) reset() {
	p.discharge()
	*p = parser{control: p.control[:0]}
}

package testrun

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"net/http"
	"sync"

	"github.com/sigil-server/sigil/appbase/modules/suite"
)

// Opcodes of RFC 6455, 5.2.
const (
	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA
)

// encode makes a frame as a client sends it: masked, with a mask that changes nothing.
func encode(op byte, payload []byte) []byte {
	frame := []byte{0x80 | op}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, 0x80|byte(n))
	case n <= 0xffff:
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 0x80|127), uint64(n))
	}
	return append(append(frame, 0, 0, 0, 0), payload...)
}

// closeBody is that of a close frame; 1005 stands for none.
func closeBody(code int, reason string) []byte {
	if code == 1005 {
		return nil
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(code)), reason...)
}

// head is the header of an answer to a handshake.
type head struct {
	header http.Header
}

// decoder takes apart what the server writes: the answer to the handshake, then frames.
type decoder struct {
	opened  func(*head)
	receive func(suite.Frame)
	pong    func([]byte)
	goodbye func(code int, answer bool)

	mu       sync.Mutex
	pending  []byte
	isOpen   bool
	leaving  bool // the client has sent a close frame
	over     bool // receive was told of the end
	message  []byte
	isBinary bool
}

// take is called for every piece, one at a time.
func (d *decoder) take(p []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pending = append(d.pending, p...)
	if !d.isOpen {
		at := bytes.Index(d.pending, []byte("\r\n\r\n"))
		if at < 0 {
			return nil
		}
		answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(d.pending[:at+4])), nil)
		if err != nil {
			return err
		}
		d.pending, d.isOpen = d.pending[at+4:], true
		d.opened(&head{answer.Header})
		_ = answer.Body.Close() // has none
	}
	for {
		op, fin, payload, rest, ok := frame(d.pending)
		if !ok {
			return nil
		}
		d.pending = append([]byte(nil), rest...)
		if err := d.frame(op, fin, payload); err != nil {
			return err
		}
	}
}

// frame splits the first frame off; false: it is not whole.
func frame(p []byte) (op byte, fin bool, payload, rest []byte, ok bool) {
	if len(p) < 2 {
		return
	}
	op, fin = p[0]&0x0f, p[0]&0x80 != 0
	n, at := uint64(p[1]&0x7f), 2
	switch {
	case n == 126 && len(p) >= 4:
		n, at = uint64(binary.BigEndian.Uint16(p[2:])), 4
	case n == 127 && len(p) >= 10:
		n, at = binary.BigEndian.Uint64(p[2:]), 10
	case n >= 126:
		return
	}
	if uint64(len(p)-at) < n {
		return
	}
	return op, fin, p[at : at+int(n)], p[at+int(n):], true
}

func (d *decoder) frame(op byte, fin bool, payload []byte) error {
	switch op {
	case opText, opBinary:
		d.message, d.isBinary = append([]byte{}, payload...), op == opBinary
	case opContinuation:
		d.message = append(d.message, payload...)
	case opPing:
		d.pong(payload)
		return nil
	case opPong:
		return nil
	case opClose:
		code, reason := 1005, ""
		if len(payload) >= 2 {
			code, reason = int(binary.BigEndian.Uint16(payload)), string(payload[2:])
		}
		d.end(code, reason)
		d.goodbye(code, !d.leaving)
		return nil
	default:
		return errMalformed
	}
	if !fin || d.over {
		return nil
	}
	made := suite.Frame{Kind: suite.TextFrame, Text: string(d.message)}
	if d.isBinary {
		made = suite.Frame{Kind: suite.BinaryFrame, Data: d.message}
	}
	d.message = nil
	d.receive(made)
	return nil
}

func (d *decoder) end(code int, reason string) {
	if d.isOpen && !d.over {
		d.over = true
		d.receive(suite.Frame{Kind: suite.CloseFrame, Code: code, Reason: reason})
	}
}

// lost is the end of a connection that had no close frame, and nothing after one that had.
func (d *decoder) lost() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.end(1006, "")
}

// closing notes that the client begins to close; false: one side has already.
func (d *decoder) closing() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	first := !d.leaving && !d.over
	d.leaving = true
	return first
}

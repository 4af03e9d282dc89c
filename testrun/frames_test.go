package testrun

import (
	"bytes"
	"testing"

	"github.com/sigil-server/sigil/appbase/modules/suite"
)

// FuzzDecoder holds that what a server writes is understood the same however it is cut, and that nothing makes it fail hard.
func FuzzDecoder(f *testing.F) {
	head := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
	f.Add([]byte(head+"\x81\x02hi\x89\x00\x01\x01a\x80\x01b\x88\x04\x03\xe8ok"), 3)
	f.Add([]byte(head+"\x82\x7e\x00\x80"+string(bytes.Repeat([]byte{1}, 128))), 50)
	f.Add([]byte(head+"\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"), 70)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		cut = max(0, min(cut, len(data)))
		whole, pieces := decoded(data), decoded(data[:cut], data[cut:])
		if !bytes.Equal(whole, pieces) {
			t.Errorf("%q at once, %q in pieces", whole, pieces)
		}
	})
}

// decoded writes down what a decoder makes of pieces.
func decoded(pieces ...[]byte) []byte {
	var log bytes.Buffer
	d := decoder{
		opened: func(*head) { log.WriteString("open ") },
		receive: func(f suite.Frame) {
			log.WriteString(f.Text)
			log.Write(f.Data)
			log.WriteByte(byte('0' + f.Kind))
		},
		pong:    func(p []byte) { log.WriteString("pong"); log.Write(p) },
		goodbye: func(code int, answer bool) { log.WriteString("bye") },
	}
	for _, p := range pieces {
		if d.take(p) != nil {
			return append(log.Bytes(), "failed"...)
		}
	}
	return log.Bytes()
}

package load

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func TestAppendFrameIsMaskedAndMinimal(t *testing.T) {
	tests := []struct{ bytes, header int }{{0, 6}, {125, 6}, {126, 8}, {65535, 8}, {65536, 14}}
	for _, tt := range tests {
		payload := bytes.Repeat([]byte("x"), tt.bytes)
		frame := AppendFrame([]byte("before"), opText, payload)[len("before"):]
		if len(frame) != tt.header+tt.bytes {
			t.Errorf("%d bytes: frame of %d, expected %d", tt.bytes, len(frame), tt.header+tt.bytes)
		}
		if frame[0] != 0x81 || frame[1]&0x80 == 0 {
			t.Errorf("%d bytes: header % x is not a final masked text", tt.bytes, frame[:2])
		}
		got := bytes.Clone(frame[tt.header:])
		for i := range got {
			got[i] ^= frame[tt.header-4+i%4]
		}
		if !bytes.Equal(got, payload) {
			t.Errorf("%d bytes: payload changed", tt.bytes)
		}
	}
}

// serverFrame is what a server sends: the same without a mask.
func serverFrame(first byte, n int) []byte {
	frame := []byte{first}
	switch {
	case n < 126:
		frame = append(frame, byte(n))
	case n <= 0xffff:
		frame = binary.BigEndian.AppendUint16(append(frame, 126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 127), uint64(n))
	}
	return append(frame, make([]byte, n)...)
}

func TestScannerCountsMessagesHoweverCut(t *testing.T) {
	stream := bytes.Join([][]byte{
		serverFrame(0x81, 5),
		serverFrame(0x01, 200), serverFrame(0x89, 3), serverFrame(0x80, 0), // in two fragments, with a ping between
		serverFrame(0x82, 70000),
		serverFrame(0x81, 0),
		serverFrame(0x88, 2),
	}, nil)
	for _, cut := range []int{1, 2, 3, 7, 1000, len(stream)} {
		var s Scanner
		count := 0
		for rest := stream; len(rest) > 0; {
			n := min(cut, len(rest))
			got, err := s.Scan(rest[:n])
			if err != nil {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			count, rest = count+got, rest[n:]
		}
		if count != 4 || !s.Closed() {
			t.Errorf("cut at %d: %d messages, closed %v; expected 4 and a close", cut, count, s.Closed())
		}
	}
}

func TestScannerRefuses(t *testing.T) {
	tests := map[string][]byte{
		"masked":       {0x81, 0x80},
		"reserved bit": {0xc1, 0x00},
		"other length": serverFrame(0x81, 31),
	}
	for name, stream := range tests {
		s := Scanner{WantBytes: 32}
		if _, err := s.Scan(stream); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzScanner(f *testing.F) {
	f.Add(serverFrame(0x81, 5), 2)
	f.Add(serverFrame(0x82, 70000), 9)
	f.Fuzz(func(t *testing.T, stream []byte, cut int) {
		cut = max(0, min(cut, len(stream)))
		var whole, parts Scanner
		want, wantErr := whole.Scan(stream)
		got, err := parts.Scan(stream[:cut])
		if err == nil {
			var more int
			more, err = parts.Scan(stream[cut:])
			got += more
		}
		if got != want || (err == nil) != (wantErr == nil) {
			t.Errorf("cut at %d: %d, %v; whole: %d, %v", cut, got, err, want, wantErr)
		}
	})
}
